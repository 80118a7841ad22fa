import { type Clock, holm, mannWhitney, Rng, type RngStream } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { compareTimings, sharedLevels, type TimingRound } from '../../src/timing/compare-timings.ts';
import { measureTimings } from '../../src/timing/measure-timings.ts';

const rng = Rng.create('timing');

/**
 * A busy machine: each round has a speed of its own that wanders slowly, each time a skewed delay on top, and one in twelve
 * is hit by another program.
 */
function busyMachine(stream: RngStream): (ms: number) => number {
    let drift = 0;
    return (ms) => {
        drift = 0.95 * drift + 0.02 * stream.normal();
        const hit = stream.float() < 1 / 12 ? 1 + stream.float() : 1;
        return ms * Math.exp(drift) * (1 + 0.03 * stream.exponential()) * hit;
    };
}

function rounds(stream: RngStream, count: number, factor: number): TimingRound[] {
    const time = busyMachine(stream);
    return Array.from({ length: count }, () => {
        const [a1, b1, b2, a2] = [time(5), time(5 * factor), time(5 * factor), time(5)];
        return { baseline: [a1, a2], candidate: [b1, b2] };
    });
}

/** Measures with the whole sequence of looks on a clock that only the work moves. */
function measure(name: string, trial: number, factor: number) {
    const stream = rng.stream(name, trial);
    const time = busyMachine(stream);
    let nowNs = 0;
    const clock: Clock = { kind: 'virtual', nowNs: () => nowNs, waitUntilNs: async () => {} };
    const work = (ms: number) => () => void (nowNs += Math.round(time(ms) * 1e6));
    return measureTimings(work(5), work(5 * factor), clock, rng.stream('bootstrap', name, trial));
}

describe('measureTimings on a busy machine', () => {
    it('finds a slowdown of 10 % nearly always, and calls the unchanged slower nearly never', async () => {
        const seen = { slower: 0, missed: 0, alarms: 0, inconclusive: 0 };
        const trials = 60;
        for (let trial = 0; trial < trials; trial++) {
            const changed = await measure('changed', trial, 1.1);
            if (changed.verdict === 'slower') seen.slower++;
            if (changed.verdict === 'same') seen.missed++;
            const unchanged = await measure('unchanged', trial, 1);
            if (unchanged.verdict === 'slower') seen.alarms++;
            if (unchanged.verdict === 'inconclusive') seen.inconclusive++;
        }
        // The aim is 90 % found, 2 % false alarms, 10 % inconclusive; the seed is fixed.
        expect(seen.slower / trials).toBeGreaterThanOrEqual(0.9);
        expect(seen.missed / trials).toBeLessThanOrEqual(0.05);
        expect(seen.alarms).toBeLessThanOrEqual(1);
        expect(seen.inconclusive / trials).toBeLessThanOrEqual(0.1);
    }, 120_000);
});

describe('measures of the same work', () => {
    it('share one level such that each is decided as by Holm', () => {
        for (let trial = 0; trial < 20; trial++) {
            const factors = [1, 1.02, 1.05, 1.1, 1];
            const measures = factors.map((factor, i) => rounds(rng.stream('shared', trial, i), 12, factor));
            const p = measures.map(
                (m) =>
                    mannWhitney(
                        m.flatMap((round) => round.candidate),
                        m.flatMap((round) => round.baseline)
                    ).p
            );
            const levels = sharedLevels(measures, 0.05);
            expect(p.map((own, i) => own < levels[i]!)).toEqual([...holm(p)].map((adjusted) => adjusted < 0.05));
            // Never less than Bonferroni's share, never more than all of it; a little for rounding.
            for (const level of levels) expect(level).toBeGreaterThan((0.05 / 5) * (1 - 1e-12));
            for (const level of levels) expect(level).toBeLessThan(0.05 * (1 + 1e-12));
        }
        expect(sharedLevels([rounds(rng.stream('alone'), 12, 1)], 0.01)[0]).toBeCloseTo(0.01, 12);
    });

    it('are judged one by one: the slower part is found, the others are the same, what is not always there is left out', async () => {
        const clock: Clock = { kind: 'virtual', nowNs: () => 0, waitUntilNs: async () => {} };
        const time = busyMachine(rng.stream('parts'));
        let calls = 0;
        const side = (factor: number) => () => ({
            ms: time(10),
            parts: { sky: time(2), shadows: time(3 * factor), ...(calls++ % 3 ? { seldom: 1 } : {}), empty: 0 }
        });
        const result = await measureTimings(side(1), side(1.3), clock, rng.stream('bootstrap of parts'), {
            repeats: 1
        });
        expect(result.verdict).toBe('same');
        expect([...result.parts].map(([name, { verdict }]) => [name, verdict])).toEqual([
            ['sky', 'same'],
            ['shadows', 'slower']
        ]);
        for (const { alpha, times } of result.parts.values()) {
            expect(alpha).toBeLessThanOrEqual(0.01);
            expect(times).toHaveLength(result.rounds);
        }
    });

    it('raise a false alarm among eight unchanged measures no more often than one measure does', () => {
        const trials = 60;
        let alarms = 0;
        for (let trial = 0; trial < trials; trial++) {
            const measures = Array.from({ length: 8 }, (_, i) => rounds(rng.stream('unchanged', trial, i), 12, 1));
            const levels = sharedLevels(measures, 0.05);
            const any = measures.some((m, i) => {
                const p = mannWhitney(
                    m.flatMap((round) => round.candidate),
                    m.flatMap((round) => round.baseline)
                ).p;
                return p < levels[i]!;
            });
            if (any) alarms++;
        }
        // 5 % of 60 are 3, and 8 or more come by chance in 1 % of seeds; without correction 20 would.
        expect(alarms).toBeLessThan(8);
    });
});

