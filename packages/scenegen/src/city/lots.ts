/**
 * Blocks into lots: streets are cut off by moving every side inwards, then the block is halved across the longer side of its
 * smallest oriented box until the parts are small enough (the recursive subdivision of Parish and Mueller 2001, section 5,
 * with oriented boxes as in Vanegas et al. 2012). A lot without a side on the street is the courtyard.
 */
import type { RngStream } from '@mixreel/core';
import {
    clipByLine,
    distance,
    distanceToSegmentSquared,
    pointInPolygon,
    polygonArea,
    selfIntersection
} from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';

/** A piece of land. */
export interface Lot {
    readonly polygon: readonly PlanPoint[];
    /** Index of the polygon's edge on the street; -1 for a courtyard. */
    readonly front: number;
}

/** A polygon with every edge moved inwards by its own distance; null if nothing simple is left. */
export function inset(polygon: readonly PlanPoint[], by: readonly number[]): PlanPoint[] | null {
    const n = polygon.length;
    const lines = polygon.map((a, i) => {
        const b = polygon[(i + 1) % n]!;
        const length = distance(a, b);
        const [nx, nz] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
        return { p: [a[0] + nx * by[i]!, a[1] + nz * by[i]!] as const, d: [b[0] - a[0], b[1] - a[1]] as const, length };
    });
    const out: PlanPoint[] = [];
    for (let i = 0; i < n; i++) {
        const [before, line] = [lines[(i + n - 1) % n]!, lines[i]!];
        const cross = before.d[0] * line.d[1] - before.d[1] * line.d[0];
        // Nearly straight on: the corner moves square to the line; two widths meet in a step of no length.
        if (Math.abs(cross) < 0.02 * before.length * line.length) out.push([line.p[0], line.p[1]]);
        else {
            const [dx, dz] = [line.p[0] - before.p[0], line.p[1] - before.p[1]];
            const t = (dx * line.d[1] - dz * line.d[0]) / cross;
            out.push([before.p[0] + t * before.d[0], before.p[1] + t * before.d[1]]);
        }
    }
    const area = polygonArea(out);
    if (!(area > 1) || area > polygonArea(polygon) || selfIntersection(out)) return null;
    // A side that turned round was eaten by its neighbours.
    for (let i = 0; i < n; i++) {
        const [p, q] = [out[i]!, out[(i + 1) % n]!];
        const { d } = lines[i]!;
        if ((q[0] - p[0]) * d[0] + (q[1] - p[1]) * d[1] < 0) return null;
    }
    return out.every(([x, z]) => pointInPolygon(polygon, x, z, 0.01)) ? out : null;
}

/** Corners that lie on the line between their neighbours, left out. */
export function simplified(polygon: readonly PlanPoint[]): PlanPoint[] {
    const n = polygon.length;
    return polygon.filter((p, i) => {
        const [a, b] = [polygon[(i + n - 1) % n]!, polygon[(i + 1) % n]!];
        const bend = (p[0] - a[0]) * (b[1] - p[1]) - (p[1] - a[1]) * (b[0] - p[0]);
        return Math.abs(bend) > 1e-3 * distance(a, p) * distance(p, b) && distance(a, p) > 1e-3;
    });
}

/** Cuts a block into lots of about `area` m2, none smaller than a third of it. */
export function lotsOf(block: readonly PlanPoint[], area: number, stream: RngStream): Lot[] {
    const out: Lot[] = [];
    const cut = (polygon: readonly PlanPoint[], depth: number): void => {
        const size = polygonArea(polygon);
        if (size < area * 1.4 || depth > 12) {
            if (size > area / 3 && polygon.length >= 3 && !selfIntersection(polygon))
                out.push({ polygon, front: frontOf(polygon, block) });
            return;
        }
        const { along, x, z, length } = orientedBox(polygon);
        const t = (0.5 + 0.12 * (stream.float() - 0.5)) * length;
        const [px, pz] = [x + along[0] * t, z + along[1] * t];
        const a: PlanPoint = [px, pz];
        const b: PlanPoint = [px - along[1], pz + along[0]];
        for (const part of [clipByLine(polygon, a, b), clipByLine(polygon, b, a)]) {
            const clean = simplified(part);
            if (clean.length >= 3) cut(clean, depth + 1);
        }
    };
    cut(simplified(block), 0);
    return out;
}

/** The smallest box around a polygon that has a side along one of its edges: its origin, its longer direction and length. */
function orientedBox(polygon: readonly PlanPoint[]): {
    along: PlanPoint;
    x: number;
    z: number;
    length: number;
} {
    let best = { along: [1, 0] as PlanPoint, x: 0, z: 0, length: 0 };
    let least = Infinity;
    polygon.forEach((p, i) => {
        const q = polygon[(i + 1) % polygon.length]!;
        const d = distance(p, q);
        if (d < 1e-6) return;
        const [ux, uz] = [(q[0] - p[0]) / d, (q[1] - p[1]) / d];
        const us = polygon.map(([x, z]) => x * ux + z * uz);
        const vs = polygon.map(([x, z]) => -x * uz + z * ux);
        const [u0, u1, v0, v1] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
        const size = (u1 - u0) * (v1 - v0);
        if (size >= least - 1e-9) return;
        least = size;
        const long = u1 - u0 >= v1 - v0;
        best = long
            ? { along: [ux, uz], x: u0 * ux - v0 * uz, z: u0 * uz + v0 * ux, length: u1 - u0 }
            : { along: [-uz, ux], x: u0 * ux - v0 * uz, z: u0 * uz + v0 * ux, length: v1 - v0 };
    });
    return best;
}

/** The longest edge of a lot that lies on the block's outline; -1 if none does. */
function frontOf(lot: readonly PlanPoint[], block: readonly PlanPoint[]): number {
    let best = -1;
    let longest = 3;
    lot.forEach((p, i) => {
        const q = lot[(i + 1) % lot.length]!;
        const length = distance(p, q);
        if (length <= longest) return;
        const on = [0.2, 0.5, 0.8].every((t) => {
            const [x, z] = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
            return block.some((a, k) => {
                const b = block[(k + 1) % block.length]!;
                return distanceToSegmentSquared(x, z, a[0], a[1], b[0], b[1]) < 0.01;
            });
        });
        if (!on) return;
        longest = length;
        best = i;
    });
    return best;
}
