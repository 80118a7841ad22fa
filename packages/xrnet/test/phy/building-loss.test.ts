import { describe, expect, it } from 'vitest';
import { insideLossDb, WALL_STD_DB, wallLossDb } from '../../src/phy/building-loss.ts';

describe('loss into buildings, TR 38.901 7.4.3.1', () => {
    it.each([
        // At 4 GHz glass lets 10^-0.28 through, concrete 10^-2.1, infrared-reflecting glass 10^-2.42. Low: 5 - 10 log10(0.3 x 0.524807
        // + 0.7 x 0.00794328) = 5 - 10 log10 0.1630024. High: 5 - 10 log10(0.7 x 0.00380189 + 0.3 x 0.00794328) = 5 - 10 log10 0.00504431.
        ['low', 4, 12.8781],
        ['high', 4, 27.972],
        // At 28 GHz: glass 7.6 dB, concrete 117 dB, infrared-reflecting glass 31.4 dB; concrete lets nothing through.
        // Low: 5 + 7.6 - 10 log10 0.3. High: 5 + 31.4 - 10 log10 0.7.
        ['low', 28, 17.8288],
        ['high', 28, 37.949]
    ] as const)('%s at %d GHz: %d dB', (building, carrierGhz, expected) => {
        expect(wallLossDb(building, carrierGhz)).toBeCloseTo(expected, 3);
    });

    it('is half a decibel a metre inside, and the walls differ by 4.4 and 6.5 dB', () => {
        expect(insideLossDb(0)).toBe(0);
        expect(insideLossDb(12.5)).toBe(6.25);
        expect(WALL_STD_DB).toEqual({ low: 4.4, high: 6.5 });
    });

    it('rises with the frequency, and high-loss houses with it', () => {
        let last = { low: 0, high: 0 };
        for (let ghz = 0.5; ghz <= 100; ghz *= 1.2) {
            const now = { low: wallLossDb('low', ghz), high: wallLossDb('high', ghz) };
            expect(now.low).toBeGreaterThan(last.low);
            expect(now.high).toBeGreaterThan(last.high);
            expect(now.high).toBeGreaterThan(now.low);
            last = now;
        }
    });
});
