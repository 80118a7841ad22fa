import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBvh } from '../../src/bvh/build-bvh.ts';
import { buildWideBvh } from '../../src/bvh/build-wide-bvh.ts';
import { traverseBvh } from '../../src/bvh/traverse-bvh.ts';
import { STACK_SIZE } from '../../src/bvh/wide-bvh.ts';
import { normalize, sub, type Vec3 } from '../../src/math/vector.ts';
import { intersectReference, referenceTriangles } from '../../src/reference/reference-geometry.ts';
import type { Scene } from '../../src/scene/scene.ts';
import { packScene } from '../../src/tracer/pack-scene.ts';
import { placed, soup } from '../soups.ts';

function rays(seed: number, count: number): { o: Vec3; d: Vec3 }[] {
    const random = Rng.create(seed).stream('rays');
    const point = (s: number): Vec3 => [0, 1, 2].map(() => (random.float() * 2 - 1) * s) as unknown as Vec3;
    return Array.from({ length: count }, (_, i) => {
        const o = point(2);
        // Every fourth ray runs along an axis, where slabs divide by zero.
        const axis: Vec3 = [[1, 0, 0] as const, [0, -1, 0] as const, [0, 0, 1] as const][i % 3]!;
        return { o, d: i % 4 === 0 ? axis : normalize(sub(point(1), o)) };
    });
}

describe('traversal of the packed tree', () => {
    it('finds the hit that trying every triangle finds, on random soups with degenerate triangles', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 300 }), (seed, count) => {
                const scene = placed(seed, [soup(seed, count)], 1);
                compare(scene, 'flattened', rays(seed, 40));
            }),
            { numRuns: 25 }
        );
    });

    it('finds it through the instances of a two-level tree, mirrored ones too', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 12 }), (seed, instances) => {
                const scene = placed(seed, [soup(seed, 60), soup(seed + 1, 7)], instances);
                compare(scene, 'instanced', rays(seed, 40));
                compare(scene, 'flattened', rays(seed, 40));
            }),
            { numRuns: 15 }
        );
    });

    it('opens far fewer nodes than there are triangles', () => {
        const packed = packScene(placed(1, [soup(1, 20000)], 1));
        let opened = 0;
        for (const { o, d } of rays(3, 100)) {
            const hit = traverseBvh(packed, o, d);
            opened += hit.nodes + hit.triangles;
        }
        // A tree that prunes nothing opens about 26,000 a ray; half of a hundredth is far from both.
        expect(opened / 100).toBeLessThan(20000 / 50);
    });
});

function compare(scene: Scene, geometry: 'flattened' | 'instanced', tests: readonly { o: Vec3; d: Vec3 }[]): void {
    const packed = packScene(scene, { geometry });
    const triangles = referenceTriangles(scene);
    for (const { o, d } of tests) {
        const expected = intersectReference(triangles, o, d, Infinity);
        const found = traverseBvh(packed, o, d);
        const t = expected?.t ?? Infinity;
        if (found.t === t) continue;
        // Packed triangles are rounded to float32 (6e-8 of coordinates up to 4, over edges down to 1e-4): positions may differ
        // by that much, and at an edge one of the two may just miss. Then the ray moved by that much must tell the same.
        if (Math.abs(found.t - t) <= 1e-4 * Math.max(1, t)) continue;
        expect(nearEdge(triangles, o, d), `ray ${o} ${d}: ${found.t} against ${t}`).toBe(true);
    }
}

/** True if the outcome changes when the ray is moved by a few float32 ulps. */
function nearEdge(triangles: ReturnType<typeof referenceTriangles>, o: Vec3, d: Vec3): boolean {
    const outcomes = new Set<string>();
    for (const [x, y, z] of [
        [0, 0, 0],
        [1, 0, 0],
        [-1, 0, 0],
        [0, 1, 0],
        [0, -1, 0],
        [0, 0, 1],
        [0, 0, -1]
    ] as const) {
        const s = 2e-6;
        const hit = intersectReference(triangles, [o[0] + x * s, o[1] + y * s, o[2] + z * s], d, Infinity);
        outcomes.add(hit ? hit.t.toFixed(3) : 'none');
    }
    return outcomes.size > 1;
}

describe('the builder', () => {
    it('puts every box into exactly one leaf and inside all its ancestors', () => {
        const random = Rng.create(5).stream('boxes');
        const boxes = new Float32Array(6 * 5000);
        for (let i = 0; i < boxes.length; i += 6) {
            for (let k = 0; k < 3; k++) {
                boxes[i + k] = random.float();
                boxes[i + 3 + k] = boxes[i + k]! + random.float() * 0.1;
            }
        }
        const bvh = buildBvh(boxes);
        expect([...bvh.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
        const visit = (node: number): void => {
            const inside = (b: Float32Array, o: number): void => {
                for (let k = 0; k < 3; k++) {
                    expect(b[o + k]!).toBeGreaterThanOrEqual(bvh.bounds[node * 6 + k]!);
                    expect(b[o + 3 + k]!).toBeLessThanOrEqual(bvh.bounds[node * 6 + 3 + k]!);
                }
            };
            const first = bvh.first[node]!;
            if (bvh.count[node]! > 0) {
                for (let i = 0; i < bvh.count[node]!; i++) inside(boxes, bvh.order[first + i]! * 6);
                return;
            }
            for (const child of [first, first + 1]) {
                inside(bvh.bounds, child * 6);
                visit(child);
            }
        };
        visit(0);
    });

    it('splits a thousand boxes in the same place and stays within the stack', () => {
        const boxes = new Float32Array(6 * 1000).fill(0.5);
        expect(buildWideBvh(boxes, STACK_SIZE).wide.stackNeed).toBeLessThanOrEqual(STACK_SIZE);
    });

    it('stays within the stack where every split peels off one box', () => {
        const n = 3000;
        const boxes = new Float32Array(6 * n);
        for (let i = 0; i < n; i++) boxes.fill(1.3 ** -(i % 300) * (i < 300 ? 1 : 1 + i * 1e-6), i * 6, i * 6 + 6);
        expect(buildWideBvh(boxes, STACK_SIZE).wide.stackNeed).toBeLessThanOrEqual(STACK_SIZE);
    });

    it('takes at most 40 bytes of tree for a triangle', () => {
        const packed = packScene(placed(2, [soup(2, 5000)], 1));
        expect(packed.stats.bvhBytes / packed.stats.triangles).toBeLessThanOrEqual(40);
        expect(packed.stats.triangleBytes / packed.stats.triangles).toBeLessThanOrEqual(100);
    });

    it('stops with code aborted when it is told to', () => {
        const controller = new AbortController();
        controller.abort();
        const boxes = new Float32Array(6 * 200_000).map((_, i) => Math.floor(i / 6));
        const build = (): unknown => buildBvh(boxes, {}, { signal: controller.signal });
        expect(build).toThrow(MixreelError);
        expect(build).toThrow(/cancelled/);
    });
});
