/**
 * The frame structure: which symbols of which slot go down and up.
 *
 * A pattern is a word over D (downlink), U (uplink), S (special) and F (flexible: whole slot both ways, as an idealisation
 * without TDD waiting), repeated for ever: `DDDSU`, `DDDSUDDSUU`, `DSUUU`. S is `D:G:U` symbols, 10:2:2 by default. A slot
 * of numerology mu lasts 1 ms / 2^mu (TS 38.211 4.3.2), its symbols are taken as equal (the first of each half subframe is
 * really 0.5 us longer).
 *
 * Mini-slots: cut in two, a slot is two units of seven symbols, each with control and DM-RS of its own. Everything that counts
 * slots then counts units: scheduling, processing times and feedback come twice as often.
 */
import { badInput } from '@mixreel/core';

/** Symbols of a slot with normal cyclic prefix. */
export const SYMBOLS_PER_SLOT = 14;

/** Which way data goes. */
export type Direction = 'downlink' | 'uplink';

/** See the file comment. */
export class TddPattern {
    readonly word: string;
    readonly slotNs: number;
    readonly periodSlots: number;
    /** Symbols of a unit: 14, or 7 where slots are cut in two. */
    readonly symbolsPerUnit: number;
    /** Symbols of slot i of the period, for each direction. */
    readonly downlinkSymbols: Uint8Array;
    readonly uplinkSymbols: Uint8Array;
    /** First symbol of the uplink part of slot i. */
    readonly uplinkFirstSymbol: Uint8Array;
    readonly #availableNs: Readonly<Record<Direction, Float64Array>>;

