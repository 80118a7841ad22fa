/**
 * The streets of one tile of an endless city. Boulevards run between the tiles; they depend on the tiles' coordinates alone,
 * so both sides draw the same line. Inside, streets grow from the boulevards (Parish and Mueller 2001): global goals propose
 * where a street goes on (a grid, circles around the town's middle, or by its own drift) and where it branches, the graph's
 * local constraints decide. Same tile, same streets, whatever was made before.
 */

import type { Rng, RngStream } from '@mixreel/core';
import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { distance, pointInPolygon } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import { lattice, noise } from './lattice-noise.ts';
import { RoadGraph } from './road-graph.ts';

/** What streets strive for. */
export type RoadPattern = 'grid' | 'radial' | 'organic';

/** Side of a tile before its corners are moved, metres. */
export const TILE = 256;
const BOULEVARD = 22;
const STREET = 13;
/** A street advances by this much at a time, metres. */
const STEP = 74;
const SNAP = 34;
/** Most segments of one tile: bounds the time whatever the numbers are. */
const MOST = 400;

/** The corner shared by tiles (i - 1, j - 1) to (i, j). */
export function tileCorner(i: number, j: number, seed: number): PlanPoint {
    const at = (k: number): number => (lattice(i, j, seed + k) - 0.5) * TILE * 0.24;
    return [i * TILE + at(11), j * TILE + at(12)];
}

/** The boulevard from a corner to the next along x (`across` false) or z, corners included. */
function boulevard(i: number, j: number, across: boolean, seed: number): PlanPoint[] {
    const [a, b] = [tileCorner(i, j, seed), tileCorner(i + (across ? 0 : 1), j + (across ? 1 : 0), seed)];
    const bend = (lattice(i, j, seed + (across ? 21 : 22)) - 0.5) * TILE * 0.1;
    const length = distance(a, b);
    const [nx, nz] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
    return [0, 0.25, 0.5, 0.75, 1].map((t) => {
        const off = bend * 4 * t * (1 - t);
        return [a[0] + t * (b[0] - a[0]) + off * nx, a[1] + t * (b[1] - a[1]) + off * nz];
    });
}

/** Outline of tile (i, j) along the middle of its boulevards, of positive area. */
export function tileOutline(i: number, j: number, seed: number): PlanPoint[] {
    return [
        ...boulevard(i, j, false, seed).slice(0, -1),
        ...boulevard(i + 1, j, true, seed).slice(0, -1),
        ...boulevard(i, j + 1, false, seed)
            .reverse()
            .slice(0, -1),
        ...boulevard(i, j, true, seed).reverse().slice(0, -1)
    ];
}

/** Streets of tile (i, j). `density` 0 to 1 decides how tight they are. */
export function growRoads(
    i: number,
    j: number,
    options: { readonly rng: Rng; readonly seed: number; readonly pattern: RoadPattern; readonly density: number }
): RoadGraph {
    const stream = options.rng.stream('city', 'roads', i, j);
    const outline = tileOutline(i, j, options.seed);
    const graph = new RoadGraph();
    const ring = outline.map((p) => graph.node(p));
    for (const [k, a] of ring.entries()) graph.join(a, ring[(k + 1) % ring.length]!, BOULEVARD, 'boulevard');
    const growth = new Growth(graph, outline, stream, options);
    growth.start();
    growth.run();
    graph.prune();
    return graph;
}

interface Tip {
    readonly node: number;
    readonly heading: number;
    /** Of all tips the one with the least delay goes first: main streets before side streets. */
    readonly delay: number;
}

class Growth {
    readonly #graph: RoadGraph;
    readonly #outline: readonly PlanPoint[];
    readonly #stream: RngStream;
    readonly #pattern: RoadPattern;
    readonly #seed: number;
    readonly #density: number;
    readonly #tips: Tip[] = [];
    readonly #middle: PlanPoint;

    constructor(
        graph: RoadGraph,
        outline: readonly PlanPoint[],
        stream: RngStream,
        options: { readonly seed: number; readonly pattern: RoadPattern; readonly density: number }
    ) {
        this.#graph = graph;
        this.#outline = outline;
        this.#stream = stream;
        this.#pattern = options.pattern;
        this.#seed = options.seed;
        this.#density = options.density;
        const sum = outline.reduce((s, p) => [s[0]! + p[0], s[1]! + p[1]], [0, 0]);
        this.#middle = [sum[0]! / outline.length, sum[1]! / outline.length];
    }

    /** Tips on the boulevards, heading inwards. */
    start(): void {
        const n = this.#outline.length;
        for (let k = 0; k < n; k += 2) {
            const [a, b] = [this.#outline[k]!, this.#outline[(k + 1) % n]!];
            const t = 0.35 + 0.5 * this.#stream.float();
            const p: PlanPoint = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
            const edge = this.#graph.edges.find((e) => e.a === this.#graph.node(a) && e.b === this.#graph.node(b));
            if (!edge) continue;
            const node = this.#graph.split(edge, p);
            const inward = exactAtan2(b[0] - a[0], -(b[1] - a[1]));
            this.#tips.push({ node, heading: inward, delay: k / n });
        }
    }

    run(): void {
        for (let made = 0; this.#tips.length > 0 && made < MOST; made++) {
            let first = 0;
            this.#tips.forEach((tip, k) => {
                if (tip.delay < this.#tips[first]!.delay) first = k;
            });
            const [tip] = this.#tips.splice(first, 1) as [Tip];
            const p = this.#graph.nodes[tip.node]!;
            const heading = this.#goal(p, tip.heading);
            const step = STEP * (1.45 - 0.75 * this.#density) * (0.85 + 0.3 * this.#stream.float());
            const to: PlanPoint = [p[0] + step * exactCos(heading), p[1] + step * exactSin(heading)];
            const roll = [this.#stream.float(), this.#stream.float()];
            const end = this.#graph.extend(tip.node, to, SNAP, STREET, 'street');
            if (!end?.open || !pointInPolygon(this.#outline, ...this.#graph.nodes[end.node]!)) continue;
            this.#tips.push({ node: end.node, heading, delay: tip.delay + 1 });
            for (const [k, side] of [-1, 1].entries()) {
                if (roll[k]! < 0.35 + 0.5 * this.#density)
                    this.#tips.push({ node: end.node, heading: heading + (side * Math.PI) / 2, delay: tip.delay + 2 });
            }
        }
    }

    /** The heading that the pattern wishes for at a point, nearest to the one that the street has. */
    #goal(p: PlanPoint, heading: number): number {
        if (this.#pattern === 'organic') return heading + (noise(p[0] / 70, p[1] / 70, this.#seed + 31) - 0.5) * 1.1;
        const base =
            this.#pattern === 'grid'
                ? noise(p[0] / 1500, p[1] / 1500, this.#seed + 32) * Math.PI
                : exactAtan2(p[1] - this.#middle[1], p[0] - this.#middle[0]);
        const quarter = Math.PI / 2;
        const off = heading - base;
        const nearest = base + Math.round(off / quarter) * quarter;
        return heading + 0.75 * (nearest - heading);
    }
}
