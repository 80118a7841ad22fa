import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { Cell, type CellConfigInput, resolveCellConfig, type TracedArrival } from '../../src/index.ts';
import type { HandoverConfig } from '../../src/network/handovers.ts';
import type { NetworkConfig } from '../../src/network/network-config.ts';
import { type NetworkResult, simulateNetwork } from '../../src/network/simulate-network.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { pduSets } from '../sets.ts';

describe('a user that is handed from cell to cell', () => {
    const config = (changes: CellConfigInput = {}) =>
        resolveCellConfig({
            bandwidthPrb: 106,
            radio: { sinrDb: 12, shadowStdDb: 0, fading: null },
            harq: { errorModel: 'fixed', errorRate: 0.3, maxTransmissions: 16 },
            // Errors come whatever the rate: no outer loop.
            linkAdaptation: { stepDb: 0 },
            discard: { expired: false, integrated: false },
            ...changes
        });

    /** Sets over one cell until `atNs`, over another from then on. */
    function over(
        changes: CellConfigInput,
        direction: 'downlink' | 'uplink',
        atNs: number,
        pauseNs: number
    ): { readonly old: TracedArrival[]; readonly young: TracedArrival[] } {
        const [old, young]: [TracedArrival[], TracedArrival[]] = [[], []];
        const from = new Cell(config(changes), Rng.create(1), { onArrival: (arrival) => void old.push(arrival) });
        const to = new Cell(config(changes), Rng.create(2), { onArrival: (arrival) => void young.push(arrival) });
        from.addFlow({ ue: 0, direction, pduSets: pduSets(60, 60, 40, 1400) });
        from.advanceTo(atNs);
        to.advanceTo(atNs);
        to.join(from.leave(0), 12, 12, pauseNs > 0 ? { fromNs: atNs, toNs: atNs + pauseNs } : null);
        while (from.pending > 0) from.advanceTo(from.nowNs + 1e7);
        while (to.pending > 0) to.advanceTo(to.nowNs + 1e7);
        expect(from.kpis()).toEqual([]);
        expect(to.kpis().map(({ sets, complete }) => [sets, complete])).toEqual([[60, 60]]);
        return { old, young };
    }

    it.each([
        ['downlink', {}],
        ['uplink', {}],
        ['downlink', { scheduler: 'round-robin' }],
        ['downlink', { carriers: [{ bandwidthPrb: 106, pattern: 'DDDSU', sinrOffsetDb: 0 }] }]
    ] as ['downlink' | 'uplink', CellConfigInput][])('gets every PDU once, %s, %j', (direction, changes) => {
        // Times at which sets are waiting, being sent, and being sent again.
        for (const atNs of [501e6, 503e6, 505.5e6, 508e6]) {
            const { old, young } = over(changes, direction, atNs, 0);
            const all = [...old, ...young].sort((a, b) => a.set.sequence - b.set.sequence);
            expect(all.map(({ set }) => set.sequence)).toEqual(Array.from({ length: 60 }, (_, i) => i));
            expect(young.length).toBeGreaterThan(20);
            for (const { set, received, arrivedNs, delayNs } of all) {
                expect(received.every((unit, i) => unit === set.units[i])).toBe(true);
                const sum = Object.values(delayNs).reduce((total, ns) => total + ns, 0);
                expect(sum).toBe((arrivedNs as number) - set.timeNs);
                for (const ns of Object.values(delayNs)) expect(ns).toBeGreaterThan(0);
            }
        }
    });

    it('waits for the end of the pause, which counts as handover', () => {
        const pauseNs = 45_000_000;
        const { young } = over({}, 'downlink', 502e6, pauseNs);
        const first = young.filter(({ set }) => set.timeNs < 502e6 + pauseNs);
        expect(first.length).toBeGreaterThan(1);
        for (const { arrivedNs, delayNs, set } of first) {
            expect(arrivedNs as number).toBeGreaterThan(502e6 + pauseNs);
            expect(delayNs.handover as number).toBeGreaterThan(0);
            expect(delayNs.handover as number).toBeLessThanOrEqual(502e6 + pauseNs - set.timeNs);
        }
        for (const { delayNs } of young.slice(first.length + 5)) expect(delayNs.handover).toBeUndefined();
    });
});

describe('users that drive through cells', () => {
    const run = (handover: HandoverConfig | null, changes: Partial<NetworkConfig> = {}): NetworkResult =>
        simulateNetwork(
            {
                place: 'umi',
                sites: 7,
                usersPerCell: 1,
                speedKmh: 120,
                cell: { durationNs: 3e9, coreDelayNs: 0, discard: { expired: false, integrated: false } },
                flows: [{ traffic: trafficModel('cg-8') }],
                ...(handover ? { handover } : {}),
                ...changes
            },
            { rng: Rng.create(4) }
        );
    const flows = ({ cells }: NetworkResult) => cells.flatMap(({ users }) => users.flatMap((user) => user.flows));
    const stay = run(null);
    const daps = run({ kind: 'daps' });
    const ordinary = run({ kind: 'ordinary' });
    const inTime = (result: NetworkResult): number => flows(result).reduce((sum, kpi) => sum + kpi.inTime, 0);

    it('change them, and take all they are sent with them', () => {
        for (const result of [daps, ordinary]) {
            expect(result.handovers).toBeGreaterThan(5);
            expect(flows(result)).toHaveLength(21);
            const sets = (of: NetworkResult): number[] =>
                flows(of)
                    .map((kpi) => kpi.sets)
                    .sort((a, b) => a - b);
            expect(sets(result)).toEqual(sets(stay));
        }
        expect(stay.handovers).toBe(0);
        expect(run({ kind: 'daps' })).toEqual(daps);
    });

    it('are served better than those that stay with a cell they leave, and DAPS never pauses', () => {
        expect(inTime(daps)).toBeGreaterThan(inTime(stay));
        expect(inTime(daps)).toBeGreaterThan(inTime(ordinary));
        const paused = (result: NetworkResult): number =>
            flows(result).reduce((sum, kpi) => sum + kpi.meanCausesNs.handover, 0);
        expect(paused(daps)).toBe(0);
        expect(paused(ordinary)).toBeGreaterThan(0);
    });

    it('are refused kinds and times that there are not', () => {
        expect(() => run({ kind: 'soft' as 'daps' })).toThrow(/handover\.kind is "soft"/);
        expect(() => run({ kind: 'daps', marginDb: 30 })).toThrow(/handover\.marginDb is 30/);
        expect(() => run({ kind: 'daps', executionNs: -1 })).toThrow(/handover\.executionNs is -1/);
    });
});
