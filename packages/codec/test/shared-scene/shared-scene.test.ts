import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameEncoder, readUnit } from '../../src/index.ts';
import { Guide } from '../../src/shared-scene/guide.ts';
import { brightestOfCode, fitLight, rangeOf } from '../../src/shared-scene/light.ts';
import { opennessOf } from '../../src/shared-scene/openness.ts';
import { corner, litRoom } from '../helpers/synthetic.ts';

describe('the guide', () => {
    it('gives every pixel weights that sum to 1, on its own surface wherever a cell around sees it', () => {
        const frame = litRoom();
        const instance = frame.layer('instance');
        const guide = new Guide(frame, 128, 96, 3, false);
        let furthest = 0;
        let least = 1;
        for (let i = 0; i < instance.length; i++) {
            let sum = 0;
            let own = 0;
            for (let k = 4 * i; k < 4 * i + 4; k++) {
                const cell = guide.cells[k]!;
                const middle = (Math.floor(cell / 16) * 8 + 4) * 128 + (cell % 16) * 8 + 4;
                sum += guide.weights[k]!;
                if (instance[middle] === instance[i]) own += guide.weights[k]!;
            }
            furthest = Math.max(furthest, Math.abs(sum - 1));
            least = Math.min(least, own);
        }
        expect(furthest).toBeLessThan(1e-6);
        expect(least).toBeGreaterThan(0.6);
    });

    it('stays finite for any layers at all', () => {
        const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e38];
        const noisy = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => bad[(i * 7) % 5]!);
        const frame = new Frame({
            widthPx: 20,
            heightPx: 10,
            layers: { albedo: noisy(600), normal: noisy(600), depth: noisy(200), instance: noisy(200) }
        });
        const guide = new Guide(frame, 20, 10, 4, false);
        expect(guide.weights.every(Number.isFinite)).toBe(true);
        expect(guide.reflectance.every((a) => a > 0.0299 && a < 1.0301)).toBe(true);
    });
});

describe('openness', () => {
    const frame = corner();
    const open = opennessOf(frame)!;
    const row = (y: number): number[] => Array.from({ length: frame.widthPx }, (_, x) => open[y * frame.widthPx + x]!);

    it('is 1 on open walls, falls towards the corner of two, and stays above 0', () => {
        const middle = row(32);
        expect(middle[4]).toBe(1);
        expect(middle[59]).toBe(1);
        // The walls meet in column 32; on the way there it only falls.
        for (let x = 20; x < 31; x++) expect(middle[x + 1]!).toBeLessThanOrEqual(middle[x]! + 1e-6);
        expect(middle[31]).toBeLessThan(0.85);
        expect(middle[31]).toBeGreaterThanOrEqual(0.1);
    });

    it('does not depend on how the camera is turned in the world', () => {
        const half = Math.SQRT1_2;
        const turned = corner([0, half, 0, half]);
        for (const [i, value] of opennessOf(turned)!.entries()) expect(value).toBeCloseTo(open[i]!, 5);
    });

    it('is not known without perspective, depth or normals, and ends at 1 where nothing was hit', () => {
        expect(opennessOf(litRoom())).toBeNull();
        const layers = { normal: new Float32Array(3 * 64), depth: new Float32Array(64).fill(Number.POSITIVE_INFINITY) };
        const sky = new Frame({ widthPx: 8, heightPx: 8, layers, view: frame.view });
        expect(opennessOf(sky)!.every((value) => value === 1)).toBe(true);
        const { normal: _, ...bare } = layers;
        expect(opennessOf(new Frame({ widthPx: 8, heightPx: 8, layers: bare, view: frame.view }))).toBeNull();
    });

    it('darkens the reflectance on both ends alike, and the decoder is told so', () => {
        const encoded = new FrameEncoder({ quality: 20, sharedScene: true }).encode(frame);
        const decoded = new FrameDecoder().decode(encoded.pduSets, { guide: frame });
        expect(decoded.exact).toBe(true);
        expect(Buffer.compare(decoded.picture.rgb, encoded.picture.rgb)).toBe(0);
        const open = new Guide(frame, 64, 64, 3, true).reflectance;
        const plain = new Guide(frame, 64, 64, 3, false).reflectance;
        expect(open[32 * 64 + 31]! / plain[32 * 64 + 31]!).toBeCloseTo(row(32)[31]!, 5);
    });
});

