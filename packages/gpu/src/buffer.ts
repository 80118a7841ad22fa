/**
 * A tracked GPU buffer. WebGPU moves buffer data in words of 4 bytes; the size asked for may be odd, the allocation is
 * rounded up, and uploads and reads of the odd tail work as if it were not.
 */
import { badInput, MixreelError } from '@mixreel/core';
import type { Context } from './context.ts';
import type { LiveResource } from './live-resources.ts';
import { type BufferUsage, bufferUsageBits } from './usage.ts';

/** Parameters of `Device.createBuffer`. */
export interface BufferInit {
    /** Names the buffer in errors and in `device.live`. */
    readonly label: string;
    /** 1 or more; may be left out if `data` is given. */
    readonly sizeBytes?: number;
    /** Default `storage`. Copying from and to the buffer is always possible. */
    readonly usage?: BufferUsage | readonly BufferUsage[];
    /** The first contents; the rest is zero. */
    readonly data?: ArrayBufferView;
}

/** A part of a buffer to bind. */
export interface BufferRange {
    readonly buffer: GpuBuffer;
    /** A multiple of 256 (minStorageBufferOffsetAlignment). */
    readonly offsetBytes: number;
    readonly sizeBytes: number;
}

/** See the file comment. */
export class GpuBuffer {
    readonly label: string;
    /** The size asked for. */
    readonly sizeBytes: number;
    readonly usages: readonly BufferUsage[];
    readonly gpu: GPUBuffer;
    /** Unique on its device; bind groups are cached by it. */
    readonly id: number;
    readonly #context: Context;
    readonly #entry: LiveResource;
    readonly #onDestroy: (id: number) => void;
    #alive = true;

    constructor(context: Context, init: BufferInit, onDestroy: (id: number) => void) {
        const usages: readonly BufferUsage[] =
            init.usage === undefined ? ['storage'] : typeof init.usage === 'string' ? [init.usage] : init.usage;
        const sizeBytes = init.sizeBytes ?? init.data?.byteLength ?? 0;
        checkSize(context, init.label, sizeBytes, usages);
        if (init.data && init.data.byteLength > sizeBytes) {
            throw badInput(
                `the data of buffer "${init.label}" is ${init.data.byteLength} bytes`,
                `at most sizeBytes = ${sizeBytes}`,
                'Give the buffer the size of its data'
            );
        }
        this.label = init.label;
        this.sizeBytes = sizeBytes;
        this.usages = usages;
        this.id = context.nextId();
        this.#context = context;
        this.#onDestroy = onDestroy;
        this.gpu = context.deferred(`creating buffer "${init.label}" of ${sizeBytes} bytes`, () =>
            context.gpu.createBuffer({
                label: init.label,
                size: roundUpToWord(sizeBytes),
                usage: bufferUsageBits(usages)
            })
        );
        this.#entry = { kind: 'buffer', label: init.label, sizeBytes };
        context.live.add(this.#entry, () => this.destroy());
    }

    get alive(): boolean {
        return this.#alive;
    }

    /** A part of it, to bind in its place. */
    range(offsetBytes: number, sizeBytes: number): BufferRange {
        return { buffer: this, offsetBytes, sizeBytes };
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

/** The next multiple of 4. */
export function roundUpToWord(sizeBytes: number): number {
    return Math.ceil(sizeBytes / 4) * 4;
}

function checkSize(context: Context, label: string, sizeBytes: number, usages: readonly BufferUsage[]): void {
    if (!Number.isInteger(sizeBytes) || sizeBytes < 1) {
        throw badInput(
            `the size of buffer "${label}" is ${sizeBytes} bytes`,
            'an integer of 1 or more',
            'Pass sizeBytes or data'
        );
    }
    const { limits } = context.gpu;
    const bounds: [string, number][] = [['maxBufferSize', limits.maxBufferSize]];
    if (usages.includes('storage')) {
        bounds.push(['maxStorageBufferBindingSize', limits.maxStorageBufferBindingSize]);
    } else if (usages.includes('uniform')) {
        bounds.push(['maxUniformBufferBindingSize', limits.maxUniformBufferBindingSize]);
    }
    for (const [name, limit] of bounds) {
        if (roundUpToWord(sizeBytes) > limit) {
            throw new MixreelError('limit-exceeded', {
                what: `buffer "${label}" needs ${sizeBytes} bytes`,
                expected: `at most ${name} = ${limit} bytes on this device`,
                mend: 'Use a smaller scene or picture, split the buffer, or use a device with larger limits'
            });
        }
    }
}
