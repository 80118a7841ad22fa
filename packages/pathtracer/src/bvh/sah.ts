/** The surface area heuristic: what a tree is expected to cost a random ray (Goldsmith and Salmon 1987; MacDonald and Booth 1990). */
import type { Bvh } from './build-bvh.ts';

/** Half the surface area of the box at offset o. */
export function halfArea(bounds: ArrayLike<number>, o: number): number {
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
