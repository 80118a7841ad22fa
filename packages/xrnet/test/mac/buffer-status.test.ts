import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferSizeBound, bufferSizeIndex, delayStatusIndex, reportedBytes } from '../../src/mac/buffer-status.ts';

const FOLDER = new URL('../../../../../shared/network/bsr/', import.meta.url);
const HERE = existsSync(FOLDER);
const listing = (name: string): number[] =>
    (JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { upper: number[] }).upper;

describe('buffer size tables', () => {
    it('have the entries of TS 38.321 that are known by heart', () => {
        expect([0, 1, 2, 3, 4, 5, 98, 253].map((i) => bufferSizeBound('long', i))).toEqual([
            0, 10, 11, 12, 13, 14, 4751, 81_338_368
        ]);
        expect([0, 1, 254, 255].map((i) => bufferSizeBound('refined', i))).toEqual([5000, 5099, 735_406, 750_000]);
    });

    it.skipIf(!HERE)(
        `equal the published listings entry by entry${HERE ? '' : ' (skipped: ../shared/network/bsr is absent)'}`,
        () => {
            const long = listing('bsr8_38321_6.1.3.1-2.json');
            expect(long.map((_, i) => bufferSizeBound('long', i))).toEqual(long);
            const refined = listing('refined_bsr_38321_6.1.3.1-3.json');
            expect(refined.map((_, i) => bufferSizeBound('refined', i))).toEqual(refined);
        }
    );

    it('waste 3,815 or 1,228 bytes at most on a frame of 62,500', () => {
        const width = (table: 'long' | 'refined'): number => {
            const index = bufferSizeIndex(table, 62_500) as number;
            return bufferSizeBound(table, index) - bufferSizeBound(table, index - 1);
        };
        expect(width('long')).toBe(62_599 - 58_784);
        expect(width('refined')).toBe(63_069 - 61_841);
    });

    it('report the smallest bound that holds the queue', () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 10, max: 81_338_368 }),
                fc.constantFrom('long' as const, 'refined' as const),
                (bytes, table) => {
                    const reported = reportedBytes(table, bytes);
                    expect(reported).toBeGreaterThanOrEqual(bytes);
                    const index = bufferSizeIndex(table, bytes);
                    if (index !== null && index > 0) expect(bufferSizeBound(table, index - 1)).toBeLessThan(bytes);
                    // Steps are 6.5 % and 2 %, plus the rounding of small entries.
                    expect(reported).toBeLessThan(bytes * (index !== null && table === 'refined' ? 1.0526 : 1.066) + 2);
                }
            )
        );
    });

    it('fall back where they end', () => {
        expect(bufferSizeIndex('refined', 4751)).toBeNull();
        expect(bufferSizeIndex('refined', 750_001)).toBeNull();
        expect(reportedBytes('refined', 4000)).toBe(reportedBytes('long', 4000));
        expect(bufferSizeIndex('long', 81_338_369)).toBe(254);
        expect(() => bufferSizeBound('long', 254)).toThrow(/0 to 253/);
    });
});

describe('delay status', () => {
    it('is the remaining time in whole milliseconds, six bits', () => {
        expect([-1, 0, 999_999, 1e6, 62.9e6, 63e6, 1e12].map(delayStatusIndex)).toEqual([0, 0, 0, 1, 62, 63, 63]);
    });
});
