/**
 * Sample quantiles by three of the definitions that Hyndman and Fan number (Amer. Statist. 50, 1996): 7, linear between order
 * statistics, the default of R and NumPy; 1, the inverse of the empirical distribution, always a value that occurred; 8, the
 * median-unbiased one they recommend.
 */
import { badInput } from '../error.ts';

/** Hyndman and Fan's number of a definition. */
export type QuantileType = 1 | 7 | 8;

/**
 * The quantiles of a sample at each probability.
 *
 * @param values - At least one finite value, any order; not changed.
 * @param probabilities - Each from 0 to 1.
 */
export function quantiles(
    values: ArrayLike<number>,
    probabilities: readonly number[],
    type: QuantileType = 7
): number[] {
    if (values.length === 0)
        throw badInput('there are no values', 'at least one', 'Measure before asking for quantiles');
    const sorted = Float64Array.from(values).sort();
    if (!(Number.isFinite(sorted[0]) && Number.isFinite(sorted[sorted.length - 1]))) {
        throw badInput('a value is not finite', 'finite numbers', 'Leave it out, or find where it comes from');
    }
    return probabilities.map((p) => ofSorted(sorted, p, type));
}

/** One quantile; see {@link quantiles}. */
export function quantile(values: ArrayLike<number>, probability: number, type: QuantileType = 7): number {
    return quantiles(values, [probability], type)[0] as number;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: ArrayLike<number>): number {
    return quantile(values, 0.5);
}

function ofSorted(sorted: Float64Array, p: number, type: QuantileType): number {
    if (!(p >= 0 && p <= 1)) throw badInput(`a probability is ${p}`, 'a number from 0 to 1', 'Pass 0.95 for 95 %');
    const n = sorted.length;
    const at = (i: number): number => sorted[Math.max(0, Math.min(n - 1, i))] as number;
    // A product such as 0.1 * 30 may land a rounding error off the integer it is meant to be: R's quantile has the same guard.
    const fuzz = 4 * Number.EPSILON;
    if (type === 1) return at(Math.ceil(n * p - fuzz * n) - 1);
    const position = type === 7 ? (n - 1) * p : (n + 1 / 3) * p - 2 / 3;
    const below = Math.floor(position + fuzz);
    const share = Math.abs(position - below) < fuzz ? 0 : position - below;
    const low = at(below);
    return share === 0 ? low : low + share * (at(below + 1) - low);
}
