/**
 * The proof that a scene is physically valid, by other code than made it: boxes against boxes by separating axes in three
 * dimensions, boxes against the room by clipping its walls with the box, walkability by a flood fill over distances to
 * real edges, support by heights and overlaps. It shares no geometry with the solver, so that one of them being wrong shows.
 */

import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { type Box, boxesMeet, boxOf, penetration } from './oriented-box.ts';
import { insideBy, outsideBy } from './room-bounds.ts';
import type { Violation } from './violation.ts';
import { type WalkReport, walkability } from './walkability.ts';

/** What was checked and what was found. All counts are of violations; a valid scene has none. */
export interface Certificate {
    readonly valid: boolean;
    readonly nodes: number;
    readonly pairs: number;
    readonly collisions: number;
    readonly outOfBounds: number;
    readonly blockedOpenings: number;
    /** Virtual nodes in a keep-out. */
    readonly inKeepOuts: number;
    readonly unsupported: number;
    readonly unreachable: number;
    readonly uncovered: number;
    /** Real things that a virtual one covers, and that none does; the latter are named in the graph's `dropped`. */
    readonly realCovered: number;
    readonly realExposed: number;
    readonly walk: readonly WalkReport[];
    readonly violations: readonly Violation[];
}

/** Tolerances of the certificate, metres. */
export const CERTIFICATE_TOLERANCES: Readonly<Record<'collision' | 'bounds' | 'support' | 'cover', number>> =
    Object.freeze({
        /** Boxes may sink into each other by this much: poses and sizes are stored to 0.1 mm, turns to 0.1 mrad. */
        collision: 0.002,
        /** A corner may be this far outside the room. */
        bounds: 0.005,
        /** A thing floats or sinks by at most this much. */
        support: 0.01,
        /** A real obstacle shows by at most this much. */
        cover: 0.02
    });

/** Classes that lie flat under others. */
const FLAT = new Set(['rug', 'doormat']);

/** Checks a scene. Pure; 40 nodes take about 1 ms. */
export function certify(graph: SceneGraph): Certificate {
    const virtual = graph.nodes.filter((n) => !n.real);
    const boxes = new Map(graph.nodes.map((n) => [n.id, boxOf(n)]));
    const violations: Violation[] = [];
    const pairs = checkCollisions(graph, virtual, boxes, violations);
    checkBounds(graph, virtual, boxes, violations);
    checkOpenings(graph, virtual, boxes, violations);
    checkKeepOuts(graph, virtual, boxes, violations);
    checkSupport(graph, virtual, boxes, violations);
    checkCover(graph, boxes, violations);
    const walk = walkability(graph, virtual, violations);
    const claimed = new Set(virtual.flatMap((n) => n.covers ?? []));
    const realCovered = graph.nodes.filter((n) => n.real && claimed.has(n.id)).length;
    const count = (rule: Violation['rule']): number => violations.filter((v) => v.rule === rule).length;
    return {
        valid: violations.length === 0,
        nodes: virtual.length,
        pairs,
        collisions: count('collision'),
        outOfBounds: count('out-of-bounds'),
        blockedOpenings: count('blocked-opening'),
        inKeepOuts: count('keep-out'),
        unsupported: count('unsupported') + count('unknown-parent'),
        unreachable: count('unreachable'),
        uncovered: count('uncovered'),
        realCovered,
        realExposed: graph.nodes.length - virtual.length - realCovered,
        walk,
        violations
    };
}

/** Virtual against virtual, and against real things that they do not stand in for. */
function checkCollisions(
    graph: SceneGraph,
    virtual: readonly SceneNode[],
    boxes: ReadonlyMap<string, Box>,
    out: Violation[]
): number {
    const covered = new Set(virtual.flatMap((n) => n.covers ?? []));
    const real = graph.nodes.filter((n) => n.real && !covered.has(n.id));
    // The pieces of one thing, a corner sofa for one, are built into each other.
    const composites = graph.groups.filter((g) => g.class === 'composite');
    const joined = (a: string, b: string): boolean =>
        composites.some((g) => g.members.includes(a) && g.members.includes(b));
    let pairs = 0;
    virtual.forEach((a, i) => {
        for (const b of [...virtual.slice(i + 1), ...real]) {
            pairs++;
            if (FLAT.has(a.class) !== FLAT.has(b.class) || rests(a, b) || rests(b, a)) continue;
            const [p, q] = [boxes.get(a.id)!, boxes.get(b.id)!];
            if (!boxesMeet(p, q) || joined(a.id, b.id)) continue;
            const depth = penetration(p, q);
            if (depth <= CERTIFICATE_TOLERANCES.collision) continue;
            const [weak, strong] = b.real || a.priority < b.priority || (b.locked && !a.locked) ? [a, b] : [b, a];
            out.push({ rule: 'collision', node: weak.id, other: strong.id, amount: depth });
        }
    });
    return pairs;
}

