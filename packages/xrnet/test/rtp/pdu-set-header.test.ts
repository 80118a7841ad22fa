import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePduSetMark, encodePduSetMark, type PduSetMark } from '../../src/rtp/pdu-set-header.ts';

const base = {
    endOfSet: fc.boolean(),
    endOfBurst: fc.boolean(),
    importance: fc.integer({ min: 0, max: 15 }),
    setSequence: fc.integer({ min: 0, max: 1023 }),
    pduSequence: fc.integer({ min: 0, max: 63 })
};
const marks: fc.Arbitrary<PduSetMark> = fc.oneof(
    fc.record(base),
    fc.record({ ...base, setBytes: fc.integer({ min: 0, max: 2 ** 24 - 1 }) }),
    fc.record({
        ...base,
        setBytes: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
        setPdus: fc.integer({ min: 0, max: 65_535 })
    })
);

describe('PDU Set mark', () => {
    it('is, by hand: E, importance 2, set 700, PDU 9, 62,500 bytes in 45 PDUs', () => {
        const mark = {
            endOfSet: true,
            endOfBurst: false,
            importance: 2,
            setSequence: 700,
            pduSequence: 9,
            setBytes: 62_500,
            setPdus: 45
        };
        // 1 0 00 0010 | 10101111 | 00 001001; 62,500 = 0x00f424; 45 = 0x002d.
        expect([...encodePduSetMark(mark)]).toEqual([0x82, 0xaf, 0x09, 0x00, 0xf4, 0x24, 0x00, 0x2d]);
    });

    it('has 3, 6 or 8 octets and comes back as it was', () => {
        fc.assert(
            fc.property(marks, (mark) => {
                const bytes = encodePduSetMark(mark);
                expect(bytes).toHaveLength(mark.setPdus !== undefined ? 8 : mark.setBytes !== undefined ? 6 : 3);
                expect(decodePduSetMark(bytes)).toEqual(mark);
            })
        );
    });

    it('reads any octets of a right length and refuses every other length', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
                if ([3, 6, 8].includes(bytes.length)) {
                    const again = encodePduSetMark(decodePduSetMark(bytes));
                    // Only the two reserved bits may change.
                    expect((again[0] as number) & 0xcf).toBe((bytes[0] as number) & 0xcf);
                    expect([...again.subarray(1)]).toEqual([...bytes.subarray(1)]);
                } else expect(() => decodePduSetMark(bytes)).toThrow(/3, 6 or 8/);
            })
        );
    });

    it('refuses values that do not fit', () => {
        const mark = { endOfSet: true, endOfBurst: true, importance: 1, setSequence: 1, pduSequence: 1 };
        expect(() => encodePduSetMark({ ...mark, importance: 16 })).toThrow(/importance/);
        expect(() => encodePduSetMark({ ...mark, setSequence: 1024 })).toThrow(/setSequence/);
        expect(() => encodePduSetMark({ ...mark, setPdus: 3 })).toThrow(/setBytes/);
    });
});
