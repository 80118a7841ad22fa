import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcg4d } from '../../src/random/pcg4d.ts';

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
});
