import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcsTable } from '../../src/phy/mcs.ts';
import { codeBlocks, resourceElementsPerPrb, transportBlockBits } from '../../src/phy/tbs.ts';

/** Spectral efficiencies of MCS table 1 as the clause prints them, rounded (5G-LENA lists the same). */
const TABLE_1 = [
    0.23, 0.31, 0.38, 0.49, 0.6, 0.74, 0.88, 1.03, 1.18, 1.33, 1.33, 1.48, 1.7, 1.91, 2.16, 2.41, 2.57, 2.57, 2.73,
    3.03, 3.32, 3.61, 3.9, 4.21, 4.52, 4.82, 5.12, 5.33, 5.55
];

describe('MCS tables', () => {
    it('have the spectral efficiencies of TS 38.214 table 5.1.3.1-1', () => {
        // Printed with two decimals.
        for (const [i, mcs] of mcsTable('qam64').entries()) {
            expect(Math.abs(mcs.spectralEfficiency - (TABLE_1[i] as number))).toBeLessThan(0.0051);
        }
    });

    it('have 29, 28 and 29 rows', () => {
        expect(['qam64', 'qam256', 'qam64-low-se'].map((name) => mcsTable(name as 'qam64').length)).toEqual([
            29, 28, 29
        ]);
    });

    it('never lose efficiency from one row to the next, but for the modulation changes of table 1', () => {
        for (const name of ['qam256', 'qam64-low-se'] as const) {
            const table = mcsTable(name);
            for (let i = 1; i < table.length; i++) {
                expect(table[i]?.spectralEfficiency).toBeGreaterThan(table[i - 1]?.spectralEfficiency as number);
            }
        }
    });

    it('refuse an unknown name', () => {
        expect(() => mcsTable('qam1024' as 'qam64')).toThrow(/qam64, qam256/);
    });
});

describe('transport block size', () => {
    it('is 638,984 bits for 273 PRB of 156 elements, 948/1024, 256QAM and 2 layers', () => {
        expect(transportBlockBits(156 * 273, 948 / 1024, 8, 2)).toBe(638_984);
    });

    it('follows the clause by hand for a small block', () => {
        // 1 PRB, 156 RE, MCS 0 of table 1, 1 layer: Ninfo = 156 * 2 * 120/1024 = 36.56; n = max(3, 5 - 6) = 3;
        // Ninfo' = 8 floor(36.56 / 8) = 32; the first size from 32 is 32.
        expect(transportBlockBits(156, 120 / 1024, 2, 1)).toBe(32);
    });

    it('follows the clause by hand for a large block of low rate', () => {
        // 273 PRB, 156 RE, MCS 0 of table 1: Ninfo = 42588 * 2 * 120/1024 = 9981.56; n = 13 - 5 = 8;
        // Ninfo' = 256 round(9957.56 / 256) = 256 * 39 = 9984; R <= 1/4: C = ceil(10008 / 3816) = 3;
        // 8 * 3 * ceil(10008 / 24) - 24 = 24 * 417 - 24 = 9984.
        expect(transportBlockBits(156 * 273, 120 / 1024, 2, 1)).toBe(9984);
    });

    it('follows the clause by hand between 3824 and 8424 bits', () => {
        // 40 PRB, 156 RE, MCS 5 (379/1024, QPSK): Ninfo = 6240 * 2 * 379/1024 = 4619.06; n = 12 - 5 = 7;
        // Ninfo' = 128 round(4595.06 / 128) = 128 * 36 = 4608; one code block: 8 ceil(4632 / 8) - 24 = 4608.
        expect(transportBlockBits(156 * 40, 379 / 1024, 2, 1)).toBe(4608);
    });

    it('never shrinks with more resources, and is a multiple of 8', () => {
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 42_000 }), fc.integer({ min: 0, max: 27 }), (re, index) => {
                const mcs = mcsTable('qam256')[index];
                if (!mcs) return;
                const bits = transportBlockBits(re, mcs.codeRate, mcs.modulationOrder, 2);
                expect(bits % 8).toBe(0);
                const more = transportBlockBits(re + 156, mcs.codeRate, mcs.modulationOrder, 2);
                expect(more).toBeGreaterThanOrEqual(bits);
            })
        );
    });

    it('stays within one quantisation step of the information bits', () => {
        fc.assert(
            fc.property(fc.integer({ min: 1000, max: 42_000 }), fc.integer({ min: 0, max: 27 }), (re, index) => {
                const mcs = mcsTable('qam256')[index];
                if (!mcs) return;
                const info = re * mcs.spectralEfficiency * 2;
                if (info < 3825) return;
                const bits = transportBlockBits(re, mcs.codeRate, mcs.modulationOrder, 2);
                // 2^n / 2 with n = floor(log2(info)) - 5 is at most info / 64; code blocks round up by 8 bits each.
                expect(Math.abs(bits - info)).toBeLessThan(info / 64 + 24 + 8 * (1 + info / 3800));
            })
        );
    });

    it('caps the elements of a PRB at 156', () => {
        expect(resourceElementsPerPrb(14, 0)).toBe(156);
        expect(resourceElementsPerPrb(13, 12)).toBe(144);
        expect(resourceElementsPerPrb(1, 12)).toBe(0);
    });
});

describe('code block segmentation', () => {
    it('cuts 638,984 bits of rate 0.93 into 76 blocks of base graph 1', () => {
        // B = 639,008; C = ceil(639,008 / (8448 - 24)) = 76; K' = (639,008 + 76 * 24) / 76 = 8432.
        expect(codeBlocks(638_984, 948 / 1024)).toEqual({ count: 76, bits: 8432 });
    });

    it('keeps a short block whole with a 16-bit CRC', () => {
        expect(codeBlocks(32, 120 / 1024)).toEqual({ count: 1, bits: 48 });
    });
});
