/**
 * The slot that a link runs: what it can carry, what is left of it, and when what is sent in it starts and ends. Users share it by
 * resource blocks, or, one after the other, by symbols.
 */
import type { SlotSizes } from '../phy/carrier.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';

/** See the file comment. Fields are public: the link's inner loop reads them. */
export class SlotUse {
    slot = 0;
    sizes: SlotSizes = { units: 0, perUnit: 0, rows: [] };
    /** Start of the slot's part of the direction. */
    startNs = 0;
    /** Units that nobody has yet. */
    left = 0;
    readonly #direction: Direction;
    readonly #tdd: TddPattern;
    readonly #inTime: boolean;

    /** @param inTime - Users share symbols, not resource blocks. */
    constructor(direction: Direction, tdd: TddPattern, inTime: boolean) {
        this.#direction = direction;
        this.#tdd = tdd;
        this.#inTime = inTime;
    }

    /** A new slot, nothing of it used. */
    begin(slot: number, sizes: SlotSizes): void {
        this.slot = slot;
        this.sizes = sizes;
        this.startNs = this.#tdd.startNs(this.#direction, slot);
        this.left = sizes.units;
    }

    /** Share of the slot that was used. */
    get usedShare(): number {
        return (this.sizes.units - this.left) / this.sizes.units;
    }

    /** Takes units; the end of a transmission in them. */
    take(units: number): number {
        this.left -= units;
        if (!this.#inTime) return this.#tdd.endNs(this.#direction, this.slot);
        // Symbols that carry no data come first.
        return this.#tdd.symbolNs(this.slot, this.#endSymbol - this.left);
    }

    /** Start of a transmission that takes the next units. */
    fromNs(units: number): number {
        if (!this.#inTime) return this.startNs;
        return this.#tdd.symbolNs(this.slot, this.#endSymbol - this.left - units);
    }

    /** The first symbol after the slot's part of the direction. */
    get #endSymbol(): number {
        const { periodSlots, uplinkFirstSymbol } = this.#tdd;
        const first = this.#direction === 'uplink' ? (uplinkFirstSymbol[this.slot % periodSlots] as number) : 0;
        return first + this.#tdd.symbols(this.#direction, this.slot);
    }
}
