/** Distances between how often classes occur, as the papers on layouts report them. */
import { exactLog } from '@mixreel/core';

/** Added to each share inside the logarithm, as ATISS does. */
const EPSILON = 1e-6;

/**
 * Kullback-Leibler divergence of class frequencies, nats: sum over classes of p (log(p + 1e-6) - log(q + 1e-6)), p the real
 * shares and q the made ones (Paschalidou et al., "ATISS", NeurIPS 2021, their code). 0 if both are equal.
 *
 * @param real - Counts or means by class; scale does not matter.
 * @param made - The same of the synthesised scenes.
 */
export function categoryDivergence(
    real: Readonly<Record<string, number>>,
    made: Readonly<Record<string, number>>
): number {
    const total = (counts: Readonly<Record<string, number>>): number =>
        Object.values(counts).reduce((sum, n) => sum + n, 0) || 1;
    const [p, q] = [total(real), total(made)];
    let sum = 0;
    for (const [name, count] of Object.entries(real)) {
        const share = count / p;
        sum += share * (exactLog(share + EPSILON) - exactLog((made[name] ?? 0) / q + EPSILON));
    }
    return sum;
}
