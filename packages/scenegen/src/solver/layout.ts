/**
 * A room being furnished: the nodes so far, and the free floor, walls and surfaces beside them. Generators ask for things by
 * class and place; what comes back is a node in a free pose or nothing. Nothing here moves what is there already.
 */

import type { Rng, RngStream } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { corners, footprintOf, nodeFootprint } from '../geometry/footprint.ts';
import { hypot } from '../geometry/hypot.ts';
import { distance, overlapArea, round } from '../geometry/polygon.ts';
import type {
    Dimensions,
    KeepOut,
    Opening,
    PlanPoint,
    Pose,
    Provenance,
    Relation,
    Room,
    SceneNode,
    Support,
    Wall
} from '../graph/scene-graph.ts';
import { type Candidate, middleCandidates, ranked } from './floor-candidates.ts';
import { KeepOutSpace } from './keep-out-space.ts';
import { type ClearZone, RoomSpace } from './room-space.ts';
import { type Spot, SurfaceSpace } from './surface-space.ts';
import { POCKET } from './walk-map.ts';
import { WallSpace } from './wall-space.ts';

/** A thing to be placed. */
export interface Wanted {
    readonly class: string;
    readonly dims: Dimensions;
    readonly variant: number;
    readonly priority: number;
    readonly provenance: Provenance;
    readonly params?: Readonly<Record<string, number>>;
    readonly colors?: Readonly<Record<string, string>>;
    readonly style?: string;
    /** Free floor in front; the class's own if absent. */
    readonly front?: number;
    /** Its id; the next free one of its class if absent. */
    readonly id?: string;
    /** Stands close to others by design: a centimetre between them is enough. */
    readonly snug?: boolean;
    /** What it is drawn up to, as a chair to its desk: it may stand on the floor which that one needs in front. */
    readonly drawnUpTo?: SceneNode;
}

/** Depth of the floor kept free before a door, metres: as deep as the door is wide, within these. */
const DOOR_CLEAR: readonly [number, number] = [0.6, 1.0];
/** Depth before a window in which nothing taller than its sill stands, metres. */
const WINDOW_CLEAR = 0.5;

/** See the file comment. */
export class Layout {
    readonly room: Room;
    readonly walls: readonly Wall[];
    readonly openings: readonly Opening[];
    readonly nodes: SceneNode[] = [];
    readonly relations: Relation[] = [];
    readonly #keepOuts: KeepOutSpace;
    #middle: readonly Candidate[] | null = null;
    #coarse: readonly Candidate[] | null = null;
    #behind: readonly Candidate[] | null = null;
    readonly #counts: Map<string, number>;
    /** Free floor that placed nodes claim in front, metres. */
    readonly #fronts = new Map<string, number>();
    /** What seats are drawn up to, by their ids. */
    readonly #desks = new Map<string, string | undefined>();
    readonly #shapes = new Map<SceneNode, PlacedShape>();
    #floor: RoomSpace;
    #wall: WallSpace;
    #surfaces = new Map<string, SurfaceSpace>();

    /**
     * @param counts - Running numbers of node ids by class, shared by the rooms of a scene.
     * @param keepOuts - Where nothing may be placed; those of other rooms are ignored.
     */
    constructor(
        room: Room,
        walls: readonly Wall[],
        openings: readonly Opening[],
        counts: Map<string, number> = new Map(),
        keepOuts: readonly KeepOut[] = []
    ) {
        this.room = room;
        this.walls = walls;
        this.openings = openings;
        this.#counts = counts;
        this.#keepOuts = new KeepOutSpace(room, keepOuts);
        this.#floor = this.#emptyFloor();
        this.#wall = new WallSpace(room, walls, openings);
    }

    /** What is free on the floor. */
    get floor(): RoomSpace {
        return this.#floor;
    }

    /** What is free on the walls. */
    get wall(): WallSpace {
        return this.#wall;
    }

