/**
 * Captured boxes, made fit to be replaced. Recordings put boxes a few centimetres into walls and into each other; a corner
 * sofa comes as two boxes that cross. Each box is trimmed along its own sides until it is inside the room and apart from
 * the larger ones, so that one virtual object per box can cover it and nothing collides.
 */
import { corners, type Footprint, footprintOf, toLocal } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { clipByLine, distance, polygonArea, round } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import type { CapturedObject } from './read-capture.ts';

/** What is left of a captured box. */
export interface FittedObstacle {
    readonly object: CapturedObject;
    /** Trimmed; null if nothing is left because larger boxes cover it. */
    readonly box: CapturedObject | null;
    /** Index of an object of the same label that this one crosses: parts of one thing, a corner sofa for one. */
    readonly partOf: number | null;
}

/** Gap kept to walls and between boxes, metres. */
const GAP = 0.004;
/** Parts of one thing run into each other by this much, so that no gap opens between boxes turned differently. */
const JOINT = 0.06;

/** Labels whose boxes are things of their own even where they cross. */
const APART: ReadonlySet<string> = new Set(['screen', 'obstacle']);

/** Trims the boxes; the order of the result is the order of `objects`. */
export function fitObstacles(objects: readonly CapturedObject[], polygon: readonly PlanPoint[]): FittedObstacle[] {
    const size = (o: CapturedObject): number => o.width * o.depth * o.height;
    // What the headset named comes before what only the scan shows.
    const scanned = (i: number): number => Number(objects[i]!.label === 'obstacle');
    const order = [...objects.keys()].sort(
        (a, b) => scanned(a) - scanned(b) || size(objects[b]!) - size(objects[a]!) || a - b
    );
    const fitted: (CapturedObject | null)[] = objects.map(() => null);
    const partOf: (number | null)[] = objects.map(() => null);
    const done: number[] = [];
    for (const index of order) {
        let box: CapturedObject | null = trimToRoom(objects[index]!, polygon);
        for (const other of done) {
            if (!box) break;
            const joined = objects[other]!.label === box.label && !box.onWall && !APART.has(box.label);
            let rest = trimFrom(box, fitted[other]!, joined ? -JOINT : GAP);
            if (joined && rest !== box) {
                partOf[index] ??= other;
                const grown = grownOver(fitted[other]!, box, rest, polygon);
                if (done.every((k) => k === other || trimFrom(grown, fitted[k]!, 0) === grown)) fitted[other] = grown;
                rest = trimFrom(box, fitted[other]!, -JOINT);
            }
            box = rest;
        }
        fitted[index] = box;
        if (box) done.push(index);
    }
    return objects.map((object, i) => ({ object, box: fitted[i]!, partOf: partOf[i]! }));
}

const footprint = (o: CapturedObject): Footprint => footprintOf({ x: o.x, y: 0, z: o.z, yaw: o.yaw }, o);

/** Of the circle around the footprint, metres. */
const radius = (o: CapturedObject): number => hypot(o.width, o.depth) / 2;
/** What is farther apart than circles by this much does not meet, however its corners are rounded, metres. */
const NEAR = 1e-3;

/** The box with its local sides moved to [a0, a1] x [b0, b1]. */
function resized(o: CapturedObject, a0: number, a1: number, b0: number, b1: number): CapturedObject | null {
    if (a1 - a0 < 0.03 || b1 - b0 < (o.onWall ? 0.01 : 0.03)) return null;
    const f = footprint(o);
    const [ca, cb] = [(a0 + a1) / 2, (b0 + b1) / 2];
    return {
        ...o,
        x: round(f.x + ca * f.ux + cb * f.vx),
        z: round(f.z + ca * f.uz + cb * f.vz),
        width: Math.floor((a1 - a0) * 1e4) / 1e4,
        depth: Math.floor((b1 - b0) * 1e4) / 1e4
    };
}

/** Cuts off what is behind the walls that the box reaches. */
function trimToRoom(object: CapturedObject, polygon: readonly PlanPoint[]): CapturedObject | null {
    let box: CapturedObject | null = object;
    for (let pass = 0; pass < 3; pass++) {
        const before: CapturedObject | null = box;
        for (let i = 0; i < polygon.length && box; i++) {
            box = trimByWall(box, polygon[i]!, polygon[(i + 1) % polygon.length]!);
        }
        if (box === before) break;
    }
    return box;
}

