import { MixreelError, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameEncoder, type GeneratorInput, TextureGenerator } from '../../src/index.ts';
import { generatorFile, randomNetwork } from '../helpers/generator-file.ts';
import { clip } from '../helpers/synthetic.ts';

const centre = (_o: number, _i: number, tap: number): number => (tap === 4 ? 1 : 0);

function inputOf(widthPx: number, heightPx: number, value: (i: number) => number): GeneratorInput {
    const [columns, rows] = [Math.ceil(widthPx / 8), Math.ceil(heightPx / 8)];
    const rgb = Uint8Array.from({ length: 3 * widthPx * heightPx }, (_, i) => value(i));
    const data = Uint8Array.from({ length: 6 * columns * rows }, (_, i) => value(i + 5));
    return { picture: { widthPx, heightPx, rgb, alpha: null }, cells: { columns, rows, data } };
}

/** A network of random weights, small enough that the picture is not saturated. */
const file = randomNetwork({ half: 3, quarter: 4, condition: 2, blocks: 2 }, 0.002);

describe('the texture generator', () => {
    it('computes what a network small enough for pencil and paper gives', () => {
        // half = 0; quarter = 1, then + 1 (rectify(2) (1 + 0.5) - 1) = 3; raised at (even, even) = 3, else 0; times 0.1 on red's first sample of four: + 0.3.
        const small = generatorFile(
            { half: 1, quarter: 1, condition: 1, blocks: 1 },
            {
                down: { biases: [1] },
                film0: { biases: [0.5, -1] },
                first0: { biases: [2] },
                second0: { weights: centre },
                up: { weights: (o) => (o === 0 ? 1 : 0) },
                leave: { scale: 0.1, weights: (o, _i, tap) => (o === 0 && tap === 4 ? 1 : 0) }
            }
        );
        const { rgb } = new TextureGenerator(small).paint(inputOf(16, 8, () => 100));
        for (let i = 0; i < rgb.length; i++) {
            const painted = i < 128 && i % 4 === 0 && Math.floor(i / 16) % 4 === 0;
            // 100 + 127.5 * 0.3 = 138.25.
            expect(rgb[i], `sample ${i}`).toBe(painted ? 138 : 100);
        }
    });

    it('leaves the picture alone if its last layer is 0, whatever the size', () => {
        const still = generatorFile({ half: 2, quarter: 2, condition: 1, blocks: 1 }, { enter: { weights: () => 3 } });
        for (const [width, height] of [
            [1, 1],
            [7, 9],
            [33, 8]
        ] as const) {
            const input = inputOf(width, height, (i) => (i * 37) % 256);
            expect(new TextureGenerator(still).paint(input).rgb).toEqual(input.picture.rgb);
        }
    });

    it('paints the same bytes in tiles of any size', () => {
        const input = inputOf(150, 75, (i) => (i * i * 31 + (i >> 5)) % 256);
        const whole = new TextureGenerator(file, 512).paint(input).rgb;
        for (const tilePx of [8, 24, 32, 56, 128]) {
            const tiled = new TextureGenerator(file, tilePx);
            expect(tiled.paint(input).rgb).toEqual(whole);
            // Again: what the maps held before does not show.
            expect(tiled.paint(input).rgb).toEqual(whole);
        }
        expect(whole).not.toEqual(input.picture.rgb);
    });

    it('refuses what is no weights file, and says what to take', () => {
        const rng = Rng.create(2).stream('mutate');
        for (let round = 0; round < 300; round++) {
            const bytes = file.slice(0, round % 3 === 0 ? rng.integer(file.length) : file.length);
            if (bytes.length > 0) bytes[rng.integer(bytes.length)]! ^= 1 + rng.integer(255);
            expect(() => new TextureGenerator(bytes)).toThrow(MixreelError);
        }
        const wide = generatorFile({ half: 1, quarter: 1, condition: 1, blocks: 17 }, {});
        expect(() => new TextureGenerator(wide)).toThrow(/blocks is 17/);
    });
});

describe('a decoder with a generator', () => {
    it('paints on what it shows, never on what it predicts from, and says so', () => {
        const encoder = new FrameEncoder({ quality: 20, gopLength: 3 });
        const seen: GeneratorInput[] = [];
        const generator = {
            paint(input: GeneratorInput) {
                seen.push(input);
                return { ...input.picture, rgb: input.picture.rgb.map((code) => 255 - code) };
            }
        };
        const painting = new FrameDecoder({ generator });
        const plain = new FrameDecoder();
        for (const [i, frame] of clip(3, { layers: ['instance', 'depth'] }).entries()) {
            const { pduSets } = encoder.encode(frame);
            const [shown, decoded] = [painting.decode(pduSets), plain.decode(pduSets)];
            expect(seen[i]!.picture).toEqual(decoded.picture);
            expect(shown.picture.rgb).toEqual(decoded.picture.rgb.map((code) => 255 - code));
            expect([shown.generated, shown.exact, decoded.generated, decoded.exact]).toEqual([
                true,
                false,
                false,
                true
            ]);
            expect(seen[i]!.cells).toMatchObject({ columns: 12, rows: 8 });
        }
    });
});
