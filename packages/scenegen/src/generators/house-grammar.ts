/**
 * A house from a room tree: the footprint is split into rooms largest first, each split cutting the longer side (squarified
 * treemaps, Bruls, Huizing and van Wijk 2000, with walls snapped to 10 cm); rooms that share enough wall get doors along a
 * spanning tree from the hall, outer walls get windows. About 0.2 ms; furnishing is the rest.
 */
import { badInput, type Rng, type RngStream } from '@mixreel/core';
import { round } from '../geometry/polygon.ts';
import type { PlanPoint, RoomType } from '../graph/scene-graph.ts';
import { streamOf } from '../solver/layout.ts';
import { drawnStyle, styleOfRoom } from '../style/room-style.ts';
import { type FloorPlan, generateFromPlan, type PlannedOpening, type PlanOptions } from './plan-generator.ts';
import type { CertifiedScene } from './repair.ts';

/** A room that a house should have. */
export interface RoomRequest {
    readonly type: RoomType;
    /** Square metres; the usual size of the type if absent. */
    readonly area?: number;
}

/** Usual sizes, square metres: medians of the ProcTHOR houses scaled to European homes. */
const AREAS: Readonly<Record<RoomType, number>> = {
    living_room: 26,
    bedroom: 15,
    kitchen: 12,
    bathroom: 7,
    dining_room: 14,
    office: 11,
    meeting_room: 24,
    music_room: 18,
    hall: 9,
    room: 14
};

/** Homes by number of rooms, for callers that name none. */
const HOMES: readonly (readonly RoomType[])[] = [
    ['living_room'],
    ['living_room', 'bedroom'],
    ['living_room', 'bedroom', 'bathroom'],
    ['living_room', 'bedroom', 'kitchen', 'bathroom'],
    ['living_room', 'bedroom', 'kitchen', 'bathroom', 'office'],
    ['living_room', 'bedroom', 'kitchen', 'bathroom', 'bedroom', 'dining_room']
];

/** Options of {@link generateHouse}. */
export interface HouseOptions extends PlanOptions {
    /** The rooms; or how many, 1 to 6. */
    readonly rooms?: readonly RoomRequest[] | number;
    /** How much of another style each room has in it, 0 (all are alike, if absent) to 0.5. */
    readonly styleSpread?: number;
}

interface Rectangle {
    readonly x0: number;
    readonly z0: number;
    readonly x1: number;
    readonly z1: number;
}

const DOOR = 0.9;

/** Draws a plan and furnishes it. */
export function generateHouse(options: HouseOptions): CertifiedScene {
    const { rng, styleSpread = 0 } = options;
    if (!(styleSpread >= 0 && styleSpread <= 0.5))
        throw badInput(`the spread of styles is ${styleSpread}`, '0 to 0.5', 'Leave it out for one style');
    const plan = drawPlan(options.rooms ?? 4, rng);
    if (styleSpread === 0) return generateFromPlan(plan, options);
    const style = options.style ?? drawnStyle(rng);
    const rooms = plan.rooms.map((room, i) => ({ ...room, style: styleOfRoom(style, styleSpread, rng, i) }));
    return generateFromPlan({ ...plan, rooms }, { ...options, style });
}

/** Draws the plan of a house. Throws `bad-input` for none or more than 24 rooms, or rooms outside 4 to 400 m2. */
export function drawPlan(rooms: readonly RoomRequest[] | number, rng: Rng): FloorPlan {
    const stream = streamOf(rng, 'house');
    const requests = typeof rooms === 'number' ? homeOf(rooms) : rooms;
    if (requests.length < 1 || requests.length > 24) {
        throw badInput(`the house has ${requests.length} rooms`, '1 to 24', 'Ask for fewer rooms');
    }
    const sized = requests.map(({ type, area = AREAS[type] }) => {
        if (!(area >= 4 && area <= 400))
            throw badInput(`a ${type} of ${area} m2`, '4 to 400 m2', 'Give it another area');
        return { type, area: area * (0.85 + 0.3 * stream.float()) };
    });
    sized.sort((a, b) => b.area - a.area);
    const total = sized.reduce((sum, r) => sum + r.area, 0);
    const width = snap(Math.sqrt(total * (1 + 0.5 * stream.float())));
    const cells: Rectangle[] = [];
    split(
        { x0: 0, z0: 0, x1: width, z1: snap(total / width) },
        sized.map((r) => r.area),
        cells,
        stream
    );
    const openings = cells.map((): PlannedOpening[] => []);
    connect(cells, openings);
    addFrontDoor(cells, openings);
    addWindows(cells, openings, stream);
    return {
        height: round(2.5 + 0.4 * stream.float()),
        rooms: sized.map((r, i) => ({ type: r.type, polygon: polygonOf(cells[i]!), openings: openings[i]! }))
    };
}

