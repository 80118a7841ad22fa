import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, FrameEncoder, type Picture, readUnit, writeUnit } from '../../src/index.ts';
import { TextureState } from '../../src/texture/texture-state.ts';
import { chooseFiner, FINER, finerGrid, finerUnits, readFinerUnit } from '../../src/tokens/finer-tokens.ts';
import { packToken, unpackToken } from '../../src/tokens/token.ts';
import { TokenGrid, tokensOfPlanes } from '../../src/tokens/token-grid.ts';
import { clip, room } from '../helpers/synthetic.ts';

function psnr(a: Picture, b: Picture): number {
    const sum = a.rgb.reduce((total, value, i) => total + (value - b.rgb[i]!) ** 2, 0);
    return 10 * Math.log10((65025 * a.rgb.length) / sum);
}

/** Squares with finer tokens, by quality: of 0 to 33 and of 34 to 66, three quarters of the way. */
const SHARES: Readonly<Record<number, number>> = { 10: 7.5 / 34, 50: 12 / 33, 90: 0 };

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
            const units = encoded.units.map((unit) => readUnit(unit)!);
            const bytesOf = (some: typeof units): number => some.reduce((sum, unit) => sum + unit.payload.length, 0);
            expect(bytesOf(units.filter(({ parameter }) => parameter < FINER))).toBe(4 * tokens);
            const finer = units.filter(({ parameter }) => parameter >= FINER);
            const masks = finer.reduce((sum, { count }) => sum + Math.ceil(count / 8), 0);
            expect(bytesOf(finer) - masks).toBe(16 * Math.round(SHARES[quality]! * tokens));
        }
    });

    it('gives a nearer picture with smaller blocks', () => {
        const source = new FrameEncoder({ quality: 95 }).encode(frame).picture;
        const at = (quality: number): number =>
            psnr(source, new FrameEncoder({ fixedLength: true, quality }).encode(frame).picture);
        expect(at(34)).toBeGreaterThan(at(0) + 1);
        expect(at(90)).toBeGreaterThan(at(34) + 1);
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
            if (unit.first !== 0 || unit.parameter >= FINER) return bytes;
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

describe('finer tokens', () => {
    const frame = room({ widthPx: 150, heightPx: 100 });

    it('come back from units of any size, and not from ones whose bits are wrong', () => {
        fc.assert(
            fc.property(
                fc.record({
                    columns: fc.integer({ min: 1, max: 9 }),
                    rows: fc.integer({ min: 1, max: 7 }),
                    payloadBytes: fc.integer({ min: 60, max: 200 }),
                    seed: fc.nat()
                }),
                ({ columns, rows, payloadBytes, seed }) => {
                    const coarse = new TokenGrid(16 * columns, 16 * rows, 4);
                    const [fine, read] = [finerGrid(coarse), finerGrid(coarse)];
                    for (const i of fine.tokens.keys()) {
                        const square = (Math.floor(i / columns / 4) * columns + ((i % (2 * columns)) >> 1)) >>> 0;
                        if ((seed >> (square % 9)) & 1) fine.tokens[i] = unpackToken((seed * (i + 1)) >>> 0);
                    }
                    const told = new Uint8Array(columns * rows);
                    for (const unit of finerUnits(coarse, fine, payloadBytes)) {
                        expect(unit.payload.length).toBeLessThanOrEqual(payloadBytes);
                        const wrong = unit.payload.slice();
                        wrong[0] = wrong[0]! ^ 128;
                        for (const payload of [wrong, unit.payload.subarray(1)]) {
                            expect(readFinerUnit(coarse, finerGrid(coarse), told.slice(), { ...unit, payload })).toBe(
                                false
                            );
                        }
                        expect(readFinerUnit(coarse, read, told, { ...unit, count: 1000 })).toBe(false);
                        expect(readFinerUnit(coarse, read, told, unit)).toBe(true);
                    }
                    expect(read.tokens).toEqual(fine.tokens);
                    expect(told.every((square) => square === 1)).toBe(true);
                }
            ),
            { numRuns: 40 }
        );
    });

    it('lie where a picture is not flat, and bring it nearer for their bytes than smaller blocks everywhere', () => {
        const s = new TextureState(96, 64, 3);
        const planes = s.planes.map((plane) => plane.slice());
        // Edges on the right third alone, between the middles of squares.
        for (let i = 0; i < planes[0]!.length; i++) planes[0]![i] = i % 96 < 64 ? 100 : 100 + 60 * ((i >> 2) & 1);
        const coarse = tokensOfPlanes(planes, s, 4);
        const fine = chooseFiner(planes, s, coarse, 8);
        for (const [i, token] of fine.tokens.entries()) expect(token !== null, `${i}`).toBe(i % 12 >= 8);
        const encode = (quality: number) => new FrameEncoder({ fixedLength: true, quality, pose: false }).encode(frame);
        const source = new FrameEncoder({ quality: 95 }).encode(frame).picture;
        const [even, mixed, small] = [encode(34), encode(50), encode(67)];
        const gained = (one: typeof even): number =>
            (psnr(source, one.picture) - psnr(source, even.picture)) / (one.bytes - even.bytes);
        expect(gained(mixed)).toBeGreaterThan(1.2 * gained(small));
    });

    it('that are lost leave the tokens under them', () => {
        const { units, picture } = new FrameEncoder({ fixedLength: true, quality: 60, unitBytes: 200 }).encode(frame);
        const finer = units.filter((unit) => readUnit(unit)!.parameter >= FINER);
        expect(finer.length).toBeGreaterThan(4);
        for (const lost of finer) {
            const decoded = new FrameDecoder().decodeUnits(units.filter((unit) => unit !== lost));
            expect(decoded).toMatchObject({ exact: false, complete: false, concealedShare: 0 });
            expect(psnr(picture, decoded.picture)).toBeGreaterThan(25);
        }
        const none = new FrameDecoder().decodeUnits(units.filter((unit) => !finer.includes(unit)));
        const coarse = new FrameEncoder({ fixedLength: true, quality: 34 }).encode(frame).picture;
        // The finer grid samples the coarser one's painting: softer, never far from it.
        expect(psnr(coarse, none.picture)).toBeGreaterThan(30);
    });
});
