/**
 * A scene's memory on the device, by the names of the WGSL's variables. Where a buffer of nodes, triangles, shading or texels is
 * larger than the device binds or makes, all four lie in array textures instead, which are bounded by their layers alone
 * (`shaders/pathtracer/split.wgsl`): 16 GiB each with the 256 layers that WebGPU promises, whatever a binding may hold. Kernels
 * cannot write them, so geometry that changes is packed anew. The rest, tables and environment, must fit.
 */
import { MixreelError } from '@mixreel/core';
import type { Device, GpuBuffer, GpuTexture } from '@mixreel/gpu';
import type { PackedScene } from './pack-scene.ts';

type SplitBuffer = 'nodes' | 'triangles' | 'shading' | 'texels';
const SPLIT_BUFFERS: readonly SplitBuffer[] = ['nodes', 'triangles', 'shading', 'texels'];
export type SceneBuffer = SplitBuffer | 'tables' | 'environment';
const BUFFERS: readonly SceneBuffer[] = [...SPLIT_BUFFERS, 'tables', 'environment'];

/** Layers are squares of 2^11 rows a side: 64 MiB, so that little is lost at the end and they are uploaded one at a time. */
const MOST_BITS = 11;

/** What a device can hold of one of a scene's buffers. */
export interface SceneLimits {
    /** As a buffer. */
    readonly maxBufferBytes: number;
    /** As a texture with rows of 16 bytes. */
    readonly maxSplitBytes: number;
}

/** What a change asks of the buffers. */
export interface BufferChanges {
    /** Bytes that a buffer must hold, and the first of them that stay. */
    readonly sizes: Readonly<
        Partial<Record<SceneBuffer, { readonly keptBytes: number; readonly neededBytes: number }>>
    >;
    /** Buffers with other contents altogether. */
    readonly replaced: Readonly<Partial<Record<SceneBuffer, Uint32Array | Float32Array>>>;
}

/** The limits of a device. */
export function sceneLimits({ limits }: Device): SceneLimits {
    const { maxStorageBufferBindingSize, maxBufferSize, maxTextureArrayLayers } = limits;
    return {
        maxBufferBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
        maxSplitBytes: 16 * 4 ** bitsOf(limits) * maxTextureArrayLayers
    };
}

function bitsOf({ maxTextureDimension2D }: GPUSupportedLimits): number {
    return Math.min(MOST_BITS, Math.floor(Math.log2(maxTextureDimension2D)));
}

/** See the file comment. */
export class SceneBuffers {
    readonly #device: Device;
    readonly #maxBytes: number;
    #held = new Map<SceneBuffer, GpuBuffer | GpuTexture>();
    #splitBits = 0;

    /** @param maxBytes - What a buffer may hold. */
    constructor(device: Device, maxBytes: number) {
        this.#device = device;
        this.#maxBytes = maxBytes;
    }

    /** SPLIT_BITS of the kernels; 0 if everything lies in buffers. */
    get splitBits(): number {
        return this.#splitBits;
    }

