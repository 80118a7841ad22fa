/**
 * Walking the light tree: which light a random number chooses from a point, and how probable a given one is there. Importance of
 * a node: its intensity over the square of the distance, times bounds of the cosine at the light and of the cosine at the point
 * (Conty Estevez and Kulla 2018, 5; pbrt-v4 12.6.3). Zero only where no light of the node can contribute.
 * Twin of `shaders/pathtracer/light_tree.wgsl`.
 */
import type { Vec3 } from '../math/vector.ts';
import { LEAF, LIGHT_NODE_WORDS, type LightTree, unpackOctahedral } from './light-tree.ts';

/**
 * Least weight of the cosine at the point. What lies below the horizon is not cut off: a surface may let light through, and the
 * tree need not know which do.
 */
const GRAZING = 0.1;
/** Below this probability the first random number has no digits left, and the second takes over. */
const DIGITS = 2 ** -10;
const ALMOST_ONE = 1 - 2 ** -24;

/** A light and the probability of choosing it; null: none can contribute here. */
export interface ChosenLight {
    readonly light: number;
    readonly pmf: number;
}

/** Bounds the light that a node can give at p, on a surface of normal n. */
export function lightImportance(tree: LightTree, node: number, p: Vec3, n: Vec3): number {
    const { nodes } = tree;
    const floats = new Float32Array(nodes.buffer);
    const o = node * LIGHT_NODE_WORDS;
    const [x, y, z] = [p[0] - floats[o]!, p[1] - floats[o + 1]!, p[2] - floats[o + 2]!];
    const square = x * x + y * y + z * z;
    const radius2 = floats[o + 3]!;
    const intensity = floats[o + 4]!;
    const base = Math.abs(intensity) / Math.max(square, radius2, 1e-12);
    if (square <= radius2) return base;
    const inverse = 1 / Math.sqrt(square);
    const sinB2 = radius2 / square;
    const [sinB, cosB] = [Math.sqrt(sinB2), Math.sqrt(1 - sinB2)];
    const axis = unpackOctahedral(nodes[o + 5]!);
    let cosW = (axis[0] * x + axis[1] * y + axis[2] * z) * inverse;
    if (intensity < 0) cosW = Math.abs(cosW);
    const sinW = Math.sqrt(Math.max(0, 1 - cosW * cosW));
    const cosO = Math.max(-1, ((nodes[o + 6]! << 16) >> 16) / 32767);
    const sinO = Math.sqrt(1 - cosO * cosO);
    const cosE = (nodes[o + 6]! >> 16) / 32767;
    const within = cosW > cosO;
    const cosX = within ? 1 : cosW * cosO + sinW * sinO;
    const sinX = within ? 0 : sinW * cosO - cosW * sinO;
    const cosP = cosX > cosB ? 1 : cosX * cosB + sinX * sinB;
    if (cosP <= cosE) return 0;
    const cosI = -(n[0] * x + n[1] * y + n[2] * z) * inverse;
    const sinI = Math.sqrt(Math.max(0, 1 - cosI * cosI));
    const facing = cosI > cosB ? 1 : cosI * cosB + sinI * sinB;
    // cosE is rounded down: a cosine may be a little less than 0.
    return base * Math.max(cosP, 1e-3) * Math.max(facing, GRAZING);
}

/** Chooses a light by two random numbers in [0, 1): the second for what the first has no digits for. */
export function chooseFromTree(tree: LightTree, p: Vec3, n: Vec3, u: number, second: number): ChosenLight | null {
    let node = 0;
    let pmf = 1;
    let rest = u;
    let spare = true;
    for (;;) {
        const link = tree.nodes[node * LIGHT_NODE_WORDS + 7]!;
        if (link >= LEAF) return { light: link - LEAF, pmf };
        const left = lightImportance(tree, link, p, n);
        const total = left + lightImportance(tree, link + 1, p, n);
        if (!(total > 0)) return null;
        const share = left / total;
        const goLeft = rest < share;
        const chosen = goLeft ? share : 1 - share;
        rest = Math.min((goLeft ? rest : rest - share) / chosen, ALMOST_ONE);
        node = goLeft ? link : link + 1;
        pmf *= chosen;
        if (spare && pmf < DIGITS) {
            rest = second;
            spare = false;
        }
    }
}

/** Probability that {@link chooseFromTree} chooses the light at the end of a trail. */
export function treeProbability(tree: LightTree, trail: number, p: Vec3, n: Vec3): number {
    let node = 0;
    let pmf = 1;
    for (let way = trail; ; way >>>= 1) {
        const link = tree.nodes[node * LIGHT_NODE_WORDS + 7]!;
        if (link >= LEAF) return pmf;
        const left = lightImportance(tree, link, p, n);
        const total = left + lightImportance(tree, link + 1, p, n);
        if (!(total > 0)) return 0;
        const share = left / total;
        pmf *= way & 1 ? 1 - share : share;
        node = link + (way & 1);
    }
}
