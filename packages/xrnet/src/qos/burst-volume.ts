/**
 * Maximum data burst volume (MDBV, TS 23.501 5.7.3.7): the most data of a delay-critical GBR flow that the network must serve
 * within one delay budget. What a flow sends above it is carried, but without its priority level: a flow that sends more than its
 * profile promises cannot push others aside with the excess.
 *
 * A volume is counted over the last budget before each set, in order of hand-over. Costs one small list a flow.
 */

/** One flow's bursts. */
export class BurstVolume {
    readonly #mostBytes: number;
    readonly #windowNs: number;
    /** Sets of the window, oldest first: when they came and bytes that were assured. */
    readonly #timesNs: number[] = [];
    readonly #bytes: number[] = [];
    #sum = 0;

    /** @param windowNs - The flow's delay budget. */
    constructor(mostBytes: number, windowNs: number) {
        this.#mostBytes = mostBytes;
        this.#windowNs = windowNs;
    }

    /** Bytes of a set of `bytes`, from its first on, that are within the volume. Times must not decrease. */
    assure(timeNs: number, bytes: number): number {
        while (this.#timesNs.length > 0 && (this.#timesNs[0] as number) <= timeNs - this.#windowNs) {
            this.#timesNs.shift();
            this.#sum -= this.#bytes.shift() as number;
        }
        const assured = Math.min(bytes, this.#mostBytes - this.#sum);
        if (assured > 0) {
            this.#timesNs.push(timeNs);
            this.#bytes.push(assured);
            this.#sum += assured;
        }
        return assured;
    }
}
