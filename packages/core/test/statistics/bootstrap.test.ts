import { describe, expect, test } from 'vitest';
import { bootstrap, bootstrapRatio, Moments, normalQuantile, quantiles, Rng } from '../../src/index.ts';

const rng = Rng.create(1);
const meanOf = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('the bootstrap interval', () => {
    test('of a tiny sample is that of all its resamples, enumerated', () => {
        const sample = [1, 2, 4, 8];
        const means: number[] = [];
        for (let i = 0; i < 256; i++)
            means.push([0, 1, 2, 3].reduce((sum, k) => sum + (sample[(i >> (2 * k)) & 3] as number), 0) / 4);
        const [low, high] = quantiles(means, [0.1, 0.9]) as [number, number];
        const estimate = bootstrap(sample, meanOf, rng.stream('tiny'), { resamples: 50_000, confidence: 0.8 });
        expect(estimate.value).toBe(3.75);
        // The means are multiples of 1/4: with 50,000 resamples the quantile may slip by at most one of them.
        expect(Math.abs(estimate.low - low)).toBeLessThanOrEqual(0.25);
        expect(Math.abs(estimate.high - high)).toBeLessThanOrEqual(0.25);
    });

    test('of a mean is the normal one for a large sample', () => {
        const stream = rng.stream('sample');
        const sample = Array.from({ length: 400 }, () => stream.normal());
        const moments = Moments.of(sample);
        const estimate = bootstrap(sample, meanOf, rng.stream('large'), { resamples: 4000 });
        const reach = normalQuantile(0.975) * moments.standardError;
        // The 2.5 % quantile of 4000 resamples has a standard error of sqrt(0.025 * 0.975 / 4000) / 0.0584 = 0.042 sigma;
        // four of those, in units of the standard error of the mean.
        const tolerance = 0.17 * moments.standardError;
        expect(Math.abs(estimate.low - (moments.mean - reach))).toBeLessThan(tolerance);
        expect(Math.abs(estimate.high - (moments.mean + reach))).toBeLessThan(tolerance);
    });

    test('of a ratio of medians holds the true ratio about as often as it says', () => {
        const stream = rng.stream('ratio');
        let held = 0;
        for (let i = 0; i < 200; i++) {
            const a = Array.from({ length: 40 }, () => 20 + stream.normal());
            const b = Array.from({ length: 40 }, () => 10 + stream.normal());
            const { low, high } = bootstrapRatio(a, b, stream, { resamples: 200, confidence: 0.9 });
            if (low <= 2 && 2 <= high) held++;
        }
        // Binomial(200, 0.9): standard deviation 4.2; the percentile interval of a median covers slightly too often.
        expect(held).toBeGreaterThan(163);
    });

    test('is the same for the same stream', () => {
        const run = (): unknown => bootstrapRatio([1, 2, 3], [4, 5, 6], rng.stream('again'));
        expect(run()).toEqual(run());
    });
});

describe('the border', () => {
    test('refuses too small samples and senseless options', () => {
        const stream = rng.stream('border');
        expect(() => bootstrap([1], meanOf, stream)).toThrow(/has 1 values/);
        expect(() => bootstrapRatio([1, 0], [1, 2], stream)).toThrow(/not above 0/);
        expect(() => bootstrap([1, 2], meanOf, stream, { resamples: 10 })).toThrow(/resamples is 10/);
        expect(() => bootstrap([1, 2], meanOf, stream, { confidence: 95 })).toThrow(/confidence is 95/);
    });

    test('reports progress and can be cancelled', () => {
        const seen: number[] = [];
        bootstrap([1, 2], meanOf, rng.stream('p'), {
            resamples: 1000,
            progress: { report: (done) => seen.push(done) }
        });
        expect(seen).toEqual([0, 256, 512, 768, 1000]);
        const signal = AbortSignal.abort('enough');
        expect(() => bootstrap([1, 2], meanOf, rng.stream('p'), { progress: { signal } })).toThrow(/cancelled/);
    });
});
