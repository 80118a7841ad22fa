/**
 * How well a relation holds between placed nodes, 0 to 1; it counts as satisfied above 0.5. Distances and angles are those
 * of SceneEval: next to 0 to 0.5 m, near to 1.5 m, across 1.5 to 4 m, facing within 30 degrees, against a wall within 0.3 m
 * (scored from 0.1 m), corner within 0.8 m of two walls. Distances are between footprints, not centres.
 *
 * Those that SceneEval lacks: aligned is parallel, and flush or centred within 5 cm to 30 cm; symmetric means that a, mirrored
 * in b's middle plane, falls on itself or on another of its class within 10 cm to 50 cm; clearance asks for that much free
 * floor before a (or between a and b); co-occurrence for the same room; pair for a covering b's footprint.
 */

import { exactAcos, exactAtan2, exactSin } from '@mixreel/core';
import { corners, type Footprint, nodeFootprint, toLocal, toWorld } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { clipByLine, distance, distanceToSegmentSquared, overlapArea } from '../geometry/polygon.ts';
import type { Opening, PlanPoint, Relation, SceneNode, Wall } from '../graph/scene-graph.ts';

/** What a relation can refer to. */
export interface Surroundings {
    readonly nodes: readonly SceneNode[];
    readonly walls: readonly Wall[];
    readonly openings: readonly Opening[];
}

/** The second party of a relation: a node (with its footprint, if known), or a wall with the opening in it that is meant. */
export type Party =
    | { readonly node: SceneNode; readonly footprint?: Footprint }
    | { readonly wall: Wall; readonly opening: Opening | undefined };

/** 0 to 1; null if a party is not there (yet). */
export function measureRelation(r: Relation, at: Surroundings): number | null {
    const a = at.nodes.find((n) => n.id === r.a);
    if (!a) return null;
    if (r.b === undefined) return measureWith(r, a, null, at);
    const party = partyOf(r.b, at);
    return party && measureWith(r, a, party, at);
}

/** Who an id means; null if nobody. */
export function partyOf(id: string, at: Surroundings): Party | null {
    const node = at.nodes.find((n) => n.id === id);
    if (node) return { node };
    const opening = at.openings.find((o) => o.id === id);
    const wall = at.walls.find((w) => w.id === (opening?.wall ?? id));
    return wall ? { wall, opening } : null;
}

/**
 * The same with the parties at hand: `a` may be a node that is not among `at.nodes`, at a pose that is only tried. Who asks for
 * hundreds of poses gives the footprints, so that their angles are worked out once.
 */
export function measureWith(
    r: Relation,
    a: SceneNode,
    party: Party | null,
    at: Surroundings,
    f: Footprint = nodeFootprint(a)
): number | null {
    if (!party) return alone(r, a, f, at);
    if ('node' in party) return between(r, a, f, party.node, party.footprint ?? nodeFootprint(party.node), at);
    return toWall(r, a, f, party.wall, party.opening, at);
}

/** Short text of a relation for messages: `next-to(lamp-1, sofa-1)`. */
export const relationText = (r: Relation): string => `${r.type}(${r.a}${r.b === undefined ? '' : `, ${r.b}`})`;

/** 1 up to `full`, falling to 0 at `none`. */
const fall = (value: number, full: number, none: number): number =>
    Math.min(1, Math.max(0, (none - value) / (none - full)));

function alone(r: Relation, a: SceneNode, f: Footprint, at: Surroundings): number | null {
    if (r.type === 'against-wall') {
        let gap = Infinity;
        for (const wall of wallsOf(a, at)) gap = Math.min(gap, backOff(f, wall));
        return fall(gap, 0.1, 0.5);
    }
    if (r.type === 'corner') return inCorner(f, wallsOf(a, at));
    if (r.type === 'on-wall') return a.support.kind === 'wall' ? 1 : 0;
    if (r.type === 'hanging') return a.support.kind === 'ceiling' ? 1 : 0;
    if (r.type === 'clearance') {
        const wanted = r.params?.['distance'] ?? 0.6;
        return fall(-freeInFront(a, f, at, wanted), -wanted, -wanted / 2);
    }
    return null;
}

/** The walls of a node's room; all where the walls are those of one room. */
const wallsOf = (a: SceneNode, at: Surroundings): readonly Wall[] => {
    // A layout's walls are those of one room: asked for hundreds of poses, it needs no new list for each.
    if (at.walls.every((w) => w.room === a.room)) return at.walls;
    const own = at.walls.filter((w) => w.room === a.room);
    return own.length > 0 ? own : at.walls;
};

