/**
 * A binary bounding volume hierarchy over boxes: binned surface area heuristic (Wald 2007, "On fast construction of SAH-based
 * bounding volume hierarchies"), single-threaded, over typed arrays only.
 *
 * The boxes are permuted together with their indices, not looked up through them: at a million triangles every level then
 * walks memory in order. A node costs three passes: bounds of boxes and centroids, bins, partition. Nodes of up to eight boxes
 * are swept exactly instead, those below 256 have half the bins, and those above 2048 put every so manyth box into bins only. A
 * million triangles of a noisy surface take 1.7 s of CPU time on a busy two-core machine at an SAH cost of 46.6, packing another
 * 0.3; every box in 16 bins at every level took 2.7 s for 46.5. O(n log n); about 60 bytes a box while building.
 */
import { badInput, type Progress, throwIfAborted } from '@mixreel/core';
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

const MAX_BINS = 32;
/** Nodes above this are binned by a sample. */
const SAMPLED_ABOVE = 2048;
/** Logarithm of the least number of boxes in a sample. */
const SAMPLE_BITS = 10;

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
    readonly #binBounds = new Float32Array(3 * MAX_BINS * 6);
    readonly #binCount = new Int32Array(3 * MAX_BINS);
    readonly #rightArea = new Float64Array(MAX_BINS);
    readonly #split = { axis: 0, bin: 0, cost: 0 };
    readonly #few: FewSplitter;

    constructor(boxes: Float32Array, options: BvhOptions) {
        const n = boxes.length / 6;
        this.#options = { ...options, bins: Math.min(options.bins, MAX_BINS) };
        this.#boxes = boxes.slice();
        this.#order = new Uint32Array(n);
        for (let i = 0; i < n; i++) this.#order[i] = i;
        this.#few = new FewSplitter(this.#boxes, this.#order);
        const nodes = Math.max(1, 2 * n);
        this.#bounds = new Float32Array(nodes * 6);
        this.#first = new Uint32Array(nodes);
        this.#count = new Uint32Array(nodes);
    }

    build(progress?: Progress): Bvh {
        const n = this.#order.length;
        let nodeCount = 0;
        if (n > 0) {
            nodeCount = 1;
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
        }
        const bvh = {
            nodeCount,
            bounds: this.#bounds.slice(0, nodeCount * 6),
            first: this.#first.slice(0, nodeCount),
            count: this.#count.slice(0, nodeCount),
            order: this.#order
        };
        return { ...bvh, sahCost: sahCost(bvh, this.#options.traversalCost) };
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
        const bins = n >= 256 ? this.#options.bins : Math.min(this.#options.bins, 8);

        // Bounds of the boxes, and twice those of their centroids.
        const b = this.#boxes;
        let bx0 = Infinity;
        let by0 = Infinity;
        let bz0 = Infinity;
        let bx1 = -Infinity;
        let by1 = -Infinity;
        let bz1 = -Infinity;
        let x0 = Infinity;
        let y0 = Infinity;
        let z0 = Infinity;
        let x1 = -Infinity;
        let y1 = -Infinity;
        let z1 = -Infinity;
        for (let i = start * 6; i < end * 6; i += 6) {
            const ax = b[i]!;
            const ay = b[i + 1]!;
            const az = b[i + 2]!;
            const cx = b[i + 3]!;
            const cy = b[i + 4]!;
            const cz = b[i + 5]!;
            if (ax < bx0) bx0 = ax;
            if (ay < by0) by0 = ay;
            if (az < bz0) bz0 = az;
            if (cx > bx1) bx1 = cx;
            if (cy > by1) by1 = cy;
            if (cz > bz1) bz1 = cz;
            const x = ax + cx;
            const y = ay + cy;
            const z = az + cz;
            if (x < x0) x0 = x;
            if (x > x1) x1 = x;
            if (y < y0) y0 = y;
            if (y > y1) y1 = y;
            if (z < z0) z0 = z;
            if (z > z1) z1 = z;
        }
        const out = this.#bounds;
        const o = node * 6;
        out[o] = bx0;
        out[o + 1] = by0;
        out[o + 2] = bz0;
        out[o + 3] = bx1;
        out[o + 4] = by1;
        out[o + 5] = bz1;
        // Just under `bins`, so that the largest centroid falls into the last bin.
        const scale = bins * (1 - 1e-6);
        const sx = x1 > x0 ? scale / (x1 - x0) : 0;
        const sy = y1 > y0 ? scale / (y1 - y0) : 0;
        const sz = z1 > z0 ? scale / (z1 - z0) : 0;
        if (!(sx > 0 || sy > 0 || sz > 0)) return n <= maxLeafSize ? -1 : half;

        this.#fillBins(start, end, bins, x0, y0, z0, sx, sy, sz);
        const split = this.#split;
        split.cost = Infinity;
        if (sx > 0) this.#sweep(0, bins);
        if (sy > 0) this.#sweep(1, bins);
        if (sz > 0) this.#sweep(2, bins);
        if (split.cost === Infinity) return n <= maxLeafSize ? -1 : half;
        const area = halfArea(out, o);
        if (n <= maxLeafSize && traversalCost * area + split.cost >= n * area) return -1;

        const axis = split.axis;
        const low = axis === 0 ? x0 : axis === 1 ? y0 : z0;
        const s = axis === 0 ? sx : axis === 1 ? sy : sz;
        return this.#partition(start, end, axis, low, s, split.bin);
    }

    #fillBins(
        start: number,
        end: number,
        bins: number,
        x0: number,
        y0: number,
        z0: number,
        sx: number,
        sy: number,
        sz: number
    ): void {
        const b = this.#boxes;
        const bounds = this.#binBounds;
        const counts = this.#binCount;
        for (let axis = 0; axis < 3; axis++) {
            for (let k = 0; k < bins; k++) {
                const slot = axis * MAX_BINS + k;
                counts[slot] = 0;
                const o = slot * 6;
                bounds[o] = Infinity;
                bounds[o + 1] = Infinity;
                bounds[o + 2] = Infinity;
                bounds[o + 3] = -Infinity;
                bounds[o + 4] = -Infinity;
                bounds[o + 5] = -Infinity;
            }
        }
        // Odd, so that it does not fall into step with the pairs and rows of a grid.
        const n = end - start;
        const step = n > SAMPLED_ABOVE ? 6 * ((n >> SAMPLE_BITS) | 1) : 6;
        for (let i = start * 6; i < end * 6; i += step) {
            const ax = b[i]!;
            const ay = b[i + 1]!;
            const az = b[i + 2]!;
            const bx = b[i + 3]!;
            const by = b[i + 4]!;
            const bz = b[i + 5]!;
            // Written out for the three axes: a loop with the axis as a variable takes 1.5 times as long.
            let slot = ((ax + bx - x0) * sx) | 0;
            counts[slot]!++;
            grow(bounds, slot * 6, ax, ay, az, bx, by, bz);
            slot = MAX_BINS + (((ay + by - y0) * sy) | 0);
            counts[slot]!++;
            grow(bounds, slot * 6, ax, ay, az, bx, by, bz);
            slot = 2 * MAX_BINS + (((az + bz - z0) * sz) | 0);
            counts[slot]!++;
            grow(bounds, slot * 6, ax, ay, az, bx, by, bz);
        }
    }

    /** Finds the cheapest plane of one axis; keeps it if it beats the others'. Cost is area times count, unnormalised. */
    #sweep(axis: number, bins: number): void {
        const bounds = this.#binBounds;
        const counts = this.#binCount;
        const base = axis * MAX_BINS;
        let x0 = Infinity;
        let y0 = Infinity;
        let z0 = Infinity;
        let x1 = -Infinity;
        let y1 = -Infinity;
        let z1 = -Infinity;
        let n = 0;
        for (let k = bins - 1; k > 0; k--) {
            const o = (base + k) * 6;
            n += counts[base + k]!;
            if (counts[base + k] === 0) {
                this.#rightArea[k] = n === 0 ? 0 : this.#rightArea[k + 1]!;
                continue;
            }
            if (bounds[o]! < x0) x0 = bounds[o]!;
            if (bounds[o + 1]! < y0) y0 = bounds[o + 1]!;
            if (bounds[o + 2]! < z0) z0 = bounds[o + 2]!;
            if (bounds[o + 3]! > x1) x1 = bounds[o + 3]!;
            if (bounds[o + 4]! > y1) y1 = bounds[o + 4]!;
            if (bounds[o + 5]! > z1) z1 = bounds[o + 5]!;
            const dx = x1 - x0;
            const dy = y1 - y0;
            const dz = z1 - z0;
            this.#rightArea[k] = n === 0 ? 0 : n * (dx * dy + dy * dz + dz * dx);
        }
        const total = n + counts[base]!;
        x0 = y0 = z0 = Infinity;
        x1 = y1 = z1 = -Infinity;
        n = 0;
        for (let k = 0; k < bins - 1; k++) {
            const o = (base + k) * 6;
            n += counts[base + k]!;
            if (n === 0) continue;
            if (n === total) break;
            if (bounds[o]! < x0) x0 = bounds[o]!;
            if (bounds[o + 1]! < y0) y0 = bounds[o + 1]!;
            if (bounds[o + 2]! < z0) z0 = bounds[o + 2]!;
            if (bounds[o + 3]! > x1) x1 = bounds[o + 3]!;
            if (bounds[o + 4]! > y1) y1 = bounds[o + 4]!;
            if (bounds[o + 5]! > z1) z1 = bounds[o + 5]!;
            const dx = x1 - x0;
            const dy = y1 - y0;
            const dz = z1 - z0;
            const cost = n * (dx * dy + dy * dz + dz * dx) + this.#rightArea[k + 1]!;
            if (cost < this.#split.cost) {
                this.#split.cost = cost;
                this.#split.axis = axis;
                this.#split.bin = k;
            }
        }
    }

    #partition(start: number, end: number, axis: number, low: number, scale: number, bin: number): number {
        const b = this.#boxes;
        const order = this.#order;
        let i = start;
        let j = end - 1;
        while (i <= j) {
            const o = i * 6;
            if ((((b[o + axis]! + b[o + axis + 3]! - low) * scale) | 0) <= bin) {
                i++;
                continue;
            }
            const p = j * 6;
            for (let k = 0; k < 6; k++) {
                const t = b[o + k]!;
                b[o + k] = b[p + k]!;
                b[p + k] = t;
            }
            const t = order[i]!;
            order[i] = order[j]!;
            order[j] = t;
            j--;
        }
        return i;
    }
}