    #emptyFloor(): RoomSpace {
        const zones = this.openings.map((o) => openingZone(o, this.walls));
        const doors = this.openings.filter((o) => o.type !== 'window').map((o) => openingFoot(o, this.walls, 0.3));
        return new RoomSpace(this.room, doors, zones);
    }

    /** Places in the middle of the room, see {@link middleCandidates}; worked out once. */
    get middle(): readonly Candidate[] {
        this.#middle ??= middleCandidates(this.room.polygon, this.room.floorY);
        return this.#middle;
    }

    /** A quarter of them, for requests whose relations suggest better places. */
    get coarseMiddle(): readonly Candidate[] {
        this.#coarse ??= middleCandidates(this.room.polygon, this.room.floorY, 0.5);
        return this.#coarse;
    }

    /** Those behind everything else: for what belongs at walls. */
    get lastMiddle(): readonly Candidate[] {
        this.#behind ??= this.coarseMiddle.map(({ pose, score }) => ({ pose, score: score - 0.6 }));
        return this.#behind;
    }

    /** Adds a node as it is, without asking: what is real, locked or given. */
    add(node: SceneNode): SceneNode {
        this.nodes.push(node);
        this.#occupy(node);
        this.#note(node);
        return node;
    }

    #occupy(node: SceneNode): void {
        const low = node.pose.y - this.room.floorY < 1.9;
        if (furnitureFlat(node) || !low || (node.support.kind === 'node' && !node.real)) return;
        if (node.support.kind === 'wall' && node.dims.depth <= 0.06 && !node.real) return;
        this.#floor.occupy(node.pose, node.dims, this.#fronts.get(node.id) ?? 0);
    }

    /** Free floor that a node was placed with in front, metres. */
    frontOf(node: SceneNode): number {
        return this.#fronts.get(node.id) ?? 0;
    }

    /** True if one of two nodes is a seat that was placed at the other. */
    together(a: SceneNode, b: SceneNode): boolean {
        return this.#desks.get(a.id) === b.id || this.#desks.get(b.id) === a.id;
    }

    /** True if a node could be there were it not for other nodes: in the room, before no opening, in no keep-out. */
    admits(node: SceneNode): boolean {
        const f = nodeFootprint(node);
        if (!this.#floor.contains(f) || !this.#floor.clearOfZones(f, node.dims.height)) return false;
        return this.#keepOuts.free(corners(f), node.pose.y, node.pose.y + node.dims.height);
    }

    /**
     * Puts nodes into other poses, all at once, and works out anew what is free.
     *
     * @returns false, and nothing has changed, if the room would be walked worse than before.
     */
    move(poses: ReadonlyMap<string, Pose>): boolean {
        const before = { nodes: [...this.nodes], floor: this.#floor, wall: this.#wall, surfaces: this.#surfaces };
        const walk = this.#floor.walk.measure();
        // Where the coarse map sees much cut off already, it cannot tell what a move would cut off.
        if (walk.cutOff > POCKET) return false;
        this.#floor = this.#emptyFloor();
        this.#wall = new WallSpace(this.room, this.walls, this.openings);
        this.#surfaces = new Map();
        const moved = before.nodes.map((n) => {
            const pose = poses.get(n.id);
            return pose ? { ...n, pose } : n;
        });
        this.nodes.length = 0;
        for (const n of moved) this.add(n);
        const after = this.#floor.walk.measure();
        if (after.doors >= walk.doors && after.cutOff <= POCKET) return true;
        this.nodes.splice(0, Infinity, ...before.nodes);
        this.#floor = before.floor;
        this.#wall = before.wall;
        this.#surfaces = before.surfaces;
        return false;
    }

    /** The first free of the candidates, best first; null if none is. */
    placeOnFloor(wanted: Wanted, candidates: readonly Candidate[], stream: RngStream, noise = 0.25): SceneNode | null {
        const kind = furnitureClass(wanted.class);
        const front = wanted.front ?? kind.front;
        const at = deskOf(wanted);
        let walkTests = 0;
        for (const { pose } of ranked(candidates, stream, noise)) {
            const free = kind.flat
                ? this.#flatFree(pose, wanted.dims)
                : this.#floor.free(pose, wanted.dims, front, wanted.snug, at);
            if (!free) continue;
            if (!this.#clearAbove(pose, wanted.dims)) continue;
            if (!kind.flat) {
                if (walkTests++ > 12) return null;
                if (!this.#floor.place(pose, wanted.dims, front)) continue;
            }
            return this.#commit(
                wanted,
                pose,
                { kind: 'floor', parent: `floor-${this.room.id}` },
                kind.flat ? 0 : front
            );
        }
        return null;
    }

    /** Puts a thing at one pose on the floor if it is free there. */
    placeAt(wanted: Wanted, pose: Pose): SceneNode | null {
        const kind = furnitureClass(wanted.class);
        const front = wanted.front ?? kind.front;
        const free = kind.flat
            ? this.#flatFree(pose, wanted.dims)
            : this.#floor.free(pose, wanted.dims, front, wanted.snug, deskOf(wanted));
        if (!free) return null;
        if (!this.#clearAbove(pose, wanted.dims)) return null;
        if (!kind.flat && !this.#floor.place(pose, wanted.dims, front)) return null;
        return this.#commit(wanted, pose, { kind: 'floor', parent: `floor-${this.room.id}` }, kind.flat ? 0 : front);
    }

    /** The state now; calling the result goes back to it. */
    save(): () => void {
        const [nodes, relations] = [this.nodes.length, this.relations.length];
        const undo = [this.#floor.save(), this.#wall.save(), ...[...this.#surfaces.values()].map((s) => s.save())];
        const surfaces = new Set(this.#surfaces.keys());
        const counts = new Map(this.#counts);
        return () => {
            this.nodes.length = nodes;
            this.relations.length = relations;
            for (const step of undo) step();
            for (const id of [...this.#surfaces.keys()]) if (!surfaces.has(id)) this.#surfaces.delete(id);
            this.#counts.clear();
            for (const [name, count] of counts) this.#counts.set(name, count);
        };
    }

    /** Hangs a thing on a wall with its underside one of `heights` above the floor. */
    hang(wanted: Wanted, heights: readonly number[], stream: RngStream): SceneNode | null {
        const all = heights.flatMap((y) => this.#wall.candidates(wanted.dims, y));
        for (const { pose, wall } of ranked(all, stream, 0.5)) {
            if (!this.#wall.free(wall, pose, wanted.dims) || !this.#clearAbove(pose, wanted.dims)) continue;
            return this.#commit(wanted, pose, { kind: 'wall', parent: wall });
        }
        return null;
    }

    /** Hangs a thing at a given pose on a wall if it is free. */
    hangAt(wanted: Wanted, wall: string, pose: Pose, overOpenings: boolean): SceneNode | null {
        if (!this.#wall.free(wall, pose, wanted.dims, overOpenings) || !this.#clearAbove(pose, wanted.dims))
            return null;
        return this.#commit(wanted, pose, { kind: 'wall', parent: wall });
    }

    /** Hangs a thing from the ceiling over a point, if nothing is in its way. */
    hangFromCeiling(wanted: Wanted, [x, z]: PlanPoint, yaw: number): SceneNode | null {
        const y = round(this.room.floorY + this.room.height - wanted.dims.height);
        const pose = { x: round(x), y, z: round(z), yaw: round(yaw) };
        if (!this.#floor.contains(footprintOf(pose, wanted.dims)) || !this.#clearAbove(pose, wanted.dims)) return null;
        return this.#commit(wanted, pose, { kind: 'ceiling', parent: this.room.id });
    }

    /** Puts a small thing on a surface of `on`; `thorough` looks everywhere before it gives up. */
    putOn(
        wanted: Wanted,
        on: SceneNode,
        spot: Spot,
        turn: number,
        stream: RngStream,
        thorough = false
    ): SceneNode | null {
        const space = this.surfacesOf(on);
        const found = space?.find(wanted.dims, spot, turn, stream, thorough);
        if (!found || !this.#clearAbove(found.pose, wanted.dims, on.id)) return null;
        return this.#commit(wanted, found.pose, { kind: 'node', parent: on.id, surface: found.surface });
    }

    surfacesOf(node: SceneNode): SurfaceSpace | null {
        return this.#surfaces.get(node.id) ?? null;
    }

    /** An id for a new node of a class: `sofa-2`. */
    nextId(className: string): string {
        const count = (this.#counts.get(className) ?? 0) + 1;
        this.#counts.set(className, count);
        return `${className}-${count}`;
    }

    #commit(wanted: Wanted, pose: Pose, support: Support, front = 0): SceneNode {
        const node: SceneNode = {
            id: wanted.id ?? this.nextId(wanted.class),
            class: wanted.class,
            room: this.room.id,
            dims: wanted.dims,
            pose,
            support,
            variant: wanted.variant,
            locked: false,
            real: false,
            priority: wanted.priority,
            provenance: wanted.provenance,
            ...(wanted.style ? { style: wanted.style } : {}),
            ...(wanted.params ? { params: wanted.params } : {}),
            ...(wanted.colors ? { colors: wanted.colors } : {})
        };
        this.nodes.push(node);
        this.#fronts.set(node.id, front);
        this.#desks.set(node.id, wanted.drawnUpTo?.id);
        if (support.kind === 'wall') this.#occupy(node);
        this.#note(node);
        return node;
    }

    #note(node: SceneNode): void {
        if (node.support.kind !== 'node') this.#wall.occupy(node);
        const shape = this.#shapeOf(node);
        for (const space of this.#surfaces.values()) {
            if (inWayOn(space.node, node) && meet(this.#shapeOf(space.node), shape)) space.occupy(node, shape.corners);
        }
        if (node.real || !furnitureClass(node.class).surfaces) return;
        const space = new SurfaceSpace(node);
        if (space.surfaces.length === 0) return;
        for (const other of this.nodes) {
            if (other !== node && inWayOn(node, other) && meet(shape, this.#shapeOf(other)))
                space.occupy(other, this.#shapeOf(other).corners);
        }
        this.#surfaces.set(node.id, space);
    }

    /** Nodes never change, so their outlines are worked out once. */
    #shapeOf(node: SceneNode): PlacedShape {
        let shape = this.#shapes.get(node);
        if (!shape) {
            shape = shapeOf(node.pose, node.dims, furnitureFlat(node));
            this.#shapes.set(node, shape);
        }
        return shape;
    }

    /** Flat things may lie under others, not under one another. */
    #flatFree(pose: Pose, dims: Dimensions): boolean {
        const f = footprintOf(pose, dims);
        if (!this.#floor.contains(f)) return false;
        const mine = shapeOf(pose, dims, true);
        return this.nodes.every((n) => {
            const theirs = this.#shapeOf(n);
            return !theirs.flat || !meet(theirs, mine);
        });
    }

    /** True if the box at a pose is in no keep-out and meets no other box (a rug under furniture is met by design). */
    #clearAbove(pose: Pose, dims: Dimensions, except?: string): boolean {
        const mine = shapeOf(pose, dims, false);
        const [y0, y1] = [pose.y + 1e-4, pose.y + dims.height - 1e-4];
        if (!this.#keepOuts.free(mine.corners, pose.y, pose.y + dims.height)) return false;
        for (const n of this.nodes) {
            if (n.pose.y >= y1 || n.pose.y + n.dims.height <= y0 || n.id === except) continue;
            const theirs = this.#shapeOf(n);
            if (!theirs.flat && meet(theirs, mine)) return false;
        }
        return true;
    }
}

/** A node's outline in plan. */
interface PlacedShape {
    readonly corners: readonly PlanPoint[];
    readonly x: number;
    readonly z: number;
    /** Radius of the circle around it. */
    readonly reach: number;
    readonly flat: boolean;
}

const shapeOf = (pose: Pose, dims: Dimensions, flat: boolean): PlacedShape => ({
    corners: corners(footprintOf(pose, dims)),
    x: pose.x,
    z: pose.z,
    reach: hypot(dims.width, dims.depth) / 2,
    flat
});

/** True if two outlines share area: circles first, which decide nearly always. */
function meet(a: PlacedShape, b: PlacedShape): boolean {
    const far = a.reach + b.reach;
    const [dx, dz] = [a.x - b.x, a.z - b.z];
    return dx * dx + dz * dz < far * far && overlapArea(a.corners, b.corners) >= 1e-5;
}

/** What a counterpart covers ends where its own surface is: it is no thing that stands on it. */
const inWayOn = (carrier: SceneNode, other: SceneNode): boolean => carrier.covers?.includes(other.id) !== true;

/** Where the thing stands whose front a seat may stand on. */
function deskOf({ drawnUpTo }: Wanted): Pose | undefined {
    return drawnUpTo && !drawnUpTo.real && furnitureClass(drawnUpTo.class).satAt ? drawnUpTo.pose : undefined;
}

function furnitureFlat(node: SceneNode): boolean {
    return !node.real && furnitureClass(node.class).flat === true;
}

/** The floor before an opening that must stay clear, and of how high things. */
export function openingZone(opening: Opening, walls: readonly Wall[]): ClearZone {
    const wall = walls.find((w) => w.id === opening.wall)!;
    const length = distance(wall.a, wall.b);
    const [ux, uz] = [(wall.b[0] - wall.a[0]) / length, (wall.b[1] - wall.a[1]) / length];
    const window = opening.type === 'window';
    const deep = window ? WINDOW_CLEAR : Math.min(DOOR_CLEAR[1], Math.max(DOOR_CLEAR[0], opening.width));
    const at = (u: number, v: number): PlanPoint => [wall.a[0] + ux * u - uz * v, wall.a[1] + uz * u + ux * v];
    const [u0, u1] = [opening.offset - opening.width / 2, opening.offset + opening.width / 2];
    return { polygon: [at(u0, 0), at(u1, 0), at(u1, deep), at(u0, deep)], above: window ? opening.sill + 0.05 : 0 };
}

/** The middle of an opening's foot, `inside` metres into the room. */
export function openingFoot(opening: Opening, walls: readonly Wall[], inside: number): PlanPoint {
    const wall = walls.find((w) => w.id === opening.wall)!;
    const length = distance(wall.a, wall.b);
    const [ux, uz] = [(wall.b[0] - wall.a[0]) / length, (wall.b[1] - wall.a[1]) / length];
    return [wall.a[0] + ux * opening.offset - uz * inside, wall.a[1] + uz * opening.offset + ux * inside];
}

/** A stream of one node's own choices. */
export const streamOf = (rng: Rng, ...name: (string | number)[]): RngStream => rng.stream('scenegen', ...name);
