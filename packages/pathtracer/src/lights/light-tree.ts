/**
 * A tree over many lights, walked from the shading point: at each node a random number goes to the child that, by its bounds,
 * can give more light there. Conty Estevez and Kulla 2018, "Importance sampling of many lights with adaptive tree splitting";
 * one light a sample, without their splitting. Built top down, choosing the cheapest of binned splits by their surface area
 * orientation heuristic.
 *
 * A node knows a sphere around its lights, their radiant intensity (W/sr, what importance is proportional to at a distance; the
 * paper takes power, which favours points over faces by 4) and a cone of normals: lights shine along directions within `cosO`
 * of the axis, and within `cosE` of those. The cone is taken from the lights themselves, not merged from below: tighter, and
 * without one call of trigonometry, so that every engine builds the same tree.
 *
 * Node, 8 words: centre, square of the radius | intensity (negative if any light shines from both sides), axis (octahedral), cosO and
 * cosE (16 bits each, rounded down), link: left child (the right one follows it), or the light with {@link LEAF} set.
 * Cost: 32 bytes a node, 2n - 1 nodes. A million triangles: 64 MB of nodes, 64 MB of records while it is built, 7.1 s of processor time
 * (9.7 s before the smallest nodes were halved without sorting, 25.7 s over an index into separate arrays). Beside
 * power sampling: `tests/bench/pathtracer/lights.mjs`.
 * Twin of what `shaders/pathtracer/light_tree.wgsl` reads; walked in `light-importance.ts`.
 */
import { type Progress, throwIfAborted } from '@mixreel/core';
import { packOctahedral } from '../tracer/pack-triangles.ts';
import { cosineOfSum, LEAF_WORDS, type LightLeaves } from './light-leaves.ts';
import { LightSplitter } from './light-split.ts';

/** A copy of its own: test runners and bundlers look imported constants up at every use, four times slower here. */
const WORDS = LEAF_WORDS;

/** Bit of a node's link: a light, not a pair of nodes. */
export const LEAF = 0x80000000;
/** Words of a node. */
export const LIGHT_NODE_WORDS = 8;
/** A way down takes a bit of the trail each level. */
const MAX_DEPTH = 32;

/** See the file comment. */
export interface LightTree {
    readonly nodes: Uint32Array;
    /** The way down to each of the leaves as they are sorted now, lowest bit first, 1 for right. */
    readonly trails: Uint32Array;
    readonly depth: number;
}

/** Builds the tree over at least one light, sorting the leaves. @throws `aborted`. */
export function buildLightTree(leaves: LightLeaves, progress?: Progress): LightTree {
    const { count } = leaves;
    const nodes = new Uint32Array((2 * count - 1) * LIGHT_NODE_WORDS);
    const trails = new Uint32Array(count);
    const writer = new NodeWriter(leaves, nodes);
    const splitter = new LightSplitter(leaves);
    // Node, begin, end, depth, trail.
    const stack: [number, number, number, number, number][] = [[0, 0, count, 0, 0]];
    let next = 1;
    let deepest = 0;
    for (let steps = 0; stack.length > 0; steps++) {
        if ((steps & 0xffff) === 0) {
            throwIfAborted(progress, 'building the light tree');
            progress?.report?.(steps, 2 * count - 1, 'building the light tree');
        }
        const [node, begin, end, depth, trail] = stack.pop()!;
        deepest = Math.max(deepest, depth);
        const omni = writer.bound(node, begin, end);
        if (end - begin === 1) {
            trails[begin] = trail;
            writer.link(node, LEAF | leaves.lights[begin]!);
            continue;
        }
        const balanced = depth + Math.ceil(Math.log2(end - begin)) >= MAX_DEPTH - 1;
        const middle = splitter.split(begin, end, { balanced, omni });
        writer.link(node, next);
        stack.push([next + 1, middle, end, depth + 1, (trail | (1 << depth)) >>> 0]);
        stack.push([next, begin, middle, depth + 1, trail]);
        next += 2;
    }
    return { nodes, trails, depth: deepest };
}

