import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { type CellResult, simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { pduSet, pduSets } from '../sets.ts';

const SLOT = 500_000;
const DECODE = 300_000;
const PLAIN: CellConfigInput = {
    tdd: { pattern: 'F' },
    coreDelayNs: 0,
    unitHeaderBytes: 0,
    radio: { sinrDb: 50, fading: null },
    discard: { expired: false, integrated: false },
    durationNs: 1e9
};
const full = (harq: CellConfigInput['harq']): CellResult =>
    simulateCell(
        { ...PLAIN, ...(harq ? { harq } : {}) },
        [{ ue: 0, returnNs: 0, traffic: { kind: 'bulk', packetBytes: 20_000, windowBytes: 4e5, deadlineNs: 1e12 } }],
        { rng: Rng.create(1) }
    );

describe('HARQ processes', () => {
    it.each([1, 2, 3, 4, 16])('%d over a round trip of four slots carry as many of four slots', (processes) => {
        // Sent in slot 0, decoded in slot 1, answered in slot 2, which acts in slot 4: see the closed forms of one round.
        const { counters } = full({ errorModel: 'none', decodeNs: DECODE, processes });
        const share = counters.downlink.usedSlots / (1e9 / SLOT);
        // A second of 2000 slots, and the window's last five blocks after it: 1 % of the 500 of one process.
        expect(Math.abs(share / Math.min(1, processes / 4) - 1)).toBeLessThan(0.02);
    });

    it('are held by a block until its last answer: errors make a stall longer', () => {
        const clean = full({ errorModel: 'none', decodeNs: DECODE, processes: 2 });
        const failing = full({ errorModel: 'fixed', errorRate: 0.5, decodeNs: DECODE, processes: 2 });
        const fresh = ({ counters }: CellResult): number => counters.downlink.firstTransmissions;
        // Two transmissions a block on average (four at most: 1.875), so about half as many blocks.
        expect(fresh(failing) / fresh(clean)).toBeGreaterThan(0.4);
        expect(fresh(failing) / fresh(clean)).toBeLessThan(0.65);
    });
});

describe('RLC acknowledged mode', () => {
    const harq = { errorModel: 'fixed', errorRate: 0.2, maxTransmissions: 1, decodeNs: DECODE } as const;
    const run = (rlc: CellConfigInput['rlc']): CellResult =>
        simulateCell({ ...PLAIN, harq, ...(rlc ? { rlc } : {}) }, [{ ue: 0, pduSets: pduSets(2000, 60, 1, 1000) }], {
            rng: Rng.create(3)
        });

    it('delivers what HARQ gives up, a status report later each time', () => {
        const plain = run({ mode: 'um' });
        const acknowledged = run({ mode: 'am', statusNs: 10 * SLOT });
        const lost = plain.arrivals.filter(({ outcome }) => outcome === 'lost').length;
        // One block a set: a share of 0.2 of 2000, standard error 18.
        expect(Math.abs(lost - 400)).toBeLessThan(60);
        expect(acknowledged.arrivals.every(({ outcome }) => outcome === 'complete')).toBe(true);
        const once = acknowledged.arrivals.filter(({ delayNs }) => (delayNs.harq ?? 0) > 0);
        // The block ended at the end of its slot; the status report's time later is the end of a slot again.
        for (const { delayNs } of once) expect((delayNs.harq as number) % (11 * SLOT)).toBe(0);
        expect(acknowledged.counters.downlink.restarts).toBeGreaterThanOrEqual(lost);
    });

    it('ends after its own limit', () => {
        const { arrivals } = simulateCell(
            { ...PLAIN, harq: { ...harq, errorRate: 1 }, rlc: { mode: 'am', maxRetransmissions: 3 } },
            [{ ue: 0, pduSets: [pduSet(0, 0, 1)] }],
            { rng: Rng.create(1) }
        );
        expect(arrivals[0]?.outcome).toBe('lost');
    });
});

describe('background load', () => {
    it('takes what a PSDB-aware scheduler leaves of the cell, and nothing from the XR users', () => {
        const xr = Array.from({ length: 6 }, (_, ue) => ({ ue, traffic: trafficModel('vr-30') }));
        const load = { ue: 6, traffic: trafficModel('full-buffer') };
        const run = (scheduler: 'psdb' | 'pf', extra: boolean): number => {
            const { users } = simulateCell({ scheduler, durationNs: 2e9, coreDelayNs: 0 }, extra ? [...xr, load] : xr, {
                rng: Rng.create(4)
            });
            return users.slice(0, 6).reduce((sum, { flows }) => sum + (flows[0]?.inTime ?? 0), 0);
        };
        expect(run('psdb', true)).toBe(run('psdb', false));
        expect(run('pf', true)).toBeLessThan(run('pf', false));
    });
});
