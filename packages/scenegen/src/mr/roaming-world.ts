/**
 * A virtual building made while its visitor walks (Cheng, Ofek, Holz, Wilson, "VRoamer", IEEE VR 2019): the walkable floor
 * seen so far becomes rooms, what stands in it becomes things that block alike, and rooms are added as the scan grows. A
 * room that is there stays where it is, so nobody sees a wall move; what is found in it later gets its blocker at once.
 *
 * Rooms are the largest rectangles of seen floor in which small obstacles may stand; neighbours are joined by passages where
 * both sides are free. Blockers are boxes around the obstacle's cells, so every one of them is covered. Each update ends with the certificate. A scan piece of a few square metres costs a few milliseconds.
 */

import { badInput, type Rng } from '@mixreel/core';
import type { TriangleMesh } from '../capture/spatial-entity.ts';
import { furnish } from '../generators/furnish.ts';
import { type CertifiedScene, certified } from '../generators/repair.ts';
import { reachable, walkableArea } from '../generators/walkable-area.ts';
import { hypot } from '../geometry/hypot.ts';
import { round } from '../geometry/polygon.ts';
import type { Rule } from '../grammar/grammar.ts';
import type { Floor, Opening, Room, SceneGraph, SceneNode, Wall } from '../graph/scene-graph.ts';
import { Layout, streamOf } from '../solver/layout.ts';
import { drawnStyle } from '../style/room-style.ts';
import { coverCells, largestRectangle } from './cell-rectangles.ts';
import { type CellRect, SCAN_CELL, ScanMap } from './scan-map.ts';

/** Options of {@link RoamingWorld}. */
export interface RoamingOptions {
    /** Where all choices come from. */
    readonly rng: Rng;
    /** Height of the real floor, metres; 0 if absent. */
    readonly floorY?: number;
    /** Style name; drawn from the seed if absent. */
    readonly style?: string;
    readonly seed?: number | string;
    /** Height of the virtual rooms, metres, 2 to 6; 2.7 if absent. */
    readonly height?: number;
}

/** Smallest and largest side of a room, metres. */
const SIDE: readonly [number, number] = [1, 6];
/** Thickness of a wall between rooms in cells: what separates two rectangles. */
const WALL_CELLS = 1;
/** Connected obstacles larger than this are the building, not furniture: rooms end at them, m2. */
const BUILDING = 2.5;
/** A room keeps at least this share of its floor free. */
const FREE = 0.6;
const PASSAGE = 0.9;
/** A blocker is filled by the obstacle's cells at least by this share, or it is cut in two. */
const BOX_FILL = 0.6;

const TRIMMINGS: readonly Rule[] = [
    { add: 'ceiling_lamp', at: { kind: 'ceiling' }, priority: 0.9 },
    { add: 'picture', at: { kind: 'hung', from: 1.3, to: 1.5 }, count: [0, 2], priority: 0.2 }
];

interface RoamingRoom {
    readonly id: string;
    readonly cells: CellRect;
    readonly room: Room;
    readonly walls: readonly Wall[];
    openings: Opening[];
    blockers: readonly SceneNode[];
    trimmings: readonly SceneNode[];
}

/** See the file comment. */
export class RoamingWorld {
    readonly map: ScanMap;
    readonly #options: RoamingOptions;
    readonly #style: string;
    readonly #rooms: RoamingRoom[] = [];
    readonly #counts = new Map<string, number>();
    #scene: CertifiedScene | null = null;

    constructor(options: RoamingOptions) {
        const height = options.height ?? 2.7;
        if (!(height >= 2 && height <= 6)) throw badInput(`height is ${height}`, '2 to 6 metres', 'Leave it out');
        this.map = new ScanMap(options.floorY ?? 0);
        this.#options = options;
        this.#style = options.style ?? drawnStyle(options.rng);
    }

    /** The world so far, with its certificate; null before the first room. */
    get scene(): CertifiedScene | null {
        return this.#scene;
    }

    /** Adds a piece of the scan and lets the world follow. */
    grow(piece: TriangleMesh): CertifiedScene | null {
        this.map.add(piece);
        return this.follow();
    }

