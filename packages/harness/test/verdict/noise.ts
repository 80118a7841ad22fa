import type { RngStream } from '@mixreel/core';
import { MomentsAccumulator, type MomentsImage } from '../../src/verdict/moments-image.ts';

/** How one sample of a pixel with mean 1 is drawn. */
export type Noise = (rng: RngStream) => number;

/** Skewed as radiance is: exponential, mean 1, spread 1. */
export const exponential: Noise = (rng) => rng.exponential();

/** A rare bright path: mean 1, spread 4.4. */
export const fireflies: Noise = (rng) => (rng.float() < 0.05 ? 20 * rng.float() * 2 : 0) * 0.5 + 0.5 * rng.float();

export const gaussian: Noise = (rng) => 1 + rng.normal();

/** Moments of `count` samples of each pixel, times a pattern. */
export function noisyPicture(
    rng: RngStream,
    options: { size: number; count: number; channels?: number; noise?: Noise; level?: (x: number, y: number) => number }
): MomentsImage {
    const { size, count, channels = 1, noise = exponential, level = () => 1 } = options;
    const accumulator = new MomentsAccumulator(size, size, channels);
    const data = new Float64Array(channels * size * size);
    for (let n = 0; n < count; n++) {
        for (let i = 0; i < data.length; i++) {
            const pixel = i % (size * size);
            data[i] = noise(rng) * level(pixel % size, Math.floor(pixel / size));
        }
        accumulator.add(data);
    }
    return accumulator.finish();
}
