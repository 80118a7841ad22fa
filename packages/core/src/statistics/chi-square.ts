/**
 * Pearson's chi-square test of counts against expected counts: the test every sampler has to pass. Neighbouring bins that are
 * expected to hold fewer than five are pooled first, since the distribution is an approximation that fails for rare bins.
 */
import { badInput } from '../error.ts';
import { regularizedGammaQ } from './gamma.ts';

/** Least expected count of a bin. Cochran, Biometrics 10, 1954. */
const MIN_EXPECTED = 5;

/** Result of {@link chiSquareTest}. */
export interface ChiSquareResult {
    /** Sum of (observed - expected)^2 / expected. */
    readonly statistic: number;
    /** Bins after pooling, less one, less `fitted`. */
    readonly degrees: number;
    /** Chance of a statistic at least this large if the expectation is right. */
    readonly p: number;
}

/** P(X >= x) for chi-square X with `degrees` > 0. Abramowitz and Stegun 26.4.19. */
export function chiSquareUpper(x: number, degrees: number): number {
    return regularizedGammaQ(degrees / 2, x / 2);
}

/**
 * @param observed - Counts per bin.
 * @param expected - Expected counts or weights per bin, same length, not negative; scaled to the sum of `observed`.
 * @param fitted - How many parameters of the expectation were estimated from the same data, 0 or more.
 */
export function chiSquareTest(
    observed: ArrayLike<number>,
    expected: ArrayLike<number>,
    fitted: number = 0
): ChiSquareResult {
    if (observed.length !== expected.length || observed.length < 2) {
        throw badInput(
            `${observed.length} observed and ${expected.length} expected counts`,
            'as many of both, at least 2',
            'Use the same bins on both sides'
        );
    }
    const bins = pooled(observed, expected);
    const degrees = bins.length - 1 - fitted;
    if (degrees < 1) {
        throw badInput(
            `${bins.length} bins are left after pooling those expected to hold fewer than ${MIN_EXPECTED}`,
            `at least ${2 + fitted}`,
            'Draw more samples or use fewer bins'
        );
    }
    let statistic = 0;
    for (const [o, e] of bins) statistic += ((o - e) * (o - e)) / e;
    return { statistic, degrees, p: chiSquareUpper(statistic, degrees) };
}

/** Pairs of observed and expected counts, neighbours joined until each is expected to hold enough. */
function pooled(observed: ArrayLike<number>, expected: ArrayLike<number>): [number, number][] {
    let count = 0;
    let weight = 0;
    for (let i = 0; i < observed.length; i++) {
        const o = observed[i] as number;
        const e = expected[i] as number;
        if (!(o >= 0 && e >= 0 && o + e < Infinity)) {
            throw badInput(
                `bin ${i} holds ${o}, expected ${e}`,
                'finite counts that are not negative',
                'Correct the bin'
            );
        }
        count += o;
        weight += e;
    }
    const bins: [number, number][] = [];
    let o = 0;
    let e = 0;
    for (let i = 0; i < observed.length; i++) {
        o += observed[i] as number;
        e += ((expected[i] as number) * count) / weight;
        if (e < MIN_EXPECTED) continue;
        bins.push([o, e]);
        o = 0;
        e = 0;
    }
    const last = bins[bins.length - 1];
    if (last) {
        last[0] += o;
        last[1] += e;
    }
    return bins;
}
