/**
 * The standard normal distribution: its quantile by Wichura's algorithm AS 241 PPND16 (Applied Statistics 37, 1988, relative
 * accuracy 1e-16) and its cumulative probability by the incomplete gamma function. Only correctly rounded operations, so that
 * random normal numbers made from the quantile are the same on every machine.
 */
import { exactLog } from '../exact-math.ts';
import { regularizedGammaP, regularizedGammaQ } from './gamma.ts';

/** Coefficients of AS 241, as the nearest doubles, highest power first: central region, then the near tail (r <= 5), then the far one. */
const CENTRAL_NUMERATOR = [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665
];
const CENTRAL_DENOMINATOR = [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1
];
const NEAR_NUMERATOR = [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835
];
const NEAR_DENOMINATOR = [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1
];
const FAR_NUMERATOR = [
    2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103
];
const FAR_DENOMINATOR = [
    2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1
];

function polynomial(coefficients: readonly number[], x: number): number {
    let sum = 0;
    for (const c of coefficients) sum = sum * x + c;
    return sum;
}

/** x with P(X <= x) = p for standard normal X. p in 0..1; 0 gives -Infinity, 1 gives Infinity, anything else NaN. */
export function normalQuantile(p: number): number {
    if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : Number.NaN;
    const q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
        const r = 0.180625 - q * q;
        return (q * polynomial(CENTRAL_NUMERATOR, r)) / polynomial(CENTRAL_DENOMINATOR, r);
    }
    const r = Math.sqrt(-exactLog(q < 0 ? p : 1 - p));
    const x =
        r <= 5
            ? polynomial(NEAR_NUMERATOR, r - 1.6) / polynomial(NEAR_DENOMINATOR, r - 1.6)
            : polynomial(FAR_NUMERATOR, r - 5) / polynomial(FAR_DENOMINATOR, r - 5);
    return q < 0 ? -x : x;
}

/** P(X <= x) for standard normal X; keeps its relative accuracy in the lower tail. */
export function normalCdf(x: number): number {
    if (x === 0) return 0.5;
    const half = 0.5 * (x * x);
    return x < 0 ? 0.5 * regularizedGammaQ(0.5, half) : 0.5 + 0.5 * regularizedGammaP(0.5, half);
}
