/**
 * Triangles of a city by material, in growing typed arrays: a square kilometre has about a million, for which arrays of
 * numbers would take three times the memory and twice the time. Positions are in world metres.
 */
import { hypot } from '../geometry/hypot.ts';

type Vec = readonly [number, number, number];

/** Triangles of one material. */
export class CityPart {
    readonly material: string;
    #positions = new Float32Array(768);
    #normals = new Float32Array(768);
    #indices = new Uint32Array(512);
    #vertices = 0;
    #used = 0;

    constructor(material: string) {
        this.material = material;
    }

    get vertices(): number {
        return this.#vertices;
    }

    get triangles(): number {
        return this.#used / 3;
    }

    /** x, y, z of each vertex. */
    get positions(): Float32Array<ArrayBuffer> {
        return this.#positions.slice(0, this.#vertices * 3);
    }

    get normals(): Float32Array<ArrayBuffer> {
        return this.#normals.slice(0, this.#vertices * 3);
    }

    get indices(): Uint32Array<ArrayBuffer> {
        return this.#indices.slice(0, this.#used);
    }

    vertex(x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
        const at = this.#vertices * 3;
        if (at + 3 > this.#positions.length) {
            this.#positions = grown(this.#positions);
            this.#normals = grown(this.#normals);
        }
        this.#positions[at] = x;
        this.#positions[at + 1] = y;
        this.#positions[at + 2] = z;
        this.#normals[at] = nx;
        this.#normals[at + 1] = ny;
        this.#normals[at + 2] = nz;
        return this.#vertices++;
    }

    triangle(a: number, b: number, c: number): void {
        if (this.#used + 3 > this.#indices.length) {
            const wider = new Uint32Array(this.#indices.length * 2);
            wider.set(this.#indices);
            this.#indices = wider;
        }
        this.#indices[this.#used++] = a;
        this.#indices[this.#used++] = b;
        this.#indices[this.#used++] = c;
    }
}

function grown(array: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
    const wider = new Float32Array(array.length * 2);
    wider.set(array);
    return wider;
}

/** See the file comment. */
export class CityMesh {
    readonly parts: Map<string, CityPart> = new Map();

    part(material: string): CityPart {
        let part = this.parts.get(material);
        if (!part) {
            part = new CityPart(material);
            this.parts.set(material, part);
        }
        return part;
    }

    get triangles(): number {
        let count = 0;
        for (const part of this.parts.values()) count += part.triangles;
        return count;
    }

    /** A flat polygon of three or four corners, counter-clockwise seen from its front. */
    face(material: string, ...corners: readonly Vec[]): void {
        const [a, b, c] = corners as [Vec, Vec, Vec];
        const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
        const last = corners[corners.length - 1]!;
        const [vx, vy, vz] =
            corners.length > 3
                ? [last[0] - a[0], last[1] - a[1], last[2] - a[2]]
                : [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
        const n = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx] as const;
        const length = hypot(n[0], n[1], n[2]);
        if (length < 1e-9) return;
        const part = this.part(material);
        const ids = corners.map((p) => part.vertex(p[0], p[1], p[2], n[0] / length, n[1] / length, n[2] / length));
        for (let i = 2; i < ids.length; i++) part.triangle(ids[0]!, ids[i - 1]!, ids[i]!);
    }
}

/** Copies of one element: position, turn about y, and scale of each. */
export interface CityInstance {
    readonly x: number;
    readonly y: number;
    readonly z: number;
    readonly yaw: number;
    readonly scale: Vec;
}
