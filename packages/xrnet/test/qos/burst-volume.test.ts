import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { BurstVolume } from '../../src/qos/burst-volume.ts';
import { trafficModel, videoModel } from '../../src/traffic/models.ts';

test('no window of a delay budget is assured more than the volume, and nothing that fits is refused', () => {
    const sets = fc.array(fc.tuple(fc.nat(12_000_000), fc.integer({ min: 1, max: 30_000 })), { maxLength: 60 });
    fc.assert(
        fc.property(sets, (steps) => {
            const [volume, windowNs] = [17_000, 15_000_000];
            const bursts = new BurstVolume(volume, windowNs);
            const seen: { timeNs: number; assured: number }[] = [];
            let timeNs = 0;
            for (const [gapNs, bytes] of steps) {
                timeNs += gapNs;
                const assured = bursts.assure(timeNs, bytes);
                const before = seen
                    .filter((other) => other.timeNs > timeNs - windowNs)
                    .reduce((sum, other) => sum + other.assured, 0);
                expect(assured).toBe(Math.min(bytes, volume - before));
                seen.push({ timeNs, assured });
            }
        }),
        { numRuns: 200 }
    );
});

/** A user of 5QI 90 that sends bursts far above 63,000 bytes, and users without a profile. */
function shares(keepsBurstVolume: boolean): { greedy: number; others: number } {
    const greedy: Flow = {
        ue: 0,
        traffic: { ...videoModel('vr-45'), rateBps: 300e6 },
        fiveQi: 90,
        keepsBurstVolume
    };
    const others = [1, 2, 3, 4, 5, 6].map((ue): Flow => ({ ue, traffic: trafficModel('vr-30') }));
    const { users } = simulateCell(
        { scheduler: 'edf', radio: { sinrDb: 18, fading: null }, coreDelayNs: 0, durationNs: 1e9 },
        [greedy, ...others],
        { rng: Rng.create(3) }
    );
    const [first, ...rest] = users.map(({ flows: [kpi] }) => kpi?.inTimeShare ?? 0);
    return { greedy: first ?? 0, others: rest.reduce((sum, share) => sum + share, 0) / rest.length };
}

test('what is above the volume does not push others aside', () => {
    const [without, kept] = [shares(false), shares(true)];
    expect(kept.others).toBeGreaterThan(without.others);
    expect(kept.greedy).toBeLessThanOrEqual(without.greedy);
});

test('a volume is kept only where there is one', () => {
    const run = (changes: Partial<Flow>) => () =>
        simulateCell({}, [{ ue: 0, traffic: videoModel('cg-8'), keepsBurstVolume: true, ...changes }], {
            rng: Rng.create(1)
        });
    expect(run({})).toThrow(/keepsBurstVolume is true with fiveQi undefined/);
    expect(run({ fiveQi: 80 })).toThrow(/keepsBurstVolume is true with fiveQi 80/);
});
