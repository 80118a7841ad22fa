/** Path-traces the frames of a run on one device, each with the view before it, so that the motion layer is right. */
import { MixreelError, type Progress, subProgress } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import { type CameraView, PathTracer, type RenderCounters, type Scene } from '@mixreel/pathtracer';
import type { SizePx } from '../option.ts';

/** What is traced. */
export interface TraceInit {
    readonly size: SizePx;
    /** Samples a pixel, 1 or more. */
    readonly spp: number;
    /** Scatterings a path may have. */
    readonly bounces: number;
    /** View and time of each frame, and a seed from 0 to 2^32 - 1: noise that differs from frame to frame averages out. */
    readonly shots: readonly { readonly view: CameraView; readonly timeNs: number; readonly seed: number }[];
    readonly progress: Progress;
}

/** Frames with all layers, and what the kernels counted for each. */
export interface Traced {
    readonly frames: readonly Frame[];
    readonly counters: readonly RenderCounters[];
}

/** See the file comment. The tracer's buffers are freed whatever happens. */
export async function traceFrames(device: Device, scene: Scene, init: TraceInit): Promise<Traced> {
    const { shots, size, spp, progress } = init;
    const frames: Frame[] = [];
    const counters: RenderCounters[] = [];
    const tracer = await PathTracer.create(device, scene, { maxBounces: init.bounces }, progress);
    try {
        for (const [i, { view, timeNs, seed }] of shots.entries()) {
            const previous = shots[i - 1]?.view;
            tracer.setView(view, { ...size, ...(previous ? { previousView: previous } : {}) });
            const part = subProgress(progress, i / shots.length, (i + 1) / shots.length);
            counters.push(await tracer.render({ spp, seed, progress: part }));
            frames.push(requireLight(await tracer.readFrame({ timeNs }), i));
        }
    } finally {
        tracer.destroy();
    }
    return { frames, counters };
}

/** A frame that holds a value that is no number is a defect of a kernel, not a picture. */
function requireLight(frame: Frame, index: number): Frame {
    const color = frame.layer('color');
    const bad = color.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return frame;
    throw new MixreelError('internal', {
        what: `frame ${index} holds ${color[bad]} at float ${bad} of its colour`,
        expected: 'finite numbers',
        mend: 'Report this with the scene and the seed'
    });
}
