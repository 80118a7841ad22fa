/**
 * A furnished real room that keeps up with the real one: when a chair is pushed, a box is put down or a table is carried
 * away, the virtual room is solved again in well under a frame. Only what the change touches moves: the counterparts of the
 * changed real things are paired anew, furniture that is now in the way takes the nearest free place (with what stands on
 * it), and what finds none is dropped and named. The unfurnished bitmaps are kept, so repainting them costs microseconds;
 * the room is never flooded more than once for each thing that moves.
 *
 * The check at the end is the certificate's geometry (separating axes, walls cut by boxes), run for the moved nodes against
 * all; `certify(room.graph)` proves the whole again at any time.
 */

import { badInput, exactCos, exactSin, type Rng } from '@mixreel/core';
import { type FittedObstacle, fitObstacles } from '../capture/fit-obstacles.ts';
import type { CapturedObject, RoomCapture } from '../capture/read-capture.ts';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { CERTIFICATE_TOLERANCES } from '../certificate/certificate.ts';
import { boxesMeet, boxOf, penetration } from '../certificate/oriented-box.ts';
import { outsideBy } from '../certificate/room-bounds.ts';
import { type GenerateOptions, generateFromCapture } from '../generators/capture-generator.ts';
import { pairObstacle } from '../generators/pair-obstacles.ts';
import { areaOfCells } from '../generators/walkable-area.ts';
import { footprintOf, toWorld } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { pointInPolygon, round } from '../geometry/polygon.ts';
import type { Dropped, Pose, Relation, SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import { wrap } from '../solver/floor-candidates.ts';
import { openingFoot, openingZone, streamOf } from '../solver/layout.ts';
import { frontStrip, RoomSpace } from '../solver/room-space.ts';

/** What happened in the real room. A uuid that is there already moves or resizes that thing. */
export interface RealChange {
    /** Boxes that appeared or changed, in the frame of {@link RoomCapture.objects}. */
    readonly set?: readonly CapturedObject[];
    /** uuids of what is gone. */
    readonly remove?: readonly string[];
}

/** What a change did to the virtual room. */
export interface MixedUpdate {
    /** Ids of virtual nodes with another pose or size than before, those that came, those that went. */
    readonly moved: readonly string[];
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Furniture that found no place any more. */
    readonly dropped: readonly Dropped[];
}

/** Candidate places around the old one: rings of 10 cm, at most this far, metres. */
const FARTHEST = 2.4;
const RING = 0.1;
/** Places tried against the walker for one thing; the first few almost always do. */
const WALK_TESTS = 6;

/** See the file comment. */
export class MixedRoom {
    readonly #capture: RoomCapture;
    readonly #rng: Rng;
    readonly #space: RoomSpace;
    readonly #empty: () => void;
    readonly #objects = new Map<string, CapturedObject>();
    readonly #counts = new Map<string, number>();
    #fits = new Map<string, FittedObstacle>();
    #graph: SceneGraph;

    /** Generates the room as {@link generateFromCapture} does. */
    constructor(capture: RoomCapture, options: GenerateOptions) {
        this.#capture = capture;
        this.#rng = options.rng;
        this.#graph = generateFromCapture(capture, options).graph;
        const [room] = this.#graph.rooms;
        const { walls, openings } = this.#graph;
        const doors = openings.filter((o) => o.type !== 'window').map((o) => openingFoot(o, walls, 0.3));
        this.#space = new RoomSpace(
            room!,
            doors,
            openings.map((o) => openingZone(o, walls))
        );
        this.#empty = this.#space.save();
        for (const o of capture.objects) this.#objects.set(o.uuid, o);
        this.#fits = this.#fitAll();
        this.#countUp();
    }

    /** The room as it is now. */
    get graph(): SceneGraph {
        return this.#graph;
    }

    /**
     * Goes on from a graph that was edited elsewhere: this room's, with other virtual things. What covers real things is paired
     * again with the next change. Throws `bad-input` for another room's graph.
     */
    adopt(graph: SceneGraph): void {
        const outline = (g: SceneGraph): string => JSON.stringify([g.rooms, g.walls, g.openings]);
        if (outline(graph) !== outline(this.#graph))
            throw badInput(
                'the graph is of another room',
                'the same rooms, walls and openings',
                'Make a new MixedRoom'
            );
        this.#graph = graph;
        this.#fits = new Map();
        this.#countUp();
    }

    #countUp(): void {
        for (const n of this.#graph.nodes) {
            const number = Number(n.id.slice(n.id.lastIndexOf('-') + 1));
            if (number > 0) this.#counts.set(n.class, Math.max(this.#counts.get(n.class) ?? 0, number));
        }
    }

    /** Takes a change in. Throws `bad-input` for boxes that are not finite or have no size; nothing is changed then. */
    update(change: RealChange): MixedUpdate {
        for (const o of change.set ?? []) checkBox(o);
        for (const uuid of change.remove ?? []) this.#objects.delete(uuid);
        for (const o of change.set ?? []) this.#objects.set(o.uuid, o);
        const before = new Map(this.#graph.nodes.map((n) => [n.id, n]));
        const edit = new Edit(this.#graph);
        const fits = this.#fitAll();
        this.#pairAgain(edit, fits);
        this.#fits = fits;
        const dropped = this.#makeRoom(edit);
        this.#graph = this.#written(edit, dropped);
        const after = new Map(this.#graph.nodes.map((n) => [n.id, n]));
        const virtual = (n: SceneNode): boolean => !n.real;
        const gone = [...before.values()].filter((n) => virtual(n) && !after.has(n.id)).map((n) => n.id);
        return {
            moved: [...after.values()]
                .filter((n) => virtual(n) && before.has(n.id) && !sameBox(before.get(n.id)!, n))
                .map((n) => n.id),
            added: [...after.values()].filter((n) => virtual(n) && !before.has(n.id)).map((n) => n.id),
            removed: gone,
            dropped
        };
    }

    #fitAll(): Map<string, FittedObstacle> {
        // What is beyond the walls is no business of this room.
        const { polygon } = this.#capture;
        const objects = [...this.#objects.values()].filter((o) => pointInPolygon(polygon, o.x, o.z, 0.15));
        return new Map(fitObstacles(objects, polygon).map((f, i) => [objects[i]!.uuid, f]));
    }

    /** Real nodes and counterparts of everything whose fitted box changed. */
    #pairAgain(edit: Edit, fits: ReadonlyMap<string, FittedObstacle>): void {
        const name = this.#capture.name;
        const uuidOf = (real: string): string => edit.get(real)?.provenance.source.slice(name.length + 1) ?? '';
        const realOf = (uuid: string): SceneNode | undefined =>
            edit.list().find((n) => n.real && n.provenance.source === `${name} ${uuid}`);
        for (const n of edit.list()) {
            const gone = n.real && n.provenance.source.startsWith(`${name} `);
            if (gone && !fits.has(n.provenance.source.slice(name.length + 1))) edit.removePair(n.id);
        }
        const news = new Set(
            [...fits].flatMap(([uuid, fit]) => {
                const was = this.#fits.get(uuid);
                return was && sameCapture(was.box, fit.box) ? [] : [uuid];
            })
        );
        // A lamp on a table that was moved or taken away is paired again too.
        const raised = new Map<string, SceneNode>();
        for (const n of edit.list()) {
            if (!n.covers || n.support.kind !== 'node') continue;
            for (const id of n.covers) if (!raised.has(uuidOf(id))) raised.set(uuidOf(id), n);
        }
        for (const [uuid] of fits) {
            const on = raised.get(uuid);
            const under = on && edit.get(on.support.parent);
            if (on && (!under || under.covers?.some((id) => news.has(uuidOf(id))))) news.add(uuid);
        }
        const changed = [...fits].filter(([uuid]) => news.has(uuid));
        // What stands on the floor first: the rest finds what it stands on.
        changed.sort((a, b) => Number(a[1].object.y > 0.12) - Number(b[1].object.y > 0.12));
        for (const [uuid, fit] of changed) {
            const old = realOf(uuid);
            const was = old && edit.list().find((n) => n.covers?.includes(old.id));
            const real = this.#realNode(uuid, fit, old?.id ?? this.#nextId(`real-${fit.object.label}`));
            // What larger boxes cover whole is no obstacle of its own.
            if (fit.box) edit.set(real);
            else edit.remove(real.id);
            const found = pairObstacle(
                fit,
                {
                    capture: { ...this.#capture, objects: [...this.#objects.values()] },
                    placed: edit.list().filter((n) => n.covers && n.id !== was?.id),
                    room: real.room,
                    walls: this.#graph.walls.map((w) => w.id)
                },
                streamOf(this.#rng, 'pair', uuid)
            );
            if (!found) {
                if (was) edit.remove(was.id);
                edit.dropped.push({ id: real.id, class: real.class, reason: 'lies within a larger obstacle' });
                continue;
            }
            // A thing that only moved keeps its name, class and looks.
            const same = was && was.class === found.class;
            if (was && !same) edit.remove(was.id);
            const node: SceneNode = {
                ...found,
                id: same ? was.id : this.#nextId(found.class),
                room: real.room,
                variant: same ? was.variant : streamOf(this.#rng, 'variant', uuid).integer(64),
                locked: false,
                real: false,
                priority: 0.98,
                provenance: { generator: 'pairing', source: real.id },
                covers: [real.id]
            };
            if (same) edit.carry(was, node);
            edit.set(node);
            edit.touched.add(node.id);
            edit.pair(node.id, real.id);
        }
    }

    #realNode(uuid: string, fit: FittedObstacle, id: string): SceneNode {
        const o = fit.object.label === 'obstacle' ? (fit.box ?? fit.object) : fit.object;
        const room = this.#graph.rooms[0]!;
        return {
            id,
            class: o.label,
            room: room.id,
            dims: { width: o.width, height: o.height, depth: o.depth },
            pose: { x: o.x, y: round(room.floorY + o.y), z: o.z, yaw: o.yaw },
            support: { kind: 'none', parent: room.id },
            variant: 0,
            locked: true,
            real: true,
            priority: 1,
            provenance: { generator: 'capture', source: `${this.#capture.name} ${uuid}` }
        };
    }

    /** Repaints the floor with what stays and finds places for what is in the way. */
    #makeRoom(edit: Edit): Dropped[] {
        const dropped: Dropped[] = [];
        const displaced = this.#displaced(edit);
        this.#empty();
        for (const n of edit.list()) if (!displaced.has(n.id)) this.#occupy(n);
        for (const n of edit.list()) if (!displaced.has(n.id) && onFloor(n)) this.#keepFront(n);
        this.#space.walk.settle();
        const order = [...displaced].map((id) => edit.get(id)!).sort((a, b) => b.priority - a.priority);
        for (const n of order) {
            const pose = onFloor(n) ? this.#nearestFree(n, edit, displaced) : null;
            displaced.delete(n.id);
            if (pose) {
                const moved = { ...n, pose };
                edit.carry(n, moved);
                edit.set(moved);
                continue;
            }
            for (const gone of edit.remove(n.id)) {
                dropped.push({
                    id: gone.id,
                    class: gone.class,
                    reason: gone.id === n.id ? 'the real room left no place for it' : `stood on ${n.id}`
                });
            }
        }
        return dropped;
    }

    /** Free virtual nodes that meet a touched one, leave the room, or lost what they stood on. */
    #displaced(edit: Edit): Set<string> {
        const out = new Set<string>();
        const touched = [...edit.touched].flatMap((id) => edit.get(id) ?? []);
        const boxes = touched.map((n) => ({ id: n.id, parent: n.support.parent, box: boxOf(n) }));
        for (const n of edit.list()) {
            if (n.real || n.covers || n.locked || edit.touched.has(n.id)) continue;
            if (n.support.kind === 'node') {
                const parent = edit.get(n.support.parent);
                if (!parent) out.add(n.id);
                if (parent) continue;
            }
            if (furnitureClass(n.class).flat) continue;
            const box = boxOf(n);
            const meets = boxes.some(
                (t) =>
                    t.parent !== n.id &&
                    boxesMeet(t.box, box) &&
                    penetration(t.box, box) > CERTIFICATE_TOLERANCES.collision / 2
            );
            if (meets) out.add(n.id);
        }
        return out;
    }

    #occupy(n: SceneNode): void {
        const low = n.pose.y - this.#space.room.floorY < 1.9;
        const flat = !n.real && furnitureClass(n.class).flat === true;
        const hung = n.support.kind === 'wall' && n.dims.depth <= 0.06;
        if (low && !flat && !hung && n.class !== 'curtain' && (n.support.kind !== 'node' || n.real))
            this.#space.occupy(n.pose, n.dims);
    }

    #keepFront(n: SceneNode): void {
        const front = n.covers ? 0 : furnitureClass(n.class).front;
        if (front > 0) this.#space.keepClear(frontStrip(footprintOf(n.pose, n.dims), front));
    }

    /** The nearest free pose to the old one: rings of 10 cm with the four turns. Rugs stay or go. */
    #nearestFree(n: SceneNode, edit: Edit, displaced: ReadonlySet<string>): Pose | null {
        const kind = furnitureClass(n.class);
        if (kind.flat) return null;
        const others = edit
            .list()
            .filter((o) => o.id !== n.id && !displaced.has(o.id) && !isFlat(o) && !standsOn(o, n.id, edit))
            .map(boxOf);
        let walks = 0;
        for (const pose of posesAround(n.pose)) {
            if (!this.#space.free(pose, n.dims, kind.front)) continue;
            const box = boxOf({ ...n, pose });
            if (outsideBy(box, this.#space.room) > CERTIFICATE_TOLERANCES.bounds / 2) continue;
            if (others.some((o) => boxesMeet(o, box) && penetration(o, box) > 0)) continue;
            if (!this.#space.place(pose, n.dims, kind.front)) {
                if (++walks >= WALK_TESTS) return null;
                continue;
            }
            return pose;
        }
        return null;
    }

    #nextId(className: string): string {
        const count = (this.#counts.get(className) ?? 0) + 1;
        this.#counts.set(className, count);
        return `${className}-${count}`;
    }

    #written(edit: Edit, dropped: readonly Dropped[]): SceneGraph {
        const nodes = edit.list();
        const known = new Set(nodes.map((n) => n.id));
        const walk = this.#space.walk;
        const others = [...this.#graph.walls, ...this.#graph.openings, ...this.#graph.rooms].map((x) => x.id);
        const named = new Set([...known, ...others]);
        const room = this.#space.room.id;
        return {
            ...this.#graph,
            nodes,
            relations: edit.relations.filter((r) => known.has(r.a) && (!r.b || named.has(r.b))),
            groups: this.#graph.groups
                .map((g) => ({ ...g, members: g.members.filter((m) => known.has(m)) }))
                .filter((g) => g.members.length > 0),
            walkable: [areaOfCells(room, walk.grid, walk.mainArea())],
            dropped: [...this.#graph.dropped.filter((d) => !known.has(d.id)), ...edit.dropped, ...dropped]
        };
    }
}

/** The nodes while they are being changed. */
class Edit {
    readonly touched = new Set<string>();
    readonly dropped: Dropped[] = [];
    relations: Relation[];
    readonly #nodes: Map<string, SceneNode>;

    constructor(graph: SceneGraph) {
        this.#nodes = new Map(graph.nodes.map((n) => [n.id, n]));
        this.relations = [...graph.relations];
    }

    list(): SceneNode[] {
        return [...this.#nodes.values()];
    }

    get(id: string): SceneNode | undefined {
        return this.#nodes.get(id);
    }

    set(node: SceneNode): void {
        this.#nodes.set(node.id, node);
    }

    /** Removes a node and what stands on it; returns them. */
    remove(id: string): SceneNode[] {
        const node = this.#nodes.get(id);
        if (!node) return [];
        this.#nodes.delete(id);
        const on = this.list().filter((n) => n.support.kind === 'node' && n.support.parent === id && !n.covers);
        return [node, ...on.flatMap((n) => this.remove(n.id))];
    }

    removePair(real: string): void {
        this.remove(real);
        for (const n of this.list()) {
            if (!n.covers?.includes(real)) continue;
            for (const gone of this.remove(n.id)) {
                if (gone.id !== n.id) this.dropped.push({ id: gone.id, class: gone.class, reason: `stood on ${n.id}` });
            }
        }
    }

    pair(a: string, b: string): void {
        this.relations = this.relations.filter((r) => r.type !== 'pair' || (r.a !== a && r.b !== b));
        this.relations.push({ type: 'pair', a, b, weight: 1, hard: true });
    }

    /** Moves what stands on a node with it; what no longer fits its top falls off. */
    carry(from: SceneNode, to: SceneNode): void {
        const [f, g] = [footprintOf(from.pose, from.dims), footprintOf(to.pose, to.dims)];
        const grown = to.pose.y + to.dims.height - from.pose.y - from.dims.height;
        for (const n of this.list()) {
            if (n.support.kind !== 'node' || n.support.parent !== from.id || n.covers) continue;
            const u = (n.pose.x - f.x) * f.ux + (n.pose.z - f.z) * f.uz;
            const v = (n.pose.x - f.x) * f.vx + (n.pose.z - f.z) * f.vz;
            const r = hypot(n.dims.width, n.dims.depth) / 2;
            const fits = Math.abs(u) + r < g.halfWidth + 1e-3 && Math.abs(v) + r < g.halfDepth + 1e-3;
            const same = from.dims.width <= to.dims.width && from.dims.depth <= to.dims.depth;
            const onTop = Math.abs(n.pose.y - from.pose.y - from.dims.height) < 0.011;
            if ((!fits && !same) || (!onTop && Math.abs(grown) > 1e-4)) {
                for (const gone of this.remove(n.id))
                    this.dropped.push({ id: gone.id, class: gone.class, reason: `fell off ${to.id}` });
                continue;
            }
            const [x, z] = toWorld(g, u, v);
            const yaw = wrap(n.pose.yaw + to.pose.yaw - from.pose.yaw);
            const moved = { ...n, pose: { x: round(x), y: round(n.pose.y + grown), z: round(z), yaw } };
            this.set(moved);
            this.carry(n, moved);
        }
    }
}

const onFloor = (n: SceneNode): boolean => !n.real && n.support.kind === 'floor';
const isFlat = (n: SceneNode): boolean => !n.real && furnitureClass(n.class).flat === true;

function standsOn(n: SceneNode, id: string, edit: Edit): boolean {
    let at: SceneNode | undefined = n;
    while (at && at.support.kind === 'node') {
        if (at.support.parent === id) return true;
        at = edit.get(at.support.parent);
    }
    return false;
}

function sameBox(a: SceneNode, b: SceneNode): boolean {
    const [p, q] = [a.pose, b.pose];
    const [d, e] = [a.dims, b.dims];
    return (
        p.x === q.x &&
        p.y === q.y &&
        p.z === q.z &&
        p.yaw === q.yaw &&
        d.width === e.width &&
        d.height === e.height &&
        d.depth === e.depth
    );
}

function sameCapture(a: CapturedObject | null, b: CapturedObject | null): boolean {
    if (!a || !b) return a === b;
    const keys = ['label', 'x', 'y', 'z', 'yaw', 'width', 'height', 'depth', 'surface', 'onWall'] as const;
    return keys.every((k) => a[k] === b[k]);
}

/** The old place first, then rings of 10 cm around it with the four turns, nearest first. */
function* posesAround(pose: Pose): Generator<Pose> {
    for (let turn = 0; turn < 4; turn++) yield { ...pose, yaw: wrap(pose.yaw + (turn * Math.PI) / 2) };
    for (let radius = RING; radius <= FARTHEST; radius += RING) {
        const steps = Math.max(8, Math.round((2 * Math.PI * radius) / 0.25));
        for (let k = 0; k < steps; k++) {
            const angle = (2 * Math.PI * k) / steps;
            const [x, z] = [round(pose.x + radius * exactCos(angle)), round(pose.z + radius * exactSin(angle))];
            for (let turn = 0; turn < 4; turn++) {
                yield { x, y: pose.y, z, yaw: wrap(pose.yaw + (turn * Math.PI) / 2) };
            }
        }
    }
}

function checkBox(o: CapturedObject): void {
    const numbers = [o.x, o.y, o.z, o.yaw, o.width, o.height, o.depth];
    const fine = numbers.every((v) => Number.isFinite(v) && Math.abs(v) < 1000);
    if (fine && Math.min(o.width, o.height, o.depth) >= 0.02) return;
    throw badInput(
        `the box ${o.uuid} is ${o.width} x ${o.height} x ${o.depth} m at (${o.x}, ${o.y}, ${o.z})`,
        'finite metres under 1000, at least 2 cm a side',
        'Leave the box out until it is tracked'
    );
}
