import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame, TONE_MAPPERS, type ToneMapper, toneMap } from '../src/index.ts';

function mapped(mapper: ToneMapper, rgb: readonly number[], exposure = 1): number[] {
    const frame = new Frame({ widthPx: 1, heightPx: 1, layers: { color: Float32Array.from(rgb) } });
    return [...toneMap(frame, { mapper, exposure }).layer('color')];
}

function close(actual: readonly number[], expected: readonly number[]): void {
    // Float32 results of O(1) values: a few units of 2^-24, and the constants below are printed to 7 digits.
    actual.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected[i]!)));
    });
}

describe('toneMap', () => {
    it('agrees with the published fractions of each curve at 0.18, 1 and 4', () => {
        const at = [0.18, 1, 4];
        // Narkowicz: (2.51 x^2 + .03 x) / (2.43 x^2 + .59 x + .14), in whole numbers over 100.
        close(
            mapped('aces', at),
            at.map((x) => (251 * x * x + 3 * x) / (243 * x * x + 59 * x + 14))
        );
        // Hable: ((x (.15 x + .05) + .004) / (x (.15 x + .5) + .06)) - 1/15, over its value at 11.2.
        const hable = (x: number) => (0.15 * x * x + 0.05 * x + 0.004) / (0.15 * x * x + 0.5 * x + 0.06) - 1 / 15;
        close(
            mapped('filmic', at),
            at.map((x) => hable(x) / hable(11.2))
        );
        // Hejl in the engine's form: 1.25 * (Hable with A = .22, B = .3, C = .1, D = .2, E = .01, F = .3 of x - .004).
        const hejl = (x: number) => {
            const h = x - 0.004;
            return 1.25 * ((0.22 * h * h + 0.03 * h + 0.002) / (0.22 * h * h + 0.3 * h + 0.06) - 1 / 30);
        };
        close(mapped('hejl', at), at.map(hejl));
    });

    it('agrees with the RRT and ODT fit evaluated with column vectors', () => {
        const input = [0.9, 0.3, 2.5];
        const rows = (m: number[][], v: number[]) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i]!, 0));
        const a = rows(
            [
                [0.59719, 0.35458, 0.04823],
                [0.076, 0.90834, 0.01566],
                [0.0284, 0.13383, 0.83777]
            ],
            input.map((x) => x / 0.6)
        );
        const fit = a.map((v) => (v * v + 0.0245786 * v - 0.000090537) / (0.983729 * v * v + 0.432951 * v + 0.238081));
        const b = rows(
            [
                [1.60475, -0.53108, -0.07367],
                [-0.10208, 1.10813, -0.00605],
                [-0.00327, -0.07276, 1.07602]
            ],
            fit
        );
        close(
            mapped('aces2', input),
            b.map((x) => Math.min(1, Math.max(0, x)))
        );
    });

    it('leaves dark neutral colours almost as they are and keeps the peak below 1', () => {
        // Khronos PBR Neutral, from its specification: below the toe the smallest component loses x - 6.25 x^2.
        close(mapped('neutral', [0.04, 0.1, 0.2]), [0.01, 0.07, 0.17]);
        // Above 0.08 it loses the F90 offset of 0.04 flat.
        close(mapped('neutral', [0.5, 0.4, 0.3]), [0.46, 0.36, 0.26]);
        fc.assert(
            fc.property(
                fc.array(fc.float({ min: 0, max: 1000, noNaN: true }), { minLength: 3, maxLength: 3 }),
                (rgb) => {
                    expect(Math.max(...mapped('neutral', rgb))).toBeLessThanOrEqual(1);
                }
            )
        );
    });

    it('never makes a brighter grey darker, whatever the curve', () => {
        const grey = fc.float({ min: 0, max: 100, noNaN: true });
        fc.assert(
            fc.property(fc.constantFrom(...TONE_MAPPERS), grey, grey, (mapper, a, b) => {
                const [low, high] = [Math.min(a, b), Math.max(a, b)];
                const [x, y] = [mapped(mapper, [low, low, low])[1]!, mapped(mapper, [high, high, high])[1]!];
                // Float32 rounding of the result.
                expect(x).toBeLessThanOrEqual(y + 1e-6);
            })
        );
    });

    it('applies exposure before the curve, except that none takes no notice', () => {
        for (const mapper of TONE_MAPPERS) {
            const expected = mapper === 'none' ? [0.2, 0.4, 0.6] : mapped(mapper, [0.4, 0.8, 1.2]);
            close(mapped(mapper, [0.2, 0.4, 0.6], 2), expected);
        }
    });

    it('keeps the other layers and names a mapper it does not know', () => {
        const depth = Float32Array.of(3);
        const frame = new Frame({ widthPx: 1, heightPx: 1, layers: { color: new Float32Array(3), depth } });
        expect(toneMap(frame).layer('depth')).toBe(depth);
        expect(() => toneMap(frame, { mapper: 'agx' as ToneMapper })).toThrow(/"agx" \(expected linear, filmic/);
    });
});
