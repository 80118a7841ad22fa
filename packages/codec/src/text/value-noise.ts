/**
 * Value noise in integers (Perlin 1985's lattice, with values instead of gradients): the same on every machine. Lattice values are a hash of
 * their place, between them a smoothstep; of unit variance up to the factor {@link NOISE_RMS}.
 */

/** Root mean square of {@link valueNoise}: 127 * sqrt(1/3 * 0.743^2), from the smoothstep's mean square weights of 0.743 an axis. */
export const NOISE_RMS = 54.5;

/** 3 t^2 - 2 t^3 in 1/256, for t in 1/256. */
const SMOOTH: Int32Array = Int32Array.from({ length: 256 }, (_, t) => ((3 * 256 - 2 * t) * t * t) >> 16);

/** Noise at (u, v), in 1/256 of the lattice, -128 to 127. */
export function valueNoise(u: number, v: number, seed: number): number {
    const column = u >> 8;
    const row = v >> 8;
    const across = SMOOTH[u & 255]!;
    const down = SMOOTH[v & 255]!;
    const top = 256 * latticeValue(column, row, seed);
    const bottom = 256 * latticeValue(column, row + 1, seed);
    const upper = top + across * (latticeValue(column + 1, row, seed) - (top >> 8));
    const lower = bottom + across * (latticeValue(column + 1, row + 1, seed) - (bottom >> 8));
    return (256 * upper + down * (lower - upper)) >> 16;
}

/** Value at a lattice point, -128 to 127. */
function latticeValue(column: number, row: number, seed: number): number {
    let h = Math.imul(column, 0x9e3779b1) ^ Math.imul(row, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return (h >> 24) | 0;
}
