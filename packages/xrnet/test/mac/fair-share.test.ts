import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import type { CellConfigInput } from '../../src/config.ts';
import { mcsTable } from '../../src/phy/mcs.ts';
import { transportBlockBits } from '../../src/phy/tbs.ts';
import { pduSet } from '../sets.ts';

const CELL: CellConfigInput = {
    tdd: { pattern: 'F' },
    scheduler: 'fair-share',
    controlSymbols: 0,
    coreDelayNs: 0,
    unitHeaderBytes: 0,
    blockHeaderBytes: 0,
    radio: { sinrDb: 50, fading: null },
    harq: { errorModel: 'none', decodeNs: 0 }
};
const arrivals = (config: CellConfigInput, bytes: readonly number[]) =>
    simulateCell(
        config,
        bytes.map((size, ue) => ({ ue, pduSets: [pduSet(0, 0, 1, size)] })),
        { rng: Rng.create(1) }
    ).arrivals.map(({ arrivedNs }) => arrivedNs);

/** Bytes of a slot of 14 symbols at the highest MCS on 273 PRB and 2 layers. */
const { codeRate, modulationOrder } = mcsTable('qam256').at(-1) as { codeRate: number; modulationOrder: number };
const slotBytes = transportBlockBits(156 * 273, codeRate, modulationOrder, 2) / 8;

describe('fair sharing', () => {
    it('gives two users half a slot each', () => {
        // Each needs 0.6 of a slot: alone one slot, together two.
        const size = Math.floor(0.6 * slotBytes);
        expect(arrivals(CELL, [size])).toEqual([500_000]);
        expect(arrivals(CELL, [size, size])).toEqual([1_000_000, 1_000_000]);
    });

    it('leaves to others what one does not need', () => {
        // 0.1 and 0.8 of a slot fit into one.
        expect(arrivals(CELL, [Math.floor(0.8 * slotBytes), Math.floor(0.1 * slotBytes)])).toEqual([500_000, 500_000]);
    });

    it('in time ends each user at its own symbol', () => {
        // 2 and 12 symbols of 14: floor(2 / 14 and 14 / 14 of 500,000 ns).
        const perSymbol = transportBlockBits(Math.floor((156 * 273) / 14), codeRate, modulationOrder, 2) / 8;
        expect(
            arrivals({ ...CELL, multiplexing: 'time' }, [Math.floor(1.9 * perSymbol), Math.floor(11.5 * perSymbol)])
        ).toEqual([71_428, 500_000]);
    });
});
