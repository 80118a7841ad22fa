import { describe, expect, it } from 'vitest';
import { pixelDiff } from '../src/index.ts';

function flat(value: number): { widthPx: number; heightPx: number; data: Uint8Array } {
    return { widthPx: 8, heightPx: 4, data: new Uint8Array(4 * 32).fill(value) };
}

describe('pixelDiff', () => {
    it('counts the pixels that differ and draws them in red', () => {
        const test = flat(255);
        test.data.fill(0, 0, 3);
        const result = pixelDiff(flat(255), test);
        expect(result.differentPixels).toBe(1);
        expect(result.share).toBe(1 / 32);
        expect([...result.picture!.data.subarray(0, 3)]).toEqual([255, 0, 0]);
    });

    it('finds nothing in equal pictures and draws only when asked to', () => {
        const result = pixelDiff(flat(9), flat(9), { draw: false });
        expect(result).toEqual({ differentPixels: 0, share: 0 });
    });

    it('refuses sizes that differ', () => {
        expect(() => pixelDiff(flat(1), { ...flat(1), widthPx: 7 })).toThrow(/7 x 4 pixels \(expected 8 x 4/);
        expect(() => pixelDiff(flat(1), { ...flat(1), data: new Uint8Array(3) })).toThrow(/3 bytes/);
    });
});
