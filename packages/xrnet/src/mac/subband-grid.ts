/**
 * The resource blocks of one slot by subband, fidelity L2: what is left of each, and what the next user picks. A user takes the
 * subbands that its report calls the best, as many blocks as it needs.
 */
import { subbandPrbs } from '../phy/subband-radio.ts';

/** See the file comment. */
export class SubbandGrid {
    /** What the newest {@link choose} picked, by subband. */
    readonly pick: Uint16Array;
    readonly #all: Uint16Array;
    readonly #left: Uint16Array;

    constructor(bandwidthPrb: number, subbands: number) {
        this.#all = subbandPrbs(bandwidthPrb, subbands);
        this.#left = this.#all.slice();
        this.pick = new Uint16Array(subbands);
    }

    /** A new slot: everything is left. */
    clear(): void {
        this.#left.set(this.#all);
    }

    /** Picks so many blocks, in the order of `order`; at least as many must be left. */
    choose(order: Uint8Array, prbs: number): void {
        this.pick.fill(0);
        let need = prbs;
        for (let i = 0; i < order.length && need > 0; i++) {
            const s = order[i] as number;
            const take = Math.min(need, this.#left[s] as number);
            this.pick[s] = take;
            need -= take;
        }
    }

    /** Takes what was picked out of the slot. */
    commit(): void {
        for (let s = 0; s < this.pick.length; s++) this.#left[s] = (this.#left[s] as number) - (this.pick[s] as number);
    }

    /** Share of a subband's blocks that `pick` holds. */
    share(subband: number): number {
        return (this.pick[subband] as number) / (this.#all[subband] as number);
    }
}
