/**
 * PCG4D (Jarzynski and Olano 2020, "Hash functions for GPU rendering", JCGT 9(3)): a hash of four words to four words, the source
 * of all randomness of the tracer.
 *
 * The twin of `shaders/pathtracer/random.wgsl`, equal to the last bit.
 */

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
