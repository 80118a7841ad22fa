/**
 * A room being furnished: the nodes so far, and the free floor, walls and surfaces beside them. Generators ask for things by
 * class and place; what comes back is a node in a free pose or nothing. Nothing here moves what is there already.
 */
import type { Rng, RngStream } from '@mixreel/core';
import { furnitureClass } from '../catalogue/catalogue.ts';
import { corners, footprintOf, nodeFootprint } from '../geometry/footprint.ts';
import { distance, overlapArea, round } from '../geometry/polygon.ts';
import type {
    Dimensions,
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
import { type Candidate, ranked } from './floor-candidates.ts';
import { type ClearZone, RoomSpace } from './room-space.ts';
import { type Spot, SurfaceSpace } from './surface-space.ts';
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
    readonly floor: RoomSpace;
    readonly wall: WallSpace;
    readonly #surfaces = new Map<string, SurfaceSpace>();
    readonly #counts: Map<string, number>;

    /** @param counts - Running numbers of node ids by class, shared by the rooms of a scene. */
    constructor(
        room: Room,
        walls: readonly Wall[],
        openings: readonly Opening[],
        counts: Map<string, number> = new Map()
    ) {
        this.room = room;
        this.walls = walls;
        this.openings = openings;
        this.#counts = counts;
        const zones = openings.map((o) => openingZone(o, walls));
        const doors = openings.filter((o) => o.type !== 'window').map((o) => openingFoot(o, walls, 0.3));
        this.floor = new RoomSpace(room, doors, zones);
        this.wall = new WallSpace(room, walls, openings);
    }

    /** Adds a node as it is, without asking: what is real, locked or given. */
    add(node: SceneNode): SceneNode {
        this.nodes.push(node);
        const flat = furnitureFlat(node);
        const low = node.pose.y - this.room.floorY < 1.9;
        if (!flat && low && (node.support.kind !== 'node' || node.real)) this.floor.occupy(node.pose, node.dims);
        this.#note(node);
        return node;
    }

    /** The first free of the candidates, best first; null if none is. */
    placeOnFloor(wanted: Wanted, candidates: readonly Candidate[], stream: RngStream, noise = 0.25): SceneNode | null {
        const kind = furnitureClass(wanted.class);
        const front = wanted.front ?? kind.front;
        let walkTests = 0;
        for (const { pose } of ranked(candidates, stream, noise)) {
            if (kind.flat ? !this.#flatFree(pose, wanted.dims) : !this.floor.free(pose, wanted.dims, front)) continue;
            if (!this.#clearAbove(pose, wanted.dims)) continue;
            if (!kind.flat) {
                if (walkTests++ > 12) return null;
                if (!this.floor.place(pose, wanted.dims, front)) continue;
            }
            return this.#commit(wanted, pose, { kind: 'floor', parent: `floor-${this.room.id}` });
        }
        return null;
    }

    /** Puts a thing at one pose on the floor if it is free there. */
    placeAt(wanted: Wanted, pose: Pose): SceneNode | null {
        const kind = furnitureClass(wanted.class);
        const front = wanted.front ?? kind.front;
        if (kind.flat ? !this.#flatFree(pose, wanted.dims) : !this.floor.free(pose, wanted.dims, front)) return null;
        if (!this.#clearAbove(pose, wanted.dims)) return null;
        if (!kind.flat && !this.floor.place(pose, wanted.dims, front)) return null;
        return this.#commit(wanted, pose, { kind: 'floor', parent: `floor-${this.room.id}` });
    }

    /** The state now; calling the result goes back to it. */
    save(): () => void {
        const [nodes, relations] = [this.nodes.length, this.relations.length];
        const undo = [this.floor.save(), this.wall.save(), ...[...this.#surfaces.values()].map((s) => s.save())];
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
        const all = heights.flatMap((y) => this.wall.candidates(wanted.dims, y));
        const walls = new Map(all.map((c) => [c.pose, c.wall]));
        const tagged = ranked(all, stream, 0.5);
        const byPose = all.map((c) => c.pose);
        for (const { pose } of tagged) {
            const wall = walls.get(pose) ?? all[byPose.indexOf(pose)]!.wall;
            if (!this.wall.free(wall, pose, wanted.dims) || !this.#clearAbove(pose, wanted.dims)) continue;
            return this.#commit(wanted, pose, { kind: 'wall', parent: wall });
        }
        return null;
    }

    /** Hangs a thing at a given pose on a wall if it is free. */
    hangAt(wanted: Wanted, wall: string, pose: Pose, overOpenings: boolean): SceneNode | null {
        if (!this.wall.free(wall, pose, wanted.dims, overOpenings) || !this.#clearAbove(pose, wanted.dims)) return null;
        return this.#commit(wanted, pose, { kind: 'wall', parent: wall });
    }

    /** Hangs a thing from the ceiling over a point, if nothing is in its way. */
    hangFromCeiling(wanted: Wanted, [x, z]: PlanPoint, yaw: number): SceneNode | null {
        const y = round(this.room.floorY + this.room.height - wanted.dims.height);
        const pose = { x: round(x), y, z: round(z), yaw: round(yaw) };
        if (!this.floor.contains(footprintOf(pose, wanted.dims)) || !this.#clearAbove(pose, wanted.dims)) return null;
        return this.#commit(wanted, pose, { kind: 'ceiling', parent: this.room.id });
    }

    /** Puts a small thing on a surface of `on`. */
    putOn(wanted: Wanted, on: SceneNode, spot: Spot, turn: number, stream: RngStream): SceneNode | null {
        const space = this.surfacesOf(on);
        const found = space?.find(wanted.dims, spot, turn, stream);
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

    #commit(wanted: Wanted, pose: Pose, support: Support): SceneNode {
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
        if (support.kind === 'wall' && pose.y - this.room.floorY < 1.9 && wanted.dims.depth > 0.06) {
            this.floor.occupy(pose, wanted.dims);
        }
        this.#note(node);
        return node;
    }

    #note(node: SceneNode): void {
        this.wall.occupy(node);
        for (const space of this.#surfaces.values()) {
            if (overlapArea(corners(nodeFootprint(space.node)), corners(nodeFootprint(node))) > 1e-5)
                space.occupy(node);
        }
        if (node.real) return;
        const space = new SurfaceSpace(node);
        if (space.surfaces.length === 0) return;
        for (const other of this.nodes) {
            if (other === node) continue;
            if (overlapArea(corners(nodeFootprint(node)), corners(nodeFootprint(other))) > 1e-5) space.occupy(other);
        }
        this.#surfaces.set(node.id, space);
    }

    /** Flat things may lie under others, not under one another. */
    #flatFree(pose: Pose, dims: Dimensions): boolean {
        const f = footprintOf(pose, dims);
        if (!this.floor.contains(f)) return false;
        return this.nodes.every((n) => !furnitureFlat(n) || overlapArea(corners(nodeFootprint(n)), corners(f)) < 1e-5);
    }

    /** True if the box at a pose meets no other box (a rug under furniture is met by design). */
    #clearAbove(pose: Pose, dims: Dimensions, except?: string): boolean {
        const shape = corners(footprintOf(pose, dims));
        const reach = Math.hypot(dims.width, dims.depth) / 2;
        return this.nodes.every((n) => {
            if (n.id === except || furnitureFlat(n)) return true;
            if (n.pose.y >= pose.y + dims.height - 1e-4 || n.pose.y + n.dims.height <= pose.y + 1e-4) return true;
            const far = reach + Math.hypot(n.dims.width, n.dims.depth) / 2;
            if ((n.pose.x - pose.x) ** 2 + (n.pose.z - pose.z) ** 2 > far * far) return true;
            return overlapArea(corners(nodeFootprint(n)), shape) < 1e-5;
        });
    }
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
