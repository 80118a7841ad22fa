/**
 * The picture on the canvas while it gathers samples: when it starts over, how much a frame adds to it, and when it is shown.
 *
 * A frame with a time budget may add less than a sample of every pixel. The first sample of a view is then finished before the camera
 * or the scene is followed again: who moves all the time sees whole pictures of where things were some frames ago, instead of none.
 */
import type { Clock } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import type { View } from '@mixreel/image';
import type { AppBase, CameraComponent } from 'playcanvas';
import type { Environment } from '../scene/scene.ts';
import type { PathTracer } from '../tracer/path-tracer.ts';
import { rectOfCamera, sameView, viewOfCamera } from './camera-view.ts';
import { FilmKeeper } from './film-keeper.ts';
import type { LiveTracer } from './live-tracer.ts';
import { Pace } from './pace.ts';
import { Picture, type PictureSize } from './picture.ts';
import type { SettledPluginOptions } from './plugin-options.ts';
import { PresentPass } from './present-pass.ts';

/** What the film holds. */
interface Pointed {
    readonly tracer: PathTracer;
    readonly view: View;
    readonly size: PictureSize;
}

/** See the file comment. */
export class ProgressivePicture {
    readonly #app: AppBase;
    readonly #options: SettledPluginOptions;
    readonly #clock: Clock;
    readonly #pace: Pace | null;
    readonly #keeper: FilmKeeper;
    /** Null: the film is not the canvas's. */
    #pointed: Pointed | null = null;
    #picture: Picture | null = null;
    #pass: PresentPass | null = null;
    /** What is shown is not what it should be. */
    #stale = false;
    #denoise: boolean;

    constructor(app: AppBase, options: SettledPluginOptions, clock: Clock) {
        this.#app = app;
        this.#options = options;
        this.#clock = clock;
        this.#pace = options.frameBudgetMs === null ? null : new Pace(options.frameBudgetMs);
        this.#keeper = new FilmKeeper(clock, options.checkpointSeconds);
        this.#denoise = options.denoise;
    }

    get denoise(): boolean {
        return this.#denoise;
    }

    set denoise(on: boolean) {
        this.#stale ||= on !== this.#denoise;
        this.#denoise = on;
    }

