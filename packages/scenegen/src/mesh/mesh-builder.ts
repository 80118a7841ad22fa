/**
 * Builds one furniture mesh from solid parts, sorted by material. Every part carries smooth normals over its bevels, which
 * is what makes 44 triangles read as a rounded board, and texture coordinates in metres with u along the grain.
 *
 * Positions are in the node's frame: origin at the centre of the underside, front along +z, metres.
 */

import { exactAcos, exactAtan2, exactCos, exactExp, exactLog, exactSin } from '@mixreel/core';
import { hypot } from '../geometry/hypot.ts';

/** Triangles of one material. */
export interface MeshPart {
    readonly material: string;
    readonly positions: number[];
    readonly normals: number[];
    /** Metres; exporters scale them to the size of the material's texture. */
    readonly uvs: number[];
    readonly indices: number[];
}

type Vec = readonly [number, number, number];

/** A rigid placement inside the mesh: turn about y, tilt about the turned x, then move. */
export interface Placement {
    readonly x?: number;
    readonly y?: number;
    readonly z?: number;
    readonly yaw?: number;
    readonly pitch?: number;
    readonly roll?: number;
}

type Matrix = readonly number[];

const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];

/** See the file comment. */
export class MeshBuilder {
    readonly parts: Map<string, MeshPart> = new Map();
    #matrix: Matrix = IDENTITY;

    /** Runs `build` with everything it adds moved by `placement`. */
    at(placement: Placement, build: () => void): void {
        const outer = this.#matrix;
        this.#matrix = multiply(outer, matrixOf(placement));
        build();
        this.#matrix = outer;
    }

    /** Triangles so far. */
    get triangles(): number {
        let count = 0;
        for (const part of this.parts.values()) count += part.indices.length / 3;
        return count;
    }

    part(material: string): MeshPart {
        let part = this.parts.get(material);
        if (!part) {
            part = { material, positions: [], normals: [], uvs: [], indices: [] };
            this.parts.set(material, part);
        }
        return part;
    }

    /** Adds a vertex through the current placement; returns its index. */
    vertex(part: MeshPart, p: Vec, n: Vec, u: number, v: number): number {
        const m = this.#matrix;
        const index = part.positions.length / 3;
        for (let k = 0; k < 3; k++) {
            part.positions.push(m[k]! * p[0] + m[3 + k]! * p[1] + m[6 + k]! * p[2] + m[9 + k]!);
        }
        for (let k = 0; k < 3; k++) part.normals.push(m[k]! * n[0] + m[3 + k]! * n[1] + m[6 + k]! * n[2]);
        part.uvs.push(u, v);
        return index;
    }

    /**
     * A box from (x0, y0, z0) to (x1, y1, z1) with rounded edges.
     *
     * @param bevel - Metres; at most a third of the smallest side is used; 0 gives 12 triangles instead of 44.
     */
    box(material: string, x0: number, y0: number, z0: number, x1: number, y1: number, z1: number, bevel = 0.006): void {
        const part = this.part(material);
        const lo = [x0, y0, z0];
        const hi = [x1, y1, z1];
        const size = [x1 - x0, y1 - y0, z1 - z0];
        const r = Math.min(bevel, Math.min(size[0]!, size[1]!, size[2]!) / 3);
        const id: number[][] = [];
        for (let corner = 0; corner < 8; corner++) {
            const sign = [corner & 1, corner & 2, corner & 4].map((bit) => (bit ? 1 : -1));
            id.push(
                [0, 1, 2].map((axis) => {
                    const p = [0, 1, 2].map((k) => {
                        const inset = k === axis ? 0 : r;
                        return sign[k]! > 0 ? hi[k]! - inset : lo[k]! + inset;
                    }) as unknown as Vec;
                    const n = [0, 1, 2].map((k) => (k === axis ? sign[k]! : 0)) as unknown as Vec;
                    const [u, v] = boxUv(p, axis, size);
                    return this.vertex(part, p, n, u, v);
                })
            );
        }
        for (let axis = 0; axis < 3; axis++) boxFaces(part.indices, id, axis, r > 0);
        if (r > 0) boxCorners(part.indices, id);
    }

    /** A box given by the middle of its underside and its size. */
    block(material: string, x: number, y: number, z: number, w: number, h: number, d: number, bevel = 0.006): void {
        this.box(material, x - w / 2, y, z - d / 2, x + w / 2, y + h, z + d / 2, bevel);
    }

