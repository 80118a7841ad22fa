import { MixreelError, Rng } from '@mixreel/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMoments, encodeMoments } from '../../src/baseline/moments-format.ts';
import { MomentsAccumulator } from '../../src/verdict/moments-image.ts';
import { pyramidTest } from '../../src/verdict/pyramid-test.ts';
import { noisyPicture } from '../verdict/noise.ts';

const rng = Rng.create('format');

describe('the moments format', () => {
    it('loses less than the noise hides, and nothing where there is none', () => {
        const level = (x: number): number => (x < 4 ? 0 : 10 ** (x - 8));
        const before = noisyPicture(rng.stream('a'), { size: 16, count: 12, channels: 3, level });
        const after = decodeMoments(encodeMoments(before));
        expect(after).toMatchObject({ widthPx: 16, heightPx: 16, channels: 3, count: 12 });
        const largest = Math.sqrt(Math.max(...before.m2) / 11);
        for (let i = 0; i < before.mean.length; i++) {
            const deviation = Math.sqrt(before.m2[i]! / 11);
            const error = deviation / Math.sqrt(12);
            // Half a step of at most a quarter of the standard error; single precision of the mean itself.
            expect(Math.abs(after.mean[i]! - before.mean[i]!)).toBeLessThanOrEqual(error / 8 + 1e-7 * before.mean[i]!);
            if (deviation === 0) expect(after.m2[i]).toBe(0);
            // Half floats have 11 bits unless they are subnormal: below 2^-14 where the largest is 2^15.
            else if (deviation > largest * 2 ** -29) expect(Math.sqrt(after.m2[i]! / 11) / deviation).toBeCloseTo(1, 2);
        }
        expect(after.blocks!.map((b) => b.blockPx)).toEqual([8, 32, Infinity]);
        expect(after.blocks![0]!.mean).toEqual(before.blocks![0]!.mean);
    });

    it('is never found as a difference: the stored picture against the picture itself', () => {
        for (let i = 0; i < 20; i++) {
            const picture = noisyPicture(rng.stream('self', i), { size: 64, count: 16 });
            // Any false alarm here is the format's own; p is 1 if it adds nothing that could be seen.
            expect(pyramidTest(decodeMoments(encodeMoments(picture)), picture).p).toBe(1);
        }
    });

    it('takes less than the two planes of halves that it stands for', () => {
        const picture = noisyPicture(rng.stream('size'), { size: 128, count: 64, channels: 3 });
        expect(encodeMoments(picture).length).toBeLessThan(3 * 128 * 128 * 4);
    });

    it('writes the same bytes for the same moments', () => {
        const picture = noisyPicture(rng.stream('same'), { size: 8, count: 4 });
        expect(encodeMoments(picture)).toEqual(encodeMoments(picture));
    });

    it('answers damage with a message, whatever the damage', () => {
        const good = encodeMoments(
            new MomentsAccumulator(3, 2, 1).add([1, 2, 3, 4, 5, 6]).add([2, 2, 2, 4, 5, 6]).finish()
        );
        const survive = (bytes: Uint8Array): void => {
            try {
                decodeMoments(bytes);
            } catch (error) {
                expect(error).toBeInstanceOf(MixreelError);
                expect((error as MixreelError).code).toBe('bad-input');
            }
        };
        fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survive));
        fc.assert(
            fc.property(
                fc.nat(good.length - 1),
                fc.integer({ min: 1, max: 255 }),
                fc.nat(good.length),
                (at, by, cut) => {
                    const bytes = good.slice();
                    bytes[at] = (bytes[at]! + by) & 255;
                    survive(bytes);
                    survive(good.slice(0, cut));
                }
            )
        );
        const huge = JSON.stringify({ widthPx: 8000, heightPx: 8000, channels: 3, count: 2, unit: 1, blocks: [] });
        const bomb = new Uint8Array(8 + huge.length + 4);
        bomb.set(good.subarray(0, 4));
        new DataView(bomb.buffer).setUint32(4, huge.length, true);
        bomb.set(new TextEncoder().encode(huge), 8);
        expect(() => decodeMoments(bomb)).toThrowError(/too short for its picture/);
    });
});
