/**
 * Tangents of normal-mapped meshes by the rules of MikkTSpace (Mikkelsen 2008, "Simulation of Wrinkled Surfaces Revisited"),
 * which glTF asks for where a mesh has none of its own: normal maps are baked against them.
 *
 * Corners that share position, normal and texture coordinates, and are connected by triangles of the same handedness, share a
 * tangent: the mean of their triangles' directions of +u in the plane of the normal, weighted by the corner's angle. Written
 * anew instead of taking npm's `mikktspace`, whose WebAssembly each bundler and the worker would have to find; the tests
 * compare the two. The angular threshold is at its default of 180 degrees, where it parts nothing.
 *
 * Cost: about 1 microsecond a corner.
 */
import { add, cross, dot, length, scale, sub, type Vec3 } from '../math/vector.ts';
import type { Mesh } from './scene.ts';

/** What the algorithm reads; normals are flat where there are none. */
export interface TangentInput {
    readonly positions: Float32Array;
    readonly normals: Float32Array;
    /** 2 floats a vertex; v down, as in glTF. */
    readonly uvs: Float32Array;
    readonly indices: Uint32Array;
}

/** A triangle with its directions. */
interface Face {
    /** Along +u and against +v (up the picture), unit or zero. */
    readonly along: Vec3;
    readonly degenerate: boolean;
    /** Has no direction of its own: joins whatever group is beside it. */
    readonly joinsAny: boolean;
    /** True if the picture is not mirrored. */
    upright: boolean;
    /** Triangle across the edge after each corner, or -1. */
    readonly neighbours: [number, number, number];
    /** Group of each corner, or -1. */
    readonly groups: [number, number, number];
}

interface Group {
    readonly vertex: number;
    readonly upright: boolean;
    readonly faces: number[];
}

/**
 * Tangents of a mesh's corners, 4 numbers each: x, y, z, and the sign of the bitangent, cross(normal, tangent) times it, which
 * points up the picture. Taken from the mesh if it has them.
 *
 * @param uvs - The coordinates of the normal map's set.
 */
export function cornerTangents(mesh: Mesh, uvs: Float32Array): Float32Array {
    const { indices, positions } = mesh;
    if (mesh.tangents) {
        const out = new Float32Array(indices.length * 4);
        for (let i = 0; i < indices.length; i++) {
            out.set(mesh.tangents.subarray(indices[i]! * 4, indices[i]! * 4 + 4), i * 4);
        }
        return out;
    }
    if (mesh.normals) return mikkTangents({ positions, normals: mesh.normals, uvs, indices });
    return mikkTangents(flattened(mesh, uvs));
}

/** Every triangle with vertices and a normal of its own. */
function flattened({ positions, indices }: Mesh, uvs: Float32Array): TangentInput {
    const spread = (data: Float32Array, width: number): Float32Array => {
        const out = new Float32Array(indices.length * width);
        for (let i = 0; i < indices.length; i++) {
            out.set(data.subarray(indices[i]! * width, (indices[i]! + 1) * width), i * width);
        }
        return out;
    };
    const corners = spread(positions, 3);
    const normals = new Float32Array(corners.length);
    for (let i = 0; i < corners.length; i += 9) {
        const [a, b, c] = [vector(corners, i / 3), vector(corners, i / 3 + 1), vector(corners, i / 3 + 2)];
        const n = unit(cross(sub(b, a), sub(c, a)));
        for (let k = 0; k < 3; k++) normals.set(n, i + k * 3);
    }
    const order = Uint32Array.from({ length: indices.length }, (_, i) => i);
    return { positions: corners, normals, uvs: spread(uvs, 2), indices: order };
}

