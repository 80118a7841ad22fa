import { chiSquareTest, Moments, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { environmentTable } from '../../src/lights/environment-table.ts';
import { chooseFromTree, treeProbability } from '../../src/lights/light-importance.ts';
import { LeafWriter } from '../../src/lights/light-leaves.ts';
import { LIGHT_WORDS } from '../../src/lights/light-rows.ts';
import { buildLightTable, type LightSampler, type LightTable, TREE_THRESHOLD } from '../../src/lights/light-table.ts';
import { buildLightTree, LEAF, LIGHT_NODE_WORDS } from '../../src/lights/light-tree.ts';
import { dot, luminance, normalize, type Vec3 } from '../../src/math/vector.ts';
import { ReferenceAttributes } from '../../src/reference/reference-attributes.ts';
import { ReferenceLights } from '../../src/reference/reference-lights.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { PunctualLight, Scene } from '../../src/scene/scene.ts';
import { manyLights } from './light-scenes.ts';

const SCENE = manyLights({ triangles: 150, points: 20, spots: 20, seed: 4 });
const TABLE = buildLightTable(SCENE, { radius: 5, sampler: 'tree' });
const TREE = TABLE.tree!;

function somewhere(random: { float(): number }): { p: Vec3; n: Vec3 } {
    const p: Vec3 = [8 * random.float() - 4, 2 * random.float(), 8 * random.float() - 4];
    return { p, n: normalize([random.float() - 0.5, random.float() - 0.5, random.float() - 0.5]) };
}

/** Rows of the lights in the tree, with their trails. */
function members(table: LightTable): { light: number; trail: number }[] {
    const out = [];
    const { nodes } = table.tree!;
    for (let o = 0; o < nodes.length; o += LIGHT_NODE_WORDS) {
        const link = nodes[o + 7]!;
        if (link >= LEAF) out.push({ light: link - LEAF, trail: table.words[(link - LEAF) * LIGHT_WORDS + 22]! });
    }
    return out;
}

describe('the light tree', () => {
    it('holds every light that has a place once, with probabilities that sum to 1 wherever one asks', () => {
        const lights = members(TABLE);
        expect(new Set(lights.map(({ light }) => light)).size).toBe(lights.length);
        expect(lights.length).toBe(TABLE.count - TABLE.choices);
        const random = Rng.create(1).stream('points');
        let least = 1;
        let total = 0;
        for (let k = 0; k < 50; k++) {
            const { p, n } = somewhere(random);
            let sum = 0;
            for (const { trail } of lights) sum += treeProbability(TREE, trail, p, n);
            expect(sum).toBeLessThan(1 + 1e-12);
            least = Math.min(least, sum);
            total += sum / 50;
        }
        // What a node may give by its bounds and neither of its children does is lost: 4 % on average, a third at worst.
        expect(total).toBeGreaterThan(0.9);
        expect(least).toBeGreaterThan(0.5);
    });

    it('chooses each light as often as it says (chi-square), and says the same of it afterwards', () => {
        const random = Rng.create(2).stream('choices');
        const lights = members(TABLE);
        for (let k = 0; k < 4; k++) {
            const { p, n } = somewhere(random);
            const drawn = new Map<number, number>();
            const samples = 40_000;
            for (let i = 0; i < samples; i++) {
                const chosen = chooseFromTree(TREE, p, n, random.float(), random.float());
                const light = chosen?.light ?? -1;
                drawn.set(light, (drawn.get(light) ?? 0) + 1);
                if (!chosen || i > 500) continue;
                const trail = TABLE.words[chosen.light * LIGHT_WORDS + 22]!;
                expect(treeProbability(TREE, trail, p, n)).toBeCloseTo(chosen.pmf, 12);
            }
            const expected = lights.map(({ trail }) => samples * treeProbability(TREE, trail, p, n));
            const observed = lights.map(({ light }) => drawn.get(light) ?? 0);
            for (const [i, e] of expected.entries()) if (e === 0) expect(observed[i]).toBe(0);
            const none = samples - expected.reduce((a, b) => a + b, 0);
            // Four points, a fixed seed: a p-value under 1e-4 would be a fault.
            expect(chiSquareTest([...observed, drawn.get(-1) ?? 0], [...expected, none]).p).toBeGreaterThan(1e-4);
        }
    });

    it('gives no light the probability 0 where it shines', () => {
        const random = Rng.create(3).stream('seen');
        const lights = sampler(SCENE, 'power');
        for (let k = 0; k < 20_000; k++) {
            const { p, n } = somewhere(random);
            const s = lights.sample(p, n, [random.float(), random.float(), random.float(), random.float()]);
            if (!(s.pdf > 0) || luminance(s.radiance) <= 0) continue;
            const trail = TABLE.words[(s.light + 1) * LIGHT_WORDS + 22]!;
            expect(treeProbability(TREE, trail, p, n)).toBeGreaterThan(0);
        }
    });

    it('estimates the same irradiance as power sampling, with less noise', () => {
        const random = Rng.create(4).stream('irradiance');
        const samplers = [sampler(SCENE, 'power'), sampler(SCENE, 'tree')] as const;
        const variance = [0, 0];
        for (let k = 0; k < 12; k++) {
            const p: Vec3 = [8 * random.float() - 4, 0, 8 * random.float() - 4];
            const n: Vec3 = [0, 1, 0];
            const moments = samplers.map((lights) => {
                const m = new Moments();
                for (let i = 0; i < 8000; i++) {
                    const r = [random.float(), random.float(), random.float(), random.float()] as const;
                    const s = lights.sample(p, n, r);
                    m.add(s.pdf > 0 ? (luminance(s.radiance) * Math.max(0, dot(n, s.direction))) / s.pdf : 0);
                }
                return m;
            });
            const [power, tree] = moments as [Moments, Moments];
            // 4.5 standard errors, 12 points: one chance in ten thousand, and the seed is fixed.
            const error = Math.sqrt((power.variance + tree.variance) / 8000);
            expect(Math.abs(power.mean - tree.mean)).toBeLessThan(4.5 * error);
            variance[0]! += power.variance / power.mean ** 2;
            variance[1]! += tree.variance / power.mean ** 2;
        }
        // 0.35 measured; half would still be worth the walk.
        expect(variance[1]! / variance[0]!).toBeLessThan(0.5);
    });

    it('is used from the threshold on, and leaves out what gives no light', () => {
        const few = (count: number) => manyLights({ triangles: 0, points: count, spots: 0, seed: 1 });
        expect(buildLightTable(few(TREE_THRESHOLD - 1), { radius: 5 }).tree).toBeNull();
        expect(buildLightTable(few(TREE_THRESHOLD), { radius: 5 }).tree).not.toBeNull();
        expect(buildLightTable(few(TREE_THRESHOLD), { radius: 5, sampler: 'power' }).tree).toBeNull();
        const dark = createScene({
            ...geometryOf(few(40)),
            environment: { widthPx: 1, heightPx: 1, data: Float32Array.of(1, 1, 1) },
            lights: Array.from({ length: 40 }, () => ({ kind: 'point', position: [0, 1, 0], intensity: [0, 0, 0] }))
        });
        const table = buildLightTable(dark, { radius: 5 });
        expect(table.tree).toBeNull();
        expect(table.environmentPmf).toBe(1);
    });

    it('takes lights that lie on one spot, and one alone', () => {
        const scene = manyLights({ triangles: 0, points: 1, spots: 0, seed: 1 });
        const light = scene.lights[0]!;
        for (const count of [1, 2, 1000]) {
            const same = createScene({ ...geometryOf(scene), lights: Array<PunctualLight>(count).fill(light) });
            const { tree } = buildLightTable(same, { radius: 5, sampler: 'tree' });
            expect(tree!.nodes.length).toBe((2 * count - 1) * LIGHT_NODE_WORDS);
            expect(tree!.depth).toBe(Math.ceil(Math.log2(count)));
            const chosen = chooseFromTree(tree!, [1, 0, 0], [0, 1, 0], 0.37, 0.11);
            expect(chosen!.pmf).toBeCloseTo(1 / count, 9);
        }
    });

    // A million of them, 64 MB, with a scene around: tests/bench/pathtracer/lights.mjs.
    it('builds over very many tiny lights, 64 bytes each', () => {
        const count = 100_000;
        const { tree, leaves } = buildOver(count, 1);
        expect(tree.nodes.byteLength).toBe((2 * count - 1) * 32);
        const random = Rng.create(5).stream('million');
        const trails = new Uint32Array(leaves.count);
        for (let i = 0; i < leaves.count; i++) trails[leaves.lights[i]!] = tree.trails[i]!;
        for (let k = 0; k < 200; k++) {
            const { p, n } = somewhere(random);
            const chosen = chooseFromTree(tree, p, n, random.float(), random.float());
            if (chosen) expect(treeProbability(tree, trails[chosen.light]!, p, n)).toBeCloseTo(chosen.pmf, 12);
        }
    });

    it('is no deeper than a trail has bits, however the lights lie', () => {
        // All but a few in one corner.
        const { tree } = buildOver(20_000, 40);
        expect(tree.depth).toBeGreaterThan(20);
        expect(tree.depth).toBeLessThan(32);
    });

    it('stops when it is cancelled', () => {
        const controller = new AbortController();
        controller.abort();
        const init = { radius: 5, sampler: 'tree', progress: { signal: controller.signal } } as const;
        expect(() => buildLightTable(SCENE, init)).toThrow(/light tree/);
    });
});

/** Over tiny triangles in a cube of 100 m, by Weyl's sequence; the higher the power, the nearer to a corner. */
function buildOver(count: number, power: number) {
    const leaves = new LeafWriter(count);
    const row = new Float32Array(24);
    for (let i = 0; i < count; i++) {
        for (let k = 0; k < 3; k++) {
            const step = [Math.SQRT2, Math.E, Math.PI][k]!;
            row[k] = ((i * step) % 1) ** power * 100;
            row[4 + k] = 0.001 * (((i * step * 7) % 1) - 0.5);
            row[8 + k] = 0.001 * (((i * step * 11) % 1) - 0.5);
        }
        leaves.triangle(i, row, 0, 1e-6, false);
    }
    return { tree: buildLightTree(leaves), leaves };
}

function geometryOf({ meshes, instances, materials }: Scene): Pick<Scene, 'meshes' | 'instances' | 'materials'> {
    return { meshes, instances, materials };
}

function sampler(scene: Scene, kind: LightSampler): ReferenceLights {
    const table = buildLightTable(scene, { radius: 5, sampler: kind });
    return new ReferenceLights(scene, new ReferenceAttributes(scene), table, environmentTable(null));
}
