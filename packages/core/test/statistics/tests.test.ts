import fc from 'fast-check';
import { tTestTwoSample, wilcoxonRankSum } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { chiSquareTest, holm, Moments, mannWhitney, Rng, welchTest } from '../../src/index.ts';

/** R's `sleep` data (Student 1908, Cushny and Peebles): extra hours of sleep under two drugs. */
const SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe("Welch's test", () => {
    test('gives the output printed for t.test(extra ~ group, data = sleep) in R', () => {
        const result = welchTest(Moments.of(SLEEP_1), Moments.of(SLEEP_2));
        expect(result.t).toBeCloseTo(-1.8608, 4);
        expect(result.degrees).toBeCloseTo(17.776, 3);
        expect(result.p).toBeCloseTo(0.07939, 5);
        expect(result.interval[0]).toBeCloseTo(-3.3654832, 7);
        expect(result.interval[1]).toBeCloseTo(0.2054832, 7);
        expect(result.difference).toBeCloseTo(-1.58, 12);
    });

    test('has the t of the pooled test where both samples are as large', () => {
        const sample = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 });
        fc.assert(
            fc.property(sample, sample, (a, b) => {
                const ma = Moments.of(a);
                const mb = Moments.of(b);
                fc.pre(ma.variance + mb.variance > 1e-3);
                expect(welchTest(ma, mb).t).toBeCloseTo(tTestTwoSample(a, b) as number, 6);
            })
        );
    });

    test('raises false alarms as often as it says', () => {
        const rng = Rng.create(1).stream('welch');
        const draw = (n: number, scale: number): Moments =>
            Moments.of(Array.from({ length: n }, () => scale * rng.normal()));
        let alarms = 0;
        for (let i = 0; i < 2000; i++) if (welchTest(draw(10, 1), draw(30, 5)).p < 0.05) alarms++;
        // Binomial(2000, 0.05): mean 100, standard deviation 9.7; four of them.
        expect(Math.abs(alarms - 100)).toBeLessThan(40);
    });

    test('decides between samples that do not vary by their means alone', () => {
        const three = Moments.of([3, 3]);
        expect(welchTest(three, Moments.of([3, 3, 3]))).toMatchObject({ t: 0, p: 1 });
        expect(welchTest(three, Moments.of([4, 4]))).toMatchObject({ t: -Infinity, p: 0, interval: [-1, -1] });
        expect(() => welchTest(three, Moments.of([1]))).toThrow(/second sample has 1 values \(expected at least 2\)/);
    });
});

describe("Holm's correction", () => {
    test('gives what p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") gives in R', () => {
        const adjusted = holm([0.01, 0.02, 0.03, 0.04, 0.05]);
        for (const [i, expected] of [0.05, 0.08, 0.09, 0.09, 0.09].entries())
            expect(adjusted[i]).toBeCloseTo(expected, 14);
    });

    test('rejects what stepping down by hand rejects, at any alpha', () => {
        const p = fc.double({ min: 0, max: 1, noNaN: true });
        fc.assert(
            fc.property(fc.array(p, { maxLength: 20 }), p, (pValues, alpha) => {
                const adjusted = holm(pValues);
                const sorted = [...pValues].sort((a, b) => a - b);
                let rejected = 0;
                while (rejected < sorted.length && (sorted[rejected] as number) * (sorted.length - rejected) <= alpha)
                    rejected++;
                expect([...adjusted].filter((a) => a <= alpha).length).toBe(alpha >= 1 ? sorted.length : rejected);
            })
        );
    });

    test('refuses what is no probability', () => {
        expect(() => holm([0.5, 1.5])).toThrow(/p-value 1 is 1.5/);
        expect(() => holm([Number.NaN])).toThrow(/p-value 0 is NaN/);
        expect(holm([])).toHaveLength(0);
    });
});

