/**
 * Doors and windows of a drawn house. Every room is joined to the others by one door less than there are rooms: at each step
 * the longest wall that the joined part shares with a room outside it. Groups of rooms are joined within themselves first and
 * then, as one, to what is around them: by their entrance, and nobody walks through a group to get past it, where there is
 * another way.
 */
import type { RngStream } from '@mixreel/core';
import { round } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';
import type { PlannedOpening } from './plan-generator.ts';

/** Floor of a room, to the middle of its walls, metres. */
export interface Rectangle {
    readonly x0: number;
    readonly z0: number;
    readonly x1: number;
    readonly z1: number;
}

/** A room by its index, or a group of such. */
export type Part = number | readonly Part[];

/** What joins a house. */
export interface HouseOpenings {
    /** Of each room. */
    readonly openings: readonly (readonly PlannedOpening[])[];
    /** Rooms and groups that no door leads to. */
    readonly apart: number;
    /** Doors that lead on out of a group, or join it by another room than its entrance. */
    readonly awkward: number;
}

const DOOR = 0.9;
/** Half the wall between rooms: each room's polygon is its own inner face. */
const HALF_WALL = 0.06;

/** A room's inner face. Walls by index: 0 at z0, 1 at x1, 2 at z1, 3 at x0. */
export function polygonOf(r: Rectangle): PlanPoint[] {
    const h = HALF_WALL;
    return [
        [round(r.x0 + h), round(r.z0 + h)],
        [round(r.x1 - h), round(r.z0 + h)],
        [round(r.x1 - h), round(r.z1 - h)],
        [round(r.x0 + h), round(r.z1 - h)]
    ];
}

/**
 * Joins the rooms and opens the outer walls.
 *
 * @param parts - All rooms, in their groups.
 */
export function openHouse(cells: readonly Rectangle[], parts: readonly Part[], stream: RngStream): HouseOpenings {
    const openings = cells.map((): PlannedOpening[] => []);
    const first = entranceOf(parts);
    const { apart, awkward } = connect(cells, parts, first, openings);
    addFrontDoor(cells, first, openings);
    addWindows(cells, openings, stream);
    return { openings, apart, awkward };
}

/** The largest room that is in no group of its own; where there are only groups, that of the first one. */
function entranceOf(parts: readonly Part[]): number {
    const single = parts.find((p) => typeof p === 'number') ?? parts[0]!;
    return typeof single === 'number' ? single : entranceOf(single);
}

const roomsOf = (part: Part): readonly number[] => (typeof part === 'number' ? [part] : part.flatMap(roomsOf));

interface SharedWall {
    readonly a: number;
    readonly b: number;
    readonly wallA: number;
    readonly wallB: number;
    readonly from: number;
    readonly to: number;
}

function sharedWalls(cells: readonly Rectangle[]): SharedWall[] {
    const out: SharedWall[] = [];
    cells.forEach((p, a) => {
        cells.forEach((q, b) => {
            if (b <= a) return;
            const spanZ = [Math.max(p.z0, q.z0), Math.min(p.z1, q.z1)] as const;
            const spanX = [Math.max(p.x0, q.x0), Math.min(p.x1, q.x1)] as const;
            const add = (wallA: number, wallB: number, [from, to]: readonly [number, number]): void => {
                if (to - from > DOOR + 0.5) out.push({ a, b, wallA, wallB, from, to });
            };
            if (p.x1 === q.x0) add(1, 3, spanZ);
            if (p.x0 === q.x1) add(3, 1, spanZ);
            if (p.z1 === q.z0) add(2, 0, spanX);
            if (p.z0 === q.z1) add(0, 2, spanX);
        });
    });
    return out;
}

