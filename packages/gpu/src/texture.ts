/**
 * A tracked GPU texture: one 2D image or an array of them, with or without mip levels.
 */
import { badInput, MixreelError } from '@mixreel/core';
import type { Context } from './context.ts';
import type { LiveResource } from './live-resources.ts';
import { bytesPerTexel } from './texture-format.ts';
import { type TextureUsage, textureUsageBits } from './usage.ts';

/** Parameters of `Device.createTexture`. */
export interface TextureInit {
    /** Names the texture in errors and in `device.live`. */
    readonly label: string;
    /** 1 to maxTextureDimension2D. */
    readonly widthPx: number;
    /** 1 to maxTextureDimension2D. */
    readonly heightPx: number;
    readonly format: GPUTextureFormat;
    /** Array layers, 1 (default) to maxTextureArrayLayers. */
    readonly layers?: number;
    /** Mip levels, 1 by default. */
    readonly mipLevels?: number;
    /** Default `sampled`. Copying from and to the texture is always possible. */
    readonly usage?: TextureUsage | readonly TextureUsage[];
    /** What the default view is: `2d-array` also for one layer where the WGSL says texture_2d_array. */
    readonly viewDimension?: '2d' | '2d-array';
}

/** See the file comment. */
export class GpuTexture {
    readonly label: string;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly layers: number;
    readonly mipLevels: number;
    readonly format: GPUTextureFormat;
    readonly gpu: GPUTexture;
    /** The view that is bound when the texture is. */
    readonly view: GPUTextureView;
    /** Unique on its device; bind groups are cached by it. */
    readonly id: number;
    readonly #context: Context;
    readonly #entry: LiveResource;
    readonly #onDestroy: (id: number) => void;
    #alive = true;

    constructor(context: Context, init: TextureInit, onDestroy: (id: number) => void) {
        const { label, widthPx, heightPx, format, layers = 1, mipLevels = 1 } = init;
        checkExtent(context, init);
        const usages: readonly TextureUsage[] =
            init.usage === undefined ? ['sampled'] : typeof init.usage === 'string' ? [init.usage] : init.usage;
        this.label = label;
        this.widthPx = widthPx;
        this.heightPx = heightPx;
        this.layers = layers;
        this.mipLevels = mipLevels;
        this.format = format;
        this.id = context.nextId();
        this.#context = context;
        this.#onDestroy = onDestroy;
        const dimension = init.viewDimension ?? (layers > 1 ? '2d-array' : '2d');
        [this.gpu, this.view] = context.deferred(`creating texture "${label}"`, () => {
            const texture = context.gpu.createTexture({
                label,
                size: [widthPx, heightPx, layers],
                format,
                mipLevelCount: mipLevels,
                usage: textureUsageBits(usages)
            });
            return [texture, texture.createView({ label, dimension })] as const;
        });
        this.#entry = { kind: 'texture', label, sizeBytes: sizeOf(init) };
        context.live.add(this.#entry, () => this.destroy());
    }

    get alive(): boolean {
        return this.#alive;
    }

    /** Frees it; a second call does nothing. */
    destroy(): void {
        if (!this.#alive) return;
        this.#alive = false;
        this.#context.live.remove(this.#entry);
        this.#onDestroy(this.id);
        this.gpu.destroy();
    }
}

function checkExtent(context: Context, init: TextureInit): void {
    const { maxTextureDimension2D, maxTextureArrayLayers } = context.gpu.limits;
    const bounds: [string, number, string, number][] = [
        ['widthPx', init.widthPx, 'maxTextureDimension2D', maxTextureDimension2D],
        ['heightPx', init.heightPx, 'maxTextureDimension2D', maxTextureDimension2D],
        ['layers', init.layers ?? 1, 'maxTextureArrayLayers', maxTextureArrayLayers]
    ];
    for (const [name, value, limitName, limit] of bounds) {
        const what = `${name} of texture "${init.label}" is ${value}`;
        if (!Number.isInteger(value) || value < 1)
            throw badInput(what, 'an integer of 1 or more', 'Give the texture a size');
        if (value <= limit) continue;
        throw new MixreelError('limit-exceeded', {
            what,
            expected: `at most ${limitName} = ${limit} on this device`,
            mend: 'Scale the image down or split it'
        });
    }
}

function sizeOf(init: TextureInit): number {
    let texels = 0;
    for (let level = 0; level < (init.mipLevels ?? 1); level++) {
        texels += Math.max(1, init.widthPx >> level) * Math.max(1, init.heightPx >> level);
    }
    return texels * (init.layers ?? 1) * bytesPerTexel(init.format);
}
