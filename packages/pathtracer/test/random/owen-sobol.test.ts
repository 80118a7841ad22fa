import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sobol4 } from '../../src/random/owen-sobol.ts';
import { pcg4d } from '../../src/random/pcg4d.ts';

/** A block's key, as a pixel's would be. */
function keyOf(seed: number): Uint32Array {
    const key = new Uint32Array(4);
    pcg4d(seed, 1, 2, 3, key);
    return key;
}

/** `count` points of the sequence with dimensions in their own order, 0 to 3. */
function points(seed: number, count: number, first = 0): Uint32Array[] {
    return Array.from({ length: count }, (_, i) => {
        const words = keyOf(seed);
        sobol4(first + i, words);
        return Uint32Array.of(words[1]!, words[2]!, words[0]!, words[3]!);
    });
}

/** Sobol's sequence by its definition, from degree, inner coefficients and first m (Joe and Kuo 2008). */
function byDefinition(index: number, dimension: number): number {
    const table = [null, { s: 1, a: 0, m: [1] }, { s: 2, a: 1, m: [1, 3] }, { s: 3, a: 1, m: [1, 3, 1] }];
    const entry = table[dimension];
    const m: number[] = [];
    for (let k = 0; k < 20; k++) {
        if (!entry) m.push(1);
        else if (k < entry.s) m.push(entry.m[k]!);
        else {
            let next = m[k - entry.s]! ^ (m[k - entry.s]! << entry.s);
            for (let j = 1; j < entry.s; j++) next ^= ((entry.a >> (entry.s - 1 - j)) & 1) * (m[k - j]! << j);
            m.push(next);
        }
    }
    let x = 0;
    for (let k = 0; k < 20; k++) if ((index >> k) & 1) x ^= (m[k]! << (31 - k)) >>> 0;
    return x >>> 0;
}

/** Largest count of `2^k` points in an elementary interval of 2^t times the volume that should hold one. */
function fullest(set: readonly Uint32Array[], a: number, b: number, k: number, t: number): number {
    let most = 0;
    for (let bits = 0; bits <= k - t; bits++) {
        const counts = new Map<number, number>();
        for (const p of set) {
            const column = bits === 0 ? 0 : p[a]! >>> (32 - bits);
            const row = k - t - bits === 0 ? 0 : p[b]! >>> (32 - (k - t - bits));
            const cell = column * 2 ** (k - t - bits) + row;
            const count = (counts.get(cell) ?? 0) + 1;
            counts.set(cell, count);
            most = Math.max(most, count);
        }
    }
    return most;
}

describe('the Owen-scrambled Sobol sequence', () => {
    // Quality t of a pair is at most the sum of its polynomials' degrees less one each: 0, 0, 1, 2 (Niederreiter 1992, 4.5).
    const pairs = [
        [0, 1, 0],
        [0, 2, 1],
        [0, 3, 2],
        [1, 2, 1],
        [1, 3, 2],
        [2, 3, 3]
    ] as const;

    it.each(pairs)('fills the elementary intervals of dimensions %i and %i evenly, with quality %i', (a, b, t) => {
        for (const seed of [1, 2, 3]) {
            for (let k = t; k <= 8; k++) {
                expect(fullest(points(seed, 2 ** k), a, b, k, t), `2^${k} points`).toBe(2 ** t);
                // Every later run of 2^k points, too: a render that goes on stays even.
                expect(fullest(points(seed, 2 ** k, 3 * 2 ** k), a, b, k, t), `later 2^${k} points`).toBe(2 ** t);
            }
        }
    });

    it('is the Sobol sequence, scrambled: points share as many leading bits as they do by its definition', () => {
        // Owen scrambling keeps how long two words agree from the top, and the order is a permutation of every 2^k.
        const n = 64;
        const agreement = (x: number, y: number): number => Math.min(20, Math.clz32((x ^ y) >>> 0));
        for (let d = 0; d < 4; d++) {
            const profile = (words: readonly number[]): string =>
                words
                    .flatMap((x, i) => words.slice(i + 1).map((y) => agreement(x, y)))
                    .sort((x, y) => x - y)
                    .join();
            const plain = Array.from({ length: n }, (_, i) => byDefinition(i, d));
            expect(profile(points(5, n).map((p) => p[d]!))).toBe(profile(plain));
        }
        // And all four dimensions together: agreements of pairs of points as 4-tuples.
        const tuples = (set: readonly (readonly number[])[]): string[] =>
            set.flatMap((p, i) => set.slice(i + 1).map((q) => p.map((x, d) => agreement(x, q[d]!)).join())).sort();
        const plain = Array.from({ length: n }, (_, i) => [0, 1, 2, 3].map((d) => byDefinition(i, d)));
        expect(tuples(points(5, n).map((p) => [...p]))).toEqual(tuples(plain));
    });

    it('is uniform at every index over the keys (chi-square), so that each estimate is unbiased', () => {
        for (const index of [0, 1, 2, 37]) {
            for (let d = 0; d < 4; d++) {
                const counts = new Float64Array(64);
                const n = 64 * 256;
                for (let seed = 0; seed < n; seed++) {
                    const words = keyOf(seed);
                    sobol4(index, words);
                    counts[words[d]! >>> 26]!++;
                }
                let chi2 = 0;
                for (const count of counts) chi2 += (count - n / 64) ** 2 / (n / 64);
                // 63 degrees of freedom: the 0.01 % points are 30 and 112; sixteen tests.
                expect(chi2).toBeGreaterThan(30);
                expect(chi2).toBeLessThan(112);
            }
        }
    });

    it('does not line up between blocks: numbers of two of them are uncorrelated', () => {
        const n = 256;
        let worst = 0;
        for (let pair = 0; pair < 24; pair++) {
            const [p, q] = [points(2 * pair, n), points(2 * pair + 1, n)];
            for (let d = 0; d < 4; d++) {
                let sum = 0;
                for (let i = 0; i < n; i++)
                    sum += (p[i]![d]! / 2 ** 32 - 0.5) * (q[i]![(d + pair) % 4]! / 2 ** 32 - 0.5);
                worst = Math.max(worst, Math.abs((12 * sum) / n));
            }
        }
        // Independent blocks: a standard deviation of 1 / sqrt(256) = 0.06; 96 pairs, so 4.5 of them at most.
        expect(worst).toBeLessThan(0.28);
    });

    it('never repeats a word within a run of 2^k, from any index', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 2 ** 20 }), fc.nat(2 ** 30), (start, seed) => {
                const first = start - (start % 64);
                for (let d = 0; d < 4; d++) {
                    expect(new Set(points(seed, 64, first).map((p) => p[d]! >>> 26)).size).toBe(64);
                }
            }),
            { numRuns: 20 }
        );
    });
});