    /**
     * A surface of revolution about a vertical axis at (x, z).
     *
     * @param profile - [radius, y] from bottom to top; a repeated point makes a sharp edge; radius 0 closes an end.
     * @param segments - Around, 6 to 32.
     */
    lathe(
        material: string,
        x: number,
        z: number,
        profile: readonly (readonly [number, number])[],
        segments = 16
    ): void {
        const part = this.part(material);
        const rings: number[][] = [];
        let along = 0;
        profile.forEach(([r, y], i) => {
            const before = profile[i - 1];
            const after = profile[i + 1];
            if (before) along += hypot(r - before[0], y - before[1]);
            const [nr, ny] = profileNormal(before, [r, y], after);
            const ring: number[] = [];
            for (let s = 0; s <= segments; s++) {
                const angle = (2 * Math.PI * s) / segments;
                const [c, sn] = [exactCos(angle), exactSin(angle)];
                const girth = (s / segments) * 2 * Math.PI * Math.max(r, 0.02);
                ring.push(this.vertex(part, [x + r * c, y, z + r * sn], [nr * c, ny, nr * sn], girth, along));
            }
            rings.push(ring);
        });
        for (let i = 0; i + 1 < rings.length; i++) {
            const [a, b] = [profile[i]!, profile[i + 1]!];
            if (a[0] === b[0] && a[1] === b[1]) continue;
            for (let s = 0; s < segments; s++) {
                const [p, q, r, t] = [rings[i]![s]!, rings[i]![s + 1]!, rings[i + 1]![s + 1]!, rings[i + 1]![s]!];
                if (b[0] > 0) part.indices.push(p, t, r);
                if (a[0] > 0) part.indices.push(p, r, q);
            }
        }
    }

    /** A vertical cylinder or cone with softened rims. */
    cylinder(
        material: string,
        x: number,
        y0: number,
        z: number,
        y1: number,
        r0: number,
        r1: number = r0,
        segments = 14
    ): void {
        const e = Math.min(0.004, (y1 - y0) / 4, r0 / 3, r1 / 3);
        this.lathe(
            material,
            x,
            z,
            [
                [0, y0],
                [r0 - e, y0],
                [r0 - e, y0],
                [r0, y0 + e],
                [r1, y1 - e],
                [r1 - e, y1],
                [r1 - e, y1],
                [0, y1]
            ],
            segments
        );
    }

    /** A round bar from `a` to `b`. */
    rod(material: string, a: Vec, b: Vec, r0: number, r1: number = r0, segments = 10): void {
        const d = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
        const length = hypot(d[0], d[1], d[2]);
        const yaw = exactAtan2(d[0], d[2]);
        const pitch = exactAcos(Math.min(1, Math.max(-1, d[1] / length)));
        this.at({ x: a[0], y: a[1], z: a[2], yaw, pitch }, () =>
            this.cylinder(material, 0, 0, 0, length, r0, r1, segments)
        );
    }

    /**
     * A stuffed box: a superellipsoid that fills the given box, flat in the middle and round at the rim.
     *
     * @param softness - 0.15 (a mattress) to 0.6 (a cushion) and 1 (a ball, which gets more triangles: 24 by 10 faces).
     */
    cushion(
        material: string,
        x0: number,
        y0: number,
        z0: number,
        x1: number,
        y1: number,
        z1: number,
        softness = 0.3
    ): void {
        const part = this.part(material);
        const [cx, cy, cz] = [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2];
        const [a, b, c] = [(x1 - x0) / 2, (y1 - y0) / 2, (z1 - z0) / 2];
        const [around, over] = softness > 0.85 ? [24, 10] : [16, 6];
        const flat = Math.min(1, softness * 1.6);
        const grid: number[][] = [];
        for (let j = 0; j <= over; j++) {
            const phi = -Math.PI / 2 + (Math.PI * j) / over;
            const row: number[] = [];
            for (let i = 0; i <= around; i++) {
                const theta = (2 * Math.PI * i) / around;
                const [st, ct, sp, cp] = [exactSin(theta), exactCos(theta), exactSin(phi), exactCos(phi)];
                const ring = power(cp, flat);
                const p = [
                    cx + a * power(ct, softness) * ring,
                    cy + b * power(sp, flat),
                    cz + c * power(st, softness) * ring
                ];
                const nr = power(cp, 2 - flat);
                const n = normalize([
                    (power(ct, 2 - softness) * nr) / a,
                    power(sp, 2 - flat) / b,
                    (power(st, 2 - softness) * nr) / c
                ]);
                row.push(this.vertex(part, p as unknown as Vec, n, p[0]! - cx + (p[1]! - cy), p[2]! - cz));
            }
            grid.push(row);
        }
        for (let j = 0; j < over; j++) {
            for (let i = 0; i < around; i++) {
                const [p, q, r, s] = [grid[j]![i]!, grid[j]![i + 1]!, grid[j + 1]![i + 1]!, grid[j + 1]![i]!];
                if (j < over - 1) part.indices.push(p, s, r);
                if (j > 0) part.indices.push(p, r, q);
            }
        }
    }

    /** A flat quadrilateral, corners counter-clockwise seen from its front. Texture u runs along the first edge. */
    quad(material: string, a: Vec, b: Vec, c: Vec, d: Vec, uv?: readonly (readonly [number, number])[]): void {
        const part = this.part(material);
        const ab = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
        const ad = [d[0] - a[0], d[1] - a[1], d[2] - a[2]] as const;
        const n = normalize([
            ab[1] * ad[2] - ab[2] * ad[1],
            ab[2] * ad[0] - ab[0] * ad[2],
            ab[0] * ad[1] - ab[1] * ad[0]
        ]);
        const [w, h] = [hypot(ab[0], ab[1], ab[2]), hypot(ad[0], ad[1], ad[2])];
        const at =
            uv ??
            ([
                [0, h],
                [w, h],
                [w, 0],
                [0, 0]
            ] as const);
        const ids = [a, b, c, d].map((p, i) => this.vertex(part, p, n, at[i]![0], at[i]![1]));
        part.indices.push(ids[0]!, ids[1]!, ids[2]!, ids[0]!, ids[2]!, ids[3]!);
    }
}

