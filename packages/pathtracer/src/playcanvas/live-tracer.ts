/**
 * A tracer whose scene follows the app's: made of the scene as it is first looked at, then changed with the least work. A scene
 * without triangles has no tracer; one comes with the first thing that is shown.
 */
import { type Progress, throwIfAborted } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import type { AppBase, CameraComponent } from 'playcanvas';
import { PathTracer } from '../tracer/path-tracer.ts';
import type { SettledPluginOptions } from './plugin-options.ts';
import { SceneMirror } from './scene-mirror.ts';

/** See the file comment. */
export class LiveTracer {
    readonly device: Device;
    readonly camera: CameraComponent;
    readonly #options: SettledPluginOptions;
    readonly #mirror: SceneMirror;
    #tracer: PathTracer | null = null;
    #taken = false;
    #destroyed = false;

    constructor(app: AppBase, camera: CameraComponent, device: Device, options: SettledPluginOptions) {
        this.device = device;
        this.camera = camera;
        this.#options = options;
        this.#mirror = new SceneMirror(app, camera, device, options.environment);
    }

    /** Null before the first {@link follow}, and while nothing is shown. */
    get tracer(): PathTracer | null {
        return this.#tracer;
    }

    /**
     * Brings the tracer's scene up to the engine's.
     *
     * @returns True if it had to change.
     */
    async follow(progress?: Progress): Promise<boolean> {
        const { onEvent } = this.#options;
        if (!this.#taken) return this.retake(progress);
        const changes = this.#mirror.look();
        if (!changes) return false;
        const change = await this.#mirror.follow(changes);
        const tracer = this.#tracer;
        if (change === 'everything' || !tracer) return this.retake(progress);
        if (Object.keys(change).length === 0) return false;
        if (tracer.samples > 0) onEvent({ kind: 'restart', reason: 'scene' });
        const report = await tracer.update(change, progress);
        onEvent({ kind: 'update', ...report, events: this.#mirror.news() });
        return true;
    }

    /** Takes everything anew. */
    async retake(progress?: Progress): Promise<boolean> {
        this.#taken = true;
        const had = this.#tracer;
        try {
            const scene = await this.#mirror.take();
            throwIfAborted(progress, 'taking the scene');
            if (had && had.samples > 0) this.#options.onEvent({ kind: 'restart', reason: 'scene' });
            had?.destroy();
            this.#tracer = null;
            if (!scene || this.#destroyed) return true;
            const tracer = await PathTracer.create(this.device, scene, this.#options.tracer, progress);
            if (this.#destroyed) {
                tracer.destroy();
                return true;
            }
            this.#tracer = tracer;
            const events = [...this.#mirror.news(), ...scene.events];
            this.#options.onEvent({ kind: 'scene', triangles: scene.triangleCount, events });
            return true;
        } catch (error) {
            this.#taken = false;
            throw error;
        }
    }

    destroy(): void {
        this.#destroyed = true;
        this.#tracer?.destroy();
        this.#tracer = null;
    }
}
