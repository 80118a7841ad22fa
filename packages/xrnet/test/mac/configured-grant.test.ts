import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
    type ConfiguredGrant,
    isOccasion,
    nextOccasions,
    periodStart,
    reclaimedOccasions,
    requireConfiguredGrant,
    utoBitmap
} from '../../src/mac/configured-grant.ts';
import { TddPattern } from '../../src/phy/tdd.ts';

const GRANT: ConfiguredGrant = {
    periodSlots: { numerator: 100, denominator: 3 },
    offsetSlots: 0,
    slotsPerPeriod: 16,
    prbs: 100,
    utoBits: 4
};
const TDD = new TddPattern('DDDSU', [10, 2, 2], 1);

describe('configured grants', () => {
    it('keep the mean of a period of 100/3 slots', () => {
        expect([0, 1, 2, 3, 6].map((n) => periodStart(GRANT, n))).toEqual([0, 33, 66, 100, 200]);
    });

    it('skip slots that are not whole for the uplink', () => {
        // Period 0 owns slots 0..15; U slots are 4, 9, 14; period 1 owns 33..48: 34, 39, 44; period 2 owns 66..81: 69, 74, 79.
        expect(nextOccasions(GRANT, TDD, -1, 9)).toEqual([4, 9, 14, 34, 39, 44, 69, 74, 79]);
    });

    it('hand back what the bitmap names', () => {
        // At slot 4 the next four are 9, 14, 34, 39; the frame ends in 9, so 14 is unused.
        const bitmap = utoBitmap(GRANT, TDD, 4, (slot) => slot === 14);
        expect(bitmap).toBe(0b0100);
        expect(reclaimedOccasions(GRANT, TDD, 4, bitmap)).toEqual([14]);
    });

    it('agree on both ends for every set of unused occasions', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 400 }),
                fc.integer({ min: 0, max: 255 }),
                fc.integer({ min: 3, max: 8 }),
                (slot, mask, utoBits) => {
                    const grant = { ...GRANT, utoBits };
                    const ahead = nextOccasions(grant, TDD, slot, utoBits);
                    const unused = new Set(ahead.filter((_, i) => (mask >> i) & 1));
                    const bitmap = utoBitmap(grant, TDD, slot, (occasion) => unused.has(occasion));
                    expect(new Set(reclaimedOccasions(grant, TDD, slot, bitmap))).toEqual(unused);
                    for (const occasion of ahead) {
                        expect(isOccasion(grant, TDD, occasion)).toBe(true);
                        expect(occasion).toBeGreaterThan(slot);
                    }
                }
            )
        );
    });

    it('are refused outside their ranges', () => {
        expect(() => requireConfiguredGrant({ ...GRANT, slotsPerPeriod: 33 })).toThrow(/slotsPerPeriod is 33/);
        expect(() => requireConfiguredGrant({ ...GRANT, utoBits: 9 })).toThrow(/3 to 8/);
        expect(() => requireConfiguredGrant(GRANT)).not.toThrow();
    });
});