describe('the Mann-Whitney test', () => {
    test("gives the output documented for R's wilcox.test", () => {
        // ?wilcox.test, Hollander and Wolfe (1973) 69f: W = 35; one-sided p = 0.1272, so 0.2544 two-sided, exact.
        const chorion = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        const term = [1.15, 0.88, 0.9, 0.74, 1.21];
        const exact = mannWhitney(chorion, term);
        expect(exact).toMatchObject({ u: 35, method: 'exact', effect: 0.7 });
        expect(exact.p).toBeCloseTo(0.2544, 4);
        // wilcox.test(extra ~ group, data = sleep): W = 25.5, p-value = 0.06933, normal approximation because of ties.
        const ties = mannWhitney(SLEEP_1, SLEEP_2);
        expect(ties).toMatchObject({ u: 25.5, method: 'normal' });
        expect(ties.p).toBeCloseTo(0.06933, 5);
    });

    test('is exact: all ways of splitting the ranks are counted', () => {
        fc.assert(
            fc.property(fc.uniqueArray(fc.nat(1000), { minLength: 2, maxLength: 9 }), fc.nat(), (values, cut) => {
                const n = 1 + (cut % (values.length - 1));
                const [x, y] = [values.slice(0, n), values.slice(n)];
                const wins = (a: number[], b: number[]): number => a.flatMap((v) => b.filter((w) => v > w)).length;
                const u = wins(x, y);
                const centre = (x.length * y.length) / 2;
                let [extreme, total] = [0, 0];
                for (let mask = 0; mask < 1 << values.length; mask++) {
                    const chosen = values.filter((_, i) => mask & (1 << i));
                    if (chosen.length !== n) continue;
                    const rest = values.filter((_, i) => !(mask & (1 << i)));
                    total++;
                    if (Math.abs(wins(chosen, rest) - centre) >= Math.abs(u - centre)) extreme++;
                }
                const result = mannWhitney(x, y);
                expect(result.u).toBe(u);
                expect(result.p).toBeCloseTo(extreme / total, 10);
            })
        );
    });

    test('has the rank sum of simple-statistics, ties or not', () => {
        const sample = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 30 });
        fc.assert(
            fc.property(sample, sample, (x, y) => {
                expect(mannWhitney(x, y).u + (x.length * (x.length + 1)) / 2).toBeCloseTo(wilcoxonRankSum(x, y), 9);
            })
        );
    });

    test('exact and approximate p meet where the method changes', () => {
        const rng = Rng.create(1).stream('mann-whitney');
        const x = Array.from({ length: 49 }, () => rng.normal());
        const y = Array.from({ length: 49 }, () => rng.normal() + 0.4);
        const exact = mannWhitney(x, y);
        // The nearest pair made equal: one tie forces the approximation and moves U by half.
        const pairs = x.flatMap((a) => y.map((b, i) => ({ a, i, distance: Math.abs(a - b) })));
        const nearest = pairs.reduce((least, pair) => (pair.distance < least.distance ? pair : least));
        const approximate = mannWhitney(x, y.with(nearest.i, nearest.a));
        expect([exact.method, approximate.method]).toEqual(['exact', 'normal']);
        // Half a pair of sd(U) = sqrt(49 * 49 * 99 / 12) = 140.7 moves p by 0.8 * 0.5 / 140.7 = 0.003 at most; the
        // approximation itself is good to 0.001 at this size.
        expect(Math.abs(exact.p - approximate.p)).toBeLessThan(0.004);
    });

    test('finds nothing in samples that are all alike, and refuses empty ones', () => {
        expect(mannWhitney([2, 2], [2, 2, 2])).toMatchObject({ p: 1, effect: 0.5 });
        expect(() => mannWhitney([], [1])).toThrow(/a sample is empty/);
        expect(() => mannWhitney([Number.NaN], [1])).toThrow(/not finite/);
    });
});

describe('the chi-square test', () => {
    test("gives what R's chisq.test gives", () => {
        // ?chisq.test: x <- c(89, 37, 30, 28, 2); p <- c(40, 20, 20, 15, 5); chisq.test(x, p = p, rescale.p = TRUE):
        // X-squared = 9.9901, df = 4, p-value = 0.04059.
        const result = chiSquareTest([89, 37, 30, 28, 2], [40, 20, 20, 15, 5]);
        expect(result.statistic).toBeCloseTo(9.9901, 4);
        expect(result.degrees).toBe(4);
        expect(result.p).toBeCloseTo(0.04059, 5);
    });

    test('pools rare bins, the last with the one before', () => {
        // Expected 8, 2, 2, 2, 4, 2 of 20 draws: joined to 8 | 2+2+2 -> 6 | 4+2 -> 6.
        const result = chiSquareTest([6, 4, 2, 2, 2, 4], [4, 1, 1, 1, 2, 1]);
        expect(result.degrees).toBe(2);
        expect(result.statistic).toBeCloseTo((6 - 8) ** 2 / 8 + (8 - 6) ** 2 / 6 + (6 - 6) ** 2 / 6, 12);
    });

    test('sees a sampler that is wrong by a few percent', () => {
        const rng = Rng.create(1).stream('loaded die');
        const counts = new Float64Array(6);
        for (let i = 0; i < 60_000; i++) count(counts, rng.pickWeighted([1, 1, 1, 1, 1, 1.05]));
        expect(chiSquareTest(counts, [1, 1, 1, 1, 1, 1]).p).toBeLessThan(1e-3);
        expect(chiSquareTest(counts, [1, 1, 1, 1, 1, 1.05]).p).toBeGreaterThan(1e-3);
    });

    test('refuses counts it cannot use, and says what would help', () => {
        expect(() => chiSquareTest([1, 2], [1, 2, 3])).toThrow(/2 observed and 3 expected/);
        expect(() => chiSquareTest([1, 2], [1, 1])).toThrow(/Draw more samples or use fewer bins/);
        expect(() => chiSquareTest([1, -2], [1, 1])).toThrow(/bin 1 holds -2/);
        expect(chiSquareTest([50, 50, 20], [50, 50, 20], 1).degrees).toBe(1);
    });
});

function count(bins: Float64Array, bin: number): void {
    bins[bin] = (bins[bin] as number) + 1;
}
