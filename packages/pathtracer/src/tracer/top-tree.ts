/**
 * The tree over the instances: small, built anew whenever one of them moves, which for ten thousand takes about 10 ms. A leaf holds one
 * instance and refers to it by its index in the scene, so rows of instances stay where they are when the tree changes.
 *
 * An instance is 10 rows of 4 words: world to object and object to world (row-major 3 x 4 each), then root of its mesh's tree, first
 * source, flags (1 mirrored, 2 it moved, 4 its back is culled), factor on volumes (the absolute determinant), then object to
 * world in the frame before.
 */
import type { Progress } from '@mixreel/core';
import { buildWideBvh } from '../bvh/build-wide-bvh.ts';
import { LEAF_BIT, NODE_WORDS } from '../bvh/wide-bvh.ts';
import { determinant3, invertAffine, type Mat4 } from '../math/vector.ts';
import type { Instance } from '../scene/scene.ts';

/** Words of an instance: 10 rows. */
export const INSTANCE_WORDS = 40;

/** Bit of an instance's flags. */
export const INSTANCE_CULLED = 4;

/** What the top tree must know of a mesh. */
export interface PlacedTree {
    /** First node of the mesh's tree. */
    readonly nodeBase: number;
    /** Box of the mesh in its own space: min xyz, max xyz. */
    readonly bounds: ArrayLike<number>;
}

/** A packed top tree. */
export interface TopTree {
    readonly nodes: Uint32Array;
    readonly stackNeed: number;
    /** World box: min xyz, max xyz. */
    readonly bounds: ArrayLike<number>;
}

/** Builds the tree. `nodeBase`: where it will lie among the nodes; `treeOf`: a mesh's tree. */
export function buildTopTree(
    instances: readonly Pick<Instance, 'mesh' | 'transform'>[],
    treeOf: (mesh: number) => PlacedTree,
    nodeBase: number,
    stackBudget: number,
    progress?: Progress
): TopTree {
    const boxes = new Float32Array(instances.length * 6);
    for (const [i, instance] of instances.entries()) {
        placeBox(treeOf(instance.mesh).bounds, instance.transform, boxes, i * 6);
    }
    const { bvh, wide } = buildWideBvh(boxes, stackBudget, { maxLeafSize: 1 }, nodeBase, 0, progress);
    const { nodes } = wide;
    for (let node = 0; node < nodes.length; node += NODE_WORDS) {
        for (let word = node + 10; word < node + 14; word++) {
            const position = nodes[word]! & 0x07ffffff;
            if (nodes[word]! >= LEAF_BIT) nodes[word] = (nodes[word]! & ~0x07ffffff) | bvh.order[position]!;
        }
    }
    return { nodes, stackNeed: wide.stackNeed, bounds: bvh.bounds.slice(0, 6) };
}

/** The box around a transformed box (Arvo 1990), a little wider for the rounding of a ray's transform. */
function placeBox(bounds: ArrayLike<number>, m: Mat4, out: Float32Array, o: number): void {
    for (let row = 0; row < 3; row++) {
        let low = m[12 + row]!;
        let high = low;
        let size = Math.abs(low);
        for (let k = 0; k < 3; k++) {
            const a = m[k * 4 + row]! * bounds[k]!;
            const b = m[k * 4 + row]! * bounds[3 + k]!;
            low += Math.min(a, b);
            high += Math.max(a, b);
            size += Math.max(Math.abs(a), Math.abs(b));
        }
        out[o + row] = low - size * 1e-6;
        out[o + 3 + row] = high + size * 1e-6;
    }
}

/** Writes the rows of an instance. `source`: its first row among the sources; culled: rays pass through its back. */
export function writeInstance(
    words: Uint32Array,
    index: number,
    { transform, previousTransform }: Pick<Instance, 'transform' | 'previousTransform'>,
    root: number,
    source: number,
    culled: boolean
): void {
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    const inverse = invertAffine(transform)!;
    const o = index * INSTANCE_WORDS;
    for (const [at, m] of [
        [0, inverse],
        [12, transform],
        [28, previousTransform ?? transform]
    ] as const) {
        for (let row = 0; row < 3; row++) {
            for (let column = 0; column < 4; column++) {
                floats[o + at + row * 4 + column] = m[column * 4 + row]!;
            }
        }
    }
    words[o + 24] = root;
    words[o + 25] = source;
    const volume = determinant3(transform);
    words[o + 26] = (volume < 0 ? 1 : 0) | (previousTransform ? 2 : 0) | (culled ? INSTANCE_CULLED : 0);
    floats[o + 27] = Math.abs(volume);
}
