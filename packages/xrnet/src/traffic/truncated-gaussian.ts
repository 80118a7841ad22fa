/**
 * The truncated Gaussian of TR 38.838: a normal distribution conditioned on an interval, drawn by inversion so that every
 * value costs exactly one uniform number (rejection would shift all later draws). Its own moments follow Johnson, Kotz and
 * Balakrishnan, "Continuous Univariate Distributions" 1, 10.1. `std` is the value before truncation.
 */
import { badInput, normalCdf, normalQuantile } from '@mixreel/core';

/** See the file comment. */
export class TruncatedGaussian {
    /** Mean and standard deviation after truncation. */
    readonly mean: number;
    readonly std: number;
    readonly #centre: number;
    readonly #spread: number;
    readonly #low: number;
    readonly #high: number;
    readonly #from: number;
    readonly #mass: number;

    /** @param std - Before truncation; 0 gives the constant `mean`. */
    constructor(mean: number, std: number, low: number, high: number) {
        if (!(std >= 0 && std < Infinity) || !(low <= mean && mean <= high) || !Number.isFinite(high - low)) {
            throw badInput(
                `a truncated Gaussian has mean ${mean}, deviation ${std}, bounds ${low} and ${high}`,
                'finite numbers with low <= mean <= high and a deviation of 0 or more',
                'Correct the size or jitter of the traffic model'
            );
        }
        this.#centre = mean;
        this.#spread = std;
        this.#low = low;
        this.#high = high;
        const constant = std === 0 || low === high;
        const a = constant ? 0 : (low - mean) / std;
        const b = constant ? 0 : (high - mean) / std;
        this.#from = normalCdf(a);
        this.#mass = constant ? 0 : normalCdf(b) - this.#from;
        if (this.#mass === 0) {
            this.mean = mean;
            this.std = 0;
            return;
        }
        const shift = (density(a) - density(b)) / this.#mass;
        this.mean = mean + std * shift;
        this.std = std * Math.sqrt(1 + (a * density(a) - b * density(b)) / this.#mass - shift * shift);
    }

    /** The value at quantile `u` of [0, 1). */
    quantile(u: number): number {
        if (this.#mass === 0) return this.#centre;
        const x = this.#centre + this.#spread * normalQuantile(this.#from + u * this.#mass);
        return Math.min(this.#high, Math.max(this.#low, x));
    }
}

function density(x: number): number {
    return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}