    /**
     * @param word - 1 to 80 letters of D, U, S, F.
     * @param special - Downlink, guard and uplink symbols of S; they sum to 14.
     * @param numerology - mu: 0 (15 kHz) to 4 (240 kHz).
     * @param parts - Units of a slot: 1, or 2 for mini-slots.
     * @param more - Patterns of further carriers, of the same numerology and parts: then this says when any of them has a direction.
     */
    constructor(
        word: string,
        special: readonly [number, number, number],
        numerology: number,
        parts: 1 | 2 = 1,
        more: readonly TddPattern[] = []
    ) {
        if (!/^[DUSF]{1,80}$/.test(word)) {
            throw badInput(
                `tdd.pattern is ${JSON.stringify(word)}`,
                '1 to 80 letters D, U, S or F',
                'Write it like "DDDSU"'
            );
        }
        if (
            special.length !== 3 ||
            special.some((n) => !Number.isInteger(n) || n < 0) ||
            sum(special) !== SYMBOLS_PER_SLOT
        ) {
            throw badInput(
                `tdd.special is ${JSON.stringify(special)}`,
                'three whole numbers (downlink, guard, uplink) that sum to 14',
                'Write it like [10, 2, 2]'
            );
        }
        this.word = [word, ...more.map((other) => other.word)].join(' + ');
        this.slotNs = 1_000_000 / 2 ** numerology / parts;
        this.symbolsPerUnit = SYMBOLS_PER_SLOT / parts;
        const units = cut(word, special, this.symbolsPerUnit);
        this.periodSlots = more.reduce((slots, other) => lcm(slots, other.periodSlots), units.length);
        const count = (unit: string, own: string): number => [...unit].filter((c) => c === own || c === 'F').length;
        // Downlink parts start with their slot and uplink parts end with it: of several carriers the longest holds the others.
        const longest = (own: (unit: string) => number, of: (other: TddPattern, slot: number) => number): Uint8Array =>
            Uint8Array.from({ length: this.periodSlots }, (_, i) =>
                Math.max(own(units[i % units.length] as string), ...more.map((other) => of(other, i)))
            );
        this.downlinkSymbols = longest(
            (unit) => count(unit, 'D'),
            (other, slot) => other.symbols('downlink', slot)
        );
        this.uplinkSymbols = longest(
            (unit) => count(unit, 'U'),
            (other, slot) => other.symbols('uplink', slot)
        );
        this.uplinkFirstSymbol = this.uplinkSymbols.map((symbols, i) => {
            const unit = units[i % units.length] as string;
            if (more.length === 0) return Math.max(0, unit.search(/[UF]/));
            return symbols === 0 ? 0 : this.symbolsPerUnit - symbols;
        });
        this.#availableNs = {
            downlink: new Float64Array(this.periodSlots + 1),
            uplink: new Float64Array(this.periodSlots + 1)
        };
        for (const direction of ['downlink', 'uplink'] as const) {
            const total = this.#availableNs[direction];
            for (let i = 0; i < this.periodSlots; i++) {
                total[i + 1] = (total[i] as number) + this.endNs(direction, i) - this.startNs(direction, i);
            }
        }
    }

    /** Symbols that `direction` has in slot `slot` (any non-negative slot number). */
    symbols(direction: Direction, slot: number): number {
        const i = slot % this.periodSlots;
        return (direction === 'downlink' ? this.downlinkSymbols[i] : this.uplinkSymbols[i]) as number;
    }

    /** When the part of `direction` in slot `slot` starts. */
    startNs(direction: Direction, slot: number): number {
        if (direction === 'downlink') return slot * this.slotNs;
        return this.symbolNs(slot, this.uplinkFirstSymbol[slot % this.periodSlots] as number);
    }

    /** When the part of `direction` in slot `slot` ends. */
    endNs(direction: Direction, slot: number): number {
        const i = slot % this.periodSlots;
        if (direction === 'downlink') return this.symbolNs(slot, this.downlinkSymbols[i] as number);
        return this.symbolNs(slot, (this.uplinkFirstSymbol[i] as number) + (this.uplinkSymbols[i] as number));
    }

    /** Start of a symbol, a whole number of ns (rounded down). */
    symbolNs(slot: number, symbol: number): number {
        return slot * this.slotNs + Math.floor((symbol * this.slotNs) / this.symbolsPerUnit);
    }

    /** The first slot whose part of `direction` starts at or after `timeNs`. */
    nextSlot(direction: Direction, timeNs: number): number {
        let slot = Math.max(0, Math.floor(timeNs / this.slotNs));
        while (this.symbols(direction, slot) === 0 || this.startNs(direction, slot) < timeNs) slot++;
        return slot;
    }

    /** Time of [fromNs, toNs) that does not belong to `direction`; both are starts or ends of its parts. O(1). */
    otherNs(direction: Direction, fromNs: number, toNs: number): number {
        return toNs - fromNs - (this.#availableUntil(direction, toNs) - this.#availableUntil(direction, fromNs));
    }

    /** Share of all symbols that belong to `direction`. */
    share(direction: Direction): number {
        return (
            sum(direction === 'downlink' ? this.downlinkSymbols : this.uplinkSymbols) /
            (this.symbolsPerUnit * this.periodSlots)
        );
    }

    #availableUntil(direction: Direction, timeNs: number): number {
        const total = this.#availableNs[direction];
        const slot = Math.floor(timeNs / this.slotNs);
        const i = slot % this.periodSlots;
        const whole = ((slot - i) / this.periodSlots) * (total[this.periodSlots] as number) + (total[i] as number);
        const startNs = this.startNs(direction, slot);
        const endNs = this.endNs(direction, slot);
        return whole + Math.max(0, Math.min(timeNs, endNs) - startNs);
    }
}

/** The symbols of a period, a letter each (G: guard), cut into units. */
function cut(word: string, [down, guard, up]: readonly [number, number, number], symbols: number): string[] {
    const special = 'D'.repeat(down) + 'G'.repeat(guard) + 'U'.repeat(up);
    const all = [...word].map((c) => (c === 'S' ? special : c.repeat(SYMBOLS_PER_SLOT))).join('');
    return all.match(new RegExp(`.{${symbols}}`, 'g')) ?? [];
}

function lcm(a: number, b: number): number {
    let [x, y] = [a, b];
    while (y > 0) [x, y] = [y, x % y];
    return (a / x) * b;
}

function sum(values: Iterable<number>): number {
    let total = 0;
    for (const value of values) total += value;
    return total;
}
