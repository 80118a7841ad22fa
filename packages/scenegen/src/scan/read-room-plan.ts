/**
 * Rooms of Apple's RoomPlan (the JSON of `CapturedRoom`) and of WebXR plane and mesh detection, as captures. Both are walls,
 * openings and boxes with a transform; they are rewritten as the entities that {@link readCapture} checks and closes to a
 * room. RoomPlan's schema is the documented one; no real file was at hand to try it on.
 */

import { badInput, exactAtan2, exactCos, exactSin } from '@mixreel/core';
import { meshObstacles } from '../capture/mesh-obstacles.ts';
import { type CaptureOptions, type RoomCapture, readCapture } from '../capture/read-capture.ts';
import { describe, type TriangleMesh } from '../capture/spatial-entity.ts';
import { hypot } from '../geometry/hypot.ts';
import { distance, polygonArea } from '../geometry/polygon.ts';
import type { PlanPoint } from '../graph/scene-graph.ts';

type Json = Record<string, unknown>;
type Matrix = readonly number[];
const S = Math.SQRT1_2;

/** RoomPlan's categories by the label that a headset gives the like; what no headset names has a label of its own. */
const LABELS: Readonly<Record<string, string>> = {
    storage: 'STORAGE',
    refrigerator: 'REFRIGERATOR',
    stove: 'STOVE',
    oven: 'STOVE',
    dishwasher: 'DISHWASHER',
    washerDryer: 'WASHING_MACHINE',
    fireplace: 'STORAGE',
    sink: 'SINK',
    bathtub: 'BATHTUB',
    toilet: 'TOILET',
    stairs: 'STORAGE',
    bed: 'BED',
    table: 'TABLE',
    sofa: 'COUCH',
    chair: 'CHAIR',
    television: 'SCREEN'
};

/**
 * Reads a RoomPlan room.
 *
 * @throws MixreelError `bad-input` for anything without walls and transforms.
 */
export function readRoomPlan(json: unknown, options: CaptureOptions = {}): RoomCapture {
    let value = json;
    if (typeof json === 'string') {
        try {
            value = JSON.parse(json);
        } catch (cause) {
            throw badInput('the room is not JSON', "RoomPlan's CapturedRoom as JSON", 'Export it again', cause);
        }
    }
    const list = (key: string): Part[] => {
        const items = (value as Json | null)?.[key] ?? [];
        if (!Array.isArray(items)) throw badInput(`${key} is ${describe(items)}`, 'an array', 'Export the room again');
        return items.map((item, i) => partOf(item, `${key}[${i}]`));
    };
    const walls = list('walls');
    if (walls.length < 3) throw badInput(`the room has ${walls.length} walls`, 'at least 3', 'Scan the whole room');
    const spatialEntities = [
        ...aroundRoom(walls).map((w) => upright('WALL_FACE', w)),
        ...[...list('doors'), ...list('openings')].map((d) => upright('DOOR_FRAME', d)),
        ...list('windows').map((d) => upright('WINDOW_FRAME', d)),
        ...list('objects').map(boxEntity)
    ];
    return readCapture({ spatialEntities }, { name: 'roomplan', ...options });
}

interface Part {
    readonly uuid: string;
    readonly category: string;
    /** Column-major, metres. */
    readonly matrix: Matrix;
    readonly size: readonly [number, number, number];
}

function partOf(value: unknown, where: string): Part {
    const item = value as Json | null;
    const matrix = (item?.['transform'] as unknown[] | undefined)?.flat() as number[] | undefined;
    const size = item?.['dimensions'] as number[] | undefined;
    const numbers = (list: unknown, length: number): boolean =>
        Array.isArray(list) && list.length === length && list.every((v) => typeof v === 'number' && Math.abs(v) < 1000);
    if (!numbers(matrix, 16) || !numbers(size, 3))
        throw badInput(
            `${where} has no transform of 16 and dimensions of 3 finite numbers`,
            'both',
            'Export the room again'
        );
    const category = item!['category'];
    // Swift writes an enum as { "table": {} }, or as its name.
    const name = typeof category === 'string' ? category : Object.keys((category as Json | null) ?? {})[0];
    return {
        uuid: String(item!['identifier'] ?? where),
        category: name ?? '',
        matrix: matrix!,
        size: size as unknown as Part['size']
    };
}

