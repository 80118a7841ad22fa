import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/random/sha256.ts';

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, '0')).join('');

test('the digest of "abc" is the one of FIPS 180-4', () => {
    expect(hex(sha256(new TextEncoder().encode('abc')))).toBe(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    );
});

test('digests agree with OpenSSL for every length around the block borders', () => {
    for (let length = 0; length <= 200; length++) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
        expect(hex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
});

test('digests agree with OpenSSL for any bytes', () => {
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
            expect(hex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
        })
    );
});
