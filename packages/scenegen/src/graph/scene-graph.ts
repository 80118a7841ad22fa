/**
 * The scene graph: one JSON type that every generator emits, the solver completes and the exporters read. It travels whole
 * inside glTF (`scene.extras.mixreelGraph`), so that a scene can be edited and solved again from its file.
 *
 * Metres, radians, right-handed, y up. Plan coordinates are [x, z]. A node's own frame has its origin at the centre of the
 * underside of its box, its front along +z and its width along x; `yaw` turns it about +y, so the front points along
 * [sin yaw, cos yaw] in plan. A room's polygon has positive shoelace area in (x, z): its inside is on the left of
 * each edge when x points right and z points up.
 */

/** A point of the floor plan, [x, z], metres. */
export type PlanPoint = readonly [x: number, z: number];

/** What a room can be for: `room` when nothing is known. */
export const ROOM_TYPES = [
    'living_room',
    'bedroom',
    'kitchen',
    'bathroom',
    'dining_room',
    'office',
    'meeting_room',
    'music_room',
    'hall',
    'room'
] as const;

/** See {@link ROOM_TYPES}. */
export type RoomType = (typeof ROOM_TYPES)[number];

/** A room: a prism over a simple polygon. */
export interface Room {
    readonly id: string;
    readonly type: RoomType;
    /** 3 to 256 corners, see the file comment for the orientation. */
    readonly polygon: readonly PlanPoint[];
    /** Height of the floor, metres. */
    readonly floorY: number;
    /** Floor to ceiling, metres, 1.8 to 20. */
    readonly height: number;
    readonly real: boolean;
    /** Style name, if not the scene's. */
    readonly style?: string;
}

/** One straight wall, seen from inside its room. */
export interface Wall {
    readonly id: string;
    readonly room: string;
    /** Start and end along the room's polygon. */
    readonly a: PlanPoint;
    readonly b: PlanPoint;
    /** Metres above the room's floor. */
    readonly height: number;
    /** Metres, outward from the line a-b. */
    readonly thickness: number;
    readonly real: boolean;
}

/** A hole in a wall. */
export interface Opening {
    readonly id: string;
    readonly wall: string;
    readonly type: 'door' | 'window' | 'passage';
    /** From the wall's `a` to the middle of the hole, metres. */
    readonly offset: number;
    readonly width: number;
    /** Bottom of the hole above the floor, metres; 0 for doors. */
    readonly sill: number;
    readonly height: number;
    readonly real: boolean;
    /** The room on the other side, if it is part of the scene. */
    readonly toRoom?: string;
}

/** The floor surface of a room. */
export interface Floor {
    readonly id: string;
    readonly room: string;
    readonly y: number;
    /** A material name of the style. */
    readonly material: string;
}

/** A box in metres: width along the node's x, height along y, depth along z. */
export interface Dimensions {
    readonly width: number;
    readonly height: number;
    readonly depth: number;
}

/** Where a node stands: the centre of the underside of its box, and its turn about +y. */
export interface Pose {
    readonly x: number;
    readonly y: number;
    readonly z: number;
    /** Radians. */
    readonly yaw: number;
}

/** What holds a node up. `none` is for real things whose support was not seen. */
export interface Support {
    readonly kind: 'floor' | 'wall' | 'ceiling' | 'node' | 'none';
    /** Id of the floor, wall, room (ceiling) or node. */
    readonly parent: string;
    /** Which surface of a node: `top`, `shelf-2`. */
    readonly surface?: string;
}

/** Who made a node, and by which rule. */
export interface Provenance {
    /** `capture`, `pairing`, `rules`, `text`, `edit`, `user` … */
    readonly generator: string;
    /** The rule, the captured entity's uuid, or the words of the request. */
    readonly source: string;
}

/** What a person can do with a thing. */
export type Behaviour = 'sit' | 'lie' | 'open' | 'switch';

