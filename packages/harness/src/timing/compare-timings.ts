/**
 * Is the candidate slower than the baseline? Three answers: `same`, `slower`, and `inconclusive` where the samples do not say.
 *
 * Both sides are measured in one run, interleaved A B B A, so that whatever else the machine does (another program, a clock
 * that throttles) falls on both. `slower` needs Mann-Whitney and the whole bootstrap interval of the median ratio above 1 and
 * above what is not worth an alarm; `same` needs the whole interval below four fifths of the effect that is sought: with few
 * rounds the bootstrap is too sure of itself, and of 12 called 2 % of slowdowns of just that effect the same, now none of 400.
 * The interval resamples rounds, not single times: times of one round share their disturbance.
 *
 * The ratio is that of neighbours, A to B and B to A, of which the median is taken. Where another program takes the processor
 * away, times have two humps, and the median of each side falls between them: on 2 cores at load 16 the ratio of medians of 24
 * rounds scatters by 27 %, the median of ratios by 2 % (24 rounds of three repeats, resampled from recorded times); at load 5
 * by 0.3 % and 0.2 %. Ratios of whole rounds scatter by 11 %, of lower quartiles by 0.5 %, but those say nothing of a side
 * whose typical time is slow. Mann-Whitney on times less their round's mean was no surer, and found less.
 *
 * Against times stored by another machine or run nothing is compared: users of such alarms raise them to 400 % and turn them
 * off.
 */
import { badInput, bootstrap, type Estimate, holm, mannWhitney, median, type RngStream } from '@mixreel/core';

/** One round A B B A: two times of each side, ms. */
export interface TimingRound {
    readonly baseline: readonly [number, number];
    readonly candidate: readonly [number, number];
}

/** What is sought, and how sure one wants to be. */
export interface TimingOptions {
    /** Slowdown that must not be missed, 0.01 to 10: 0.1 is 10 %. */
    readonly effect?: number;
    /** Chance of calling an unchanged candidate slower, over all looks, in (0, 0.5). */
    readonly alpha?: number;
    /** Chance of calling a candidate that is slower by `effect` the same, over all looks, in (0, 0.5). */
    readonly beta?: number;
    /** How often the samples are looked at while they grow; both chances are shared between looks. 1 to 20. */
    readonly looks?: number;
}

export const TIMING_DEFAULTS: Required<TimingOptions> = Object.freeze({
    effect: 0.1,
    alpha: 0.01,
    beta: 0.05,
    looks: 5
});

/** See {@link compareTimings}. */
export interface TimingResult {
    readonly verdict: 'same' | 'slower' | 'inconclusive';
    /** Median ratio of the candidate's time to its neighbour's of the baseline, with the interval that decides `slower`. */
    readonly ratio: Estimate;
    /** Mann-Whitney, two-sided. */
    readonly p: number;
    readonly rounds: number;
}

const LEAST_LEVEL = 1e-6;

/**
 * Resamples of the interval: its ends are quantiles of 0.1 %, which 4,000 hold four of. Where several measures share the
 * level, the ends come to lie near the outermost resample; then it is Mann-Whitney that holds the level.
 */
const RESAMPLES = 4000;

/**
 * @param rounds - At least eight; all times above 0.
 * @param rng - For the bootstrap.
 */
export function compareTimings(
    rounds: readonly TimingRound[],
    rng: RngStream,
    options: TimingOptions = {}
): TimingResult {
    const { effect, alpha, beta, looks } = checkTiming(options);
    const times = rounds.flatMap(({ baseline, candidate }) => [...baseline, ...candidate]);
    if (rounds.length < 8 || !times.every((t) => t > 0 && Number.isFinite(t))) {
        throw badInput(
            `there are ${rounds.length} rounds of times`,
            'at least 8, all above 0 ms',
            'Measure work that takes longer'
        );
    }
    const { p, effect: tendency } = tendencyOf(rounds);
    const slowerInterval = ratioInterval(rounds, rng, 1 - (2 * alpha) / looks);
    const sameInterval = ratioInterval(rounds, rng, 1 - (2 * beta) / looks);
    // A fifth of the effect sought is not worth an alarm, however sure it is.
    const slower = p < (2 * alpha) / looks && tendency > 0.5 && slowerInterval.low > 1 + effect / 5;
    const same = sameInterval.high < 1 + (4 * effect) / 5;
    return {
        verdict: slower ? 'slower' : same ? 'same' : 'inconclusive',
        ratio: slowerInterval,
        p,
        rounds: rounds.length
    };
}

/**
 * The level at which each of several measures of the same rounds may be called slower, so that the chance of even one false
 * alarm among them stays `alpha`: with these levels Mann-Whitney decides as Holm's correction of all does. That the interval
 * must agree only ever takes alarms back. A chance of missing is each measure's own and is not shared.
 *
 * @param measures - For each measure its rounds.
 * @returns One level for each, from alpha / their number to alpha.
 */
export function sharedLevels(measures: readonly (readonly TimingRound[])[], alpha: number): number[] {
    const p = measures.map((rounds) => tendencyOf(rounds).p);
    const adjusted = holm(p);
    return p.map((own, i) => Math.max(LEAST_LEVEL, own > 0 ? (alpha * own) / adjusted[i]! : alpha / p.length));
}

function tendencyOf(rounds: readonly TimingRound[]): { readonly p: number; readonly effect: number } {
    return mannWhitney(
        rounds.flatMap((round) => round.candidate),
        rounds.flatMap((round) => round.baseline)
    );
}

/** Throws `bad-input` for options out of range. */
export function checkTiming(options: TimingOptions): Required<TimingOptions> {
    const checked = { ...TIMING_DEFAULTS, ...options };
    const ranges = { effect: [0.01, 10], alpha: [LEAST_LEVEL, 0.5], beta: [LEAST_LEVEL, 0.5], looks: [1, 20] } as const;
    for (const [name, [low, high]] of Object.entries(ranges)) {
        const value = checked[name as keyof typeof ranges];
        if (value >= low && value <= high) continue;
        throw badInput(`${name} is ${value}`, `a number from ${low} to ${high}`, 'Leave it out');
    }
    return checked;
}

/** Percentile bootstrap over rounds of the median ratio of neighbours. */
function ratioInterval(rounds: readonly TimingRound[], rng: RngStream, confidence: number): Estimate {
    const ratios = new Float64Array(2 * rounds.length);
    const ratioOf = (indices: Float64Array): number => {
        for (let i = 0; i < indices.length; i++) {
            const { baseline, candidate } = rounds[indices[i]!]!;
            ratios[2 * i] = candidate[0] / baseline[0];
            ratios[2 * i + 1] = candidate[1] / baseline[1];
        }
        return median(ratios);
    };
    const indices = rounds.map((_, i) => i);
    return bootstrap(indices, ratioOf, rng, { resamples: RESAMPLES, confidence });
}
