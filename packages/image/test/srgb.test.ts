import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameFromRgba8, linearFromSrgb, quantize8, rgba8FromFrame, srgbFromLinear } from '../src/index.ts';

describe('sRGB', () => {
    it('gives every one of the 256 codes back after decoding and coding', () => {
        const data = Uint8Array.from({ length: 4 * 256 }, (_, i) => (i & 3 ? 255 - (i >> 2) : i >> 2));
        expect(rgba8FromFrame(frameFromRgba8({ widthPx: 256, heightPx: 1, data })).data).toEqual(data);
    });

    it('is its own inverse over the whole range, and odd', () => {
        fc.assert(
            fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
                // The standard's two pieces meet only to 1e-7 or so.
                expect(Math.abs(linearFromSrgb(srgbFromLinear(x)) - x)).toBeLessThan(1e-6 * Math.max(1, Math.abs(x)));
                expect(srgbFromLinear(-x)).toBeCloseTo(-srgbFromLinear(x), 12);
            })
        );
    });

    it('has middle grey where IEC 61966-2-1 has it', () => {
        // Code 188 is the one nearest to 50 % of the light; code 118 to the 18 % grey card.
        expect(quantize8(srgbFromLinear(0.5))).toBe(188);
        expect(quantize8(srgbFromLinear(0.18))).toBe(118);
    });

    it('clamps and takes NaN as black', () => {
        expect([2, -1, Number.NaN, 1, 0.5 / 255, 0.49 / 255].map(quantize8)).toEqual([255, 0, 0, 255, 1, 0]);
    });
});