function between(r: Relation, a: SceneNode, f: Footprint, b: SceneNode, g: Footprint, at: Surroundings): number | null {
    const far = r.params?.['distance'];
    switch (r.type) {
        case 'support':
            return a.support.kind === 'node' && a.support.parent === b.id ? 1 : 0;
        case 'next-to':
            return Math.min(sideFits(r, a, g), fall(footprintGap(f, g), far ?? 0.5, (far ?? 0.5) * 2));
        case 'near':
            return fall(footprintGap(f, g), far ?? 1.5, (far ?? 1.5) * 2);
        case 'across': {
            const gap = footprintGap(f, g);
            return Math.min(fall(gap, 4, 6), fall(-gap, -0.8, -0.2), inFrontOf(f, g));
        }
        case 'facing':
            return fall(angleTo(f, g.x, g.z), Math.PI / 6, Math.PI / 2);
        case 'surround':
            return Math.min(fall(footprintGap(f, g), 0.4, 1), fall(angleTo(f, g.x, g.z), Math.PI / 4, Math.PI / 2));
        case 'aligned':
            return Math.min(parallel(a.pose.yaw - b.pose.yaw), fall(alignmentError(a, b), 0.05, 0.3));
        case 'symmetric':
            return symmetry(a, g, at, b.id);
        case 'clearance':
            return fall(-footprintGap(f, g), -(far ?? 0.6), -(far ?? 0.6) / 2);
        case 'co-occurrence':
            return a.room === b.room ? 1 : 0;
        case 'pair':
            return coveredShare(f, g);
        case 'on-wall':
            return a.support.kind === 'wall' ? fall(footprintGap(f, g), 0.3, 1) : 0;
        case 'hanging':
            return a.support.kind === 'ceiling' ? fall(footprintGap(f, g), 0.1, 0.6) : 0;
        default:
            return null;
    }
}

/** 1 if a turn is a multiple of a right angle, 0 at 14 degrees off. */
const parallel = (turn: number): number => fall(Math.abs(exactSin(2 * turn)), 0.02, 0.5);

function toWall(
    r: Relation,
    a: SceneNode,
    f: Footprint,
    wall: Wall,
    opening: Opening | undefined,
    at: Surroundings
): number | null {
    const foot = opening ? alongWall(wall, opening.offset) : null;
    const gap = foot ? pointGap(f, foot) : wallGap(f, wall);
    switch (r.type) {
        case 'against-wall':
            return fall(backOff(f, wall), 0.1, 0.5);
        case 'corner':
            return Math.min(inCorner(f, wallsOf(a, at)), fall(wallGap(f, wall), 0.4, 1.2));
        case 'next-to':
            // Under a window, beside a door.
            return fall(gap, r.params?.['distance'] ?? 0.9, 1.8);
        case 'near':
            return fall(gap, r.params?.['distance'] ?? 1.5, 3);
        case 'across': {
            // Against the wall that looks at this one, or at least far from it and turned to it.
            const [dx, dz] = [wall.b[0] - wall.a[0], wall.b[1] - wall.a[1]];
            const length = hypot(dx, dz);
            const facing = (f.vx * dz - f.vz * dx) / length;
            return Math.min(fall(-facing, -0.85, -0.3), fall(-wallGap(f, wall), -1, -0.3));
        }
        case 'facing': {
            const [x, z] = foot ?? alongWall(wall, distance(wall.a, wall.b) / 2);
            return fall(angleTo(f, x, z), Math.PI / 6, Math.PI / 2);
        }
        case 'on-wall':
            return a.support.parent === wall.id ? 1 : 0;
        case 'clearance':
            return fall(-gap, -(r.params?.['distance'] ?? 0.6), 0);
        case 'aligned':
            return parallel(a.pose.yaw - wallYaw(wall));
        case 'symmetric':
            return symmetry(a, wallFrame(wall, opening), at, '');
        case 'co-occurrence':
            return a.room === wall.room ? 1 : 0;
        default:
            return null;
    }
}

/** `side` in the parameters: -1 left of b, 1 right of b, 2 in front, -2 behind (in b's own frame). */
function sideFits(r: Relation, a: SceneNode, f: Footprint): number {
    const side = r.params?.['side'];
    if (side === undefined) return 1;
    const [u, v] = toLocal(f, a.pose.x, a.pose.z);
    const [x, z] = [u / f.halfWidth, v / f.halfDepth];
    if (side === 2) return z > 0.9 ? 1 : 0;
    if (side === -2) return z < -0.9 ? 1 : 0;
    return x * side > 0.9 ? 1 : 0;
}

