import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hitTriangle, traverseBvh } from '../../src/bvh/traverse-bvh.ts';
import { add, normalize, scale, sub, type Vec3 } from '../../src/math/vector.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Mesh } from '../../src/scene/scene.ts';
import { type PackedScene, packScene } from '../../src/tracer/pack-scene.ts';
import { ballMesh } from '../closed-meshes.ts';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function pack(mesh: Mesh): PackedScene {
    const instances = [{ mesh: 0, material: 0, transform: IDENTITY }];
    return packScene(createScene({ meshes: [mesh], instances, materials: [{ kind: 'diffuse' }] }));
}

/** The nearest hit by trying every packed triangle with the traversal's own arithmetic: the tree alone can make a difference. */
function tryAll(packed: PackedScene, o: Vec3, d: Vec3): number {
    let best = Infinity;
    for (let i = 0; i < packed.stats.triangles; i++) {
        const t = hitTriangle(packed.triangles, i, o, d);
        if (t > 0 && t < best) best = t;
    }
    return best;
}

/** Triangles of sizes over six decades around a place far away: needles, slivers, points, copies. */
function soup(seed: number, count: number, size: number, at: Vec3): Mesh {
    const random = Rng.create(seed).stream('soup');
    const u = (): number => 2 * random.float() - 1;
    const positions: number[] = [];
    for (let t = 0; t < count; t++) {
        const center = add(at, scale([u(), u(), u()], size));
        const s = size * 10 ** (-6 * random.float());
        const kind = random.integer(6);
        const corners = [0, 1, 2].map(() => add(center, scale([u(), u(), u()], s)));
        if (kind === 0) corners[2] = corners[1]!;
        if (kind === 1) corners[1] = add(corners[0]!, scale(sub(corners[1]!, corners[0]!), 1e-7));
        if (kind === 2) for (const k of [0, 1, 2]) corners[k] = [center[0], corners[k]![1], corners[k]![2]];
        positions.push(...corners.flat());
    }
    // Every tenth triangle is there twice.
    const indices = Array.from({ length: count * 3 }, (_, i) => (i % 30 < 3 ? i % (count * 3) : i));
    return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

const sizes = fc.constantFrom(1e-6, 1e-2, 1, 1e3, 1e6, 1e9);
const places = fc.constantFrom<Vec3>([0, 0, 0], [1000, -3, 0.1], [0, 0, -1e4]);

describe('traversal', () => {
    it('finds exactly what trying every triangle finds, tiny or huge, near or far from the origin', () => {
        fc.assert(
            fc.property(fc.nat(), fc.integer({ min: 1, max: 200 }), sizes, places, (seed, count, size, place) => {
                const at = scale(place, size);
                const packed = pack(soup(seed, count, size, at));
                const random = Rng.create(seed).stream('rays');
                const u = (): number => 2 * random.float() - 1;
                for (let r = 0; r < 30; r++) {
                    const o = add(at, scale([u(), u(), u()], 2 * size));
                    const d = r % 3 === 0 ? ([0, r % 2 === 0 ? 1 : -1, 0] as const) : normalize([u(), u(), u()]);
                    expect(traverseBvh(packed, o, d).t).toBe(tryAll(packed, o, d));
                }
            }),
            { numRuns: 25 }
        );
    });

    it('lets no ray through a closed surface at its edges and corners', () => {
        fc.assert(
            fc.property(fc.nat(), fc.integer({ min: 2, max: 12 }), sizes, places, (seed, n, size, place) => {
                const at = scale(place, size);
                const mesh = ballMesh(n, size, at);
                const packed = pack(mesh);
                const random = Rng.create(seed).stream('rays');
                const u = (): number => 2 * random.float() - 1;
                const corner = (i: number): Vec3 => [0, 1, 2].map((k) => mesh.positions[i * 3 + k]!) as unknown as Vec3;
                for (let r = 0; r < 40; r++) {
                    const t = 3 * random.integer(mesh.indices.length / 3);
                    const [a, b] = [corner(mesh.indices[t]!), corner(mesh.indices[t + 1]!)];
                    const f = r % 4 === 0 ? 0 : random.float();
                    const on = add(scale(a, 1 - f), scale(b, f));
                    // From outside, through the edge, to a point well inside.
                    const inside = add(at, scale([u(), u(), u()], 0.2 * size));
                    const d = normalize(sub(inside, on));
                    const o = sub(on, scale(d, 3 * size));
                    const hit = traverseBvh(packed, o, d);
                    // On the near side: the far one is at least another 0.3 of the radius away.
                    expect(hit.t / size).toBeLessThan(3.1);
                }
            }),
            { numRuns: 30 }
        );
    });

    it('ends without a hit for rays that are not numbers', () => {
        const packed = pack(ballMesh(8, 1, [0, 0, 0]));
        for (const bad of [Number.NaN, Infinity, -Infinity]) {
            for (let k = 0; k < 3; k++) {
                const broken = [0.1, 0.2, 0.3].map((x, i) => (i === k ? bad : x)) as unknown as Vec3;
                expect(traverseBvh(packed, broken, [0, 0, 1]).triangle).toBe(-1);
                if (Number.isNaN(bad)) expect(traverseBvh(packed, [0, 0, 0], broken).triangle).toBe(-1);
            }
        }
        expect(traverseBvh(packed, [0, 0, 0], [0, 0, 0]).triangle).toBe(-1);
    });
});

describe('spatial splits', () => {
    /** Long thin diagonal triangles: what boxes fit worst. */
    function needles(seed: number, count: number): Mesh {
        const random = Rng.create(seed).stream('needles');
        const u = (): number => 2 * random.float() - 1;
        const positions: number[] = [];
        for (let i = 0; i < count; i++) {
            const center: Vec3 = [u(), u(), u()];
            const along: Vec3 = i % 5 === 0 ? [u(), 0, u()] : [u(), u(), u()];
            const end = add(center, along);
            positions.push(...center, ...end, ...add(end, scale([u(), u(), u()], 0.02)));
        }
        return {
            positions: Float32Array.from(positions),
            indices: Uint32Array.from({ length: count * 3 }, (_, i) => i)
        };
    }

    it('lose no hit, in either geometry, and copy no more than they may', () => {
        fc.assert(
            fc.property(fc.nat(), fc.constantFrom(0.04, 0.5, 1), (seed, splitBudget) => {
                const mesh = needles(seed, 150);
                const whole = pack(mesh);
                const scene = createScene({
                    meshes: [mesh],
                    instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
                    materials: [{ kind: 'diffuse' }]
                });
                for (const geometry of ['flattened', 'instanced'] as const) {
                    const packed = packScene(scene, { geometry, bvh: { splitBudget } });
                    expect(packed.stats.triangles).toBeLessThanOrEqual(150 * (1 + splitBudget));
                    const random = Rng.create(seed).stream('rays');
                    const u = (): number => 2 * random.float() - 1;
                    for (let r = 0; r < 40; r++) {
                        const [o, d] = [[u(), u(), u()] as Vec3, normalize([u(), u(), u()])];
                        expect(traverseBvh(packed, o, d).t).toBe(tryAll(whole, o, d));
                    }
                }
            }),
            { numRuns: 20 }
        );
    });

    it('make a tree of needles cheaper, and leave one of a ball and transparent triangles alone', () => {
        const cost = (mesh: Mesh, splitBudget: number): number => {
            const instances = [{ mesh: 0, material: 0, transform: IDENTITY }];
            const scene = createScene({ meshes: [mesh], instances, materials: [{ kind: 'diffuse' }] });
            return packScene(scene, { bvh: { splitBudget } }).stats.sahCost;
        };
        // Measured 0.70 for 20,000 of them.
        expect(cost(needles(1, 3000), 1)).toBeLessThan(0.85 * cost(needles(1, 3000), 0));
        expect(cost(ballMesh(30, 1, [0, 0, 0]), 1)).toBe(cost(ballMesh(30, 1, [0, 0, 0]), 0));
        const glass = createScene({
            meshes: [needles(1, 500)],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse', alphaMode: 'blend', opacity: 0.5 }]
        });
        expect(packScene(glass, { bvh: { splitBudget: 1 } }).stats.triangles).toBe(500);
    });
});
