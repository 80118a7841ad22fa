/**
 * A captured real room: what plane, box and mesh detection of a headset say about it, turned into one outline, its openings,
 * what hangs on the walls and what stands in the way. Reads the format of `@iwer/sem` (Quest scene captures as JSON).
 */

import { badInput, exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';
import { distance, pointInPolygon, round } from '../geometry/polygon.ts';
import type { PlanPoint, RoomType } from '../graph/scene-graph.ts';
import { meshObstacles } from './mesh-obstacles.ts';
import { outlineFromWalls, type WallFace } from './room-outline.ts';
import {
    asBadInput,
    CAPTURE_LIMITS,
    describe,
    readEntity,
    type SpatialEntity,
    type TriangleMesh
} from './spatial-entity.ts';

/** A door or window as captured, on a wall of the outline. */
export interface CapturedOpening {
    readonly uuid: string;
    readonly type: 'door' | 'window';
    /** Index of the outline's edge. */
    readonly wall: number;
    /** From the start of the edge to the middle of the opening. */
    readonly offset: number;
    readonly width: number;
    readonly sill: number;
    readonly height: number;
}

/** A captured box. Origin at the centre of its underside, as a node's. */
export interface CapturedObject {
    readonly uuid: string;
    /** The headset's label, lower case: `couch`, `table`, `wall_art` … */
    readonly label: string;
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly yaw: number;
    readonly width: number;
    readonly height: number;
    readonly depth: number;
    /** Height of the seat or top that the headset found, above the floor, if it did. */
    readonly surface?: number;
    /** True for a flat thing on a wall. */
    readonly onWall: boolean;
}

/** See the file comment. All heights are above `floorY`. */
export interface RoomCapture {
    readonly name: string;
    readonly type: RoomType;
    readonly polygon: readonly PlanPoint[];
    readonly floorY: number;
    readonly height: number;
    readonly openings: readonly CapturedOpening[];
    readonly objects: readonly CapturedObject[];
    readonly meshes: readonly TriangleMesh[];
    /** What was in the file and is not in the room, with the reason. */
    readonly ignored: readonly { readonly uuid: string; readonly label: string; readonly reason: string }[];
}

/** Options of {@link readCapture}. */
export interface CaptureOptions {
    /** For messages and provenance. */
    readonly name?: string;
    /** What the room is for; guessed from its furniture if absent. */
    readonly type?: RoomType;
    /** Take what only the scanned mesh shows for obstacles too; true if absent. */
    readonly scan?: boolean;
}

/**
 * Reads a room capture.
 *
 * @param json - The parsed file, or its text.
 * @throws MixreelError `bad-input` for anything that is not a closed room of finite numbers, 1.8 to 20 m high.
 */
export function readCapture(json: unknown, options: CaptureOptions = {}): RoomCapture {
    try {
        return read(json, options);
    } catch (error) {
        throw asBadInput(error, `the capture ${options.name ?? ''} cannot be read`);
    }
}

function read(json: unknown, options: CaptureOptions): RoomCapture {
    const entities = entitiesOf(json);
    const faces = entities.filter((e) => e.label === 'WALL_FACE' && e.rectangle).map(wallFace);
    const polygon = outlineFromWalls(faces);
    const { floorY, height } = heights(entities, faces);
    const room = { polygon, floorY, height, ignored: [] as { uuid: string; label: string; reason: string }[] };
    const openings = openingsOf(entities, room);
    const objects = objectsOf(entities, room);
    const meshes = entities.flatMap((e) => (e.mesh ? [e.mesh] : []));
    return {
        name: options.name ?? 'capture',
        type: options.type ?? guessType(objects),
        ...room,
        openings,
        objects: options.scan === false ? objects : [...objects, ...meshObstacles({ ...room, objects }, meshes)],
        meshes
    };
}

type Outline = Pick<RoomCapture, 'polygon' | 'floorY' | 'height'> & {
    readonly ignored: { uuid: string; label: string; reason: string }[];
};

function entitiesOf(json: unknown): SpatialEntity[] {
    let value = json;
    if (typeof json === 'string') {
        if (json.length > CAPTURE_LIMITS.textBytes) {
            throw badInput(
                `the capture has ${json.length} characters`,
                `at most ${CAPTURE_LIMITS.textBytes}`,
                'Capture less'
            );
        }
        try {
            value = JSON.parse(json);
        } catch (cause) {
            throw badInput(
                'the capture is not JSON',
                'the text of a @iwer/sem capture',
                'Export the capture again',
                cause
            );
        }
    }
    const list =
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['spatialEntities'] : undefined;
    if (!Array.isArray(list)) {
        throw badInput(
            `spatialEntities is ${describe(list)}`,
            'an array of planes, boxes and meshes',
            'Pass a room capture as @iwer/sem records it'
        );
    }
    if (list.length > CAPTURE_LIMITS.entities) {
        throw badInput(
            `the capture has ${list.length} entities`,
            `at most ${CAPTURE_LIMITS.entities}`,
            'Capture one room'
        );
    }
    return list.map(readEntity);
}

type Corner = [number, number, number];

/** World points of the four corners of a plane. */
function planeCorners(e: SpatialEntity): Corner[] {
    const [x0, z0, x1, z1] = e.rectangle!;
    const X = e.axes[0]!;
    const Z = e.axes[2]!;
    const at = (a: number, b: number): [number, number, number] =>
        [0, 1, 2].map((k) => e.position[k]! + a * X[k]! + b * Z[k]!) as [number, number, number];
    return [at(x0, z0), at(x1, z0), at(x1, z1), at(x0, z1)];
}

function wallFace(e: SpatialEntity): WallFace {
    const [p, q, r] = planeCorners(e) as [Corner, Corner, Corner, Corner];
    const up = Math.abs(e.axes[2]![1]);
    if (up < 0.7) throw badInput(`wall ${e.uuid} is tilted`, 'an upright wall', 'Capture the room again');
    return {
        a: [p[0], p[2]],
        b: [q[0], q[2]],
        bottom: Math.min(p[1], r[1]),
        top: Math.max(p[1], r[1])
    };
}

function heights(entities: readonly SpatialEntity[], faces: readonly WallFace[]): { floorY: number; height: number } {
    const plane = (label: string): number | undefined =>
        entities.find((e) => e.label === label && e.rectangle)?.position[1];
    const floorY = plane('FLOOR') ?? Math.min(...faces.map((f) => f.bottom));
    const ceiling = plane('CEILING') ?? Math.max(...faces.map((f) => f.top));
    const height = ceiling - floorY;
    if (!(height >= 1.8 && height <= 20)) {
        throw badInput(`the room is ${height.toFixed(2)} m high`, '1.8 to 20 m', 'Capture floor and ceiling again');
    }
    return { floorY: round(floorY), height: round(height) };
}

/** The outline's edge nearest to a plane that hangs on it, with the plane's place along it; null if none is near. */
function onWall(
    corners: readonly (readonly number[])[],
    room: Outline
): { wall: number; from: number; to: number } | null {
    const xs = corners.map((c) => c[0]!);
    const zs = corners.map((c) => c[2]!);
    const middle: PlanPoint = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...zs) + Math.max(...zs)) / 2];
    let best: { wall: number; from: number; to: number } | null = null;
    let nearest = 0.35;
    room.polygon.forEach((a, wall) => {
        const b = room.polygon[(wall + 1) % room.polygon.length]!;
        const length = distance(a, b);
        const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
        const along = corners.map((c) => (c[0]! - a[0]) * ux + (c[2]! - a[1]) * uz);
        const across = Math.abs(-(middle[0] - a[0]) * uz + (middle[1] - a[1]) * ux);
        const from = Math.max(0.02, Math.min(...along));
        const to = Math.min(length - 0.02, Math.max(...along));
        const spread = Math.max(...along) - Math.min(...along);
        if (to - from < Math.max(0.1, 0.5 * spread) || across >= nearest) return;
        nearest = across;
        best = { wall, from, to };
    });
    return best;
}

