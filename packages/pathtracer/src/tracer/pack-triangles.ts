/**
 * Triangles as the kernels read them: 48 bytes for the intersection and 48 for shading (96 with second texture coordinates and
 * colours), both in leaf order.
 * Layout in `shaders/pathtracer/scene.wgsl`. Normals are octahedral (Cigolle et al. 2014), 16 bits an axis: within 0.005 degrees.
 */
import { type Mat4, transposeTransform, type Vec3 } from '../math/vector.ts';
import type { Mesh } from '../scene/scene.ts';

/** Bit of a triangle's flags. */
export const TRIANGLE_CULLED = 2;

/** A number from 0 to 1 as kernels unpack it. */
export function toUnorm16(value: number): number {
    return Math.round(65535 * Math.min(1, Math.max(0, value)));
}

/** How a mesh's triangles are placed. */
export interface Placement {
    readonly transform: Mat4;
    readonly inverse: Mat4;
    /** The transform turns the winding around; the front stays the front. */
    readonly mirrored: boolean;
    /** Index of its source among the instance's. */
    readonly source: number;
    readonly transparent: boolean;
    /** Rays pass through its back; said of each triangle in a flattened scene only. */
    readonly culled: boolean;
    /** Of the mesh's corners, 4 numbers each, or null. */
    readonly tangents: Float32Array | null;
}

/** See the file comment. */
export class TriangleWriter {
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    readonly #edges: Float32Array;
    readonly #attributes: Float32Array;
    readonly #corners = new Float32Array(9);

    readonly #rows: number;

    /** @param rows - Of `shading`, a triangle: 3 or 6. */
    constructor(count: number, rows: number) {
        this.#rows = rows;
        this.triangles = new Uint32Array(count * 12);
        this.shading = new Uint32Array(count * rows * 4);
        this.#edges = new Float32Array(this.triangles.buffer);
        this.#attributes = new Float32Array(this.shading.buffer);
    }

