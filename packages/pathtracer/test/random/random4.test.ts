import { describe, expect, it } from 'vitest';
import { random4, randomOfTriangle, type Sampler } from '../../src/random/random4.ts';

const SAMPLERS: readonly Sampler[] = ['sobol', 'independent'];

describe.each(SAMPLERS)('the numbers of a path (%s)', (sampler) => {
    it('are evenly spread over neighbouring pixels and samples, in every dimension (chi-square)', () => {
        for (let dimension = 0; dimension < 4; dimension++) {
            const counts = new Float64Array(64);
            const n = 64 * 64 * 4;
            for (let pixel = 0; pixel < 64 * 64; pixel++) {
                for (let sample = 0; sample < 4; sample++) {
                    counts[Math.floor(random4(pixel, sample, 1, 2, { seed: 7, sampler })[dimension]! * 64)]!++;
                }
            }
            let chi2 = 0;
            for (const count of counts) chi2 += (count - n / 64) ** 2 / (n / 64);
            // 63 degrees of freedom: the 0.1 % points are 34 and 104.
            expect(chi2).toBeGreaterThan(34);
            expect(chi2).toBeLessThan(104);
        }
    });

    it('differ for every seed, bounce and block, and lie in [0, 1)', () => {
        const seen = new Set<number>();
        for (let seed = 0; seed < 4; seed++) {
            for (let bounce = 0; bounce < 4; bounce++) {
                for (let block = 0; block < 8; block++) {
                    const numbers = random4(9, 3, bounce, block, { seed, sampler });
                    for (const x of numbers) expect(x >= 0 && x < 1).toBe(true);
                    seen.add(numbers[0]);
                }
            }
        }
        expect(seen.size).toBe(128);
    });
});

describe('the numbers of triangles', () => {
    it('are spread over triangles, instances, bounces and samples', () => {
        let sum = 0;
        const seen = new Set<number>();
        for (let i = 0; i < 4096; i++) {
            const key = [1, i & 7, (i >> 3) & 7] as const;
            const x = randomOfTriangle(key, (i >> 6) & 7, i >> 9, { seed: 3, sampler: 'sobol' });
            sum += x;
            seen.add(x);
        }
        expect(seen.size).toBeGreaterThan(4090);
        // Standard error 1 / sqrt(12 * 4096) = 0.0045.
        expect(Math.abs(sum / 4096 - 0.5)).toBeLessThan(0.02);
    });
});