function openingsOf(entities: readonly SpatialEntity[], room: Outline): CapturedOpening[] {
    const out: CapturedOpening[] = [];
    for (const e of entities) {
        const type = e.label === 'DOOR_FRAME' ? 'door' : e.label === 'WINDOW_FRAME' ? 'window' : null;
        if (!type || !e.rectangle) continue;
        const corners = planeCorners(e);
        const place = onWall(corners, room);
        const ys = corners.map((c) => c[1] - room.floorY);
        const sill = type === 'door' ? 0 : Math.max(0.02, Math.min(...ys));
        const top = Math.min(room.height - 0.02, Math.max(...ys));
        if (!place || top - sill < 0.2) {
            room.ignored.push({ uuid: e.uuid, label: e.label, reason: 'on no wall of this room' });
            continue;
        }
        const offset = (place.from + place.to) / 2;
        const width = place.to - place.from;
        const overlaps = out.some(
            (o) => o.wall === place.wall && Math.abs(o.offset - offset) < (o.width + width) / 2 + 0.02
        );
        if (overlaps) room.ignored.push({ uuid: e.uuid, label: e.label, reason: 'overlaps another opening' });
        else
            out.push({
                uuid: e.uuid,
                type,
                wall: place.wall,
                offset: round(offset),
                width: round(width),
                sill: round(sill),
                height: round(top - sill)
            });
    }
    return out;
}

