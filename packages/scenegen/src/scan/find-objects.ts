/**
 * Furniture in a scan without labels: a map of the highest surface under 1.9 m, walls taken out, is grown into patches of
 * like height; a low patch with a higher one at its side is a seat with its back; patches become boxes square to the room,
 * halved where they are mostly empty (a corner sofa is two boxes). What a box is follows from its size, how level its top is
 * and whether it stands at a wall. Headsets label couch, table, bed and storage: chairs are found too and called so.
 */

import { corners, footprintOf } from '../geometry/footprint.ts';
import { overlapArea, round } from '../geometry/polygon.ts';
import { CELL, type ScanStructure, toPlan } from './scan-structure.ts';

/** What a segment seems to be. */
export type SegmentKind = 'couch' | 'table' | 'storage' | 'bed' | 'chair' | 'thing';

/** A piece of a scan that stands for itself. Origin at the centre of its underside, as a node's. */
export interface ScanSegment {
    readonly id: string;
    readonly kind: SegmentKind;
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly yaw: number;
    readonly width: number;
    readonly height: number;
    readonly depth: number;
    /** Height of its level top or seat above the floor, metres, if it has one. */
    readonly surface: number | null;
    /** How sure: the share of its box that the scan fills, 0 to 1. */
    readonly score: number;
}

/** Lower things are carpets and noise, metres. */
const LOWEST = 0.2;
/** Neighbouring cells of one surface differ by less than this, metres. */
const STEP = 0.055;
/** Smaller patches are joined to a neighbour or lost, m2. */
const PATCH = 0.06;
/** Boxes that are less full than this are halved. */
const FILL = 0.62;

/** Storage is at least this large, m3: a coat on a hook and a radiator are not. */
const CUPBOARD = 0.45;

interface Patch {
    cells: number[];
    /** Median height. */
    height: number;
    /** Share of cells within 4 cm of it. */
    level: number;
}

/** Finds the objects of a scan, largest first. */
export function findObjects(s: ScanStructure): ScanSegment[] {
    const { patches, owner } = patchesOf(s);
    const groups = joined(patches, owner, s);
    const segments = groups.flatMap((g) => boxesOf(g.cells, s).map((cells) => segmentOf(cells, g, s)));
    return segments
        .filter((g) => g.kind !== 'thing' || g.width * g.depth > 0.04)
        .sort((a, b) => b.width * b.depth - a.width * a.depth)
        .map((g, i) => ({ ...g, id: `segment-${i + 1}` }));
}

/** Connected cells of like height. */
function patchesOf(s: ScanStructure): { patches: Patch[]; owner: Int32Array } {
    const { top, wall, columns, rows } = s;
    const owner = new Int32Array(top.length).fill(-1);
    const patches: Patch[] = [];
    for (let start = 0; start < top.length; start++) {
        if (owner[start] !== -1 || wall[start] === 1 || top[start]! < LOWEST) continue;
        const cells = [start];
        owner[start] = patches.length;
        for (let i = 0; i < cells.length; i++) {
            const cell = cells[i]!;
            for (const next of around(cell, columns, rows)) {
                if (owner[next] !== -1 || wall[next] === 1 || top[next]! < LOWEST) continue;
                if (Math.abs(top[next]! - top[cell]!) > STEP) continue;
                owner[next] = patches.length;
                cells.push(next);
            }
        }
        patches.push(patchOf(cells, s));
    }
    return { patches, owner };
}

function patchOf(cells: number[], s: ScanStructure): Patch {
    const heights = cells.map((c) => s.top[c]!).sort((a, b) => a - b);
    const height = heights[heights.length >> 1]!;
    return { cells, height, level: heights.filter((h) => Math.abs(h - height) < 0.04).length / heights.length };
}

function around(cell: number, columns: number, rows: number): number[] {
    const [c, r] = [cell % columns, Math.floor(cell / columns)];
    const out: number[] = [];
    if (c > 0) out.push(cell - 1);
    if (c < columns - 1) out.push(cell + 1);
    if (r > 0) out.push(cell - columns);
    if (r < rows - 1) out.push(cell + columns);
    return out;
}

