/** Pictures as people have them: 16 bits, light above white, alpha, odd sizes, one pixel, too large. */
import { MixreelError } from '@mixreel/core';
import { decodeFrame, Frame, writeFrameExr, writeHdr, writePng } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import {
    decodeMxr,
    decodeMxrFrames,
    encodeKeypointVideo,
    encodeMxr,
    FrameDecoder,
    FrameEncoder,
    TextureGenerator
} from '../src/index.ts';
import { conceptModel } from './helpers/concept-weights.ts';
import { randomNetwork } from './helpers/generator-file.ts';
import { room } from './helpers/synthetic.ts';

const [widthPx, heightPx] = [19, 13];
const area = widthPx * heightPx;
/** The longest there are, those around a block's or a square's side, one pixel. */
const SIDES = [
    [8192, 8],
    [8, 8192],
    [33, 31],
    [1, 17],
    [1, 1]
] as const;

/** RGBA codes; half of the pixels are not opaque. */
const codes = Uint8Array.from({ length: 4 * area }, (_, i) => (i % 4 === 3 ? (i % 8 === 3 ? 255 : 90) : (i * 7) % 256));
const png8 = writePng({ widthPx, heightPx, channels: 4, bitDepth: 8, data: codes });

/** Light from 0 to 4. */
const bright = new Frame({
    widthPx,
    heightPx,
    layers: { color: Float32Array.from({ length: 3 * area }, (_, i) => (i % area) / 64) }
});

