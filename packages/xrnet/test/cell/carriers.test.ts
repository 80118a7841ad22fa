import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import { duplicateLegs, offloadBySlot } from '../../src/cell/legs.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { Cell, resolveCellConfig, type TracedArrival } from '../../src/index.ts';
import { type Direction, TddPattern } from '../../src/phy/tdd.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { pduSet, pduSets } from '../sets.ts';

const CLEAR: CellConfigInput = {
    harq: { errorModel: 'none' },
    radio: { sinrDb: 40, shadowStdDb: 0, fading: null },
    uplink: { bufferStatus: 'ideal', grantSlots: 0 },
    coreDelayNs: 0,
    durationNs: 2e9
};
const DUAL = 'DDDSUDDSUU';
const SINGLE = 'DDDDDDDSUU';

/** What one user with always something to send gets, bit/s: in the second half of a second, so that windows cancel out. */
function rate(pattern: string, carriers: CellConfigInput['carriers'], direction: Direction): number {
    const traffic = { ...trafficModel('full-buffer'), windowBytes: 20_000_000 } as const;
    const bytes = [5e8, 1e9].map((durationNs) => {
        const config = { ...CLEAR, durationNs, tdd: { pattern }, carriers: carriers ?? [] };
        const flows: Flow[] = [{ ue: 0, direction, traffic }];
        return simulateCell(config, flows, { rng: Rng.create(1) }).users[0]?.flows[0]?.deliveredBytes ?? 0;
    });
    return 16 * ((bytes[1] as number) - (bytes[0] as number));
}

describe('carriers aggregated in one run', () => {
    const more = (pattern: string) => [{ bandwidthPrb: 273, pattern, sinrOffsetDb: 0 }];

    it('carry what the closed forms of intra-band aggregation say', () => {
        const gain = (pattern: string, other: string, direction: Direction): number =>
            rate(pattern, more(other), direction) / rate(pattern, [], direction) - 1;
        // A packet of the download is 11,680 bytes of some 10 MB.
        expect(Math.abs(gain(DUAL, DUAL, 'downlink') - 1)).toBeLessThan(0.01);
        expect(Math.abs(gain(DUAL, DUAL, 'uplink') - 1)).toBeLessThan(0.01);
        // 2 U slots of 10 and 3 more, each S with two symbols that are too few for data with DM-RS of one.
        const uplink = gain(SINGLE, DUAL, 'uplink');
        const symbols = (word: string): number => rate(word, [], 'uplink');
        expect(Math.abs(uplink - symbols(DUAL) / symbols(SINGLE))).toBeLessThan(0.01);
        expect(Math.abs(uplink - 1.5)).toBeLessThan(0.05);
        expect(Math.abs(gain(SINGLE, DUAL, 'downlink') - 0.83)).toBeLessThan(0.02);
    });

    it('share one queue: a frame that fills the first goes on in the second, and its causes sum', () => {
        const sets = pduSets(40, 60, 60, 1400);
        const run = (carriers: CellConfigInput['carriers']): readonly TracedArrival[] =>
            simulateCell(
                { ...CLEAR, harq: { errorModel: 'fixed', errorRate: 0.2 }, carriers: carriers ?? [] },
                [{ ue: 0, pduSets: sets }],
                { rng: Rng.create(2) }
            ).arrivals;
        const [one, two] = [run([]), run(more('DSUUU'))];
        const mean = (arrivals: readonly TracedArrival[]): number =>
            arrivals.reduce((sum, { arrivedNs, set }) => sum + (arrivedNs ?? 0) - set.timeNs, 0) / arrivals.length;
        expect(mean(two)).toBeLessThan(mean(one));
        for (const { arrivedNs, set, delayNs, units } of two) {
            expect(arrivedNs).not.toBeNull();
            const sum = Object.values(delayNs).reduce((total, ns) => total + ns, 0);
            expect(sum).toBe((arrivedNs as number) - set.timeNs);
            for (const ns of Object.values(delayNs)) expect(ns).toBeGreaterThan(0);
            expect(units.every((unit) => unit.arrivedNs !== null)).toBe(true);
        }
    });

    it('with complementary patterns send a small packet as soon as legs of their own would', () => {
        const sets = Array.from({ length: 300 }, (_, i) =>
            pduSet(i, i * 4_100_000 + ((i * 7919) % 1000) * 2500, 1, 200)
        );
        const words = ['DDDSU', 'SUDDD'];
        const arrivals = (pattern: string, pduSets: typeof sets, carriers: CellConfigInput['carriers'] = []) =>
            simulateCell({ ...CLEAR, tdd: { pattern }, carriers }, [{ ue: 0, direction: 'uplink', pduSets }], {
                rng: Rng.create(1)
            }).arrivals;
        const patterns = words.map((word) => new TddPattern(word, [10, 2, 2], 1));
        const legs = offloadBySlot(sets, patterns, 'uplink', ({ timeNs }) => timeNs);
        const merged = legs.flatMap((leg, i) => arrivals(words[i] as string, leg));
        merged.sort((a, b) => a.set.sequence - b.set.sequence);
        const together = arrivals('DDDSU', sets, more(words[1] as string));
        expect(together.map(({ arrivedNs }) => arrivedNs)).toEqual(merged.map(({ arrivedNs }) => arrivedNs));
    });

    it('of one more that is too weak to be used change nothing but the slots that are looked at', () => {
        const flows: Flow[] = [0, 1, 2].map((ue) => ({ ue, traffic: trafficModel('vr-30') }));
        const run = (carriers: CellConfigInput['carriers']) =>
            simulateCell({ durationNs: 5e8, carriers: carriers ?? [] }, flows, { rng: Rng.create(3) }).users;
        // An uplink-only carrier has nothing for the downlink.
        expect(
            run([{ bandwidthPrb: 273, pattern: 'U', sinrOffsetDb: 0 }]).map(({ flows: [kpi] }) => kpi?.sets)
        ).toEqual(run([]).map(({ flows: [kpi] }) => kpi?.sets));
    });

    it('are refused by name', () => {
        const bad = (carrier: object) => () => resolveCellConfig({ carriers: [carrier as never] });
        expect(bad({ bandwidthPrb: 0, pattern: 'D', sinrOffsetDb: 0 })).toThrow(/carriers\[0\]\.bandwidthPrb is 0/);
        expect(bad({ bandwidthPrb: 9, pattern: 'DX', sinrOffsetDb: 0 })).toThrow(/carriers\[0\]\.pattern is "DX"/);
        expect(bad({ bandwidthPrb: 9, pattern: 'D' })).toThrow(/carriers\[0\]\.sinrOffsetDb is missing/);
        expect(bad({ bandwidthPrb: 9, pattern: 'D', sinrOffsetDb: 0, prb: 3 })).toThrow(/carriers\[0\]\.prb/);
    });
});

