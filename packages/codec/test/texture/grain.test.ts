import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameEncoder, type Picture, readUnit } from '../../src/index.ts';
import { clip, room } from '../helpers/synthetic.ts';

/** Mean squared difference of horizontal neighbours in luma: how rough a picture is. */
function roughness({ widthPx, rgb }: Picture): number {
    const size = rgb.length / 3;
    let sum = 0;
    for (let i = 1; i < size; i++) if (i % widthPx > 0) sum += (rgb[size + i]! - rgb[size + i - 1]!) ** 2;
    return sum / size;
}

describe('grain', () => {
    const frame = room({ widthPx: 160, heightPx: 96, grain: 50 });
    const coarse = { quality: 15 } as const;

    it('gives a coarse picture back the roughness that the quantiser took, for few bytes', () => {
        const source = new FrameEncoder({ quality: 98 }).encode(frame).picture;
        const [smooth, grained] = [false, true].map((grain) => new FrameEncoder({ ...coarse, grain }).encode(frame));
        expect(roughness(smooth!.picture)).toBeLessThan(0.3 * roughness(source));
        expect(roughness(grained!.picture)).toBeGreaterThan(2 * roughness(smooth!.picture));
        // Three fifths of the deviation are painted: never more than there was.
        expect(roughness(grained!.picture)).toBeLessThan(roughness(source));
        // 15 coding tree units of three codes, and a unit around them.
        expect(grained!.bytes - smooth!.bytes).toBeLessThan(60);
    });

    it('is decoded to what the encoder shows, in every frame, and no frame refers to it', () => {
        const encoder = new FrameEncoder({ ...coarse, grain: true });
        const plain = new FrameEncoder(coarse);
        const [decoder, without] = [new FrameDecoder(), new FrameDecoder()];
        for (const one of clip(3, { widthPx: 100, heightPx: 70, grain: 30 })) {
            const { units, picture } = encoder.encode(one);
            const whole = decoder.decodeUnits(units);
            expect(whole.exact).toBe(true);
            expect(whole.picture.rgb).toEqual(picture.rgb);
            // Without it the picture is the one of a stream that never had any.
            const torn = without.decodeUnits(units.filter((unit) => readUnit(unit)!.layer !== 'grain'));
            expect(torn.exact).toBe(false);
            expect(torn.concealedShare).toBe(0);
            expect(torn.picture.rgb).toEqual(plain.encode(one).picture.rgb);
        }
    });

    it('leaves a flat picture as it is', () => {
        const flat = room({ widthPx: 64, heightPx: 64 });
        flat.layer('color').fill(0.25);
        const [smooth, grained] = [false, true].map((grain) => new FrameEncoder({ ...coarse, grain }).encode(flat));
        expect(grained!.picture.rgb).toEqual(smooth!.picture.rgb);
    });

    it('is cut into units within their limit, however large the picture', () => {
        const { units } = new FrameEncoder({ ...coarse, grain: true, unitBytes: 128 }).encode(
            room({ widthPx: 700, heightPx: 300, grain: 60 })
        );
        const grain = units.filter((unit) => readUnit(unit)!.layer === 'grain');
        expect(grain.length).toBeGreaterThan(3);
        for (const unit of grain) expect(unit.length).toBeLessThanOrEqual(128);
    });
});