describe('the light', () => {
    it('of what is white has something to spare, so that it stays white where the grid is coarse', () => {
        const frame = litRoom();
        const guide = new Guide(frame, 128, 96, 3, false);
        const white = new Float32Array(frame.layer('albedo').length).fill(3);
        const light = fitLight(guide, white);
        let mean = 0;
        for (let i = 0; i < white.length / 3; i++) {
            let sum = 0;
            for (let k = 4 * i; k < 4 * i + 4; k++) sum += guide.weights[k]! * light[guide.cells[k]!]!;
            mean += (sum * guide.reflectance[i]!) / (white.length / 3);
        }
        // A tenth and more to spare on the whole; fitted to white itself the mean is white.
        expect(mean).toBeGreaterThan(1.05);
    });

    it('of an evenly lit scene is that light, whatever the paint', () => {
        const frame = litRoom();
        const reflectance = Float32Array.from(frame.layer('albedo'), (a) => (a + 0.03) * 0.6);
        const guide = new Guide(frame, 128, 96, 3, false);
        for (const light of fitLight(guide, reflectance)) expect(light).toBeCloseTo(0.6, 3);
    });

    it('has a range that holds it with at most a quarter to spare', () => {
        for (const value of [0.01, 0.3, 1, 2.4, 90]) {
            const range = brightestOfCode(rangeOf(new Float32Array(300).fill(value)));
            expect(range).toBeGreaterThanOrEqual(value);
            expect(range).toBeLessThanOrEqual(1.26 * value);
        }
    });
});

describe('a stream of a shared scene', () => {
    const frames = Array.from({ length: 5 }, (_, time) => litRoom({ time }));
    const guideOf = (frame: Frame): Frame => {
        const { albedo, normal, depth, instance } = Object.fromEntries(frame.layers) as Record<string, Float32Array>;
        return new Frame({
            widthPx: 128,
            heightPx: 96,
            layers: { albedo: albedo!, normal: normal!, depth: depth!, instance: instance! }
        });
    };

    for (const quality of [15, 40, 65]) {
        it(`decodes to the encoder's reconstruction with the receiver's own guide (quality ${quality})`, () => {
            const encoder = new FrameEncoder({ quality, sharedScene: true, gopLength: 3 });
            const decoder = new FrameDecoder();
            for (const frame of frames) {
                const encoded = encoder.encode(frame);
                const decoded = decoder.decode(encoded.pduSets, { guide: guideOf(frame) });
                expect(decoded.exact).toBe(true);
                expect(Buffer.compare(decoded.picture.rgb, encoded.picture.rgb)).toBe(0);
            }
        });
    }

    it('needs a fraction of the bytes of a stream that is not shared, for a picture that is nearer', () => {
        const shared = new FrameEncoder({ quality: 30, sharedScene: true }).encode(frames[0]!);
        const plain = new FrameEncoder({ quality: 45 }).encode(frames[0]!);
        expect(shared.stats.psnrDb).toBeGreaterThan(plain.stats.psnrDb);
        expect(shared.bytes).toBeLessThan(plain.bytes / 4);
    });

    it('sends light alone where texture is not worth its bits', () => {
        const encoded = new FrameEncoder({ quality: 10, sharedScene: true }).encode(frames[0]!);
        expect(encoded.units.map((unit) => readUnit(unit)!.layer)).toEqual(['light']);
        expect(encoded.bytes).toBeLessThan(200);
    });

    it('shows the light on grey walls, not exactly, where the receiver has no guide', () => {
        const encoded = new FrameEncoder({ quality: 40, sharedScene: true }).encode(frames[0]!);
        for (const guide of [undefined, litRoom({ widthPx: 64 })]) {
            const decoded = new FrameDecoder().decode(encoded.pduSets, guide ? { guide } : {});
            expect(decoded.exact).toBe(false);
            expect(decoded.picture.rgb.length).toBe(encoded.picture.rgb.length);
        }
    });

    it('keeps the light of the frame before when a frame loses all of its own', () => {
        const encoder = new FrameEncoder({ quality: 40, sharedScene: true });
        const decoder = new FrameDecoder();
        decoder.decode(encoder.encode(frames[0]!).pduSets, { guide: guideOf(frames[0]!) });
        const second = encoder.encode(frames[1]!);
        const left = second.units.filter((unit) => readUnit(unit)!.layer !== 'light');
        const decoded = decoder.decodeUnits(left, { guide: guideOf(frames[1]!) });
        expect(decoded.exact).toBe(false);
        const difference = decoded.picture.rgb.reduce((sum, v, i) => sum + (v - second.picture.rgb[i]!) ** 2, 0);
        // The camera moved by two pixels: the light of before, on the new surfaces, is off by little.
        expect(10 * Math.log10((65025 * decoded.picture.rgb.length) / difference)).toBeGreaterThan(25);
    });

    it('asks for the layers it needs', () => {
        const frame = new Frame({ widthPx: 8, heightPx: 8, layers: { color: new Float32Array(192) } });
        expect(() => new FrameEncoder({ sharedScene: true }).encode(frame)).toThrow(/no layer "albedo"/);
    });
});
