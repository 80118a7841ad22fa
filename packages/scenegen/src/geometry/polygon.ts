/**
 * Simple polygons in plan: area, containment, self-intersection, clipping by a half-plane. Rooms have a dozen corners, so
 * everything here is the plain O(n) or O(n^2) form.
 */

import type { PlanPoint } from '../graph/scene-graph.ts';
import { hypot } from './hypot.ts';

/** Signed shoelace area, m2; positive for the orientation that rooms have. */
export function polygonArea(polygon: readonly PlanPoint[]): number {
    let twice = 0;
    for (let i = 0; i < polygon.length; i++) {
        const [ax, az] = polygon[i]!;
        const [bx, bz] = polygon[(i + 1) % polygon.length]!;
        twice += ax * bz - bx * az;
    }
    return twice / 2;
}

/** True if the point is inside or within `margin` outside (margin < 0: at least that far inside) of a simple polygon. */
export function pointInPolygon(polygon: readonly PlanPoint[], x: number, z: number, margin = 0): boolean {
    let inside = false;
    let nearest = Infinity;
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
        const [ax, az] = polygon[i]!;
        const [bx, bz] = polygon[j]!;
        if (az > z !== bz > z && x < ((bx - ax) * (z - az)) / (bz - az) + ax) inside = !inside;
        if (margin !== 0) nearest = Math.min(nearest, distanceToSegmentSquared(x, z, ax, az, bx, bz));
    }
    if (margin === 0) return inside;
    return margin > 0 ? inside || nearest <= margin * margin : inside && nearest >= margin * margin;
}

/** Squared distance from a point to a segment. */
export function distanceToSegmentSquared(x: number, z: number, ax: number, az: number, bx: number, bz: number): number {
    const dx = bx - ax;
    const dz = bz - az;
    const length2 = dx * dx + dz * dz;
    const t = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (z - az) * dz) / length2));
    const [gx, gz] = [ax + t * dx - x, az + t * dz - z];
    return gx * gx + gz * gz;
}

/** Indices of two edges that cross or touch though they are not neighbours, or null if the polygon is simple. */
export function selfIntersection(polygon: readonly PlanPoint[]): readonly [number, number] | null {
    const n = polygon.length;
    for (let i = 0; i < n; i++) {
        for (let j = i + 1; j < n; j++) {
            const neighbours = j === i + 1 || (i === 0 && j === n - 1);
            const a = polygon[i]!;
            const b = polygon[(i + 1) % n]!;
            const c = polygon[j]!;
            const d = polygon[(j + 1) % n]!;
            if (neighbours ? foldsBack(a, b, c, d) : segmentsTouch(a, b, c, d)) return [i, j];
        }
    }
    return null;
}

const cross = (a: PlanPoint, b: PlanPoint, c: PlanPoint): number =>
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

function segmentsTouch(a: PlanPoint, b: PlanPoint, c: PlanPoint, d: PlanPoint): boolean {
    const d1 = cross(c, d, a);
    const d2 = cross(c, d, b);
    const d3 = cross(a, b, c);
    const d4 = cross(a, b, d);
    if (d1 > 0 !== d2 > 0 && d3 > 0 !== d4 > 0 && d1 !== 0 && d2 !== 0 && d3 !== 0 && d4 !== 0) return true;
    return (
        (d1 === 0 && within(c, d, a)) ||
        (d2 === 0 && within(c, d, b)) ||
        (d3 === 0 && within(a, b, c)) ||
        (d4 === 0 && within(a, b, d))
    );
}

const within = (a: PlanPoint, b: PlanPoint, p: PlanPoint): boolean =>
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1]);

/** Neighbouring edges lie on one line and run back over each other. */
function foldsBack(a: PlanPoint, b: PlanPoint, c: PlanPoint, d: PlanPoint): boolean {
    const [u, v] = [
        [b[0] - a[0], b[1] - a[1]],
        [d[0] - c[0], d[1] - c[1]]
    ] as const;
    return u[0]! * v[1]! - u[1]! * v[0]! === 0 && u[0]! * v[0]! + u[1]! * v[1]! < 0;
}

/** The part of a convex polygon on the left of the directed line a-b (Sutherland and Hodgman 1974, one edge). */
export function clipByLine(polygon: readonly PlanPoint[], a: PlanPoint, b: PlanPoint): PlanPoint[] {
    const out: PlanPoint[] = [];
    for (let i = 0; i < polygon.length; i++) {
        const p = polygon[i]!;
        const q = polygon[(i + 1) % polygon.length]!;
        const dp = cross(a, b, p);
        const dq = cross(a, b, q);
        if (dp >= 0) out.push(p);
        if (dp >= 0 !== dq >= 0) {
            const t = dp / (dp - dq);
            out.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
        }
    }
    return out;
}

/** Area shared by two convex polygons of positive area. */
export function overlapArea(a: readonly PlanPoint[], b: readonly PlanPoint[]): number {
    let rest: PlanPoint[] = [...a];
    for (let i = 0; i < b.length && rest.length > 0; i++) rest = clipByLine(rest, b[i]!, b[(i + 1) % b.length]!);
    return rest.length < 3 ? 0 : polygonArea(rest);
}

/** Length of a-b. */
export const distance = (a: PlanPoint, b: PlanPoint): number => hypot(b[0] - a[0], b[1] - a[1]);

/** To a tenth of a millimetre: what the graph stores. */
export const round = (value: number): number => Math.round(value * 1e4) / 1e4 + 0;
