/**
 * Spatial entities as a headset delivers them (XR_FB_scene / WebXR plane and mesh detection, in the JSON of `@iwer/sem`):
 * a pose, a semantic label, and a rectangle, a box or a triangle mesh. This file checks every number and turns the entity
 * into plain world geometry; it knows nothing of rooms.
 *
 * Frames, as found in the recordings: planes lie in their local x-z plane with +y pointing away from the room (behind a
 * wall, below a floor); boxes have local z up and +y at their back, so their front is -y.
 */
import { badInput, MixreelError } from '@mixreel/core';

/** World-space geometry of one entity. */
export interface SpatialEntity {
    readonly uuid: string;
    readonly label: string;
    readonly position: readonly [number, number, number];
    /** World directions of the local axes, unit length. */
    readonly axes: readonly (readonly [number, number, number])[];
    /** Local rectangle in x-z: [x0, z0, x1, z1]. */
    readonly rectangle?: readonly [number, number, number, number];
    /** Local box: minimum and maximum corner. */
    readonly box?: readonly [readonly [number, number, number], readonly [number, number, number]];
    readonly mesh?: TriangleMesh;
}

/** Triangles in world space. */
export interface TriangleMesh {
    /** x, y, z of each vertex, metres. */
    readonly positions: Float32Array;
    readonly indices: Uint32Array;
}

/** Bounds of what is read: a capture larger than this is refused, not attempted. */
export const CAPTURE_LIMITS: Readonly<{ entities: number; vertices: number; metres: number; textBytes: number }> =
    Object.freeze({ entities: 4096, vertices: 4_000_000, metres: 1000, textBytes: 256 * 2 ** 20 });

const MEND = 'Record the room again, or remove that entity from the file';

/** Reads one element of `spatialEntities`; `index` is for messages. */
export function readEntity(value: unknown, index: number): SpatialEntity {
    const where = `spatialEntities[${index}]`;
    const entity = asObject(value, where);
    const label = asText(entity['semanticLabel_META'] ?? 'UNRECOGNIZED', `${where}.semanticLabel_META`);
    const uuid = asText(entity['uuid'] ?? `entity-${index}`, `${where}.uuid`);
    const pose = asObject(entity['locatable_META'], `${where}.locatable_META (${label})`);
    const position = vector(pose['position'], `${where}.position`, ['x', 'y', 'z']) as [number, number, number];
    const axes = axesOf(vector(pose['orientation'], `${where}.orientation`, ['x', 'y', 'z', 'w']), where);
    const out: { -readonly [K in keyof SpatialEntity]: SpatialEntity[K] } = { uuid, label, position, axes };
    if (entity['bounded2D_META'] !== undefined) out.rectangle = rectangle(entity['bounded2D_META'], where);
    if (entity['bounded3D_META'] !== undefined) out.box = box(entity['bounded3D_META'], where);
    if (entity['triangleMesh_META'] !== undefined) out.mesh = mesh(entity['triangleMesh_META'], where, position, axes);
    return out;
}

function rectangle(value: unknown, where: string): readonly [number, number, number, number] {
    const bounds = asObject(value, `${where}.bounded2D_META`);
    const [x, z] = vector(bounds['offset'], `${where}.bounded2D_META.offset`, ['x', 'y']) as [number, number];
    const [w, h] = sizes(bounds['extent'], `${where}.bounded2D_META.extent`, ['width', 'height']) as [number, number];
    return [x, z, x + w, z + h];
}

function box(
    value: unknown,
    where: string
): readonly [readonly [number, number, number], readonly [number, number, number]] {
    const bounds = asObject(value, `${where}.bounded3D_META`);
    const o = vector(bounds['offset'], `${where}.bounded3D_META.offset`, ['x', 'y', 'z']) as [number, number, number];
    const keys = ['width', 'height', 'depth'];
    const e = sizes(bounds['extent'], `${where}.bounded3D_META.extent`, keys) as [number, number, number];
    return [o, [o[0] + e[0], o[1] + e[1], o[2] + e[2]]];
}

