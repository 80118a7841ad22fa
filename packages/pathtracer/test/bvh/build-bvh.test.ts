import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bvh, buildBvh } from '../../src/bvh/build-bvh.ts';
import { halfArea } from '../../src/bvh/sah.ts';
import { FEW, FewSplitter } from '../../src/bvh/split-few.ts';

/** Boxes of sizes over four decades; every eighth is the same as the one before. */
function boxes(seed: number, count: number, spread = 1): Float32Array {
    const random = Rng.create(seed).stream('boxes');
    const out = new Float32Array(count * 6);
    for (let i = 0; i < count; i++) {
        if (i % 8 === 7) {
            out.copyWithin(i * 6, (i - 1) * 6, i * 6);
            continue;
        }
        for (let k = 0; k < 3; k++) {
            const low = spread * random.float();
            out[i * 6 + k] = low;
            out[i * 6 + 3 + k] = low + 10 ** (-4 * random.float() - 1);
        }
    }
    return out;
}

/** Walks the tree and checks what every traversal relies on. */
function check(input: Float32Array, bvh: Bvh, maxLeafSize: number): void {
    const seen = new Uint8Array(input.length / 6);
    const inside = (box: Float32Array, o: number, node: number): boolean => {
        for (let k = 0; k < 3; k++) {
            if (!(box[o + k]! >= bvh.bounds[node * 6 + k]!)) return false;
            if (!(box[o + 3 + k]! <= bvh.bounds[node * 6 + 3 + k]!)) return false;
        }
        return true;
    };
    let wrong = 0;
    for (let node = 0; node < bvh.nodeCount; node++) {
        const first = bvh.first[node]!;
        const count = bvh.count[node]!;
        if (count > maxLeafSize) wrong++;
        if (count === 0) {
            if (!(inside(bvh.bounds, first * 6, node) && inside(bvh.bounds, (first + 1) * 6, node))) wrong++;
        }
        for (let i = first; i < first + count; i++) {
            seen[bvh.order[i]!]!++;
            if (!inside(input, bvh.order[i]! * 6, node)) wrong++;
        }
    }
    expect(wrong).toBe(0);
    expect(seen.every((times) => times === 1)).toBe(true);
}

describe('the builder', () => {
    it('puts every box into one leaf, inside the boxes of all nodes above it', () => {
        fc.assert(
            fc.property(
                fc.integer(),
                fc.integer({ min: 0, max: 600 }),
                fc.integer({ min: 1, max: 8 }),
                fc.constantFrom(0, 1e-6, 1, 1e6),
                (seed, count, maxLeafSize, spread) => {
                    const input = boxes(seed >>> 0, count, spread);
                    check(input, buildBvh(input, { maxLeafSize }), maxLeafSize);
                }
            ),
            { numRuns: 60 }
        );
    });

    it('does so where it bins by samples, at no more than half the cost of halving along one axis', () => {
        const count = 40_000;
        const input = boxes(1, count);
        const built = buildBvh(input);
        check(input, built, 4);
        // Sorted along x, then halved down to the leaves: what no heuristic at all would give.
        const byX = Array.from({ length: count }, (_, i) => i).sort((a, b) => input[a * 6]! - input[b * 6]!);
        const sorted = Float32Array.from(byX.flatMap((i) => [...input.subarray(i * 6, i * 6 + 6)]));
        const halved = buildBvh(sorted, { maxSahDepth: 0 });
        check(sorted, halved, 4);
        expect(built.sahCost).toBeLessThan(0.5 * halved.sahCost);
    });

    it('builds the same tree again', () => {
        const input = boxes(2, 20_000);
        expect(buildBvh(input)).toEqual(buildBvh(input));
    });

    it('stops when it is cancelled, and refuses half a box', () => {
        const input = boxes(3, 70_000);
        const controller = new AbortController();
        controller.abort();
        expect(() => buildBvh(input, {}, { signal: controller.signal })).toThrow(MixreelError);
        expect(() => buildBvh(new Float32Array(7))).toThrow(/multiple of 6/);
    });
});

describe('the split of a few boxes', () => {
    it('is the cheapest of all planes between sorted centroids', () => {
        fc.assert(
            fc.property(fc.integer(), fc.integer({ min: 2, max: FEW }), (seed, n) => {
                const input = boxes(seed >>> 0, n);
                const order = Uint32Array.from({ length: n }, (_, i) => i);
                const splitter = new FewSplitter(input.slice(), order);
                splitter.find(0, n);
                const left = splitter.apply(0, n);
                expect(splitter.cost).toBe(cheapest(input, n));
                expect([...order].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
                const ids = [...order];
                expect(sideCost(input, ids.slice(0, left)) + sideCost(input, ids.slice(left))).toBe(splitter.cost);
            })
        );
    });
});

function sideCost(input: Float32Array, ids: readonly number[]): number {
    const box = Float32Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
    for (const id of ids) {
        for (let k = 0; k < 3; k++) {
            box[k] = Math.min(box[k]!, input[id * 6 + k]!);
            box[k + 3] = Math.max(box[k + 3]!, input[id * 6 + 3 + k]!);
        }
    }
    return ids.length * halfArea(box, 0);
}

function cheapest(input: Float32Array, n: number): number {
    let best = Infinity;
    for (let axis = 0; axis < 3; axis++) {
        const centroid = (i: number): number => input[i * 6 + axis]! + input[i * 6 + 3 + axis]!;
        // Stable, as the splitter's sort is: equal centroids keep their order.
        const ids = [...Array(n).keys()].sort((a, b) => centroid(a) - centroid(b));
        for (let k = 1; k < n; k++)
            best = Math.min(best, sideCost(input, ids.slice(0, k)) + sideCost(input, ids.slice(k)));
    }
    return best;
}
