import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAliasTable, sampleAlias } from '../../src/lights/alias-table.ts';
import { environmentTable, texelSolidAngle } from '../../src/lights/environment-table.ts';
import { LIGHT_WORDS } from '../../src/lights/light-rows.ts';
import { buildLightTable } from '../../src/lights/light-table.ts';
import { cornellBox } from '../../src/scene/cornell-box.ts';
import { constantEnvironment } from '../../src/scene/create-scene.ts';

describe('the alias table', () => {
    it('draws every entry with its probability, exactly: summed over the table, not sampled', () => {
        fc.assert(
            fc.property(
                fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
                (w) => {
                    const table = buildAliasTable(w);
                    const total = w.reduce((a, b) => a + b, 0);
                    const share = new Float64Array(w.length);
                    for (let i = 0; i < w.length; i++) {
                        share[i]! += table.keep[i]! / w.length;
                        share[table.alias[i]!]! += (1 - table.keep[i]!) / w.length;
                    }
                    if (total === 0) expect(table.total).toBe(0);
                    // keep is float32: 6e-8 an entry, up to 50 entries at one alias.
                    else for (let i = 0; i < w.length; i++) expect(share[i]!).toBeCloseTo(w[i]! / total, 5);
                }
            )
        );
    });

    it('never draws an entry of weight 0, nor one that is not finite', () => {
        const table = buildAliasTable([0, 1, Number.NaN, 3, Infinity, 0]);
        const random = Rng.create(1).stream('alias');
        for (let i = 0; i < 5000; i++) expect([1, 3]).toContain(sampleAlias(table, random.float()).index);
    });

    it('leaves a fraction that is uniform again', () => {
        const table = buildAliasTable([1, 2, 3, 4, 5]);
        const random = Rng.create(2).stream('rest');
        let sum = 0;
        for (let i = 0; i < 20_000; i++) sum += sampleAlias(table, random.float()).rest;
        // Standard error of the mean of 20,000 uniforms: 0.002.
        expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.01);
    });
});

describe('the environment table', () => {
    it('has texels that cover the sphere and probabilities that sum to 1', () => {
        const random = Rng.create(3).stream('sky');
        const data = Float32Array.from({ length: 16 * 8 * 3 }, () => random.float() ** 8 * 100);
        const table = environmentTable({ widthPx: 16, heightPx: 8, data });
        let area = 0;
        let sum = 0;
        for (let i = 0; i < 128; i++) {
            area += texelSolidAngle(Math.floor(i / 16), 16, 8);
            sum += table.rows[i * 4 + 3]!;
        }
        expect(area).toBeCloseTo(4 * Math.PI, 10);
        expect(sum).toBeCloseTo(1, 5);
    });

    it('can be drawn wherever its bilinear lookup is not black', () => {
        const data = new Float32Array(16 * 8 * 3);
        data.fill(5, 3 * (3 * 16), 3 * (3 * 16) + 3);
        const table = environmentTable({ widthPx: 16, heightPx: 8, data });
        for (const [x, y] of [
            [0, 3],
            [1, 3],
            [15, 3],
            [0, 2],
            [0, 4]
        ] as const) {
            expect(table.alias.pmf[y * 16 + x]).toBeGreaterThan(0);
        }
    });
});

describe('the light table', () => {
    it('holds the triangles of the Cornell light, by power, with their areas', () => {
        const table = buildLightTable(cornellBox(), { radius: 1 });
        expect(table.count).toBe(2);
        const floats = new Float32Array(table.words.buffer);
        for (let i = 0; i < 2; i++) {
            expect(floats[i * LIGHT_WORDS + 7]).toBeCloseTo((0.24 * 0.19) / 2, 7);
            expect(floats[i * LIGHT_WORDS + 11]).toBeCloseTo(0.5, 6);
        }
    });

    it('gives the environment half of the samples beside other lights, all of them alone', () => {
        const box = cornellBox();
        const environment = constantEnvironment([1, 1, 1]);
        expect(buildLightTable({ ...box, environment }, { radius: 1 }).environmentPmf).toBe(0.5);
        const dark = {
            ...box,
            environment,
            materials: box.materials.map((m) => ({ ...m, emission: [0, 0, 0] as const }))
        };
        expect(buildLightTable(dark, { radius: 1 }).environmentPmf).toBe(1);
    });
});