describe('compareTimings', () => {
    it('never calls a faster candidate slower, and says how much slower a slower one is', () => {
        expect(compareTimings(rounds(rng.stream('fast'), 40, 0.7), rng.stream(1)).verdict).toBe('same');
        const slow = compareTimings(rounds(rng.stream('slow'), 60, 1.5), rng.stream(2));
        expect(slow.verdict).toBe('slower');
        expect(slow.ratio.low).toBeLessThan(1.5);
        expect(slow.ratio.high).toBeGreaterThan(1.5);
    });

    it('rather asks for more rounds than calls a slowdown the same', () => {
        const verdicts = Array.from(
            { length: 40 },
            (_, i) => compareTimings(rounds(rng.stream('few', i), 8, 1.1), rng.stream('few bootstrap', i)).verdict
        );
        // beta is 5 % over four looks; the bootstrap of eight rounds is a little too sure of itself.
        expect(verdicts.filter((v) => v === 'same').length).toBeLessThanOrEqual(4);
        expect(verdicts.filter((v) => v === 'inconclusive').length).toBeGreaterThan(0);
    });

    it('has no opinion on a slowdown that is real but not worth an alarm', () => {
        const exact = Array.from({ length: 50 }, (_, i): TimingRound => {
            const t = 5 + (i % 5) * 0.01;
            return { baseline: [t, t], candidate: [t * 1.015, t * 1.015] };
        });
        expect(compareTimings(exact, rng.stream(4)).verdict).toBe('same');
    });

    it('is the same for the same times and seed', () => {
        const times = rounds(rng.stream('same'), 10, 1.2);
        expect(compareTimings(times, rng.stream('s'))).toEqual(compareTimings(times, rng.stream('s')));
    });

    it('refuses too few rounds, times that are none, and options out of range', () => {
        const times = rounds(rng.stream('x'), 9, 1);
        expect(() => compareTimings(times.slice(0, 7), rng.stream(0))).toThrowError(/7 rounds/);
        expect(() => compareTimings([...times, { baseline: [0, 1], candidate: [1, 1] }], rng.stream(0))).toThrowError(
            /above 0 ms/
        );
        for (const options of [{ effect: 0 }, { alpha: 0 }, { beta: 1 }, { looks: 0 }]) {
            expect(() => compareTimings(times, rng.stream(0), options)).toThrowError(Object.keys(options)[0]);
        }
    });

    it('takes the time of the processor, whatever the clock says', async () => {
        const clock: Clock = { kind: 'virtual', nowNs: () => 0, waitUntilNs: async () => {} };
        const sink = new Int32Array(1);
        const work = (steps: number) => () => {
            for (let i = 0; i < steps; i++) sink[0] = Math.imul(sink[0]! ^ i, 0x5bd1e995);
        };
        const options = { time: 'cpu', repeats: 1, rounds: 8, looks: 1 } as const;
        // Ten times the work: no load of the machine hides that.
        const result = await measureTimings(work(100_000), work(1_000_000), clock, rng.stream('cpu'), options);
        expect(result.verdict).toBe('slower');
        const unknown = { ...options, time: 'gpu' as 'cpu' };
        await expect(measureTimings(work(1), work(1), clock, rng.stream(0), unknown)).rejects.toThrow(/time is gpu/);
    });

    it('takes the times that the work gives itself, and stops when cancelled', async () => {
        const clock: Clock = { kind: 'virtual', nowNs: () => 0, waitUntilNs: async () => {} };
        const order: string[] = [];
        const side = (name: string, ms: number) => () => {
            order.push(name);
            return ms;
        };
        const result = await measureTimings(side('A', 5), side('B', 6), clock, rng.stream(9), {
            repeats: 1,
            warmUp: 0,
            rounds: 8,
            looks: 1
        });
        expect(order.slice(0, 8).join('')).toBe('ABBAABBA');
        expect(result.ratio.value).toBeCloseTo(1.2, 12);
        const progress = { signal: AbortSignal.abort() };
        await expect(
            measureTimings(side('A', 1), side('B', 1), clock, rng.stream(1), { progress })
        ).rejects.toMatchObject({ code: 'aborted' });
    });
});
