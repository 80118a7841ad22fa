import { expect, test } from 'vitest';
import {
    doStudyRun,
    type NetworkScenario,
    readScenario,
    SCENARIO_FORMAT,
    studyResult,
    studyRuns,
    tracedPackets,
    traceUser
} from '../../src/index.ts';
import { runStudy } from '../../src/node/index.ts';

function scenario(changes: object = {}): NetworkScenario {
    return readScenario({
        format: SCENARIO_FORMAT,
        preset: 'congested',
        seconds: 0.3,
        users: [1, 3],
        seeds: 2,
        variants: { on: {}, off: { cell: { scheduler: 'pf', discard: { expired: false, integrated: false } } } },
        ...changes
    });
}

test('threads, shards and one thread find the same, in the same order', async () => {
    const study = scenario();
    const here = await runStudy(study, { workers: 0 });
    expect(here.map(({ run }) => run)).toEqual(studyRuns(study).map(({ run }) => run));
    expect(await runStudy(study, { workers: 2 })).toEqual(here);
    const parts = await Promise.all(
        [1, 2, 3].map((index) => runStudy(study, { workers: 0, shard: { index, count: 3 } }))
    );
    expect(parts.map((part) => part.length)).toEqual([3, 3, 2]);
    expect(studyResult(study, parts.flat())).toEqual(studyResult(study, here));
});

test('a missing or doubled part is an error', async () => {
    const study = scenario();
    const outcomes = await runStudy(study, { workers: 0 });
    expect(() => studyResult(study, outcomes.slice(1))).toThrow(/1 of 8 runs are missing/);
    expect(() => studyResult(study, [...outcomes, outcomes[0]!])).toThrow(/9 outcomes came/);
});

test('a cancelled study ends with aborted, with threads and without', async () => {
    for (const workers of [0, 2]) {
        const controller = new AbortController();
        const progress = { signal: controller.signal, report: () => controller.abort() };
        await expect(runStudy(scenario(), { workers, progress })).rejects.toMatchObject({ code: 'aborted' });
    }
});

test('points count what the runs counted; delays rise with the load; capacity lies where the share crosses 90 %', async () => {
    const study = scenario({ users: [1, 2, 12], seeds: 3 });
    const outcomes = await runStudy(study, { workers: 0 });
    const { points, capacities, events } = studyResult(study, outcomes);
    expect(points).toHaveLength(6);
    expect(events).toBe(outcomes.reduce((sum, outcome) => sum + outcome.events, 0));
    for (const point of points) {
        const group = outcomes.filter(
            (o) => o.users === point.users && study.variants[o.variant]?.name === point.variant
        );
        expect(point.satisfied).toBeCloseTo(group.reduce((sum, o) => sum + o.satisfied / o.users, 0) / 3, 12);
        expect(point.delays.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(
            group.reduce((sum, o) => sum + o.sets, 0)
        );
    }
    const off = points.filter(({ variant }) => variant === 'off');
    // 12 x 30 Mbit/s into about 60: without discards the queue only grows.
    expect(off[2]?.p50Ns ?? 0).toBeGreaterThan(4 * (off[0]?.p50Ns ?? Infinity));
    expect(off[2]?.satisfied).toBe(0);
    for (const { users } of capacities) {
        expect(users).toBeGreaterThanOrEqual(0);
        expect(users).toBeLessThan(12);
    }
});

test('a traced user gets the very sets that its model sends, each with its causes', () => {
    const study = scenario({ seconds: 1 });
    const run = studyRuns(study)[0]!;
    const arrivals = traceUser(study, run, 20);
    expect(arrivals).toHaveLength(20);
    for (const { set, arrivedNs, delayNs } of arrivals) {
        if (arrivedNs === null) continue;
        const sum = Object.values(delayNs).reduce((total, ns) => total + ns, 0);
        expect(sum).toBe(arrivedNs - set.timeNs);
    }
    // The same sizes and times: one user alone gets the same bytes, to the last one, as far as both go.
    const bytes = arrivals.reduce((sum, { set }) => sum + set.units.reduce((n, unit) => n + unit.length, 0), 0);
    const whole = doStudyRun(
        scenario({ seconds: 0.34, cell: { unitHeaderBytes: 0, harq: { errorModel: 'none' } } }),
        run
    );
    expect(whole.sets).toBeGreaterThanOrEqual(20);
    expect(bytes / 20).toBeGreaterThan(0.8 * 62_500);
    for (const arrival of arrivals) {
        const packets = tracedPackets(arrival);
        expect(packets.map(({ sizeBytes }) => sizeBytes)).toEqual(arrival.set.units.map((unit) => unit.length));
        for (const { arrivedNs, delayNs, late, reason } of packets) {
            const sum = Object.values(delayNs).reduce((total, ns) => total + ns, 0);
            expect(sum).toBe(arrivedNs === null ? 0 : arrivedNs - arrival.set.timeNs);
            // Whoever is late has a reason, and nobody else.
            expect(reason !== null).toBe(late);
        }
        const last = Math.max(...packets.map(({ arrivedNs }) => arrivedNs ?? 0));
        if (arrival.arrivedNs !== null) expect(last).toBe(arrival.arrivedNs);
    }
});
