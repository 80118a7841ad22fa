/**
 * How well a relation holds between placed nodes, 0 to 1; it counts as satisfied above 0.5. Distances and angles are those
 * of SceneEval: next to 0 to 0.5 m, near to 1.5 m, across 1.5 to 4 m, facing within 30 degrees, against a wall within 0.3 m
 * (scored from 0.1 m), corner within 0.8 m of two walls. Distances are between footprints, not centres.
 */
import { corners, type Footprint, nodeFootprint, toLocal } from '../geometry/footprint.ts';
import { distance, distanceToSegmentSquared } from '../geometry/polygon.ts';
import type { Opening, PlanPoint, Relation, SceneNode, Wall } from '../graph/scene-graph.ts';

/** What a relation can refer to. */
export interface Surroundings {
    readonly nodes: readonly SceneNode[];
    readonly walls: readonly Wall[];
    readonly openings: readonly Opening[];
}

/** 0 to 1; null if a party is not there (yet), or the relation is about the choice of things, not their places. */
export function measureRelation(r: Relation, at: Surroundings): number | null {
    const a = at.nodes.find((n) => n.id === r.a);
    if (!a) return null;
    if (r.b === undefined) return alone(r, a, at);
    const other = at.nodes.find((n) => n.id === r.b);
    if (other) return between(r, a, other);
    const opening = at.openings.find((o) => o.id === r.b);
    const wall = at.walls.find((w) => w.id === (opening?.wall ?? r.b));
    return wall ? toWall(r, a, wall, opening) : null;
}

/** Short text of a relation for messages: `next-to(lamp-1, sofa-1)`. */
export const relationText = (r: Relation): string => `${r.type}(${r.a}${r.b === undefined ? '' : `, ${r.b}`})`;

/** 1 up to `full`, falling to 0 at `none`. */
const fall = (value: number, full: number, none: number): number =>
    Math.min(1, Math.max(0, (none - value) / (none - full)));

function alone(r: Relation, a: SceneNode, at: Surroundings): number | null {
    if (r.type === 'against-wall') return fall(Math.min(...at.walls.map((w) => backGap(a, w))), 0.1, 0.5);
    if (r.type === 'corner') return inCorner(a, at.walls);
    if (r.type === 'on-wall') return a.support.kind === 'wall' ? 1 : 0;
    if (r.type === 'hanging') return a.support.kind === 'ceiling' ? 1 : 0;
    if (r.type === 'clearance') return 1;
    return null;
}

function between(r: Relation, a: SceneNode, b: SceneNode): number | null {
    const gap = footprintGap(nodeFootprint(a), nodeFootprint(b));
    const far = r.params?.['distance'];
    switch (r.type) {
        case 'support':
            return a.support.kind === 'node' && a.support.parent === b.id ? 1 : 0;
        case 'next-to':
            return Math.min(sideFits(r, a, b), fall(gap, far ?? 0.5, (far ?? 0.5) * 2));
        case 'near':
            return fall(gap, far ?? 1.5, (far ?? 1.5) * 2);
        case 'across':
            return Math.min(fall(gap, 4, 6), fall(-gap, -0.8, -0.2), inFrontOf(a, b));
        case 'facing':
            return fall(angleTo(a, b.pose.x, b.pose.z), Math.PI / 6, Math.PI / 2);
        case 'surround':
            return Math.min(fall(gap, 0.4, 1), fall(angleTo(a, b.pose.x, b.pose.z), Math.PI / 4, Math.PI / 2));
        case 'aligned':
            return fall(Math.abs(Math.sin(2 * (a.pose.yaw - b.pose.yaw))), 0.02, 0.5);
        case 'symmetric':
            return 1;
        case 'clearance':
            return fall(-gap, -(far ?? 0.6), -(far ?? 0.6) / 2);
        default:
            return null;
    }
}

function toWall(r: Relation, a: SceneNode, wall: Wall, opening: Opening | undefined): number | null {
    const f = nodeFootprint(a);
    const foot = opening ? alongWall(wall, opening.offset) : null;
    const gap = foot ? pointGap(f, foot) : wallGap(f, wall);
    switch (r.type) {
        case 'against-wall':
            return fall(backGap(a, wall), 0.1, 0.5);
        case 'next-to':
            // Under a window, beside a door.
            return fall(gap, r.params?.['distance'] ?? 0.9, 1.8);
        case 'near':
            return fall(gap, r.params?.['distance'] ?? 1.5, 3);
        case 'across': {
            // Against the wall that looks at this one, or at least far from it and turned to it.
            const [dx, dz] = [wall.b[0] - wall.a[0], wall.b[1] - wall.a[1]];
            const length = Math.hypot(dx, dz);
            const facing = (Math.sin(a.pose.yaw) * dz - Math.cos(a.pose.yaw) * dx) / length;
            return Math.min(fall(-facing, -0.85, -0.3), fall(-wallGap(f, wall), -1, -0.3));
        }
        case 'facing': {
            const [x, z] = foot ?? alongWall(wall, distance(wall.a, wall.b) / 2);
            return fall(angleTo(a, x, z), Math.PI / 6, Math.PI / 2);
        }
        case 'on-wall':
            return a.support.parent === wall.id ? 1 : 0;
        case 'clearance':
            return fall(-gap, -(r.params?.['distance'] ?? 0.6), 0);
        default:
            return null;
    }
}