/**
 * Joins what belongs together: slivers with the neighbour that they touch most, seats with the backs that they touch. Level
 * tops stay alone: a lamp on a table is not the table.
 */
function joined(patches: readonly Patch[], owner: Int32Array, s: ScanStructure): Patch[] {
    const root = patches.map((_, i) => i);
    const find = (i: number): number => {
        let at = i;
        while (root[at] !== at) at = root[at]!;
        return at;
    };
    const touches = new Map<number, Map<number, number>>();
    owner.forEach((a, cell) => {
        if (a < 0) return;
        for (const next of around(cell, s.columns, s.rows)) {
            const b = owner[next]!;
            if (b < 0 || b === a) continue;
            const list = touches.get(a) ?? new Map<number, number>();
            list.set(b, (list.get(b) ?? 0) + 1);
            touches.set(a, list);
        }
    });
    const area = (i: number): number => patches[i]!.cells.length * CELL * CELL;
    const order = [...patches.keys()].sort((a, b) => area(a) - area(b));
    const members = new Map(patches.map((p, i) => [i, p]));
    const merge = (a: number, b: number): void => {
        const [p, q] = [find(a), find(b)];
        if (p === q) return;
        const both = [...members.get(p)!.cells, ...members.get(q)!.cells];
        root[p] = q;
        members.delete(p);
        members.set(q, patchOf(both, s));
    };
    for (const i of order) {
        if (area(i) >= PATCH) continue;
        const next = [...(touches.get(i) ?? [])].sort((x, y) => y[1] - x[1])[0];
        if (next) merge(i, next[0]);
    }
    for (const i of order) {
        const seat = patches[i]!;
        if (area(i) < 0.12 || seat.height < 0.28 || seat.height > 0.6) continue;
        for (const [j, edge] of touches.get(i) ?? []) {
            const back = patches[j]!;
            const rise = back.height - seat.height;
            if (area(j) >= PATCH && rise > 0.1 && rise < 0.6 && edge * CELL > 0.3 && back.level < 0.85) merge(j, i);
        }
    }
    return [...members.values()].filter((p) => p.cells.length * CELL * CELL >= PATCH);
}

/** The cells in one piece, or halved across the longer side until each piece fills its bounds. */
function boxesOf(cells: readonly number[], s: ScanStructure, depth = 0): (readonly number[])[] {
    const b = bounds(cells, s);
    const [w, h] = [b.c1 - b.c0, b.r1 - b.r0];
    if (cells.length < (PATCH / (CELL * CELL)) * 0.6) return [];
    if (cells.length >= FILL * w * h || depth > 4 || Math.max(w, h) * CELL < 0.9) return [cells];
    // Cut where the two halves fill their own bounds best.
    let best: readonly [readonly number[], readonly number[]] | null = null;
    let fullest = 0;
    for (const wide of [true, false]) {
        const [from, to] = wide ? [b.c0, b.c1] : [b.r0, b.r1];
        for (let cut = from + 5; cut <= to - 5; cut += 2) {
            const side = (cell: number): boolean => (wide ? cell % s.columns : Math.floor(cell / s.columns)) < cut;
            const [p, q] = [cells.filter(side), cells.filter((cell) => !side(cell))];
            if (p.length === 0 || q.length === 0) continue;
            const full = cells.length / (boundsArea(p, s) + boundsArea(q, s));
            if (full > fullest) [fullest, best] = [full, [p, q]];
        }
    }
    return best ? best.flatMap((part) => boxesOf(part, s, depth + 1)) : [cells];
}

function bounds(cells: readonly number[], s: ScanStructure): { c0: number; c1: number; r0: number; r1: number } {
    const out = { c0: Infinity, c1: 0, r0: Infinity, r1: 0 };
    for (const cell of cells) {
        const [c, r] = [cell % s.columns, Math.floor(cell / s.columns)];
        out.c0 = Math.min(out.c0, c);
        out.c1 = Math.max(out.c1, c + 1);
        out.r0 = Math.min(out.r0, r);
        out.r1 = Math.max(out.r1, r + 1);
    }
    return out;
}

