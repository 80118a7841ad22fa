import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitDecoder, BitEncoder, COST_ONE_BIT } from '../../src/entropy/binary-rans.ts';
import { codeExpGolomb, codeSigned, codeTree } from '../../src/entropy/numbers.ts';

/** 32-bit generator of Steele and Vigna (splitmix), for long streams. */
function* noise(seed: number): Generator<number> {
    let state = seed >>> 0;
    for (;;) {
        state = (state + 0x9e3779b9) >>> 0;
        let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
        z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
        yield (z ^ (z >>> 16)) >>> 0;
    }
}

/** The same coder written down from FORMAT.md with unbounded integers and no renormalisation tricks: reads `bits` steps. */
function readByTheBook(bytes: Uint8Array, initial: readonly number[], contexts: readonly number[]): number[] {
    const fast = initial.map(BigInt);
    const slow = initial.map(BigInt);
    let at = 4;
    let state = (BigInt(bytes[0]!) << 24n) | BigInt((bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!);
    return contexts.map((context) => {
        let p = (fast[context]! + slow[context]!) / 2n;
        if (p < 32n) p = 32n;
        if (p > 32736n) p = 32736n;
        const slot = state % 32768n;
        const bit = slot < p ? 1 : 0;
        const [frequency, start] = bit ? [p, 0n] : [32768n - p, p];
        state = frequency * (state / 32768n) + slot - start;
        while (state < 1n << 23n) state = state * 256n + BigInt(bytes[at++]!);
        fast[context] = bit ? fast[context]! + (32768n - fast[context]!) / 16n : fast[context]! - fast[context]! / 16n;
        slow[context] = bit
            ? slow[context]! + (32768n - slow[context]!) / 128n
            : slow[context]! - slow[context]! / 128n;
        return bit;
    });
}

const steps = fc.array(fc.record({ context: fc.nat(4), bit: fc.nat(1) }), { maxLength: 600 });
const initial = fc.array(fc.integer({ min: 1, max: 32767 }), { minLength: 5, maxLength: 5 });

describe('binary rANS', () => {
    it('reads back any bits in any contexts, to the last bit and byte', () => {
        fc.assert(
            fc.property(steps, initial, (list, start) => {
                const table = Uint16Array.from(start);
                const encoder = new BitEncoder(table);
                for (const { context, bit } of list) encoder.bit(context, bit);
                const bytes = encoder.finish();
                const decoder = new BitDecoder(table, bytes);
                for (const { context, bit } of list) expect(decoder.bit(context, 0)).toBe(bit);
                expect(decoder.intact).toBe(true);
            })
        );
    });

    it('agrees with the specification written out in unbounded integers', () => {
        fc.assert(
            fc.property(steps, initial, (list, start) => {
                const encoder = new BitEncoder(Uint16Array.from(start));
                for (const { context, bit } of list) encoder.bit(context, bit);
                const read = readByTheBook(
                    encoder.finish(),
                    start,
                    list.map((step) => step.context)
                );
                expect(read).toEqual(list.map((step) => step.bit));
            })
        );
    });

    // The quick estimate (shift 4) never settles; averaged with the slow one that costs 1 % at one half and more where bits are
    // rare: the price of learning inside 1,200 bytes, of which units of this size lose less than they gain.
    for (const [share, price] of [
        [0.5, 0.012],
        [0.2, 0.02],
        [0.05, 0.045],
        [0.01, 0.08]
    ] as const) {
        it(`learns bits that are 1 with probability ${share} at ${100 * price} % over Shannon's bound`, () => {
            const count = 400_000;
            const random = noise(7);
            const encoder = new BitEncoder(Uint16Array.of(16384));
            let ones = 0;
            for (let i = 0; i < count; i++) {
                const bit = random.next().value < share * 2 ** 32 ? 1 : 0;
                ones += bit;
                encoder.bit(0, bit);
            }
            const p = ones / count;
            const bound = (-count * (p * Math.log2(p) + (1 - p) * Math.log2(1 - p))) / 8;
            expect(encoder.finish().length).toBeLessThan(bound * (1 + price) + 8);
            expect(encoder.finish().length).toBeGreaterThan(bound);
        });
    }

    it('codes bits of known probability within 0.1 % of their information', () => {
        // Contexts are used once each, so every probability is exactly the initial one.
        const random = noise(3);
        const count = 60_000;
        const table = Uint16Array.from({ length: count }, () => 300 + (random.next().value % 32_000));
        const encoder = new BitEncoder(table);
        let information = 0;
        for (let i = 0; i < count; i++) {
            const bit = random.next().value % 32768 < table[i]! ? 1 : 0;
            information -= Math.log2((bit ? table[i]! : 32768 - table[i]!) / 32768);
            encoder.bit(i, bit);
        }
        const bytes = encoder.finish().length;
        expect(bytes * 8).toBeLessThan(information * 1.001 + 32);
        expect(bytes * 8).toBeGreaterThan(information * 0.999);
        expect(encoder.cost / COST_ONE_BIT).toBeGreaterThan(information * 0.995);
        expect(encoder.cost / COST_ONE_BIT).toBeLessThan(information * 1.005);
    });

    it('measures without recording, and comes back to a saved point', () => {
        const encoder = new BitEncoder(Uint16Array.of(9000, 20000));
        encoder.bit(0, 1);
        const before = encoder.save();
        const clean = encoder.finish();
        encoder.measuring = true;
        encoder.bit(0, 1);
        encoder.bits(9, 300);
        expect(encoder.cost).toBeGreaterThan(before.cost + 9 * COST_ONE_BIT);
        encoder.measuring = false;
        encoder.bit(1, 1);
        encoder.restore(before);
        expect(encoder.finish()).toEqual(clean);
        expect(encoder.cost).toBe(before.cost);
    });

    it('ends on any bytes at all, and says that they were not what was written', () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
                const decoder = new BitDecoder(Uint16Array.of(16384), bytes);
                let sum = 0;
                for (let i = 0; i < 2000; i++) sum += decoder.bit(0, 0);
                expect(sum >= 0 && sum <= 2000).toBe(true);
                // 2000 bits out of 40 bytes only if nearly all of them were certain: not after learning one half.
                expect(decoder.intact).toBe(false);
            })
        );
    });
});

describe('numbers', () => {
    it('come back from trees, Exp-Golomb codes of every order, and with signs', () => {
        const number = fc.record({ order: fc.nat(5), value: fc.integer({ min: 0, max: 60000 }), small: fc.nat(63) });
        fc.assert(
            fc.property(fc.array(number, { maxLength: 60 }), (list) => {
                const table = new Uint16Array(120).fill(16384);
                const encoder = new BitEncoder(table);
                const decoded: number[] = [];
                for (const { order, value, small } of list) {
                    codeExpGolomb(encoder, 0, 8, order, value);
                    codeTree(encoder, 20, 6, small);
                    codeSigned(encoder, 8, 7, 1, small % 2 ? -value : value);
                }
                const decoder = new BitDecoder(table, encoder.finish());
                for (const { order } of list) {
                    decoded.push(codeExpGolomb(decoder, 0, 8, order, 0), codeTree(decoder, 20, 6, 0));
                    decoded.push(codeSigned(decoder, 8, 7, 1, 0));
                }
                expect(decoded).toEqual(
                    list.flatMap(({ value, small }) => [value, small, small % 2 && value ? -value : value])
                );
                expect(decoder.intact).toBe(true);
            })
        );
    });
});
