import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    type DrxTiming,
    NON_INTEGER_LONG_CYCLES,
    NON_INTEGER_SHORT_CYCLES,
    nextOnDurationMs,
    onDurationStarts,
    requireDrx
} from '../../src/mac/drx.ts';

const starts = (drx: DrxTiming, untilMs: number): number[] =>
    Array.from({ length: untilMs }, (_, t) => t).filter((t) => onDurationStarts(drx, t));

describe('DRX', () => {
    it('lists 23 long and 17 short cycles', () => {
        expect(NON_INTEGER_LONG_CYCLES).toHaveLength(23);
        expect(NON_INTEGER_SHORT_CYCLES).toHaveLength(17);
    });

    it('starts with 50/3 ms at the subframes of 60 frames a second', () => {
        const drx: DrxTiming = { cycle: { numerator: 50, denominator: 3 }, startOffsetMs: 0, short: false };
        // By hand: t mod 50/3 below 1 for t = 0, 17 (0.33), 34 (0.67), 50 (0), ...
        expect(starts(drx, 101)).toEqual([0, 17, 34, 50, 67, 84, 100]);
    });

    it('starts with an offset by hand: 25/3 ms, offset 2', () => {
        const drx: DrxTiming = { cycle: { numerator: 25, denominator: 3 }, startOffsetMs: 2, short: false };
        // t mod 8.33 in [2, 3): 2, 11 (2.67), 19 (2.33), 27 (2), 36 (2.67), 44 (2.33).
        expect(starts(drx, 50)).toEqual([2, 11, 19, 27, 36, 44]);
    });

    it('counts short cycles from the offset', () => {
        const drx: DrxTiming = { cycle: { numerator: 25, denominator: 2 }, startOffsetMs: 3, short: true };
        expect(starts(drx, 40)).toEqual([3, 16, 28]);
    });

    it('starts once a cycle for every cycle, never drifting by a millisecond', () => {
        fc.assert(
            fc.property(fc.constantFrom(...NON_INTEGER_LONG_CYCLES), fc.nat(), (cycle, pick) => {
                const lengthMs = cycle.numerator / cycle.denominator;
                // An offset in the last, partial millisecond may be missed by some cycles.
                const startOffsetMs = pick % (Math.floor(lengthMs) - 1);
                const drx = { cycle, startOffsetMs, short: false };
                const times = starts(drx, 1500);
                for (const [n, t] of times.entries()) {
                    const ideal = startOffsetMs + n * lengthMs;
                    expect(t).toBeGreaterThanOrEqual(Math.floor(ideal));
                    expect(t).toBeLessThan(ideal + 1);
                }
                expect(nextOnDurationMs(drx, 1000)).toBe(times.find((t) => t >= 1000));
            })
        );
    });

    it('still starts in time after days: the counter is not rounded', () => {
        const drx: DrxTiming = { cycle: { numerator: 1001, denominator: 60 }, startOffsetMs: 0, short: false };
        // 1001 ms hold exactly 60 cycles.
        for (const k of [1, 1000, 1_000_000_000]) expect(onDurationStarts(drx, 1001 * k)).toBe(true);
    });

    it('refuses impossible timings', () => {
        expect(() => requireDrx({ cycle: { numerator: 50, denominator: 0 }, startOffsetMs: 0, short: false })).toThrow(
            /50\/0/
        );
        expect(() => requireDrx({ cycle: { numerator: 50, denominator: 3 }, startOffsetMs: 17, short: false })).toThrow(
            /0 to 16/
        );
    });
});
