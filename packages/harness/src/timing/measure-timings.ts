/** Measures two pieces of work side by side until there is an answer, or until it is clear that more samples give none. */
import { badInput, type Clock, type Progress, type RngStream, throwIfAborted } from '@mixreel/core';
import {
    checkTiming,
    compareTimings,
    sharedLevels,
    type TimingOptions,
    type TimingResult,
    type TimingRound
} from './compare-timings.ts';

/**
 * One side: does its work; the clock takes the time, unless it returns (or resolves to) a number, its own in ms, of a GPU say,
 * or {@link OwnTimes}.
 */
export type TimedWork = () => unknown;

/** Times that work takes itself, ms. */
export interface OwnTimes {
    /** Of the whole. */
    readonly ms: number;
    /** Of parts that are compared beside it, by name; they share its chance of a false alarm, by Holm's correction. */
    readonly parts: Readonly<Record<string, number>>;
}

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
    /** The level that it was judged at: that of the options, or its share of it where there are parts. */
    readonly alpha: number;
    /** Parts that every time of both sides has, above 0. */
    readonly parts: ReadonlyMap<string, TimingResult & Pick<MeasuredTimings, 'times' | 'alpha'>>;
}

/** A measure's name and its rounds; the whole is ''. */
type Series = Map<string, TimingRound[]>;
const WHOLE = '';

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
    const oneRound = async (): Promise<readonly Times[]> => {
        // Work that never waits would hold up whatever is to end it: its time, Ctrl-C.
        await new Promise((done) => setImmediate(done));
        throwIfAborted(progress, 'measuring');
        const a1 = await shortest(baseline, now, repeats);
        const b1 = await shortest(candidate, now, repeats);
        const b2 = await shortest(candidate, now, repeats);
        const a2 = await shortest(baseline, now, repeats);
        return [a1, b1, b2, a2];
    };
    for (let i = 0; i < warmUp; i++) await oneRound();
    const taken: (readonly Times[])[] = [];
    for (let look = 0; ; look++) {
        while (taken.length < rounds * 2 ** look) {
            taken.push(await oneRound());
            progress?.report?.(taken.length, total, 'measuring');
        }
        const result = compareSeries(seriesOf(taken), rng, options);
        const verdicts = [result, ...result.parts.values()].map(({ verdict }) => verdict);
        if (!verdicts.includes('inconclusive') || look === looks - 1) return result;
    }
}

/** Times of one turn by name. */
type Times = ReadonlyMap<string, number>;

/** Parts that some turn lacks are left out: there is nothing to compare. */
function seriesOf(rounds: readonly (readonly Times[])[]): Series {
    const series: Series = new Map();
    for (const name of rounds[0]?.[0]?.keys() ?? []) {
        const whole = rounds.every((turns) => turns.every((times) => (times.get(name) ?? 0) > 0));
        if (!whole && name !== WHOLE) continue;
        const at = (times: Times | undefined): number => times?.get(name) ?? 0;
        series.set(
            name,
            rounds.map(([a1, b1, b2, a2]) => ({ baseline: [at(a1), at(a2)], candidate: [at(b1), at(b2)] }))
        );
    }
    return series;
}

function compareSeries(series: Series, rng: RngStream, options: MeasureOptions): MeasuredTimings {
    const levels = sharedLevels([...series.values()], checkTiming(options).alpha);
    const results = [...series].map(([name, times], i) => {
        const alpha = levels[i]!;
        return [name, { ...compareTimings(times, rng, { ...options, alpha }), times, alpha }] as const;
    });
    const [[, whole], ...parts] = results as [(typeof results)[number], ...typeof results];
    return { ...whole, parts: new Map(parts) };
}

async function shortest(work: TimedWork, nowMs: () => number, repeats: number): Promise<Times> {
    const least = new Map<string, number>();
    for (let i = 0; i < repeats; i++) {
        const start = nowMs();
        const own = await work();
        const ms = typeof own === 'number' ? own : isOwnTimes(own) ? own.ms : nowMs() - start;
        const all: [string, number][] = [[WHOLE, ms], ...(isOwnTimes(own) ? Object.entries(own.parts) : [])];
        for (const [name, time] of all) least.set(name, Math.min(least.get(name) ?? Infinity, time));
    }
    return least;
}

function isOwnTimes(value: unknown): value is OwnTimes {
    if (typeof value !== 'object' || value === null) return false;
    const { ms, parts } = value as Partial<OwnTimes>;
    return typeof ms === 'number' && typeof parts === 'object' && parts !== null;
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
