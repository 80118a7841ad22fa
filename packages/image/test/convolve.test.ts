import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convolveColumns, convolveRows, type Taps } from '../src/convolve.ts';

describe('separable filters', () => {
    it('agree with the sum written out, for every radius, even and odd', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 12 }),
                fc.integer({ min: 1, max: 6 }),
                fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 }),
                fc.boolean(),
                (width, rows, weights, odd) => {
                    const taps: Taps = { weights: Float64Array.from(weights), odd };
                    const r = weights.length - 1;
                    const plane = Float32Array.from({ length: width * (rows + 2 * r) }, (_, i) => ((i * 37) % 19) / 19);
                    const weight = (k: number) => (odd ? (k === 0 ? 0 : Math.sign(k)) : 1) * weights[Math.abs(k)]!;
                    const alongX = new Float32Array(plane.length);
                    convolveRows(plane, width, rows + 2 * r, taps, alongX);
                    const alongY = new Float32Array(width * rows);
                    convolveColumns(plane, width, rows, r, taps, alongY);
                    for (let y = 0; y < rows; y++) {
                        for (let x = 0; x < width; x++) {
                            let [sx, sy] = [0, 0];
                            for (let k = -r; k <= r; k++) {
                                sx += weight(k) * plane[y * width + Math.min(width - 1, Math.max(0, x + k))]!;
                                sy += weight(k) * plane[(y + r + k) * width + x]!;
                            }
                            // Float32 results of sums of at most 17 terms below 1.
                            expect(Math.abs(alongX[y * width + x]! - sx)).toBeLessThan(2e-6);
                            expect(Math.abs(alongY[y * width + x]! - sy)).toBeLessThan(2e-6);
                        }
                    }
                }
            )
        );
    });
});
