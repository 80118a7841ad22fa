/**
 * A tracer whose scene follows the app's: made of the scene as it is first looked at, then changed with the least work. A scene
 * without triangles has no tracer; one comes with the first thing that is shown. When a device is lost, the scene goes to the next
 * one as it was, without anything of the engine being read again.
 */
import { type Progress, RealClock, throwIfAborted } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import type { AppBase, CameraComponent } from 'playcanvas';
import type { Mat4 } from '../math/vector.ts';
import type { Scene } from '../scene/scene.ts';
import { PathTracer } from '../tracer/path-tracer.ts';
import type { SettledPluginOptions } from './plugin-options.ts';
import { SceneMirror } from './scene-mirror.ts';
import type { Source } from './source.ts';

type StillKind = 'mono' | 'stereo';

/** What a still showed. */
interface Still {
    readonly views: unknown;
    readonly places: ReadonlyMap<Source, Mat4>;
}

/** See the file comment. */
export class LiveTracer {
    readonly camera: CameraComponent;
    readonly #options: SettledPluginOptions;
    readonly #mirror: SceneMirror;
    #device: Device;
    #tracer: PathTracer | null = null;
    /** The mirror holds the tracer's scene. */
    #taken = false;
    /** A scene that has lost its device. */
    #stranded: Scene | null = null;
    #destroyed = false;
    /** Of the stills that were rendered last, by kind. */
    readonly #stills = new Map<StillKind, Still>();

    constructor(app: AppBase, camera: CameraComponent, device: Device, options: SettledPluginOptions) {
        this.#device = device;
        this.camera = camera;
        this.#options = options;
        const { environment, textureIntervalMs, clock = new RealClock() } = options;
        const rate = textureIntervalMs === null ? null : { clock, intervalNs: textureIntervalMs * 1e6 };
        this.#mirror = new SceneMirror(app, camera, device, environment, rate);
    }

    /** Null before the first {@link follow}, and while nothing is shown. */
    get tracer(): PathTracer | null {
        return this.#tracer;
    }

    /** Lets go of a device that is lost. */
    abandonDevice(): void {
        this.#stranded = (this.#taken && this.#tracer?.scene) || null;
        this.#taken = this.#stranded !== null;
        this.#tracer?.destroy();
        this.#tracer = null;
    }

    /** Takes another device if it is one; the next {@link follow} brings the scene there. */
    use(device: Device): void {
        if (device === this.#device) return;
        if (this.#tracer) this.abandonDevice();
        this.#device = device;
        this.#mirror.use(device);
    }

    /**
     * Brings the tracer's scene up to the engine's.
     *
     * @returns True if it had to change.
     */
    async follow(progress?: Progress): Promise<boolean> {
        const { onEvent } = this.#options;
        if (!this.#taken) return this.retake(progress);
        await this.#rebuild(progress);
        const changes = this.#mirror.look();
        if (!changes) return false;
        // What fails on the way leaves the mirror ahead of the tracer: then all is taken anew.
        this.#taken = false;
        const change = await this.#mirror.follow(changes);
        const tracer = this.#tracer;
        if (change === 'everything' || !tracer) return this.retake(progress);
        if (Object.keys(change).length === 0) {
            this.#taken = true;
            return false;
        }
        if (tracer.samples > 0) onEvent({ kind: 'restart', reason: 'scene' });
        const report = await tracer.update(change, progress);
        this.#taken = true;
        onEvent({ kind: 'update', ...report, events: this.#mirror.news() });
        return true;
    }

    /**
     * Renders a still whose motion is that since the still of the same kind before.
     *
     * @param views - Of the camera or the eyes, as they are now.
     * @param render - Is given those of the still before; null if there was none.
     */
    async still<V, T>(kind: StillKind, views: V, render: (before: V | null) => Promise<T>): Promise<T> {
        const before = this.#stills.get(kind);
        const places = this.#mirror.places();
        const moved = before ? this.#mirror.movedSince(before.places) : [];
        if (moved.length > 0) await this.#tracer!.update({ transforms: moved });
        try {
            const result = await render((before?.views as V | undefined) ?? null);
            this.#stills.set(kind, { views, places });
            return result;
        } finally {
            const rested = moved.map(({ instance, transform }) => ({ instance, transform }));
            if (rested.length > 0 && !this.#device.isLost) await this.#tracer?.update({ transforms: rested });
        }
    }

    /** Takes everything anew, and believes nothing that was read before. */
    refresh(): Promise<boolean> {
        this.#mirror.forget();
        return this.retake();
    }

    /** Takes everything anew. */
    async retake(progress?: Progress): Promise<boolean> {
        this.#taken = false;
        this.#stranded = null;
        const had = this.#tracer;
        const scene = await this.#mirror.take();
        throwIfAborted(progress, 'taking the scene');
        if (had && had.samples > 0) this.#options.onEvent({ kind: 'restart', reason: 'scene' });
        had?.destroy();
        this.#tracer = null;
        if (scene) await this.#create(scene, progress);
        this.#taken = true;
        if (scene && !this.#destroyed) {
            const events = [...this.#mirror.news(), ...scene.events];
            this.#options.onEvent({ kind: 'scene', triangles: scene.triangleCount, events });
        }
        return true;
    }

    destroy(): void {
        this.#destroyed = true;
        this.#stranded = null;
        this.#tracer?.destroy();
        this.#tracer = null;
    }

    async #rebuild(progress?: Progress): Promise<void> {
        if (!this.#stranded) return;
        await this.#create(this.#stranded, progress);
        this.#stranded = null;
    }

    async #create(scene: Scene, progress?: Progress): Promise<void> {
        if (this.#destroyed) return;
        const tracer = await PathTracer.create(this.#device, scene, this.#options.tracer, progress);
        if (this.#destroyed) tracer.destroy();
        else this.#tracer = tracer;
    }
}
