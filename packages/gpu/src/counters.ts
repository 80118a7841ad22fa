/**
 * Exact counts of the work a device was given. They are the same on every machine, so tests gate on them; time is only ever
 * compared side by side in one run.
 */

/** The figures; all are totals since the device was created. */
export interface CounterValues {
    /** Direct and indirect dispatches together. */
    readonly dispatches: number;
    /** Dispatches whose size the GPU itself decided. */
    readonly indirectDispatches: number;
    /** Workgroups of the direct dispatches; those of indirect ones are known to the GPU alone. */
    readonly workgroups: number;
    readonly bytesUploaded: number;
    readonly bytesRead: number;
    readonly pipelinesCompiled: number;
    readonly bindGroupsCreated: number;
    readonly submits: number;
}

const ZERO: CounterValues = Object.freeze({
    dispatches: 0,
    indirectDispatches: 0,
    workgroups: 0,
    bytesUploaded: 0,
    bytesRead: 0,
    pipelinesCompiled: 0,
    bindGroupsCreated: 0,
    submits: 0
});

/** See the file comment. */
export class Counters {
    #values: Record<keyof CounterValues, number> = { ...ZERO };

    /** Adds to one figure. */
    add(name: keyof CounterValues, amount = 1): void {
        this.#values[name] += amount;
    }

    /** The totals as they are now and become later. */
    get values(): CounterValues {
        return this.#values;
    }

    /** The totals now; a copy. */
    snapshot(): CounterValues {
        return { ...this.#values };
    }

    /** What was added since an earlier {@link snapshot}. */
    since(earlier: CounterValues): CounterValues {
        const difference = { ...this.#values };
        for (const name of Object.keys(ZERO) as (keyof CounterValues)[]) difference[name] -= earlier[name];
        return difference;
    }
}
