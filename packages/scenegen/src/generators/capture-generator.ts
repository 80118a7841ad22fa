/**
 * A captured real room becomes a mixed-reality scene: every real obstacle is covered by a virtual thing, the rest of the room
 * is furnished by rules, and the result carries its certificate.
 */
import type { Rng } from '@mixreel/core';
import { fitObstacles } from '../capture/fit-obstacles.ts';
import type { RoomCapture } from '../capture/read-capture.ts';
import { round } from '../geometry/polygon.ts';
import { INDOOR_GRAMMAR } from '../grammar/indoor-grammar.ts';
import type {
    Dropped,
    Floor,
    KeepOut,
    NodeGroup,
    Opening,
    Room,
    SceneGraph,
    SceneNode,
    Wall
} from '../graph/scene-graph.ts';
import { Layout, streamOf } from '../solver/layout.ts';
import { drawnStyle } from '../style/room-style.ts';
import { furnish } from './furnish.ts';
import { ONE_OF_A_KIND, pairObstacle } from './pair-obstacles.ts';
import { type CertifiedScene, certified, without } from './repair.ts';
import { findViewpoints } from './viewpoint.ts';
import { reachable, walkableArea } from './walkable-area.ts';

/** Options of {@link generateFromCapture}. */
export interface GenerateOptions {
    /** Where all choices come from. */
    readonly rng: Rng;
    /** Written into the graph, so that a file says how to make it again. */
    readonly seed?: number | string;
    /** A style name; drawn from the seed if absent. */
    readonly style?: string;
    /** Share of the room's program that is tried, 0 (only what covers real things, and light) to 1. */
    readonly density?: number;
    /** Where nothing virtual may stand; `room` is `room-1`. What covers a real obstacle there is left out, and said so. */
    readonly keepOuts?: readonly KeepOut[];
}

/** Thickness of walls, which a capture does not know, metres. */
export const WALL_THICKNESS = 0.12;

/** Share of the really walkable floor that furniture added by rules leaves: people walk here. */
const FLOOR_KEPT = 0.55;

/** Builds the scene. About 10 ms; throws nothing but MixreelError. */
export function generateFromCapture(capture: RoomCapture, options: GenerateOptions): CertifiedScene {
    const { rng, density = 1 } = options;
    const { layout, graph } = pairedRoom(capture, options);
    const there = new Set(layout.nodes.map((n) => n.class).filter((name) => ONE_OF_A_KIND.has(name)));
    const program = INDOOR_GRAMMAR.rooms[capture.type].filter((rule) => !there.has(rule.add));
    furnish(layout, program, rng, { density, generator: 'rules' });
    return finished(leavingFloor(certified({ ...graph, nodes: layout.nodes, relations: layout.relations })));
}

/** Without the least wanted of what the rules added while less than {@link FLOOR_KEPT} of the real floor can be walked. */
function leavingFloor(scene: CertifiedScene): CertifiedScene {
    const [walk] = scene.certificate.walk;
    if (!walk || walk.area >= FLOOR_KEPT * walk.areaBefore) return scene;
    const added = scene.graph.nodes.filter((n) => {
        const stands = n.support.kind === 'floor' && n.dims.height > 0.03;
        return stands && !n.real && !n.locked && !n.covers;
    });
    // Of equals the one that was placed last.
    const least = added.reverse().sort((a, b) => a.priority - b.priority)[0];
    if (!least) return scene;
    return leavingFloor(certified(without(scene.graph, least.id, 'takes too much of the real floor')));
}

/** The captured room with a counterpart for every real thing and nothing else, to be furnished further. */
export function pairedRoom(
    capture: RoomCapture,
    options: Omit<GenerateOptions, 'density'>
): { layout: Layout; graph: SceneGraph } {
    const { rng, keepOuts = [] } = options;
    const style = options.style ?? drawnStyle(rng);
    const shell = shellOf(capture);
    const layout = new Layout(shell.room, shell.walls, shell.openings, new Map(), keepOuts);
    const { dropped, groups } = pairAll(capture, layout, shell.walls, rng);
    const graph: SceneGraph = {
        format: 'mixreel-scene',
        version: 1,
        seed: options.seed ?? 0,
        style,
        rooms: [shell.room],
        walls: shell.walls,
        openings: shell.openings,
        floors: [shell.floor],
        nodes: [...layout.nodes],
        relations: [...layout.relations],
        groups,
        keepOuts,
        walkable: [],
        viewpoints: [],
        dropped: [
            ...capture.ignored.map((i) => ({ id: i.uuid, class: i.label.toLowerCase(), reason: i.reason })),
            ...dropped
        ]
    };
    return { layout, graph };
}

