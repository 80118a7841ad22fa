import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import { type CellResult, simulateCell } from '../../src/cell/simulate-cell.ts';
import { videoModel } from '../../src/traffic/models.ts';

function run(stateAtStart: boolean, users: number): CellResult {
    const flows = Array.from({ length: users }, (_, ue) => {
        return { ue, traffic: videoModel('vr-30'), rateControl: 'recommended', followsOffset: true } as const;
    });
    const config = {
        radio: { sinrDb: 18, shadowStdDb: 0, fading: null },
        stateAtStart,
        statePeriodNs: 100e6,
        coreDelayNs: 0,
        durationNs: 4e8
    } as const;
    return simulateCell(config, flows, { rng: Rng.create(9) });
}

test('the first state comes before the first frame, and shares the carrier by what was declared', () => {
    const { states, counters } = run(true, 40);
    const first = states.filter(({ timeNs }) => timeNs === 0);
    expect(first).toHaveLength(40);
    // 40 users of 30 Mbit/s are more than the carrier has: an equal share of it each, with the margin of 0.85.
    const rates = first.map(({ recommendedRateBps }) => recommendedRateBps);
    expect(new Set(rates).size).toBe(1);
    expect(rates[0]).toBeLessThan(30e6);
    // What all were told is what 0.85 of the carrier gives.
    const alone = run(true, 1).states[0]?.recommendedRateBps ?? 0;
    expect(Math.abs((40 * (rates[0] as number)) / alone - 1)).toBeLessThan(1e-6);
    expect(counters.downlink.slots).toBeGreaterThan(0);
    expect(run(false, 2).states[0]?.timeNs).toBe(100e6);
});

test('with it a crowded cell is late with fewer of its first frames', () => {
    const late = (result: CellResult): number =>
        result.users.reduce((sum, { flows }) => sum + flows.reduce((s, { sets, inTime }) => s + sets - inTime, 0), 0);
    expect(late(run(true, 28))).toBeLessThan(late(run(false, 28)) / 2);
});
