import { type PduSet, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import type { Bearer } from '../../src/cell/bearer.ts';
import { duplicateLegs } from '../../src/cell/legs.ts';
import type { TracedArrival } from '../../src/cell/outcome.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput, SecondaryConfig } from '../../src/config.ts';
import { resolveCellConfig } from '../../src/resolve-config.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { pduSets } from '../sets.ts';

const FADING: CellConfigInput = {
    radio: { sinrDb: 10, shadowStdDb: 0, fading: { kFactorDb: -40, dopplerHz: 30, branches: 1 } },
    harq: { maxTransmissions: 2 },
    discard: { expired: false, integrated: false },
    uplink: { bufferStatus: 'ideal' }
};
const CLEAR: CellConfigInput = {
    ...FADING,
    radio: { sinrDb: 20, shadowStdDb: 0, fading: null },
    harq: { errorModel: 'none' },
    coreDelayNs: 0
};
const SECOND: SecondaryConfig = { bandwidthPrb: 106, pattern: 'DSUUU', sinrOffsetDb: 3, backhaulNs: 0 };

type Way = 'downlink' | 'uplink';

function run(
    config: CellConfigInput,
    pduSets: readonly PduSet[],
    bearer: Bearer,
    direction: Way = 'downlink',
    rng: Rng = Rng.create(4)
): readonly TracedArrival[] {
    return simulateCell(config, [{ ue: 0, pduSets, direction, bearer }], { rng }).arrivals;
}

/** The second node as a cell by itself: the oracle. */
function secondAlone(sets: readonly PduSet[], second: SecondaryConfig, direction: Way): readonly TracedArrival[] {
    const { radio } = resolveCellConfig(FADING);
    const config: CellConfigInput = {
        ...FADING,
        bandwidthPrb: second.bandwidthPrb,
        tdd: { pattern: second.pattern },
        radio: { ...radio, sinrDb: radio.sinrDb + second.sinrOffsetDb },
        coreDelayNs: 1_000_000 + second.backhaulNs
    };
    return run(config, sets, 'master', direction, Rng.create(4).child('secondary'));
}

const fates = (arrivals: readonly TracedArrival[]): unknown[] =>
    arrivals.map(({ set, arrivedNs, outcome, late, units }) => {
        return [set.sequence, arrivedNs, outcome, late, units.map((unit) => unit.arrivedNs)];
    });

describe('a second node', () => {
    const sets = pduSets(200, 60, 12, 1200);

    it.each<[Way, number]>([
        ['downlink', 0],
        ['downlink', 3_000_000],
        ['uplink', 0],
        ['uplink', 3_000_000]
    ])('carries a secondary bearer %s, %d ns away, as a cell by itself does', (direction, backhaulNs) => {
        const second = { ...SECOND, backhaulNs };
        const here = run({ ...FADING, secondary: second }, sets, 'secondary', direction);
        expect(fates(here)).toEqual(fates(secondAlone(sets, second, direction)));
        expect(here.map(({ delayNs }) => delayNs)).toEqual(
            secondAlone(sets, second, direction).map(({ delayNs }) => delayNs)
        );
    });

    it.each<[Way, number]>([
        ['downlink', 0],
        ['downlink', 3_000_000],
        ['uplink', 0],
        ['uplink', 3_000_000]
    ])(
        'and the first duplicate a bearer %s, %d ns away, as two cells beside each other do',
        (direction, backhaulNs) => {
            const second = { ...SECOND, backhaulNs };
            const master = run(FADING, sets, 'master', direction);
            const oracle = duplicateLegs(master, secondAlone(sets, second, direction));
            const both = run({ ...FADING, secondary: second }, sets, 'duplicated', direction);
            expect(fates(both)).toEqual(fates(oracle));
            const complete = (arrivals: readonly TracedArrival[]): number =>
                arrivals.filter(({ outcome }) => outcome === 'complete').length;
            expect(complete(both)).toBeGreaterThan(complete(master));
        }
    );
});

describe('a split bearer', () => {
    const twin: SecondaryConfig = { bandwidthPrb: 273, pattern: 'DDDSU', sinrOffsetDb: 0, backhaulNs: 0 };
    const sets = pduSets(60, 60, 120, 1400);

    it('cuts a set in two halves for two nodes alike, and its causes sum', () => {
        const one = run(CLEAR, sets, 'master');
        const two = run({ ...CLEAR, secondary: twin }, sets, 'split');
        for (const [i, { arrivedNs, set, delayNs, units }] of two.entries()) {
            expect(arrivedNs as number).toBeLessThanOrEqual(one[i]?.arrivedNs as number);
            const sum = Object.values(delayNs).reduce((total, ns) => total + ns, 0);
            expect(sum).toBe((arrivedNs as number) - set.timeNs);
            expect(units.every((unit) => unit.arrivedNs !== null)).toBe(true);
            // PDUs of both halves are under way at once: the second half's first PDU comes no later than the first half's last.
            expect(units[60]?.arrivedNs as number).toBeLessThanOrEqual(units[59]?.arrivedNs as number);
        }
        const mean = (arrivals: readonly TracedArrival[]): number =>
            arrivals.reduce((sum, { arrivedNs, set }) => sum + (arrivedNs as number) - set.timeNs, 0);
        expect(mean(two)).toBeLessThan(0.8 * mean(one));
    });

    it('sends nothing the long way while the master is free, and more the more waits there', () => {
        // What came through the second node has the way between the nodes in its delay.
        const share = (backhaulNs: number, others: number): number => {
            const config = { ...CLEAR, secondary: { ...twin, backhaulNs }, durationNs: 1e9 };
            const background = Array.from({ length: others }, (_, i) => {
                return { ue: i + 1, traffic: { ...trafficModel('full-buffer'), windowBytes: 4_000_000 } as never };
            });
            const { arrivals } = simulateCell(config, [{ ue: 0, pduSets: sets, bearer: 'split' }, ...background], {
                rng: Rng.create(1)
            });
            const units = arrivals.flatMap((arrival) => arrival.units);
            return units.filter(({ record }) => (record?.coreNs ?? 0) >= backhaulNs).length / units.length;
        };
        expect(share(50_000_000, 0)).toBe(0);
        const loads = [0, 1, 3].map((others) => share(2_000_000, others));
        expect(loads[1]).toBeGreaterThan(loads[0] as number);
        expect(loads[2]).toBeGreaterThanOrEqual(loads[1] as number);
        expect(loads[2]).toBeGreaterThan(0.9);
    });

    it('of generated traffic loses nothing that one node alone would deliver', () => {
        const flows = (bearer: Bearer) =>
            [0, 1, 2, 3].map((ue) => ({ ue, traffic: trafficModel('vr-30'), bearer }) as const);
        const secondary = { ...SECOND, backhaulNs: 1_000_000 };
        const inTime = (bearer: Bearer): number =>
            simulateCell({ secondary, bandwidthPrb: 106, radio: { sinrDb: 18 }, durationNs: 1e9 }, flows(bearer), {
                rng: Rng.create(2)
            }).users.reduce((sum, { flows: [kpi] }) => sum + (kpi?.inTime ?? 0), 0);
        expect(inTime('split')).toBeGreaterThan(inTime('master'));
        expect(inTime('split')).toBeGreaterThan(inTime('secondary'));
    });
});

it('what a second node cannot be is refused by name', () => {
    expect(() => run(CLEAR, [], 'split')).toThrow(/flows\[0\]\.bearer is split .*without secondary/);
    const bad = (secondary: object) => () => resolveCellConfig({ secondary: secondary as never });
    expect(bad({ ...SECOND, bandwidthPrb: 300 })).toThrow(/secondary\.bandwidthPrb is 300/);
    expect(bad({ ...SECOND, backhaulNs: -1 })).toThrow(/secondary\.backhaulNs is -1/);
    expect(bad({ ...SECOND, pattern: 'DX' })).toThrow(/secondary\.pattern is "DX"/);
    expect(bad({ ...SECOND, prb: 1 })).toThrow(/secondary\.prb/);
    expect(() => run({ ...CLEAR, secondary: { ...SECOND, pattern: 'D' } }, [], 'split')).toThrow(/over the pattern D/);
});