/** See the file comment. */
export function mikkTangents(input: TangentInput): Float32Array {
    const welded = weld(input);
    const faces = makeFaces(input);
    connect(faces, welded);
    const groups = makeGroups(faces, welded);
    const out = new Float32Array(input.indices.length * 4);
    for (let i = 0; i < out.length; i += 4) {
        out[i] = 1;
        out[i + 3] = -1;
    }
    const known = new Map<number, number>();
    for (const group of groups) {
        const tangent = meanDirection(input, faces, welded, group);
        for (const f of group.faces) {
            const corner = f * 3 + cornerOf(welded, f, group.vertex);
            out.set(tangent, corner * 4);
            out[corner * 4 + 3] = group.upright ? 1 : -1;
            if (!known.has(group.vertex)) known.set(group.vertex, corner);
        }
    }
    // Triangles without area take over what their vertices have elsewhere.
    for (const [f, face] of faces.entries()) {
        for (let i = 0; face.degenerate && i < 3; i++) {
            const corner = known.get(welded[f * 3 + i]!);
            if (corner !== undefined) out.copyWithin((f * 3 + i) * 4, corner * 4, corner * 4 + 4);
        }
    }
    return out;
}

/** For each corner the first vertex that is the same in all its attributes. */
function weld({ positions, normals, uvs, indices }: TangentInput): Uint32Array {
    const bits = new Uint32Array(8);
    const floats = new Float32Array(bits.buffer);
    const size = 2 ** Math.ceil(Math.log2(indices.length * 2 + 1));
    const table = new Int32Array(size).fill(-1);
    const same = (a: number, b: number): boolean => {
        for (let k = 0; k < 3; k++) {
            if (positions[a * 3 + k] !== positions[b * 3 + k] || normals[a * 3 + k] !== normals[b * 3 + k])
                return false;
        }
        return uvs[a * 2] === uvs[b * 2] && uvs[a * 2 + 1] === uvs[b * 2 + 1];
    };
    return indices.map((vertex) => {
        for (let k = 0; k < 3; k++) {
            // Plus 0: minus zero is zero.
            floats[k] = positions[vertex * 3 + k]! + 0;
            floats[3 + k] = normals[vertex * 3 + k]! + 0;
        }
        floats[6] = uvs[vertex * 2]! + 0;
        floats[7] = uvs[vertex * 2 + 1]! + 0;
        let hash = 0x811c9dc5;
        for (let k = 0; k < 8; k++) hash = Math.imul(hash ^ bits[k]!, 0x01000193) ^ (hash >>> 15);
        for (let slot = hash & (size - 1); ; slot = (slot + 1) & (size - 1)) {
            if (table[slot]! < 0) table[slot] = vertex;
            if (table[slot] === vertex || same(table[slot]!, vertex)) return table[slot]!;
        }
    });
}

function makeFaces({ positions, uvs, indices }: TangentInput): Face[] {
    const faces: Face[] = [];
    for (let i = 0; i < indices.length; i += 3) {
        const [a, b, c] = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
        const [p, q, r] = [vector(positions, a), vector(positions, b), vector(positions, c)];
        const [e1, e2] = [sub(q, p), sub(r, p)];
        const [u1, u2] = [uvs[b * 2]! - uvs[a * 2]!, uvs[c * 2]! - uvs[a * 2]!];
        // v up.
        const [v1, v2] = [uvs[a * 2 + 1]! - uvs[b * 2 + 1]!, uvs[a * 2 + 1]! - uvs[c * 2 + 1]!];
        const area = u1 * v2 - v1 * u2;
        const along = sub(scale(e1, v2), scale(e2, v1));
        const up = sub(scale(e2, u1), scale(e1, u2));
        const sign = area > 0 ? 1 : -1;
        const flat = Math.abs(area) <= SMALLEST;
        faces.push({
            along: flat ? [0, 0, 0] : scale(unit(along), sign),
            degenerate: equal(p, q) || equal(q, r) || equal(r, p),
            joinsAny: flat || !(length(along) > SMALLEST) || !(length(up) > SMALLEST),
            upright: area > 0,
            neighbours: [-1, -1, -1],
            groups: [-1, -1, -1]
        });
    }
    return faces;
}