    /** Lets the world follow what was marked in {@link map}. */
    follow(): CertifiedScene | null {
        const dirty = this.map.takeDirty();
        if (!dirty) return this.#scene;
        for (const room of this.#rooms) if (meets(room.cells, dirty)) this.#block(room);
        this.#addRooms();
        if (this.#rooms.length === 0) return null;
        const scene = certified(this.#graph());
        const walkable = scene.graph.rooms.map((room) => walkableArea(room, reachable(room, scene.graph)));
        this.#scene = { graph: { ...scene.graph, walkable }, certificate: scene.certificate };
        return this.#scene;
    }

    /** New rooms in what is seen and not yet taken, largest first. */
    #addRooms(): void {
        const seen = this.map.seen!;
        const [columns, rows] = [seen.c1 - seen.c0, seen.r1 - seen.r0];
        const usable = this.#usable(seen);
        const take = (r: CellRect, margin: number): void => {
            const from = Math.max(0, r.c0 - seen.c0 - margin);
            const to = Math.min(columns, r.c1 - seen.c0 + margin);
            for (let row = Math.max(0, r.r0 - seen.r0 - margin); row < Math.min(rows, r.r1 - seen.r0 + margin); row++)
                if (to > from) usable.fill(0, row * columns + from, row * columns + to);
        };
        for (const { cells } of this.#rooms) take(cells, WALL_CELLS);
        const [least, most] = SIDE.map((s) => Math.round(s / SCAN_CELL)) as [number, number];
        for (;;) {
            const at = largestRectangle(usable, columns, rows, most);
            if (!at || at.c1 - at.c0 < least || at.r1 - at.r0 < least) return;
            const found = { c0: at.c0 + seen.c0, r0: at.r0 + seen.r0, c1: at.c1 + seen.c0, r1: at.r1 + seen.r0 };
            if (this.#freeShare(found) < FREE) {
                // Too full to be a room: its middle is given up, so that the search ends.
                take(shrunk(found), 0);
                continue;
            }
            this.#addRoom(found);
            take(found, WALL_CELLS);
        }
    }

    /** 1 for cells that may be in a room: seen free, or of an obstacle small enough to be furniture. */
    #usable(seen: CellRect): Uint8Array {
        const { columns, state } = this.map;
        const width = seen.c1 - seen.c0;
        const out = new Uint8Array(width * (seen.r1 - seen.r0));
        const visited = new Uint8Array(state.length);
        const most = BUILDING / (SCAN_CELL * SCAN_CELL);
        const local = (cell: number): number =>
            (Math.floor(cell / columns) - seen.r0) * width + (cell % columns) - seen.c0;
        for (let r = seen.r0; r < seen.r1; r++) {
            for (let c = seen.c0; c < seen.c1; c++) {
                const start = r * columns + c;
                if (state[start] === 1) out[local(start)] = 1;
                if (state[start] !== 2 || visited[start] === 1) continue;
                const part = [start];
                visited[start] = 1;
                for (let i = 0; i < part.length; i++) {
                    for (const next of [part[i]! - 1, part[i]! + 1, part[i]! - columns, part[i]! + columns]) {
                        if (state[next] !== 2 || visited[next] === 1) continue;
                        visited[next] = 1;
                        part.push(next);
                    }
                }
                if (part.length <= most) for (const cell of part) out[local(cell)] = 1;
            }
        }
        return out;
    }

    #freeShare(r: CellRect): number {
        let free = 0;
        for (let row = r.r0; row < r.r1; row++)
            for (let c = r.c0; c < r.c1; c++) if (this.map.state[row * this.map.columns + c] === 1) free++;
        return free / ((r.c1 - r.c0) * (r.r1 - r.r0));
    }

    #addRoom(cells: CellRect): void {
        const { map } = this;
        const id = `room-${this.#rooms.length + 1}`;
        const [x0, x1, z0, z1] = [map.edge(cells.c0), map.edge(cells.c1), map.edge(cells.r0), map.edge(cells.r1)];
        const height = this.#options.height ?? 2.7;
        const polygon = [
            [x0, z0],
            [x1, z0],
            [x1, z1],
            [x0, z1]
        ] as const;
        const room: Room = { id, type: 'room', polygon, floorY: map.floorY, height, real: false };
        const walls = polygon.map(
            (a, i): Wall => ({
                id: `${id}-wall-${i + 1}`,
                room: id,
                a,
                b: polygon[(i + 1) % 4]!,
                height,
                thickness: (WALL_CELLS * SCAN_CELL) / 2,
                real: false
            })
        );
        const made: RoamingRoom = { id, cells, room, walls, openings: [], blockers: [], trimmings: [] };
        this.#rooms.push(made);
        this.#block(made);
        for (const other of this.#rooms.slice(0, -1)) this.#join(other, made);
        this.#trim(made);
    }

    /** A passage between two rooms a wall apart, in the middle of the widest stretch that is free on both sides. */
    #join(a: RoamingRoom, b: RoamingRoom): void {
        const { map } = this;
        for (let side = 0; side < 4; side++) {
            const flat = side % 2 === 0;
            const [p, q] = [a.cells, b.cells];
            const gap = [p.r0 - q.r1, q.c0 - p.c1, q.r0 - p.r1, p.c0 - q.c1][side]!;
            if (gap !== WALL_CELLS) continue;
            const from = flat ? Math.max(p.c0, q.c0) : Math.max(p.r0, q.r0);
            const to = flat ? Math.min(p.c1, q.c1) : Math.min(p.r1, q.r1);
            const line = flat ? (side === 0 ? p.r0 : p.r1) : side === 1 ? p.c1 : p.c0;
            // A metre of floor on each side of the wall has to be free, so that the passage can be walked.
            const open = (k: number): boolean => {
                for (let d = -6; d <= 6; d++) {
                    const cell = flat ? (line + d) * map.columns + k : k * map.columns + line + d;
                    if (map.state[cell] !== 1) return false;
                }
                return true;
            };
            let best: readonly [number, number] = [0, 0];
            for (let k = from, start = from; k <= to; k++) {
                if (k < to && open(k)) continue;
                if (k - start > best[1] - best[0]) best = [start, k];
                start = k + 1;
            }
            const width = PASSAGE / SCAN_CELL;
            if (best[1] - best[0] < width) continue;
            const middle = map.edge((best[0] + best[1]) / 2);
            this.#open(a, side, middle, b.id);
            this.#open(b, (side + 2) % 4, middle, a.id);
        }
    }

