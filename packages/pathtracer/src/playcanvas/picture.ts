/** The texture of the engine that a film is shown with, and the kernel that fills it. */
import type { Device, GpuBuffer, Kernel } from '@mixreel/gpu';
import { ADDRESS_CLAMP_TO_EDGE, FILTER_LINEAR, type GraphicsDevice, PIXELFORMAT_RGBA16F, Texture } from 'playcanvas';
import { present } from '../generated/index.ts';

interface Size {
    readonly widthPx: number;
    readonly heightPx: number;
}

/** See the file comment. */
export class Picture {
    readonly texture: Texture;
    readonly #device: Device;
    readonly #kernel: Kernel;
    readonly #view: GPUTextureView;

    static async create(device: Device, engine: GraphicsDevice, size: Size): Promise<Picture> {
        return new Picture(device, engine, size, await device.createKernel({ label: 'present', wgsl: present }));
    }

    private constructor(device: Device, engine: GraphicsDevice, { widthPx, heightPx }: Size, kernel: Kernel) {
        this.#device = device;
        this.#kernel = kernel;
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

    hasSize(size: Size): boolean {
        return this.texture.width === size.widthPx && this.texture.height === size.heightPx;
    }

    /** Fills the texture; the engine's next frame shows it. */
    show(film: GpuBuffer): void {
        const workgroups = [Math.ceil(this.texture.width / 8), Math.ceil(this.texture.height / 8)] as const;
        // Not awaited: the queue runs it before the engine's frame, and an error rejects the next samples.
        void this.#device.record('present').dispatch(this.#kernel, { film, picture: this.#view }, workgroups).submit();
    }

    destroy(): void {
        this.texture.destroy();
    }
}
