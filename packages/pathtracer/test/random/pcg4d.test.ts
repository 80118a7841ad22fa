import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcg4d, random4 } from '../../src/random/pcg4d.ts';

/** The hash written again with big integers, after Jarzynski and Olano 2020, listing 2. */
function slow(input: readonly number[]): number[] {
    const mask = 0xffffffffn;
    const v = input.map((x) => (BigInt(x) * 1664525n + 1013904223n) & mask);
    const round = (): void => {
        v[0] = (v[0]! + v[1]! * v[3]!) & mask;
        v[1] = (v[1]! + v[2]! * v[0]!) & mask;
        v[2] = (v[2]! + v[0]! * v[1]!) & mask;
        v[3] = (v[3]! + v[1]! * v[2]!) & mask;
    };
    round();
    for (let i = 0; i < 4; i++) v[i] = v[i]! ^ (v[i]! >> 16n);
    round();
    return v.map(Number);
}

const word = fc.integer({ min: 0, max: 0xffffffff });

describe('pcg4d', () => {
    it('equals the same hash in big integers', () => {
        fc.assert(
            fc.property(word, word, word, word, (x, y, z, w) => {
                const out = new Uint32Array(4);
                pcg4d(x, y, z, w, out);
                expect([...out]).toEqual(slow([x, y, z, w]));
            })
        );
    });

    it('is evenly spread over neighbouring pixels and samples, in every dimension (chi-square)', () => {
        for (let dimension = 0; dimension < 4; dimension++) {
            const counts = new Float64Array(64);
            const n = 64 * 64 * 4;
            for (let pixel = 0; pixel < 64 * 64; pixel++) {
                for (let sample = 0; sample < 4; sample++) {
                    counts[Math.floor(random4(pixel, sample, 1, 2, 7)[dimension]! * 64)]!++;
                }
            }
            let chi2 = 0;
            for (const count of counts) chi2 += (count - n / 64) ** 2 / (n / 64);
            // 63 degrees of freedom: the 0.1 % points are 34 and 104.
            expect(chi2).toBeGreaterThan(34);
            expect(chi2).toBeLessThan(104);
        }
    });

    it('gives other numbers for every seed, bounce and block', () => {
        const seen = new Set<number>();
        for (let seed = 0; seed < 4; seed++) {
            for (let bounce = 0; bounce < 4; bounce++) {
                for (let block = 0; block < 4; block++) seen.add(random4(9, 3, bounce, block, seed)[0]);
            }
        }
        expect(seen.size).toBe(64);
    });
});