/** a lies in the sector in front of b, or faces it from afar. */
function inFrontOf(a: Footprint, b: Footprint): number {
    return Math.max(
        fall(angleTo(b, a.x, a.z), Math.PI / 5, Math.PI / 2),
        fall(angleTo(a, b.x, b.z), Math.PI / 6, Math.PI / 2)
    );
}

/** Angle between a footprint's front and the direction to a point, 0 to pi. */
function angleTo(f: Footprint, x: number, z: number): number {
    const dx = x - f.x;
    const dz = z - f.z;
    const length = hypot(dx, dz);
    if (length < 1e-6) return 0;
    const cosine = (f.vx * dx + f.vz * dz) / length;
    return exactAcos(Math.min(1, Math.max(-1, cosine)));
}

/** How far a is from sharing a centre line or an edge with b, metres; see {@link alignmentShift}. */
function alignmentError(a: SceneNode, b: SceneNode): number {
    const [du, dv] = alignmentShift(a, b);
    return Math.min(Math.abs(du), Math.abs(dv));
}

/** The smallest shifts of a, along b's width and along b's depth, that make them flush or centred on each other. */
export function alignmentShift(a: SceneNode, b: SceneNode): readonly [number, number] {
    const f = nodeFootprint(b);
    const [u, v] = toLocal(f, a.pose.x, a.pose.z);
    const turned = Math.abs(exactSin(a.pose.yaw - b.pose.yaw)) > 0.7;
    const [hu, hv] = turned ? [a.dims.depth / 2, a.dims.width / 2] : [a.dims.width / 2, a.dims.depth / 2];
    const least = (at: number, mine: number, theirs: number): number =>
        [0, theirs - mine, mine - theirs].map((to) => to - at).reduce((p, q) => (Math.abs(q) < Math.abs(p) ? q : p));
    return [least(u, hu, f.halfWidth), least(v, hv, f.halfDepth)];
}

/** The pose of a node mirrored in the middle plane of a frame, as [x, z, yaw]. */
export function mirrored(n: SceneNode, frame: Footprint): readonly [number, number, number] {
    const [u, v] = toLocal(frame, n.pose.x, n.pose.z);
    const [x, z] = toWorld(frame, -u, v);
    return [x, z, 2 * exactAtan2(frame.vx, frame.vz) - n.pose.yaw];
}

/** The frame of a wall: the middle of an opening or of the wall, its front into the room. */
export function wallFrame(wall: Wall, opening: Opening | undefined): Footprint {
    const length = distance(wall.a, wall.b);
    const [ux, uz] = [(wall.b[0] - wall.a[0]) / length, (wall.b[1] - wall.a[1]) / length];
    const [x, z] = alongWall(wall, opening?.offset ?? length / 2);
    return { x, z, ux, uz, vx: -uz, vz: ux, halfWidth: (opening?.width ?? length) / 2, halfDepth: 0 };
}

/** Best agreement of a's mirror image with itself or another node of its class. Turning counts 0.3 m a radian. */
function symmetry(a: SceneNode, frame: Footprint, at: Surroundings, about: string): number {
    const [x, z, yaw] = mirrored(a, frame);
    let error = Infinity;
    const compare = (n: SceneNode): void => {
        const turn = Math.abs(exactSin((n.pose.yaw - yaw) / 2));
        error = Math.min(error, hypot(n.pose.x - x, n.pose.z - z) + 0.6 * turn);
    };
    compare(a);
    for (const n of at.nodes) if (n.class === a.class && n.id !== a.id && n.id !== about) compare(n);
    return fall(error, 0.1, 0.5);
}

/** Share of g under f. */
function coveredShare(f: Footprint, g: Footprint): number {
    const whole = 4 * g.halfWidth * g.halfDepth;
    return whole <= 0 ? 0 : Math.min(1, overlapArea(corners(f), corners(g)) / whole);
}

/** Free floor straight in front of a node as wide as the node, metres, up to `most`. */
function freeInFront(a: SceneNode, f: Footprint, at: Surroundings, most: number): number {
    let free = most;
    const see = (points: readonly PlanPoint[]): void => {
        for (const [, v] of points) if (v > f.halfDepth - 0.02) free = Math.min(free, Math.max(0, v - f.halfDepth));
    };
    const inStrip = (shape: readonly PlanPoint[]): PlanPoint[] => {
        const w = f.halfWidth - 0.01;
        // Left of x = -w going down and of x = w going up, in a's own frame.
        return clipByLine(clipByLine(shape, [-w, 1], [-w, 0]), [w, 0], [w, 1]);
    };
    for (const n of at.nodes) {
        if (n.id === a.id || n.room !== a.room || n.support.kind === 'node' || n.support.kind === 'ceiling') continue;
        if (n.dims.height < 0.03 || n.pose.y > a.pose.y + 1.9) continue;
        see(inStrip(corners(nodeFootprint(n)).map(([x, z]) => toLocal(f, x, z))));
    }
    for (const w of wallsOf(a, at)) see(inStrip([w.a, w.b].map(([x, z]) => toLocal(f, x, z))));
    return free;
}

