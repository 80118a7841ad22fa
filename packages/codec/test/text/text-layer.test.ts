import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFramePng } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import {
    decodeMxr,
    describeScene,
    editMxr,
    encodeMxr,
    FrameDecoder,
    FrameEncoder,
    moveRegions,
    paintScene,
    parseScene,
    printScene,
    readObjects,
    readScene,
    readUnit,
    rewrite
} from '../../src/index.ts';
import { valueNoise } from '../../src/text/value-noise.ts';
import { room } from '../helpers/synthetic.ts';

const LAYERS = ['instance', 'semantic'] as const;
const BOX = 7;

/** Mean of R, G, B over a rectangle. */
function meanOf(
    { widthPx, rgb }: { widthPx: number; rgb: Uint8Array },
    x0: number,
    y0: number,
    x1: number,
    y1: number
) {
    const size = rgb.length / 3;
    return [0, 1, 2].map((c) => {
        let sum = 0;
        for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += rgb[c * size + y * widthPx + x]!;
        return sum / ((x1 - x0) * (y1 - y0));
    }) as [number, number, number];
}

describe('the text layer alone', () => {
    const frame = room({ widthPx: 192, heightPx: 128, layers: LAYERS });
    const encoded = new FrameEncoder({ text: 'alone' }).encode(frame);

    it('is decoded to what the encoder painted, byte for byte, and read without decoding', () => {
        const decoded = new FrameDecoder().decode(encoded.pduSets);
        expect(decoded.exact).toBe(true);
        expect(decoded.picture.rgb).toEqual(encoded.picture.rgb);
        expect(encoded.stats.layerBytes.text).toBe(encoded.bytes);
        const objects = readObjects(encoded.units);
        expect(objects.map(({ semanticId, instanceId }) => [semanticId, instanceId])).toEqual(
            expect.arrayContaining([
                [BOX, 3],
                [2, 2],
                [1, 1]
            ])
        );
        // The box is a third of the picture wide and 0.4 high.
        expect(objects.find(({ semanticId }) => semanticId === BOX)!.share).toBeGreaterThan(0.08);
        expect(objects.find(({ semanticId }) => semanticId === BOX)!.share).toBeLessThan(0.16);
    });

    it('has the colours of the picture where its regions are', () => {
        const { picture } = new FrameDecoder().decode(encoded.pduSets);
        const source = encodeMxr([frame], { quality: 90 });
        const near = decodeMxr(source).frames[0]!.picture;
        for (const [x0, y0, x1, y1] of [
            [70, 55, 100, 85],
            [10, 10, 40, 40],
            [20, 105, 170, 120]
        ] as const) {
            const [a, b] = [meanOf(picture, x0, y0, x1, y1), meanOf(near, x0, y0, x1, y1)];
            // Half a colour step is 4, a fade's half step 3; the wall's shade is a plane only roughly.
            for (let c = 0; c < 3; c++) expect(Math.abs(a[c]! - b[c]!)).toBeLessThan(14);
        }
    });

    it('keeps within its bytes, whatever is asked for', () => {
        const noisy = room({ widthPx: 120, heightPx: 80, grain: 40 });
        for (const textBytes of [60, 100, 200]) {
            const scene = describeScene(noisy, { textBytes });
            const { units } = new FrameEncoder({ text: 'alone', textBytes }).encode(noisy);
            expect(readUnit(units[0]!)!.payload.length).toBeLessThanOrEqual(textBytes);
            expect(readScene(units)).toEqual(scene);
        }
        expect(() => describeScene(frame, { textBytes: 40, request: 'r'.repeat(400) })).toThrow(
            /does not fit 40 bytes/
        );
    });

    it('moves a thing when its letters move, and gives it another look when its line changes', () => {
        const file = encodeMxr([frame], { text: 'alone' });
        const before = decodeMxr(file).frames[0]!.picture;
        const moved = editMxr(file, (units) => moveRegions(units, ({ semanticId }) => semanticId === BOX, 8, 0));
        const after = decodeMxr(moved).frames[0]!.picture;
        const scene = readScene(encoded.units)!;
        const shiftPx = Math.round((8 * 192) / scene.columns);
        const [box, gone, there] = [
            meanOf(before, 70, 60, 90, 80),
            meanOf(after, 70, 60, 90, 80),
            meanOf(after, 70 + shiftPx, 60, 90 + shiftPx, 80)
        ];
        // The box is red, the wall is not.
        expect(box[0] - box[2]).toBeGreaterThan(40);
        expect(there[0] - there[2]).toBeGreaterThan(40);
        expect(gone[0] - gone[2]).toBeLessThan(30);
        const blue = editMxr(file, (units) =>
            rewrite(units, (one) => parseScene(printScene(one).replace(/(7\.3) #[0-9a-f]{6}/, '$1 #2040c0')))
        );
        const [r, , b] = meanOf(decodeMxr(blue).frames[0]!.picture, 70, 60, 90, 80);
        expect(b - r).toBeGreaterThan(100);
    });

    it('of a picture in another size than its other layers is refused', () => {
        expect(() => rewrite(encoded.units, (scene) => ({ ...scene, widthPx: 8 }))).toThrow(/192x128/);
    });
});

describe('the text layer beside the others', () => {
    it('changes nothing while they arrive, and is shown when they are lost', () => {
        const frame = room({ widthPx: 128, heightPx: 96, layers: LAYERS });
        const { units, picture } = new FrameEncoder({ text: 'beside', quality: 40 }).encode(frame);
        const whole = new FrameDecoder().decodeUnits(units);
        expect(whole.exact).toBe(true);
        expect(whole.picture.rgb).toEqual(picture.rgb);
        expect(whole.scene!.regions.length).toBe(3);
        const text = units.filter((unit) => readUnit(unit)!.layer === 'text');
        const torn = new FrameDecoder().decodeUnits(text);
        expect(torn.exact).toBe(false);
        expect(torn.concealedShare).toBe(1);
        const painted = paintScene(torn.scene!);
        // Deblocking stays away from blocks without residual; planes and back lose at most a code.
        const worst = torn.picture.rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - painted.rgb[i]!)), 0);
        expect(worst).toBeLessThanOrEqual(1);
    });
});

