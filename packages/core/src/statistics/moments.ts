/**
 * Count, mean and variance in one pass without cancellation: Welford (Technometrics 4, 1962), and the merge of two such sums
 * by Chan, Golub and LeVeque (1979), so that workers or tiles can be measured apart and put together.
 */
import { badInput } from '../error.ts';

/** What a sample is reduced to. `m2` is the sum of squared distances from the mean. */
export interface MomentsData {
    readonly count: number;
    readonly mean: number;
    readonly m2: number;
}

/** See the file comment. */
export class Moments implements MomentsData {
    count = 0;
    mean = 0;
    m2 = 0;
    min: number = Infinity;
    max: number = -Infinity;

    static of(values: Iterable<number>): Moments {
        const moments = new Moments();
        for (const value of values) moments.add(value);
        return moments;
    }

    /** Takes one finite value in. */
    add(value: number): this {
        if (!Number.isFinite(value)) {
            throw badInput(
                `value ${this.count} is ${value}`,
                'a finite number',
                'Leave it out, or find where it comes from'
            );
        }
        this.count++;
        const delta = value - this.mean;
        this.mean += delta / this.count;
        this.m2 += delta * (value - this.mean);
        if (value < this.min) this.min = value;
        if (value > this.max) this.max = value;
        return this;
    }

    /** Takes all values of another sample in; the result is that of one sample holding both. */
    merge(other: Moments): this {
        if (other.count === 0) return this;
        const count = this.count + other.count;
        const delta = other.mean - this.mean;
        this.m2 += other.m2 + (delta * delta * this.count * other.count) / count;
        this.mean += (delta * other.count) / count;
        this.count = count;
        if (other.min < this.min) this.min = other.min;
        if (other.max > this.max) this.max = other.max;
        return this;
    }

    /** Unbiased sample variance; NaN below two values. */
    get variance(): number {
        return this.count > 1 ? this.m2 / (this.count - 1) : Number.NaN;
    }

    /** Square root of {@link variance}. */
    get standardDeviation(): number {
        return Math.sqrt(this.variance);
    }

    /** Standard error of the mean. */
    get standardError(): number {
        return Math.sqrt(this.variance / this.count);
    }
}
