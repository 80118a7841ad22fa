import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eesmBeta, effectiveSinrDb, mutualInformation, type SinrMapping } from '../../src/phy/effective-sinr.ts';
import { mcsTable } from '../../src/phy/mcs.ts';

const ORDERS = [2, 4, 6, 8] as const;
const db = (linear: number): number => 10 * Math.log10(linear);

/** Mutual information of QAM by drawing symbols and noise: other code, other method. */
function drawn(order: number, snrDb: number, draws: number): number {
    const side = 2 ** (order / 2);
    const scale = Math.sqrt(1.5 / (side ** 2 - 1));
    const points = Array.from({ length: side * side }, (_, i) => [
        scale * (2 * (i % side) - side + 1),
        scale * (2 * Math.floor(i / side) - side + 1)
    ]);
    const n0 = 10 ** (-snrDb / 10);
    const stream = Rng.create(order).stream('noise');
    let lost = 0;
    for (let d = 0; d < draws; d++) {
        const [x = 0, y = 0] = points[d % points.length] as number[];
        const nx = Math.sqrt(n0 / 2) * stream.normal();
        const ny = Math.sqrt(n0 / 2) * stream.normal();
        let sum = 0;
        for (const [px = 0, py = 0] of points) {
            sum += Math.exp((nx * nx + ny * ny - (x + nx - px) ** 2 - (y + ny - py) ** 2) / n0);
        }
        lost += Math.log2(sum);
    }
    return order - lost / draws;
}

describe('mutual information', () => {
    it.each([
        [2, 0],
        [4, 8],
        [6, 12],
        [8, 18]
    ])('of %d bits a symbol at %d dB is what drawing gives', (order, snrDb) => {
        // 20,000 draws: standard error below 0.012 bits.
        expect(Math.abs(mutualInformation(order).at(snrDb) - drawn(order, snrDb, 20_000))).toBeLessThan(0.04);
    });

    it('rises, stays below capacity, meets it at low SINR and its bits at high', () => {
        for (const order of ORDERS) {
            const table = mutualInformation(order);
            let last = -1;
            for (let snrDb = -20; snrDb <= 50; snrDb += 0.5) {
                const value = table.at(snrDb);
                expect(value).toBeGreaterThanOrEqual(last);
                // Quadrature of 24 nodes: 1e-3 bits.
                expect(value).toBeLessThanOrEqual(Math.min(order, Math.log2(1 + 10 ** (snrDb / 10))) + 1e-3);
                last = value;
            }
            expect(table.at(50)).toBeCloseTo(order, 6);
            expect(table.at(-19) / Math.log2(1 + 10 ** -1.9)).toBeCloseTo(1, 2);
        }
    });
});

describe('the effective SINR', () => {
    const mappings = fc.constantFrom<SinrMapping>('miesm', 'eesm');
    const parts = fc.array(fc.double({ min: -8, max: 25, noNaN: true }), { minLength: 1, maxLength: 18 });

    it('of equal parts is theirs; of unequal ones it lies between the least and the mean', () => {
        fc.assert(
            fc.property(mappings, parts, fc.constantFrom(...ORDERS), (mapping, partsDb, order) => {
                const beta = eesmBeta('qam64', 3 * order);
                const linear = partsDb.map((value) => 10 ** (value / 10));
                const weights = linear.map((_, i) => 1 + (i % 4));
                const total = weights.reduce((sum, w) => sum + w, 0);
                const mean = linear.reduce((sum, value, i) => sum + value * (weights[i] as number), 0) / total;
                const effective = effectiveSinrDb(mapping, linear, weights, order, beta);
                // Mutual information is concave in the SINR, but its table is linear in dB: 0.02 dB. Above its bits it
                // cannot tell SINRs apart, so only the range in which it can is asked for.
                expect(effective).toBeLessThanOrEqual(db(mean) + 0.02);
                if (order === 8) expect(effective).toBeGreaterThanOrEqual(Math.min(...partsDb) - 0.02);
                const flat = linear.map(() => 10);
                expect(effectiveSinrDb(mapping, flat, weights, 8, beta)).toBeCloseTo(10, 9);
            })
        );
    });

    it('by EESM is -beta ln of the mean of e^(-SINR / beta), also where that underflows', () => {
        const expected = -1.6 * Math.log((Math.exp(-1 / 1.6) + 3 * Math.exp(-3 / 1.6)) / 4);
        expect(effectiveSinrDb('eesm', [1, 3, 99], [1, 3, 0], 2, 1.6)).toBeCloseTo(db(expected), 12);
        expect(effectiveSinrDb('eesm', [1e5, 1e5], [1, 1], 2, 1.6)).toBeCloseTo(50, 9);
    });

    it('has a beta for every MCS of every table', () => {
        for (const name of ['qam64', 'qam256', 'qam64-low-se'] as const) {
            for (const { index } of mcsTable(name)) expect(eesmBeta(name, index)).toBeGreaterThan(1);
        }
    });
});