    #open(in_: RoamingRoom, side: number, at: number, toRoom: string): void {
        const wall = in_.walls[side]!;
        const offset = round(Math.abs(at - (side % 2 === 0 ? wall.a[0] : wall.a[1])));
        const id = `${in_.id}-passage-${in_.openings.length + 1}`;
        in_.openings = [
            ...in_.openings,
            { id, wall: wall.id, type: 'passage', offset, width: PASSAGE, sill: 0, height: 2.05, real: false, toRoom }
        ];
        // Pictures where the passage is now are taken down.
        in_.trimmings = in_.trimmings.filter((n) => n.support.parent !== wall.id);
    }

    /** Every obstacle cell in the room gets a blocker. The same cells always give the same blocker. */
    #block(room: RoamingRoom): void {
        const { map } = this;
        const boxes = coverCells(room.cells, (c, r) => map.state[r * map.columns + c] === 2, BOX_FILL);
        room.blockers = boxes.flatMap((r) => this.#pair(room, r));
        const reals = room.blockers.filter((n) => n.real);
        room.trimmings = room.trimmings.filter((n) => !reals.some((b) => n.support.kind === 'wall' && overlaps(n, b)));
    }

    #pair(room: RoamingRoom, r: CellRect): SceneNode[] {
        const { map } = this;
        let top = 0;
        for (let row = r.r0; row < r.r1; row++)
            for (let c = r.c0; c < r.c1; c++) top = Math.max(top, map.top[row * map.columns + c]!);
        const [w, d] = [(r.c1 - r.c0) * SCAN_CELL, (r.r1 - r.r0) * SCAN_CELL];
        const key = `${r.c0}.${r.r0}.${r.c1}.${r.r1}`;
        const height = round(Math.min(top, room.room.height - 0.05));
        const [x, z] = [map.edge((r.c0 + r.c1) / 2), map.edge((r.r0 + r.r1) / 2)];
        const y = map.floorY;
        const stream = streamOf(this.#options.rng, 'blocker', key);
        const className = blockerClass(w, height, d, (n) => stream.integer(n));
        // Backed things look away from the wall behind them.
        const turned = w < d;
        const yaw = turned ? (r.c0 - room.cells.c0 < room.cells.c1 - r.c1 ? Math.PI / 2 : -Math.PI / 2) : 0;
        const flip = !turned && r.r0 - room.cells.r0 > room.cells.r1 - r.r1;
        const pose = { x, y, z, yaw: round(flip ? Math.PI : yaw) };
        const dims = { width: round(turned ? d : w), height, depth: round(turned ? w : d) };
        const common = { room: room.id, pose, dims, priority: 1 };
        return [
            {
                ...common,
                id: `real-${key}`,
                class: 'obstacle',
                support: { kind: 'none', parent: room.id },
                variant: 0,
                locked: true,
                real: true,
                provenance: { generator: 'scan', source: key }
            },
            {
                ...common,
                id: `${className}-${key}`,
                class: className,
                support: { kind: 'floor', parent: `floor-${room.id}` },
                variant: stream.integer(64),
                locked: false,
                real: false,
                provenance: { generator: 'pairing', source: `real-${key}` },
                covers: [`real-${key}`]
            }
        ];
    }

    #trim(room: RoamingRoom): void {
        const layout = new Layout(room.room, room.walls, room.openings, this.#counts);
        for (const n of room.blockers) layout.add(n);
        const before = layout.nodes.length;
        furnish(layout, TRIMMINGS, this.#options.rng, { density: 1, generator: 'rules' });
        // Blockers change as more is seen of them: nothing is set on one.
        const blockers = new Set(room.blockers.map((n) => n.id));
        room.trimmings = layout.nodes.slice(before).filter((n) => !blockers.has(n.support.parent));
    }

    #graph(): SceneGraph {
        const rooms = this.#rooms;
        return {
            format: 'mixreel-scene',
            version: 1,
            seed: this.#options.seed ?? 0,
            style: this.#style,
            rooms: rooms.map((r) => r.room),
            walls: rooms.flatMap((r) => r.walls),
            openings: rooms.flatMap((r) => r.openings),
            floors: rooms.map((r): Floor => ({ id: `floor-${r.id}`, room: r.id, y: r.room.floorY, material: 'floor' })),
            nodes: rooms.flatMap((r) => [...r.blockers, ...r.trimmings]),
            relations: rooms.flatMap((r) =>
                r.blockers
                    .filter((n) => n.covers)
                    .map((n) => ({ type: 'pair', a: n.id, b: n.covers![0]!, weight: 1, hard: true }) as const)
            ),
            groups: [],
            keepOuts: [],
            walkable: [],
            viewpoints: [],
            dropped: []
        };
    }
}

