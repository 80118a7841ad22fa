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
    /**
     * `wall`: time on the clock. `cpu`: of the processor, in this process with all its threads, whatever else the machine does
     * (2 cores at load 16: 3 % between its 5th and 95th percentile, where the clock's has 20 times); waiting counts as nothing.
     */
    readonly time?: 'wall' | 'cpu';
    readonly progress?: Progress;
}

export const MEASURE_DEFAULTS: Required<Pick<MeasureOptions, 'rounds' | 'repeats' | 'warmUp' | 'time'>> = Object.freeze(
    {
        rounds: 12,
        repeats: 3,
        warmUp: 2,
        time: 'wall'
    }
);

/** The answer, and the times it comes from. */
export interface MeasuredTimings extends TimingResult {
    readonly times: readonly TimingRound[];
}

/**
 * @param clock - Takes the times, unless they are the processor's. It should be real.
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
    const { rounds, repeats, warmUp, time } = checkMeasure(options);
    const now = time === 'cpu' ? cpuMs : () => clock.nowNs() / 1e6;
    const { progress } = options;
    const total = rounds * 2 ** (looks - 1);
    const oneRound = async (): Promise<TimingRound> => {
        throwIfAborted(progress, 'measuring');
        const a1 = await shortest(baseline, now, repeats);
        const b1 = await shortest(candidate, now, repeats);
        const b2 = await shortest(candidate, now, repeats);
        const a2 = await shortest(baseline, now, repeats);
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

async function shortest(work: TimedWork, nowMs: () => number, repeats: number): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < repeats; i++) {
        const start = nowMs();
        const own = await work();
        least = Math.min(least, typeof own === 'number' ? own : nowMs() - start);
    }
    return least;
}

/** Time of the processor that this process has had; 1 us fine. */
function cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
}

function checkMeasure(options: MeasureOptions): typeof MEASURE_DEFAULTS {
    const { rounds, repeats, warmUp, time } = { ...MEASURE_DEFAULTS, ...options };
    const ranges: [string, number, number, number][] = [
        ['rounds', rounds, 8, 1000],
        ['repeats', repeats, 1, 100],
        ['warmUp', warmUp, 0, 100]
    ];
    for (const [name, value, low, high] of ranges) {
        if (Number.isInteger(value) && value >= low && value <= high) continue;
        throw badInput(`${name} is ${value}`, `an integer from ${low} to ${high}`, 'Leave it out');
    }
    if (time !== 'wall' && time !== 'cpu') throw badInput(`time is ${String(time)}`, 'wall or cpu', 'Leave it out');
    return { rounds, repeats, warmUp, time };
}