/** `side` in the parameters: -1 left of b, 1 right of b, 2 in front, -2 behind (in b's own frame). */
function sideFits(r: Relation, a: SceneNode, b: SceneNode): number {
    const side = r.params?.['side'];
    if (side === undefined) return 1;
    const f = nodeFootprint(b);
    const [u, v] = toLocal(f, a.pose.x, a.pose.z);
    const [x, z] = [u / f.halfWidth, v / f.halfDepth];
    if (side === 2) return z > 0.9 ? 1 : 0;
    if (side === -2) return z < -0.9 ? 1 : 0;
    return x * side > 0.9 ? 1 : 0;
}

/** a lies in the sector in front of b, or faces it from afar. */
function inFrontOf(a: SceneNode, b: SceneNode): number {
    return Math.max(
        fall(angleTo(b, a.pose.x, a.pose.z), Math.PI / 5, Math.PI / 2),
        fall(angleTo(a, b.pose.x, b.pose.z), Math.PI / 6, Math.PI / 2)
    );
}

/** Angle between a node's front and the direction to a point, 0 to pi. */
function angleTo(n: SceneNode, x: number, z: number): number {
    const [dx, dz] = [x - n.pose.x, z - n.pose.z];
    const length = Math.hypot(dx, dz);
    if (length < 1e-6) return 0;
    const cosine = (Math.sin(n.pose.yaw) * dx + Math.cos(n.pose.yaw) * dz) / length;
    return Math.acos(Math.min(1, Math.max(-1, cosine)));
}

/** Distance between two footprints; 0 if they overlap. */
export function footprintGap(f: Footprint, g: Footprint): number {
    let best = Infinity;
    for (const [x, z] of corners(f)) best = Math.min(best, pointGap(g, [x, z]));
    for (const [x, z] of corners(g)) best = Math.min(best, pointGap(f, [x, z]));
    return best;
}

function pointGap(f: Footprint, [x, z]: PlanPoint): number {
    const [u, v] = toLocal(f, x, z);
    return Math.hypot(Math.max(0, Math.abs(u) - f.halfWidth), Math.max(0, Math.abs(v) - f.halfDepth));
}

/** The larger distance of the two back corners from a wall's segment. */
function backGap(n: SceneNode, wall: Wall): number {
    const [p, q] = corners(nodeFootprint(n)) as [PlanPoint, PlanPoint];
    const gap = ([x, z]: PlanPoint): number =>
        Math.sqrt(distanceToSegmentSquared(x, z, wall.a[0], wall.a[1], wall.b[0], wall.b[1]));
    return Math.max(gap(p), gap(q));
}

function wallGap(f: Footprint, wall: Wall): number {
    return Math.sqrt(
        Math.min(
            ...corners(f).map(([x, z]) => distanceToSegmentSquared(x, z, wall.a[0], wall.a[1], wall.b[0], wall.b[1]))
        )
    );
}

function alongWall(wall: Wall, offset: number): PlanPoint {
    const length = distance(wall.a, wall.b);
    return [
        wall.a[0] + ((wall.b[0] - wall.a[0]) * offset) / length,
        wall.a[1] + ((wall.b[1] - wall.a[1]) * offset) / length
    ];
}

/** Near two walls that are not parallel. */
function inCorner(a: SceneNode, walls: readonly Wall[]): number {
    const f = nodeFootprint(a);
    const near = walls.map((w) => ({ w, gap: wallGap(f, w) })).sort((p, q) => p.gap - q.gap);
    const first = near[0];
    if (!first) return 0;
    const second = near.find(({ w }) => {
        const [p, q] = [first.w, w];
        const sine = (p.b[0] - p.a[0]) * (q.b[1] - q.a[1]) - (p.b[1] - p.a[1]) * (q.b[0] - q.a[0]);
        return Math.abs(sine) > 0.3 * distance(p.a, p.b) * distance(q.a, q.b);
    });
    return second ? Math.min(fall(first.gap, 0.3, 0.8), fall(second.gap, 0.4, 1.2)) : 0;
}
