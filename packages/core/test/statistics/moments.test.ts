import fc from 'fast-check';
import { max, mean, min, sampleVariance } from 'simple-statistics';
import { expect, test } from 'vitest';
import { Moments } from '../../src/index.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
/** Rounding of sums of up to 100 values of size 1e6: 100 * 2^-53 * 1e12 for squares, with a margin of ten. */
const CLOSE = 0.11;

test('mean, variance and extremes agree with simple-statistics', () => {
    fc.assert(
        fc.property(fc.array(value, { minLength: 2, maxLength: 100 }), (values) => {
            const moments = Moments.of(values);
            expect(moments.count).toBe(values.length);
            expect(Math.abs(moments.mean - mean(values))).toBeLessThan(1e-7);
            expect(Math.abs(moments.variance - sampleVariance(values))).toBeLessThan(CLOSE);
            expect([moments.min, moments.max]).toEqual([min(values), max(values)]);
        })
    );
});

test('merging parts gives the moments of the whole, however it is cut', () => {
    fc.assert(
        fc.property(fc.array(value, { maxLength: 100 }), fc.nat(100), (values, cut) => {
            const whole = Moments.of(values);
            const merged = Moments.of(values.slice(0, cut)).merge(Moments.of(values.slice(cut)));
            expect(merged.count).toBe(whole.count);
            expect(Math.abs(merged.mean - whole.mean)).toBeLessThan(1e-7);
            expect(Math.abs(merged.m2 - whole.m2)).toBeLessThan(CLOSE * 100);
            expect([merged.min, merged.max]).toEqual([whole.min, whole.max]);
        })
    );
});

test('a small variance on a large mean is not lost to cancellation', () => {
    // NIST StRD "NumAcc4": 1e7 + {0.2, 0.1, 0.3, 0.1 ...}: certified mean 10000000.2, standard deviation 0.1. The inputs are
    // themselves rounded to 2^-30, which is what is left of the deviation's accuracy.
    const values = [10000000.2];
    for (let i = 0; i < 500; i++) values.push(10000000.1, 10000000.3);
    const moments = Moments.of(values);
    expect(moments.mean).toBeCloseTo(10000000.2, 8);
    expect(Math.abs(moments.standardDeviation - 0.1)).toBeLessThan(1e-8);
    expect(moments.standardError).toBeCloseTo(0.1 / Math.sqrt(1001), 9);
});

test('too few values have no variance, and values that are not finite are refused', () => {
    expect(Moments.of([]).variance).toBeNaN();
    expect(Moments.of([1]).variance).toBeNaN();
    expect(() => Moments.of([1, Number.NaN])).toThrow(/value 1 is NaN/);
    expect(() => new Moments().add(Infinity)).toThrow(/value 0 is Infinity/);
});
