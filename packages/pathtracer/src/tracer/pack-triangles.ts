/**
 * Triangles as the kernels read them: 48 bytes for the intersection and 48 for shading, both in leaf order.
 * Layout in `shaders/pathtracer/scene.wgsl`. Normals are octahedral (Cigolle et al. 2014), 16 bits an axis: within 0.005 degrees.
 */
import { type Mat4, transposeTransform, type Vec3 } from '../math/vector.ts';
import type { Mesh } from '../scene/scene.ts';

/** How a mesh's triangles are placed. */
export interface Placement {
    readonly transform: Mat4;
    readonly inverse: Mat4;
    /** The transform turns the winding around; the front stays the front. */
    readonly mirrored: boolean;
    /** Index of its source among the instance's. */
    readonly source: number;
    readonly transparent: boolean;
}

/** See the file comment. */
export class TriangleWriter {
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    readonly #edges: Float32Array;
    readonly #attributes: Float32Array;
    readonly #corners = new Float32Array(9);

    constructor(count: number) {
        this.triangles = new Uint32Array(count * 12);
        this.shading = new Uint32Array(count * 12);
        this.#edges = new Float32Array(this.triangles.buffer);
        this.#attributes = new Float32Array(this.shading.buffer);
    }

    /** Writes triangle `index` of a mesh at position `at`. */
    write(at: number, mesh: Mesh, index: number, place: Placement): void {
        const m = place.transform;
        const p = mesh.positions;
        const corners = this.#corners;
        const o = at * 12;
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
        for (let axis = 0; axis < 3; axis++) {
            this.#edges[o + axis] = corners[axis]!;
            this.#edges[o + 4 + axis] = corners[3 + axis]! - corners[axis]!;
            this.#edges[o + 8 + axis] = corners[6 + axis]! - corners[axis]!;
        }
        this.triangles[o + 3] = place.transparent ? 1 : 0;
        for (let k = 0; k < 3; k++) {
            const v = cornerIndex(mesh, index, k, place.mirrored);
            const n = mesh.normals;
            const given: Vec3 = n ? [n[v * 3]!, n[v * 3 + 1]!, n[v * 3 + 2]!] : [0, 0, 0];
            if (given[0] !== 0 || given[1] !== 0 || given[2] !== 0) {
                const w = m === place.inverse ? given : transposeTransform(place.inverse, given);
                this.shading[o + k] = packOctahedral(w[0], w[1], w[2]);
            } else {
                flat ??= this.#flatNormal(o);
                this.shading[o + k] = flat;
            }
            this.#attributes[o + 4 + k * 2] = mesh.uvs?.[v * 2] ?? 0;
            this.#attributes[o + 5 + k * 2] = mesh.uvs?.[v * 2 + 1] ?? 0;
        }
        this.shading[o + 3] = place.source;
        this.shading[o + 10] = index;
    }

    #flatNormal(o: number): number {
        const e = this.#edges;
        const nx = e[o + 5]! * e[o + 10]! - e[o + 6]! * e[o + 9]!;
        const ny = e[o + 6]! * e[o + 8]! - e[o + 4]! * e[o + 10]!;
        const nz = e[o + 4]! * e[o + 9]! - e[o + 5]! * e[o + 8]!;
        return packOctahedral(nx, ny, nz);
    }
}

function cornerIndex(mesh: Mesh, triangle: number, corner: number, mirrored: boolean): number {
    const k = mirrored && corner > 0 ? 3 - corner : corner;
    return mesh.indices[triangle * 3 + k]!;
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
