/**
 * Boxes to packed tree within a stack budget. The SAH may peel off one box at a time where boxes crowd towards a point, and the
 * tree then gets deeper than the kernels' stack; such a tree is built again, balanced from a smaller depth on. Real scenes (35
 * entries for a million triangles of a noisy surface) pass at the first try.
 */
import type { Progress } from '@mixreel/core';
import { BVH_DEFAULTS, type Bvh, type BvhOptions, buildBvh } from './build-bvh.ts';
import { packWideBvh, type WideBvh } from './wide-bvh.ts';

/** See the file comment. `stackBudget`: entries of the traversal stack that the tree may need. */
export function buildWideBvh(
    boxes: Float32Array,
    stackBudget: number,
    options: Partial<BvhOptions> = {},
    nodeBase = 0,
    primitiveBase = 0,
    progress?: Progress
): { readonly bvh: Bvh; readonly wide: WideBvh } {
    let depth = options.maxSahDepth ?? BVH_DEFAULTS.maxSahDepth;
    for (;;) {
        const bvh = buildBvh(boxes, { ...options, maxSahDepth: depth }, progress);
        const wide = packWideBvh(bvh, nodeBase, primitiveBase);
        if (wide.stackNeed <= stackBudget || depth === 0) return { bvh, wide };
        depth = depth > 6 ? Math.floor(depth / 2) : 0;
    }
}