    /** Writes triangle `index` of a mesh at position `at`. */
    write(at: number, mesh: Mesh, index: number, place: Placement): void {
        const m = place.transform;
        const p = mesh.positions;
        const corners = this.#corners;
        const o = at * 12;
        const s = at * this.#rows * 4;
        let flat: number | null = null;
        for (let k = 0; k < 3; k++) {
            const v = cornerIndex(mesh, index, k, place.mirrored) * 3;
            const x = p[v]!;
            const y = p[v + 1]!;
            const z = p[v + 2]!;
            corners[k * 3] = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
            corners[k * 3 + 1] = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
            corners[k * 3 + 2] = m[2]! * x + m[6]! * y + m[10]! * z + m[14]!;
        }
        let size = 0;
        for (let edge = 0; edge < 3; edge++) {
            for (let axis = 0; axis < 3; axis++) {
                const from = edge === 0 ? 0 : corners[axis]!;
                this.#edges[o + 4 * edge + axis] = corners[3 * edge + axis]! - from;
                if (edge > 0) size = Math.fround(size + Math.abs(this.#edges[o + 4 * edge + axis]!));
            }
        }
        // For the rounding of hits: upper 16 bits, rounded up.
        this.#edges[o + 3] = size;
        this.triangles[o + 3] = ((this.triangles[o + 3]! & 0xffff0000) + 0x10000 + flagsOf(place)) >>> 0;
        for (let k = 0; k < 3; k++) {
            const v = cornerIndex(mesh, index, k, place.mirrored);
            const n = mesh.normals;
            const given: Vec3 = n ? [n[v * 3]!, n[v * 3 + 1]!, n[v * 3 + 2]!] : [0, 0, 0];
            if (given[0] !== 0 || given[1] !== 0 || given[2] !== 0) {
                const w = m === place.inverse ? given : transposeTransform(place.inverse, given);
                this.shading[s + k] = packOctahedral(w[0], w[1], w[2]);
            } else {
                flat ??= this.#flatNormal(o);
                this.shading[s + k] = flat;
            }
            this.#attributes[s + 4 + k * 2] = mesh.uvs?.[v * 2] ?? 0;
            this.#attributes[s + 5 + k * 2] = mesh.uvs?.[v * 2 + 1] ?? 0;
            if (this.#rows > 3) this.#writeMore(s + 12, mesh, v, k);
        }
        this.shading[s + 3] = place.source;
        this.shading[s + 10] = index;
        if (place.tangents) this.#writeTangents(o, s, place, place.tangents, index);
    }

    /** Second coordinates and colour of corner k. */
    #writeMore(s: number, mesh: Mesh, v: number, k: number): void {
        this.#attributes[s + k * 2] = mesh.uvs1?.[v * 2] ?? 0;
        this.#attributes[s + 1 + k * 2] = mesh.uvs1?.[v * 2 + 1] ?? 0;
        const channel = (c: number): number => toUnorm16(mesh.colors?.[v * 4 + c] ?? 1);
        this.shading[s + 6 + k * 2] = (channel(0) | (channel(1) << 16)) >>> 0;
        this.shading[s + 7 + k * 2] = (channel(2) | (channel(3) << 16)) >>> 0;
    }

    #writeTangents(o: number, s: number, place: Placement, tangents: Float32Array, index: number): void {
        const m = place.transform;
        for (let k = 0; k < 3; k++) {
            const at = (index * 3 + (place.mirrored && k > 0 ? 3 - k : k)) * 4;
            const [x, y, z] = [tangents[at]!, tangents[at + 1]!, tangents[at + 2]!];
            const word = packTangent(
                m[0]! * x + m[4]! * y + m[8]! * z,
                m[1]! * x + m[5]! * y + m[9]! * z,
                m[2]! * x + m[6]! * y + m[10]! * z,
                place.mirrored ? -tangents[at + 3]! : tangents[at + 3]!
            );
            if (k < 2) this.triangles[o + 7 + k * 4] = word;
            else this.shading[s + 11] = word;
        }
    }

    #flatNormal(o: number): number {
        const e = this.#edges;
        const nx = e[o + 5]! * e[o + 10]! - e[o + 6]! * e[o + 9]!;
        const ny = e[o + 6]! * e[o + 8]! - e[o + 4]! * e[o + 10]!;
        const nz = e[o + 4]! * e[o + 9]! - e[o + 5]! * e[o + 8]!;
        return packOctahedral(nx, ny, nz);
    }
}

/** Bits of a triangle: may be transparent, back culled. */
function flagsOf({ transparent, culled }: Placement): number {
    return (transparent ? 1 : 0) | (culled ? TRIANGLE_CULLED : 0);
}

function cornerIndex(mesh: Mesh, triangle: number, corner: number, mirrored: boolean): number {
    const k = mirrored && corner > 0 ? 3 - corner : corner;
    return mesh.indices[triangle * 3 + k]!;
}

/** A direction with a sign in the lowest bit of the second number, which costs 0.004 degrees; never 0, which means none. */
function packTangent(x: number, y: number, z: number, sign: number): number {
    const word = (packOctahedral(x, y, z) & ~0x10000) >>> 0;
    return (sign > 0 ? word | 0x10000 : word || 1) >>> 0;
}

/** Two signed 16-bit numbers; any length but zero. */
export function packOctahedral(x: number, y: number, z: number): number {
    const sum = Math.abs(x) + Math.abs(y) + Math.abs(z);
    if (!(sum > 0)) return packOctahedral(0, 1, 0);
    let u = x / sum;
    let v = y / sum;
    if (z < 0) {
        const t = u;
        u = (1 - Math.abs(v)) * (u >= 0 ? 1 : -1);
        v = (1 - Math.abs(t)) * (v >= 0 ? 1 : -1);
    }
    return ((Math.round(u * 32767) & 0xffff) | ((Math.round(v * 32767) & 0xffff) << 16)) >>> 0;
}
