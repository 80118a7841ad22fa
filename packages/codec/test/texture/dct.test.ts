import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dct, dctMatrix } from '../../src/texture/dct.ts';

const SIZES = [3, 4, 5] as const;

/** The orthonormal DCT-II of N x N values, in floating point. */
function plainDct(block: ArrayLike<number>, size: number): Float64Array {
    const basis = (k: number, j: number): number =>
        Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * (2 * j + 1) * k) / (2 * size));
    const out = new Float64Array(size * size);
    const half = new Float64Array(size * size);
    for (let y = 0; y < size; y++)
        for (let k = 0; k < size; k++)
            for (let x = 0; x < size; x++) half[y * size + k]! += block[y * size + x]! * basis(k, x);
    for (let k = 0; k < size; k++)
        for (let l = 0; l < size; l++)
            for (let y = 0; y < size; y++) out[l * size + k]! += half[y * size + k]! * basis(l, y);
    return out;
}

/** M^T C M with the shifts of FORMAT.md, in doubles (exact below 2^53), without butterflies. */
function plainInverse(coefficients: ArrayLike<number>, log2Size: number): Int16Array {
    const size = 1 << log2Size;
    const m = dctMatrix(log2Size);
    const clip = (v: number, limit: number): number => Math.max(-limit, Math.min(limit, v));
    const middle = new Float64Array(size * size);
    for (let x = 0; x < size; x++)
        for (let y = 0; y < size; y++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += m[k * size + y]! * clip(coefficients[k * size + x]!, 2 ** 18);
            middle[y * size + x] = clip(Math.floor((sum + 64) / 128), 2 ** 19);
        }
    const out = new Int16Array(size * size);
    const shift = 2 ** (9 + log2Size);
    for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += m[k * size + x]! * middle[y * size + k]!;
            if (Math.abs(sum + shift / 2) >= 2 ** 31) throw new Error(`${sum} does not fit 32 bits`);
            out[y * size + x] = Math.floor((sum + shift / 2) / shift);
        }
    return out;
}

/** Largest distance of `scale * a` from `b`. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>, scale: number): number {
    let most = 0;
    for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! * scale - b[i]!));
    return most;
}

function rms(values: Int16Array): number {
    return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
}

const seeds = fc.array(fc.integer({ min: -510, max: 510 }), { minLength: 64, maxLength: 64 });
const spread = (values: readonly number[], size: number): Int16Array =>
    Int16Array.from({ length: size * size }, (_, i) => values[(i * 7 + (i >> 6)) % 64]!);

describe('the integer DCT', () => {
    it('has rows within 1.5 units of the cosines, nearly orthogonal', () => {
        for (const log2Size of SIZES) {
            const size = 1 << log2Size;
            const m = dctMatrix(log2Size);
            for (let k = 0; k < size; k++) {
                let worst = 0;
                for (let j = 0; j < size; j++) {
                    const truth = 64 * (k ? Math.SQRT2 : 1) * Math.cos((Math.PI * (2 * j + 1) * k) / (2 * size));
                    worst = Math.max(worst, Math.abs(m[k * size + j]! - truth));
                }
                expect(worst).toBeLessThan(1.5);
                for (let l = 0; l <= k; l++) {
                    let dot = 0;
                    for (let j = 0; j < size; j++) dot += m[k * size + j]! * m[l * size + j]!;
                    // 0.3 % of the norm, against 1.1 % for rounded cosines.
                    expect(Math.abs(dot / (4096 * size) - (k === l ? 1 : 0))).toBeLessThan(0.003);
                }
            }
        }
    });

    for (const log2Size of SIZES) {
        const size = 1 << log2Size;
        it(`is 16 times the orthonormal one to within 1 % of the block's energy (${size} points)`, () => {
            fc.assert(
                fc.property(seeds, (values) => {
                    const block = spread(values, size);
                    const out = new Int32Array(size * size);
                    new Dct().forward(block, out, log2Size);
                    const truth = plainDct(block, size);
                    const energy = Math.sqrt(block.reduce((sum, v) => sum + v * v, 0));
                    // Matrix entries are rounded to 1/64 in 90: below 0.6 % each; plus one unit of rounding.
                    expect(furthest(out, truth, 1 / 16)).toBeLessThan(0.01 * energy + 0.2);
                }),
                { numRuns: 20 }
            );
        });

        it(`comes back from any residual, however rough, with an error of 0.8 % of it and rounding (${size} points)`, () => {
            fc.assert(
                fc.property(seeds, (values) => {
                    const block = spread(values, size);
                    const coefficients = new Int32Array(size * size);
                    const back = new Int16Array(size * size);
                    const dct = new Dct();
                    dct.forward(block, coefficients, log2Size);
                    dct.inverse(coefficients, back, log2Size, size, size);
                    // Rows are not exactly orthogonal: 0.3 % in each of two passes each way, root mean square; rounding is 0.3 of a level.
                    const error = rms(back.map((v, i) => v - block[i]!));
                    expect(error).toBeLessThan(0.008 * rms(block) + 0.5);
                }),
                { numRuns: 30 }
            );
        });

        it(`comes back exactly from small single samples of either sign and every flat block (${size} points)`, () => {
            const dct = new Dct();
            const block = new Int16Array(size * size);
            const coefficients = new Int32Array(size * size);
            const back = new Int16Array(size * size);
            for (let i = 0; i < size * size; i += log2Size === 5 ? 7 : log2Size === 4 ? 3 : 1) {
                for (const value of [-30, -1, 1, 30]) {
                    block.fill(0);
                    block[i] = value;
                    dct.forward(block, coefficients, log2Size);
                    dct.inverse(coefficients, back, log2Size, size, size);
                    expect(furthest(back, block, 1)).toBe(0);
                }
            }
            for (let value = -510; value <= 510; value++) {
                block.fill(value);
                dct.forward(block, coefficients, log2Size);
                dct.inverse(coefficients, back, log2Size, 1, 1);
                expect(furthest(back, block, 1)).toBe(0);
            }
        });

        it(`gives what the matrices give, whatever the coefficients, without leaving 32 bits (${size} points)`, () => {
            const coefficient = fc.oneof(
                fc.constantFrom(0, 0, 0, 2 ** 18, -(2 ** 18), 2 ** 30, -(2 ** 30)),
                fc.integer({ min: -5000, max: 5000 })
            );
            const sparse = fc.array(coefficient, { minLength: 64, maxLength: 64 });
            fc.assert(
                fc.property(
                    sparse,
                    fc.integer({ min: 1, max: size }),
                    fc.integer({ min: 1, max: size }),
                    (values, rows, columns) => {
                        const coefficients = new Int32Array(size * size);
                        for (let y = 0; y < rows; y++)
                            for (let x = 0; x < columns; x++)
                                coefficients[y * size + x] = values[(y * 11 + x * 5) % 64]!;
                        const out = new Int16Array(size * size);
                        new Dct().inverse(coefficients, out, log2Size, rows, columns);
                        expect(out).toEqual(plainInverse(coefficients, log2Size));
                    }
                ),
                { numRuns: 40 }
            );
        });
    }
});
