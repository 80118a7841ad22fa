/**
 * Path-traces the running scene of a PlayCanvas app on the app's own WebGPU device, some samples a frame, in place of the
 * camera's own picture. It follows the scene (things that come, go, move, deform, change their material; lights; sky), and
 * starts over when something changes, the camera moves or the canvas changes size.
 *
 *     const plugin = new PathTracerPlugin(app, { maxSpp: 512 });
 *     plugin.enable();
 *     plugin.mode = 'raster'; // and back: the samples are kept if nothing changed
 *     const frame = await plugin.renderToFrame({ spp: 64 });
 *     plugin.destroy();
 *
 * Until the first samples are there, the engine's own picture stays. Whatever fails, a lost device too, is told to `onEvent`,
 * and the engine's picture comes back; when the engine has restored its device, tracing goes on from the film that was put aside
 * last.
 */
import { badInput, MixreelError, type Progress, RealClock, subProgress } from '@mixreel/core';
import { type Device, deviceFromPlayCanvas, type PlayCanvasGraphicsDevice } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import type { AppBase, CameraComponent } from 'playcanvas';
import { cameraFrame } from '../scene/camera.ts';
import type { PathTracer } from '../tracer/path-tracer.ts';
import { renderStereo, type StereoFrames } from '../tracer/render-stereo.ts';
import { viewOfCamera } from './camera-view.ts';
import { LiveTracer } from './live-tracer.ts';
import type { PictureSize } from './picture.ts';
import {
    type PathTracerPluginOptions,
    type PictureMode,
    type SettledPluginOptions,
    type StereoStillInit,
    type StillInit,
    settlePluginOptions
} from './plugin-options.ts';
import { ProgressivePicture, pictureSize } from './progressive-picture.ts';
import { xrViews } from './xr-views.ts';

/** See the file comment. */
export class PathTracerPlugin {
    readonly #app: AppBase;
    readonly #options: SettledPluginOptions;
    readonly #picture: ProgressivePicture;
    #device: Device | null = null;
    #live: LiveTracer | null = null;
    #mode: PictureMode;
    #enabled = false;
    #destroyed = false;
    /** Work on the device runs one piece after the other. */
    #work: Promise<unknown> = Promise.resolve();
    #stepping = false;
    /** It was tracing when the device was lost. */
    #interrupted = false;
    readonly #onUpdate = (): void => this.#step();
    readonly #onRestored = (): void => {
        if (this.#interrupted && !this.#destroyed) this.enable();
    };

