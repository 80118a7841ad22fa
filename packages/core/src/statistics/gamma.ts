/**
 * The gamma function's logarithm and the regularized incomplete gamma functions P and Q, for the normal and chi-square
 * distributions. ln Gamma by Lanczos (g = 7, n = 9; SIAM J. Numer. Anal. B 1, 1964), relative error below 1e-14; P by its
 * series where x < a + 1, Q by its continued fraction (modified Lentz) elsewhere: Abramowitz and Stegun 6.5.29 and 6.5.31.
 */
import { exactExp, exactLog } from '../exact-math.ts';

const LANCZOS = [
    0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
    12.507343278686905, -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7
];
const LOG_SQRT_TWO_PI = 0.9189385332046728;
/** More terms than any argument below 1e8 needs; the loops end on their own. */
const MAX_TERMS = 100_000;

/** ln Gamma(x) for x > 0. */
export function logGamma(x: number): number {
    // Reflection-free recurrence below 1/2: Gamma(x) = Gamma(x + 1) / x.
    if (x < 0.5) return logGamma(x + 1) - exactLog(x);
    let sum = LANCZOS[0] as number;
    for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] as number) / (x - 1 + i);
    const t = x + 6.5;
    return LOG_SQRT_TWO_PI + (x - 0.5) * exactLog(t) - t + exactLog(sum);
}

/** x^a e^-x / Gamma(a), the factor both expansions share. */
const front = (a: number, x: number): number => exactExp(a * exactLog(x) - x - logGamma(a));

function series(a: number, x: number): number {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MAX_TERMS && term > sum * 1e-17; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * front(a, x);
}

function continuedFraction(a: number, x: number): number {
    const tiny = 1e-300;
    let b = x + 1 - a;
    let c = 1 / tiny;
    let d = 1 / b;
    let h = d;
    for (let n = 1; n < MAX_TERMS; n++) {
        const an = -n * (n - a);
        b += 2;
        d = an * d + b;
        d = 1 / (Math.abs(d) < tiny ? tiny : d);
        c = b + an / c;
        if (Math.abs(c) < tiny) c = tiny;
        const factor = c * d;
        h *= factor;
        if (Math.abs(factor - 1) < 1e-16) break;
    }
    return h * front(a, x);
}

/** P(a, x) = gamma(a, x) / Gamma(a): a > 0, x >= 0. */
export function regularizedGammaP(a: number, x: number): number {
    if (x <= 0) return 0;
    return x < a + 1 ? series(a, x) : 1 - continuedFraction(a, x);
}

/** Q(a, x) = 1 - P(a, x), accurate where it is small. */
export function regularizedGammaQ(a: number, x: number): number {
    if (x <= 0) return 1;
    return x < a + 1 ? 1 - series(a, x) : continuedFraction(a, x);
}
