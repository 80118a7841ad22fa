/**
 * What a tracer keeps on the device beside scene and picture: parameters, counters, and, for the streaming modes, the paths in
 * flight: 128 bytes of state and 24 of queues each, 4 more under adaptive sampling.
 */
import { MixreelError } from '@mixreel/core';
import type { Device, GpuBuffer, StructuredView } from '@mixreel/gpu';
import { isSoftware } from './kernels.ts';
import type { PathTracerOptions } from './options.ts';
import { counterWords } from './statistics.ts';
import { WORKGROUP } from './wave.ts';

const STATE_BYTES = 128;
/** Lists of slots in the queues; one of pixels may follow. */
const LISTS = 6;

/** See the file comment. */
export class PathBuffers {
    /** Paths that one wave may hold on this device. */
    readonly limit: number;
    /** Indices of the bounces, one uniform buffer each; none for the megakernel. */
    readonly bounces: readonly GpuBuffer[];
    readonly #device: Device;
    readonly #streaming: boolean;
    readonly #params: StructuredView;
    readonly #buffers = new Map<string, GpuBuffer>();
    #capacity = 0;
    #listsPixels = false;

    constructor(device: Device, options: PathTracerOptions, params: StructuredView) {
        this.#device = device;
        this.#streaming = options.mode !== 'megakernel';
        this.#params = params;
        this.limit = waveLimit(device, options);
        const bounces: GpuBuffer[] = [];
        this.bounces = bounces;
        try {
            this.#uniform('params', params.arrayBuffer.byteLength);
            for (const name of ['counters', 'totals']) this.#storage(name, counterWords(options.maxBounces) * 4);
            if (!this.#streaming) return;
            const usage = ['storage', 'indirect'] as const;
            this.#buffers.set('dispatches', device.createBuffer({ label: label('dispatches'), sizeBytes: 80, usage }));
            for (let bounce = 0; bounce <= options.maxBounces + 1; bounce++) {
                const data = Uint32Array.of(bounce, 0, 0, 0);
                bounces.push(device.createBuffer({ label: label(`bounce ${bounce}`), usage: 'uniform', data }));
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
        return 4 * LISTS * this.#capacity;
    }

    /** By the names of the WGSL's variables. */
    get bindings(): Readonly<Record<string, GpuBuffer>> {
        return Object.fromEntries(this.#buffers);
    }

    get params(): GpuBuffer {
        return this.#buffers.get('params')!;
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

    /** State and queues for so many paths; kept if they are large enough. */
    reserve(paths: number, listPixels: boolean): void {
        if (!this.#streaming) return;
        if (paths <= this.#capacity && (this.#listsPixels || !listPixels)) return;
        const capacity = Math.max(paths, this.#capacity);
        this.#listsPixels ||= listPixels;
        for (const name of ['paths', 'queues']) this.#buffers.get(name)?.destroy();
        this.#capacity = 0;
        this.#storage('paths', capacity * STATE_BYTES);
        this.#storage('queues', capacity * (this.#listsPixels ? LISTS + 1 : LISTS) * 4);
        this.#capacity = capacity;
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

function waveLimit(device: Device, options: PathTracerOptions): number {
    const wanted = options.pathsPerWave === 'auto' ? (isSoftware(device) ? 65536 : 1048576) : options.pathsPerWave;
    const { maxStorageBufferBindingSize, maxBufferSize, maxComputeWorkgroupsPerDimension } = device.limits;
    const bytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    const limit = Math.min(wanted, Math.floor(bytes / STATE_BYTES), maxComputeWorkgroupsPerDimension * WORKGROUP);
    if (limit >= 64) return limit;
    throw new MixreelError('limit-exceeded', {
        what: `the device's largest buffer is ${bytes} bytes`,
        expected: `at least ${64 * STATE_BYTES}`,
        mend: 'Use another GPU'
    });
}
