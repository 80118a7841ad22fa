/**
 * The handful of vector and matrix functions that the tracer's CPU side needs. Matrices are column-major as in glTF and WebGPU.
 */

export type Vec3 = readonly [number, number, number];
/** 16 numbers, column-major. */
export type Mat4 = readonly number[];

export const IDENTITY: Mat4 = Object.freeze([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const mul = (a: Vec3, b: Vec3): Vec3 => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
export const scale = (a: Vec3, s: number): Vec3 => [a[0] * s, a[1] * s, a[2] * s];
/** a + b * s */
export const addScaled = (a: Vec3, b: Vec3, s: number): Vec3 => [a[0] + b[0] * s, a[1] + b[1] * s, a[2] + b[2] * s];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0]
];
export const length = (a: Vec3): number => Math.sqrt(dot(a, a));
export const normalize = (a: Vec3): Vec3 => scale(a, 1 / length(a));
/** Relative luminance of linear Rec.709. */
export const luminance = (c: Vec3): number => 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];

export function transformPoint(m: Mat4, p: Vec3): Vec3 {
    return [
        m[0]! * p[0] + m[4]! * p[1] + m[8]! * p[2] + m[12]!,
        m[1]! * p[0] + m[5]! * p[1] + m[9]! * p[2] + m[13]!,
        m[2]! * p[0] + m[6]! * p[1] + m[10]! * p[2] + m[14]!
    ];
}

export function transformVector(m: Mat4, v: Vec3): Vec3 {
    return [
        m[0]! * v[0] + m[4]! * v[1] + m[8]! * v[2],
        m[1]! * v[0] + m[5]! * v[1] + m[9]! * v[2],
        m[2]! * v[0] + m[6]! * v[1] + m[10]! * v[2]
    ];
}

/** The transpose of m's upper 3x3 times n: with m = world to object, object normals to world ones (unnormalised). */
export function transposeTransform(m: Mat4, n: Vec3): Vec3 {
    return [
        m[0]! * n[0] + m[1]! * n[1] + m[2]! * n[2],
        m[4]! * n[0] + m[5]! * n[1] + m[6]! * n[2],
        m[8]! * n[0] + m[9]! * n[1] + m[10]! * n[2]
    ];
}

export function multiply(a: Mat4, b: Mat4): number[] {
    const out = new Array<number>(16);
    for (let column = 0; column < 4; column++) {
        for (let row = 0; row < 4; row++) {
            let sum = 0;
            for (let k = 0; k < 4; k++) sum += a[k * 4 + row]! * b[column * 4 + k]!;
            out[column * 4 + row] = sum;
        }
    }
    return out;
}

/** Determinant of the upper 3x3. */
export function determinant3(m: Mat4): number {
    return (
        m[0]! * (m[5]! * m[10]! - m[9]! * m[6]!) -
        m[4]! * (m[1]! * m[10]! - m[9]! * m[2]!) +
        m[8]! * (m[1]! * m[6]! - m[5]! * m[2]!)
    );
}

/** Inverse of an affine matrix, or null if it is singular. */
export function invertAffine(m: Mat4): number[] | null {
    const det = determinant3(m);
    const inv = 1 / det;
    if (!Number.isFinite(inv) || det === 0) return null;
    const a = [
        (m[5]! * m[10]! - m[9]! * m[6]!) * inv,
        (m[9]! * m[2]! - m[1]! * m[10]!) * inv,
        (m[1]! * m[6]! - m[5]! * m[2]!) * inv,
        (m[8]! * m[6]! - m[4]! * m[10]!) * inv,
        (m[0]! * m[10]! - m[8]! * m[2]!) * inv,
        (m[4]! * m[2]! - m[0]! * m[6]!) * inv,
        (m[4]! * m[9]! - m[8]! * m[5]!) * inv,
        (m[8]! * m[1]! - m[0]! * m[9]!) * inv,
        (m[0]! * m[5]! - m[4]! * m[1]!) * inv
    ] as const;
    const t: Vec3 = [m[12]!, m[13]!, m[14]!];
    return [
        a[0],
        a[1],
        a[2],
        0,
        a[3],
        a[4],
        a[5],
        0,
        a[6],
        a[7],
        a[8],
        0,
        -(a[0] * t[0] + a[3] * t[1] + a[6] * t[2]),
        -(a[1] * t[0] + a[4] * t[1] + a[7] * t[2]),
        -(a[2] * t[0] + a[5] * t[1] + a[8] * t[2]),
        1
    ];
}

/** Rotation matrix (as an affine 4x4) of a unit quaternion x, y, z, w and a translation. */
export function fromRotationTranslation(q: readonly [number, number, number, number], t: Vec3): number[] {
    const [x, y, z, w] = q;
    return [
        1 - 2 * (y * y + z * z),
        2 * (x * y + w * z),
        2 * (x * z - w * y),
        0,
        2 * (x * y - w * z),
        1 - 2 * (x * x + z * z),
        2 * (y * z + w * x),
        0,
        2 * (x * z + w * y),
        2 * (y * z - w * x),
        1 - 2 * (x * x + y * y),
        0,
        t[0],
        t[1],
        t[2],
        1
    ];
}

/** Unit quaternion of the rotation whose matrix has these columns (orthonormal, right-handed). */
export function quaternionFromAxes(x: Vec3, y: Vec3, z: Vec3): [number, number, number, number] {
    const trace = x[0] + y[1] + z[2];
    if (trace > 0) {
        const s = 2 * Math.sqrt(trace + 1);
        return [(y[2] - z[1]) / s, (z[0] - x[2]) / s, (x[1] - y[0]) / s, s / 4];
    }
    if (x[0] > y[1] && x[0] > z[2]) {
        const s = 2 * Math.sqrt(1 + x[0] - y[1] - z[2]);
        return [s / 4, (y[0] + x[1]) / s, (z[0] + x[2]) / s, (y[2] - z[1]) / s];
    }
    if (y[1] > z[2]) {
        const s = 2 * Math.sqrt(1 + y[1] - x[0] - z[2]);
        return [(y[0] + x[1]) / s, s / 4, (z[1] + y[2]) / s, (z[0] - x[2]) / s];
    }
    const s = 2 * Math.sqrt(1 + z[2] - x[0] - y[1]);
    return [(z[0] + x[2]) / s, (z[1] + y[2]) / s, s / 4, (x[1] - y[0]) / s];
}

/** True for transforms that flatten what they place: relative to the lengths of the axes, below what float32 can invert. */
export function isSingular(m: ArrayLike<number>): boolean {
    const size = Math.hypot(m[0]!, m[1]!, m[2]!) * Math.hypot(m[4]!, m[5]!, m[6]!) * Math.hypot(m[8]!, m[9]!, m[10]!);
    return !(Math.abs(determinant3(m as Mat4)) > 1e-9 * size);
}

/** Where a singular transform puts the origin, so small (a nanometre a metre) that nobody sees it, but invertible. */
export function hiddenAt(m: Mat4): Mat4 {
    const tiny = 1e-9;
    return [tiny, 0, 0, 0, 0, tiny, 0, 0, 0, 0, tiny, 0, m[12]!, m[13]!, m[14]!, 1];
}
