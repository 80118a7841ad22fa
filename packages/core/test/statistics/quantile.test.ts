import fc from 'fast-check';
import { median as referenceMedian } from 'simple-statistics';
import { expect, test } from 'vitest';
import { median, quantile, quantiles } from '../../src/index.ts';

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
const probability = fc.double({ min: 0, max: 1, noNaN: true });

test('types 1, 7 and 8 give what NumPy 2 gives as inverted_cdf, linear and median_unbiased', () => {
    const sample = [9, 4, 30, 2, 5, 4];
    const p = [0, 0.1, 0.25, 0.5, 0.9, 1];
    expect(quantiles(sample, p, 1)).toEqual([2, 2, 4, 4, 30, 30]);
    for (const [type, expected] of [
        [7, [2, 3, 4, 4.5, 19.5, 30]],
        [8, [2, 2, 3.8333333333333335, 4.5, 30, 30]]
    ] as const) {
        for (const [i, value] of quantiles(sample, p, type).entries())
            expect(value).toBeCloseTo(expected[i] as number, 12);
    }
});

test('the median agrees with simple-statistics', () => {
    fc.assert(
        fc.property(values, (sample) => {
            expect(Math.abs(median(sample) - referenceMedian(sample))).toBeLessThan(1e-9);
        })
    );
});

test('type 1 inverts the empirical distribution by its definition', () => {
    fc.assert(
        fc.property(values, fc.integer({ min: 1, max: 1000 }), (sample, thousandths) => {
            const sorted = [...sample].sort((a, b) => a - b);
            // The smallest value with at least a share p of the sample at or below it, in exact integers.
            const expected = sorted.find((_, i) => (i + 1) * 1000 >= thousandths * sorted.length);
            expect(quantile(sample, thousandths / 1000, 1)).toBe(expected);
        })
    );
});

test('every type stays within the sample and grows with the probability', () => {
    fc.assert(
        fc.property(values, probability, probability, (sample, p, q) => {
            for (const type of [1, 7, 8] as const) {
                const [low, high] = quantiles(sample, [Math.min(p, q), Math.max(p, q)], type) as [number, number];
                // Interpolation rounds: one unit in the last place of values of 1e6.
                expect(low).toBeLessThanOrEqual(high + 1e-9);
                expect(low).toBeGreaterThanOrEqual(Math.min(...sample) - 1e-9);
                expect(high).toBeLessThanOrEqual(Math.max(...sample) + 1e-9);
            }
        })
    );
});

test('empty samples, values that are not finite and probabilities outside 0 to 1 are refused', () => {
    expect(() => quantile([], 0.5)).toThrow(/there are no values/);
    expect(() => quantile([1, Number.NaN], 0.5)).toThrow(/not finite/);
    expect(() => quantile([-Infinity, 1], 0.5)).toThrow(/not finite/);
    expect(() => quantile([1], 95)).toThrow(/a probability is 95 .*Pass 0.95/);
});
