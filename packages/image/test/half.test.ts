import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatFromHalf, halfFromFloat, halfTable } from '../src/index.ts';

describe('half floats', () => {
    it('come back from every one of their 65536 bit patterns', () => {
        for (let bits = 0; bits < 65536; bits++) {
            const value = floatFromHalf(bits);
            expect(halfTable()[bits]).toBe(value);
            if (Number.isNaN(value)) expect(Number.isNaN(floatFromHalf(halfFromFloat(value)))).toBe(true);
            else if (halfFromFloat(value) !== bits) expect.unreachable(`0x${bits.toString(16)}`);
        }
    });

    it('are the nearest to any float, ties to even', () => {
        // Neighbours in value are neighbours in bits, so checking both sides is checking all.
        const positive = Array.from({ length: 0x7c00 }, (_, bits) => floatFromHalf(bits));
        fc.assert(
            fc.property(fc.float({ noNaN: true, min: 0, max: 65504 }), (value) => {
                const bits = halfFromFloat(value);
                const error = Math.abs(positive[bits]! - value);
                for (const other of [bits - 1, bits + 1]) {
                    const theirs = Math.abs((positive[other] ?? Number.POSITIVE_INFINITY) - value);
                    expect(error < theirs || (error === theirs && bits % 2 === 0)).toBe(true);
                }
            }),
            { numRuns: 5000 }
        );
    });

    it('tie to even halfway between any two neighbours', () => {
        for (let bits = 0; bits < 0x7bff; bits++) {
            const middle = (floatFromHalf(bits) + floatFromHalf(bits + 1)) / 2;
            if (halfFromFloat(middle) !== bits + (bits & 1)) expect.unreachable(`above 0x${bits.toString(16)}`);
        }
    });

    it('overflow to infinity from 65520 on', () => {
        expect(floatFromHalf(halfFromFloat(65519))).toBe(65504);
        expect(floatFromHalf(halfFromFloat(65520))).toBe(Number.POSITIVE_INFINITY);
        expect(floatFromHalf(halfFromFloat(-1e30))).toBe(Number.NEGATIVE_INFINITY);
    });
});
