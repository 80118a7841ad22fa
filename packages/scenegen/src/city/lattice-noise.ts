/**
 * Smooth noise over the plan by coordinates alone: an integer hash at each lattice point (the finaliser of MurmurHash3,
 * Appleby 2008), cubic interpolation between them. No tables and no state, so a tile anywhere needs nothing of its neighbours.
 */

/** A number in [0, 1) of two integers and a seed. */
export function lattice(i: number, j: number, seed: number): number {
    let h = (Math.imul(i | 0, 0x27d4eb2d) ^ Math.imul(j | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1)) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

const fade = (t: number): number => t * t * (3 - 2 * t);

/** Value noise in [0, 1) with features of one unit. */
export function noise(x: number, z: number, seed: number): number {
    const [i, j] = [Math.floor(x), Math.floor(z)];
    const [u, v] = [fade(x - i), fade(z - j)];
    const a = lattice(i, j, seed) * (1 - u) + lattice(i + 1, j, seed) * u;
    const b = lattice(i, j + 1, seed) * (1 - u) + lattice(i + 1, j + 1, seed) * u;
    return a * (1 - v) + b * v;
}

/** Sum of octaves, each half as strong and twice as fine; in [0, 1). */
export function fractalNoise(x: number, z: number, seed: number, octaves: number): number {
    let [sum, weight, total] = [0, 1, 0];
    for (let k = 0; k < octaves; k++) {
        sum += weight * noise(x * (1 << k), z * (1 << k), seed + k);
        total += weight;
        weight /= 2;
    }
    return sum / total;
}

/** 0 at `a`, 1 at `b`, smooth between. */
export function smoothStep(a: number, b: number, value: number): number {
    return fade(Math.max(0, Math.min(1, (value - a) / (b - a))));
}