/** Adds what follows from a valid layout: the walkable area and the viewpoints. */
export function finished(scene: CertifiedScene): CertifiedScene {
    const floors = scene.graph.rooms.map((room) => reachable(room, scene.graph));
    const walkable = scene.graph.rooms.map((room, i) => walkableArea(room, floors[i]!));
    const graph = { ...scene.graph, walkable };
    return { graph: { ...graph, viewpoints: findViewpoints(graph, floors) }, certificate: scene.certificate };
}

/** Room, walls, openings and floor of a capture. */
export function shellOf(capture: RoomCapture): { room: Room; walls: Wall[]; openings: Opening[]; floor: Floor } {
    const id = 'room-1';
    const { polygon, height, floorY } = capture;
    const room: Room = { id, type: capture.type, polygon, floorY, height, real: true };
    const walls = polygon.map((a, i): Wall => {
        const b = polygon[(i + 1) % polygon.length]!;
        return { id: `wall-${i + 1}`, room: id, a, b, height, thickness: WALL_THICKNESS, real: true };
    });
    const counts = { door: 0, window: 0 };
    const openings = capture.openings.map((o): Opening => {
        counts[o.type]++;
        const { type, offset, width, sill, height: high } = o;
        return {
            id: `${type}-${counts[type]}`,
            wall: walls[o.wall]!.id,
            type,
            offset,
            width,
            sill,
            height: high,
            real: true
        };
    });
    return { room, walls, openings, floor: { id: `floor-${id}`, room: id, y: floorY, material: 'floor' } };
}

/** Adds every captured box as a real node, and its counterpart. Returns what could not be replaced. */
function pairAll(
    capture: RoomCapture,
    layout: Layout,
    walls: readonly Wall[],
    rng: Rng
): { dropped: Dropped[]; groups: NodeGroup[] } {
    const room = layout.room.id;
    const fitted = fitObstacles(capture.objects, capture.polygon);
    // The box around part of a scan is an estimate: what is left of it after trimming is the obstacle.
    const boxes = capture.objects.map((o, i) => (o.label === 'obstacle' ? (fitted[i]!.box ?? o) : o));
    const reals = boxes.map(
        (o, i): SceneNode => ({
            id: `real-${o.label}-${i + 1}`,
            class: o.label,
            room,
            dims: { width: o.width, height: o.height, depth: o.depth },
            pose: { x: o.x, y: round(capture.floorY + o.y), z: o.z, yaw: o.yaw },
            support: { kind: 'none', parent: room },
            variant: 0,
            locked: true,
            real: true,
            priority: 1,
            provenance: { generator: 'capture', source: `${capture.name} ${o.uuid}` }
        })
    );
    const virtual: SceneNode[] = [];
    const dropped: Dropped[] = [];
    const byIndex = new Map<number, string>();
    // What stands on the floor first, so that the rest finds what it stands on.
    const order = [...fitted.keys()].sort(
        (a, b) => (fitted[a]!.object.y > 0.12 ? 1 : 0) - (fitted[b]!.object.y > 0.12 ? 1 : 0) || a - b
    );
    for (const i of order) {
        const stream = streamOf(rng, 'pair', i);
        const found = pairObstacle(
            fitted[i]!,
            { capture, placed: virtual, room, walls: walls.map((w) => w.id) },
            stream
        );
        if (!found) {
            dropped.push({ id: reals[i]!.id, class: reals[i]!.class, reason: 'lies within a larger obstacle' });
            continue;
        }
        byIndex.set(i, layout.nextId(found.class));
        virtual.push({
            ...found,
            id: byIndex.get(i)!,
            room,
            variant: stream.integer(64),
            locked: false,
            real: false,
            priority: 0.98,
            provenance: { generator: 'pairing', source: reals[i]!.id },
            covers: [reals[i]!.id]
        });
    }
    for (const node of [...reals.filter((_, i) => fitted[i]!.box), ...virtual]) layout.add(node);
    for (const v of virtual) layout.relations.push({ type: 'pair', a: v.id, b: v.covers![0]!, weight: 1, hard: true });
    const groups = [...byIndex].flatMap(([i, id]): NodeGroup[] => {
        const whole = byIndex.get(fitted[i]!.partOf ?? -1);
        return whole ? [{ id: `group-${id}`, class: 'composite', members: [whole, id] }] : [];
    });
    return { dropped, groups };
}
