/**
 * What a path draws: four numbers for each block of decisions. They depend on (pixel, sample, bounce, block) and the seed alone,
 * so every mode, every tiling and the TypeScript twin draw the same ones, and no generator state is stored.
 *
 * The twin of `shaders/pathtracer/random.wgsl`, equal to the last bit.
 */
import { sobol4 } from './owen-sobol.ts';
import { pcg4d } from './pcg4d.ts';

/**
 * Where numbers come from: an Owen-scrambled Sobol sequence for each pixel and block, or independent hashes. Both are unbiased;
 * the second moments of the film overstate the error of the mean under `sobol`.
 */
export type Sampler = 'sobol' | 'independent';

/** What a block of four numbers is for. */
export const DIMENSION_BLOCK: Readonly<Record<'camera' | 'light' | 'bsdf' | 'alpha', number>> = Object.freeze({
    camera: 0,
    light: 1,
    bsdf: 2,
    alpha: 3
});

/** Blocks of a bounce; some are free. */
const BLOCKS = 8;
/** In place of a sample's index in the key of a sequence, which all samples of a pixel share. */
const NO_SAMPLE = 0xffffffff;
const SCALE = 2 ** -24;

/** What stays the same for a picture. */
export interface RandomSource {
    /** 0 to 2^32 - 1. */
    readonly seed: number;
    readonly sampler: Sampler;
}

/**
 * Four numbers in [0, 1), multiples of 2^-24, for one block of one bounce of one sample of one pixel. Under `sobol` the second and
 * third are the best pair: they are for directions and points, the others for choices.
 */
export function random4(
    pixel: number,
    sample: number,
    bounce: number,
    block: number,
    source: RandomSource
): [number, number, number, number] {
    const words = new Uint32Array(4);
    const sobol = source.sampler === 'sobol';
    pcg4d(pixel, sobol ? NO_SAMPLE : sample, bounce * BLOCKS + block, source.seed, words);
    if (sobol) sobol4(sample, words);
    return [(words[0]! >>> 8) * SCALE, (words[1]! >>> 8) * SCALE, (words[2]! >>> 8) * SCALE, (words[3]! >>> 8) * SCALE];
}

/**
 * One independent number in [0, 1) for each triangle of each instance that a ray meets at one bounce, in whatever order it meets
 * them.
 *
 * @param instance - Its index plus 1.
 */
export function randomOfTriangle(
    [pixel, sample, bounce]: readonly [number, number, number],
    instance: number,
    triangle: number,
    { seed }: RandomSource
): number {
    const words = new Uint32Array(4);
    const place = ((bounce * BLOCKS + DIMENSION_BLOCK['alpha']!) ^ (instance << 10)) >>> 0;
    pcg4d(pixel, sample, place, (seed ^ Math.imul(triangle, 0x9e3779b9)) >>> 0, words);
    return (words[0]! >>> 8) * SCALE;
}
