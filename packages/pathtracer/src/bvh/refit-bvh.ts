/**
 * Fitting a packed tree to triangles that moved: the nodes and their children stay, the boxes are made anew from the leaves up. A
 * thirtieth of the work of building; the tree gets worse as the shape departs from the one it was built for, never wrong.
 *
 * `refitWideBvh` is the twin of `shaders/pathtracer/refit.wgsl`, in its float32 arithmetic and bit for bit.
 */
import { LEAF_BIT, NODE_WORDS } from './wide-bvh.ts';

/** Nodes in the order in which they can be refitted. */
export interface RefitOrder {
    /** Nodes from 0, those without inner children first. */
    readonly byHeight: Uint32Array;
    /** Where each height starts in `byHeight`, and its end. */
    readonly starts: readonly number[];
}

/** Sorts the nodes of one tree by height. `nodeBase` is what was added to its references. */
export function refitOrder(nodes: Uint32Array, nodeBase: number): RefitOrder {
    const count = nodes.length / NODE_WORDS;
    const height = new Uint16Array(count);
    let highest = 0;
    // Children come after their parents.
    for (let node = count - 1; node >= 0; node--) {
        let h = 0;
        for (let k = 0; k < 4; k++) {
            const reference = nodes[node * NODE_WORDS + 10 + k]!;
            if (!isPresent(nodes, node, k) || reference >= LEAF_BIT) continue;
            h = Math.max(h, height[reference - nodeBase]! + 1);
        }
        height[node] = h;
        highest = Math.max(highest, h);
    }
    const starts = new Array<number>(highest + 2).fill(0);
    for (const h of height) starts[h + 1]!++;
    for (let h = 0; h <= highest; h++) starts[h + 1]! += starts[h]!;
    const next = starts.slice();
    const byHeight = new Uint32Array(count);
    for (let node = 0; node < count; node++) byHeight[next[height[node]!]!++] = node;
    return { byHeight, starts };
}

/** Fits the nodes of one tree in place. `triangles`: those of the whole scene, as packed. */
export function refitWideBvh(nodes: Uint32Array, nodeBase: number, triangles: Uint32Array): void {
    const { byHeight } = refitOrder(nodes, nodeBase);
    const floats = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
    const corners = new Float32Array(triangles.buffer, triangles.byteOffset, triangles.length);
    const bounds = new Float32Array((nodes.length / NODE_WORDS) * 6);
    const children = new Float32Array(24);
    for (const node of byHeight) {
        const box = bounds.subarray(node * 6, node * 6 + 6);
        empty(box, 0);
        for (let k = 0; k < 4; k++) {
            if (!isPresent(nodes, node, k)) continue;
            const reference = nodes[node * NODE_WORDS + 10 + k]!;
            empty(children, k * 6);
            if (reference >= LEAF_BIT) growByLeaf(children, k * 6, corners, reference);
            else children.set(bounds.subarray((reference - nodeBase) * 6, (reference - nodeBase) * 6 + 6), k * 6);
            for (let axis = 0; axis < 3; axis++) {
                box[axis] = Math.min(box[axis]!, children[k * 6 + axis]!);
                box[3 + axis] = Math.max(box[3 + axis]!, children[k * 6 + 3 + axis]!);
            }
        }
        let exponents = 0;
        for (let axis = 0; axis < 3; axis++) {
            exponents |= quantise(nodes, floats, node, axis, box, children) << (8 * axis);
        }
        nodes[node * NODE_WORDS + 3] = exponents >>> 0;
    }
}

const f = Math.fround;
const BITS = new Uint32Array(1);
const FLOAT = new Float32Array(BITS.buffer);

/** Writes one axis of a node and returns the exponent of its scale. */
function quantise(
    nodes: Uint32Array,
    floats: Float32Array,
    node: number,
    axis: number,
    box: Float32Array,
    children: Float32Array
): number {
    const word = node * NODE_WORDS;
    const low = box[axis]!;
    const high = box[3 + axis]!;
    const size = f(Math.max(Math.abs(low), Math.abs(high)) * f(1e-6));
    const pad = Math.max(f(f(high - low) * f(3e-6)), size, f(1e-30));
    const origin = f(low - 2 * pad);
    FLOAT[0] = f(f(f(high + 2 * pad) - origin) * f(0.0039215766));
    const exponent = Math.min(253, Math.max(1, (BITS[0]! + 0x7fffff) >>> 23));
    const inverse = 2 ** (127 - exponent);
    floats[word + axis] = origin;
    let lows = 0xffffffff;
    let highs = 0;
    for (let k = 0; k < 4; k++) {
        if (!isPresent(nodes, node, k, axis)) continue;
        const below = Math.floor(f(f(children[k * 6 + axis]! - pad) - origin) * inverse);
        const above = Math.ceil(f(f(children[k * 6 + 3 + axis]! + pad) - origin) * inverse);
        lows = (lows & ~(0xff << (8 * k))) | (Math.min(255, Math.max(0, below)) << (8 * k));
        highs |= Math.min(255, Math.max(0, above)) << (8 * k);
    }
    nodes[word + 4 + axis] = lows;
    nodes[word + 7 + axis] = highs;
    return exponent;
}

function empty(box: Float32Array, o: number): void {
    box.fill(f(3e38), o, o + 3);
    box.fill(f(-3e38), o + 3, o + 6);
}

function growByLeaf(box: Float32Array, o: number, corners: Float32Array, reference: number): void {
    const first = reference & 0x07ffffff;
    const end = first + ((reference >>> 27) & 15);
    for (let i = first; i < end; i++) {
        for (let axis = 0; axis < 3; axis++) {
            const a = corners[i * 12 + axis]!;
            const b = f(a + corners[i * 12 + 4 + axis]!);
            const c = f(a + corners[i * 12 + 8 + axis]!);
            box[o + axis] = Math.min(box[o + axis]!, a, b, c);
            box[o + 3 + axis] = Math.max(box[o + 3 + axis]!, a, b, c);
        }
    }
}

/** A child that is not there has an inverted box, on every axis. */
function isPresent(nodes: Uint32Array, node: number, k: number, axis = 0): boolean {
    const low = (nodes[node * NODE_WORDS + 4 + axis]! >>> (8 * k)) & 0xff;
    const high = (nodes[node * NODE_WORDS + 7 + axis]! >>> (8 * k)) & 0xff;
    return low <= high;
}
