/**
 * Whether a box lies in its room: floor and ceiling by height; walls by winding numbers of the box's corners and by cutting
 * every wall with the box, which also finds a room's inner corner poking into a large thing.
 */

import { exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { PlanPoint, Room } from '../graph/scene-graph.ts';
import type { Box } from './oriented-box.ts';

/** By how much the box leaves the room, metres; 0 if it does not. */
export function outsideBy(box: Box, room: Room): number {
    let worst = Math.max(0, room.floorY - box.y0, box.y1 - room.floorY - room.height);
    const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
    for (const [i, j] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1]
    ] as const) {
        const x = box.x + i * box.halfWidth * c + j * box.halfDepth * s;
        const z = box.z - i * box.halfWidth * s + j * box.halfDepth * c;
        if (winding(room.polygon, x, z) === 0) worst = Math.max(worst, edgeDistance(room, x, z));
    }
    room.polygon.forEach((p, i) => {
        const q = room.polygon[(i + 1) % room.polygon.length]!;
        worst = Math.max(worst, wallInside(box, p, q));
    });
    return worst;
}

/** By how much a box reaches into a prism, metres; 0 if it does not. */
export function insideBy(box: Box, polygon: readonly PlanPoint[], y0: number, y1: number): number {
    const height = Math.min(box.y1 - y0, y1 - box.y0);
    if (height <= 0) return 0;
    // A box wholly inside is cut by no edge: its middle tells.
    let depth = winding(polygon, box.x, box.z) !== 0 ? Math.min(box.halfWidth, box.halfDepth) : 0;
    polygon.forEach((p, i) => {
        depth = Math.max(depth, wallInside(box, p, polygon[(i + 1) % polygon.length]!));
    });
    return Math.min(depth, height);
}

/** Winding number of a polygon around a point (Hormann and Agathos 2001): not 0 inside. */
function winding(polygon: readonly PlanPoint[], x: number, z: number): number {
    let turns = 0;
    polygon.forEach((p, i) => {
        const q = polygon[(i + 1) % polygon.length]!;
        const side = (q[0] - p[0]) * (z - p[1]) - (x - p[0]) * (q[1] - p[1]);
        if (p[1] <= z && q[1] > z && side > 0) turns++;
        if (p[1] > z && q[1] <= z && side < 0) turns--;
    });
    return turns;
}

function edgeDistance(room: Room, x: number, z: number): number {
    let nearest = Infinity;
    room.polygon.forEach((p, i) => {
        const q = room.polygon[(i + 1) % room.polygon.length]!;
        const [dx, dz] = [q[0] - p[0], q[1] - p[1]];
        const t = Math.min(1, Math.max(0, ((x - p[0]) * dx + (z - p[1]) * dz) / (dx * dx + dz * dz)));
        nearest = Math.min(nearest, hypot(p[0] + t * dx - x, p[1] + t * dz - z));
    });
    return nearest;
}

/** How deep a piece of wall lies inside the box (Liang and Barsky 1984 in the box's frame). */
function wallInside(box: Box, p: readonly [number, number], q: readonly [number, number]): number {
    const [s, c] = [exactSin(box.yaw), exactCos(box.yaw)];
    const local = ([x, z]: readonly [number, number]): readonly [number, number] => [
        (x - box.x) * c - (z - box.z) * s,
        (x - box.x) * s + (z - box.z) * c
    ];
    const [a, b] = [local(p), local(q)];
    const half = [box.halfWidth, box.halfDepth];
    let t0 = 0;
    let t1 = 1;
    for (let k = 0; k < 2; k++) {
        const d = b[k]! - a[k]!;
        if (d === 0) {
            if (Math.abs(a[k]!) >= half[k]!) return 0;
            continue;
        }
        const [u, v] = [(-half[k]! - a[k]!) / d, (half[k]! - a[k]!) / d];
        t0 = Math.max(t0, Math.min(u, v));
        t1 = Math.min(t1, Math.max(u, v));
    }
    if (t0 >= t1) return 0;
    // The deepest of a few points of the piece inside.
    let worst = 0;
    for (let i = 0; i <= 8; i++) {
        const t = t0 + ((t1 - t0) * i) / 8;
        const depth = Math.min(...[0, 1].map((k) => half[k]! - Math.abs(a[k]! + t * (b[k]! - a[k]!))));
        worst = Math.max(worst, depth);
    }
    return worst;
}
