import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { readJpeg } from '../src/index.ts';
import { failsPolitely, mutations } from './arbitraries.ts';

const SCENES = new URL('../../../../shared/scenes/', import.meta.url);

function ramp(width: number, height: number): Uint8Array {
    return Uint8Array.from({ length: 4 * width * height }, (_, i) => {
        const x = (i >> 2) % width;
        const y = Math.floor((i >> 2) / width);
        return [x * 4, y * 4, (x + y) * 2, 255][i & 3]! & 255;
    });
}

const bytes = new Uint8Array(jpeg.encode({ width: 40, height: 24, data: ramp(40, 24) }, 100).data);

describe('JPEG', () => {
    it('reads a smooth picture to within the quantisation of quality 100', () => {
        const image = readJpeg(bytes);
        const original = ramp(40, 24);
        expect([image.widthPx, image.heightPx]).toEqual([40, 24]);
        // Quality 100 quantises with steps of 1; colour conversion and the DCT round a few more.
        for (let i = 0; i < original.length; i++)
            expect(Math.abs(image.data[i]! - original[i]!)).toBeLessThanOrEqual(4);
    });

    it('refuses sizes beyond the limits and sizes that the bytes cannot hold', () => {
        expect(() => readJpeg(bytes, { maxPixels: 100 })).toThrow(/40 x 24 pixels.*larger limits/);
        const huge = bytes.slice();
        const at = huge.findIndex((byte, i) => byte === 0xff && huge[i + 1] === 0xc0);
        huge.set([0x1f, 0x40, 0x1f, 0x40], at + 5);
        expect(() => readJpeg(huge)).toThrow(/cannot hold the picture/);
    });

    it('refuses a file that was cut short, wherever it was', () => {
        for (let end = 0; end < bytes.length - 1; end += 7) expect(() => readJpeg(bytes.slice(0, end))).toThrow(/JPEG/);
        const longer = new Uint8Array(bytes.length + 3);
        longer.set(bytes);
        expect(readJpeg(longer)).toEqual(readJpeg(bytes));
    });

    it('never fails with anything but a MixreelError on damaged bytes', () => {
        fc.assert(
            fc.property(mutations(bytes), (damaged) => failsPolitely(() => readJpeg(damaged))),
            { numRuns: 1000 }
        );
    });

    it.skipIf(!existsSync(SCENES))('reads progressive pictures (skipped without ../shared)', () => {
        const image = readJpeg(readFileSync(new URL('veach-ajar/textures/Good%20Textures_005844.jpg', SCENES)));
        expect([image.widthPx, image.heightPx]).toEqual([2000, 3008]);
    });
});
