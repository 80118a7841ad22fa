import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcsTable } from '../../src/phy/mcs.ts';
import { transportBlockBits } from '../../src/phy/tbs.ts';
import { TddPattern } from '../../src/phy/tdd.ts';

const SPECIAL = [10, 2, 2] as const;

describe('TDD pattern', () => {
    it('counts the symbols of DDDSU', () => {
        const tdd = new TddPattern('DDDSU', SPECIAL, 1);
        expect([...tdd.downlinkSymbols]).toEqual([14, 14, 14, 10, 0]);
        expect([...tdd.uplinkSymbols]).toEqual([0, 0, 0, 2, 14]);
        expect(tdd.slotNs).toBe(500_000);
        expect(tdd.share('downlink')).toBeCloseTo(52 / 70, 12);
    });

    it('finds the next slot of a direction', () => {
        const tdd = new TddPattern('DDDSU', SPECIAL, 1);
        expect(tdd.nextSlot('downlink', 0)).toBe(0);
        expect(tdd.nextSlot('downlink', 1)).toBe(1);
        expect(tdd.nextSlot('downlink', 1_500_001)).toBe(5);
        // The uplink part of slot 3 starts at symbol 12.
        expect(tdd.nextSlot('uplink', 1_500_000 + 428_571)).toBe(3);
        expect(tdd.nextSlot('uplink', 1_500_000 + 428_572)).toBe(4);
    });

    it('splits every stretch of time into its own and the rest', () => {
        fc.assert(
            fc.property(
                fc.stringMatching(/^[DUSF]{1,12}$/),
                fc.integer({ min: 0, max: 60 }),
                fc.integer({ min: 0, max: 60 }),
                fc.constantFrom('downlink' as const, 'uplink' as const),
                (word, from, length, direction) => {
                    const tdd = new TddPattern(word, SPECIAL, 1);
                    const startNs = tdd.startNs(direction, from);
                    const endNs = tdd.endNs(direction, from + length);
                    // Summed slot by slot.
                    let own = 0;
                    for (let slot = from; slot <= from + length; slot++) {
                        own += tdd.endNs(direction, slot) - tdd.startNs(direction, slot);
                    }
                    expect(tdd.otherNs(direction, startNs, endNs)).toBe(endNs - startNs - own);
                }
            )
        );
    });

    it('gives 1D3U twice the uplink of the 2.5 ms dual period and three times that of the 5 ms single period', () => {
        const share = (word: string): number => {
            const slots = [...word].filter((letter) => letter === 'U').length;
            return slots / word.length;
        };
        const bits = transportBlockBits(156 * 273, 948 / 1024, 8, 2);
        expect(mcsTable('qam256').at(-1)?.codeRate).toBe(948 / 1024);
        const mbps = (word: string): number => (bits * 2000 * share(word)) / 1e6;
        // Exact products: 638,984 bits x 1,200, 600 and 400 slots a second.
        expect(mbps('DSUUU')).toBeCloseTo(766.7808, 9);
        expect(mbps('DSUUU') / mbps('DDDSUDDSUU')).toBeCloseTo(2, 12);
        expect(mbps('DSUUU') / mbps('DDDDDDDSUU')).toBeCloseTo(3, 12);
    });

    it.each([
        ['', 'pattern'],
        ['DXU', 'pattern'],
        ['D'.repeat(81), 'pattern']
    ])('refuses the word %j', (word, field) => {
        expect(() => new TddPattern(word, SPECIAL, 1)).toThrow(field);
    });

    it('refuses a special slot that is not 14 symbols long', () => {
        expect(() => new TddPattern('DSU', [10, 2, 3], 1)).toThrow(/sum to 14/);
    });
});

describe('mini-slots', () => {
    it('cut every slot into two units of seven symbols', () => {
        const tdd = new TddPattern('DDDSU', SPECIAL, 1, 2);
        expect([...tdd.downlinkSymbols]).toEqual([7, 7, 7, 7, 7, 7, 7, 3, 0, 0]);
        expect([...tdd.uplinkSymbols]).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 7, 7]);
        expect(tdd.slotNs).toBe(250_000);
        // The uplink symbols of S are its last two.
        expect(tdd.startNs('uplink', 7)).toBe(1_750_000 + Math.floor((5 * 250_000) / 7));
        expect(tdd.endNs('uplink', 7)).toBe(2_000_000);
        const whole = new TddPattern('DDDSU', SPECIAL, 1);
        for (const direction of ['downlink', 'uplink'] as const) {
            expect(tdd.share(direction)).toBeCloseTo(whole.share(direction), 12);
            expect(tdd.otherNs(direction, 0, 5 * 2_500_000)).toBe(whole.otherNs(direction, 0, 5 * 2_500_000));
        }
    });
});
