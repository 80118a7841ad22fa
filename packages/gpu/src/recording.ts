/**
 * GPU work in the order it is recorded, handed over in one submit. Dispatches share one compute pass until a copy or a clear
 * comes between, and pipelines and bind groups are set only when they change: recording a dispatch with cached bindings costs
 * microseconds. WebGPU orders the storage access of dispatches within a pass, so no barrier is needed.
 */
import { badInput, MixreelError } from '@mixreel/core';
import type { BindGroups, Bindings } from './bindings.ts';
import { type GpuBuffer, roundUpToWord } from './buffer.ts';
import type { Context } from './context.ts';
import type { Kernel } from './kernel.ts';
import { readBytes } from './readback.ts';
import { type KernelTime, Timestamps } from './timestamps.ts';

/** Options of `Device.record`. */
export interface RecordingOptions {
    /** Measure the GPU time of every dispatch, where the device has timestamp queries. Costs one pass per dispatch. */
    readonly timestamps?: boolean;
}

/** Workgroups along x, y and z. */
export type WorkgroupCount = readonly [number, number?, number?];

/** See the file comment. Made by `Device.record`. */
export class Recording {
    readonly label: string;
    readonly #context: Context;
    readonly #bindGroups: BindGroups;
    readonly #encoder: GPUCommandEncoder;
    readonly #timestamps: Timestamps | null;
    #pass: GPUComputePassEncoder | null = null;
    #pipeline: GPUComputePipeline | null = null;
    #bound: (GPUBindGroup | undefined)[] = [];
    #submitted = false;

    constructor(context: Context, bindGroups: BindGroups, label: string, options: RecordingOptions) {
        context.loss.check();
        this.label = label;
        this.#context = context;
        this.#bindGroups = bindGroups;
        this.#encoder = context.gpu.createCommandEncoder({ label });
        const timed = options.timestamps === true && context.gpu.features.has('timestamp-query');
        this.#timestamps = timed ? new Timestamps(context, label) : null;
    }

    /**
     * Runs a kernel.
     *
     * @param bindings - By the names of the WGSL's variables.
     * @param workgroups - Counts of workgroups, not of invocations; 0 anywhere does nothing.
     */
    dispatch(kernel: Kernel, bindings: Bindings, workgroups: WorkgroupCount): this {
        const [x, y = 1, z = 1] = workgroups;
        const limit = this.#context.gpu.limits.maxComputeWorkgroupsPerDimension;
        for (const count of [x, y, z]) {
            if (Number.isInteger(count) && count >= 0 && count <= limit) continue;
            throw new MixreelError(count > limit ? 'limit-exceeded' : 'bad-input', {
                what: `"${kernel.label}" is dispatched with ${x} x ${y} x ${z} workgroups`,
                expected: `integers from 0 to maxComputeWorkgroupsPerDimension = ${limit}`,
                mend: 'Spread the work over two dimensions or several dispatches'
            });
        }
        this.#prepare(kernel, bindings).dispatchWorkgroups(x, y, z);
        this.#context.counters.add('dispatches');
        this.#context.counters.add('workgroups', x * y * z);
        return this;
    }

    /** Runs a kernel with the counts (three u32) that lie in a buffer of usage `indirect`. */
    dispatchIndirect(kernel: Kernel, bindings: Bindings, counts: GpuBuffer, offsetBytes = 0): this {
        if (!counts.usages.includes('indirect')) {
            throw badInput(
                `buffer "${counts.label}" has usage ${counts.usages.join(', ')}`,
                'usage "indirect" among them',
                `Create it with usage: ['storage', 'indirect']`
            );
        }
        this.#prepare(kernel, bindings).dispatchWorkgroupsIndirect(counts.gpu, offsetBytes);
        this.#context.counters.add('dispatches');
        this.#context.counters.add('indirectDispatches');
        return this;
    }

    /** Copies bytes between buffers; offsets and size are multiples of 4. */
    copy(from: GpuBuffer, fromBytes: number, to: GpuBuffer, toBytes: number, sizeBytes: number): this {
        this.#endPass();
        this.#encoder.copyBufferToBuffer(from.gpu, fromBytes, to.gpu, toBytes, roundUpToWord(sizeBytes));
        return this;
    }

    /** Fills a buffer, or a part of it (multiples of 4 bytes), with zeros. */
    clear(buffer: GpuBuffer, offsetBytes = 0, sizeBytes: number = buffer.sizeBytes - offsetBytes): this {
        this.#endPass();
        this.#encoder.clearBuffer(buffer.gpu, offsetBytes, roundUpToWord(sizeBytes));
        return this;
    }

    /** Anything else that a command encoder can do, between the passes recorded before and after. */
    encode(commands: (encoder: GPUCommandEncoder) => void): this {
        this.#endPass();
        commands(this.#encoder);
        return this;
    }

    /**
     * Hands the work to the GPU, at once. A recording is submitted once.
     *
     * @returns Resolves when the GPU is done. It need not be awaited: an error then rejects the next awaited call instead.
     * @throws MixreelError `device-lost`, `limit-exceeded` (memory), `internal` (invalid use) by rejection.
     */
    submit(): Promise<void> {
        if (this.#submitted) {
            throw badInput(`recording "${this.label}" was submitted already`, 'one submit', 'Record the work again');
        }
        this.#submitted = true;
        this.#endPass();
        this.#timestamps?.resolve(this.#encoder);
        const { error } = this.#context.scoped(`submitting "${this.label}"`, () => {
            this.#context.gpu.queue.submit([this.#encoder.finish()]);
        });
        this.#context.counters.add('submits');
        const done = this.#finish(error);
        done.catch(() => {});
        return done;
    }

    /**
     * GPU time per kernel, after {@link submit}; null if it was not asked for or the device cannot measure it. Call it once.
     */
    async timings(): Promise<readonly KernelTime[] | null> {
        if (!this.#timestamps) return null;
        return this.#timestamps.take((buffer, sizeBytes) =>
            readBytes(this.#context, `${this.label} timestamps`, sizeBytes, (encoder, staging, offset, size) =>
                encoder.copyBufferToBuffer(buffer, offset, staging, 0, size)
            )
        );
    }

    async #finish(error: Promise<MixreelError | null>): Promise<void> {
        const { loss, gpu } = this.#context;
        const done = gpu.queue.onSubmittedWorkDone();
        done.catch(() => {});
        const found = await loss.guard(error);
        // An invalid resource makes the submit invalid too: the earlier error is the cause.
        this.#context.throwDeferred();
        if (found) throw found;
        await loss.guard(done);
    }

    #prepare(kernel: Kernel, bindings: Bindings): GPUComputePassEncoder {
        const pass = this.#openPass(kernel.label);
        if (this.#pipeline !== kernel.pipeline) {
            pass.setPipeline(kernel.pipeline);
            this.#pipeline = kernel.pipeline;
        }
        for (const layout of kernel.groups) {
            const group = this.#bindGroups.group(layout, bindings, kernel.label);
            if (this.#bound[layout.index] === group) continue;
            pass.setBindGroup(layout.index, group);
            this.#bound[layout.index] = group;
        }
        return pass;
    }

    #openPass(label: string): GPUComputePassEncoder {
        if (this.#timestamps) this.#endPass();
        if (this.#pass) return this.#pass;
        const timestampWrites = this.#timestamps?.next(label);
        this.#pass = this.#encoder.beginComputePass({ label, ...(timestampWrites ? { timestampWrites } : {}) });
        return this.#pass;
    }

    #endPass(): void {
        this.#pass?.end();
        this.#pass = null;
        this.#pipeline = null;
        this.#bound = [];
    }
}