/** The smallest normal float32. */
const SMALLEST = 1.17549435e-38;

/** Finds the triangles across edges; an edge of more than two is paired in the order of the triangles. */
function connect(faces: readonly Face[], welded: Uint32Array): void {
    const open = new Map<number, number[]>();
    for (const [f, face] of faces.entries()) {
        for (let i = 0; !face.degenerate && i < 3; i++) {
            const [a, b] = [welded[f * 3 + i]!, welded[f * 3 + ((i + 1) % 3)]!];
            const back = open.get(b * 2 ** 26 + a);
            const other = back?.shift();
            if (other === undefined) {
                const key = a * 2 ** 26 + b;
                const list = open.get(key);
                if (list) list.push(f * 3 + i);
                else open.set(key, [f * 3 + i]);
                continue;
            }
            face.neighbours[i] = Math.floor(other / 3);
            faces[Math.floor(other / 3)]!.neighbours[other % 3] = f;
        }
    }
}

function makeGroups(faces: readonly Face[], welded: Uint32Array): Group[] {
    const groups: Group[] = [];
    for (const [f, face] of faces.entries()) {
        for (let i = 0; i < 3; i++) {
            if (face.degenerate || face.joinsAny || face.groups[i]! >= 0) continue;
            const group = { vertex: welded[f * 3 + i]!, upright: face.upright, faces: [] };
            gather(faces, welded, groups.push(group) - 1, group, f);
        }
    }
    return groups;
}

/** Adds to a group every triangle around its vertex that can be reached across edges and has its handedness. */
function gather(faces: readonly Face[], welded: Uint32Array, index: number, group: Group, start: number): void {
    const waiting = [start];
    for (let f = waiting.pop(); f !== undefined; f = waiting.pop()) {
        const face = faces[f]!;
        const i = cornerOf(welded, f, group.vertex);
        if (face.groups[i]! >= 0) continue;
        // The first group to reach a triangle without a direction decides its handedness.
        if (face.joinsAny && face.groups.every((g) => g < 0)) face.upright = group.upright;
        if (face.upright !== group.upright) continue;
        face.groups[i] = index;
        group.faces.push(f);
        const [left, right] = [face.neighbours[i]!, face.neighbours[(i + 2) % 3]!];
        if (right >= 0) waiting.push(right);
        if (left >= 0) waiting.push(left);
    }
}

function cornerOf(welded: Uint32Array, f: number, vertex: number): number {
    if (welded[f * 3] === vertex) return 0;
    return welded[f * 3 + 1] === vertex ? 1 : 2;
}

function meanDirection(input: TangentInput, faces: readonly Face[], welded: Uint32Array, group: Group): Vec3 {
    const { positions, normals, indices } = input;
    const normal = vector(normals, group.vertex);
    const flat = (v: Vec3): Vec3 => unit(sub(v, scale(normal, dot(normal, v))));
    let sum: Vec3 = [0, 0, 0];
    for (const f of group.faces) {
        const face = faces[f]!;
        if (face.joinsAny) continue;
        const i = cornerOf(welded, f, group.vertex);
        const corner = (k: number): Vec3 => vector(positions, indices[f * 3 + ((i + k) % 3)]!);
        const here = corner(0);
        const cosine = dot(flat(sub(corner(1), here)), flat(sub(corner(2), here)));
        sum = add(sum, scale(flat(face.along), Math.acos(Math.min(1, Math.max(-1, cosine)))));
    }
    return unit(sum);
}

function vector(data: Float32Array, i: number): Vec3 {
    return [data[i * 3]!, data[i * 3 + 1]!, data[i * 3 + 2]!];
}

function equal(a: Vec3, b: Vec3): boolean {
    return a[0] === b[0] && a[1] === b[1] && a[2] === b[2];
}

/** Unit length, or zero as it is. */
function unit(v: Vec3): Vec3 {
    const l = length(v);
    return l > SMALLEST ? scale(v, 1 / l) : [0, 0, 0];
}
