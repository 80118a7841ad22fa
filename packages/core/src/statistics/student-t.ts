/** Student's t distribution: cumulative probability and quantile, for real degrees of freedom (Welch's are no integers). */
import { regularizedBeta } from './beta.ts';

/** P(|T| >= |t|) with `degrees` > 0 degrees of freedom: the two-sided p-value. Abramowitz and Stegun 26.7.1. */
export function studentTwoSided(t: number, degrees: number): number {
    if (Number.isNaN(t)) return Number.NaN;
    return regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** P(T <= t). */
export function studentCdf(t: number, degrees: number): number {
    const tail = 0.5 * studentTwoSided(t, degrees);
    return t > 0 ? 1 - tail : tail;
}

/** t > 0 with P(|T| <= t) = confidence, by bisection to the last bit; confidence in (0, 1). */
export function studentTwoSidedQuantile(confidence: number, degrees: number): number {
    let low = 0;
    let high = 1;
    while (studentTwoSided(high, degrees) > 1 - confidence && high < 1e300) high *= 2;
    for (let i = 0; i < 200; i++) {
        const middle = low + (high - low) / 2;
        if (middle === low || middle === high) break;
        if (studentTwoSided(middle, degrees) > 1 - confidence) low = middle;
        else high = middle;
    }
    return low + (high - low) / 2;
}
