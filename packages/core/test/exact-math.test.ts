import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactAcos, exactAtan2, exactCos, exactExp, exactLog, exactPow, exactSin } from '../src/exact-math.ts';

/** The nearest doubles to the results of Python's decimal with 45 digits, taken of the exact value of each argument. */
const LOGS: readonly (readonly [number, number])[] = [
    [1e-300, -690.7755278982137],
    [5e-324, -744.4400719213812],
    [1e-10, -23.025850929940457],
    [0.2, -1.6094379124341003],
    [0.5, -Math.LN2],
    [0.7071067811865475, -0.34657359027997275],
    [Math.SQRT1_2, -0.3465735902799726],
    [0.9999999999999999, -1.1102230246251565e-16],
    [1.0000000000000002, 2.2204460492503128e-16],
    [1.5, 0.4054651081081644],
    [2, Math.LN2],
    [10, Math.LN10],
    [12345.678, 9.421061321291832],
    [1e100, 230.25850929940458],
    [1.7976931348623157e308, 709.782712893384]
];
const EXPONENTIALS: readonly (readonly [number, number])[] = [
    [-700, 9.85967654375977e-305],
    [-100.25, 2.897198083210148e-44],
    [-1, 0.36787944117144233],
    [-1e-9, 0.999999999],
    [0.3, 1.3498588075760032],
    [0.34657, 1.4142084849595797],
    [1, Math.E],
    [1.5, 4.4816890703380645],
    [10, 22026.465794806718],
    [100, 2.6881171418161356e43],
    [700.5, 1.6721859620674984e304],
    [709.7, 1.6549840276802644e308]
];
/** y, x, atan2(y, x). */
const ANGLES: readonly (readonly [number, number, number])[] = [
    [0.1, 1, 0.09966865249116204],
    [1, 3, 0.3217505543966422],
    [-2.5, 0.7, -1.297787623708186],
    [1e-8, 1, 1e-8],
    [3, -4, 2.498091544796509],
    [-0.001, -100000, -3.141592643589793],
    [5.25, 5.2500001, 0.7853981538736389],
    [-0.3, -0.9, -2.819842099193151],
    [123.4, -0.01, 1.5708773640718667],
    [1e-200, 3e-200, 0.3217505543966422]
];
/** x, y, x^y. */
const POWERS: readonly (readonly [number, number, number])[] = [
    [0.5, 1 / 2.2, 0.7297400528407231],
    [0.2, 0.3, 0.6170338627200097],
    [3.7, 2.5, 26.333240780428074],
    [10, -3.3, 0.0005011872336272725],
    [1e-9, 0.45, 8.912509381337453e-5]
];
/** See the last test. */
const SINES = 2248102269;
/** Two units in the last place: what the file promises. */
const ULPS = 2;
const ulps = (value: number, expected: number): number => Math.abs(value - expected) / (2 ** -52 * Math.abs(expected));

test('logarithms are within two units in the last place of the true value', () => {
    for (const [x, expected] of LOGS) expect(ulps(exactLog(x), expected), `log ${x}`).toBeLessThanOrEqual(ULPS);
});

test('exponentials are within two units in the last place of the true value', () => {
    for (const [x, expected] of EXPONENTIALS) expect(ulps(exactExp(x), expected), `exp ${x}`).toBeLessThanOrEqual(ULPS);
});

test('both stay near the functions of the host, which V8 keeps within one unit', () => {
    fc.assert(
        fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
            if (x !== 1) expect(ulps(exactLog(x), Math.log(x))).toBeLessThanOrEqual(ULPS + 1);
        })
    );
    fc.assert(
        fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => {
            expect(ulps(exactExp(x), Math.exp(x))).toBeLessThanOrEqual(ULPS + 1);
        })
    );
});

test('the ends of both functions are those of the built-ins', () => {
    for (const x of [0, -0, 1, -1, Infinity, -Infinity, Number.NaN]) {
        expect(exactLog(x)).toBe(Math.log(x));
        if (x !== 1 && x !== -1) expect(exactExp(x)).toBe(Math.exp(x));
    }
    expect(exactExp(710)).toBe(Infinity);
    expect(exactExp(-746)).toBe(0);
    expect(exactExp(-745)).toBe(5e-324);
});

