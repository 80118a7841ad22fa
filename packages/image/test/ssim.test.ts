import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame, linearFromSrgb, MS_SSIM_WEIGHTS, msSsim, psnr, ssim } from '../src/index.ts';

function picture(widthPx: number, heightPx: number, code: (x: number, y: number, c: number) => number): Frame {
    const n = widthPx * heightPx;
    const color = Float32Array.from({ length: 3 * n }, (_, i) =>
        linearFromSrgb(code(i % widthPx, Math.floor((i % n) / widthPx), Math.floor(i / n)))
    );
    return new Frame({ widthPx, heightPx, layers: { color } });
}

const smooth = (x: number, y: number, c: number) => 0.5 + 0.4 * Math.sin(x / 7 + c) * Math.cos(y / 5);
const noisy = (x: number, y: number, c: number) => smooth(x, y, c) + ((x * 31 + y * 17 + c * 7) % 13) / 130 - 0.05;

/** Both means by the formulas, window by window. */
function direct(a: number[][], b: number[][]): { ssim: number; structure: number } {
    const g = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / 4.5));
    const norm = g.reduce((s, v) => s + v, 0) ** 2;
    let [full, structure, count] = [0, 0, 0];
    for (let y = 0; y + 11 <= a.length; y++) {
        for (let x = 0; x + 11 <= a[0]!.length; x++) {
            let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
            for (let j = 0; j < 11; j++) {
                for (let i = 0; i < 11; i++) {
                    const w = (g[i]! * g[j]!) / norm;
                    const [p, q] = [a[y + j]![x + i]!, b[y + j]![x + i]!];
                    ma += w * p;
                    mb += w * q;
                    aa += w * p * p;
                    bb += w * q * q;
                    ab += w * p * q;
                }
            }
            const cs = (2 * (ab - ma * mb) + 9e-4) / (aa - ma * ma + bb - mb * mb + 9e-4);
            structure += cs;
            full += (cs * (2 * ma * mb + 1e-4)) / (ma * ma + mb * mb + 1e-4);
            count++;
        }
    }
    return { ssim: full / count, structure: structure / count };
}

const rowsOf = (code: (x: number, y: number, c: number) => number, w: number, h: number, c: number) =>
    Array.from({ length: h }, (_, y) => Array.from({ length: w }, (_, x) => Math.min(1, Math.max(0, code(x, y, c)))));

describe('SSIM', () => {
    it('agrees with the sums written out window by window', () => {
        const [w, h] = [23, 17];
        const expected = [0, 1, 2].map((c) => direct(rowsOf(smooth, w, h, c), rowsOf(noisy, w, h, c)).ssim);
        const mean = expected.reduce((s, v) => s + v, 0) / 3;
        // Codes are float32 after a trip through linear light: 1e-7 in 0.5, squared differences of 1e-3.
        expect(ssim(picture(w, h, smooth), picture(w, h, noisy))).toBeCloseTo(mean, 4);
    });

    it('is 1 for equal pictures, symmetric, and falls as noise grows', () => {
        const add = (gain: number) => (x: number, y: number, c: number) =>
            smooth(x, y, c) + gain * (((x * 31 + y * 17) % 13) / 13 - 0.5);
        const values = [0, 0.05, 0.1, 0.3].map((gain) => ssim(picture(40, 30, smooth), picture(40, 30, add(gain))));
        expect(values[0]).toBeCloseTo(1, 6);
        for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]!);
        expect(ssim(picture(40, 30, noisy), picture(40, 30, smooth))).toBeCloseTo(
            ssim(picture(40, 30, smooth), picture(40, 30, noisy)),
            12
        );
    });
});

describe('MS-SSIM', () => {
    it('agrees with the product over five scales written out', () => {
        const [w, h] = [166, 161];
        let mean = 0;
        for (let c = 0; c < 3; c++) {
            let [a, b] = [rowsOf(smooth, w, h, c), rowsOf(noisy, w, h, c)];
            let product = 1;
            MS_SSIM_WEIGHTS.forEach((weight, scale) => {
                const { ssim: full, structure } = direct(a, b);
                product *= (scale === 4 ? full : structure) ** weight;
                const halve = (m: number[][]) =>
                    Array.from({ length: Math.ceil(m.length / 2) }, (_, y) =>
                        Array.from({ length: Math.ceil(m[0]!.length / 2) }, (_, x) => {
                            const row = (j: number) => m[Math.min(j, m.length - 1)]!;
                            const [x0, x1] = [2 * x, Math.min(2 * x + 1, m[0]!.length - 1)];
                            return (row(2 * y)[x0]! + row(2 * y)[x1]! + row(2 * y + 1)[x0]! + row(2 * y + 1)[x1]!) / 4;
                        })
                    );
                [a, b] = [halve(a), halve(b)];
            });
            mean += product / 3;
        }
        expect(msSsim(picture(w, h, smooth), picture(w, h, noisy))).toBeCloseTo(mean, 4);
    });

    it('has weights that sum to 1, 1 for equal pictures and 0 for inverted ones', () => {
        // The published weights are rounded and sum to 1.0001.
        expect(MS_SSIM_WEIGHTS.reduce((s, v) => s + v, 0)).toBeCloseTo(1.0001, 6);
        const a = picture(170, 170, smooth);
        expect(msSsim(a, a)).toBeCloseTo(1, 6);
        expect(
            msSsim(
                a,
                picture(170, 170, (x, y, c) => 1 - smooth(x, y, c))
            )
        ).toBe(0);
    });

    it('refuses pictures too small for five scales and says what to use', () => {
        expect(() => msSsim(picture(160, 400, smooth), picture(160, 400, smooth))).toThrow(/at least 161.*Use ssim/);
    });
});

describe('PSNR', () => {
    it('of one code in 255 everywhere is 48.13 dB', () => {
        const a = picture(8, 8, () => 100 / 255);
        const b = picture(8, 8, () => 101 / 255);
        // 20 log10 255 = 48.1308; codes are float32.
        expect(psnr(a, b)).toBeCloseTo(48.1308, 3);
        expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY);
    });

    it('of linear light follows the mean squared error and the peak', () => {
        fc.assert(
            fc.property(
                fc.double({ min: 0.01, max: 10, noNaN: true }),
                fc.double({ min: 0.1, max: 9, noNaN: true }),
                (e, peak) => {
                    const zero = new Frame({ widthPx: 1, heightPx: 1, layers: { color: new Float32Array(3) } });
                    const off = new Frame({ widthPx: 1, heightPx: 1, layers: { color: Float32Array.of(e, e, e) } });
                    // Float32 of e: 6e-8 relative, 5e-7 dB.
                    expect(psnr(zero, off, { on: 'linear', peak })).toBeCloseTo(20 * Math.log10(peak / e), 5);
                }
            )
        );
    });
});