/** Distance between two footprints; 0 if they overlap. */
export const footprintGap = (f: Footprint, g: Footprint): number =>
    Math.sqrt(Math.min(cornerGap(f, g), cornerGap(g, f)));

/** Squared distance of the nearest corner of f from g, worked out in g's frame without making a point. */
function cornerGap(f: Footprint, g: Footprint): number {
    const [dx, dz] = [f.x - g.x, f.z - g.z];
    const [u, v] = [dx * g.ux + dz * g.uz, dx * g.vx + dz * g.vz];
    const [au, av] = [f.halfWidth * (f.ux * g.ux + f.uz * g.uz), f.halfWidth * (f.ux * g.vx + f.uz * g.vz)];
    const [bu, bv] = [f.halfDepth * (f.vx * g.ux + f.vz * g.uz), f.halfDepth * (f.vx * g.vx + f.vz * g.vz)];
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
        const [s, t] = [i & 1 ? 1 : -1, i & 2 ? 1 : -1];
        const p = Math.max(0, Math.abs(u + s * au + t * bu) - g.halfWidth);
        const q = Math.max(0, Math.abs(v + s * av + t * bv) - g.halfDepth);
        best = Math.min(best, p * p + q * q);
    }
    return best;
}

function pointGap(f: Footprint, [x, z]: PlanPoint): number {
    const [u, v] = toLocal(f, x, z);
    return hypot(Math.max(0, Math.abs(u) - f.halfWidth), Math.max(0, Math.abs(v) - f.halfDepth));
}

/** The larger distance of the two back corners from a wall's segment. */
export function backGap(n: SceneNode, wall: Wall): number {
    return backOff(nodeFootprint(n), wall);
}

function backOff(f: Footprint, { a, b }: Wall): number {
    const [bx, bz] = [f.x - f.halfDepth * f.vx, f.z - f.halfDepth * f.vz];
    const [sx, sz] = [f.halfWidth * f.ux, f.halfWidth * f.uz];
    const left = distanceToSegmentSquared(bx - sx, bz - sz, a[0], a[1], b[0], b[1]);
    const right = distanceToSegmentSquared(bx + sx, bz + sz, a[0], a[1], b[0], b[1]);
    return Math.sqrt(Math.max(left, right));
}

function wallGap(f: Footprint, wall: Wall): number {
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
        const [s, t] = [i & 1 ? f.halfWidth : -f.halfWidth, i & 2 ? f.halfDepth : -f.halfDepth];
        const [x, z] = [f.x + s * f.ux + t * f.vx, f.z + s * f.uz + t * f.vz];
        best = Math.min(best, distanceToSegmentSquared(x, z, wall.a[0], wall.a[1], wall.b[0], wall.b[1]));
    }
    return Math.sqrt(best);
}

/** The yaw of a thing whose back is on a wall. */
export const wallYaw = (wall: Wall): number => exactAtan2(-(wall.b[1] - wall.a[1]), wall.b[0] - wall.a[0]);

function alongWall(wall: Wall, offset: number): PlanPoint {
    const length = distance(wall.a, wall.b);
    return [
        wall.a[0] + ((wall.b[0] - wall.a[0]) * offset) / length,
        wall.a[1] + ((wall.b[1] - wall.a[1]) * offset) / length
    ];
}

/** Near two walls that are not parallel. */
function inCorner(f: Footprint, walls: readonly Wall[]): number {
    let first: Wall | null = null;
    let nearest = Infinity;
    for (const w of walls) {
        const gap = wallGap(f, w);
        if (gap < nearest) [nearest, first] = [gap, w];
    }
    if (!first || nearest >= 0.8) return 0;
    let second = Infinity;
    for (const w of walls) {
        const sine = (first.b[0] - first.a[0]) * (w.b[1] - w.a[1]) - (first.b[1] - first.a[1]) * (w.b[0] - w.a[0]);
        if (Math.abs(sine) > 0.3 * distance(first.a, first.b) * distance(w.a, w.b))
            second = Math.min(second, wallGap(f, w));
    }
    return Math.min(fall(nearest, 0.3, 0.8), fall(second, 0.4, 1.2));
}
