import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import {
    doStudyRun,
    readScenario,
    replayUser,
    SCENARIO_FORMAT,
    simulateNetwork,
    studyResult,
    studyRuns,
    traceUser,
    trafficModel
} from '../../src/index.ts';

const scenario = readScenario({
    format: SCENARIO_FORMAT,
    preset: 'city',
    network: { place: 'umi', sites: 1, speedKmh: 400, handover: { kind: 'ordinary', marginDb: 0 } },
    seconds: 1,
    users: [2],
    seeds: 2,
    seed: 3,
    flows: [{ traffic: 'cg-8' }]
});
const runs = studyRuns(scenario);
const outcomes = runs.map((run) => doStudyRun(scenario, run));

test('a run of coupled cells is the network that simulateNetwork runs', () => {
    for (const outcome of outcomes) {
        const { cells, events, handovers } = simulateNetwork(
            {
                place: 'umi',
                sites: 1,
                speedKmh: 400,
                handover: { kind: 'ordinary', marginDb: 0 },
                usersPerCell: 2,
                cell: { ...scenario.variants[0]!.cell },
                flows: [{ traffic: trafficModel('cg-8') }]
            },
            { rng: Rng.create(3).child('study', outcome.seed) }
        );
        const users = cells.flatMap((cell) => cell.users);
        const flows = users.flatMap((user) => user.flows);
        expect(handovers).toBeGreaterThan(0);
        expect(outcome).toMatchObject({
            satisfied: users.filter(({ satisfied }) => satisfied).length,
            sets: flows.reduce((sum, { sets }) => sum + sets, 0),
            inTime: flows.reduce((sum, { inTime }) => sum + inTime, 0),
            deliveredBytes: flows.reduce((sum, { deliveredBytes }) => sum + deliveredBytes, 0),
            events
        });
        expect(outcome.delays.reduce((sum, count) => sum + count, 0)).toBe(
            flows.reduce((sum, { complete }) => sum + complete, 0)
        );
    }
});

test('shares and rates are of the users of all cells', () => {
    const [point] = studyResult(scenario, outcomes).points;
    const satisfied = outcomes.reduce((sum, outcome) => sum + outcome.satisfied, 0);
    expect(point?.satisfied).toBeCloseTo(satisfied / 2 / 6, 12);
    const bytes = outcomes.reduce((sum, { deliveredBytes }) => sum + deliveredBytes, 0);
    expect(point?.rateBps).toBeCloseTo((8 * bytes) / 2 / 6, 3);
});

test('any user of any cell can be looked at, on its way through the cells', () => {
    const run = runs[0]!;
    // Sets that exist have their size to the byte and are cut into PDUs: the user's own times and sizes, as in the run.
    const last = traceUser(scenario, run, 50, { ue: 5 });
    expect(last).toHaveLength(50);
    for (const { set, arrivedNs, delayNs } of last) {
        if (arrivedNs === null) continue;
        expect(Object.values(delayNs).reduce((sum, ns) => sum + ns, 0)).toBe(arrivedNs - set.timeNs);
    }
    const first = traceUser(scenario, run, 50);
    expect(first.map(({ set }) => set.timeNs)).not.toEqual(last.map(({ set }) => set.timeNs));
    expect(() => traceUser(scenario, run, 1, { ue: 6 })).toThrow(/the traced user is 6 \(expected .* 0 to 5\)/);
});

test('a place in coupled cells is not for live traffic, and says so', () => {
    expect(() => replayUser(scenario, runs[0]!, 0)).toThrow(/variant "standard" has coupled cells/);
});
