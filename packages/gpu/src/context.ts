/**
 * What the parts of one device share: the GPUDevice, its counters, its live resources, the watch on its loss and the first
 * error that nobody awaited. `Device` makes one and hands it to buffers, kernels and recordings, which therefore need not
 * know `Device`.
 */
import { MixreelError } from '@mixreel/core';
import type { Counters } from './counters.ts';
import type { LiveResources } from './live-resources.ts';
import type { LossWatch } from './loss.ts';

/** See the file comment. */
export class Context {
    readonly gpu: GPUDevice;
    readonly counters: Counters;
    readonly live: LiveResources;
    readonly loss: LossWatch;
    #error: MixreelError | null = null;
    #nextId = 1;

    constructor(gpu: GPUDevice, counters: Counters, live: LiveResources, loss: LossWatch) {
        this.gpu = gpu;
        this.counters = counters;
        this.live = live;
        this.loss = loss;
    }

    /** A number that no other resource of this device has. */
    nextId(): number {
        return this.#nextId++;
    }

    /**
     * Runs GPU calls inside error scopes. WebGPU reports errors later; the promise resolves to them or to null.
     *
     * @param what - Names the calls in the message: `dispatching "intersect"`.
     */
    scoped<T>(what: string, calls: () => T): { value: T; error: Promise<MixreelError | null> } {
        this.loss.check();
        const { gpu } = this;
        gpu.pushErrorScope('out-of-memory');
        gpu.pushErrorScope('validation');
        let popped: Promise<GPUError | null>[] = [];
        try {
            return { value: calls(), error: Promise.resolve().then(() => scopeError(popped, what)) };
        } finally {
            popped = [gpu.popErrorScope(), gpu.popErrorScope()];
            for (const pop of popped) pop.catch(() => {});
        }
    }

    /** As {@link scoped} for a synchronous API: an error is kept and rejects the next awaited call. */
    deferred<T>(what: string, calls: () => T): T {
        const { value, error } = this.scoped(what, calls);
        error.then((found) => {
            if (found) this.#error ??= found;
        });
        return value;
    }

    /** Throws the error that was kept, once. */
    throwDeferred(): void {
        const error = this.#error;
        this.#error = null;
        if (error) throw error;
    }
}

async function scopeError(popped: readonly Promise<GPUError | null>[], what: string): Promise<MixreelError | null> {
    let errors: (GPUError | null)[];
    try {
        errors = await Promise.all(popped);
    } catch {
        // Only a lost device cannot pop a scope, and the loss has its own error.
        return null;
    }
    const [validation, memory] = errors;
    if (memory) {
        return new MixreelError('limit-exceeded', {
            what: `${what} ran out of GPU memory: ${memory.message}`,
            mend: 'Use a smaller scene or picture, or a device with more memory',
            cause: memory
        });
    }
    if (!validation) return null;
    return new MixreelError('internal', {
        what: `${what} is not valid WebGPU: ${validation.message.trim()}`,
        mend: 'Correct the call that the label names',
        cause: validation
    });
}
