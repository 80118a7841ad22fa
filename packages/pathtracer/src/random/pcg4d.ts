/**
 * Random numbers of the tracer: PCG4D (Jarzynski and Olano 2020, "Hash functions for GPU rendering", JCGT 9(3)), a hash of four
 * words to four words. A number depends on (pixel, sample, bounce, dimension) and the seed alone, so every mode, every tiling
 * and the TypeScript twin draw the same ones, and no generator state is stored.
 *
 * The twin of `shaders/pathtracer/random.wgsl`, equal to the last bit.
 */

/** What a block of four numbers is for: the fourth input of the hash. */
export const DIMENSION_BLOCK: Readonly<Record<'camera' | 'light' | 'bsdf' | 'alpha', number>> = Object.freeze({
    camera: 0,
    light: 1,
    bsdf: 2,
    alpha: 3
});

/** Hashes four words; `out` receives four uint32. */
export function pcg4d(x: number, y: number, z: number, w: number, out: Uint32Array): void {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    y = (Math.imul(y, 1664525) + 1013904223) >>> 0;
    z = (Math.imul(z, 1664525) + 1013904223) >>> 0;
    w = (Math.imul(w, 1664525) + 1013904223) >>> 0;
    x = (x + Math.imul(y, w)) >>> 0;
    y = (y + Math.imul(z, x)) >>> 0;
    z = (z + Math.imul(x, y)) >>> 0;
    w = (w + Math.imul(y, z)) >>> 0;
    x = (x ^ (x >>> 16)) >>> 0;
    y = (y ^ (y >>> 16)) >>> 0;
    z = (z ^ (z >>> 16)) >>> 0;
    w = (w ^ (w >>> 16)) >>> 0;
    x = (x + Math.imul(y, w)) >>> 0;
    y = (y + Math.imul(z, x)) >>> 0;
    z = (z + Math.imul(x, y)) >>> 0;
    w = (w + Math.imul(y, z)) >>> 0;
    out[0] = x;
    out[1] = y;
    out[2] = z;
    out[3] = w;
}

/** Four numbers in [0, 1), multiples of 2^-24, for one block of one bounce of one sample of one pixel. */
export function random4(
    pixel: number,
    sample: number,
    bounce: number,
    block: number,
    seed: number
): [number, number, number, number] {
    const words = new Uint32Array(4);
    pcg4d(pixel, sample, (bounce * 4 + block) >>> 0, seed, words);
    const s = 2 ** -24;
    return [(words[0]! >>> 8) * s, (words[1]! >>> 8) * s, (words[2]! >>> 8) * s, (words[3]! >>> 8) * s];
}
