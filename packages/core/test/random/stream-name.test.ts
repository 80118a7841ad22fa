import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeStreamName } from '../../src/random/stream-name.ts';

const part = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('n', 's', '\0', 'a', '\ud800') }),
    fc.double({ noNaN: true, noDefaultInfinity: true })
);
const name = fc.array(part, { maxLength: 4 });
const encode = (parts: (string | number)[]): string =>
    Buffer.from(encodeStreamName(new Uint8Array(0), parts)).toString('hex');
const canonical = (parts: (string | number)[]): string => JSON.stringify(parts.map((p) => (p === 0 ? 0 : p)));

test('different names have different bytes and equal names equal ones', () => {
    fc.assert(
        fc.property(name, name, (a, b) => {
            expect(encode(a) === encode(b)).toBe(canonical(a) === canonical(b));
        }),
        { numRuns: 2000 }
    );
});

test('the four lookalikes are four names', () => {
    const lookalikes = [['ab'], ['a', 'b'], [1], ['1'], [''], []].map(encode);
    expect(new Set(lookalikes).size).toBe(lookalikes.length);
});

test('no name is a prefix of a longer one in a way that concatenation could confuse', () => {
    fc.assert(
        fc.property(name, name, (a, b) => {
            expect(encode([...a, ...b])).toBe(encode(a) + encode(b));
        })
    );
});

test('a number that is not finite is refused with what to do', () => {
    expect(() => encode([Number.NaN])).toThrow(
        /contains NaN \(expected finite numbers and strings\)\. Name the stream/
    );
    expect(() => encode([Infinity])).toThrow(/Infinity/);
});
