/**
 * Furnishes a floor plan: any number of rooms given as polygons with their openings. The capture generator does the same for
 * one real room; the house grammar draws the plan first.
 */
import { badInput, type Rng } from '@mixreel/core';
import { checkedOutline } from '../capture/room-outline.ts';
import { distance, polygonArea, round, selfIntersection } from '../geometry/polygon.ts';
import type { Grammar } from '../grammar/grammar.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type { KeepOut, Opening, PlanPoint, Room, RoomType, SceneGraph, Wall } from '../graph/scene-graph.ts';
import { Layout } from '../solver/layout.ts';
import { drawnStyle } from '../style/room-style.ts';
import { styleNamed } from '../style/style.ts';
import { finished, WALL_THICKNESS } from './capture-generator.ts';
import { furnish } from './furnish.ts';
import { type CertifiedScene, certified } from './repair.ts';

/** A room of a plan. */
export interface PlannedRoom {
    readonly type: RoomType;
    /** Corners in order, either way around, metres. */
    readonly polygon: readonly PlanPoint[];
    readonly openings?: readonly PlannedOpening[];
    /** The room's own style; the scene's if absent. */
    readonly style?: string;
}

/** A hole in the wall from corner `wall` to the next. */
export interface PlannedOpening {
    readonly type: 'door' | 'window' | 'passage';
    /** Index of the corner at which the wall starts, in the order given. */
    readonly wall: number;
    /** From that corner to the middle of the hole, metres. */
    readonly offset: number;
    readonly width: number;
    /** 0 for doors; 0.9 if absent for windows. */
    readonly sill?: number;
    /** 2.05 if absent for doors, 1.3 for windows. */
    readonly height?: number;
    /** Index of the room behind it. */
    readonly toRoom?: number;
}

/** A floor plan. */
export interface FloorPlan {
    readonly rooms: readonly PlannedRoom[];
    /** Floor to ceiling, metres; 2.7 if absent. */
    readonly height?: number;
    readonly keepOuts?: readonly PlannedKeepOut[];
}

/** A prism of a room in which nothing is to stand. */
export interface PlannedKeepOut {
    /** Index of the room. */
    readonly room: number;
    readonly polygon: readonly PlanPoint[];
    /** Metres above the floor; 0 and the ceiling if absent. */
    readonly from?: number;
    readonly to?: number;
    readonly reason?: string;
}

/** Options of {@link generateFromPlan}. */
export interface PlanOptions {
    readonly rng: Rng;
    readonly seed?: number | string;
    readonly style?: string;
    /** Share of each room's program that is tried, 0 to 1. */
    readonly density?: number;
    /** What belongs in rooms; the indoor grammar if absent. */
    readonly grammar?: Grammar;
}

/** The empty graph of a plan: shell only. Throws `bad-input` for crossing walls and openings that do not fit theirs. */
export function graphOfPlan(plan: FloorPlan, options: PlanOptions): SceneGraph {
    const height = plan.height ?? 2.7;
    if (!(height >= 1.8 && height <= 20))
        throw badInput(`the plan is ${height} m high`, '1.8 to 20 m', 'Give it a height');
    if (plan.rooms.length < 1 || plan.rooms.length > 64) {
        throw badInput(`the plan has ${plan.rooms.length} rooms`, '1 to 64', 'Split it');
    }
    const style = options.style ?? drawnStyle(options.rng);
    styleNamed(style);
    const rooms: Room[] = [];
    const walls: Wall[] = [];
    const openings: Opening[] = [];
    plan.rooms.forEach((planned, index) => {
        for (const [x, z] of planned.polygon) {
            if (!(Math.abs(x) < 1000 && Math.abs(z) < 1000)) {
                throw badInput(`room ${index} has a corner at (${x}, ${z})`, 'metres under 1000', 'Check the units');
            }
        }
        const polygon = checkedOutline(planned.polygon);
        const id = `room-${index + 1}`;
        if (planned.style !== undefined) styleNamed(planned.style);
        const own = planned.style === undefined ? {} : { style: planned.style };
        rooms.push({ id, type: planned.type, polygon, floorY: 0, height, real: false, ...own });
        const faces = polygon.map((a, i): Wall => {
            const b = polygon[(i + 1) % polygon.length]!;
            return { id: `${id}-wall-${i + 1}`, room: id, a, b, height, thickness: WALL_THICKNESS, real: false };
        });
        walls.push(...faces);
        for (const o of planned.openings ?? []) openings.push(openingOf(o, planned, faces, height, openings));
    });
    return {
        format: 'mixreel-scene',
        version: 1,
        seed: options.seed ?? 0,
        style,
        rooms,
        walls,
        openings,
        floors: rooms.map((r) => ({ id: `floor-${r.id}`, room: r.id, y: 0, material: 'floor' })),
        nodes: [],
        relations: [],
        groups: [],
        keepOuts: (plan.keepOuts ?? []).map((k, i) => keepOutOf(k, i, rooms)),
        walkable: [],
        viewpoints: [],
        dropped: []
    };
}