/** See the file comment; `first` is reached from outside. */
function connect(
    cells: readonly Rectangle[],
    parts: readonly Part[],
    first: number,
    openings: PlannedOpening[][]
): { apart: number; awkward: number } {
    let [apart, awkward] = [0, 0];
    const shared = sharedWalls(cells);
    const join = (group: readonly Part[]): void => {
        for (const part of group) if (typeof part !== 'number') join(part);
        const partOf = new Map(group.flatMap((part) => roomsOf(part).map((room) => [room, part] as const)));
        const start = partOf.get(first) ?? partOf.get(entranceOf(group))!;
        const reached = new Set([start]);
        const cost = (from: number, to: number): number => {
            const [left, entered] = [partOf.get(from)!, partOf.get(to)!];
            const out = typeof left === 'number' ? 0 : Number(left !== start) + Number(entranceOf(left) !== from);
            return out + Number(typeof entered !== 'number' && entranceOf(entered) !== to);
        };
        while (reached.size < group.length) {
            const ways = shared.flatMap((s) => {
                const [p, q] = [partOf.get(s.a), partOf.get(s.b)];
                if (p === undefined || q === undefined || reached.has(p) === reached.has(q)) return [];
                return [{ s, cost: reached.has(p) ? cost(s.a, s.b) : cost(s.b, s.a) }];
            });
            const [way] = ways.sort((p, q) => p.cost - q.cost || lengthOf(q.s) - lengthOf(p.s));
            if (!way) break;
            awkward += way.cost;
            addDoor(cells, way.s, openings);
            reached.add(partOf.get(way.s.a)!).add(partOf.get(way.s.b)!);
        }
        apart += group.length - reached.size;
    };
    join(parts);
    return { apart, awkward };
}

const lengthOf = (s: SharedWall): number => s.to - s.from;

function addDoor(cells: readonly Rectangle[], s: SharedWall, openings: PlannedOpening[][]): void {
    const at = s.to - DOOR / 2 - 0.25;
    for (const [room, wall, other] of [
        [s.a, s.wallA, s.b],
        [s.b, s.wallB, s.a]
    ] as const) {
        openings[room]!.push({
            type: 'door',
            wall,
            offset: along(cells[room]!, wall, at),
            width: DOOR,
            toRoom: other
        });
    }
}

/** A coordinate on a wall as the distance from the wall's first corner. */
function along(cell: Rectangle, wall: number, at: number): number {
    const h = HALF_WALL;
    if (wall === 0) return round(at - cell.x0 - h);
    if (wall === 1) return round(at - cell.z0 - h);
    if (wall === 2) return round(cell.x1 - h - at);
    return round(cell.z1 - h - at);
}

function outerWalls(cells: readonly Rectangle[], room: number): number[] {
    const bounds = {
        x0: Math.min(...cells.map((c) => c.x0)),
        x1: Math.max(...cells.map((c) => c.x1)),
        z0: Math.min(...cells.map((c) => c.z0)),
        z1: Math.max(...cells.map((c) => c.z1))
    };
    const c = cells[room]!;
    return [c.z0 === bounds.z0, c.x1 === bounds.x1, c.z1 === bounds.z1, c.x0 === bounds.x0].flatMap((outer, i) =>
        outer ? [i] : []
    );
}

const wallLength = (c: Rectangle, wall: number): number => (wall % 2 === 0 ? c.x1 - c.x0 : c.z1 - c.z0) - 2 * HALF_WALL;

function addFrontDoor(cells: readonly Rectangle[], first: number, openings: PlannedOpening[][]): void {
    const wall = outerWalls(cells, first)[0] ?? 0;
    if (openings[first]!.some((o) => o.wall === wall)) return;
    const length = wallLength(cells[first]!, wall);
    openings[first]!.push({ type: 'door', wall, offset: round(Math.min(length / 2, 0.9)), width: DOOR });
}

function addWindows(cells: readonly Rectangle[], openings: PlannedOpening[][], stream: RngStream): void {
    cells.forEach((cell, room) => {
        for (const wall of outerWalls(cells, room)) {
            if (openings[room]!.some((o) => o.wall === wall)) continue;
            const length = wallLength(cell, wall);
            const width = round(Math.min(length * 0.6, 1.2 + stream.float()));
            if (width < 0.7 || stream.float() < 0.2) continue;
            openings[room]!.push({ type: 'window', wall, offset: round(length / 2), width });
        }
    });
}