/** One stands within the box of the other: on a seat below its back, on a board of a shelf. {@link checkStanding} proves it. */
const rests = (a: SceneNode, b: SceneNode): boolean =>
    a.support.kind === 'node' &&
    a.support.parent === b.id &&
    a.support.surface !== undefined &&
    a.support.surface !== 'top';

function checkBounds(
    graph: SceneGraph,
    virtual: readonly SceneNode[],
    boxes: ReadonlyMap<string, Box>,
    out: Violation[]
): void {
    for (const n of virtual) {
        const room = graph.rooms.find((r) => r.id === n.room);
        if (!room) {
            out.push({ rule: 'unknown-parent', node: n.id, other: n.room, amount: 0 });
            continue;
        }
        const amount = outsideBy(boxes.get(n.id)!, room);
        if (amount > CERTIFICATE_TOLERANCES.bounds)
            out.push({ rule: 'out-of-bounds', node: n.id, other: room.id, amount });
    }
}

/** Nothing stands before a door; nothing higher than the sill stands before a window. Curtains may hang there. */
function checkOpenings(
    graph: SceneGraph,
    virtual: readonly SceneNode[],
    boxes: ReadonlyMap<string, Box>,
    out: Violation[]
): void {
    for (const o of graph.openings) {
        const wall = graph.walls.find((w) => w.id === o.wall);
        const room = graph.rooms.find((r) => r.id === wall?.room);
        if (!wall || !room) continue;
        const [dx, dz] = [wall.b[0] - wall.a[0], wall.b[1] - wall.a[1]];
        const length = hypot(dx, dz);
        const window = o.type === 'window';
        const deep = window ? 0.5 : Math.min(1, Math.max(0.6, o.width));
        const zone: Box = {
            x: wall.a[0] + (dx * o.offset - dz * (deep / 2 + 0.01)) / length,
            z: wall.a[1] + (dz * o.offset + dx * (deep / 2 + 0.01)) / length,
            y0: room.floorY + (window ? o.sill + 0.06 : 0.03),
            y1: room.floorY + o.sill + o.height,
            yaw: exactAtan2(-dz, dx),
            halfWidth: o.width / 2 - 0.01,
            halfDepth: deep / 2 - 0.01
        };
        for (const n of virtual) {
            if (n.support.kind === 'wall' && n.class === 'curtain') continue;
            // What stands where a real thing stands was there before; small things on a table are no wall.
            if (n.covers?.length || FLAT.has(n.class) || n.support.kind !== 'floor') continue;
            const box = boxes.get(n.id)!;
            const depth = boxesMeet(box, zone) ? penetration(box, zone) : 0;
            if (depth > 0.005) out.push({ rule: 'blocked-opening', node: n.id, other: o.id, amount: depth });
        }
    }
}

function checkKeepOuts(
    graph: SceneGraph,
    virtual: readonly SceneNode[],
    boxes: ReadonlyMap<string, Box>,
    out: Violation[]
): void {
    for (const k of graph.keepOuts) {
        const floorY = graph.rooms.find((r) => r.id === k.room)?.floorY ?? 0;
        for (const n of virtual) {
            if (n.room !== k.room) continue;
            const amount = insideBy(boxes.get(n.id)!, k.polygon, floorY + k.from, floorY + k.to);
            if (amount > CERTIFICATE_TOLERANCES.bounds) out.push({ rule: 'keep-out', node: n.id, other: k.id, amount });
        }
    }
}

function checkSupport(
    graph: SceneGraph,
    virtual: readonly SceneNode[],
    boxes: ReadonlyMap<string, Box>,
    out: Violation[]
): void {
    const limit = CERTIFICATE_TOLERANCES.support;
    for (const n of virtual) {
        const box = boxes.get(n.id)!;
        const bad = (other: string, amount: number): void =>
            void out.push({ rule: 'unsupported', node: n.id, other, amount });
        const room = graph.rooms.find((r) => r.id === n.room);
        if (!room) continue;
        if (n.support.kind === 'floor' && Math.abs(box.y0 - room.floorY) > limit)
            bad(n.support.parent, box.y0 - room.floorY);
        if (n.support.kind === 'ceiling' && Math.abs(box.y1 - room.floorY - room.height) > limit)
            bad(room.id, room.floorY + room.height - box.y1);
        if (n.support.kind === 'none') bad('nothing', 0);
        if (n.support.kind === 'wall') {
            const wall = graph.walls.find((w) => w.id === n.support.parent);
            const gap = wall ? backGap(box, wall.a, wall.b) : Infinity;
            if (gap > limit) bad(n.support.parent, gap);
        }
        if (n.support.kind === 'node') checkStanding(graph, n, box, boxes, bad);
    }
}

