import { describe, expect, it } from 'vitest';
import { blackbody, blackbodyRadiance, colorOfLight } from '../../src/convert/spectrum.ts';

/** Chromaticity (x, y) of linear sRGB. */
function chromaticity([r, g, b]: readonly number[]): [x: number, y: number] {
    const x = 0.4124564 * r! + 0.3575761 * g! + 0.1804375 * b!;
    const y = 0.2126729 * r! + 0.7151522 * g! + 0.072175 * b!;
    const z = 0.0193339 * r! + 0.119192 * g! + 0.9503041 * b!;
    return [x / (x + y + z), y / (x + y + z)];
}

describe('the colour of light', () => {
    it('of black bodies is where the CIE has them', () => {
        // CIE 15:2004: illuminant A (2856 K); the Planckian locus at 4000, 6500 and 10000 K. The fit of the observer is good to 0.004.
        const places: [kelvin: number, x: number, y: number][] = [
            [2856, 0.4476, 0.4074],
            [4000, 0.3805, 0.3768],
            [6500, 0.3135, 0.3237],
            [10000, 0.2807, 0.2884]
        ];
        for (const [kelvin, x, y] of places) {
            for (const color of [blackbody(kelvin, 1), blackbodyRadiance(kelvin, 1)]) {
                const [ours, its] = chromaticity(color);
                expect(Math.abs(ours - x), `x at ${kelvin} K`).toBeLessThan(0.004);
                expect(Math.abs(its - y), `y at ${kelvin} K`).toBeLessThan(0.004);
            }
        }
    });

    it('of equal energy has a luminance of 1 and is not white, and no colour is below 0', () => {
        const [r, g, b] = colorOfLight(() => 1);
        expect(0.2126729 * r + 0.7151522 * g + 0.072175 * b).toBeCloseTo(1, 2);
        const [x, y] = chromaticity([r, g, b]);
        expect(Math.abs(x - 1 / 3)).toBeLessThan(0.004);
        expect(Math.abs(y - 1 / 3)).toBeLessThan(0.004);
        for (const kelvin of [500, 1000, 1800]) expect(Math.min(...blackbody(kelvin, 1))).toBeGreaterThanOrEqual(0);
        expect(Math.min(...colorOfLight((nm) => (nm < 500 ? 1 : 0)))).toBe(0);
    });

    it('of black bodies falls with their temperature as their strongest wavelength leaves what is seen', () => {
        const luminance = (kelvin: number) => 0.7152 * blackbody(kelvin, 1)[1];
        expect(luminance(2000)).toBeLessThan(0.5 * luminance(3000));
        expect(luminance(3000)).toBeLessThan(luminance(5000));
    });
});