    /**
     * Adds what a frame has time for.
     *
     * @param wanted - Asked after each wait: whether the picture is still to be shown.
     */
    async advance(live: LiveTracer, device: Device, wanted: () => boolean): Promise<void> {
        if (!this.#firstUnderWay(live)) {
            const changed = await live.follow();
            if (changed) this.#keeper.forget();
            const { tracer } = live;
            if (!tracer) {
                this.hide();
                this.#pointed = null;
            }
            if (!tracer || !wanted()) return;
            const restored = this.#point(tracer, live.camera, changed);
            this.#stale ||= restored;
        }
        const { tracer, view, size } = this.#pointed!;
        const before = tracer.samples;
        const added = await this.#gather(tracer, size);
        if (!added && !this.#stale && this.#picture) return;
        // Parts of a first sample are no picture yet.
        if (tracer.samples > 0 && wanted()) await this.#show(tracer, device, live.camera, wanted);
        if (added) await this.#keeper.keep(tracer, view, tracer.samples >= this.#options.maxSpp);
        if (tracer.samples > before) this.#options.onEvent({ kind: 'samples', spp: tracer.samples });
    }

    /** The tracer is to be used for something else: what is on its film is put aside. */
    async putAside(): Promise<void> {
        const pointed = this.#pointed;
        this.#pointed = null;
        if (pointed && pointed.tracer.samples > 0) await this.#keeper.keep(pointed.tracer, pointed.view, true);
    }

    /** The scene is another one, or nobody knows. */
    forget(): void {
        this.#keeper.forget();
        this.#pointed = null;
    }

    /** Takes the place of the camera's own picture, if there is anything to show. */
    attach(): void {
        if (this.#picture) this.#pass?.attach();
    }

    /** Gives the camera its own picture back. */
    detach(): void {
        this.#pass?.detach();
    }

    /** As {@link detach}, and frees what shows the picture. */
    hide(): void {
        this.#pass?.release();
        this.#picture?.destroy();
        this.#pass = null;
        this.#picture = null;
    }

    /** The film is gone with its device; a copy of it may be left. */
    abandonDevice(): void {
        this.hide();
        this.#pointed = null;
    }

    #firstUnderWay(live: LiveTracer): boolean {
        const tracer = this.#pointed?.tracer;
        return tracer !== undefined && tracer === live.tracer && tracer.samples === 0 && tracer.pixelsAhead > 0;
    }

    /** Points the tracer where the camera looks now. @returns Whether a film was put back. */
    #point(tracer: PathTracer, camera: CameraComponent, changed: boolean): boolean {
        const { onEvent, resolutionScale } = this.#options;
        const size = pictureSize(this.#app, camera, resolutionScale);
        const view = viewOfCamera(camera, size.widthPx / size.heightPx);
        const old = this.#pointed;
        if (old?.tracer !== tracer) this.#pace?.reset();
        const resized = old !== null && (old.size.widthPx !== size.widthPx || old.size.heightPx !== size.heightPx);
        this.#pointed = { tracer, view, size };
        if (old?.tracer === tracer && !resized && sameView(view, old.view)) {
            if (changed) this.#picture?.forget();
            return false;
        }
        if (old && !changed) onEvent({ kind: 'restart', reason: resized ? 'size' : 'camera' });
        // Where a picture is shown, the view is that of the picture.
        const previousView = old && this.#picture && !resized && !changed ? old.view : null;
        if (previousView) this.#picture!.cameraMoved();
        else this.#picture?.forget();
        tracer.setView(view, { ...size, ...(previousView ? { previousView } : {}) });
        const restored = old === null && this.#keeper.restore(tracer, view, size);
        if (restored) onEvent({ kind: 'resumed', spp: tracer.samples });
        else this.#keeper.forget();
        return restored;
    }

    /** @returns False if the picture has all its samples. */
    async #gather(tracer: PathTracer, { widthPx, heightPx }: PictureSize): Promise<boolean> {
        const { maxSpp, sppPerFrame } = this.#options;
        const left = maxSpp - tracer.samples;
        if (left <= 0) return false;
        if (!this.#pace) {
            await tracer.render({ spp: Math.min(sppPerFrame, left) });
            return true;
        }
        const paths = Math.min(this.#pace.paths, left * widthPx * heightPx - tracer.pixelsAhead);
        const startNs = this.#clock.nowNs();
        await tracer.renderPart({ paths });
        this.#pace.took(paths, (this.#clock.nowNs() - startNs) / 1e6);
        return true;
    }

    /** Puts the film on the canvas. */
    async #show(tracer: PathTracer, device: Device, camera: CameraComponent, wanted: () => boolean): Promise<void> {
        const { view, size } = this.#pointed!;
        if (!this.#picture?.hasSize(size)) {
            this.hide();
            this.#picture = await Picture.create(device, this.#app.graphicsDevice, size, this.#options.onCameraMove);
            if (!wanted()) return this.hide();
            this.#pass = new PresentPass(this.#app, camera, this.#picture.texture);
        }
        const picture = this.#picture;
        await picture.setDenoise(this.#denoise);
        if (!wanted() || this.#picture !== picture) return;
        this.#stale = false;
        picture.show(tracer, view);
        this.#pass!.around = around(tracer.scene.environment);
        this.#pass!.attach();
    }
}

/** Size of the traced picture of the part that the camera renders of its target. */
export function pictureSize(app: AppBase, camera: CameraComponent, scale: number): PictureSize {
    const target = camera.renderTarget ?? app.graphicsDevice;
    const { width, height } = target;
    const { widthPx, heightPx } = rectOfCamera(camera, width, height) ?? { widthPx: width, heightPx: height };
    return {
        widthPx: Math.max(1, Math.round(widthPx * scale)),
        heightPx: Math.max(1, Math.round(heightPx * scale))
    };
}

/** Radiance of light that is the same from all around; null for a sky. */
function around(environment: Environment | null): readonly [number, number, number] | null {
    if (!environment) return [0, 0, 0];
    const { widthPx, heightPx, data, intensity = 1 } = environment;
    if (widthPx * heightPx !== 1) return null;
    return [data[0]! * intensity, data[1]! * intensity, data[2]! * intensity];
}