    /**
     * @param app - An app whose graphics device is WebGPU.
     * @throws MixreelError `bad-input` if it is not, or an option is out of range.
     */
    constructor(app: AppBase, options: PathTracerPluginOptions = {}) {
        this.#app = app;
        this.#options = settlePluginOptions(options);
        this.#mode = this.#options.mode;
        this.#picture = new ProgressivePicture(app, this.#options, this.#options.clock ?? new RealClock());
        this.#wrap();
        app.graphicsDevice.on('devicerestored', this.#onRestored);
    }

    /** The wrapper of the engine's device through which everything here is made; its `live` is empty after `destroy()`. */
    get device(): Device {
        const device = this.#device;
        if (device && !device.isLost) return device;
        this.#check();
        device?.destroy();
        return this.#wrap();
    }

    #wrap(): Device {
        const device = deviceFromPlayCanvas(this.#app.graphicsDevice as unknown as PlayCanvasGraphicsDevice);
        this.#device = device;
        // Told at once, and not only by the next samples: a picture at rest has none.
        void device.lost.then((error) => {
            if (this.#device === device && this.#enabled) this.#fail(error);
        });
        return device;
    }

    get enabled(): boolean {
        return this.#enabled;
    }

    /** Samples per pixel of the picture that is shown. */
    get spp(): number {
        return this.tracer?.samples ?? 0;
    }

    /** The tracer at work, to read counters, moments or statistics from; null before the first frame or still. */
    get tracer(): PathTracer | null {
        return this.#live?.tracer ?? null;
    }

    /** Which picture the camera shows. In mode `raster` nothing is traced, and what is on the film is kept. */
    get mode(): PictureMode {
        return this.#mode;
    }

    set mode(mode: PictureMode) {
        this.#check();
        settlePluginOptions({ mode });
        if (mode === this.#mode) return;
        this.#mode = mode;
        if (mode === 'raster') this.#picture.detach();
        else if (this.#enabled) this.#picture.attach();
        this.#options.onEvent({ kind: 'mode', mode });
    }

    /** Whether the picture is shown denoised; may be changed at any time. */
    get denoise(): boolean {
        return this.#picture.denoise;
    }

    set denoise(on: boolean) {
        this.#check();
        this.#picture.denoise = on;
    }

    /** Starts tracing with the next frame. */
    enable(): void {
        this.#check();
        if (this.#enabled) return;
        this.#enabled = true;
        this.#interrupted = false;
        this.#app.on('update', this.#onUpdate);
    }

    /** Stops tracing and gives the camera its own picture back. The scene stays on the device. */
    disable(): void {
        if (!this.#enabled) return;
        this.#enabled = false;
        this.#app.off('update', this.#onUpdate);
        this.#picture.hide();
    }

    /** Takes the whole scene anew: for what the engine does not tell, such as vertices written into a locked buffer. */
    refresh(): Promise<void> {
        this.#check();
        return this.#queue(async () => {
            this.#picture.forget();
            await this.#liveNow().refresh();
        });
    }

    /**
     * Renders a still with the camera as it stands, every layer of it. The picture on the canvas goes on afterwards. Motion is that
     * of the camera and of things since the still before, which a film of stills needs; 0 in the first, and where bones or morph
     * targets move.
     *
     * @throws MixreelError `bad-input`, `limit-exceeded`, `device-lost` or `aborted`.
     */
    renderToFrame(init: StillInit): Promise<Frame> {
        return this.#aside(init.progress, async (tracer, live) => {
            const size = this.#sizeOf(init, live.camera);
            const view = viewOfCamera(live.camera, size.widthPx / size.heightPx);
            return live.still('mono', view, async (before) => {
                const seen = before && cameraFrame(before).kind === cameraFrame(view).kind;
                tracer.setView(view, { ...size, ...(seen ? { previousView: before } : {}) });
                await tracer.render({ spp: init.spp, progress: subProgress(init.progress, 0.1, 1) });
                return tracer.readFrame();
            });
        });
    }

    /**
     * As {@link renderToFrame}, a still of each eye: of the XR session that runs, or of the views that are given. The engine cannot
     * show a traced picture in a session; this is for frames that go elsewhere.
     *
     * @throws MixreelError `bad-input` without a session and views too.
     */
    async renderStereo(init: StereoStillInit): Promise<StereoFrames> {
        this.#check();
        // As the eyes stand now, not when it is their turn.
        const views = init.views ?? xrViews(this.#app);
        return this.#aside(init.progress, (tracer, live) => {
            const progress = subProgress(init.progress, 0.1, 1);
            const size = this.#sizeOf(init, live.camera);
            return live.still('stereo', views, (previous) =>
                renderStereo(tracer, views, { ...size, spp: init.spp, progress, ...(previous ? { previous } : {}) })
            );
        });
    }

    #sizeOf(init: StillInit, camera: CameraComponent): PictureSize {
        const canvas = pictureSize(this.#app, camera, this.#options.resolutionScale);
        return { widthPx: init.widthPx ?? canvas.widthPx, heightPx: init.heightPx ?? canvas.heightPx };
    }

    /** Work with the tracer that is no picture on the canvas. */
    #aside<T>(progress: Progress | undefined, work: (tracer: PathTracer, live: LiveTracer) => Promise<T>): Promise<T> {
        this.#check();
        return this.#queue(async () => {
            const live = this.#liveNow();
            await this.#picture.putAside();
            if (await live.follow(subProgress(progress, 0, 0.1))) this.#picture.forget();
            const { tracer } = live;
            if (!tracer) throw badInput('the scene has 0 triangles', 'at least 1', 'Show something first');
            return work(tracer, live);
        });
    }

    /** Frees everything and takes every listener back. The plugin cannot be used afterwards. */
    destroy(): void {
        if (this.#destroyed) return;
        this.disable();
        this.#destroyed = true;
        this.#app.graphicsDevice.off('devicerestored', this.#onRestored);
        this.#live?.destroy();
        this.#live = null;
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
        if (!this.#tracing()) return;
        const live = this.#liveNow();
        await this.#picture.advance(live, this.device, () => this.#tracing());
    }

    #tracing(): boolean {
        return this.#enabled && this.#mode === 'pathtraced';
    }

    /** What follows the scene of the camera that is to be traced now, on the device that is there now. */
    #liveNow(): LiveTracer {
        const camera = this.#camera();
        const { device } = this;
        if (this.#live?.camera === camera) {
            this.#live.use(device);
            return this.#live;
        }
        this.#live?.destroy();
        this.#picture.hide();
        this.#picture.forget();
        this.#live = new LiveTracer(this.#app, camera, device, this.#options);
        return this.#live;
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
        if (this.#destroyed || !this.#enabled) return;
        this.disable();
        this.#interrupted = thrown instanceof MixreelError && thrown.code === 'device-lost';
        if (this.#interrupted) {
            this.#picture.abandonDevice();
            this.#live?.abandonDevice();
        } else {
            // A scene that could not be followed is taken anew.
            this.#picture.forget();
            this.#live?.destroy();
            this.#live = null;
        }
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

    #check(): void {
        if (!this.#destroyed) return;
        throw badInput('the plugin is destroyed', 'a living plugin', 'Make a new PathTracerPlugin');
    }
}

function stopped(): MixreelError {
    return new MixreelError('aborted', { what: 'the plugin was destroyed', mend: 'Make a new PathTracerPlugin' });
}