/** A thing in the scene. */
export interface SceneNode {
    readonly id: string;
    /** A class of the catalogue for a virtual node; any class name for a real one. */
    readonly class: string;
    readonly room: string;
    readonly dims: Dimensions;
    readonly pose: Pose;
    readonly support: Support;
    /** Picks the form and the materials among those the class and the style offer; 0 to 2^32 - 1. */
    readonly variant: number;
    /** Never moved by the solver. Real nodes are locked. */
    readonly locked: boolean;
    /** Stands in the real room. */
    readonly real: boolean;
    /** Dropped in order of rising priority when a scene has no valid solution; 0 to 1. */
    readonly priority: number;
    readonly provenance: Provenance;
    /** Real nodes that this virtual one stands in for. */
    readonly covers?: readonly string[];
    /** Style name, if not the scene's. */
    readonly style?: string;
    /** Numbers that the class understands, `seatHeight` for one; metres. */
    readonly params?: Readonly<Record<string, number>>;
    /** Material slot to colour name or `#rrggbb`: overrides of the style. */
    readonly colors?: Readonly<Record<string, string>>;
    /** What a person can do with it, given by who made it: sit, lie, open, switch. */
    readonly behaviours?: readonly Behaviour[];
}

/** Kinds of relation: the union of GRAINS, SceneEval and PlanIT edges, with clearance, and pairing with something real. */
export const RELATION_TYPES = [
    'support',
    'surround',
    'co-occurrence',
    'next-to',
    'near',
    'across',
    'facing',
    'against-wall',
    'corner',
    'on-wall',
    'hanging',
    'aligned',
    'symmetric',
    'clearance',
    'pair'
] as const;

/** See {@link RELATION_TYPES}. */
export type RelationType = (typeof RELATION_TYPES)[number];

/** `a` stands in this relation to `b`. */
export interface Relation {
    readonly type: RelationType;
    /** Node id. */
    readonly a: string;
    /** Node, wall, opening or room id; absent where the relation has one side only. */
    readonly b?: string;
    /** Metres or radians, by name: `distance`, `side`. */
    readonly params?: Readonly<Record<string, number>>;
    /** 0 to 1; how much a soft relation counts. */
    readonly weight: number;
    /** Must hold, or the request fails. */
    readonly hard: boolean;
}

/** Nodes that belong together: a bed with its nightstands. */
export interface NodeGroup {
    readonly id: string;
    readonly class: string;
    readonly members: readonly string[];
}

/** A prism in which nothing virtual may stand. */
export interface KeepOut {
    readonly id: string;
    readonly room: string;
    readonly polygon: readonly PlanPoint[];
    /** Metres above the floor. */
    readonly from: number;
    readonly to: number;
    readonly reason: string;
}

/** Where a person can walk: the part of a room's floor that a walker 0.4 m wide reaches. */
export interface WalkableArea {
    readonly room: string;
    /** Disjoint rectangles [x0, z0, x1, z1] of possible positions of the walker's middle. */
    readonly rectangles: readonly (readonly [number, number, number, number])[];
    /** Their area, m2. */
    readonly area: number;
}

/** Where a picture is taken from. */
export interface Viewpoint {
    readonly name: string;
    readonly position: readonly [number, number, number];
    readonly target: readonly [number, number, number];
    /** Vertical field of view, radians. */
    readonly yfov: number;
}

/** Something that was asked for or seen and is not in the scene. */
export interface Dropped {
    readonly id: string;
    readonly class: string;
    readonly reason: string;
}

/** See the file comment. */
export interface SceneGraph {
    readonly format: 'mixreel-scene';
    readonly version: 1;
    /** The seed that made it. */
    readonly seed: number | string;
    /** Style name, see `STYLES`. */
    readonly style: string;
    readonly rooms: readonly Room[];
    readonly walls: readonly Wall[];
    readonly openings: readonly Opening[];
    readonly floors: readonly Floor[];
    readonly nodes: readonly SceneNode[];
    readonly relations: readonly Relation[];
    readonly groups: readonly NodeGroup[];
    readonly keepOuts: readonly KeepOut[];
    readonly walkable: readonly WalkableArea[];
    readonly viewpoints: readonly Viewpoint[];
    readonly dropped: readonly Dropped[];
}
