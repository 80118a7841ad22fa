/**
 * The hierarchy as the kernels read it: four children a node, their boxes quantised to 8 bits in the node's own frame, 64 bytes
 * in all (after Ylitie, Karras, Laine 2017, "Efficient incoherent ray traversal on GPUs through compressed wide BVHs", with 4
 * children instead of 8).
 *
 * A scattered 4-byte load costs SwiftShader about 88 ns, fifty multiply-adds: 16 loads for four boxes beat 32 for two
 * uncompressed pairs. Boxes are padded by a few ulps before they are rounded outwards, so that the error of
 * `q * (scale / d) + (origin - o) / d` in float32 never loses a hit.
 *
 * Word layout of a node (16 x u32):
 *   0-2 origin xyz (f32) | 3 biased exponents of the scale, 8 bits an axis | 4-6 low xyz, one byte a child | 7-9 high xyz |
 *   10-13 child references | 14-15 zero.
 * A reference is an inner node's index, or bit 31 + count (bits 27-30) + first triangle or instance (bits 0-26). Children that
 * are not there have an inverted box.
 */
import { MixreelError } from '@mixreel/core';
import type { Bvh } from './build-bvh.ts';
import { halfArea } from './sah.ts';

/** Words (u32) of a node. */
export const NODE_WORDS = 16;
/** Bit 31: the reference is a leaf. */
export const LEAF_BIT = 0x80000000;
/** Entries of the kernels' traversal stack; no scene is packed that could need more. */
export const STACK_SIZE = 64;
const FIRST_BITS = 27;

/** A packed tree. References are relative to its own first node and first primitive. */
export interface WideBvh {
    /** `nodeCount * NODE_WORDS` words; node 0 is the root. */
    readonly nodes: Uint32Array;
    readonly nodeCount: number;
    /** Stack entries that a traversal needs at most. */
    readonly stackNeed: number;
}

/**
 * Collapses a binary tree and packs it.
 *
 * @param nodeBase - Added to the references of inner nodes.
 * @param primitiveBase - Added to the references of leaves.
 * @throws `limit-exceeded` if the tree has more than 2^27 primitives.
 */
export function packWideBvh(bvh: Bvh, nodeBase = 0, primitiveBase = 0): WideBvh {
    if (primitiveBase + bvh.order.length > 2 ** FIRST_BITS) {
        throw new MixreelError('limit-exceeded', {
            what: `the scene has ${primitiveBase + bvh.order.length} triangles`,
            expected: `at most ${2 ** FIRST_BITS}`,
            mend: 'Instance repeated meshes or leave some out'
        });
    }
    if (bvh.nodeCount === 0) return { nodes: new Uint32Array(0), nodeCount: 0, stackNeed: 0 };
    const writer = new Writer(bvh, nodeBase, primitiveBase);
    writer.run();
    const stackNeed = writer.stackNeed();
    return { nodes: writer.nodes.slice(0, writer.nodeCount * NODE_WORDS), nodeCount: writer.nodeCount, stackNeed };
}

class Writer {
    readonly #bvh: Bvh;
    readonly #nodeBase: number;
    readonly #primitiveBase: number;
    readonly nodes: Uint32Array;
    readonly #floats: Float32Array;
    nodeCount = 1;

    constructor(bvh: Bvh, nodeBase: number, primitiveBase: number) {
        this.#bvh = bvh;
        this.#nodeBase = nodeBase;
        this.#primitiveBase = primitiveBase;
        this.nodes = new Uint32Array(Math.max(1, bvh.nodeCount) * NODE_WORDS);
        this.#floats = new Float32Array(this.nodes.buffer);
    }

