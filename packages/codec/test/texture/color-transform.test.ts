import { describe, expect, it } from 'vitest';
import { pictureFromPlanes, planesFromPicture } from '../../src/texture/color-transform.ts';
import { TextureState } from '../../src/texture/texture-state.ts';

describe('YCoCg-R', () => {
    it('gives back every one of the 16,777,216 colours, inside its stated range', () => {
        const rgb = new Uint8Array(3 * 65536);
        for (let i = 0; i < 65536; i++) {
            rgb[i] = i & 255;
            rgb[65536 + i] = i >> 8;
        }
        for (let blue = 0; blue < 256; blue++) {
            rgb.fill(blue, 2 * 65536);
            const state = new TextureState(256, 256, 3);
            const planes = planesFromPicture(state, { widthPx: 256, heightPx: 256, rgb, alpha: null });
            let inside = true;
            for (const [p, least] of [0, -255, -255].entries()) {
                const plane = planes[p]!;
                for (let i = 0; i < 65536; i++) if (plane[i]! < least || plane[i]! > 255) inside = false;
                state.planes[p]!.set(plane);
            }
            expect(inside).toBe(true);
            expect(Buffer.compare(pictureFromPlanes(state).rgb, rgb)).toBe(0);
        }
    });

    it('repeats the edge into the padding', () => {
        const state = new TextureState(3, 2, 4);
        const rgb = Uint8Array.from({ length: 18 }, (_, i) => i * 13);
        const planes = planesFromPicture(state, {
            widthPx: 3,
            heightPx: 2,
            rgb,
            alpha: Uint8Array.of(1, 2, 3, 4, 5, 6)
        });
        expect(planes[3]![31]).toBe(3);
        expect(planes[3]![31 * state.stride + 31]).toBe(6);
        expect(planes[0]![20 * state.stride + 1]).toBe(planes[0]![state.stride + 1]);
    });
});