function homeOf(count: number): RoomRequest[] {
    const home = HOMES[count - 1];
    if (home) return home.map((type) => ({ type }));
    throw badInput(`a house of ${count} rooms`, `1 to ${HOMES.length}, or a list of rooms`, 'Name the rooms');
}

const snap = (v: number): number => Math.round(v * 10) / 10;

/** Half the wall between rooms: each room's polygon is its own inner face. */
const HALF_WALL = 0.06;

function polygonOf(r: Rectangle): PlanPoint[] {
    const h = HALF_WALL;
    return [
        [round(r.x0 + h), round(r.z0 + h)],
        [round(r.x1 - h), round(r.z0 + h)],
        [round(r.x1 - h), round(r.z1 - h)],
        [round(r.x0 + h), round(r.z1 - h)]
    ];
}

/** Divides a rectangle among areas: halves of nearly equal sum, across the longer side. */
function split(box: Rectangle, areas: readonly number[], out: Rectangle[], stream: RngStream): void {
    if (areas.length === 1) {
        out.push(box);
        return;
    }
    const total = areas.reduce((a, b) => a + b, 0);
    let first = areas[0]!;
    let count = 1;
    while (count < areas.length - 1 && Math.abs(first + areas[count]! - total / 2) < Math.abs(first - total / 2)) {
        first += areas[count++]!;
    }
    const share = first / total;
    const [w, d] = [box.x1 - box.x0, box.z1 - box.z0];
    const across = w > d * (0.95 + 0.1 * stream.float());
    const cut = across ? snap(box.x0 + w * share) : snap(box.z0 + d * share);
    const [a, b] = across
        ? [
              { ...box, x1: cut },
              { ...box, x0: cut }
          ]
        : [
              { ...box, z1: cut },
              { ...box, z0: cut }
          ];
    split(a, areas.slice(0, count), out, stream);
    split(b, areas.slice(count), out, stream);
}

/** Wall indices of {@link polygonOf}: 0 at z0, 1 at x1, 2 at z1, 3 at x0. */
interface Shared {
    readonly a: number;
    readonly b: number;
    readonly wallA: number;
    readonly wallB: number;
    readonly from: number;
    readonly to: number;
}

function sharedWalls(cells: readonly Rectangle[]): Shared[] {
    const out: Shared[] = [];
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

/** Doors along a tree that reaches every room from the first: the longest shared wall at each step. */
function connect(cells: readonly Rectangle[], openings: PlannedOpening[][]): void {
    const shared = sharedWalls(cells);
    const reached = new Set([0]);
    while (reached.size < cells.length) {
        const next = shared
            .filter((s) => reached.has(s.a) !== reached.has(s.b))
            .sort((s, t) => t.to - t.from - (s.to - s.from))[0];
        if (!next) return;
        const at = next.to - DOOR / 2 - 0.25;
        for (const [room, wall, other] of [
            [next.a, next.wallA, next.b],
            [next.b, next.wallB, next.a]
        ] as const) {
            openings[room]!.push({
                type: 'door',
                wall,
                offset: along(cells[room]!, wall, at),
                width: DOOR,
                toRoom: other
            });
        }
        reached.add(next.a).add(next.b);
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

const lengthOf = (c: Rectangle, wall: number): number => (wall % 2 === 0 ? c.x1 - c.x0 : c.z1 - c.z0) - 2 * HALF_WALL;

function addFrontDoor(cells: readonly Rectangle[], openings: PlannedOpening[][]): void {
    const wall = outerWalls(cells, 0)[0] ?? 0;
    if (openings[0]!.some((o) => o.wall === wall)) return;
    const length = lengthOf(cells[0]!, wall);
    openings[0]!.push({ type: 'door', wall, offset: round(Math.min(length / 2, 0.9)), width: DOOR });
}

function addWindows(cells: readonly Rectangle[], openings: PlannedOpening[][], stream: RngStream): void {
    cells.forEach((cell, room) => {
        for (const wall of outerWalls(cells, room)) {
            if (openings[room]!.some((o) => o.wall === wall)) continue;
            const length = lengthOf(cell, wall);
            const width = round(Math.min(length * 0.6, 1.2 + stream.float()));
            if (width < 0.7 || stream.float() < 0.2) continue;
            openings[room]!.push({ type: 'window', wall, offset: round(length / 2), width });
        }
    });
}
