import { expect, test } from 'vitest';
import { doStudyRun, readScenario, SCENARIO_FORMAT, studyRuns, traceUser } from '../../src/index.ts';

const scenario = readScenario({
    format: SCENARIO_FORMAT,
    preset: 'city',
    seconds: 1,
    users: [3],
    flows: [
        { traffic: 'full-buffer', name: 'download' },
        { traffic: 'vr-30', fiveQi: 89 },
        { traffic: 'pose', direction: 'uplink' }
    ]
});
const [run] = studyRuns(scenario);

test('any user and any frame can be looked at, and is what the run had', () => {
    const all = traceUser(scenario, run!, 60, { ue: 2 });
    const some = traceUser(scenario, run!, 3, { ue: 2, first: 40 });
    expect(some.map(({ set }) => set.sequence)).toEqual([40, 41, 42]);
    expect(some.map(({ ue }) => ue)).toEqual([2, 2, 2]);
    const known = all.filter(({ set }) => set.sequence >= 40 && set.sequence < 43);
    expect(some.map(({ arrivedNs, outcome }) => [arrivedNs, outcome])).toEqual(
        known.map(({ arrivedNs, outcome }) => [arrivedNs, outcome])
    );
    // The profile's budget, not the model's.
    expect(some[0]?.set.deadlineNs).toBe(15e6);
    const inTime = all.filter(({ outcome, late }) => outcome === 'complete' && !late).length;
    const other = traceUser(scenario, run!, 60, { ue: 1 });
    expect(other.map(({ set }) => set.timeNs)).not.toEqual(all.map(({ set }) => set.timeNs));
    expect(inTime).toBeLessThanOrEqual(all.length);
    expect(doStudyRun(scenario, run!).users).toBe(3);
});

test('who is not in the run is refused', () => {
    expect(() => traceUser(scenario, run!, 1, { ue: 3 })).toThrow(
        /the traced user is 3 \(expected a whole number from 0 to 2\)/
    );
    expect(() => traceUser(scenario, run!, 1, { first: -1 })).toThrow(/the first traced set is -1/);
});
