import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { FIVE_QI_PROFILES, type FiveQi } from '../../src/qos/five-qi.ts';
import { trafficModel, videoModel } from '../../src/traffic/models.ts';

test('the rows are those of TS 23.501 table 5.7.4-1', () => {
    const rows = Object.entries(FIVE_QI_PROFILES).map(([fiveQi, profile]) => [
        Number(fiveQi),
        profile.resourceType,
        profile.priorityLevel,
        profile.delayBudgetNs / 1e6,
        profile.errorRate,
        profile.maxBurstBytes,
        profile.windowNs === null ? null : profile.windowNs / 1e6
    ]);
    expect(rows).toEqual([
        [80, 'non-gbr', 68, 10, 1e-6, null, null],
        [87, 'delay-critical-gbr', 25, 5, 1e-3, 500, 2000],
        [88, 'delay-critical-gbr', 25, 10, 1e-3, 1125, 2000],
        [89, 'delay-critical-gbr', 25, 15, 1e-4, 17_000, 2000],
        [90, 'delay-critical-gbr', 25, 20, 1e-4, 63_000, 2000]
    ]);
});

const run = (flows: readonly Flow[]) =>
    simulateCell({ radio: { sinrDb: 12 }, coreDelayNs: 0, durationNs: 1e9 }, flows, { rng: Rng.create(2) });

test('a flow with a profile has its delay budget, and is served before those without', () => {
    const background = Array.from({ length: 4 }, (_, i): Flow => ({ ue: i + 1, traffic: trafficModel('full-buffer') }));
    const share = (fiveQi?: FiveQi): number => {
        const flow: Flow = { ue: 0, traffic: videoModel('vr-30'), ...(fiveQi === undefined ? {} : { fiveQi }) };
        // Deadlines say nothing to this scheduler: priority levels alone make the difference.
        const config = { scheduler: 'round-robin', radio: { sinrDb: 12 }, coreDelayNs: 0, durationNs: 1e9 } as const;
        return simulateCell(config, [flow, ...background], { rng: Rng.create(2) }).users[0]?.flows[0]?.inTimeShare ?? 0;
    };
    expect(share(80)).toBeGreaterThan(share());
    // 10 ms against 20 ms of budget, same level rules.
    expect(share(90)).toBeGreaterThanOrEqual(share(80));
});

test('the strictest of a user counts, and what is none of them is refused', () => {
    expect(() => run([{ ue: 0, traffic: videoModel('cg-8'), fiveQi: 9 as FiveQi }])).toThrow(
        /flows\[0\]\.fiveQi is 9 \(expected 80, 87, 88, 89, 90\)/
    );
    const both: Flow[] = [
        { ue: 0, traffic: videoModel('cg-8'), fiveQi: 80 },
        { ue: 0, traffic: trafficModel('pose'), fiveQi: 87 }
    ];
    expect(run(both).users[0]?.flows).toHaveLength(2);
});
