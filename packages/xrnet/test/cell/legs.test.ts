import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { duplicateLegs, offloadBySlot } from '../../src/cell/legs.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { TddPattern } from '../../src/phy/tdd.ts';
import { pduSets } from '../sets.ts';

const CELL: CellConfigInput = {
    radio: { sinrDb: 10, shadowStdDb: 0, fading: { kFactorDb: -40, dopplerHz: 30, branches: 1 } },
    harq: { maxTransmissions: 2 },
    discard: { expired: false, integrated: false }
};
const sets = pduSets(240, 60, 12, 1200);
const leg = (seed: number) => simulateCell(CELL, [{ ue: 0, pduSets: sets }], { rng: Rng.create(seed) }).arrivals;

describe('duplication over two legs', () => {
    const [a, b] = [leg(1), leg(2)];
    const both = duplicateLegs(a, b);

    it('takes the earlier copy of every PDU', () => {
        for (const [i, arrival] of both.entries()) {
            for (const [u, unit] of arrival.units.entries()) {
                const copies = [a[i]?.units[u]?.arrivedNs, b[i]?.units[u]?.arrivedNs].filter(
                    (t) => typeof t === 'number'
                );
                expect(unit.arrivedNs).toBe(copies.length === 0 ? null : Math.min(...copies));
            }
            const sum = Object.values(arrival.delayNs).reduce((total, ns) => total + ns, 0);
            expect(sum).toBe(arrival.arrivedNs === null ? 0 : arrival.arrivedNs - arrival.set.timeNs);
        }
    });

    it('loses fewer sets than either leg', () => {
        const complete = (arrivals: typeof a) => arrivals.filter(({ outcome }) => outcome === 'complete').length;
        expect(complete(a)).toBeLessThan(240);
        expect(complete(both)).toBeGreaterThan(Math.max(complete(a), complete(b)));
    });

    it('wants the same sets on both', () => {
        expect(() => duplicateLegs(a, b.slice(1))).toThrow(/same sets/);
    });
});

describe('offload by slot', () => {
    it('gives every set to the leg that can send first', () => {
        const patterns = [new TddPattern('DDDSU', [10, 2, 2], 1), new TddPattern('UDDDS', [10, 2, 2], 1)];
        const [first, second] = offloadBySlot(sets, patterns, 'uplink', ({ timeNs }) => timeNs);
        expect((first?.length ?? 0) + (second?.length ?? 0)).toBe(sets.length);
        for (const [i, own] of [first, second].entries()) {
            for (const set of own ?? []) {
                const starts = patterns.map((tdd) => tdd.startNs('uplink', tdd.nextSlot('uplink', set.timeNs)));
                expect(starts[i]).toBe(Math.min(...starts));
            }
        }
    });
});
