import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameEncoder, type Picture, readUnit, writeUnit } from '../../src/index.ts';
import { packToken, unpackToken } from '../../src/tokens/token.ts';
import { clip, room } from '../helpers/synthetic.ts';

function psnr(a: Picture, b: Picture): number {
    const sum = a.rgb.reduce((total, value, i) => total + (value - b.rgb[i]!) ** 2, 0);
    return 10 * Math.log10((65025 * a.rgb.length) / sum);
}

describe('a token', () => {
    it('is read from any 32 bits, and written again it says the same', () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 0xffffffff }), (bits) => {
                const token = unpackToken(bits);
                expect(unpackToken(packToken(token))).toEqual(token);
            })
        );
    });
});

describe('the fixed-length mode', () => {
    const frame = room({ widthPx: 150, heightPx: 100 });

    it('takes the same bytes whatever the picture, and decodes to what the encoder shows', () => {
        for (const quality of [10, 50, 90]) {
            const encode = (one: typeof frame) => new FrameEncoder({ fixedLength: true, quality }).encode(one);
            const encoded = encode(frame);
            expect(encode(room({ widthPx: 150, heightPx: 100, grain: 60, time: 9 })).bytes).toBe(encoded.bytes);
            const decoded = new FrameDecoder().decode(encoded.pduSets);
            expect(decoded.exact).toBe(true);
            expect(decoded.picture.rgb).toEqual(encoded.picture.rgb);
            const side = quality < 34 ? 32 : quality < 67 ? 16 : 8;
            const tokens = Math.ceil(150 / side) * Math.ceil(100 / side);
            expect(encoded.units.reduce((sum, unit) => sum + readUnit(unit)!.payload.length, 0)).toBe(4 * tokens);
        }
    });

    it('gives a nearer picture with smaller blocks', () => {
        const source = new FrameEncoder({ quality: 95 }).encode(frame).picture;
        const at = (quality: number): number =>
            psnr(source, new FrameEncoder({ fixedLength: true, quality }).encode(frame).picture);
        expect(at(50)).toBeGreaterThan(at(10) + 1);
        expect(at(90)).toBeGreaterThan(at(50) + 1);
    });

    it('shows the picture from either half of its tokens', () => {
        const { units, picture } = new FrameEncoder({ fixedLength: true, quality: 90, unitBytes: 300 }).encode(frame);
        for (const parity of [0, 1]) {
            const half = units.filter((unit) => readUnit(unit)!.first % 2 === parity);
            const decoded = new FrameDecoder().decodeUnits(half);
            expect(decoded.exact).toBe(false);
            expect(decoded.concealedShare).toBeGreaterThan(0.49);
            expect(decoded.concealedShare).toBeLessThan(0.51);
            // Grey would be below 15 dB; interpolated blocks of 8 are soft where the box ends.
            expect(psnr(picture, decoded.picture)).toBeGreaterThan(22);
        }
    });

    it('has no memory: a bit that is wrong in one token changes nothing two blocks away, and nothing in the next frame', () => {
        const frames = clip(2, { widthPx: 150, heightPx: 100 });
        const encoder = new FrameEncoder({ fixedLength: true, quality: 50 });
        const coded = frames.map((one) => encoder.encode(one));
        const decoder = new FrameDecoder();
        const units = coded[0]!.units.map((bytes) => {
            const unit = readUnit(bytes)!;
            if (unit.first !== 0) return bytes;
            const payload = unit.payload.slice();
            // The first token's light.
            payload[0] = payload[0]! ^ 0x80;
            return writeUnit({ ...unit, payload });
        });
        const { picture } = decoder.decodeUnits(units);
        for (let y = 0; y < 100; y++) {
            for (let x = 0; x < 150; x++) {
                const i = y * 150 + x;
                if (x >= 32 || y >= 32) expect(picture.rgb[i]).toBe(coded[0]!.picture.rgb[i]);
            }
        }
        expect(picture.rgb[8 * 150 + 8]).not.toBe(coded[0]!.picture.rgb[8 * 150 + 8]);
        expect(decoder.decode(coded[1]!.pduSets).picture.rgb).toEqual(coded[1]!.picture.rgb);
    });

    it('conceals units that do not say the truth about themselves', () => {
        const { units } = new FrameEncoder({ fixedLength: true, quality: 50 }).encode(frame);
        const unit = readUnit(units[0]!)!;
        for (const wrong of [
            { ...unit, count: unit.count + 1 },
            { ...unit, first: 100_000 },
            { ...unit, parameter: 2 },
            { ...unit, payload: unit.payload.subarray(1) }
        ]) {
            const decoded = new FrameDecoder().decodeUnits([writeUnit(wrong)]);
            expect(decoded.exact).toBe(false);
            expect(decoded.concealedShare).toBe(1);
        }
    });
});
