/**
 * Where to look from: among at most 80 reachable spots and 16 directions, the one that sees the most. Each node in the
 * picture counts by its priority; what is too near, and what a tall thing hides, does not, and what would fill the lower edge
 * of the picture counts against it.
 */

import { exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { type Footprint, nodeFootprint, toLocal } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { round } from '../geometry/polygon.ts';
import type { Room, SceneGraph, SceneNode, Viewpoint } from '../graph/scene-graph.ts';
import type { ReachableFloor } from './walkable-area.ts';

/** Eye height of a standing person, metres. */
export const EYE_HEIGHT = 1.6;
/** Vertical field of view of the default cameras, radians. */
const YFOV = 1.05;
/** Half the horizontal field that counts, radians: that of a 4:3 picture. */
const HALF_FIELD = 0.62;

/** What is at one's feet cuts into the picture if it is higher than this, metres. */
const CUTS_IN = 0.3;

/** The two best viewpoints of every room, far apart. */
export function findViewpoints(graph: SceneGraph, floors: readonly ReachableFloor[]): Viewpoint[] {
    return graph.rooms.flatMap((room, i) => viewpointsOf(room, graph, floors[i]!));
}

interface Spot {
    readonly x: number;
    readonly z: number;
    readonly yaw: number;
    readonly score: number;
}

function viewpointsOf(room: Room, graph: SceneGraph, floor: ReachableFloor): Viewpoint[] {
    // What stands on others is small, and in the picture where its carrier is.
    const nodes = graph.nodes
        .filter((n) => n.room === room.id && !n.real && n.support.kind !== 'node')
        .map((n) => ({ n, f: nodeFootprint(n) }));
    const spots = standingSpots(floor).flatMap(([x, z]) => bestDirection(x, z, room, nodes));
    spots.sort((a, b) => b.score - a.score);
    const first = spots[0];
    if (!first) return [fallback(room)];
    const second = spots.find((s) => hypot(s.x - first.x, s.z - first.z) > 1.2 && exactCos(s.yaw - first.yaw) < 0.5);
    const name = graph.rooms.length > 1 ? `${room.id} ` : '';
    const views = [toViewpoint(`${name}default`, first, room)];
    if (second) views.push(toViewpoint(`${name}other`, second, room));
    return views;
}

function standingSpots({ map, cells }: ReachableFloor): (readonly [number, number])[] {
    const { grid } = map;
    const out: (readonly [number, number])[] = [];
    const step = Math.max(3, Math.ceil(Math.sqrt(cells.length / 80)));
    for (let r = 1; r < grid.rows; r += step) {
        for (let c = 1; c < grid.columns; c += step) {
            if (cells[r * grid.columns + c] === 1)
                out.push([grid.x0 + (c + 0.5) * grid.cell, grid.z0 + (r + 0.5) * grid.cell]);
        }
    }
    return out;
}

/** How far a point is from a footprint; 0 within. */
function gapTo(f: Footprint, x: number, z: number): number {
    const [u, v] = toLocal(f, x, z);
    return hypot(Math.max(0, Math.abs(u) - f.halfWidth), Math.max(0, Math.abs(v) - f.halfDepth));
}

function bestDirection(
    x: number,
    z: number,
    room: Room,
    nodes: readonly { readonly n: SceneNode; readonly f: Footprint }[]
): Spot[] {
    let best: Spot | null = null;
    const seen = nodes.map(({ n, f }) => ({ n, gap: gapTo(f, x, z), dx: n.pose.x - x, dz: n.pose.z - z }));
    const tall = seen.filter(({ n }) => n.pose.y + n.dims.height > room.floorY + 1.25 && n.pose.y < room.floorY + 1);
    const shown = seen.filter((s) => !tall.some((t) => t !== s && hides(t, s)));
    const weighed = shown.map(({ n, gap, dx, dz }) => {
        const { width, height, depth } = n.dims;
        const size = Math.sqrt(width * height + depth * height + width * depth);
        const high = n.pose.y + height > room.floorY + CUTS_IN;
        const near = gap < 0.35 ? (high ? -0.6 : 0) : gap < 0.8 ? 0.3 : 1;
        return { to: exactAtan2(dx, dz), weight: near * (0.25 + n.priority) * Math.min(1, 0.3 + size) };
    });
    for (let k = 0; k < 16; k++) {
        const yaw = (k * Math.PI) / 8;
        let score = 0;
        for (const { to, weight } of weighed) {
            const off = Math.abs(to - yaw) % (2 * Math.PI);
            const angle = Math.min(off, 2 * Math.PI - off);
            if (angle <= HALF_FIELD) score += weight * (0.6 + 0.4 * exactCos(angle * 1.5));
        }
        // A deep view is a better one.
        score *= 0.55 + 0.12 * Math.min(5, sightline(x, z, yaw, room));
        if (!best || score > best.score) best = { x, z, yaw, score };
    }
    return best ? [best] : [];
}

function hides(blocker: { n: SceneNode; dx: number; dz: number }, target: { dx: number; dz: number }): boolean {
    const d = hypot(target.dx, target.dz);
    const along = (blocker.dx * target.dx + blocker.dz * target.dz) / d;
    if (along < 0.2 || along > d - 0.2) return false;
    const across = Math.abs(blocker.dx * target.dz - blocker.dz * target.dx) / d;
    return across < Math.min(blocker.n.dims.width, blocker.n.dims.depth) / 2;
}

/** How far one sees before a wall, metres. */
function sightline(x: number, z: number, yaw: number, room: Room): number {
    const [dx, dz] = [exactSin(yaw), exactCos(yaw)];
    let nearest = 12;
    room.polygon.forEach(([ax, az], i) => {
        const [bx, bz] = room.polygon[(i + 1) % room.polygon.length]!;
        const [ex, ez] = [bx - ax, bz - az];
        const det = ex * dz - ez * dx;
        if (Math.abs(det) < 1e-12) return;
        const t = (ex * (az - z) - ez * (ax - x)) / det;
        const u = (dx * (az - z) - dz * (ax - x)) / det;
        if (t > 0 && t < nearest && u >= 0 && u <= 1) nearest = t;
    });
    return nearest;
}

function toViewpoint(name: string, spot: Spot, room: Room): Viewpoint {
    const eye = room.floorY + Math.min(EYE_HEIGHT, room.height - 0.3);
    const look = 2.5;
    return {
        name,
        position: [round(spot.x), round(eye), round(spot.z)],
        target: [
            round(spot.x + exactSin(spot.yaw) * look),
            round(eye - 0.5),
            round(spot.z + exactCos(spot.yaw) * look)
        ],
        yfov: YFOV
    };
}

/** A room without walkable floor is seen from its middle. */
function fallback(room: Room): Viewpoint {
    const [x, z] = room.polygon.reduce(
        ([sx, sz], [px, pz]) => [sx + px / room.polygon.length, sz + pz / room.polygon.length],
        [0, 0]
    );
    return toViewpoint('default', { x, z, yaw: 0, score: 0 }, room);
}