test('sine and cosine are those of the engine to three units in the last place, in every quadrant', () => {
    // The engine's own may be off by one; ours promises two, and near a zero beyond 0 as much of 2^-30.
    const near = (value: number, expected: number): boolean =>
        Math.abs(value - expected) <= 3 * 2 ** -52 * Math.max(Math.abs(expected), 2 ** -30);
    fc.assert(
        fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (x) => {
            expect(near(exactSin(x), Math.sin(x)), `sin ${x}`).toBe(true);
            expect(near(exactCos(x), Math.cos(x)), `cos ${x}`).toBe(true);
        })
    );
    for (let n = -9; n <= 9; n++) {
        const x = (n * Math.PI) / 4;
        expect(near(exactSin(x), Math.sin(x)), `sin ${n} pi/4`).toBe(true);
        expect(near(exactCos(x), Math.cos(x)), `cos ${n} pi/4`).toBe(true);
    }
    expect([exactSin(0), exactCos(0)]).toEqual([0, 1]);
    expect([exactSin(1e9), exactCos(Number.POSITIVE_INFINITY), exactSin(Number.NaN)]).toEqual([
        Number.NaN,
        Number.NaN,
        Number.NaN
    ]);
});

test('angles are within two units in the last place of the true value', () => {
    for (const [y, x, expected] of ANGLES) {
        expect(ulps(exactAtan2(y, x), expected), `atan2 ${y} ${x}`).toBeLessThanOrEqual(ULPS);
    }
});

test('angles are those of the engine to three units in the last place, with its signs at the ends', () => {
    const side = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
        fc.property(side, side, (y, x) => {
            const expected = Math.atan2(y, x);
            // The smallest of all numbers have no last place to speak of.
            if (Math.abs(expected) > 1e-290) expect(ulps(exactAtan2(y, x), expected)).toBeLessThanOrEqual(ULPS + 1);
            const c = x / 1e12;
            // Near 1 the angle is the root of a difference, which has lost nothing: 1 - x and 1 + x are exact or rounded once.
            if (Math.abs(c) < 1) expect(Math.abs(exactAcos(c) - Math.acos(c))).toBeLessThan(2e-15);
        })
    );
    const ends = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 1.7e308];
    for (const y of ends) {
        for (const x of ends) {
            const expected = Math.atan2(y, x);
            if (Number.isNaN(expected)) expect(exactAtan2(y, x)).toBeNaN();
            else expect(exactAtan2(y, x), `${y} ${x}`).toBeCloseTo(expected, 15);
        }
    }
    for (const y of [0, -0]) for (const x of [0, -0, 2, -2]) expect(exactAtan2(y, x)).toBe(Math.atan2(y, x));
    expect([exactAcos(1), exactAcos(-1), exactAcos(0)]).toEqual([0, Math.PI, Math.PI / 2]);
    expect(exactAcos(1.01)).toBeNaN();
});

test('powers are near the true value, as near as their exponent lets them', () => {
    for (const [x, y, expected] of POWERS) {
        const error = Math.abs(exactPow(x, y) / expected - 1);
        expect(error, `${x}^${y}`).toBeLessThan(4e-16 * (2 + Math.abs(y * Math.log(x))));
    }
    expect([exactPow(0, 2), exactPow(0, 0), exactPow(3, 0), exactPow(0, -1)]).toEqual([0, 1, 1, Infinity]);
    expect(exactPow(-8, 2)).toBeNaN();
});

test('a hundred thousand sines have the same bits on every machine', () => {
    // A sum in which every last bit counts; taken once, on x64 with Node 20.
    let bits = 0;
    const word = new Float64Array(1);
    const parts = new Uint32Array(word.buffer);
    for (let i = 0; i < 100_000; i++) {
        word[0] = exactSin(i * 0.0137) + exactCos(i * 0.0071);
        bits = (Math.imul(bits, 31) + parts[0]! + parts[1]!) >>> 0;
    }
    expect(bits).toBe(SINES);
});