    /** The same of a packed scene, were it put here. */
    splitBitsOf(packed: PackedScene): number {
        const split = SPLIT_BUFFERS.some((name) => packed[name].byteLength > this.#maxBytes);
        return split ? bitsOf(this.#device.limits) : 0;
    }

    /** To bind; valid until the next change. */
    get bindings(): Readonly<Record<string, GpuBuffer | GpuTexture>> {
        return Object.fromEntries(this.#held);
    }

    /** One of them, which must not be split. */
    buffer(name: SceneBuffer): GpuBuffer {
        return this.#held.get(name) as GpuBuffer;
    }

    destroy(): void {
        for (const each of this.#held.values()) each.destroy();
        this.#held.clear();
    }

    /** Takes a packed scene over. What was before is freed when the new one stands. */
    put(packed: PackedScene): void {
        const splitBits = this.splitBitsOf(packed);
        const split = splitBits > 0;
        const made = new Map<SceneBuffer, GpuBuffer | GpuTexture>();
        try {
            for (const name of BUFFERS) {
                if (split && canSplit(name)) made.set(name, this.#splitTexture(name, packed[name], splitBits));
                else made.set(name, this.#device.createBuffer({ label: labelOf(name), data: packed[name] }));
            }
        } catch (error) {
            for (const each of made.values()) each.destroy();
            throw error;
        }
        this.destroy();
        this.#held = made;
        this.#splitBits = splitBits;
    }

    #splitTexture(name: SplitBuffer, data: Uint32Array, bits: number): GpuTexture {
        const words = name === 'texels' ? 1 : 4;
        const format = name === 'texels' ? 'r32uint' : 'rgba32uint';
        const side = 2 ** bits;
        const rows = Math.ceil(data.length / words);
        const layers = Math.ceil(rows / side ** 2);
        const most = this.#device.limits.maxTextureArrayLayers;
        if (layers > most) {
            throw new MixreelError('limit-exceeded', {
                what: `the scene's ${name} are ${data.byteLength} bytes`,
                expected: `at most ${this.#maxBytes} in a buffer or ${4 * words * side ** 2 * most} in a texture of ${most} layers on this device`,
                mend: 'Simplify the scene, scale its textures down, or use a device with larger limits'
            });
        }
        const heightPx = layers > 1 ? side : Math.ceil(rows / side);
        const size = { widthPx: side, heightPx, layers, format, viewDimension: '2d-array' } as const;
        const texture = this.#device.createTexture({ label: labelOf(name), ...size });
        const layerWords = words * side * heightPx;
        for (let layer = 0; layer < layers; layer++) {
            let part = data.subarray(layer * layerWords, (layer + 1) * layerWords);
            if (part.length < layerWords) {
                const padded = new Uint32Array(layerWords);
                padded.set(part);
                part = padded;
            }
            this.#device.uploadTexture(texture, part, layer);
        }
        return texture;
    }

    /**
     * Makes buffers with room for what will be written and with what will be replaced. The scene is as it was until the function that
     * comes back is called, which cannot fail. Buffers grow by a quarter more than is asked for.
     */
    async prepare({ sizes, replaced }: BufferChanges): Promise<() => void> {
        const contents = Object.entries(replaced) as [SceneBuffer, Uint32Array | Float32Array][];
        const grown = (Object.entries(sizes) as [SceneBuffer, { keptBytes: number; neededBytes: number }][]).filter(
            ([name, { neededBytes }]) => neededBytes > this.buffer(name).sizeBytes
        );
        for (const [name, { neededBytes }] of grown) this.#refuseBeyond(name, neededBytes);
        for (const [name, { byteLength }] of contents) this.#refuseBeyond(name, byteLength);
        const made = new Map<SceneBuffer, GpuBuffer>();
        try {
            const recording = this.#device.record('prepare scene');
            for (const [name, { keptBytes, neededBytes }] of grown) {
                const sizeBytes = Math.min(this.#maxBytes, 4 * Math.ceil((neededBytes * 5) / 16));
                const buffer = this.#device.createBuffer({ label: labelOf(name), sizeBytes });
                made.set(name, buffer);
                recording.copy(this.buffer(name), 0, buffer, 0, keptBytes);
            }
            for (const [name, data] of contents) {
                if (this.#fits(name, data)) continue;
                made.set(name, this.#device.createBuffer({ label: labelOf(name), data }));
            }
            // Tells of a device that has no more memory.
            if (made.size > 0) await recording.submit();
        } catch (error) {
            for (const buffer of made.values()) buffer.destroy();
            throw error;
        }
        return () => {
            for (const [name, buffer] of made) {
                this.#held.get(name)?.destroy();
                this.#held.set(name, buffer);
            }
            for (const [name, data] of contents) if (!made.has(name)) this.#device.upload(this.buffer(name), data);
        };
    }

    /** An old buffer is kept if new contents fill at least half of it. */
    #fits(name: SceneBuffer, data: Uint32Array | Float32Array): boolean {
        const { sizeBytes } = this.buffer(name);
        return data.byteLength <= sizeBytes && data.byteLength >= sizeBytes / 2;
    }

    #refuseBeyond(name: SceneBuffer, sizeBytes: number): void {
        if (sizeBytes <= this.#maxBytes) return;
        throw new MixreelError('limit-exceeded', {
            what: `the scene's ${name} are ${sizeBytes} bytes`,
            expected: `at most ${this.#maxBytes} in a buffer on this device`,
            mend: 'Simplify the scene, or use a device with larger limits'
        });
    }
}

function canSplit(name: SceneBuffer): name is SplitBuffer {
    return name !== 'tables' && name !== 'environment';
}

function labelOf(name: SceneBuffer): string {
    return `pathtracer/${name}`;
}