/** A thing that blocks as the real one does: its height is the obstacle's. */
function blockerClass(w: number, h: number, d: number, pick: (n: number) => number): string {
    const long = Math.max(w, d);
    const short = Math.min(w, d);
    const one = (...names: string[]): string => names[pick(names.length)]!;
    if (long <= 0.4 && h > 0.5) return one('plant', 'plant', 'speaker');
    if (h < 0.6) return long < 0.8 ? one('pouf', 'ottoman', 'chest') : one('bench', 'chest');
    if (h < 1.2)
        return short > 0.85 ? 'dining_table' : long > 0.9 ? one('sideboard', 'cabinet') : one('dresser', 'cabinet');
    return short > 0.42 ? one('wardrobe', 'cabinet') : one('bookshelf', 'cabinet');
}

const meets = (a: CellRect, b: CellRect): boolean => a.c0 < b.c1 && b.c0 < a.c1 && a.r0 < b.r1 && b.r0 < a.r1;

const shrunk = (r: CellRect): CellRect => {
    const [c, k] = [Math.floor((r.c0 + r.c1) / 2), Math.floor((r.r0 + r.r1) / 2)];
    return { c0: c - 1, r0: k - 1, c1: c + 2, r1: k + 2 };
};

function overlaps(a: SceneNode, b: SceneNode): boolean {
    const near = hypot(a.dims.width, a.dims.depth) / 2 + hypot(b.dims.width, b.dims.depth) / 2;
    return hypot(a.pose.x - b.pose.x, a.pose.z - b.pose.z) < near && a.pose.y < b.pose.y + b.dims.height;
}
