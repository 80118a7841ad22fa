/**
 * Configured grants with several occasions a period (Rel-18): uplink slots that a user owns without asking, and the bitmap by
 * which it hands back what it will not use (UTO-UCI, TS 38.213 clause 9.3.1): it rides in every transmission, bit i names the
 * i-th next valid occasion by start time, 1 means "will not be used". Occasions that collide with downlink symbols are not
 * valid and are skipped in the count.
 */
import { badInput } from '@mixreel/core';
import type { TddPattern } from '../phy/tdd.ts';

/** A grant that repeats. */
export interface ConfiguredGrant {
    /** Slots from one period to the next as a fraction: 100/3 is 60 a second at 0.5 ms. */
    readonly periodSlots: { readonly numerator: number; readonly denominator: number };
    /** First slot of period 0. */
    readonly offsetSlots: number;
    /** nrofSlotsInCG-Period-r18: consecutive slots of a period, 2 to 32; 1 is the old single occasion. */
    readonly slotsPerPeriod: number;
    /** PRBs of each occasion, 1 to 275. */
    readonly prbs: number;
    /** nrofBitsInUTO-UCI: 3 to 8; 0 without. */
    readonly utoBits: number;
}

/** Throws `bad-input` unless every field is in its range. */
export function requireConfiguredGrant(grant: ConfiguredGrant): void {
    const check = (field: string, value: number, low: number, high: number): void => {
        if (Number.isInteger(value) && value >= low && value <= high) return;
        throw badInput(
            `configuredGrant.${field} is ${value}`,
            `a whole number from ${low} to ${high}`,
            `Correct ${field}`
        );
    };
    check('periodSlots.numerator', grant.periodSlots.numerator, 1, 1e6);
    check('periodSlots.denominator', grant.periodSlots.denominator, 1, 1e6);
    check('offsetSlots', grant.offsetSlots, 0, 1e6);
    check('slotsPerPeriod', grant.slotsPerPeriod, 1, 32);
    check('prbs', grant.prbs, 1, 275);
    if (grant.utoBits !== 0) check('utoBits', grant.utoBits, 3, 8);
}

/** First slot of period `n`: floor, so that periods of no whole number of slots keep their mean. */
export function periodStart(grant: ConfiguredGrant, n: number): number {
    const { numerator, denominator } = grant.periodSlots;
    return grant.offsetSlots + Math.floor((n * numerator) / denominator);
}

/** True if `slot` is an occasion: within the first slots of its period and whole for the uplink. */
export function isOccasion(grant: ConfiguredGrant, tdd: TddPattern, slot: number): boolean {
    const since = slot - grant.offsetSlots;
    if (since < 0 || tdd.symbols('uplink', slot) < tdd.symbolsPerUnit) return false;
    const { numerator, denominator } = grant.periodSlots;
    // The period of the slot: the last one that starts at or before it.
    let n = Math.floor((since * denominator) / numerator);
    while (periodStart(grant, n + 1) <= slot) n++;
    return slot - periodStart(grant, n) < grant.slotsPerPeriod;
}

/** The next `count` valid occasions after `slot`. */
export function nextOccasions(grant: ConfiguredGrant, tdd: TddPattern, slot: number, count: number): number[] {
    const found: number[] = [];
    const { numerator, denominator } = grant.periodSlots;
    const limit = slot + (count + 1) * (Math.ceil(numerator / denominator) + 1) * tdd.periodSlots;
    for (let next = slot + 1; found.length < count && next <= limit; next++) {
        if (isOccasion(grant, tdd, next)) found.push(next);
    }
    return found;
}

/** The bitmap sent in an occasion at `slot`: the highest bit names the next occasion. `unused(slot)` says what will not be used. */
export function utoBitmap(
    grant: ConfiguredGrant,
    tdd: TddPattern,
    slot: number,
    unused: (occasion: number) => boolean
): number {
    let bits = 0;
    const occasions = nextOccasions(grant, tdd, slot, grant.utoBits);
    for (let i = 0; i < grant.utoBits; i++) {
        const occasion = occasions[i];
        bits = (bits << 1) | (occasion !== undefined && unused(occasion) ? 1 : 0);
    }
    return bits;
}

/** The occasions that a bitmap received with `slot` hands back. */
export function reclaimedOccasions(grant: ConfiguredGrant, tdd: TddPattern, slot: number, bitmap: number): number[] {
    const occasions = nextOccasions(grant, tdd, slot, grant.utoBits);
    return occasions.filter((_, i) => (bitmap >> (grant.utoBits - 1 - i)) & 1);
}