/** Walls in order around the room, each turned so that the room is on its left: ends are joined to the nearest ends. */
function aroundRoom(walls: readonly Part[]): Part[] {
    const ends = (p: Part): readonly [PlanPoint, PlanPoint] => {
        const m = p.matrix;
        const [dx, dz] = [(m[0]! * p.size[0]) / 2, (m[2]! * p.size[0]) / 2];
        return [
            [m[12]! - dx, m[14]! - dz],
            [m[12]! + dx, m[14]! + dz]
        ];
    };
    const rest = [...walls];
    const order = [rest.shift()!];
    while (rest.length > 0) {
        const at = ends(order.at(-1)!)[1];
        let best = { index: 0, turned: false, gap: Infinity };
        rest.forEach((w, index) => {
            ends(w).forEach((end, k) => {
                const gap = distance(at, end);
                if (gap < best.gap) best = { index, turned: k === 1, gap };
            });
        });
        const [next] = rest.splice(best.index, 1) as [Part];
        order.push(best.turned ? turned(next) : next);
    }
    const area = polygonArea(order.map((w) => ends(w)[0]));
    return area > 0 ? order : order.map(turned);
}

/** Half a turn about the vertical. */
const turned = (p: Part): Part => ({
    ...p,
    matrix: p.matrix.map((v, k) => (k < 4 || (k >= 8 && k < 12) ? -v : v))
});

/** A wall, door or window: local x along it, y up, in a plane. */
function upright(label: string, part: Part): Json {
    const m = part.matrix;
    const [w, h] = part.size;
    const [x, y, z] = [m[12]!, m[13]!, m[14]!];
    const [ux, uz] = [m[0]!, m[2]!];
    const half = exactAtan2(-uz, ux) / 2;
    const [s, c] = [exactSin(half), exactCos(half)];
    return {
        uuid: part.uuid,
        semanticLabel_META: label,
        locatable_META: { position: { x, y, z }, orientation: { x: -S * c, y: S * s, z: S * s, w: S * c } },
        bounded2D_META: { offset: { x: -w / 2, y: -h / 2 }, extent: { width: w, height: h } }
    };
}

/** An object: a box around its middle, y up, front along local z. */
function boxEntity(part: Part): Json {
    const m = part.matrix;
    const [w, h, d] = part.size;
    const yaw = exactAtan2(m[8]!, m[10]!);
    const [s, c] = [exactSin(yaw / 2), exactCos(yaw / 2)];
    return {
        uuid: part.uuid,
        semanticLabel_META: LABELS[part.category] ?? 'STORAGE',
        locatable_META: {
            position: { x: m[12], y: m[13]! + h / 2, z: m[14] },
            orientation: { x: -S * c, y: S * s, z: S * s, w: S * c }
        },
        bounded3D_META: { offset: { x: -w / 2, y: -d / 2, z: -h }, extent: { width: w, height: d, depth: h } }
    };
}

/** What WebXR plane detection says of one plane, as plain numbers: `XRPlane.polygon` and the matrix of its space's pose. */
export interface DetectedPlane {
    /** A name that lasts as long as the plane does; its place in the list if absent. */
    readonly id?: string;
    /** `XRPlane.semanticLabel`: wall, floor, ceiling, door, window, table, couch … */
    readonly label: string;
    /** Column-major pose, 16 numbers. */
    readonly matrix: Matrix;
    /** Corners in the plane's x-z. */
    readonly polygon: readonly { readonly x: number; readonly z: number }[];
}

/** The same of a mesh. */
export interface DetectedMesh {
    /** As a plane's. */
    readonly id?: string;
    readonly label: string;
    readonly matrix: Matrix;
    readonly vertices: Float32Array;
    readonly indices: Uint32Array;
}