    run(): void {
        const { count, first } = this.#bvh;
        // wide node, binary node
        const stack: number[] = [0, 0];
        const children: number[] = [];
        while (stack.length > 0) {
            const source = stack.pop()!;
            const target = stack.pop()!;
            children.length = 0;
            if (count[source]! > 0) children.push(source);
            else children.push(first[source]!, first[source]! + 1);
            this.#pullUp(children);
            this.#writeFrame(target, source, children);
            const firstWide = this.nodeCount;
            for (const child of children) if (count[child] === 0) this.nodeCount++;
            let wide = firstWide;
            for (let k = 0; k < children.length; k++) {
                const child = children[k]!;
                const word = target * NODE_WORDS + 10 + k;
                if (count[child]! > 0) {
                    const leaf = ((count[child]! << FIRST_BITS) >>> 0) + this.#primitiveBase + first[child]!;
                    this.nodes[word] = LEAF_BIT + leaf;
                } else {
                    this.nodes[word] = this.#nodeBase + wide;
                    stack.push(wide, child);
                    wide++;
                }
            }
        }
    }

    /** Opens the largest inner child until there are four. */
    #pullUp(children: number[]): void {
        const { bounds, count, first } = this.#bvh;
        while (children.length < 4) {
            let best = -1;
            let bestArea = -1;
            for (let k = 0; k < children.length; k++) {
                const child = children[k]!;
                if (count[child]! > 0) continue;
                const area = halfArea(bounds, child * 6);
                if (area > bestArea) {
                    bestArea = area;
                    best = k;
                }
            }
            if (best < 0) return;
            const opened = children[best]!;
            children[best] = first[opened]!;
            children.push(first[opened]! + 1);
        }
    }

    #writeFrame(target: number, source: number, children: readonly number[]): void {
        const { bounds } = this.#bvh;
        const word = target * NODE_WORDS;
        let exponents = 0;
        for (let axis = 0; axis < 3; axis++) {
            const low = bounds[source * 6 + axis]!;
            const high = bounds[source * 6 + 3 + axis]!;
            // Several ulps of every term of the slab test; at least a normal number, so that the scale is one too.
            const pad = Math.max((high - low) * 2e-6, Math.max(Math.abs(low), Math.abs(high)) * 5e-7, 1e-30);
            const origin = Math.fround(low - 2 * pad);
            const exponent = Math.min(254, Math.max(1, 127 + Math.ceil(Math.log2((high + 2 * pad - origin) / 255))));
            const scale = 2 ** (exponent - 127);
            this.#floats[word + axis] = origin;
            exponents |= exponent << (8 * axis);
            let lows = 0xffffffff;
            let highs = 0;
            for (let k = 0; k < children.length; k++) {
                const o = children[k]! * 6 + axis;
                const qLow = Math.floor((bounds[o]! - pad - origin) / scale);
                const qHigh = Math.ceil((bounds[o + 3]! + pad - origin) / scale);
                const shift = 8 * k;
                lows = (lows & ~(0xff << shift)) | (Math.min(255, Math.max(0, qLow)) << shift);
                highs |= Math.min(255, Math.max(0, qHigh)) << shift;
            }
            this.nodes[word + 4 + axis] = lows;
            this.nodes[word + 7 + axis] = highs;
        }
        this.nodes[word + 3] = exponents;
    }

    stackNeed(): number {
        // Children come after their parents, so one backward sweep sees them first.
        const need = new Uint16Array(this.nodeCount);
        for (let node = this.nodeCount - 1; node >= 0; node--) {
            let deepest = 0;
            let present = 0;
            for (let k = 0; k < 4; k++) {
                const word = node * NODE_WORDS + 10 + k;
                const low = (this.nodes[node * NODE_WORDS + 4]! >>> (8 * k)) & 0xff;
                const high = (this.nodes[node * NODE_WORDS + 7]! >>> (8 * k)) & 0xff;
                if (low > high) continue;
                present++;
                const ref = this.nodes[word]!;
                if (ref < LEAF_BIT) deepest = Math.max(deepest, need[ref - this.#nodeBase]!);
            }
            need[node] = Math.max(0, present - 1) + deepest;
        }
        return need[0]!;
    }
}