/** A box in the world as a yaw-only box: exact for the upright boxes that headsets deliver. */
function uprightBox(e: SpatialEntity, room: Outline): Omit<CapturedObject, 'label' | 'uuid' | 'onWall'> {
    const [lo, hi] = e.box!;
    const front = e.axes[1]!;
    const yaw =
        hypot(front[0], front[2]) > 0.3 ? exactAtan2(-front[0], -front[2]) : exactAtan2(-e.axes[0]![2], e.axes[0]![0]);
    const [s, c] = [exactSin(yaw), exactCos(yaw)];
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < 8; i++) {
        const local = [i & 1 ? hi[0] : lo[0], i & 2 ? hi[1] : lo[1], i & 4 ? hi[2] : lo[2]];
        const w = [0, 1, 2].map((k) => e.position[k]! + local.reduce((sum, v, a) => sum + v * e.axes[a]![k]!, 0));
        [w[0]! * c - w[2]! * s, w[1]!, w[0]! * s + w[2]! * c].forEach((v, k) => {
            low[k] = Math.min(low[k]!, v);
            high[k] = Math.max(high[k]!, v);
        });
    }
    const [mu, mv] = [(low[0]! + high[0]!) / 2, (low[2]! + high[2]!) / 2];
    return {
        x: round(mu * c + mv * s),
        y: round(Math.max(0, low[1]! - room.floorY)),
        z: round(-mu * s + mv * c),
        yaw: round(yaw),
        width: round(high[0]! - low[0]!),
        height: round(high[1]! - Math.max(low[1]!, room.floorY)),
        depth: round(high[2]! - low[2]!)
    };
}

const STRUCTURE = new Set([
    'WALL_FACE',
    'FLOOR',
    'CEILING',
    'DOOR_FRAME',
    'WINDOW_FRAME',
    'GLOBAL_MESH',
    'INVISIBLE_WALL_FACE',
    'OPENING'
]);

function objectsOf(entities: readonly SpatialEntity[], room: Outline): CapturedObject[] {
    const out: CapturedObject[] = [];
    const planes = entities.filter((e) => e.rectangle && !STRUCTURE.has(e.label));
    for (const e of entities) {
        if (!e.box || STRUCTURE.has(e.label)) continue;
        const box = uprightBox(e, room);
        const inside = pointInPolygon(room.polygon, box.x, box.z, 0.15);
        if (!inside || box.height < 0.02 || box.width < 0.02 || box.depth < 0.02 || box.y > room.height - 0.05) {
            room.ignored.push({ uuid: e.uuid, label: e.label, reason: inside ? 'has no volume' : 'outside this room' });
            continue;
        }
        const top = planes.find(
            (p) => p.label === e.label && hypot(p.position[0] - e.position[0], p.position[2] - e.position[2]) < 0.05
        );
        const surface = top ? { surface: round(top.position[1] - room.floorY) } : {};
        const height = Math.min(box.height, round(room.height - box.y - 0.02));
        out.push({ uuid: e.uuid, label: e.label.toLowerCase(), ...box, height, ...surface, onWall: false });
    }
    for (const e of planes) {
        const boxed = out.some(
            (o) => o.label === e.label.toLowerCase() && hypot(o.x - e.position[0], o.z - e.position[2]) < 0.6
        );
        if (Math.abs(e.axes[1]![1]) > 0.7) {
            if (!boxed) room.ignored.push({ uuid: e.uuid, label: e.label, reason: 'a horizontal plane without a box' });
            continue;
        }
        const hung = wallPicture(e, room);
        if (hung) out.push(hung);
        else room.ignored.push({ uuid: e.uuid, label: e.label, reason: 'on no wall of this room' });
    }
    return out;
}

/** A flat thing on a wall becomes a box 3 cm deep in front of it. */
function wallPicture(e: SpatialEntity, room: Outline): CapturedObject | null {
    const corners = planeCorners(e);
    const place = onWall(corners, room);
    if (!place) return null;
    const a = room.polygon[place.wall]!;
    const b = room.polygon[(place.wall + 1) % room.polygon.length]!;
    const length = distance(a, b);
    const [ux, uz] = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
    const middle = (place.from + place.to) / 2;
    const depth = 0.03;
    const ys = corners.map((c) => c[1] - room.floorY);
    return {
        uuid: e.uuid,
        label: e.label.toLowerCase(),
        x: round(a[0] + ux * middle - uz * (depth / 2)),
        y: round(Math.max(0.02, Math.min(...ys))),
        z: round(a[1] + uz * middle + ux * (depth / 2)),
        yaw: round(exactAtan2(-uz, ux)),
        width: round(place.to - place.from),
        height: round(Math.min(room.height - 0.02, Math.max(...ys)) - Math.max(0.02, Math.min(...ys))),
        depth,
        onWall: true
    };
}

function guessType(objects: readonly CapturedObject[]): RoomType {
    const has = (label: string): number => objects.filter((o) => o.label === label).length;
    if (has('toilet') + has('bathtub') > 0) return 'bathroom';
    if (has('stove') + has('refrigerator') > 0) return 'kitchen';
    if (has('bed') > 0) return 'bedroom';
    const bigTable = objects.some((o) => o.label === 'table' && o.height > 0.6 && Math.max(o.width, o.depth) > 1.8);
    if (has('couch') > 0 && has('screen') < 2) return 'living_room';
    if (bigTable) return 'meeting_room';
    return has('screen') > 0 || has('table') > 0 ? 'office' : 'room';
}