describe('pictures as people have them', () => {
    it('are taken with 16 bits a sample as the 8 bits nearest to them', () => {
        // 257 codes of 16 bits are one of 8; 120 to either side are still nearest to it.
        const data = Uint16Array.from(codes, (code, i) =>
            Math.max(0, Math.min(65535, 257 * code + 120 * ((i % 3) - 1)))
        );
        const png16 = writePng({ widthPx, heightPx, channels: 4, bitDepth: 16, data });
        expect(encodeMxr([decodeFrame(png16)])).toEqual(encodeMxr([decodeFrame(png8)]));
    });

    it('keep their alpha at an odd size', () => {
        const { picture } = decodeMxr(encodeMxr([decodeFrame(png8)], { quality: 100 })).frames[0]!;
        expect([picture.widthPx, picture.heightPx]).toEqual([widthPx, heightPx]);
        // No coefficient of an orthonormal transform is off by more than quality 100's step of half a code, and rounding adds as much, so neither are samples in the mean square.
        const squares = Array.from(picture.alpha!, (alpha, i) => (alpha - codes[4 * i + 3]!) ** 2);
        expect(squares.reduce((sum, square) => sum + square, 0) / area).toBeLessThan(1);
    });

    it('lose what is lighter than white, from EXR and Radiance, and the encoder says how much', () => {
        for (const bytes of [writeFrameExr(bright), writeHdr(bright)]) {
            const frame = decodeFrame(bytes);
            const color = frame.layer('color');
            const { stats } = new FrameEncoder().encode(frame);
            expect(stats.clippedShare).toBe(color.filter((value) => value > 1.005).length / color.length);
            expect(stats.clippedShare).toBeGreaterThan(0.7);
            const white = new Frame({ widthPx, heightPx, layers: { color: color.map((value) => Math.min(1, value)) } });
            expect(decodeMxr(encodeMxr([frame])).frames[0]!.picture).toEqual(
                decodeMxr(encodeMxr([white])).frames[0]!.picture
            );
        }
    });

    it('may be one pixel, from a file of any kind', () => {
        const dot = new Frame({ widthPx: 1, heightPx: 1, layers: { color: Float32Array.of(1, 0, 0) } });
        const png = writePng({ widthPx: 1, heightPx: 1, channels: 3, bitDepth: 16, data: Uint16Array.of(65535, 0, 0) });
        for (const bytes of [png, writeFrameExr(dot), writeHdr(dot)]) {
            const { picture, exact } = decodeMxr(encodeMxr([decodeFrame(bytes)], { quality: 100 })).frames[0]!;
            expect([picture.widthPx, picture.heightPx, exact]).toEqual([1, 1, true]);
            // Quality 100's quantiser step is half a code; rounding adds as much.
            expect(picture.rgb[0]).toBeGreaterThan(252);
            expect(Math.max(picture.rgb[1]!, picture.rgb[2]!)).toBeLessThan(3);
        }
    });

    it('may be 8192 wide or high, or of odd sides, and are shown as the encoder shows them, in every mode', () => {
        const concept = conceptModel();
        const generator = new TextureGenerator(randomNetwork({ half: 4, quarter: 8, condition: 8, blocks: 1 }, 0.002));
        const modes = [{}, { grain: true }, { fixedLength: true }, { text: 'alone' }, { concept }] as const;
        for (const [across, down] of SIDES) {
            const frame = room({ widthPx: across, heightPx: down });
            for (const mode of modes) {
                const encoded = new FrameEncoder({ ...mode, quality: 40 }).encode(frame);
                const decoded = new FrameDecoder({ concept: 'concept' in mode ? concept : null }).decodeUnits(
                    encoded.units
                );
                const what = `${across} x ${down} ${Object.keys(mode)}`;
                expect(decoded.exact, what).toBe(true);
                expect(Buffer.compare(decoded.picture.rgb, encoded.picture.rgb), what).toBe(0);
                expect(decoded.picture.rgb.length, what).toBe(3 * across * down);
                if (Object.keys(mode).length > 0) continue;
                const learned = new FrameDecoder({ generator }).decodeUnits(encoded.units);
                expect([learned.picture.rgb.length, learned.complete], what).toEqual([3 * across * down, true]);
            }
        }
    });

    it('of more than 8192 a side are refused, one beyond 2^26 pixels before its samples are read', () => {
        const data = new Uint8Array(8193);
        const line = decodeFrame(writePng({ widthPx: 8193, heightPx: 1, channels: 1, bitDepth: 8, data }));
        expect(() => encodeMxr([line])).toThrow(/8193 x 1.*at most 8192.*Scale it down/);
        const claim = new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 8193 +X 8193\n');
        expect(() => decodeFrame(claim)).toThrow(MixreelError);
        expect(() => decodeFrame(claim)).toThrow(/8193 x 8193.*67108864 pixels/);
    });

    it('are told of where alpha has no place, and refused where a rate or grain has none', () => {
        const clear = decodeFrame(png8);
        const transparent = codes.filter((code, i) => i % 4 === 3 && code < 255).length / area;
        expect(transparent).toBeGreaterThan(0.4);
        expect(new FrameEncoder().encode(clear).stats.lostAlphaShare).toBe(0);
        for (const options of [{ text: 'alone' as const }, { fixedLength: true }, { concept: conceptModel() }]) {
            // Every second alpha is 90; the picture is sent as if it were opaque, and the encoder says so.
            expect(new FrameEncoder(options).encode(clear).stats.lostAlphaShare).toBe(transparent);
            expect(() => new FrameEncoder({ ...options, targetRateBps: 1e6 })).toThrow(/a target rate is given/);
            expect(() => new FrameEncoder({ ...options, grain: true })).toThrow(/grain is wanted/);
        }
        expect(() => encodeKeypointVideo([clear], [[]], { skeleton: [] })).toThrow(/transparent in places/);
    });

    it('are kept up to as many pixels as the reader gives leave for; frame by frame there is no end to a file', () => {
        const small = room({ widthPx: 40, heightPx: 30 });
        const file = encodeMxr([small, small, small], { gopLength: 1 });
        expect(() => decodeMxr(file, { maxFilePixels: 2 * 1200 })).toThrow(/more than 2400 pixels, 2 of them less/);
        expect(decodeMxr(file, { maxFilePixels: 3 * 1200 }).frames.length).toBe(3);
        expect([...decodeMxrFrames(file, { maxFilePixels: 1 })].map(({ picture }) => picture)).toEqual(
            decodeMxr(file).frames.map(({ picture }) => picture)
        );
    });
});
