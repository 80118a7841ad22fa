import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import {
    decodeFrame,
    decodeImage,
    Frame,
    sniffImage,
    writeFrameExr,
    writeFramePng,
    writeHdr,
    writePng
} from '../src/index.ts';
import { failsPolitely, pngImage } from './arbitraries.ts';

const color = Float32Array.from({ length: 3 * 16 }, (_, i) => i / 47);
const frame = new Frame({ widthPx: 4, heightPx: 4, layers: { color } });

describe('decodeImage', () => {
    it('tells the formats apart by their bytes, whatever they are called', () => {
        const files = {
            png: writeFramePng(frame),
            exr: writeFrameExr(frame),
            hdr: writeHdr(frame),
            jpeg: new Uint8Array(jpeg.encode({ width: 4, height: 4, data: new Uint8Array(64) }).data)
        };
        for (const [format, bytes] of Object.entries(files)) {
            expect(sniffImage(bytes)).toBe(format);
            expect(decodeImage(bytes, 'image/x-wrong').widthPx).toBe(4);
            expect(decodeFrame(bytes).heightPx).toBe(4);
        }
    });

    it('gives RGBA for every kind of PNG', () => {
        fc.assert(
            fc.property(pngImage, (image) => {
                const rgba = decodeImage(writePng(image)).data;
                const max = image.bitDepth === 16 ? 65535 : 255;
                for (let i = 0; i < image.widthPx * image.heightPx; i++) {
                    const sample = (c: number) => Math.round((image.data[i * image.channels + c]! * 255) / max);
                    const grey = image.channels < 3;
                    const alpha = image.channels % 2 === 0 ? sample(image.channels - 1) : 255;
                    expect([...rgba.subarray(4 * i, 4 * i + 4)]).toEqual(
                        grey ? [sample(0), sample(0), sample(0), alpha] : [sample(0), sample(1), sample(2), alpha]
                    );
                }
            })
        );
    });

    it('names a format it knows but does not read, and what to do', () => {
        const webp = new TextEncoder().encode('RIFF....WEBPVP8 ');
        expect(() => decodeImage(webp, 'image/webp')).toThrow(/WEBP picture, called image\/webp,.*Convert it to PNG/);
        expect(() => decodeImage(Uint8Array.of(1, 2, 3))).toThrow(/begins 01 02 03/);
        expect(() => decodeImage(new Uint8Array(0))).toThrow(/begins with nothing/);
    });

    it('never fails with anything but a MixreelError on any bytes', () => {
        fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => failsPolitely(() => decodeImage(bytes))));
    });
});
