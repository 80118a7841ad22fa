/**
 * What a tracer keeps on the device beside scene and picture: parameters, counters, and, for the streaming modes, the paths in
 * flight: 128 bytes of state and 24 of queues each, 4 more under adaptive sampling. Where paths are regenerated, 4 more of queues,
 * and 16 for each sample that waits for its turn on the film: at most 256 a slot.
 */
import { MixreelError } from '@mixreel/core';
import type { Device, GpuBuffer, StructuredView } from '@mixreel/gpu';
import { isSoftware } from './kernels.ts';
import { type PathTracerOptions, regenerates } from './options.ts';
import { counterWords, QUEUE_WORDS } from './statistics.ts';
import { ARGUMENT_BYTES, WORKGROUP } from './wave.ts';

const STATE_BYTES = 128;
const GATHERED_BYTES = 16;
/** Lists of slots in the queues, one more where paths are regenerated; one of pixels may follow. */
const LISTS = 6;
/**
 * Samples that may wait for their turn on the film, for each slot. More: fewer drains of the pipeline, of maxBounces iterations;
 * more memory.
 */
const ITEMS_PER_SLOT = 16;

/** Pixels that one dispatch develops. */
const MOST_PIXELS = 65535 * WORKGROUP;

/** See the file comment. */
export class PathBuffers {
    /** Samples that one wave may hold on this device. */
    readonly limit: number;
    /**
     * Indices of the bounces, one uniform buffer each; where paths are regenerated, of an even and an odd iteration, then the same
     * for the first kernel of them that turns lengths into arguments; none for the megakernel.
     */
    readonly bounces: readonly GpuBuffer[];
    readonly #device: Device;
    readonly #streaming: boolean;
    readonly #regenerates: boolean;
    readonly #slots: number;
    readonly #params: StructuredView;
    readonly #buffers = new Map<string, GpuBuffer>();
    #capacity = 0;
    #items = 0;
    #pixels = 0;

    constructor(device: Device, options: PathTracerOptions, params: StructuredView) {
        this.#device = device;
        this.#streaming = options.mode !== 'megakernel';
        this.#params = params;
        this.#regenerates = regenerates(options);
        const itemsPerSlot = this.#regenerates ? ITEMS_PER_SLOT : 0;
        this.#slots = waveLimit(device, options, STATE_BYTES + GATHERED_BYTES * itemsPerSlot);
        this.limit = this.#regenerates ? Math.min(this.#slots * itemsPerSlot, MOST_PIXELS) : this.#slots;
        const bounces: GpuBuffer[] = [];
        this.bounces = bounces;
        try {
            this.#uniform('params', params.arrayBuffer.byteLength);
            const words = counterWords(options.maxBounces);
            this.#storage('totals', words * 4);
            this.#storage('counters', (words + (this.#regenerates ? QUEUE_WORDS : 0)) * 4);
            if (!this.#streaming) return;
            const usage = ['storage', 'indirect'] as const;
            this.#buffers.set(
                'dispatches',
                device.createBuffer({ label: label('dispatches'), sizeBytes: ARGUMENT_BYTES, usage })
            );
            const count = this.#regenerates ? 4 : options.maxBounces + 2;
            for (let i = 0; i < count; i++) {
                const data = this.#regenerates ? Uint32Array.of(i & 1, i >> 1, 0, 0) : Uint32Array.of(i, 0, 0, 0);
                bounces.push(device.createBuffer({ label: label(`bounce ${i}`), usage: 'uniform', data }));
            }
        } catch (error) {
            this.destroy();
            throw error;
        }
    }

    /** Path slots in the state and in each queue. */
    get capacity(): number {
        return this.#capacity;
    }

    /** Bytes before the list of pixels in the queues. */
    get pixelListBytes(): number {
        return 4 * this.#lists * this.#capacity;
    }

    get #lists(): number {
        return this.#regenerates ? LISTS + 1 : LISTS;
    }

    /** By the names of the WGSL's variables. */
    get bindings(): Readonly<Record<string, GpuBuffer>> {
        return Object.fromEntries(this.#buffers);
    }

    get params(): GpuBuffer {
        return this.#buffers.get('params')!;
    }

    get counters(): GpuBuffer {
        return this.#buffers.get('counters')!;
    }

    get totals(): GpuBuffer {
        return this.#buffers.get('totals')!;
    }

    get dispatches(): GpuBuffer | null {
        return this.#buffers.get('dispatches') ?? null;
    }

    get queues(): GpuBuffer | null {
        return this.#buffers.get('queues') ?? null;
    }

    /** Writes the parameters of the next dispatches. */
    setParams(values: Parameters<StructuredView['set']>[0]): void {
        this.#params.set(values);
        this.#device.upload(this.params, new Uint8Array(this.#params.arrayBuffer));
    }

    /**
     * State and queues for so many samples, and a list of so many pixels; kept if they are large enough. Where paths are
     * regenerated, slots may be fewer than samples.
     */
    reserve(samples: number, listedPixels: number): void {
        if (!this.#streaming) return;
        const items = this.#regenerates ? Math.max(samples, this.#items) : 0;
        const capacity = Math.max(Math.min(samples, this.#slots), this.#capacity);
        const pixels = Math.max(listedPixels, this.#pixels);
        if (capacity === this.#capacity && items === this.#items && pixels === this.#pixels) return;
        for (const name of ['paths', 'queues']) this.#buffers.get(name)?.destroy();
        this.#capacity = 0;
        this.#storage('paths', capacity * STATE_BYTES + items * GATHERED_BYTES);
        this.#storage('queues', (capacity * this.#lists + pixels) * 4);
        this.#capacity = capacity;
        this.#items = items;
        this.#pixels = pixels;
    }

    destroy(): void {
        for (const buffer of this.#buffers.values()) buffer.destroy();
        for (const buffer of this.bounces) buffer.destroy();
        this.#buffers.clear();
    }

    #storage(name: string, sizeBytes: number): void {
        this.#buffers.set(name, this.#device.createBuffer({ label: label(name), sizeBytes }));
    }

    #uniform(name: string, sizeBytes: number): void {
        this.#buffers.set(name, this.#device.createBuffer({ label: label(name), sizeBytes, usage: 'uniform' }));
    }
}

function label(name: string): string {
    return `pathtracer/${name}`;
}

function waveLimit(device: Device, options: PathTracerOptions, slotBytes: number): number {
    const wanted = options.pathsPerWave === 'auto' ? (isSoftware(device) ? 65536 : 1048576) : options.pathsPerWave;
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device.limits;
    const bytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const limit = Math.min(wanted, Math.floor(bytes / slotBytes), maxComputeWorkgroupsPerDimension * WORKGROUP);
    if (limit >= 64) return limit;
    throw new MixreelError('limit-exceeded', {
        what: `the device's largest buffer is ${bytes} bytes`,
        expected: `at least ${64 * slotBytes}`,
        mend: 'Use another GPU'
    });
}
