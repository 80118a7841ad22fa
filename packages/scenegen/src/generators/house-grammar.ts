/**
 * A house from a tree of rooms: the footprint is split among them largest first, each split cutting the longer side
 * (squarified treemaps, Bruls, Huizing and van Wijk 2000, with walls snapped to 10 cm), and what a group gets is split among
 * its own; then doors and windows (house-openings.ts). A draw that leaves a room without a door, or leads through a group, is
 * made again. About 0.2 ms, 0.7 ms with groups; furnishing is the rest.
 */
import { badInput, type Rng, type RngStream } from '@mixreel/core';
import { round } from '../geometry/polygon.ts';
import type { RoomType } from '../graph/scene-graph.ts';
import { streamOf } from '../solver/layout.ts';
import { drawnStyle, styleOfRoom } from '../style/room-style.ts';
import { type HouseOpenings, openHouse, type Part, polygonOf, type Rectangle } from './house-openings.ts';
import { type FloorPlan, generateFromPlan, type PlanOptions } from './plan-generator.ts';
import type { CertifiedScene } from './repair.ts';

/** A room that a house should have. */
export interface RoomRequest {
    readonly type: RoomType;
    /** Square metres; the usual size of the type if absent. */
    readonly area?: number;
}

/** Rooms that belong together, as a bedroom and its bath: side by side, joined among themselves, with a door to the rest. */
export interface RoomGroup {
    readonly rooms: readonly RoomTree[];
}

/** A room, or a group of rooms and groups. */
export type RoomTree = RoomRequest | RoomGroup;

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
    /** The rooms, in groups or not; or how many, 1 to 6. */
    readonly rooms?: readonly RoomTree[] | number;
    /** How much of another style each room has in it, 0 (all are alike, if absent) to 0.5. */
    readonly styleSpread?: number;
}

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

/**
 * Draws the plan of a house. Throws `bad-input` for none or more than 24 rooms, rooms outside 4 to 400 m2, empty groups, groups
 * more than 6 deep, and rooms that no draw joins by doors.
 */
export function drawPlan(rooms: readonly RoomTree[] | number, rng: Rng): FloorPlan {
    const stream = streamOf(rng, 'house');
    const trees = typeof rooms === 'number' ? homeOf(rooms) : rooms;
    const count = countRooms(trees, 0);
    if (count < 1 || count > 24) throw badInput(`the house has ${count} rooms`, '1 to 24', 'Ask for fewer rooms');
    let best: Drawn | null = null;
    for (let i = 0; i < DRAWS && (!best || best.house.awkward > 0); i++) {
        const drawn = draw(trees, stream, i > 0);
        if (drawn.house.apart === 0 && (!best || drawn.house.awkward < best.house.awkward)) best = drawn;
    }
    if (!best)
        throw badInput(
            `no plan was found in which doors join all ${count} rooms`,
            'rooms that share 1.4 m of wall',
            'Ask for larger rooms'
        );
    const { cells, types, house } = best;
    return {
        height: round(2.5 + 0.4 * stream.float()),
        rooms: types.map((type, i) => ({ type, polygon: polygonOf(cells[i]!), openings: house.openings[i]! }))
    };
}

/** Plans drawn until one is right: a quarter of them is, for a house of seven rooms in three groups. */
const DRAWS = 64;
const DEEPEST = 6;

interface Drawn {
    readonly cells: readonly Rectangle[];
    readonly types: readonly RoomType[];
    readonly house: HouseOpenings;
}

/** A room or a group with its area, larger ones first. */
type Sized = { readonly area: number } & ({ readonly type: RoomType } | { readonly parts: readonly Sized[] });

function countRooms(trees: readonly RoomTree[], depth: number): number {
    if (depth > DEEPEST)
        throw badInput(`groups of rooms are more than ${DEEPEST} deep`, 'fewer', 'Put the rooms into one group');
    return trees.reduce((sum, tree) => {
        if (!('rooms' in tree)) return sum + 1;
        if (tree.rooms.length === 0) throw badInput('a group of rooms is empty', 'at least one room', 'Leave it out');
        return sum + countRooms(tree.rooms, depth + 1);
    }, 0);
}

/** @param freely - Larger parts may come last, and short sides be cut. */
function draw(trees: readonly RoomTree[], stream: RngStream, freely: boolean): Drawn {
    const sized = sizedOf(trees, stream);
    const total = sized.reduce((sum, r) => sum + r.area, 0);
    const width = snap(Math.sqrt(total * (1 + 0.5 * stream.float())));
    const cells: Rectangle[] = [];
    split({ x0: 0, z0: 0, x1: width, z1: snap(total / width) }, sized, cells, stream, freely);
    const types: RoomType[] = [];
    const number = (all: readonly Sized[]): Part[] =>
        all.map((r) => ('parts' in r ? number(r.parts) : types.push(r.type) - 1));
    return { cells, house: openHouse(cells, number(sized), stream), types };
}

function sizedOf(trees: readonly RoomTree[], stream: RngStream): Sized[] {
    const sized = trees.map((tree): Sized => {
        if ('rooms' in tree) {
            const parts = sizedOf(tree.rooms, stream);
            return { parts, area: parts.reduce((sum, r) => sum + r.area, 0) };
        }
        const { type, area = AREAS[type] } = tree;
        if (!(area >= 4 && area <= 400))
            throw badInput(`a ${type} of ${area} m2`, '4 to 400 m2', 'Give it another area');
        return { type, area: area * (0.85 + 0.3 * stream.float()) };
    });
    return sized.sort((a, b) => b.area - a.area);
}

function homeOf(count: number): RoomRequest[] {
    const home = HOMES[count - 1];
    if (home) return home.map((type) => ({ type }));
    throw badInput(`a house of ${count} rooms`, `1 to ${HOMES.length}, or a list of rooms`, 'Name the rooms');
}

const snap = (v: number): number => Math.round(v * 10) / 10;

/** Divides a rectangle among areas: halves of nearly equal sum, across the longer side; groups in their own part. */
function split(box: Rectangle, parts: readonly Sized[], out: Rectangle[], stream: RngStream, freely: boolean): void {
    const [only] = parts;
    if (parts.length === 1 && only) {
        if ('parts' in only) split(box, only.parts, out, stream, freely);
        else out.push(box);
        return;
    }
    const total = parts.reduce((sum, p) => sum + p.area, 0);
    let first = parts[0]!.area;
    let count = 1;
    while (count < parts.length - 1 && Math.abs(first + parts[count]!.area - total / 2) < Math.abs(first - total / 2)) {
        first += parts[count++]!.area;
    }
    const last = freely && stream.float() < 0.5;
    const share = last ? 1 - first / total : first / total;
    const [w, d] = [box.x1 - box.x0, box.z1 - box.z0];
    const across = w > d * (freely ? 0.7 + 0.6 * stream.float() : 0.95 + 0.1 * stream.float());
    const cut = across ? snap(box.x0 + w * share) : snap(box.z0 + d * share);
    const halves = across
        ? [
              { ...box, x1: cut },
              { ...box, x0: cut }
          ]
        : [
              { ...box, z1: cut },
              { ...box, z0: cut }
          ];
    const [a, b] = (last ? halves.reverse() : halves) as [Rectangle, Rectangle];
    split(a, parts.slice(0, count), out, stream, freely);
    split(b, parts.slice(count), out, stream, freely);
}
