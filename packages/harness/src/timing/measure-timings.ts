/** Measures two pieces of work side by side until there is an answer, or until it is clear that more samples give none. */
import { badInput, type Clock, type Progress, type RngStream, throwIfAborted } from '@mixreel/core';
import {
    checkTiming,
    compareTimings,
    type TimingOptions,
    type TimingResult,
    type TimingRound
} from './compare-timings.ts';

/** One side: does its work; the clock takes the time, unless it returns (or resolves to) a number: its own in ms, of a GPU say. */
export type TimedWork = () => unknown;

/** Options of {@link measureTimings}. */
export interface MeasureOptions extends TimingOptions {
    /** Rounds before the first look, 8 to 1000; each look doubles them. */
    readonly rounds?: number;
    /** One time is the shortest of so many in a row, 1 to 100: what other programs do only ever adds. */
    readonly repeats?: number;
    /** Rounds whose times are thrown away at the start, 0 to 100. */
    readonly warmUp?: number;
    readonly progress?: Progress;
}

export const MEASURE_DEFAULTS: { readonly rounds: number; readonly repeats: number; readonly warmUp: number } =
    Object.freeze({
        rounds: 12,
        repeats: 3,
        warmUp: 2
    });

/** The answer, and the times it comes from. */
export interface MeasuredTimings extends TimingResult {
    readonly times: readonly TimingRound[];
}

/**
 * @param clock - Takes the times. It should be real.
 * @param rng - For the bootstrap.
 */
export async function measureTimings(
    baseline: TimedWork,
    candidate: TimedWork,
    clock: Clock,
    rng: RngStream,
    options: MeasureOptions = {}
): Promise<MeasuredTimings> {
    const { looks } = checkTiming(options);
    const { rounds, repeats, warmUp } = checkMeasure(options);
    const { progress } = options;
    const total = rounds * 2 ** (looks - 1);
    const oneRound = async (): Promise<TimingRound> => {
        throwIfAborted(progress, 'measuring');
        const a1 = await shortest(baseline, clock, repeats);
        const b1 = await shortest(candidate, clock, repeats);
        const b2 = await shortest(candidate, clock, repeats);
        const a2 = await shortest(baseline, clock, repeats);
        return { baseline: [a1, a2], candidate: [b1, b2] };
    };
    for (let i = 0; i < warmUp; i++) await oneRound();
    const times: TimingRound[] = [];
    for (let look = 0; ; look++) {
        while (times.length < rounds * 2 ** look) {
            times.push(await oneRound());
            progress?.report?.(times.length, total, 'measuring');
        }
        const result = compareTimings(times, rng, options);
        if (result.verdict !== 'inconclusive' || look === looks - 1) return { ...result, times };
    }
}

async function shortest(work: TimedWork, clock: Clock, repeats: number): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < repeats; i++) {
        const start = clock.nowNs();
        const own = await work();
        least = Math.min(least, typeof own === 'number' ? own : (clock.nowNs() - start) / 1e6);
    }
    return least;
}

function checkMeasure(options: MeasureOptions): { rounds: number; repeats: number; warmUp: number } {
    const { rounds, repeats, warmUp } = { ...MEASURE_DEFAULTS, ...options };
    const ranges: [string, number, number, number][] = [
        ['rounds', rounds, 8, 1000],
        ['repeats', repeats, 1, 100],
        ['warmUp', warmUp, 0, 100]
    ];
    for (const [name, value, low, high] of ranges) {
        if (Number.isInteger(value) && value >= low && value <= high) continue;
        throw badInput(`${name} is ${value}`, `an integer from ${low} to ${high}`, 'Leave it out');
    }
    return { rounds, repeats, warmUp };
}
