/**
 * Path-traces the running scene of a PlayCanvas app on the app's own WebGPU device, one step of samples a frame, in place of
 * the camera's own picture. It starts over when the camera moves, the canvas changes size, or an instance comes, goes or moves.
 *
 *     const plugin = new PathTracerPlugin(app, { maxSpp: 512 });
 *     plugin.enable();
 *     const frame = await plugin.renderToFrame({ spp: 64 });
 *     plugin.destroy();
 *
 * Until the first samples are there, the engine's own picture stays. Whatever fails is told to `onEvent`, and the engine's
 * picture comes back. Changes of materials, lights and vertices are not watched: call `refresh()` after them.
 */
import { badInput, MixreelError, type Progress, subProgress } from '@mixreel/core';
import { type Device, deviceFromPlayCanvas, type PlayCanvasGraphicsDevice } from '@mixreel/gpu';
import type { Frame, View } from '@mixreel/image';
import type { AppBase, CameraComponent, Entity } from 'playcanvas';
import type { Environment, SceneEvent } from '../scene/scene.ts';
import type { PathTracerOptions } from '../tracer/options.ts';
import { PathTracer } from '../tracer/path-tracer.ts';
import { sameView, viewOfCamera } from './camera-view.ts';
import { Picture } from './picture.ts';
import { PresentPass } from './present-pass.ts';
import { type AppScene, sceneFromApp } from './scene-from-app.ts';
import { SceneWatch } from './scene-watch.ts';

/** What the plugin tells. */
export type PluginEvent =
    | { readonly kind: 'scene'; readonly triangles: number; readonly events: readonly SceneEvent[] }
    | { readonly kind: 'restart'; readonly reason: 'camera' | 'size' | 'scene' }
    | { readonly kind: 'samples'; readonly spp: number }
    | { readonly kind: 'failed'; readonly error: MixreelError };

/** Options of {@link PathTracerPlugin}. */
export interface PathTracerPluginOptions {
    /** Entity with the camera to trace; by default the first enabled camera of the app. */
    readonly camera?: Entity;
    /** Samples per pixel at which it rests, 1 to 1,048,576. Default 256. */
    readonly maxSpp?: number;
    /** Samples per pixel and frame, 1 to 1024. Default 1. */
    readonly sppPerFrame?: number;
    /** Traced pixels per pixel of the canvas, each way, 0.05 to 2. Default 1. */
    readonly resolutionScale?: number;
    /** Light from infinitely far away. By default the app's ambient colour. */
    readonly environment?: Environment;
    readonly tracer?: Partial<PathTracerOptions>;
    readonly onEvent?: (event: PluginEvent) => void;
}

/** The defaults of {@link PathTracerPluginOptions}. */
export const PATH_TRACER_PLUGIN_DEFAULTS: Readonly<
    Required<Pick<PathTracerPluginOptions, 'maxSpp' | 'sppPerFrame' | 'resolutionScale' | 'tracer' | 'onEvent'>>
> = Object.freeze({ maxSpp: 256, sppPerFrame: 1, resolutionScale: 1, tracer: Object.freeze({}), onEvent: () => {} });

/** Parameters of {@link PathTracerPlugin.renderToFrame}. */
export interface StillInit {
    /** Samples per pixel, 1 to 1,048,576. */
    readonly spp: number;
    /** Default: the size of the canvas times resolutionScale. */
    readonly widthPx?: number;
    readonly heightPx?: number;
    readonly progress?: Progress;
}

type Settled = PathTracerPluginOptions & typeof PATH_TRACER_PLUGIN_DEFAULTS;

/** See the file comment. */
export class PathTracerPlugin {
    readonly #app: AppBase;
    readonly #options: Settled;
    #device: Device | null = null;
    #tracer: PathTracer | null = null;
    #watch: SceneWatch | null = null;
    #picture: Picture | null = null;
    #pass: PresentPass | null = null;
    #view: View | null = null;
    #enabled = false;
    #destroyed = false;
    /** Work on the device runs one piece after the other. */
    #work: Promise<unknown> = Promise.resolve();
    #stepping = false;
    readonly #onUpdate = (): void => this.#step();

