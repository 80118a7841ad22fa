/**
 * Holm's step-down correction of many p-values (Scand. J. Statist. 6, 1979): keeps the chance of even one false alarm below
 * alpha whatever the dependence between the tests, and never rejects less than Bonferroni. O(n log n).
 */
import { badInput } from '../error.ts';

/** The adjusted p-values, in the order given: compare each with alpha. */
export function holm(pValues: ArrayLike<number>): Float64Array {
    const n = pValues.length;
    for (let i = 0; i < n; i++) {
        const p = pValues[i] as number;
        if (!(p >= 0 && p <= 1))
            throw badInput(`p-value ${i} is ${p}`, 'a number from 0 to 1', 'Correct the test it comes from');
    }
    const order = Array.from({ length: n }, (_, i) => i);
    order.sort((i, j) => (pValues[i] as number) - (pValues[j] as number) || i - j);
    const adjusted = new Float64Array(n);
    let largest = 0;
    for (const [rank, i] of order.entries()) {
        largest = Math.max(largest, Math.min(1, (n - rank) * (pValues[i] as number)));
        adjusted[i] = largest;
    }
    return adjusted;
}
