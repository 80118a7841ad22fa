/**
 * Percentile bootstrap (Efron, Ann. Statist. 7, 1979): an interval for any statistic of one or two samples, by drawing them
 * anew with replacement. O(resamples * values); the random stream comes in as an argument, so the interval is reproducible.
 */
import { badInput } from '../error.ts';
import { type Progress, throwIfAborted } from '../progress.ts';
import type { RngStream } from '../random/rng.ts';
import { median, quantiles } from './quantile.ts';

/** Options of {@link bootstrap} and {@link bootstrapRatio}. */
export interface BootstrapOptions {
    /** How often the sample is drawn anew, 100 to 1,000,000. */
    readonly resamples: number;
    /** Chance that the interval holds the true value, in (0, 1). */
    readonly confidence: number;
    /** Where progress goes and where cancelling comes from. */
    readonly progress: Progress;
}

export const BOOTSTRAP_DEFAULTS: Readonly<BootstrapOptions> = Object.freeze({
    resamples: 2000,
    confidence: 0.95,
    progress: {}
});

/** A value with its interval. */
export interface Estimate {
    /** The statistic of the sample itself. */
    readonly value: number;
    readonly low: number;
    readonly high: number;
}

/**
 * Interval of `statistic(values)`.
 *
 * @param values - At least two values.
 * @param statistic - Called with one array per resample, which it must not keep.
 */
export function bootstrap(
    values: readonly number[],
    statistic: (values: Float64Array) => number,
    rng: RngStream,
    options: Partial<BootstrapOptions> = {}
): Estimate {
    requireTwo(values);
    const drawn = new Float64Array(values.length);
    return interval(statistic(Float64Array.from(values)), () => statistic(resample(values, drawn, rng)), options);
}

/** Interval of median(a) / median(b), drawing both anew: how many times larger a is. All values above 0, at least two each. */
export function bootstrapRatio(
    a: readonly number[],
    b: readonly number[],
    rng: RngStream,
    options: Partial<BootstrapOptions> = {}
): Estimate {
    for (const sample of [a, b]) {
        requireTwo(sample);
        if (!sample.every((x) => x > 0))
            throw badInput('a value is not above 0', 'durations, sizes, rates', 'Leave it out');
    }
    const drawnA = new Float64Array(a.length);
    const drawnB = new Float64Array(b.length);
    const draw = (): number => median(resample(a, drawnA, rng)) / median(resample(b, drawnB, rng));
    return interval(median(a) / median(b), draw, options);
}

function interval(value: number, draw: () => number, options: Partial<BootstrapOptions>): Estimate {
    const { resamples, confidence, progress } = { ...BOOTSTRAP_DEFAULTS, ...options };
    if (!Number.isInteger(resamples) || resamples < 100 || resamples > 1_000_000) {
        throw badInput(`resamples is ${resamples}`, 'an integer from 100 to 1000000', 'Use 2000');
    }
    if (!(confidence > 0 && confidence < 1)) {
        throw badInput(`confidence is ${confidence}`, 'a number between 0 and 1', 'Use 0.95');
    }
    const statistics = new Float64Array(resamples);
    for (let i = 0; i < resamples; i++) {
        if (i % 256 === 0) {
            throwIfAborted(progress, 'bootstrapping');
            progress.report?.(i, resamples, 'bootstrapping');
        }
        statistics[i] = draw();
    }
    progress.report?.(resamples, resamples, 'bootstrapping');
    const tail = (1 - confidence) / 2;
    const [low, high] = quantiles(statistics, [tail, 1 - tail]) as [number, number];
    return { value, low, high };
}

function resample(values: readonly number[], out: Float64Array, rng: RngStream): Float64Array {
    for (let i = 0; i < out.length; i++) out[i] = values[rng.integer(values.length)] as number;
    return out;
}

function requireTwo(values: readonly number[]): void {
    if (values.length >= 2) return;
    throw badInput(`a sample has ${values.length} values`, 'at least 2', 'Measure more often');
}
