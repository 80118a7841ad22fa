import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitDecoder, BitEncoder } from '../../src/entropy/binary-rans.ts';
import { CoefficientCoder } from '../../src/texture/coefficients.ts';
import { CONTEXT_COUNT, initialContexts } from '../../src/texture/contexts.ts';
import { INITIAL_PROBABILITIES } from '../../src/texture/initial-probabilities.ts';

const level = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: -32767, max: 32767 }) }
);

describe('coefficients', () => {
    it('come back, with the rows and columns they reach, from blocks of every size', () => {
        const block = fc.record({
            kind: fc.nat(1),
            log2Size: fc.integer({ min: 3, max: 5 }),
            levels: fc.array(level, { minLength: 1, maxLength: 300 })
        });
        fc.assert(
            fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
                const filled = blocks.map(({ kind, log2Size, levels }) => {
                    const data = new Int16Array(1 << (2 * log2Size));
                    levels.forEach((value, i) => {
                        data[i % data.length] = value;
                    });
                    if (data.every((value) => value === 0)) data[0] = 1;
                    return { kind, log2Size, data };
                });
                const encoder = new BitEncoder(initialContexts());
                const coder = new CoefficientCoder();
                const extents = filled.map(({ kind, log2Size, data }) => {
                    const extent = { rows: 0, columns: 0 };
                    coder.code(encoder, kind, log2Size, data, 0, 1 << log2Size, extent);
                    return extent;
                });
                const decoder = new BitDecoder(initialContexts(), encoder.finish());
                const reader = new CoefficientCoder();
                filled.forEach(({ kind, log2Size, data }, i) => {
                    const back = new Int16Array(data.length);
                    const extent = { rows: 0, columns: 0 };
                    reader.code(decoder, kind, log2Size, back, 0, 1 << log2Size, extent);
                    expect(back).toEqual(data);
                    expect(extent).toEqual(extents[i]);
                    const size = 1 << log2Size;
                    const inside = data.every(
                        (value, at) =>
                            value === 0 || (at % size < extent.columns && Math.floor(at / size) < extent.rows)
                    );
                    expect(inside).toBe(true);
                });
                expect(decoder.intact).toBe(true);
            }),
            { numRuns: 60 }
        );
    });

    it('have as many initial probabilities as contexts', () => {
        expect(INITIAL_PROBABILITIES.length).toBe(CONTEXT_COUNT);
        for (const p of INITIAL_PROBABILITIES) expect(p > 0 && p < 32768).toBe(true);
    });
});
