import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAliasTable, sampleAlias } from '../../src/lights/alias-table.ts';
import { environmentTable, texelSolidAngle } from '../../src/lights/environment-table.ts';
import { LIGHT_WORDS } from '../../src/lights/light-rows.ts';
import { buildLightTable } from '../../src/lights/light-table.ts';
import { IDENTITY, type Vec3 } from '../../src/math/vector.ts';
import { ReferenceAttributes } from '../../src/reference/reference-attributes.ts';
import { ReferenceLights } from '../../src/reference/reference-lights.ts';
import { cornellBox } from '../../src/scene/cornell-box.ts';
import { constantEnvironment, createScene } from '../../src/scene/create-scene.ts';

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

    it('takes a million tiny lamps: each is in its tree once, none is lost, and what is drawn says how likely it was', () => {
        const count = 1_000_000;
        const positions = new Float32Array(count * 9);
        for (let i = 0; i < count; i++) {
            for (let k = 0; k < 9; k++) {
                // Weyl's sequence in a cube of 10 m; edges of a tenth of a millimetre.
                const place = 10 * ((i * [Math.SQRT2, Math.E, Math.PI][k % 3]!) % 1);
                positions[i * 9 + k] = place + (k === 3 || k === 7 ? 1e-4 : 0);
            }
        }
        const scene = createScene({
            meshes: [{ positions, indices: Uint32Array.from({ length: count * 3 }, (_, i) => i) }],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse', emission: [1e6, 1e6, 1e6], doubleSided: true }]
        });
        const table = buildLightTable(scene, { radius: 9 });
        expect([table.choices, table.count]).toEqual([1, count + 1]);
        // 96 bytes a lamp and 64 of tree: 153 MiB, of which a device says whether it can hold them.
        expect(table.words.byteLength).toBeGreaterThanOrEqual(count * 96);
        expect(table.tree!.nodes.byteLength).toBe((2 * count - 1) * 32);
        const lights = new ReferenceLights(scene, new ReferenceAttributes(scene), table, environmentTable(null));
        const random = Rng.create(4).stream('million');
        const r = (): number => random.float();
        let found = 0;
        let worst = 0;
        for (let k = 0; k < 500; k++) {
            const p: Vec3 = [10 * r(), 10 * r(), 10 * r()];
            const s = lights.sample(p, [0, 1, 0], [r(), r(), r(), r()]);
            if (s.pdf === 0) continue;
            found++;
            const back = lights.pdf(s.light, s.distance, s.direction, p, [0, 1, 0]);
            worst = Math.max(worst, Math.abs(back / s.pdf - 1));
        }
        expect(worst).toBeLessThan(1e-6);
        expect(found).toBeGreaterThan(400);
    }, 60_000);

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
