/**
 * Where a walker 0.4 m wide can go: cells of 5 cm whose middle is at least 0.2 m from walls and furniture (distance to the
 * real edges, not to grown boxes), flood-filled by scan lines. The same is done for the room with its real obstacles only,
 * so that what the recording already blocked is not held against the scene.
 */

import { exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import type { Room, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import type { Violation } from './violation.ts';

/** What a walker finds in one room. */
export interface WalkReport {
    readonly room: string;
    /** Floor that the walker's middle can be on, m2: largest connected part. */
    readonly area: number;
    /** The same with only the real obstacles, m2. */
    readonly areaBefore: number;
    /** Free floor in pockets that cannot be reached, m2. */
    readonly pockets: number;
    /** Doors that can be reached, and that could be before. */
    readonly doors: number;
    readonly doorsBefore: number;
}

const CELL = 0.05;
const RADIUS = 0.2;
/** Floor that furniture may turn into pockets, m2, and as a share of the room. */
const POCKETS: readonly [number, number] = [0.6, 0.12];

/** Flood-fills every room; adds a violation where a door or much of the floor was lost. */
export function walkability(graph: SceneGraph, virtual: readonly SceneNode[], out: Violation[]): WalkReport[] {
    return graph.rooms.map((room) => {
        const standing = (n: SceneNode): boolean => {
            if (n.room !== room.id || n.class === 'rug' || n.class === 'curtain') return false;
            const y = n.pose.y - room.floorY;
            // Hung things and things on tables are over or within what stands below, except deep ones at body height.
            return (
                y < 1.9 && (n.support.kind === 'floor' || (n.support.kind === 'wall' && n.dims.depth > 0.06) || n.real)
            );
        };
        const real = graph.nodes.filter((n) => n.real && standing(n));
        const given = [...real, ...virtual.filter((n) => (n.covers || n.locked) && standing(n))];
        const doors = doorsOf(graph, room);
        const empty = emptyFloor(room);
        const before = fill(empty, given, doors);
        const after = fill(empty, [...real, ...virtual.filter(standing)], doors);
        const pockets = after.free - after.main;
        const allowed = Math.max(POCKETS[0], POCKETS[1] * before.main) + (before.free - before.main);
        const weakest = weakestFree(virtual.filter((n) => standing(n) && !n.covers && !n.locked));
        const lost = pockets - allowed;
        if (
            weakest &&
            (after.doors < before.doors || lost > 0 || (before.main > 0.5 && after.main < 0.15 * before.main))
        ) {
            out.push({ rule: 'unreachable', node: weakest.id, other: room.id, amount: Math.max(0, lost) });
        }
        return {
            room: room.id,
            area: round(after.main),
            areaBefore: round(before.main),
            pockets: round(pockets),
            doors: after.doors,
            doorsBefore: before.doors
        };
    });
}

const round = (v: number): number => Math.round(v * 1e4) / 1e4;

function weakestFree(nodes: readonly SceneNode[]): SceneNode | undefined {
    return [...nodes].sort((a, b) => a.priority - b.priority)[0];
}

function doorsOf(graph: SceneGraph, room: Room): (readonly [number, number])[] {
    return graph.openings.flatMap((o) => {
        const wall = graph.walls.find((w) => w.id === o.wall);
        if (!wall || wall.room !== room.id || o.type === 'window') return [];
        const [dx, dz] = [wall.b[0] - wall.a[0], wall.b[1] - wall.a[1]];
        const length = hypot(dx, dz);
        return [
            [wall.a[0] + (dx * o.offset - dz * 0.3) / length, wall.a[1] + (dz * o.offset + dx * 0.3) / length] as const
        ];
    });
}

interface Fill {
    /** All free floor, m2. */
    readonly free: number;
    /** The main part: that of most doors, or the largest. */
    readonly main: number;
    /** Doors with a cell of the main part within 0.9 m. */
    readonly doors: number;
}

/** Cells of a room: 0 where the walker's middle can be without furniture, -1 elsewhere. */
interface Cells {
    readonly label: Int32Array;
    readonly columns: number;
    readonly rows: number;
    readonly x0: number;
    readonly z0: number;
}

function emptyFloor(room: Room): Cells {
    const xs = room.polygon.map((p) => p[0]);
    const zs = room.polygon.map((p) => p[1]);
    const [x0, z0] = [Math.min(...xs), Math.min(...zs)];
    const columns = Math.ceil((Math.max(...xs) - x0) / CELL);
    const rows = Math.ceil((Math.max(...zs) - z0) / CELL);
    const cells = { label: new Int32Array(columns * rows).fill(-1), columns, rows, x0, z0 };
    markInside(cells, room);
    return cells;
}

function fill(empty: Cells, nodes: readonly SceneNode[], doors: readonly (readonly [number, number])[]): Fill {
    const { columns, rows, x0, z0 } = empty;
    const label = empty.label.slice();
    for (const n of nodes) clearBox({ ...empty, label }, n);
    const sizes: number[] = [0];
    for (let cell = 0; cell < label.length; cell++)
        if (label[cell] === 0) sizes.push(floodScan(label, columns, rows, cell, sizes.length));
    const touched = doors.map(([x, z]) => partNear(label, columns, rows, (x - x0) / CELL, (z - z0) / CELL));
    let main = 0;
    for (let i = 1; i < sizes.length; i++) {
        const votes = (k: number): number => touched.filter((parts) => parts.has(k)).length;
        if (main === 0 || votes(i) > votes(main) || (votes(i) === votes(main) && sizes[i]! > sizes[main]!)) main = i;
    }
    const total = sizes.reduce((a, b) => a + b, 0);
    return {
        free: total * CELL * CELL,
        main: (sizes[main] ?? 0) * CELL * CELL,
        doors: touched.filter((parts) => parts.has(main)).length
    };
}

/** Sets 0 inside, by even-odd crossings of each row's line; then takes everything too near a wall out again. */
function markInside(cells: Cells, room: Room): void {
    const { label, columns, rows, x0, z0 } = cells;
    for (let r = 0; r < rows; r++) {
        const z = z0 + (r + 0.5) * CELL;
        const cuts: number[] = [];
        room.polygon.forEach((p, i) => {
            const q = room.polygon[(i + 1) % room.polygon.length]!;
            if (p[1] <= z !== q[1] <= z) cuts.push(p[0] + ((q[0] - p[0]) * (z - p[1])) / (q[1] - p[1]));
        });
        cuts.sort((a, b) => a - b);
        for (let k = 0; k + 1 < cuts.length; k += 2) {
            const from = Math.max(0, Math.ceil((cuts[k]! - x0) / CELL - 0.5));
            const to = Math.min(columns - 1, Math.floor((cuts[k + 1]! - x0) / CELL - 0.5));
            label.fill(0, r * columns + from, r * columns + Math.max(from, to + 1));
        }
    }
    room.polygon.forEach((p, i) => {
        const q = room.polygon[(i + 1) % room.polygon.length]!;
        const [dx, dz] = [q[0] - p[0], q[1] - p[1]];
        const length2 = dx * dx + dz * dz;
        visit(cells, Math.min(p[0], q[0]), Math.max(p[0], q[0]), Math.min(p[1], q[1]), Math.max(p[1], q[1]), (x, z) => {
            const t = Math.min(1, Math.max(0, ((x - p[0]) * dx + (z - p[1]) * dz) / length2));
            const [gx, gz] = [p[0] + t * dx - x, p[1] + t * dz - z];
            return gx * gx + gz * gz;
        });
    });
}

/** Takes out every cell too near a thing. */
function clearBox(cells: Cells, n: SceneNode): void {
    const [s, c] = [exactSin(n.pose.yaw), exactCos(n.pose.yaw)];
    const [hw, hd] = [n.dims.width / 2, n.dims.depth / 2];
    const [ex, ez] = [hw * Math.abs(c) + hd * Math.abs(s), hw * Math.abs(s) + hd * Math.abs(c)];
    const { x: px, z: pz } = n.pose;
    visit(cells, px - ex, px + ex, pz - ez, pz + ez, (x, z) => {
        const u = Math.max(0, Math.abs((x - px) * c - (z - pz) * s) - hw);
        const v = Math.max(0, Math.abs((x - px) * s + (z - pz) * c) - hd);
        return u * u + v * v;
    });
}

/** Takes out the free cells around a box whose squared distance from something is below the walker's radius squared. */
function visit(
    { label, columns, rows, x0, z0 }: Cells,
    xa: number,
    xb: number,
    za: number,
    zb: number,
    near: (x: number, z: number) => number
): void {
    const [r0, r1] = [Math.max(0, Math.floor((za - RADIUS - z0) / CELL)), Math.min(rows, (zb + RADIUS - z0) / CELL)];
    const [c0, c1] = [Math.max(0, Math.floor((xa - RADIUS - x0) / CELL)), Math.min(columns, (xb + RADIUS - x0) / CELL)];
    for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) {
            const cell = r * columns + c;
            if (label[cell] === 0 && near(x0 + (c + 0.5) * CELL, z0 + (r + 0.5) * CELL) < RADIUS * RADIUS)
                label[cell] = -1;
        }
    }
}

