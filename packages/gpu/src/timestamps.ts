/**
 * GPU time per kernel by timestamp queries: two per pass, one pass per dispatch while timing, resolved into a buffer at the
 * end of the recording. A device without the feature times nothing and says so by null.
 */
import type { Context } from './context.ts';
import type { LiveResource } from './live-resources.ts';
import { BUFFER_COPY_SRC, BUFFER_QUERY_RESOLVE } from './usage.ts';

/** GPU time of one kernel in one recording. */
export interface KernelTime {
    readonly label: string;
    readonly dispatches: number;
    /** Sum over its dispatches, ns. */
    readonly durationNs: number;
}

/** A query set holds at most 4096 queries (WebGPU 20.1). */
const MAX_DISPATCHES = 2048;

/** The queries of one recording. */
export class Timestamps {
    readonly #context: Context;
    readonly #labels: string[] = [];
    readonly #querySet: GPUQuerySet;
    readonly #resolved: GPUBuffer;
    readonly #entries: readonly LiveResource[];
    #alive = true;

    constructor(context: Context, label: string) {
        this.#context = context;
        const sizeBytes = MAX_DISPATCHES * 16;
        this.#querySet = context.gpu.createQuerySet({ label, type: 'timestamp', count: MAX_DISPATCHES * 2 });
        this.#resolved = context.gpu.createBuffer({
            label: `${label} timestamps`,
            size: sizeBytes,
            usage: BUFFER_QUERY_RESOLVE | BUFFER_COPY_SRC
        });
        this.#entries = [
            { kind: 'query-set', label, sizeBytes },
            { kind: 'buffer', label: `${label} timestamps`, sizeBytes }
        ];
        for (const entry of this.#entries) context.live.add(entry, () => this.destroy());
    }

    /** The timestamp writes for the next dispatch; null once the set is full. */
    next(label: string): GPUComputePassTimestampWrites | null {
        if (this.#labels.length === MAX_DISPATCHES) return null;
        const index = this.#labels.push(label) * 2 - 2;
        return { querySet: this.#querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
    }

    /** Encodes the copy of the results. */
    resolve(encoder: GPUCommandEncoder): void {
        if (this.#labels.length > 0) {
            encoder.resolveQuerySet(this.#querySet, 0, this.#labels.length * 2, this.#resolved, 0);
        }
    }

    /**
     * The sums per kernel, in the order of first use; frees the queries.
     *
     * @param read - Reads bytes of a GPU buffer.
     */
    async take(read: (buffer: GPUBuffer, sizeBytes: number) => Promise<ArrayBuffer>): Promise<readonly KernelTime[]> {
        try {
            if (this.#labels.length === 0) return [];
            const ticks = new BigUint64Array(await read(this.#resolved, this.#labels.length * 16));
            const sums = new Map<string, { dispatches: number; durationNs: number }>();
            this.#labels.forEach((label, index) => {
                const sum = sums.get(label) ?? { dispatches: 0, durationNs: 0 };
                sum.dispatches++;
                // A driver may step its clock back between passes (WebGPU 20.4): such a pass counts as 0.
                sum.durationNs += Math.max(0, Number(ticks[index * 2 + 1]! - ticks[index * 2]!));
                sums.set(label, sum);
            });
            return [...sums].map(([label, sum]) => ({ label, ...sum }));
        } finally {
            this.destroy();
        }
    }

    destroy(): void {
        if (!this.#alive) return;
        this.#alive = false;
        for (const entry of this.#entries) this.#context.live.remove(entry);
        this.#querySet.destroy();
        this.#resolved.destroy();
    }
}