    /**
     * @param app - An app whose graphics device is WebGPU.
     * @throws MixreelError `bad-input` if it is not, or an option is out of range.
     */
    constructor(app: AppBase, options: PathTracerPluginOptions = {}) {
        this.#app = app;
        this.#options = settle(options);
        this.#device = deviceFromPlayCanvas(app.graphicsDevice as unknown as PlayCanvasGraphicsDevice);
    }

    /** The wrapper of the engine's device through which everything here is made; its `live` is empty after `destroy()`. */
    get device(): Device {
        const device = this.#device;
        if (device && !device.isLost) return device;
        this.#check();
        device?.destroy();
        this.#device = deviceFromPlayCanvas(this.#app.graphicsDevice as unknown as PlayCanvasGraphicsDevice);
        return this.#device;
    }

    get enabled(): boolean {
        return this.#enabled;
    }

    /** Samples per pixel of the picture that is shown. */
    get spp(): number {
        return this.#tracer?.samples ?? 0;
    }

    /** The tracer at work, to read counters, moments or statistics from; null before the first frame or still. */
    get tracer(): PathTracer | null {
        return this.#tracer;
    }

    /** Starts tracing with the next frame. */
    enable(): void {
        this.#check();
        if (this.#enabled) return;
        this.#enabled = true;
        this.#app.on('update', this.#onUpdate);
    }

    /** Stops tracing and gives the camera its own picture back. The scene stays on the device. */
    disable(): void {
        if (!this.#enabled) return;
        this.#enabled = false;
        this.#app.off('update', this.#onUpdate);
        this.#hide();
    }

    /** Takes the scene anew: after changes of materials, lights or vertices. */
    refresh(): Promise<void> {
        this.#check();
        return this.#queue(() => this.#build());
    }

    /**
     * Renders a still with the camera as it stands, every layer of it. The picture on the canvas starts over afterwards.
     *
     * @throws MixreelError `bad-input`, `limit-exceeded`, `device-lost` or `aborted`.
     */
    renderToFrame(init: StillInit): Promise<Frame> {
        this.#check();
        return this.#queue(async () => {
            const size = { ...this.#size(), ...defined(init.widthPx, init.heightPx) };
            if (!this.#tracer || this.#watch?.changed()) await this.#build(subProgress(init.progress, 0, 0.1));
            const tracer = this.#tracer!;
            tracer.setView(viewOfCamera(this.#camera(), size.widthPx / size.heightPx), size);
            // What is on the film belongs to the still, not to the canvas.
            this.#view = null;
            await tracer.render({ spp: init.spp, progress: subProgress(init.progress, 0.1, 1) });
            return tracer.readFrame();
        });
    }

    /** Frees everything and takes every listener back. The plugin cannot be used afterwards. */
    destroy(): void {
        if (this.#destroyed) return;
        this.disable();
        this.#destroyed = true;
        this.#tracer?.destroy();
        this.#tracer = null;
        this.#device?.destroy();
    }

    /** One frame of the app. */
    #step(): void {
        if (this.#stepping) return;
        this.#stepping = true;
        this.#queue(() => this.#trace())
            .catch((error: unknown) => this.#fail(error))
            .finally(() => {
                this.#stepping = false;
            });
    }

    async #trace(): Promise<void> {
        if (!this.#enabled) return;
        if (!this.#tracer) await this.#build();
        else if (this.#watch?.changed()) {
            this.#options.onEvent({ kind: 'restart', reason: 'scene' });
            await this.#build();
        }
        if (!this.#enabled) return;
        const tracer = this.#tracer!;
        const size = this.#size();
        const view = viewOfCamera(this.#camera(), size.widthPx / size.heightPx);
        const resized = this.#picture !== null && !this.#picture.hasSize(size);
        if (resized || !this.#view || !sameView(view, this.#view)) {
            if (this.#view) this.#options.onEvent({ kind: 'restart', reason: resized ? 'size' : 'camera' });
            tracer.setView(view, size);
            this.#view = view;
        }
        const spp = Math.min(this.#options.sppPerFrame, this.#options.maxSpp - tracer.samples);
        if (spp <= 0) return;
        await tracer.render({ spp });
        if (this.#enabled) await this.#show(tracer, size);
        this.#options.onEvent({ kind: 'samples', spp: tracer.samples });
    }

    /** Puts the film on the canvas. */
    async #show(tracer: PathTracer, size: { widthPx: number; heightPx: number }): Promise<void> {
        if (!this.#picture?.hasSize(size)) {
            this.#hide();
            this.#picture = await Picture.create(this.device, this.#app.graphicsDevice, size);
            if (!this.#enabled) return this.#hide();
            this.#pass = new PresentPass(this.#app, this.#camera(), this.#picture.texture);
        }
        this.#picture.show(tracer.film);
        this.#pass!.attach();
    }

    #hide(): void {
        this.#pass?.destroy();
        this.#picture?.destroy();
        this.#pass = null;
        this.#picture = null;
    }

    async #build(progress?: Progress): Promise<void> {
        const camera = this.#camera();
        const appScene: AppScene = await sceneFromApp(this.#app, camera, this.#options.environment);
        if (this.#destroyed) throw stopped();
        const device = this.device;
        this.#tracer?.destroy();
        this.#tracer = null;
        this.#view = null;
        const tracer = await PathTracer.create(device, appScene.scene, this.#options.tracer, progress);
        if (this.#destroyed) {
            tracer.destroy();
            throw stopped();
        }
        this.#tracer = tracer;
        this.#watch = new SceneWatch(this.#app, camera, appScene.meshInstances);
        const { triangleCount: triangles, events } = appScene.scene;
        this.#options.onEvent({ kind: 'scene', triangles, events });
    }

    #queue<T>(work: () => Promise<T>): Promise<T> {
        const next = this.#work.then(async () => {
            if (this.#destroyed) throw stopped();
            try {
                return await work();
            } catch (error) {
                // Work that destroy() cut short fails in whatever it was doing.
                throw this.#destroyed ? stopped() : error;
            }
        });
        this.#work = next.catch(() => {});
        return next;
    }

    #fail(thrown: unknown): void {
        if (this.#destroyed) return;
        this.disable();
        const error =
            thrown instanceof MixreelError
                ? thrown
                : new MixreelError('internal', {
                      what: `path tracing failed: ${thrown instanceof Error ? thrown.message : thrown}`,
                      mend: 'Report this with the scene',
                      cause: thrown
                  });
        this.#options.onEvent({ kind: 'failed', error });
    }

    #camera(): CameraComponent {
        const { camera } = this.#options;
        if (camera?.camera) return camera.camera;
        const cameras = this.#app.root.findComponents('camera') as CameraComponent[];
        const enabled = cameras.find((each) => each.enabled && each.entity.enabled);
        if (enabled && !camera) return enabled;
        throw badInput(
            camera ? `entity "${camera.name}" has no camera` : 'the app has no enabled camera',
            'an entity with a camera component',
            'Add a camera component, or pass the entity as option camera'
        );
    }

    #size(): { widthPx: number; heightPx: number } {
        const target = this.#camera().renderTarget ?? this.#app.graphicsDevice;
        const scale = this.#options.resolutionScale;
        return {
            widthPx: Math.max(1, Math.round(target.width * scale)),
            heightPx: Math.max(1, Math.round(target.height * scale))
        };
    }

    #check(): void {
        if (!this.#destroyed) return;
        throw badInput('the plugin is destroyed', 'a living plugin', 'Make a new PathTracerPlugin');
    }
}

function settle(options: PathTracerPluginOptions): Settled {
    const settled = { ...PATH_TRACER_PLUGIN_DEFAULTS, ...options };
    const bounds = { maxSpp: [1, 2 ** 20], sppPerFrame: [1, 1024], resolutionScale: [0.05, 2] } as const;
    for (const [name, [low, high]] of Object.entries(bounds)) {
        const value = settled[name as keyof typeof bounds];
        if (value >= low && value <= high && (name === 'resolutionScale' || Number.isInteger(value))) continue;
        throw badInput(`${name} is ${value}`, `${low} to ${high}`, `Give ${name} a value in that range`);
    }
    return settled;
}

function stopped(): MixreelError {
    return new MixreelError('aborted', { what: 'the plugin was destroyed', mend: 'Make a new PathTracerPlugin' });
}

function defined(widthPx: number | undefined, heightPx: number | undefined): { widthPx?: number; heightPx?: number } {
    return { ...(widthPx === undefined ? {} : { widthPx }), ...(heightPx === undefined ? {} : { heightPx }) };
}