/** Labels a connected part, run by run along the rows; returns its cells. */
function floodScan(label: Int32Array, columns: number, rows: number, start: number, part: number): number {
    const queue = [start];
    let size = 0;
    while (queue.length > 0) {
        const cell = queue.pop()!;
        if (label[cell] !== 0) continue;
        const row = Math.floor(cell / columns);
        let from = cell;
        while (from > row * columns && label[from - 1] === 0) from--;
        for (let k = from; k < (row + 1) * columns && label[k] === 0; k++) {
            label[k] = part;
            size++;
            if (row > 0 && label[k - columns] === 0) queue.push(k - columns);
            if (row + 1 < rows && label[k + columns] === 0) queue.push(k + columns);
        }
    }
    return size;
}

/** The parts that come within 0.9 m of a point given in cells. */
function partNear(label: Int32Array, columns: number, rows: number, cx: number, cz: number): Set<number> {
    const reach = 0.9 / CELL;
    const parts = new Set<number>();
    for (let r = Math.max(0, Math.floor(cz - reach)); r < Math.min(rows, cz + reach); r++) {
        for (let c = Math.max(0, Math.floor(cx - reach)); c < Math.min(columns, cx + reach); c++) {
            const part = label[r * columns + c]!;
            if (part > 0 && hypot(c + 0.5 - cx, r + 0.5 - cz) < reach) parts.add(part);
        }
    }
    return parts;
}