const XR_LABELS: Readonly<Record<string, string>> = {
    wall: 'WALL_FACE',
    floor: 'FLOOR',
    ceiling: 'CEILING',
    door: 'DOOR_FRAME',
    window: 'WINDOW_FRAME',
    table: 'TABLE',
    desk: 'TABLE',
    couch: 'COUCH',
    bed: 'BED',
    shelf: 'STORAGE',
    screen: 'SCREEN',
    lamp: 'LAMP',
    plant: 'PLANT',
    'wall art': 'WALL_ART'
};

/** Reads what a WebXR session detected: walls close the room, level planes and labelled meshes are things, the global mesh shows the rest. */
export function readDetected(
    planes: readonly DetectedPlane[],
    meshes: readonly DetectedMesh[] = [],
    options: CaptureOptions = {}
): RoomCapture {
    for (const { matrix, label } of [...planes, ...meshes])
        if (matrix.length !== 16 || !matrix.every((v) => Math.abs(v) < 1000))
            throw badInput(
                `the pose of a ${label} is not 16 finite numbers`,
                'the matrix of its XRPose',
                'Skip what has no pose yet'
            );
    const walls = planes.filter((p) => p.label === 'wall');
    if (walls.length < 3)
        throw badInput(
            `${walls.length} walls were detected`,
            'at least 3',
            'Capture the room: session.initiateRoomCapture()'
        );
    const floor =
        planes.find((p) => p.label === 'floor')?.matrix[13] ??
        Math.min(...walls.flatMap((w) => world(w).map((p) => p[1])));
    const spatialEntities = [
        ...aroundRoom(walls.map((p, i) => uprightPart(p, `wall-${i + 1}`))).map((w) => upright('WALL_FACE', w)),
        ...planes.flatMap((p, i) => (p.label === 'wall' ? [] : planeEntity(p, i, floor, meshes))),
        ...meshes.flatMap(meshEntity)
    ];
    const capture = readCapture({ spatialEntities }, { name: 'webxr', ...options, scan: false });
    const scans = meshes.filter((m) => /global/i.test(m.label)).map(worldMesh);
    const extra = options.scan === false ? [] : meshObstacles(capture, scans);
    return { ...capture, meshes: scans, objects: [...capture.objects, ...extra] };
}

function world(p: DetectedPlane): [number, number, number][] {
    return p.polygon.map(
        ({ x, z }) =>
            [0, 1, 2].map((k) => p.matrix[12 + k]! + x * p.matrix[k]! + z * p.matrix[8 + k]!) as [
                number,
                number,
                number
            ]
    );
}

/** Is a level plane the top or seat of a thing that has a mesh of its own? */
function isPartOf(p: DetectedPlane, meshes: readonly DetectedMesh[]): boolean {
    const points = world(p);
    const [x, z] = [0, 2].map((k) => points.reduce((sum, q) => sum + q[k]!, 0) / points.length) as [number, number];
    return meshes.some((m) => {
        if (m.label !== p.label || m.vertices.length === 0) return false;
        const { positions } = worldMesh(m);
        const middle = (k: number): number => {
            let [low, high] = [Infinity, -Infinity];
            for (let i = k; i < positions.length; i += 3) {
                low = Math.min(low, positions[i]!);
                high = Math.max(high, positions[i]!);
            }
            return (low + high) / 2;
        };
        return hypot(middle(0) - x, middle(2) - z) < 0.3;
    });
}

