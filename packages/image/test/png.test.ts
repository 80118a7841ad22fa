import fc from 'fast-check';
import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { type PngImage, readPng, writePng } from '../src/index.ts';
import { failsPolitely, mutations, pngImage } from './arbitraries.ts';

const small: PngImage = {
    widthPx: 3,
    heightPx: 2,
    channels: 3,
    bitDepth: 8,
    data: Uint8Array.from({ length: 18 }, (_, i) => i * 14)
};

describe('PNG', () => {
    it('reads back what it wrote, for every channel count and depth', () => {
        fc.assert(
            fc.property(pngImage, (image) => {
                expect(readPng(writePng(image))).toEqual(image);
            })
        );
    });

    it('writes what fast-png reads', () => {
        fc.assert(
            fc.property(pngImage, (image) => {
                const theirs = decode(writePng(image), { checkCrc: true });
                expect([theirs.width, theirs.height, theirs.channels, theirs.depth]).toEqual([
                    image.widthPx,
                    image.heightPx,
                    image.channels,
                    image.bitDepth
                ]);
                expect([...theirs.data]).toEqual([...image.data]);
            })
        );
    });

    it('reads what fast-png writes, plain and interlaced', () => {
        fc.assert(
            fc.property(pngImage, fc.boolean(), (image, interlaced) => {
                const { widthPx: width, heightPx: height, channels, bitDepth: depth, data } = image;
                const bytes = encode(
                    { width, height, channels, depth, data },
                    interlaced ? { interlace: 'Adam7' } : {}
                );
                expect(readPng(bytes)).toEqual(image);
            })
        );
    });

    it('looks palettes up and gives them alpha', () => {
        const palette: [number, number, number, number][] = [
            [1, 2, 3, 0],
            [250, 251, 252, 128]
        ];
        const bytes = encode({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(1, 0), palette });
        const image = readPng(bytes);
        expect(image.channels).toBe(4);
        expect([...image.data]).toEqual([250, 251, 252, 128, 1, 2, 3, 0]);
    });

    it('scales grey of 1, 2 and 4 bits to 8', () => {
        for (const depth of [1, 2, 4] as const) {
            const max = 2 ** depth - 1;
            const image = readPng(
                encode({ width: 8 / depth, height: 1, channels: 1, depth, data: Uint8Array.of(0x1b) })
            );
            const expected = Array.from({ length: 8 / depth }, (_, i) => (0x1b >> (8 - depth * (i + 1))) & max);
            expect([...image.data]).toEqual(expected.map((v) => (v * 255) / max));
        }
    });

    it('gives the same bytes every time', () => {
        expect(writePng(small)).toEqual(writePng(small));
    });

    it('compresses a smooth ramp well below its raw size, which needs row filters', () => {
        const data = Uint8Array.from({ length: 256 * 64 }, (_, i) => (i % 256) ^ (i >> 8));
        const ramp: PngImage = { widthPx: 256, heightPx: 64, channels: 1, bitDepth: 8, data };
        const theirs = encode({ width: 256, height: 64, channels: 1, depth: 8, data });
        expect(writePng(ramp).length).toBeLessThan(theirs.length);
    });

    it('refuses a picture larger than the limits before it allocates anything', () => {
        const bytes = writePng(small);
        expect(() => readPng(bytes, { maxPixels: 5 })).toThrow(/3 x 2 pixels.*larger limits/);
    });

    it('refuses a header that promises more than deflate could hold', () => {
        const image: PngImage = { widthPx: 1, heightPx: 1, channels: 1, bitDepth: 8, data: Uint8Array.of(0) };
        const bytes = writePng(image);
        const view = new DataView(bytes.buffer);
        view.setUint32(16, 8000);
        view.setUint32(20, 8000);
        // The CRC of the changed header, so that only the promise is wrong.
        const table = Array.from({ length: 256 }, (_, n) => {
            let c = n;
            for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
            return c >>> 0;
        });
        let crc = 0xffffffff;
        for (let i = 12; i < 29; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
        view.setUint32(29, ~crc >>> 0);
        expect(() => readPng(bytes)).toThrow(/cannot hold the pixels/);
    });

    it('never fails with anything but a MixreelError on damaged bytes', () => {
        fc.assert(
            fc.property(mutations(writePng(small)), (bytes) => failsPolitely(() => readPng(bytes))),
            { numRuns: 2000 }
        );
        fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => failsPolitely(() => readPng(bytes))));
    });

    it('names what is wrong with pictures it cannot write', () => {
        expect(() => writePng({ ...small, widthPx: 4 })).toThrow(/18 samples \(expected 4 x 2 x 3\)/);
        expect(() => writePng({ ...small, bitDepth: 16 })).toThrow(/bit depth is 16/);
        expect(() => writePng(small, { level: 10 })).toThrow(/level is 10/);
    });
});
