/**
 * Welch's test of equal means without equal variances (Biometrika 34, 1947), from moments alone, so that it runs on merged
 * sums of pixels or workers. Degrees of freedom by Welch and Satterthwaite.
 */
import { badInput } from '../error.ts';
import type { MomentsData } from './moments.ts';
import { studentTwoSided, studentTwoSidedQuantile } from './student-t.ts';

/** Result of {@link welchTest}. */
export interface WelchResult {
    /** (mean a - mean b) / standard error. Infinite if neither sample varies and the means differ, 0 if they agree. */
    readonly t: number;
    /** Welch-Satterthwaite degrees of freedom; NaN if neither sample varies. */
    readonly degrees: number;
    /** Two-sided p-value. */
    readonly p: number;
    /** mean a - mean b. */
    readonly difference: number;
    /** Interval that holds the true difference with the confidence asked for. */
    readonly interval: readonly [number, number];
}

/**
 * @param a - At least two values.
 * @param b - At least two values.
 * @param confidence - Of the interval, in (0, 1).
 */
export function welchTest(a: MomentsData, b: MomentsData, confidence: number = 0.95): WelchResult {
    for (const [name, sample] of [['first', a] as const, ['second', b] as const]) {
        if (sample.count >= 2) continue;
        throw badInput(`the ${name} sample has ${sample.count} values`, 'at least 2', 'Measure more often');
    }
    const difference = a.mean - b.mean;
    const va = a.m2 / (a.count - 1) / a.count;
    const vb = b.m2 / (b.count - 1) / b.count;
    const error = Math.sqrt(va + vb);
    if (error === 0) {
        const t = difference === 0 ? 0 : Math.sign(difference) * Infinity;
        return { t, degrees: Number.NaN, p: difference === 0 ? 1 : 0, difference, interval: [difference, difference] };
    }
    const t = difference / error;
    const degrees = ((va + vb) * (va + vb)) / ((va * va) / (a.count - 1) + (vb * vb) / (b.count - 1));
    const reach = error * studentTwoSidedQuantile(confidence, degrees);
    const interval = [difference - reach, difference + reach] as const;
    return { t, degrees, p: studentTwoSided(t, degrees), difference, interval };
}