function mesh(
    value: unknown,
    where: string,
    position: readonly number[],
    axes: readonly (readonly number[])[]
): TriangleMesh {
    const data = asObject(value, `${where}.triangleMesh_META`);
    const raw = decodeBase64(data['vertices'], `${where}.triangleMesh_META.vertices`);
    const index = decodeBase64(data['indices'], `${where}.triangleMesh_META.indices`);
    if (raw.byteLength % 12 !== 0 || index.byteLength % 12 !== 0 || raw.byteLength / 12 > CAPTURE_LIMITS.vertices) {
        throw badInput(
            `${where}.triangleMesh_META holds ${raw.byteLength} bytes of vertices and ${index.byteLength} of indices`,
            `multiples of 12, at most ${CAPTURE_LIMITS.vertices} vertices`,
            MEND
        );
    }
    const local = new DataView(raw.buffer);
    const count = raw.byteLength / 12;
    const positions = new Float32Array(count * 3);
    const [X, Y, Z] = axes as [number[], number[], number[]];
    for (let i = 0; i < count; i++) {
        const a = local.getFloat32(12 * i, true);
        const b = local.getFloat32(12 * i + 4, true);
        const c = local.getFloat32(12 * i + 8, true);
        if (!(Math.abs(a) + Math.abs(b) + Math.abs(c) < CAPTURE_LIMITS.metres)) {
            throw badInput(`vertex ${i} of ${where} is (${a}, ${b}, ${c})`, 'finite metres', MEND);
        }
        for (let k = 0; k < 3; k++) positions[3 * i + k] = position[k]! + a * X[k]! + b * Y[k]! + c * Z[k]!;
    }
    const words = new DataView(index.buffer);
    const indices = new Uint32Array(index.byteLength / 4);
    for (let i = 0; i < indices.length; i++) {
        const vertex = words.getUint32(4 * i, true);
        if (vertex >= count) {
            throw badInput(`index ${i} of ${where} is ${vertex}`, `less than ${count} (the vertices)`, MEND);
        }
        indices[i] = vertex;
    }
    return { positions, indices };
}

function decodeBase64(value: unknown, where: string): Uint8Array<ArrayBuffer> {
    const text = asText(value, where);
    let binary: string;
    try {
        binary = atob(text);
    } catch (cause) {
        throw badInput(`${where} is not base64`, 'base64 of little-endian 32-bit words', MEND, cause);
    }
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
}

/** World directions of x, y and z under a quaternion, which is normalised. */
function axesOf(q: readonly number[], where: string): readonly (readonly [number, number, number])[] {
    const length = Math.sqrt(q.reduce((sum, c) => sum + c * c, 0));
    if (!(length > 0.5 && length < 2)) {
        throw badInput(`${where}.orientation has length ${length}`, 'a unit quaternion', MEND);
    }
    const [x, y, z, w] = q.map((c) => c / length) as [number, number, number, number];
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)],
        [2 * (x * y - z * w), 1 - 2 * (x * x + z * z), 2 * (y * z + x * w)],
        [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)]
    ];
}

function asObject(value: unknown, where: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw badInput(`${where} is ${describe(value)}`, 'an object', MEND);
}

function asText(value: unknown, where: string): string {
    if (typeof value === 'string') return value;
    throw badInput(`${where} is ${describe(value)}`, 'a string', MEND);
}

function vector(value: unknown, where: string, keys: readonly string[]): number[] {
    const object = asObject(value, where);
    return keys.map((key) => {
        const number = object[key];
        if (typeof number === 'number' && Math.abs(number) < CAPTURE_LIMITS.metres) return number;
        throw badInput(`${where}.${key} is ${describe(number)}`, 'a finite number under 1000', MEND);
    });
}

function sizes(value: unknown, where: string, keys: readonly string[]): number[] {
    const out = vector(value, where, keys);
    const bad = out.findIndex((size) => size < 0);
    if (bad < 0) return out;
    throw badInput(`${where}.${keys[bad]} is ${out[bad]}`, 'at least 0', MEND);
}

/** A short name of a value for messages: never the value of a megabyte string. */
export function describe(value: unknown): string {
    if (value === undefined) return 'missing';
    if (value === null) return 'null';
    if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
    return String(value);
}

/** Rethrows anything but a {@link MixreelError} as one: the last line of defence of the readers of outside data. */
export function asBadInput(error: unknown, what: string): MixreelError {
    if (error instanceof MixreelError) return error;
    return badInput(what, 'a well-formed file', 'Record or export it again', error);
}
