/** 4 x 4 matrices in double precision, column-major as glTF's, acting on column vectors. */
import { badInput } from '@mixreel/core';

/** 16 numbers, column by column. */
export type Mat4 = readonly number[];
export type Vec3 = readonly [number, number, number];

export const IDENTITY: Mat4 = Object.freeze([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

/** a b: first b, then a. */
export function multiply(a: Mat4, b: Mat4): Mat4 {
    const out: number[] = [];
    for (let column = 0; column < 4; column++) {
        for (let row = 0; row < 4; row++) {
            let sum = 0;
            for (let k = 0; k < 4; k++) sum += a[4 * k + row]! * b[4 * column + k]!;
            out.push(sum);
        }
    }
    return out;
}

export function translation(x: number, y: number, z: number): Mat4 {
    return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];
}

export function scaling(x: number, y: number, z: number): Mat4 {
    return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

export function transpose(m: Mat4): Mat4 {
    return m.map((_, i) => m[(i % 4) * 4 + Math.floor(i / 4)]!);
}

/** Right-handed rotation about an axis. */
export function rotation(degrees: number, axis: Vec3): Mat4 {
    const length = Math.hypot(...axis);
    if (!(length > 0))
        throw badInput(`a rotation has the axis ${axis}`, 'a vector that is not zero', 'Correct the scene');
    const [x, y, z] = axis.map((v) => v / length) as [number, number, number];
    const angle = (degrees * Math.PI) / 180;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const t = 1 - c;
    return [
        t * x * x + c,
        t * x * y + s * z,
        t * x * z - s * y,
        0,
        t * x * y - s * z,
        t * y * y + c,
        t * y * z + s * x,
        0,
        t * x * z + s * y,
        t * y * z - s * x,
        t * z * z + c,
        0,
        0,
        0,
        0,
        1
    ];
}

/**
 * Frame at `origin` that looks along +z at `target`, y towards `up`, x = y cross z: to the left of the view in right-handed
 * coordinates (Mitsuba), to the right in left-handed ones (pbrt).
 */
export function lookAt(origin: Vec3, target: Vec3, up: Vec3): Mat4 {
    const z = unit(subtract(target, origin), 'a look-at has its target where it stands');
    const x = unit(cross(up, z), 'the up vector of a look-at is along its view');
    const y = cross(z, x);
    return [...x, 0, ...y, 0, ...z, 0, ...origin, 1];
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
    return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: Vec3, wrong: string): Vec3 {
    const length = Math.hypot(...v);
    if (!(length > 0)) throw badInput(wrong, 'a direction', 'Correct the scene');
    return [v[0] / length, v[1] / length, v[2] / length];
}

/** Determinant of the linear part. */
export function determinant(m: Mat4): number {
    const [a, b, c] = [0, 4, 8].map((i) => [m[i]!, m[i + 1]!, m[i + 2]!] as const) as [Vec3, Vec3, Vec3];
    const n = cross(b, c);
    return a[0] * n[0] + a[1] * n[1] + a[2] * n[2];
}

/** Inverse of an affine matrix; throws `bad-input` when it is singular. */
export function invert(m: Mat4): Mat4 {
    const det = determinant(m);
    if (!Number.isFinite(1 / det)) {
        throw badInput('a transform flattens the scene', 'one that can be undone', 'Correct the transform');
    }
    const [a, b, c, t] = [0, 4, 8, 12].map((i) => [m[i]!, m[i + 1]!, m[i + 2]!] as const) as [Vec3, Vec3, Vec3, Vec3];
    const rows = [cross(b, c), cross(c, a), cross(a, b)].map((row) => row.map((v) => v / det)) as unknown as [
        Vec3,
        Vec3,
        Vec3
    ];
    const at = rows.map((row) => -(row[0] * t[0] + row[1] * t[1] + row[2] * t[2]));
    return [...[0, 1, 2].flatMap((column) => [rows[0][column]!, rows[1][column]!, rows[2][column]!, 0]), ...at, 1];
}

export function transformPoint(m: Mat4, p: Vec3): Vec3 {
    const at = (row: number) => m[row]! * p[0] + m[4 + row]! * p[1] + m[8 + row]! * p[2] + m[12 + row]!;
    return [at(0), at(1), at(2)];
}

export function transformVector(m: Mat4, v: Vec3): Vec3 {
    const at = (row: number) => m[row]! * v[0] + m[4 + row]! * v[1] + m[8 + row]! * v[2];
    return [at(0), at(1), at(2)];
}
