/**
 * A binary bounding volume hierarchy over boxes: binned surface area heuristic (Wald 2007, "On fast construction of SAH-based
 * bounding volume hierarchies"), single-threaded, over typed arrays only.
 *
 * The boxes are permuted together with their indices, not looked up through them: at a million triangles every level then
 * walks memory in order. Nodes of up to eight boxes are swept exactly (`split-few.ts`), the others binned (`split-binned.ts`).
 * A million triangles of a noisy surface take 1.65 s of CPU time on a core shared with five other programs, at an SAH cost of
 * 97.7 (every box in 16 bins at every level: 1.6 times as long for 97.5), packing another 0.2.
 * O(n log n); about 60 bytes a box while building.
 */
import { badInput, type Progress, throwIfAborted } from '@mixreel/core';
import { halfArea, sahCost } from './sah.ts';
import { BinnedSplitter } from './split-binned.ts';
import { FEW, FewSplitter } from './split-few.ts';

/** Parameters of {@link buildBvh}. */
export interface BvhOptions {
    /** Largest number of boxes in a leaf, 1 to 8. */
    readonly maxLeafSize: number;
    /** Bins an axis, 2 to 32. */
    readonly bins: number;
    /** Cost of a traversal step relative to one intersection. */
    readonly traversalCost: number;
    /** Below this depth (root = 0) nodes are halved by count, which bounds the traversal stack. */
    readonly maxSahDepth: number;
}

/** Measured on SwiftShader: leaves of up to 4, since a node's test of 4 children costs about as much as two triangles. */
export const BVH_DEFAULTS: BvhOptions = Object.freeze({
    maxLeafSize: 4,
    bins: 16,
    traversalCost: 1,
    maxSahDepth: 40
});

/** A binary tree in depth-first order; node 0 is the root. Empty (`nodeCount` 0) for no boxes. */
export interface Bvh {
    readonly nodeCount: number;
    /** 6 floats a node: min xyz, max xyz. */
    readonly bounds: Float32Array;
    /** Inner node: index of the left child (the right one follows it). Leaf: first position in `order`. */
    readonly first: Uint32Array;
    /** 0 for an inner node, else the boxes in the leaf. */
    readonly count: Uint32Array;
    /** Box index at each leaf position. */
    readonly order: Uint32Array;
    /** Expected cost of a random ray under the SAH: sum of area ratios times cost. */
    readonly sahCost: number;
}

/**
 * Builds the hierarchy.
 *
 * @param boxes - 6 floats a box: min xyz, max xyz; finite.
 * @throws `bad-input` for a length that is no multiple of 6, `aborted`.
 */
export function buildBvh(boxes: Float32Array, options: Partial<BvhOptions> = {}, progress?: Progress): Bvh {
    if (boxes.length % 6 !== 0) {
        throw badInput(`boxes has ${boxes.length} floats`, 'a multiple of 6', 'Pass min xyz and max xyz of every box');
    }
    return new Builder(boxes, { ...BVH_DEFAULTS, ...options }).build(progress);
}

class Builder {
    readonly #options: BvhOptions;
    readonly #boxes: Float32Array;
    readonly #order: Uint32Array;
    readonly #bounds: Float32Array;
    readonly #first: Uint32Array;
    readonly #count: Uint32Array;
    readonly #binned: BinnedSplitter;
    readonly #few: FewSplitter;

    constructor(boxes: Float32Array, options: BvhOptions) {
        const n = boxes.length / 6;
        this.#options = options;
        this.#boxes = boxes.slice();
        this.#order = new Uint32Array(n);
        for (let i = 0; i < n; i++) this.#order[i] = i;
        this.#few = new FewSplitter(this.#boxes, this.#order);
        this.#binned = new BinnedSplitter(this.#boxes, this.#order, options.bins);
        const nodes = Math.max(1, 2 * n);
        this.#bounds = new Float32Array(nodes * 6);
        this.#first = new Uint32Array(nodes);
        this.#count = new Uint32Array(nodes);
    }

    build(progress?: Progress): Bvh {
        const nodeCount = this.#order.length > 0 ? this.#buildAll(progress) : 0;
        const bvh = {
            nodeCount,
            bounds: this.#bounds.slice(0, nodeCount * 6),
            first: this.#first.slice(0, nodeCount),
            count: this.#count.slice(0, nodeCount),
            order: this.#order
        };
        return { ...bvh, sahCost: sahCost(bvh, this.#options.traversalCost) };
    }

    /** Returns the number of nodes. */
    #buildAll(progress?: Progress): number {
        const n = this.#order.length;
        let nodeCount = 1;
        // node, start, end, depth
        const stack: number[] = [0, 0, n, 0];
        let done = 0;
        let sinceReport = 0;
        while (stack.length > 0) {
            const depth = stack.pop()!;
            const end = stack.pop()!;
            const start = stack.pop()!;
            const node = stack.pop()!;
            const mid = this.#divide(node, start, end, depth);
            if (mid < 0) {
                this.#first[node] = start;
                this.#count[node] = end - start;
                done += end - start;
                sinceReport += end - start;
                if (sinceReport > 65536) {
                    sinceReport = 0;
                    throwIfAborted(progress, 'building the BVH');
                    progress?.report?.(done, n, 'building the BVH');
                }
                continue;
            }
            const left = nodeCount;
            nodeCount += 2;
            this.#first[node] = left;
            stack.push(left + 1, mid, end, depth + 1, left, start, mid, depth + 1);
        }
        progress?.report?.(n, n, 'building the BVH');
        return nodeCount;
    }

    /** Splits a range and returns the middle, or -1 for a leaf; fits the node's box to it in any case. */
    #divide(node: number, start: number, end: number, depth: number): number {
        const n = end - start;
        const { maxLeafSize, traversalCost, maxSahDepth } = this.#options;
        const half = start + (n >> 1);
        if (n <= FEW || depth >= maxSahDepth) {
            this.#fit(node, start, end);
            if (n <= 1) return -1;
            if (depth >= maxSahDepth) return n <= maxLeafSize ? -1 : half;
            const few = this.#few;
            few.find(start, n);
            const area = halfArea(this.#bounds, node * 6);
            if (n <= maxLeafSize && traversalCost * area + few.cost >= n * area) return -1;
            return few.cost === Infinity ? half : few.apply(start, n);
        }
        const binned = this.#binned;
        binned.find(start, end, this.#bounds, node * 6);
        // More than a leaf holds: FEW is the most that maxLeafSize may be.
        return binned.cost === Infinity ? half : binned.apply(start, end);
    }

    /** Bounds of the boxes from start to end into the node. */
    #fit(node: number, start: number, end: number): void {
        const b = this.#boxes;
        let x0 = Infinity;
        let y0 = Infinity;
        let z0 = Infinity;
        let x1 = -Infinity;
        let y1 = -Infinity;
        let z1 = -Infinity;
        for (let i = start * 6; i < end * 6; i += 6) {
            if (b[i]! < x0) x0 = b[i]!;
            if (b[i + 1]! < y0) y0 = b[i + 1]!;
            if (b[i + 2]! < z0) z0 = b[i + 2]!;
            if (b[i + 3]! > x1) x1 = b[i + 3]!;
            if (b[i + 4]! > y1) y1 = b[i + 4]!;
            if (b[i + 5]! > z1) z1 = b[i + 5]!;
        }
        const out = this.#bounds;
        const o = node * 6;
        out[o] = x0;
        out[o + 1] = y0;
        out[o + 2] = z0;
        out[o + 3] = x1;
        out[o + 4] = y1;
        out[o + 5] = z1;
    }
}
