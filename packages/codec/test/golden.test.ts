import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFramePng } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { decodeMxr, encodeMxr, FrameEncoder } from '../src/index.ts';
import { clip } from './helpers/synthetic.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the bitstream', () => {
    it('of a synthetic clip has the bytes and the pictures it has everywhere else', () => {
        const frames = clip(5, {
            widthPx: 70,
            heightPx: 45,
            layers: ['alpha', 'instance', 'semantic', 'depth', 'motion'],
            grain: 5
        });
        const file = encodeMxr(frames, { quality: 45, gopLength: 3, unitBytes: 300 });
        const decoded = decodeMxr(file).frames;
        expect(decoded.every((frame) => frame.exact)).toBe(true);
        // A change of these is a change of the format or of the encoder's choices: say which in FORMAT.md or the changelog.
        expect(sha256(file)).toBe('b9541e9848963820faddbb4a88e2dfc88ed15ca898b77111f00b6d72b06dc2b4');
        expect(sha256(Buffer.concat(decoded.flatMap((frame) => [frame.picture.rgb, frame.picture.alpha!])))).toBe(
            '9fd44f08cc9197739e24c433fa7d340d3d5815298003a6c5a9f0999f8f773b58'
        );
    });
});

/** [bytes, PSNR over R, G, B in dB] of libjpeg-turbo 2.1.5, `cjpeg -optimize -progressive`; a quality of ours that takes fewer bytes. */
const JPEG = {
    kodim15: [[13763, 29.18, 42]],
    kodim23: [[26923, 35.08, 53]]
} as const;

const kodak = new URL('../../../../shared/media/kodak/', import.meta.url);

describe.skipIf(!existsSync(kodak))('photographs (skipped without ../shared/media)', () => {
    for (const [name, points] of Object.entries(JPEG)) {
        it(`of ${name} come out at least 1.5 dB nearer than JPEG's at no more bytes`, () => {
            const frame = readFramePng(readFileSync(new URL(`${name}.png`, kodak)));
            for (const [bytes, jpegDb, quality] of points) {
                const coded = new FrameEncoder({ quality }).encode(frame);
                expect(coded.bytes).toBeLessThanOrEqual(bytes);
                expect(coded.stats.psnrDb).toBeGreaterThan(jpegDb + 1.5);
            }
        });
    }
});
