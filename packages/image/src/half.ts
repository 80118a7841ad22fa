/**
 * IEEE 754 binary16 and back. Narrowing rounds to nearest, ties to even, as GPUs and OpenEXR do; NaN stays NaN, and what is
 * too large becomes infinite (from 65520 on). Widening is a table of 65536 floats, made on first use.
 */

const scratch = new DataView(new ArrayBuffer(4));

/** Bits of the half nearest to `value`. */
export function halfFromFloat(value: number): number {
    scratch.setFloat32(0, value);
    const bits = scratch.getUint32(0);
    const sign = (bits >>> 16) & 0x8000;
    const exponent = (bits >>> 23) & 0xff;
    const mantissa = bits & 0x7fffff;
    if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 | (mantissa >> 13) : 0);
    const e = exponent - 112;
    if (e >= 31) return sign | 0x7c00;
    if (e >= 1) return sign | roundShift((e << 23) | mantissa, 13);
    // Below 2^-25 everything rounds to zero (2^-25 itself ties to the even zero).
    if (e < -10) return sign;
    return sign | roundShift(mantissa | 0x800000, 14 - e);
}

/** `value >> shift`, rounded to nearest, ties to even. A carry walks into the exponent, which is what rounding wants. */
function roundShift(value: number, shift: number): number {
    const kept = value >> shift;
    const rest = value & ((1 << shift) - 1);
    const tie = 1 << (shift - 1);
    return rest > tie || (rest === tie && (kept & 1) === 1) ? kept + 1 : kept;
}

/** The float that half bits stand for. */
export function floatFromHalf(bits: number): number {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 0x3ff;
    if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    if (exponent === 0) return sign * mantissa * 2 ** -24;
    return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

let table: Float32Array | undefined;

/** All 65536 halves as floats. */
export function halfTable(): Float32Array {
    return (table ??= Float32Array.from({ length: 65536 }, (_, bits) => floatFromHalf(bits)));
}
