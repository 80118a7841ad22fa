/** Triangles on their way from a file to glTF, and the shapes that renderers know by name. */
import { determinant, invert, type Mat4, transformPoint, transformVector, transpose, type Vec3 } from './mat4.ts';

/** Indexed triangles, counter-clockwise seen from outside. */
export interface TriangleMesh {
    /** 3 a vertex. */
    readonly positions: Float32Array;
    /** 3 a vertex, unit. */
    readonly normals?: Float32Array;
    /** 2 a vertex, v = 0 at the top of a picture (glTF). */
    readonly uvs?: Float32Array;
    /** 3 a triangle. */
    readonly indices: Uint32Array;
}

/** The same triangles seen from the other side. */
export function flipWinding(mesh: TriangleMesh): TriangleMesh {
    const indices = mesh.indices.slice();
    for (let i = 0; i + 2 < indices.length; i += 3) {
        [indices[i + 1], indices[i + 2]] = [indices[i + 2]!, indices[i + 1]!];
    }
    const normals = mesh.normals?.map((value) => -value);
    return { ...mesh, indices, ...(normals ? { normals } : {}) };
}

/** Triangles whose normals face the way that the shading normals of their corners do. */
export function faceShadingNormals(mesh: TriangleMesh): TriangleMesh {
    const { positions: p, normals: n } = mesh;
    if (!n) return mesh;
    const indices = mesh.indices.slice();
    for (let i = 0; i + 2 < indices.length; i += 3) {
        const [a, b, c] = [3 * indices[i]!, 3 * indices[i + 1]!, 3 * indices[i + 2]!];
        const g = faceNormal(p, a, b, c);
        const along = [0, 1, 2].reduce((sum, k) => sum + g[k]! * (n[a + k]! + n[b + k]! + n[c + k]!), 0);
        if (along < 0) [indices[i + 1], indices[i + 2]] = [indices[i + 2]!, indices[i + 1]!];
    }
    return { ...mesh, indices };
}

/** Sum of the triangles' areas in the space that `matrix` leads to. */
export function areaOf({ positions, indices }: TriangleMesh, matrix: Mat4): number {
    const at = (i: number): Vec3 => {
        const k = 3 * indices[i]!;
        return transformPoint(matrix, [positions[k]!, positions[k + 1]!, positions[k + 2]!]);
    };
    let sum = 0;
    for (let i = 0; i + 2 < indices.length; i += 3) {
        const p = Float32Array.from([at(i), at(i + 1), at(i + 2)].flat());
        sum += Math.hypot(...faceNormal(p, 0, 3, 6)) / 2;
    }
    return sum;
}