function trimByWall(box: CapturedObject, a: PlanPoint, b: PlanPoint): CapturedObject | null {
    const length = distance(a, b);
    const [nx, nz] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
    // Most boxes are far from most walls: no angle needs to be known to see that.
    if ((box.x - a[0]) * nx + (box.z - a[1]) * nz > radius(box) + NEAR) return box;
    const f = footprint(box);
    // The part of the wall beside the box: corners beyond its ends are other walls' business.
    const beyond = clipByLine(
        clipByLine(clipByLine(corners(f), b, a), a, [a[0] - nx, a[1] - nz]),
        [b[0] - nx, b[1] - nz],
        b
    );
    if (beyond.length < 3 || Math.abs(polygonArea(beyond)) < 1e-6) return box;
    const deepest = Math.max(...beyond.map(([x, z]) => -((x - a[0]) * nx + (z - a[1]) * nz)));
    if (deepest <= 1e-4 || deepest > Math.max(box.width, box.depth)) return box;
    const [alongU, alongV] = [nx * f.ux + nz * f.uz, nx * f.vx + nz * f.vz];
    const acrossU = Math.abs(alongU) > Math.abs(alongV);
    const cut = (deepest + GAP) / Math.max(Math.abs(alongU), Math.abs(alongV));
    const [hw, hd] = [f.halfWidth, f.halfDepth];
    if (acrossU) return alongU > 0 ? resized(box, -hw + cut, hw, -hd, hd) : resized(box, -hw, hw - cut, -hd, hd);
    return alongV > 0 ? resized(box, -hw, hw, -hd + cut, hd) : resized(box, -hw, hw, -hd, hd - cut);
}

/** Largest growth of one part of a thing over the corner that cutting the other part left bare, metres. */
const CORNER = 0.4;

/** The larger part, grown over the corners that `box` loses when it becomes `rest`: the corner piece of a corner sofa. */
function grownOver(
    larger: CapturedObject,
    box: CapturedObject,
    rest: CapturedObject | null,
    polygon: readonly PlanPoint[]
): CapturedObject {
    const kept = rest ? footprint({ ...rest, width: rest.width + 0.01, depth: rest.depth + 0.01 }) : null;
    const f = footprint(larger);
    let [a0, a1, b0, b1] = [-f.halfWidth, f.halfWidth, -f.halfDepth, f.halfDepth];
    for (const [x, z] of corners(footprint(box))) {
        const [u, v] = kept ? toLocal(kept, x, z) : [Infinity, Infinity];
        if (kept && Math.abs(u) <= kept.halfWidth && Math.abs(v) <= kept.halfDepth) continue;
        const [a, b] = toLocal(f, x, z);
        [a0, a1, b0, b1] = [Math.min(a0, a), Math.max(a1, a), Math.min(b0, b), Math.max(b1, b)];
    }
    const growth = Math.max(-f.halfWidth - a0, a1 - f.halfWidth, -f.halfDepth - b0, b1 - f.halfDepth);
    const grown = growth <= CORNER ? resized(larger, a0, a1, b0, b1) : null;
    return (grown && trimToRoom(grown, polygon)) ?? larger;
}

/** Cuts off what is inside another box, keeping the largest rest. */
function trimFrom(box: CapturedObject, other: CapturedObject, gap: number): CapturedObject | null {
    if (box.y >= other.y + other.height - 0.005 || box.y + box.height <= other.y + 0.005) return box;
    // Standing on the other, sunk into it by the recording's error: the generator lifts it.
    if (!box.onWall && box.y > other.y + other.height - 0.12) return box;
    if (hypot(box.x - other.x, box.z - other.z) > radius(box) + radius(other) + 2 * Math.abs(gap) + NEAR) return box;
    const f = footprint(box);
    let shared: PlanPoint[] = corners(footprintOf({ x: other.x, y: 0, z: other.z, yaw: other.yaw }, other, gap));
    const mine = corners(f);
    for (let i = 0; i < 4 && shared.length > 0; i++) shared = clipByLine(shared, mine[i]!, mine[(i + 1) % 4]!);
    if (shared.length < 3 || polygonArea(shared) < 1e-6) return box;
    const local = shared.map(([x, z]) => toLocal(f, x, z));
    const [a0, a1] = [Math.min(...local.map((p) => p[0])), Math.max(...local.map((p) => p[0]))];
    const [b0, b1] = [Math.min(...local.map((p) => p[1])), Math.max(...local.map((p) => p[1]))];
    const [hw, hd] = [f.halfWidth, f.halfDepth];
    const rests = [
        [-hw, a0, -hd, hd],
        [a1, hw, -hd, hd],
        [-hw, hw, -hd, b0],
        [-hw, hw, b1, hd]
    ] as const;
    const area = (r: readonly number[]): number => Math.max(0, r[1]! - r[0]!) * Math.max(0, r[3]! - r[2]!);
    const best = rests.reduce((x, y) => (area(y) > area(x) ? y : x));
    return resized(box, ...best);
}
