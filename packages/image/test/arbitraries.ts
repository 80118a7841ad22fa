/** Small pictures for property tests, and ways to damage bytes. */

import { MixreelError } from '@mixreel/core';
import fc from 'fast-check';
import type { PngImage } from '../src/index.ts';

export const pngImage: fc.Arbitrary<PngImage> = fc
    .record({
        widthPx: fc.integer({ min: 1, max: 17 }),
        heightPx: fc.integer({ min: 1, max: 13 }),
        channels: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
        bitDepth: fc.constantFrom(8 as const, 16 as const)
    })
    .chain((shape) => {
        const count = shape.widthPx * shape.heightPx * shape.channels;
        const size = { minLength: count, maxLength: count };
        const data: fc.Arbitrary<Uint8Array | Uint16Array> =
            shape.bitDepth === 8 ? fc.uint8Array(size) : fc.uint16Array(size);
        return data.map((samples) => ({ ...shape, data: samples }));
    });

/** Flips, overwrites, cuts and repeats bytes of a valid file. */
export function mutations(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
    const position = fc.integer({ min: 0, max: bytes.length - 1 });
    const overwrite = fc
        .array(fc.tuple(position, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 })
        .map((edits) => {
            const copy = bytes.slice();
            for (const [at, value] of edits) copy[at] = value;
            return copy;
        });
    const cut = position.map((end) => bytes.slice(0, end));
    const repeat = fc.tuple(position, position).map(([a, b]) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const out = new Uint8Array(bytes.length + to - from);
        out.set(bytes.subarray(0, to));
        out.set(bytes.subarray(from), to);
        return out;
    });
    const word = fc.tuple(position, fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff)).map(([at, value]) => {
        const copy = bytes.slice();
        for (let i = 0; i < 4 && at + i < copy.length; i++) copy[at + i] = value >>> (8 * i);
        return copy;
    });
    return fc.oneof(overwrite, cut, repeat, word);
}

/** Runs a reader; true unless it throws something else than a MixreelError of the user's kind. */
export function failsPolitely(read: () => unknown): boolean {
    try {
        read();
        return true;
    } catch (error) {
        if (error instanceof MixreelError && (error.code === 'bad-input' || error.code === 'limit-exceeded'))
            return true;
        throw error;
    }
}