function grow(
    bounds: Float32Array,
    o: number,
    ax: number,
    ay: number,
    az: number,
    bx: number,
    by: number,
    bz: number
): void {
    if (ax < bounds[o]!) bounds[o] = ax;
    if (ay < bounds[o + 1]!) bounds[o + 1] = ay;
    if (az < bounds[o + 2]!) bounds[o + 2] = az;
    if (bx > bounds[o + 3]!) bounds[o + 3] = bx;
    if (by > bounds[o + 4]!) bounds[o + 4] = by;
    if (bz > bounds[o + 5]!) bounds[o + 5] = bz;
}

/** Half the surface area of the box at offset o. */
export function halfArea(bounds: Float32Array, o: number): number {
    const dx = bounds[o + 3]! - bounds[o]!;
    const dy = bounds[o + 4]! - bounds[o + 1]!;
    const dz = bounds[o + 5]! - bounds[o + 2]!;
    return dx * dy + dy * dz + dz * dx;
}

/** SAH cost: traversal steps plus intersections that a random ray through the root's box is expected to need. */
export function sahCost(bvh: Omit<Bvh, 'sahCost'>, traversalCost: number): number {
    if (bvh.nodeCount === 0) return 0;
    const root = halfArea(bvh.bounds, 0);
    if (!(root > 0)) return bvh.order.length;
    let cost = 0;
    for (let i = 0; i < bvh.nodeCount; i++) {
        cost += halfArea(bvh.bounds, i * 6) * (bvh.count[i]! === 0 ? traversalCost : bvh.count[i]!);
    }
    return cost / root;
}
