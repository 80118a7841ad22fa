import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
    chiSquareUpper,
    logGamma,
    normalCdf,
    normalQuantile,
    regularizedBeta,
    regularizedGammaP,
    regularizedGammaQ,
    studentCdf,
    studentTwoSided,
    studentTwoSidedQuantile
} from '../../src/index.ts';

/** Values below are SciPy 1.17.1's (Cephes and Boost). Both sides round: 1e-12 relative is some thousand units. */
const RELATIVE = 1e-12;

function expectRelative(value: number, expected: number, what: string, tolerance: number = RELATIVE): void {
    expect(Math.abs(value - expected), what).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

test('ln Gamma agrees with scipy.special.gammaln', () => {
    for (const [x, expected] of [
        [0.001, 6.907178885383853],
        [0.5, 0.5723649429247001],
        [2.5, 0.2846828704729192],
        [10, 12.801827480081469],
        [100.5, 361.43554046777757],
        [1e5, 1051287.7089736569]
    ] as const) {
        expectRelative(logGamma(x), expected, `logGamma ${x}`);
    }
    expect(Math.abs(logGamma(1))).toBeLessThan(1e-14);
});

test('the incomplete gamma functions agree with scipy.special.gammainc and gammaincc', () => {
    for (const [a, x, p, q] of [
        [0.5, 0.1, 0.34527915398142317, 0.6547208460185768],
        [0.5, 10, 0.999992255783569, 0.000007744216431044088],
        [3, 2, 0.32332358381693654, 0.6766764161830634],
        [10, 30, 0.9999928782491372, 0.000007121750862815593],
        [100, 90, 0.15822098918643007, 0.84177901081357],
        // e^(a ln x - x - ln Gamma(a)) loses the digits of a ln x = 2e4 here: 2e4 * 2^-53 per rounding.
        [2500, 2600, 0.9761810019792594, 0.023818998020740657]
    ] as const) {
        const tolerance = a > 1000 ? 1e-10 : RELATIVE;
        expectRelative(regularizedGammaP(a, x), p, `P(${a}, ${x})`, tolerance);
        expectRelative(regularizedGammaQ(a, x), q, `Q(${a}, ${x})`, tolerance);
    }
    expect([regularizedGammaP(1, 0), regularizedGammaQ(1, 0)]).toEqual([0, 1]);
});

test('the incomplete beta function agrees with scipy.special.betainc', () => {
    for (const [x, a, b, expected] of [
        [0.5, 0.5, 0.5, 0.5],
        [0.1, 2, 3, 0.0523],
        [0.9, 20, 1.5, 0.2341271102949332],
        [0.01, 0.3, 40, 0.7757445280124585],
        [0.6, 300, 200, 0.49757138368006865]
    ] as const) {
        expectRelative(regularizedBeta(x, a, b), expected, `I_${x}(${a}, ${b})`, a > 100 ? 1e-11 : RELATIVE);
    }
    expect([regularizedBeta(0, 1, 2), regularizedBeta(1, 1, 2)]).toEqual([0, 1]);
});

test('I_x(a, b) + I_(1-x)(b, a) is 1', () => {
    const shape = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
        fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), shape, shape, (x, a, b) => {
            expect(regularizedBeta(x, a, b) + regularizedBeta(1 - x, b, a)).toBeCloseTo(1, 11);
        })
    );
});

test("Student's t agrees with scipy.stats.t", () => {
    for (const [t, degrees, expected] of [
        [0.5, 1, 0.7048327646991335],
        [2, 1.5, 0.22418833035605112],
        [3, 7.3, 0.018980551023133497],
        [12, 4, 0.000276428548502973],
        [40, 30, 1.3726045194406417e-27]
    ] as const) {
        expectRelative(studentTwoSided(t, degrees), expected, `t ${t} ${degrees}`);
        expectRelative(studentTwoSided(-t, degrees), expected, `t -${t} ${degrees}`);
    }
    // ln Gamma(5000) is 4e4: its rounding, 4e4 * 2^-53, is the accuracy left.
    expectRelative(studentTwoSided(1.96, 1e4), 0.05002352023183303, 't 1.96 1e4', 1e-10);
    expect(studentCdf(0, 3)).toBeCloseTo(0.5, 14);
    expect(studentCdf(2, 5) + studentCdf(-2, 5)).toBeCloseTo(1, 14);
    expect(studentTwoSided(Number.NaN, 5)).toBeNaN();
});

test("Student's quantiles are the tables' and invert the probability", () => {
    // qt(0.975, df) of R: 12.7062, 2.228139, 1.959964 for 1, 10 and very many degrees of freedom.
    expect(studentTwoSidedQuantile(0.95, 1)).toBeCloseTo(12.7062, 4);
    expect(studentTwoSidedQuantile(0.95, 10)).toBeCloseTo(2.228139, 6);
    expect(studentTwoSidedQuantile(0.95, 1e7)).toBeCloseTo(1.959964, 5);
    fc.assert(
        fc.property(
            fc.double({ min: 0.01, max: 0.999, noNaN: true }),
            fc.double({ min: 1, max: 100, noNaN: true }),
            (c, d) => {
                expect(1 - studentTwoSided(studentTwoSidedQuantile(c, d), d)).toBeCloseTo(c, 10);
            }
        )
    );
});

test('the normal distribution agrees with scipy.stats.norm, also far out in the tail', () => {
    for (const [x, expected] of [
        [-8, 6.22096057427174e-16],
        [-3, 0.0013498980316300933],
        [-1, 0.15865525393145707],
        [-0.1, 0.460172162722971],
        [0.5, 0.6914624612740131],
        [2, 0.9772498680518208],
        [5, 0.9999997133484281]
    ] as const) {
        expectRelative(normalCdf(x), expected, `normalCdf ${x}`);
    }
    expect(normalCdf(0)).toBe(0.5);
});

test('normal quantiles are the check values published with AS 241', () => {
    expectRelative(normalQuantile(0.25), -0.6744897501960817, 'p = 0.25', 1e-15);
    expectRelative(normalQuantile(0.001), -3.090232306167814, 'p = 0.001', 1e-15);
    expectRelative(normalQuantile(1e-20), -9.262340089798409, 'p = 1e-20', 1e-15);
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(2), normalQuantile(0.5)]).toEqual([
        -Infinity,
        Infinity,
        Number.NaN,
        0
    ]);
});

test('the normal quantile inverts the probability', () => {
    fc.assert(
        fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
            expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
        })
    );
});

test('chi-square tails agree with scipy.stats.chi2', () => {
    for (const [x, degrees, expected] of [
        [3.841458820694124, 1, 0.05],
        [10, 5, 0.07523524614651217],
        [150, 100, 0.0009039320423540184],
        [1, 10, 0.9998278843700441]
    ] as const) {
        expectRelative(chiSquareUpper(x, degrees), expected, `chi2 ${x} ${degrees}`);
    }
});