test('a pattern of several carriers has a direction when one of them has', () => {
    const word = fc.stringMatching(/^[DUS]{1,6}$/);
    fc.assert(
        fc.property(word, word, fc.nat(4_000_000), (a, b, timeNs) => {
            fc.pre(/[DS]/.test(a + b) && /[US]/.test(a + b));
            const other = new TddPattern(b, [10, 2, 2], 1);
            const own = new TddPattern(a, [10, 2, 2], 1);
            const any = new TddPattern(a, [10, 2, 2], 1, 1, [other]);
            for (const direction of ['downlink', 'uplink'] as const) {
                for (let slot = 0; slot < any.periodSlots; slot++) {
                    expect(any.symbols(direction, slot)).toBe(
                        Math.max(own.symbols(direction, slot), other.symbols(direction, slot))
                    );
                }
                const slots = [own, other]
                    .filter((tdd) => tdd.share(direction) > 0)
                    .map((tdd) => tdd.nextSlot(direction, timeNs));
                if (slots.length === 0) continue;
                // No carrier's part of that slot has begun: where one has, the other's late part is not waited for alone.
                const next = any.nextSlot(direction, timeNs);
                expect(next).toBeGreaterThanOrEqual(Math.min(...slots));
                expect(next).toBeLessThanOrEqual(Math.max(...slots));
                expect(any.startNs(direction, next)).toBeGreaterThanOrEqual(timeNs);
            }
        }),
        { numRuns: 200 }
    );
});

test('legs that share nothing are exact as runs of their own: side by side, set by set, they do the same', () => {
    // Duplication withdraws no copy and each leg has its own carrier, so nothing that one does can reach the other.
    const config = resolveCellConfig({
        radio: { sinrDb: 10, fading: { kFactorDb: -40, dopplerHz: 30, branches: 1 } },
        harq: { maxTransmissions: 2 }
    });
    const sets = pduSets(60, 60, 6, 1200);
    const whole = [1, 2].map((seed) => {
        return simulateCell(config, [{ ue: 0, pduSets: sets }], { rng: Rng.create(seed) }).arrivals;
    });
    const beside: TracedArrival[][] = [[], []];
    const cells = beside.map((list, i) => {
        const cell = new Cell(config, Rng.create(i + 1), { onArrival: (arrival) => void list.push(arrival) });
        cell.addFlow({ ue: 0, pduSets: [] });
        return cell;
    });
    for (const set of sets) {
        for (const cell of cells) {
            cell.advanceTo(set.timeNs);
            cell.push(0, set);
        }
    }
    for (const cell of cells) while (cell.pending > 0) cell.advanceTo(cell.nowNs + 1e7);
    for (const list of beside) list.sort((a, b) => a.set.sequence - b.set.sequence);
    expect(duplicateLegs(beside[0] ?? [], beside[1] ?? [])).toEqual(duplicateLegs(whole[0] ?? [], whole[1] ?? []));
});