function planeEntity(p: DetectedPlane, index: number, floor: number, meshes: readonly DetectedMesh[]): Json[] {
    const label = XR_LABELS[p.label.toLowerCase()];
    const points = world(p);
    if (!label || points.length < 3) return [];
    const uuid = p.id ?? `plane-${index + 1}`;
    if (Math.abs(p.matrix[5]!) > 0.7) {
        const height = p.matrix[13]! - floor;
        if (label === 'FLOOR' || label === 'CEILING' || isPartOf(p, meshes)) {
            const flat = { x: 0, y: 0, z: 0, w: 1 };
            const position = { x: p.matrix[12], y: p.matrix[13], z: p.matrix[14] };
            return [
                {
                    uuid,
                    semanticLabel_META: label,
                    locatable_META: { position, orientation: flat },
                    bounded2D_META: { offset: { x: -1, y: -1 }, extent: { width: 2, height: 2 } }
                }
            ];
        }
        if (height < 0.05) return [];
        // A level plane is the top of a thing that stands on the floor.
        const [xs, zs] = [p.polygon.map((q) => q.x), p.polygon.map((q) => q.z)];
        const [w, d] = [Math.max(...xs) - Math.min(...xs), Math.max(...zs) - Math.min(...zs)];
        const [cx, cz] = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...zs) + Math.min(...zs)) / 2];
        const matrix = [...p.matrix];
        for (const k of [0, 2]) matrix[12 + k] = p.matrix[12 + k]! + cx * p.matrix[k]! + cz * p.matrix[8 + k]!;
        matrix[13] = floor + height / 2;
        return [{ ...boxEntity({ uuid, category: '', matrix, size: [w, height, d] }), semanticLabel_META: label }];
    }
    return [upright(label, uprightPart(p, uuid))];
}

/** An upright plane by its ends, the points that are farthest apart in plan, and its heights. */
function uprightPart(p: DetectedPlane, uuid: string): Part {
    const points = world(p);
    const ys = points.map((q) => q[1]);
    const [bottom, top] = [Math.min(...ys), Math.max(...ys)];
    const [a, b] = points
        .flatMap((q) => points.map((r) => [q, r] as const))
        .reduce((x, y) => (far(y) > far(x) ? y : x));
    const width = Math.max(far([a, b]), 1e-6);
    const [ux, uz] = [(b[0] - a[0]) / width, (b[2] - a[2]) / width];
    const middle = [(a[0] + b[0]) / 2, (bottom + top) / 2, (a[2] + b[2]) / 2];
    const matrix = [ux, 0, uz, 0, 0, 1, 0, 0, -uz, 0, ux, 0, ...middle, 1];
    return { uuid, category: '', matrix, size: [width, top - bottom, 0] };
}

const far = ([a, b]: readonly [readonly number[], readonly number[]]): number => hypot(a[0]! - b[0]!, a[2]! - b[2]!);

function worldMesh(m: DetectedMesh): TriangleMesh {
    const positions = new Float32Array(m.vertices.length);
    for (let i = 0; i < positions.length; i += 3)
        for (let k = 0; k < 3; k++)
            positions[i + k] =
                m.matrix[12 + k]! +
                m.vertices[i]! * m.matrix[k]! +
                m.vertices[i + 1]! * m.matrix[4 + k]! +
                m.vertices[i + 2]! * m.matrix[8 + k]!;
    return { positions, indices: m.indices };
}

/** A labelled mesh as the box around it, square to its own frame. */
function meshEntity(m: DetectedMesh, index: number): Json[] {
    const label = XR_LABELS[m.label.toLowerCase()];
    if (!label || m.vertices.length < 9 || ['WALL_FACE', 'FLOOR', 'CEILING'].includes(label)) return [];
    const yaw = exactAtan2(m.matrix[8]!, m.matrix[10]!);
    const [s, c] = [exactSin(yaw), exactCos(yaw)];
    const { positions } = worldMesh(m);
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 3) {
        const [x, y, z] = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
        for (const [k, v] of [x * c - z * s, y, x * s + z * c].entries()) {
            low[k] = Math.min(low[k]!, v);
            high[k] = Math.max(high[k]!, v);
        }
    }
    const [u, y, v] = [0, 1, 2].map((k) => (low[k]! + high[k]!) / 2) as [number, number, number];
    const matrix = [c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, u * c + v * s, y, -u * s + v * c, 1];
    const size = [high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!] as const;
    return [
        { ...boxEntity({ uuid: m.id ?? `mesh-${index + 1}`, category: '', matrix, size }), semanticLabel_META: label }
    ];
}
