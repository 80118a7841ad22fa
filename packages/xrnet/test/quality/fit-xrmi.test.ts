import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { fitXrmi, type RatedInput } from '../../src/quality/fit-xrmi.ts';
import { XRMI_V1, type XrmiCoefficients, type XrmiInput, xrmi } from '../../src/quality/xrmi.ts';

const truth: XrmiCoefficients = { ...XRMI_V1, weights: { ...XRMI_V1.weights, cinema: [0.2, 0.5, 0.3] } };

function ratings(count: number, noise: number): RatedInput[] {
    const stream = Rng.create(3).stream('ratings');
    return Array.from({ length: count }, () => {
        const input: XrmiInput = {
            stallShare: 0.1 * stream.float(),
            corruptShare: 0.1 * stream.float(),
            blackShare: 0,
            responseNs: 150e6 * stream.float(),
            jitterNs: 10e6 * stream.float(),
            avOffsetNs: 0,
            bitrateBps: 50e6 * stream.float(),
            fps: 90,
            pixels: 8e6
        };
        const score = xrmi(input, 'cinema', truth).score + noise * stream.normal();
        return { input, rating: Math.min(5, Math.max(1, score)) };
    });
}

describe('fitting XRMI', () => {
    it('finds the weights that made the ratings', () => {
        const { coefficients, rmse, rmseBefore } = fitXrmi(ratings(40, 0), 'cinema');
        for (const [i, weight] of coefficients.weights.cinema.entries()) {
            // The finest grid is 2e-5 to 1e-4 wide.
            expect(weight).toBeCloseTo([0.2, 0.5, 0.3][i] as number, 3);
        }
        expect(rmse).toBeLessThan(1e-3);
        expect(rmseBefore).toBeGreaterThan(0.1);
        expect(coefficients.version).toBe('1.0+fit');
        expect(coefficients.weights['strong-interaction']).toEqual(XRMI_V1.weights['strong-interaction']);
    });

    it('comes near them through the noise of people, and never fits worse than before', () => {
        const { coefficients, rmse, rmseBefore } = fitXrmi(ratings(200, 0.4), 'cinema');
        expect(rmse).toBeLessThan(rmseBefore);
        // 200 ratings of deviation 0.4: standard errors of the weights near 0.03.
        for (const [i, weight] of coefficients.weights.cinema.entries()) {
            expect(Math.abs(weight - ([0.2, 0.5, 0.3][i] as number))).toBeLessThan(0.12);
        }
    });

    it('asks for ratings that say something', () => {
        expect(() => fitXrmi(ratings(3, 0), 'cinema')).toThrow(/3 ratings/);
        const [first] = ratings(1, 0) as [RatedInput];
        expect(() => fitXrmi(Array(5).fill({ ...first, rating: 6 }), 'cinema')).toThrow(/rating 0 is 6/);
    });
});