describe('the generator', () => {
    it('makes noise of the deviation that it says, without a mean', () => {
        let [sum, squares] = [0, 0];
        const count = 200_000;
        for (let i = 0; i < count; i++) {
            const value = valueNoise((i * 97) % 1_000_003, (i * 61) % 999_983, 3);
            sum += value;
            squares += value * value;
        }
        // Samples 97/256 of a lattice step apart are correlated: the mean of 200,000 is good to about 1.
        expect(Math.abs(sum / count)).toBeLessThan(2);
        expect(Math.sqrt(squares / count)).toBeGreaterThan(54.5 * 0.95);
        expect(Math.sqrt(squares / count)).toBeLessThan(54.5 * 1.05);
    });

    it('paints the same bytes everywhere', () => {
        const scene = parseScene(
            'picture 61x37\na sky #84a5c6 fade 2 -2 rough 1 2 3 4\nb water #204080 rough 4 0 2 0 along 22.5\nmap 4x3\naaaa\nabba\nbbbb\n'
        );
        // A change of this is a change of the format: FORMAT.md names the files that are normative.
        expect(createHash('sha256').update(paintScene(scene).rgb).digest('hex')).toBe(
            '64bd34fe6522602ca2d0d20032315ee5bd0ef399a4b13735da2d1a09d1ec4c59'
        );
    });
});

const kodak = new URL('../../../../../shared/media/kodak/', import.meta.url);

describe.skipIf(!existsSync(kodak))('photographs in words (skipped without ../shared/media)', () => {
    it('take at most 295 bytes as whole files, read and print without loss', () => {
        for (const name of readdirSync(kodak).filter((file) => /kodim(09|15)\.png$/.test(file))) {
            const frame = readFramePng(readFileSync(new URL(name, kodak)));
            const file = encodeMxr([frame], { text: 'alone' });
            expect(file.length).toBeLessThanOrEqual(295);
            const { exact, scene } = decodeMxr(file).frames[0]!;
            expect(exact).toBe(true);
            expect(parseScene(printScene(scene!))).toEqual(scene);
        }
    });
});