/** sgn(t) |t|^e. */
const power = (t: number, e: number): number =>
    Math.abs(t) < 1e-9 ? 0 : Math.sign(t) * exactExp(e * exactLog(Math.abs(t)));

function normalize(v: Vec): Vec {
    const length = hypot(v[0], v[1], v[2]);
    return length > 0 ? [v[0] / length, v[1] / length, v[2] / length] : [0, 1, 0];
}

/** Texture coordinates of a box's face: u along the longer side of the whole box, so that the grain follows the board. */
function boxUv(p: Vec, axis: number, size: readonly number[]): readonly [number, number] {
    const [i, j] = axis === 0 ? [2, 1] : axis === 1 ? [0, 2] : [0, 1];
    return size[i]! >= size[j]! ? [p[i]!, -p[j]!] : [p[j]!, -p[i]!];
}

/** The two faces across `axis` and, if bevelled, the four edge strips along it. */
function boxFaces(indices: number[], id: readonly number[][], axis: number, bevelled: boolean): void {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    const at = (a: number, su: number, sv: number, which: number): number =>
        id[(a << axis) | (su << u) | (sv << v)]![which]!;
    const quad = (a: number, b: number, c: number, d: number): void => void indices.push(a, b, c, a, c, d);
    quad(at(1, 0, 0, axis), at(1, 1, 0, axis), at(1, 1, 1, axis), at(1, 0, 1, axis));
    quad(at(0, 0, 0, axis), at(0, 0, 1, axis), at(0, 1, 1, axis), at(0, 1, 0, axis));
    if (!bevelled) return;
    // Strips run along `axis`, between the faces u and v.
    for (const su of [0, 1]) {
        for (const sv of [0, 1]) {
            const [p, q] = [at(0, su, sv, u), at(1, su, sv, u)];
            const [r, s] = [at(1, su, sv, v), at(0, su, sv, v)];
            if (su === sv) quad(p, s, r, q);
            else quad(p, q, r, s);
        }
    }
}

function boxCorners(indices: number[], id: readonly number[][]): void {
    for (let corner = 0; corner < 8; corner++) {
        const [a, b, c] = id[corner] as [number, number, number];
        const odd = (corner & 1) ^ ((corner >> 1) & 1) ^ ((corner >> 2) & 1);
        if (odd) indices.push(a, b, c);
        else indices.push(a, c, b);
    }
}

function profileNormal(
    before: readonly [number, number] | undefined,
    at: readonly [number, number],
    after: readonly [number, number] | undefined
): readonly [number, number] {
    let nr = 0;
    let ny = 0;
    const add = (p: readonly [number, number], q: readonly [number, number]): void => {
        const length = hypot(q[0] - p[0], q[1] - p[1]);
        if (length < 1e-9) return;
        nr += (q[1] - p[1]) / length;
        ny -= (q[0] - p[0]) / length;
    };
    const repeatBefore = before && before[0] === at[0] && before[1] === at[1];
    const repeatAfter = after && after[0] === at[0] && after[1] === at[1];
    if (before && !repeatBefore) add(before, at);
    if (after && !repeatAfter && !(before && !repeatBefore && repeatAfter)) add(at, after);
    const length = hypot(nr, ny) || 1;
    return [nr / length, ny / length];
}

function matrixOf(p: Placement): Matrix {
    const [sy, cy] = [exactSin(p.yaw ?? 0), exactCos(p.yaw ?? 0)];
    const [sx, cx] = [exactSin(p.pitch ?? 0), exactCos(p.pitch ?? 0)];
    const [sz, cz] = [exactSin(p.roll ?? 0), exactCos(p.roll ?? 0)];
    // Columns of Ry Rx Rz.
    return [
        cy * cz + sy * sx * sz,
        cx * sz,
        -sy * cz + cy * sx * sz,
        -cy * sz + sy * sx * cz,
        cx * cz,
        sy * sz + cy * sx * cz,
        sy * cx,
        -sx,
        cy * cx,
        p.x ?? 0,
        p.y ?? 0,
        p.z ?? 0
    ];
}

function multiply(a: Matrix, b: Matrix): Matrix {
    const out: number[] = [];
    for (let col = 0; col < 4; col++) {
        for (let row = 0; row < 3; row++) {
            const [x, y, z] = [b[3 * col]!, b[3 * col + 1]!, b[3 * col + 2]!];
            out.push(a[row]! * x + a[3 + row]! * y + a[6 + row]! * z + (col === 3 ? a[9 + row]! : 0));
        }
    }
    return out;
}
