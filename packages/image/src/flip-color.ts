/**
 * The colour spaces of FLIP: linear sRGB to the opponent space YCxCz (linear, for filtering) and to Hunt-adjusted CIE L*a*b*
 * (for distances), D65 white. The matrix is the exact one of the sRGB primaries, as in the FLIP 1.6 release.
 */

const M: readonly number[] = [
    10135552 / 24577794,
    8788810 / 24577794,
    4435075 / 24577794,
    2613072 / 12288897,
    8788810 / 12288897,
    887015 / 12288897,
    1425312 / 73733382,
    8788810 / 73733382,
    70074185 / 73733382
];
const WHITE: readonly number[] = [M[0]! + M[1]! + M[2]!, 1, M[6]! + M[7]! + M[8]!];

function invert(m: readonly number[]): number[] {
    const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number];
    const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    return [
        (e * i - f * h) / det,
        (c * h - b * i) / det,
        (b * f - c * e) / det,
        (f * g - d * i) / det,
        (a * i - c * g) / det,
        (c * d - a * f) / det,
        (d * h - e * g) / det,
        (b * g - a * h) / det,
        (a * e - b * d) / det
    ];
}

/** Rows scaled by 1 / white: linear RGB to XYZ relative to white, and back. */
const TO_XYZ: readonly number[] = M.map((value, i) => value / WHITE[Math.floor(i / 3)]!);
const FROM_XYZ: readonly number[] = invert(TO_XYZ);

/** Linear RGB planes at `from` to YCxCz planes at `to` (offsets in samples). */
export function opponentFromLinear(
    r: number,
    g: number,
    b: number,
    out: readonly [Float32Array, Float32Array, Float32Array],
    at: number
): void {
    const x = TO_XYZ[0]! * r + TO_XYZ[1]! * g + TO_XYZ[2]! * b;
    const y = TO_XYZ[3]! * r + TO_XYZ[4]! * g + TO_XYZ[5]! * b;
    const z = TO_XYZ[6]! * r + TO_XYZ[7]! * g + TO_XYZ[8]! * b;
    out[0][at] = 116 * y - 16;
    out[1][at] = 500 * (x - y);
    out[2][at] = 200 * (y - z);
}

const clamp = (value: number) => (value > 0 ? (value < 1 ? value : 1) : 0);

/** CIE f(t): cube root above (6/29)^3, a line below. */
const labCurve = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (841 / 108) * t + 4 / 29);

/** Filtered YCxCz, through linear RGB clamped to the unit cube, to Hunt-adjusted L*a*b* in `lab`. */
export function huntLabFromOpponent(yy: number, cx: number, cz: number, lab: Float64Array): void {
    const y = (yy + 16) / 116;
    const x = y + cx / 500;
    const z = y - cz / 200;
    huntLabFromLinear(
        clamp(FROM_XYZ[0]! * x + FROM_XYZ[1]! * y + FROM_XYZ[2]! * z),
        clamp(FROM_XYZ[3]! * x + FROM_XYZ[4]! * y + FROM_XYZ[5]! * z),
        clamp(FROM_XYZ[6]! * x + FROM_XYZ[7]! * y + FROM_XYZ[8]! * z),
        lab
    );
}

/** Linear RGB to Hunt-adjusted L*a*b*: a and b shrink with lightness. */
export function huntLabFromLinear(r: number, g: number, b: number, lab: Float64Array): void {
    const x = labCurve(TO_XYZ[0]! * r + TO_XYZ[1]! * g + TO_XYZ[2]! * b);
    const y = labCurve(TO_XYZ[3]! * r + TO_XYZ[4]! * g + TO_XYZ[5]! * b);
    const z = labCurve(TO_XYZ[6]! * r + TO_XYZ[7]! * g + TO_XYZ[8]! * b);
    const lightness = 116 * y - 16;
    lab[0] = lightness;
    lab[1] = 0.01 * lightness * 500 * (x - y);
    lab[2] = 0.01 * lightness * 200 * (y - z);
}

/** HyAB distance: city-block in lightness, Euclidean in chroma. */
export function hyab(a: Float64Array, b: Float64Array): number {
    const da = a[1]! - b[1]!;
    const db = a[2]! - b[2]!;
    return Math.abs(a[0]! - b[0]!) + Math.sqrt(da * da + db * db);
}