function checkStanding(
    graph: SceneGraph,
    n: SceneNode,
    box: Box,
    boxes: ReadonlyMap<string, Box>,
    bad: (other: string, amount: number) => void
): void {
    const parent = graph.nodes.find((p) => p.id === n.support.parent);
    if (!parent) {
        bad(n.support.parent, 0);
        return;
    }
    // A chain of things on things must end, and not in itself.
    const seen = new Set([n.id]);
    for (
        let p: SceneNode | undefined = parent;
        p;
        p = graph.nodes.find((q) => q.id === p!.support.parent && p!.support.kind === 'node')
    ) {
        if (seen.has(p.id)) {
            bad(p.id, 0);
            return;
        }
        seen.add(p.id);
    }
    const under = boxes.get(parent.id)!;
    const inside = n.support.surface !== undefined && n.support.surface !== 'top';
    const gap = box.y0 - under.y1;
    if (!inside && Math.abs(gap) > CERTIFICATE_TOLERANCES.support) bad(parent.id, gap);
    if (inside && (box.y0 <= under.y0 || box.y0 >= under.y1)) bad(parent.id, gap);
    // Its middle is over the parent, or it rests on it by 2 cm (a screen across two desks).
    const middle = { ...box, halfWidth: 0.001, halfDepth: 0.001, y0: under.y0, y1: under.y1 };
    const over = penetration(middle, under) > 0 || penetration({ ...box, y0: under.y0, y1: under.y1 }, under) >= 0.02;
    if (!over) bad(parent.id, 0);
}

/** Largest distance of a box's back corners from a wall's line. */
function backGap(box: Box, a: readonly [number, number], b: readonly [number, number]): number {
    const [dx, dz] = [b[0] - a[0], b[1] - a[1]];
    const length = hypot(dx, dz);
    const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
    return Math.max(
        ...[-1, 1].map((side) => {
            const x = box.x - s * box.halfDepth + side * c * box.halfWidth;
            const z = box.z - c * box.halfDepth - side * s * box.halfWidth;
            return Math.abs((dx * (z - a[1]) - dz * (x - a[0])) / length);
        })
    );
}

/** Every real obstacle that a virtual one claims to cover is hidden by virtual ones: no point of its footprint shows by more than the tolerance. */
function checkCover(graph: SceneGraph, boxes: ReadonlyMap<string, Box>, out: Violation[]): void {
    const covering = graph.nodes.filter((n) => n.covers);
    const covers = covering.map((n) => boxes.get(n.id)!);
    for (const n of graph.nodes) {
        const by = covering.find((k) => k.covers!.includes(n.id));
        if (!n.real || !by) continue;
        const room = graph.rooms.find((r) => r.id === n.room);
        const box = boxes.get(n.id)!;
        if (!room) continue;
        let worst = 0;
        const steps = (half: number): number => Math.max(2, Math.min(60, Math.ceil(half / 0.04)));
        const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
        for (let i = 0; i <= steps(box.halfWidth); i++) {
            for (let j = 0; j <= steps(box.halfDepth); j++) {
                const u = box.halfWidth * ((2 * i) / steps(box.halfWidth) - 1);
                const v = box.halfDepth * ((2 * j) / steps(box.halfDepth) - 1);
                const [x, z] = [box.x + c * u + s * v, box.z - s * u + c * v];
                if (outsideBy({ ...box, x, z, halfWidth: 0, halfDepth: 0, y0: room.floorY, y1: room.floorY }, room) > 0)
                    continue;
                worst = Math.max(worst, Math.min(...covers.map((k) => distanceTo(k, x, z))));
            }
        }
        if (worst > CERTIFICATE_TOLERANCES.cover)
            out.push({ rule: 'uncovered', node: by.id, other: n.id, amount: worst });
    }
}

function distanceTo(box: Box, x: number, z: number): number {
    const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
    const [dx, dz] = [x - box.x, z - box.z];
    const u = Math.max(0, Math.abs(dx * c - dz * s) - box.halfWidth);
    const v = Math.max(0, Math.abs(dx * s + dz * c) - box.halfDepth);
    return hypot(u, v);
}