function faceNormal(p: Float32Array, a: number, b: number, c: number): Vec3 {
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/** Vertex normals as the sum of the face normals around, weighted by the angle at the corner (as Mitsuba does). */
export function smoothNormals(mesh: TriangleMesh): TriangleMesh {
    const { positions: p, indices } = mesh;
    const normals = new Float32Array(p.length);
    for (let i = 0; i + 2 < indices.length; i += 3) {
        const corners = [3 * indices[i]!, 3 * indices[i + 1]!, 3 * indices[i + 2]!] as const;
        const n = faceNormal(p, ...corners);
        const length = Math.hypot(...n);
        if (!(length > 0)) continue;
        corners.forEach((at, k) => {
            const weight = angleAt(p, at, corners[(k + 1) % 3]!, corners[(k + 2) % 3]!) / length;
            for (let c = 0; c < 3; c++) normals[at + c]! += n[c]! * weight;
        });
    }
    for (let i = 0; i < normals.length; i += 3) {
        const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
        // A vertex of degenerate triangles alone has no normal; any unit vector will do.
        if (length > 0) for (let c = 0; c < 3; c++) normals[i + c]! /= length;
        else normals[i + 2] = 1;
    }
    return { ...mesh, normals };
}

function angleAt(p: Float32Array, at: number, b: number, c: number): number {
    const u = [0, 1, 2].map((k) => p[b + k]! - p[at + k]!);
    const v = [0, 1, 2].map((k) => p[c + k]! - p[at + k]!);
    const cosine = (u[0]! * v[0]! + u[1]! * v[1]! + u[2]! * v[2]!) / (Math.hypot(...u) * Math.hypot(...v));
    return Number.isFinite(cosine) ? Math.acos(Math.min(1, Math.max(-1, cosine))) : 0;
}

/** The mesh in another space. Normals go by the inverse transpose; a mirror turns the winding, so that outside stays outside. */
export function transformMesh(mesh: TriangleMesh, matrix: Mat4): TriangleMesh {
    const positions = mesh.positions.slice();
    for (let i = 0; i < positions.length; i += 3) {
        positions.set(transformPoint(matrix, [positions[i]!, positions[i + 1]!, positions[i + 2]!]), i);
    }
    const indices = mesh.indices.slice();
    if (determinant(matrix) < 0) {
        for (let i = 0; i + 2 < indices.length; i += 3) {
            [indices[i + 1], indices[i + 2]] = [indices[i + 2]!, indices[i + 1]!];
        }
    }
    if (!mesh.normals) return { ...mesh, positions, indices };
    const toNormal = transpose(invert(matrix));
    const normals = mesh.normals.slice();
    for (let i = 0; i < normals.length; i += 3) {
        const n = transformVector(toNormal, [normals[i]!, normals[i + 1]!, normals[i + 2]!]);
        const length = Math.hypot(...n) || 1;
        normals.set([n[0] / length, n[1] / length, n[2] / length], i);
    }
    return { ...mesh, positions, normals, indices };
}

/** A surface over a grid of (u, v) in 0..1, with its normals. */
function grid(columns: number, rows: number, at: (u: number, v: number) => { p: Vec3; n: Vec3 }): TriangleMesh {
    const positions: number[] = [];
    const normals: number[] = [];
    const uvs: number[] = [];
    const indices: number[] = [];
    for (let j = 0; j <= rows; j++) {
        for (let i = 0; i <= columns; i++) {
            const { p, n } = at(i / columns, j / rows);
            positions.push(...p);
            normals.push(...n);
            uvs.push(i / columns, 1 - j / rows);
            if (i === columns || j === rows) continue;
            const a = j * (columns + 1) + i;
            const d = a + columns + 1;
            indices.push(a, a + 1, d + 1, a, d + 1, d);
        }
    }
    return {
        positions: Float32Array.from(positions),
        normals: Float32Array.from(normals),
        uvs: Float32Array.from(uvs),
        indices: Uint32Array.from(indices)
    };
}

/** -1 to 1 in x and y, facing +z (Mitsuba's rectangle). */
export function rectangle(): TriangleMesh {
    return grid(1, 1, (u, v) => ({ p: [2 * u - 1, 2 * v - 1, 0], n: [0, 0, 1] }));
}

/** -1 to 1 in every axis, facing out. */
export function cube(): TriangleMesh {
    const parts = [0, 1, 2].flatMap((axis) =>
        [1, -1].map((sign) =>
            grid(1, 1, (u, v) => {
                const [a, b] = [2 * u - 1, (2 * v - 1) * sign];
                const turn = (x: number, y: number, z: number): Vec3 =>
                    axis === 0 ? [z, x, y] : axis === 1 ? [y, z, x] : [x, y, z];
                return { p: turn(a, b, sign), n: turn(0, 0, sign) };
            })
        )
    );
    return join(parts);
}

function join(parts: readonly TriangleMesh[]): TriangleMesh {
    const all = (key: 'positions' | 'normals' | 'uvs') => Float32Array.from(parts.flatMap((part) => [...part[key]!]));
    let base = 0;
    const indices = parts.flatMap((part) => {
        const from = base;
        base += part.positions.length / 3;
        return [...part.indices].map((index) => index + from);
    });
    return {
        positions: all('positions'),
        normals: all('normals'),
        uvs: all('uvs'),
        indices: Uint32Array.from(indices)
    };
}

/** Segments around a round shape: the surface is within 0.12 % of the radius of the true one. */
export const ROUND_SEGMENTS = 64;

/** Disk or ring about +z at height z, facing +z. */
export function disk(radius: number, innerRadius: number, z: number, phiMax: number = 2 * Math.PI): TriangleMesh {
    return grid(ROUND_SEGMENTS, 1, (u, v) => {
        const r = radius + (innerRadius - radius) * v;
        return { p: [r * Math.cos(u * phiMax), r * Math.sin(u * phiMax), z], n: [0, 0, 1] };
    });
}

/** Sphere about the origin with its poles on z, facing out. */
export function sphere(radius: number): TriangleMesh {
    return grid(ROUND_SEGMENTS, ROUND_SEGMENTS / 2, (u, v) => {
        const [phi, theta] = [2 * Math.PI * u, Math.PI * (1 - v)];
        const n: Vec3 = [Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta)];
        return { p: [radius * n[0], radius * n[1], radius * n[2]], n };
    });
}

/** Open cylinder about z, facing out. */
export function cylinder(radius: number, zMin: number, zMax: number, phiMax: number = 2 * Math.PI): TriangleMesh {
    return grid(ROUND_SEGMENTS, 1, (u, v) => {
        const n: Vec3 = [Math.cos(u * phiMax), Math.sin(u * phiMax), 0];
        return { p: [radius * n[0], radius * n[1], zMin + (zMax - zMin) * v], n };
    });
}
