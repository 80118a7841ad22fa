import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoExposure } from '../src/auto-exposure.ts';
import { Frame } from '../src/frame.ts';

const grey = (luminances: readonly number[]): Frame =>
    new Frame({
        widthPx: luminances.length,
        heightPx: 1,
        layers: { color: Float32Array.from([...luminances, ...luminances, ...luminances]) }
    });

describe('the automatic exposure', () => {
    it('brings an even picture to middle grey, however bright it is', () => {
        fc.assert(
            fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (luminance) => {
                const exposure = autoExposure(grey(Array.from({ length: 40 }, () => luminance)));
                // The colour is kept in 32-bit floats: 2^-24 of its value, and the three weights sum to 1 within that.
                expect((exposure * luminance) / 0.18).toBeCloseTo(1, 5);
            })
        );
    });

    it('answers a brighter scene by exactly as much less', () => {
        const scene = Array.from({ length: 200 }, (_, i) => 0.01 * 1.03 ** i);
        const ratio = autoExposure(grey(scene)) / autoExposure(grey(scene.map((value) => 8 * value)));
        expect(ratio).toBeCloseTo(8, 5);
    });

    it('is decided neither by a lamp in the picture, nor by a black or broken part of it', () => {
        const wall = Array.from({ length: 96 }, () => 0.5);
        const alone = autoExposure(grey(wall));
        expect(autoExposure(grey([...wall, 1e5, 1e5, 1e5, 1e5]))).toBeCloseTo(alone, 6);
        expect(autoExposure(grey([...wall, ...new Array(300).fill(0)]))).toBeCloseTo(alone, 6);
        expect(autoExposure(grey([...wall, Number.NaN, Number.POSITIVE_INFINITY]))).toBeCloseTo(alone, 6);
    });

    it('leaves a picture without light alone', () => {
        expect(autoExposure(grey([0, 0, 0]))).toBe(1);
    });
});
