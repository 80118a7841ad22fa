import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPduSet, MixreelError, type PduSet } from '../src/index.ts';

const GOOD: PduSet = {
    stream: 'eye-left/video',
    sequence: 0,
    importance: 1,
    integrated: true,
    timeNs: 0,
    deadlineNs: 10_000_000,
    endOfBurst: false,
    units: [Uint8Array.of(1)]
};

test('a PDU Set that keeps the contract comes back as it is', () => {
    expect(checkPduSet(GOOD)).toBe(GOOD);
});

test('every field that breaks the contract is named', () => {
    const broken: readonly (readonly [keyof PduSet, unknown])[] = [
        ['stream', ''],
        ['stream', 3],
        ['sequence', -1],
        ['sequence', 0.5],
        ['importance', 0],
        ['importance', 16],
        ['integrated', 1],
        ['timeNs', -1],
        ['timeNs', 1.5],
        ['deadlineNs', 0],
        ['endOfBurst', 'yes'],
        ['units', []],
        ['units', 'abc'],
        ['stream', { toString: false }],
        ['units', { length: { toString: false } }]
    ];
    for (const [field, value] of broken) {
        expect(() => checkPduSet({ ...GOOD, [field]: value } as PduSet), field).toThrow(
            new RegExp(`^${field} of a PDU Set is`)
        );
    }
});

test('an empty, an oversized and a foreign unit are named by their index', () => {
    for (const unit of [new Uint8Array(0), new Uint8Array(65_001), 'text', [1, 2]]) {
        const units = [Uint8Array.of(1), unit] as Uint8Array[];
        expect(() => checkPduSet({ ...GOOD, units })).toThrow(/^PDU 1 of set 0 of eye-left\/video is/);
    }
    expect(checkPduSet({ ...GOOD, units: [new Uint8Array(65_000)] }).units).toHaveLength(1);
});

test('anything at all either passes or fails as bad input', () => {
    fc.assert(
        fc.property(fc.oneof(fc.anything(), fc.record({ ...mapped(GOOD), units: fc.anything() })), (value) => {
            try {
                checkPduSet(value as PduSet);
            } catch (error) {
                expect(error).toBeInstanceOf(MixreelError);
                expect(error).toMatchObject({ code: 'bad-input' });
            }
        })
    );
});

/** The good set's fields, each either kept or replaced by anything. */
function mapped(set: PduSet): Record<string, fc.Arbitrary<unknown>> {
    return Object.fromEntries(
        Object.entries(set).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.anything())])
    );
}
