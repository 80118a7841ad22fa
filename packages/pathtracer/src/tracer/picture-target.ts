/** The buffers of a picture on the device (film, first-hit layers, list of noisy pixels) and the camera it is seen through. */
import { badInput } from '@mixreel/core';
import type { Device, GpuBuffer } from '@mixreel/gpu';
import { type CameraView, cameraFrame } from '../scene/camera.ts';
import { integer } from './options.ts';

/** Size of the picture and what it follows. */
export interface ViewSize {
    /** 1 to 16384. */
    readonly widthPx: number;
    /** 1 to 16384. */
    readonly heightPx: number;
    /** Where the camera was in the frame before: gives the motion layer, which is 0 without. */
    readonly previousView?: CameraView;
}

/** See the file comment. */
export class PictureTarget {
    readonly view: CameraView;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly previousView: CameraView | null;
    /** 32 bytes a pixel: see `shaders/pathtracer/film.wgsl`. */
    readonly film: GpuBuffer;
    /** 48 bytes a pixel: see `shaders/pathtracer/first_hit.wgsl`. */
    readonly layers: GpuBuffer;
    readonly #device: Device;
    #noisy: GpuBuffer | null = null;

    /** Takes over the buffers of `old` if it has the same size; else destroys it. */
    constructor(device: Device, view: CameraView, size: ViewSize, old: PictureTarget | null) {
        checkView(view, size);
        this.view = view;
        this.widthPx = size.widthPx;
        this.heightPx = size.heightPx;
        this.previousView = size.previousView ?? null;
        this.#device = device;
        if (old && old.widthPx === size.widthPx && old.heightPx === size.heightPx) {
            this.film = old.film;
            this.layers = old.layers;
            this.#noisy = old.#noisy;
            return;
        }
        old?.destroy();
        this.film = device.createBuffer({ label: 'pathtracer/film', sizeBytes: this.pixels * 32 });
        try {
            this.layers = device.createBuffer({ label: 'pathtracer/layers', sizeBytes: this.pixels * 48 });
        } catch (error) {
            this.film.destroy();
            throw error;
        }
    }

    get pixels(): number {
        return this.widthPx * this.heightPx;
    }

    /** 4 bytes a pixel and 4 for their count: see `shaders/pathtracer/select_pixels.wgsl`. Made at the first use. */
    get noisy(): GpuBuffer {
        this.#noisy ??= this.#device.createBuffer({
            label: 'pathtracer/noisy pixels',
            sizeBytes: 4 * (this.pixels + 1)
        });
        return this.#noisy;
    }

    destroy(): void {
        this.film.destroy();
        this.layers.destroy();
        this.#noisy?.destroy();
    }
}

/** Refuses a view that {@link PictureTarget} cannot have. */
export function checkView(view: CameraView, { widthPx, heightPx, previousView }: ViewSize): void {
    integer('widthPx', widthPx, 1, 16384);
    integer('heightPx', heightPx, 1, 16384);
    const { kind } = cameraFrame(view);
    if (!previousView || cameraFrame(previousView).kind === kind) return;
    throw badInput('the view before is of another kind of camera', 'the same kind', 'Leave previousView out');
}
