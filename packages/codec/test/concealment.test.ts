import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { readUnit } from '../src/container/unit.ts';
import { FrameDecoder, FrameEncoder, pictureFromFrame } from '../src/index.ts';

/** Upright stripes that no base of regions shows, every row alike, on a brightness that rises downwards. */
function stripes(widthPx: number, heightPx: number): Frame {
    const color = Float32Array.from({ length: 3 * widthPx * heightPx }, (_, i) => {
        const y = Math.floor(i / widthPx) % heightPx;
        return 0.25 + 0.1 * (y / heightPx) + 0.15 * Math.sin((i % widthPx) * 0.9);
    });
    return new Frame({ widthPx, heightPx, layers: { color } });
}

/** Standard deviation of grey levels along the row in the middle of a CTU. */
function contrast(rgb: Uint8Array, widthPx: number, ctuRow: number): number {
    const row = rgb.subarray((ctuRow * 32 + 16) * widthPx, (ctuRow * 32 + 17) * widthPx);
    const mean = row.reduce((sum, value) => sum + value, 0) / widthPx;
    return Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / widthPx);
}

describe('a hole in an intra frame', () => {
    const [widthPx, heightPx] = [192, 160];
    const { units } = new FrameEncoder({ quality: 75, unitBytes: 300, structure: 'none' }).encode(
        stripes(widthPx, heightPx)
    );
    const source = pictureFromFrame(stripes(widthPx, heightPx)).picture.rgb;
    /** Decodes without the texture of some rows of CTUs, 0 to 4. */
    const without = (...rows: readonly number[]): { rgb: Uint8Array; concealed: number } => {
        const { picture, concealedShare } = new FrameDecoder().decodeUnits(
            units.filter((bytes) => {
                const { first, count } = readUnit(bytes)!;
                return !rows.some((row) => first < (row + 1) * 6 && first + count > row * 6);
            })
        );
        return { rgb: picture.rgb, concealed: concealedShare };
    };
    const worst = (rgb: Uint8Array): number => {
        let most = 0;
        for (let i = 0; i < widthPx * heightPx; i++) most = Math.max(most, Math.abs(rgb[i]! - source[i]!));
        return most;
    };

    it('is grown from the textures above and below', () => {
        const { rgb, concealed } = without(2);
        expect(concealed).toBeGreaterThanOrEqual(0.2);
        const coded = worst(without().rgb);
        // Brightness changes by 8 levels from the middle of a unit's rows to that of the next: two of them may be gone.
        expect(worst(rgb)).toBeLessThan(coded + 20);
        expect(contrast(rgb, widthPx, 2)).toBeGreaterThan(0.9 * contrast(source, widthPx, 2));
    });

    it('is grown from one side at the picture edge, and over several rows, weaker the deeper', () => {
        for (const rows of [[0], [4], [3, 4], [0, 1], [1, 2, 3]]) {
            const { rgb } = without(...rows);
            // A unit that begins in the row before is lost with it: 64 rows into the hole half is left.
            for (const row of rows)
                expect(contrast(rgb, widthPx, row), `${rows}`).toBeGreaterThan(0.5 * contrast(source, widthPx, row));
        }
    });

    it('is flat where nothing came at all', () => {
        const { rgb, concealed } = without(0, 1, 2, 3, 4);
        expect(concealed).toBe(1);
        expect(contrast(rgb, widthPx, 2)).toBe(0);
    });
});
