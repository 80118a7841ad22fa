import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplyHigh, philox4x32 } from '../../src/random/philox.ts';

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, '0')).join(' ');

/** philox4x32-10 in kat_vectors of Random123 1.14.0: counter, key, output. */
const KNOWN: readonly (readonly [number[], number[], string])[] = [
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [Array(4).fill(0xffffffff), Array(2).fill(0xffffffff), '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1']
];

test('the published known-answer vectors come out', () => {
    for (const [[c0, c1, c2, c3], [k0, k1], expected] of KNOWN as [number[], number[], string][]) {
        const out = new Uint32Array(4);
        philox4x32(c0 as number, c1 as number, c2 as number, c3 as number, k0 as number, k1 as number, out);
        expect(hex(out)).toBe(expected);
    }
});

test('the high half of a product agrees with BigInt', () => {
    const uint32 = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
        fc.property(uint32, uint32, (a, b) => {
            expect(multiplyHigh(a, b) >>> 0).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
        })
    );
});