class NodeWriter {
    readonly #leaves: LightLeaves;
    readonly #words: Uint32Array;
    readonly #floats: Float32Array;
    readonly #low = new Float64Array(3);
    readonly #high = new Float64Array(3);

    constructor(leaves: LightLeaves, nodes: Uint32Array) {
        this.#leaves = leaves;
        this.#words = nodes;
        this.#floats = new Float32Array(nodes.buffer);
    }

    link(node: number, link: number): void {
        this.#words[node * LIGHT_NODE_WORDS + 7] = link;
    }

    /** Writes the bounds of the leaves begin..end; true if orientation says nothing there. */
    bound(node: number, begin: number, end: number): boolean {
        const r = this.#leaves.records;
        const low = this.#low.fill(Infinity);
        const high = this.#high.fill(-Infinity);
        let [ax, ay, az, intensity, both, cosE, widest] = [0, 0, 0, 0, 0, 1, -1];
        for (let i = begin * WORDS; i < end * WORDS; i += WORDS) {
            for (let a = 0; a < 3; a++) {
                if (r[i + a]! < low[a]!) low[a] = r[i + a]!;
                if (r[i + 3 + a]! > high[a]!) high[a] = r[i + 3 + a]!;
            }
            const [x, y, z] = [r[i + 6]!, r[i + 7]!, r[i + 8]!];
            const sign = r[i + 12] === 1 && ax * x + ay * y + az * z < 0 ? -1 : 1;
            ax += sign * x;
            ay += sign * y;
            az += sign * z;
            intensity += r[i + 11]!;
            if (r[i + 12]! > both) both = 1;
            if (r[i + 10]! < cosE) cosE = r[i + 10]!;
            if (r[i + 9]! > widest) widest = r[i + 9]!;
        }
        const packed = packOctahedral(ax, ay, az);
        const [x, y, z] = unpackOctahedral(packed);
        let cosO = 1;
        for (let i = begin * WORDS; i < end * WORDS && cosO > -1; i += WORDS) {
            const along = x * r[i + 6]! + y * r[i + 7]! + z * r[i + 8]!;
            const reach = cosineOfSum(r[i + 12] === 1 ? Math.abs(along) : along, r[i + 9]!);
            if (reach < cosO) cosO = reach;
        }
        const o = node * LIGHT_NODE_WORDS;
        let square = 0;
        for (let a = 0; a < 3; a++) {
            this.#floats[o + a] = (low[a]! + high[a]!) / 2;
            // Around the centre as it was rounded.
            square += Math.max(high[a]! - this.#floats[o + a]!, this.#floats[o + a]! - low[a]!) ** 2;
        }
        this.#floats[o + 3] = square * (1 + 1e-6);
        this.#floats[o + 4] = both ? -intensity : intensity;
        this.#words[o + 5] = packed;
        this.#words[o + 6] = (floorSnorm(cosO) & 0xffff) | ((floorSnorm(cosE) & 0xffff) << 16);
        return widest <= -1 || cosO > 0.99;
    }
}

/** 16 bits, a step below the number: a wider cone is always right. */
function floorSnorm(x: number): number {
    return Math.max(-32767, Math.floor(x * 32767) - 1);
}

/** Inverse of packOctahedral, as `octahedral` in `shaders/pathtracer/scene.wgsl`. */
export function unpackOctahedral(packed: number): [number, number, number] {
    let x = Math.max(-1, ((packed << 16) >> 16) / 32767);
    let y = Math.max(-1, (packed >> 16) / 32767);
    const z = 1 - Math.abs(x) - Math.abs(y);
    const t = Math.max(-z, 0);
    x += x >= 0 ? -t : t;
    y += y >= 0 ? -t : t;
    const size = Math.sqrt(x * x + y * y + z * z);
    return [x / size, y / size, z / size];
}