function keepOutOf(k: PlannedKeepOut, index: number, rooms: readonly Room[]): KeepOut {
    const room = rooms[k.room];
    if (!room)
        throw badInput(`keep-out ${index} is in room ${k.room}`, `0 to ${rooms.length - 1}`, 'Name a room of the plan');
    const [from, to] = [k.from ?? 0, k.to ?? room.height];
    if (!(from < to && from >= 0 && to <= 1000))
        throw badInput(`keep-out ${index} reaches from ${from} to ${to} m`, 'from below to', 'Give it a height');
    return {
        id: `keep-out-${index + 1}`,
        room: room.id,
        polygon: simpleOutline(k.polygon, index),
        from,
        to,
        reason: k.reason ?? ''
    };
}

function simpleOutline(corners: readonly PlanPoint[], index: number): PlanPoint[] {
    const polygon = corners.map(([x, z]): PlanPoint => [round(x), round(z)]);
    const sound = polygon.length >= 3 && polygon.length <= 256 && polygon.flat().every((v) => Math.abs(v) < 1000);
    if (!sound || selfIntersection(polygon) || Math.abs(polygonArea(polygon)) < 1e-4) {
        throw badInput(
            `keep-out ${index} has no simple outline`,
            '3 to 256 corners in order around it',
            'Correct them'
        );
    }
    return polygonArea(polygon) > 0 ? polygon : polygon.reverse();
}

function openingOf(
    o: PlannedOpening,
    planned: PlannedRoom,
    walls: readonly Wall[],
    height: number,
    before: readonly Opening[]
): Opening {
    const a = planned.polygon[o.wall];
    const b = planned.polygon[(o.wall + 1) % planned.polygon.length];
    const same = (p: PlanPoint | undefined, q: PlanPoint): boolean => p !== undefined && distance(p, q) < 1e-3;
    // Outlines may have been turned around: find the wall by its ends.
    const wall = walls.find((w) => (same(a, w.a) && same(b, w.b)) || (same(a, w.b) && same(b, w.a)));
    if (!wall)
        throw badInput(
            `an opening is in wall ${o.wall}`,
            `0 to ${planned.polygon.length - 1}`,
            'Name a wall of the room'
        );
    const length = distance(wall.a, wall.b);
    const offset = round(same(a, wall.a) ? o.offset : length - o.offset);
    const window = o.type === 'window';
    const sill = window ? (o.sill ?? 0.9) : 0;
    const high = Math.min(o.height ?? (window ? 1.3 : 2.05), height - sill - 0.02);
    if (!(o.width > 0.2 && offset - o.width / 2 >= 0 && offset + o.width / 2 <= length && high > 0.2)) {
        throw badInput(
            `a ${o.type} of ${o.width} m at ${o.offset} m does not fit its wall of ${length.toFixed(2)} m`,
            'an opening inside its wall',
            'Move it or make it smaller'
        );
    }
    const clash = before.find((p) => p.wall === wall.id && Math.abs(p.offset - offset) < (p.width + o.width) / 2);
    if (clash) throw badInput(`two openings of ${wall.id} overlap`, 'openings beside each other', 'Move one of them');
    return {
        id: `${o.type}-${before.length + 1}`,
        wall: wall.id,
        type: o.type,
        offset,
        width: round(o.width),
        sill: round(sill),
        height: round(high),
        real: false,
        ...(o.toRoom === undefined ? {} : { toRoom: `room-${o.toRoom + 1}` })
    };
}

/** Furnishes every room of a plan. A 20 m2 room with 40 things takes about 6 ms. */
export function generateFromPlan(plan: FloorPlan, options: PlanOptions): CertifiedScene {
    const { graph, layouts } = furnishPlan(plan, options);
    const nodes = layouts.flatMap((l) => l.nodes);
    return finished(certified({ ...graph, nodes, relations: layouts.flatMap((l) => l.relations) }));
}

/** The shell and the furnished rooms of a plan, not certified yet. */
export function furnishPlan(plan: FloorPlan, options: PlanOptions): { graph: SceneGraph; layouts: Layout[] } {
    const { rng, density = 1, grammar = INDOOR_GRAMMAR } = options;
    const graph = graphOfPlan(plan, options);
    const counts = new Map<string, number>();
    const layouts = graph.rooms.map((room) => {
        const walls = graph.walls.filter((w) => w.room === room.id);
        const openings = graph.openings.filter((o) => walls.some((w) => w.id === o.wall));
        const layout = new Layout(room, walls, openings, counts, graph.keepOuts);
        furnish(layout, grammar.rooms[room.type], rng, { density, generator: 'rules', grammar });
        return layout;
    });
    return { graph, layouts };
}
