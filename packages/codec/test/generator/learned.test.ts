import { readFileSync } from 'node:fs';
import { readFramePng, resizeFrame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { decodeMxr, encodeMxr, inspectGenerator, type Picture, pictureFromFrame } from '../../src/index.ts';
import { learnedTexture, textureWeights } from '../../src/learned/index.ts';

const fixtures = new URL('../../../../fixtures/pictures/', import.meta.url);

/** How much each cell of 16 x 16 varies from pixel to pixel: mean square of luminance's second difference along both axes. */
function roughness({ widthPx, heightPx, rgb }: Picture): number[] {
    const size = widthPx * heightPx;
    const luminance = (x: number, y: number): number => {
        const at = y * widthPx + x;
        return 0.2126 * rgb[at]! + 0.7152 * rgb[size + at]! + 0.0722 * rgb[2 * size + at]!;
    };
    const cells: number[] = [];
    for (let top = 1; top + 16 < heightPx; top += 16) {
        for (let left = 1; left + 16 < widthPx; left += 16) {
            let sum = 0;
            for (let y = top; y < top + 16; y++) {
                for (let x = left; x < left + 16; x++) {
                    const twice = 2 * luminance(x, y);
                    sum += (luminance(x - 1, y) + luminance(x + 1, y) - twice) ** 2;
                    sum += (luminance(x, y - 1) + luminance(x, y + 1) - twice) ** 2;
                }
            }
            cells.push(sum / 512);
        }
    }
    return cells;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the weights that come with the codec', () => {
    it('are the file of models/, which says how they were made', () => {
        const file = readFileSync(new URL('../../models/texture.mxg', import.meta.url));
        expect(Buffer.from(textureWeights()).equals(file)).toBe(true);
        expect(file.length).toBeLessThan(10 * 2 ** 20);
        const { record } = inspectGenerator(file);
        expect(record).toMatchObject({ metric: 'squeeze', seed: expect.any(Number), steps: expect.any(Number) });
    });

    it('give cells of a picture the roughness that they lost, for little more squared error', () => {
        const frame = resizeFrame(readFramePng(readFileSync(new URL('living-room.png', fixtures))), 256, 192);
        const source = pictureFromFrame(frame).picture;
        const stream = encodeMxr([frame], { quality: 18 });
        const plain = decodeMxr(stream).frames[0]!;
        const painted = decodeMxr(stream, { generator: learnedTexture() }).frames[0]!;
        expect([painted.generated, painted.exact, painted.complete]).toEqual([true, false, true]);
        const wanted = roughness(source);
        const apart = (picture: Picture): number =>
            mean(roughness(picture).map((value, i) => Math.abs(Math.log((value + 1) / (wanted[i]! + 1)))));
        // Decoded pictures are smooth: cells vary e^2.8 times too little. Painted ones e^1.6 times.
        expect(apart(painted.picture)).toBeLessThan(0.7 * apart(plain.picture));
        const squares = ({ rgb }: Picture): number => mean(Array.from(rgb, (code, i) => (code - source.rgb[i]!) ** 2));
        // Measured: 3 % more. Noise of the missing strength in the wrong place would add as much as is missing.
        expect(squares(painted.picture)).toBeLessThan(1.1 * squares(plain.picture));
    });
});
