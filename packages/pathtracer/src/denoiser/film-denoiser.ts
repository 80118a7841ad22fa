/**
 * Takes the noise out of a progressive picture on the GPU, from the film and its layers where they lie: the spatial half of
 * `denoiser.ts`, with the variance that the film's own moments give. As samples gather the variance falls and the filter closes, so
 * the picture converges to the film's. A pixel on the edge of two surfaces has gathered light of both: it gives none on, and keeps
 * what differs from its own surface by more than that surface's noise, so edges stay smooth and do not bleed.
 *
 * Twin: {@link denoiseMoments}. 32 bytes a pixel, and 174 taps at most.
 */
import type { Device, GpuBuffer, Kernel, Recording } from '@mixreel/gpu';
import type { Frame } from '@mixreel/image';
import {
    denoise,
    denoiseBeginFilm,
    denoiseBeginShown,
    denoiseEndFilm,
    denoiseEndShown,
    denoiseSpread
} from '../generated/index.ts';
import { CAMERA_KIND, type CameraView, cameraFrame } from '../scene/camera.ts';
import type { FilmMoments } from '../tracer/film.ts';
import { Surface } from './surface.ts';
import { divided, LEAST_ALBEDO, luminanceAt, multiplied, PASSES, smoothed } from './wavelet.ts';

/** What a picture is made of; see `PathTracer.film` and `.layers`. */
export interface DenoiserInput {
    readonly film: GpuBuffer;
    readonly layers: GpuBuffer;
    /** What is shown in place of the film's mean, rows as `reproject.wgsl` keeps them; null: the mean itself. */
    readonly shown: GpuBuffer | null;
}

interface Kernels {
    readonly begin: Kernel;
    readonly spread: Kernel;
    readonly pass: Kernel;
    readonly end: Kernel;
}

/** See the file comment. Made by {@link FilmDenoiser.create}. */
export class FilmDenoiser {
    readonly #device: Device;
    readonly #kernels: Kernels;
    readonly #camera: GpuBuffer;
    readonly #light: readonly [GpuBuffer, GpuBuffer];
    readonly #steps: readonly GpuBuffer[];
    readonly #groups: readonly [number, number];
    readonly #size: { readonly widthPx: number; readonly heightPx: number };

    /** @param history - Whether inputs have `shown`. */
    static async create(
        device: Device,
        { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
        history: boolean
    ): Promise<FilmDenoiser> {
        const make = (label: string, wgsl: typeof denoise): Promise<Kernel> => device.createKernel({ label, wgsl });
        const [begin, spread, pass, end] = await Promise.all([
            make('denoise-begin', history ? denoiseBeginShown : denoiseBeginFilm),
            make('denoise-spread', denoiseSpread),
            make('denoise', denoise),
            make('denoise-end', history ? denoiseEndShown : denoiseEndFilm)
        ]);
        return new FilmDenoiser(device, { begin, spread, pass, end }, widthPx, heightPx);
    }

    private constructor(device: Device, kernels: Kernels, widthPx: number, heightPx: number) {
        this.#device = device;
        this.#kernels = kernels;
        this.#size = { widthPx, heightPx };
        this.#groups = [Math.ceil(widthPx / 8), Math.ceil(heightPx / 8)];
        const sizeBytes = widthPx * heightPx * 16;
        const light = (i: number): GpuBuffer => device.createBuffer({ label: `denoiser/light ${i}`, sizeBytes });
        this.#light = [light(0), light(1)];
        const uniform = (label: string, data: Int32Array): GpuBuffer =>
            device.createBuffer({ label: `denoiser/${label}`, usage: 'uniform', data });
        this.#steps = Array.from({ length: PASSES }, (_, i) => uniform(`step ${i}`, Int32Array.of(1 << i, 0, 0, 0)));
        this.#camera = uniform('camera', new Int32Array(16));
    }

    /**
     * Records the filter.
     *
     * @param picture - An rgba16float texture of the size, to be filled; null: none.
     * @returns Where the light is afterwards: rgb without albedo, and its variance, 4 floats a pixel.
     */
    record(recording: Recording, view: CameraView, input: DenoiserInput, picture: GPUTextureView | null): GpuBuffer {
        this.#look(view);
        const { begin, spread, pass, end } = this.#kernels;
        const { film, layers } = input;
        const shown = input.shown ? { shown: input.shown } : {};
        const common = { camera: this.#camera, layers };
        let [from, to] = this.#light;
        recording.dispatch(begin, { ...common, film, ...shown, light: from }, this.#groups);
        recording.dispatch(spread, { camera: this.#camera, layers, film, light: from, spread: to }, this.#groups);
        for (const settings of this.#steps) {
            [from, to] = [to, from];
            recording.dispatch(pass, { ...common, settings, before: from, after: to }, this.#groups);
        }
        if (picture) {
            const coverage = input.shown ? shown : { film };
            recording.dispatch(end, { ...common, ...coverage, light: to, picture }, this.#groups);
        }
        return to;
    }

    destroy(): void {
        for (const buffer of [this.#camera, ...this.#light, ...this.#steps]) buffer.destroy();
    }

    #look(view: CameraView): void {
        const { kind, right, up, back, scale, offset } = cameraFrame(view);
        const values = { right, up, back, scale, offset, ...this.#size };
        const struct = this.#kernels.pass.view('camera');
        struct.set({ ...values, parallel: kind === CAMERA_KIND['orthographic'] ? 1 : 0 });
        this.#device.upload(this.#camera, new Uint8Array(struct.arrayBuffer));
    }
}

/** The frame with its colour denoised as {@link FilmDenoiser} does: a plain loop. */
export function denoiseMoments(frame: Frame, { sum, sumSquares, count }: FilmMoments): Frame {
    const surface = new Surface(frame);
    const pixels = surface.count;
    const light = divided(frame);
    const albedo = frame.layer('albedo');
    const moments = new Float32Array(2 * pixels);
    const deviation = new Float32Array(3 * pixels);
    for (let k = 0; k < 3 * pixels; k++) {
        const n = Math.max(1, count[k % pixels]!);
        const mean = sum[k]! / n;
        deviation[k] = Math.sqrt(Math.max(0, sumSquares[k]! / n - mean * mean)) / Math.max(LEAST_ALBEDO, albedo[k]!);
    }
    for (let i = 0; i < pixels; i++) {
        const level = luminanceAt(light, i, pixels);
        moments[i] = level;
        moments[pixels + i] = level ** 2 + luminanceAt(deviation, i, pixels) ** 2;
    }
    const length = count.map((n) => Math.max(1, n));
    const mixed = Uint8Array.from({ length: pixels }, (_, i) => (surface.isMixed(i) ? 1 : 0));
    return multiplied(frame, smoothed(surface, light, { moments, length, mixed }));
}
