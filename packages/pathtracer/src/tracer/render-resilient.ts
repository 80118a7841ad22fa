/**
 * A render that outlives its device. The film is read back now and then; when the device is lost, another is asked for, the scene
 * is put on it, and the samples go on from the last film. Samples depend on (pixel, sample) alone and are summed in order, so the
 * picture is the same to the last bit as without the loss. A checkpoint costs 32 bytes a pixel over the bus.
 */
import { type Clock, type MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { type Device, withDeviceRecovery } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import type { CameraView } from '../scene/camera.ts';
import type { Scene } from '../scene/scene.ts';
import type { FilmMoments, FilmState } from './film.ts';
import { integer, type PathTracerOptions } from './options.ts';
import { PathTracer } from './path-tracer.ts';
import type { ViewSize } from './picture-target.ts';

/** When the film is saved. Both default to what {@link CHECKPOINT_DEFAULTS} says. */
export interface CheckpointOptions {
    /** Samples per pixel between two looks at the clock, 1 to 1,048,576: a loss costs these at least. */
    readonly spp: number;
    /** Least time between two checkpoints, seconds, 0 or more. */
    readonly seconds: number;
}

/** Defaults of {@link CheckpointOptions}. */
export const CHECKPOINT_DEFAULTS: CheckpointOptions = Object.freeze({ spp: 16, seconds: 5 });

/** Parameters of {@link renderResilient}. */
export interface ResilientInit {
    readonly view: CameraView;
    readonly size: ViewSize;
    /** Samples per pixel, 1 to 1,048,576. */
    readonly spp: number;
    readonly options?: Partial<PathTracerOptions>;
    readonly checkpoint?: Partial<CheckpointOptions>;
    /** Tells when `checkpoint.seconds` have passed. */
    readonly clock: Clock;
    /** Devices that may be tried in all, 1 or more. Default 3. */
    readonly attempts?: number;
    /** Told of every loss. */
    readonly onLost?: (error: MixreelError, attempt: number) => void;
    readonly progress?: Progress;
}

/** What {@link renderResilient} gives. */
export interface ResilientPicture {
    readonly frame: Frame;
    readonly moments: FilmMoments;
    /** Devices lost on the way. */
    readonly losses: number;
}

/**
 * Renders a picture on devices that may be lost.
 *
 * @param createDevice - Makes a device, `createNodeDevice` say; called again after each loss. Its devices are destroyed here.
 * @throws MixreelError `device-lost` if the last attempt was lost too; else as `PathTracer.create` and `render`.
 */
export async function renderResilient(
    createDevice: () => Promise<Device>,
    scene: Scene,
    init: ResilientInit
): Promise<ResilientPicture> {
    const checkpoint = { ...CHECKPOINT_DEFAULTS, ...init.checkpoint };
    integer('spp', init.spp, 1, 2 ** 20);
    integer('checkpoint.spp', checkpoint.spp, 1, 2 ** 20);
    const { clock, progress } = init;
    let saved: FilmState | null = null;
    let losses = 0;
    const work = async (device: Device): Promise<ResilientPicture> => {
        const tracer = await PathTracer.create(device, scene, init.options, progress);
        tracer.setView(init.view, init.size);
        if (saved) tracer.restoreFilm(saved);
        let savedNs = clock.nowNs();
        while (tracer.samples < init.spp) {
            throwIfAborted(progress, 'path tracing');
            const before = tracer.samples;
            const signal = progress?.signal;
            await tracer.render({
                spp: Math.min(checkpoint.spp, init.spp - before),
                progress: {
                    ...(signal ? { signal } : {}),
                    report: (done, _, label) => progress?.report?.(before + done, init.spp, label)
                }
            });
            if (tracer.samples >= init.spp || clock.nowNs() - savedNs < checkpoint.seconds * 1e9) continue;
            saved = await tracer.saveFilm();
            savedNs = clock.nowNs();
        }
        return { frame: await tracer.readFrame(), moments: await tracer.readMoments(), losses };
    };
    return withDeviceRecovery(createDevice, work, {
        ...(init.attempts === undefined ? {} : { attempts: init.attempts }),
        onLost: (error, attempt) => {
            losses++;
            init.onLost?.(error, attempt);
        }
    });
}
