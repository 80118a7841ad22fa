import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlerModel } from '../../src/phy/bler.ts';
import { BLER_POINTS } from '../../src/phy/bler-points.ts';

const FOLDER = new URL('../../../../../shared/network/sionna/', import.meta.url);
const HERE = existsSync(FOLDER);
const MODELS = { qam64: new BlerModel('qam64'), qam256: new BlerModel('qam256') };

interface SionnaFile {
    category: {
        '1': {
            index: Record<
                string,
                { MCS: Record<string, { CBS: Record<string, { BLER: number[] }>; SNR_db: number[] }> }
            >;
        };
    };
}

describe('block error rates', () => {
    it.each(['qam64', 'qam256'] as const)('equal the points of table %s', (name) => {
        const { firstSnrDb, stepDb, curves } = BLER_POINTS[name];
        for (const [mcs, bits, first, ...rates] of curves as number[][]) {
            for (const [i, rate] of rates.entries()) {
                const sinrDb = firstSnrDb + ((first as number) + i) * stepDb;
                // The probit and its inverse are good to 1e-12; 1e-9 leaves room for the grid's rounding.
                expect(MODELS[name].codeBlockErrorRate(mcs as number, bits as number, sinrDb)).toBeCloseTo(rate, 9);
            }
        }
    });

    it.skipIf(!HERE)(
        `equal every point of the Sionna files${HERE ? '' : ' (skipped: ../shared/network/sionna is absent)'}`,
        () => {
            for (const [name, table] of [
                ['qam64', 1],
                ['qam256', 2]
            ] as const) {
                const file = JSON.parse(
                    readFileSync(new URL(`PDSCH_table${table}.json`, FOLDER), 'utf8')
                ) as SionnaFile;
                const rows = file.category['1'].index[String(table)]?.MCS ?? {};
                for (const [mcs, { CBS, SNR_db }] of Object.entries(rows)) {
                    for (const [bits, { BLER }] of Object.entries(CBS)) {
                        for (const [i, rate] of BLER.entries()) {
                            const ours = MODELS[name].codeBlockErrorRate(
                                Number(mcs),
                                Number(bits),
                                SNR_db[i] as number
                            );
                            // Where the file says 1 or 0 it counted 600 to 3000 blocks; beside 1 it is noise of up to 0.013.
                            const tolerance = rate === 0 ? 4e-3 : rate > 0.85 ? 0.11 : 1e-6;
                            expect(
                                Math.abs(ours - rate),
                                `${name} MCS ${mcs}, ${bits} bits, ${SNR_db[i]} dB`
                            ).toBeLessThan(tolerance);
                        }
                    }
                }
            }
        }
    );

    it('fall with SINR for every MCS and size', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 27 }),
                fc.integer({ min: 24, max: 8448 }),
                fc.double({ min: -15, max: 40, noNaN: true }),
                (mcs, bits, sinrDb) => {
                    const model = MODELS.qam256;
                    const here = model.codeBlockErrorRate(mcs, bits, sinrDb);
                    expect(here).toBeGreaterThanOrEqual(0);
                    expect(here).toBeLessThanOrEqual(1);
                    // Rates below 1e-300 may underflow to the same 0.
                    expect(model.codeBlockErrorRate(mcs, bits, sinrDb + 0.25)).toBeLessThanOrEqual(here);
                }
            )
        );
    });

    it('of a block of many are those of at least one failure', () => {
        const p = MODELS.qam256.codeBlockErrorRate(10, 8000, 12.2);
        expect(MODELS.qam256.transportBlockErrorRate(10, 7, 8000, 12.2)).toBeCloseTo(1 - (1 - p) ** 7, 12);
    });

    it('need more SINR for more efficient schemes', () => {
        const block = { count: 1, bits: 8000 };
        let last = -Infinity;
        for (let mcs = 0; mcs < 28; mcs++) {
            const needed = MODELS.qam256.requiredSinrDb(mcs, block, 0.1);
            // Modulation changes keep the efficiency nearly; 0.3 dB covers the measurement's noise there.
            expect(needed).toBeGreaterThan(last - 0.3);
            last = needed;
        }
        // QPSK 0.12 works well below 0 dB, 256QAM 0.93 needs about 25 dB (Shannon: -6.2 and 22.2 dB).
        expect(MODELS.qam256.requiredSinrDb(0, block, 0.1)).toBeGreaterThan(-9);
        expect(MODELS.qam256.requiredSinrDb(0, block, 0.1)).toBeLessThan(-4);
        expect(last).toBeGreaterThan(23);
        expect(last).toBeLessThan(28);
    });
});
