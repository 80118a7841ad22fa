/**
 * The texture of the engine that a film is shown with, and the kernel that fills it. With reprojection what is shown is kept in
 * a buffer as well (32 bytes a pixel, twice), for the time after the camera's next move. A denoiser may stand between the film and
 * the texture; what is kept is never denoised.
 */
import type { Device, GpuBuffer, Kernel } from '@mixreel/gpu';
import type { View } from '@mixreel/image';
import { ADDRESS_CLAMP_TO_EDGE, FILTER_LINEAR, type GraphicsDevice, PIXELFORMAT_RGBA16F, Texture } from 'playcanvas';
import { FilmDenoiser } from '../denoiser/film-denoiser.ts';
import { present, reproject } from '../generated/index.ts';

/** Pixels each way. */
export interface PictureSize {
    readonly widthPx: number;
    readonly heightPx: number;
}

/** What a picture is made of. */
interface Films {
    readonly film: GpuBuffer;
    readonly layers: GpuBuffer;
}

interface Memory {
    shown: GpuBuffer;
    history: GpuBuffer;
    readonly settings: GpuBuffer;
    /** `shown` holds a picture. */
    filled: boolean;
    hasHistory: boolean;
}

/** See the file comment. */
export class Picture {
    readonly texture: Texture;
    readonly #device: Device;
    readonly #kernel: Kernel;
    readonly #view: GPUTextureView;
    readonly #memory: Memory | null;
    #denoiser: FilmDenoiser | null = null;
    #destroyed = false;

    static async create(
        device: Device,
        engine: GraphicsDevice,
        size: PictureSize,
        onCameraMove: 'restart' | 'reproject'
    ): Promise<Picture> {
        const kept = onCameraMove === 'reproject';
        const kernel = await device.createKernel({ label: 'present', wgsl: kept ? reproject : present });
        return new Picture(device, engine, size, kernel, kept);
    }

    private constructor(
        device: Device,
        engine: GraphicsDevice,
        { widthPx, heightPx }: PictureSize,
        kernel: Kernel,
        kept: boolean
    ) {
        this.#device = device;
        this.#kernel = kernel;
        this.#memory = kept ? memory(device, widthPx * heightPx) : null;
        this.texture = new Texture(engine, {
            name: 'mixreel/picture',
            width: widthPx,
            height: heightPx,
            format: PIXELFORMAT_RGBA16F,
            storage: true,
            mipmaps: false,
            minFilter: FILTER_LINEAR,
            magFilter: FILTER_LINEAR,
            addressU: ADDRESS_CLAMP_TO_EDGE,
            addressV: ADDRESS_CLAMP_TO_EDGE
        });
        const { gpuTexture } = this.texture.impl as unknown as { gpuTexture: GPUTexture };
        this.#view = gpuTexture.createView();
    }

    hasSize(size: PictureSize): boolean {
        return this.texture.width === size.widthPx && this.texture.height === size.heightPx;
    }

    /** From now on what is shown is what was seen before: the camera has moved. */
    cameraMoved(): void {
        const memory = this.#memory;
        if (!memory?.filled) {
            this.forget();
            return;
        }
        [memory.shown, memory.history] = [memory.history, memory.shown];
        memory.filled = false;
        memory.hasHistory = true;
    }

    /** What was shown tells nothing of what is to come: the scene has changed. */
    forget(): void {
        if (!this.#memory) return;
        this.#memory.filled = false;
        this.#memory.hasHistory = false;
    }

    /** Whether what is shown from now on is denoised. */
    async setDenoise(on: boolean): Promise<void> {
        if (on === (this.#denoiser !== null)) return;
        this.#denoiser?.destroy();
        this.#denoiser = null;
        const { width: widthPx, height: heightPx } = this.texture;
        if (!on) return;
        const denoiser = await FilmDenoiser.create(this.#device, { widthPx, heightPx }, this.#memory !== null);
        if (this.#destroyed) denoiser.destroy();
        else this.#denoiser = denoiser;
    }

    /**
     * Fills the texture; the engine's next frame shows it.
     *
     * @param view - That the film was seen with.
     */
    show({ film, layers }: Films, view: View): void {
        const workgroups = [Math.ceil(this.texture.width / 8), Math.ceil(this.texture.height / 8)] as const;
        const memory = this.#memory;
        if (memory) {
            this.#device.upload(memory.settings, Uint32Array.of(memory.hasHistory ? 1 : 0, 0, 0, 0));
            memory.filled = true;
        }
        const { shown, history, settings } = memory ?? { shown: film, history: film, settings: film };
        const bindings = { film, layers, shown, history, settings, picture: this.#view };
        const recording = this.#device.record('present').dispatch(this.#kernel, bindings, workgroups);
        const denoised = { film, layers, shown: memory ? shown : null };
        this.#denoiser?.record(recording, view, denoised, this.#view);
        // Not awaited: the queue runs it before the engine's frame, and an error rejects the next samples.
        void recording.submit();
    }

    destroy(): void {
        this.#destroyed = true;
        this.texture.destroy();
        this.#denoiser?.destroy();
        if (!this.#memory) return;
        for (const buffer of [this.#memory.shown, this.#memory.history, this.#memory.settings]) buffer.destroy();
    }
}

function memory(device: Device, pixels: number): Memory {
    const shown = device.createBuffer({ label: 'picture/shown', sizeBytes: pixels * 32 });
    const history = device.createBuffer({ label: 'picture/history', sizeBytes: pixels * 32 });
    const settings = device.createBuffer({ label: 'picture/settings', sizeBytes: 16, usage: 'uniform' });
    return { shown, history, settings, filled: false, hasHistory: false };
}
