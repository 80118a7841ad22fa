import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame, readHdr, writeHdr } from '../src/index.ts';
import { failsPolitely, mutations } from './arbitraries.ts';

const HDRI = new URL('../../../../shared/scenes/hdri/', import.meta.url);
const text = (value: string) => [...new TextEncoder().encode(value)];

const frame: fc.Arbitrary<Frame> = fc
    .record({ widthPx: fc.integer({ min: 1, max: 300 }), heightPx: fc.integer({ min: 1, max: 4 }) })
    .chain(({ widthPx, heightPx }) => {
        const size = { minLength: 3 * widthPx * heightPx, maxLength: 3 * widthPx * heightPx };
        const value = fc.oneof(fc.constantFrom(0, 1, 0.5), fc.float({ min: 0, max: 65504, noNaN: true }));
        return fc
            .array(value, size)
            .map((values) => new Frame({ widthPx, heightPx, layers: { color: Float32Array.from(values) } }));
    });

describe('Radiance HDR', () => {
    it('reads back what it wrote within half a mantissa step of the largest component', () => {
        fc.assert(
            fc.property(frame, (original) => {
                const back = readHdr(writeHdr(original));
                const n = original.widthPx * original.heightPx;
                const [a, b] = [original.layer('color'), back.layer('color')];
                for (let i = 0; i < n; i++) {
                    const peak = Math.max(a[i]!, a[n + i]!, a[2 * n + i]!);
                    // 8 bits of which the highest is set: a step is at most peak / 127.5, half of it is the rounding.
                    const bound = peak < 2 ** -127 ? 2 ** -127 : peak / 255 + Number.EPSILON;
                    for (let c = 0; c < 3; c++) {
                        expect(Math.abs(a[c * n + i]! - b[c * n + i]!)).toBeLessThanOrEqual(bound);
                    }
                }
            }),
            { numRuns: 50 }
        );
    });

    it('writes the same bytes again from what it read', () => {
        fc.assert(
            fc.property(frame, (original) => {
                const bytes = writeHdr(original);
                expect(writeHdr(readHdr(bytes))).toEqual(bytes);
            }),
            { numRuns: 50 }
        );
    });

    it('survives the extremes of floats', () => {
        const color = Float32Array.of(3.4e38, Number.NaN, -1, Number.POSITIVE_INFINITY, 1e-45, 0);
        const back = readHdr(writeHdr(new Frame({ widthPx: 2, heightPx: 1, layers: { color } }))).layer('color');
        expect([...back].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
        expect(back[0]).toBeGreaterThan(1.6e38);
    });

    it('reads flat rows, old runs, flips and exposure', () => {
        const header = text('#?RADIANCE\nEXPOSURE=2\nFORMAT=32-bit_rle_rgbe\n\n+Y 2 -X 3\n');
        const one = [128, 64, 0, 129];
        const rows = [...one, 1, 1, 1, 2, ...[0, 128, 0, 128], ...one, ...one];
        const back = readHdr(Uint8Array.from([...header, ...rows]));
        const red = back.layer('color').subarray(0, 6);
        // 128 * 2^(129 - 136) / 2 = 0.5; the first row of the file is the last of the picture, right to left.
        expect([...red]).toEqual([0.5, 0.5, 0, 0.5, 0.5, 0.5]);
        expect(back.layer('color')[6 + 2]).toBe(128 * 2 ** -8 * 0.5);
    });

    it('refuses what is not an RGBE picture, saying so', () => {
        expect(() => readHdr(Uint8Array.of(1, 2))).toThrow(/signature/);
        expect(() => readHdr(Uint8Array.from(text('#?X\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\n')))).toThrow(/xyze/);
        expect(() => readHdr(Uint8Array.from(text('#?X\n\n-Y 999999999 +X 999999999\n')))).toThrow(/larger limits/);
        expect(() => readHdr(Uint8Array.from(text('#?X\n\n-Y 4000 +X 4000\n')))).toThrow(/cannot hold/);
    });

    it('never fails with anything but a MixreelError on damaged bytes', () => {
        const color = Float32Array.from({ length: 3 * 20 * 5 }, (_, i) => (i % 7) / 3);
        const bytes = writeHdr(new Frame({ widthPx: 20, heightPx: 5, layers: { color } }));
        fc.assert(
            fc.property(mutations(bytes), (damaged) => failsPolitely(() => readHdr(damaged))),
            { numRuns: 2000 }
        );
    });

    it.skipIf(!existsSync(HDRI))('reads the environments of the test scenes (skipped without ../shared)', () => {
        for (const name of ['noon_grass_1k', 'st_peters_square_night_1k', 'studio_small_05_1k']) {
            const sky = readHdr(readFileSync(new URL(`${name}.hdr`, HDRI)));
            expect([sky.widthPx, sky.heightPx]).toEqual([1024, 512]);
            expect(sky.layer('color').some((value) => value > 1)).toBe(true);
        }
    });
});