function boundsArea(cells: readonly number[], s: ScanStructure): number {
    const b = bounds(cells, s);
    return (b.c1 - b.c0) * (b.r1 - b.r0);
}

/** Wall cells are this thick; a box that ends at them reaches through to the wall, cells. */
const THROUGH = 4;

function segmentOf(cells: readonly number[], group: Patch, s: ScanStructure): ScanSegment {
    const b = bounds(cells, s);
    const fill = cells.length / ((b.c1 - b.c0) * (b.r1 - b.r0));
    const atWall = { c0: 0, c1: 0, r0: 0, r1: 0 };
    // What share of each side runs along wall cells.
    const run = (side: keyof typeof atWall): number => {
        const flat = side === 'r0' || side === 'r1';
        const [from, to] = flat ? [b.c0, b.c1] : [b.r0, b.r1];
        const line = b[side] + (side.endsWith('0') ? -1 : 0);
        let hits = 0;
        for (let k = from; k < to; k++) {
            const [c, r] = flat ? [k, line] : [line, k];
            if (c >= 0 && r >= 0 && c < s.columns && r < s.rows && s.wall[r * s.columns + c] === 1) hits++;
        }
        return hits / Math.max(1, to - from);
    };
    for (const side of ['c0', 'c1', 'r0', 'r1'] as const) if (run(side) > 0.4) atWall[side] = 1;
    if (atWall.c0) b.c0 -= THROUGH;
    if (atWall.c1) b.c1 += THROUGH;
    if (atWall.r0) b.r0 -= THROUGH;
    if (atWall.r1) b.r1 += THROUGH;
    const [w, d] = [(b.c1 - b.c0) * CELL, (b.r1 - b.r0) * CELL];
    const heights = cells.map((c) => s.top[c]!).sort((p, q) => p - q);
    const height = heights[Math.floor(0.95 * (heights.length - 1))]!;
    const median = heights[heights.length >> 1]!;
    const level = heights.filter((h) => Math.abs(h - median) < 0.05).length / heights.length;
    const [x, z] = toPlan(s, (b.c0 + b.c1) / 2, (b.r0 + b.r1) / 2);
    const walled = atWall.c0 + atWall.c1 + atWall.r0 + atWall.r1 > 0;
    return {
        id: '',
        kind: kindOf(w, d, height, level, walled, fill),
        x: round(x),
        y: 0,
        z: round(z),
        yaw: round(s.yaw),
        width: round(w),
        height: round(height),
        depth: round(d),
        surface: level > 0.5 || group.level > 0.5 ? round(median) : null,
        score: Math.min(1, fill)
    };
}

function kindOf(w: number, d: number, height: number, level: number, walled: boolean, fill: number): SegmentKind {
    const [long, short] = [Math.max(w, d), Math.min(w, d)];
    if (short < 0.3 || long < 0.42) return 'thing';
    // Half of its box is empty: several small things beside each other, or a bulge of the wall.
    if (fill < 0.66) return 'thing';
    const flat = level > 0.55;
    const storage = w * d * height > CUPBOARD ? 'storage' : 'thing';
    if (height > 1.2) return storage;
    if (long > 1.7 && short > 1.2 && height < 0.75 && !flat) return 'bed';
    // Chairs and stools are as wide as deep and smaller than any table but the smallest.
    if (long < 0.84) return height > 0.4 ? 'chair' : 'thing';
    if (flat && height > 0.3 && short > 0.38) return short < 0.5 && walled ? storage : 'table';
    if (long > 1.25 && short > 0.55 && height > 0.45) return 'couch';
    return flat || height > 1 ? storage : 'thing';
}

/** Volume shared by two upright boxes over that of both, 0 to 1. */
export function boxIoU(a: BoxLike, b: BoxLike): number {
    const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    if (high <= 0) return 0;
    const shared = overlapArea(corners(footprintOf(a, a)), corners(footprintOf(b, b))) * high;
    const sum = a.width * a.height * a.depth + b.width * b.height * b.depth;
    return shared / (sum - shared);
}

/** What {@link boxIoU} compares. */
export interface BoxLike {
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly yaw: number;
    readonly width: number;
    readonly height: number;
    readonly depth: number;
}
