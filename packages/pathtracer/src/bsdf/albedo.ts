/**
 * What share of light a microfacet lobe reflects at its first scattering, read from a table, and the light that single scattering
 * loses given back: Kulla and Conty 2017, "Revisiting physically based shading at Imageworks", which is reciprocal (Turquin's
 * cheaper scaling is not). Twin of `shaders/pathtracer/albedo.wgsl`.
 *
 * Bilinear over 32 x 32 entries: over 200 points off by at most 0.0033 for GGX (0.0002 on average) and 0.012 for sheen (0.001),
 * but that sheen of the smallest alpha, below a cosine of 0.05, reflects up to 1.16, which the table cuts at 1. 23 KB for a scene.
 * Rational fits of cosine and roughness (numerators and denominators of degree 2 to 4) stayed 0.02 to 0.1 off, 24 x 24 entries
 * 0.005.
 */
import type { Vec3 } from '../math/vector.ts';
import { ALBEDO_TABLE_BASE64 } from './albedo-table.ts';

const SIZE = 32;
const CELLS = SIZE - 1;

/** Rows of 4 words that {@link albedoRows} takes at the start of the tables. */
export const ALBEDO_ROWS: number = CELLS * CELLS + Math.ceil((CELLS * CELLS) / 2) + Math.ceil(CELLS / 2);

let decoded: Uint16Array | null = null;

function table(): Uint16Array {
    if (!decoded) {
        const text = atob(ALBEDO_TABLE_BASE64);
        decoded = Uint16Array.from({ length: text.length / 2 }, (_, i) => {
            return text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8);
        });
    }
    return decoded;
}

/** The table as the kernels read it: every cell's four corners together, so that a lookup is one load. */
export function albedoRows(): Uint32Array {
    const t = table();
    const words = new Uint32Array(4 * ALBEDO_ROWS);
    const [sheen, means] = [4 * CELLS * CELLS, 4 * (CELLS * CELLS + Math.ceil((CELLS * CELLS) / 2))];
    for (let j = 0; j < CELLS; j++) {
        for (let i = 0; i < CELLS; i++) {
            const cell = j * CELLS + i;
            const corners = [j * SIZE + i, j * SIZE + i + 1, (j + 1) * SIZE + i, (j + 1) * SIZE + i + 1];
            for (const [k, c] of corners.entries()) {
                words[4 * cell + k] = t[3 * c]! | (t[3 * c + 1]! << 16);
                words[sheen + 2 * cell + (k >> 1)]! |= t[3 * c + 2]! << (16 * (k & 1));
            }
        }
        const mean = 3 * SIZE * SIZE + 2 * j;
        words[means + 2 * j] = t[mean]! | (t[mean + 1]! << 16);
        words[means + 2 * j + 1] = t[mean + 2]! | (t[mean + 3]! << 16);
    }
    return words;
}

function cell(x: number): { index: number; part: number } {
    const at = Math.min(1, Math.max(0, x)) * CELLS;
    const index = Math.min(CELLS - 1, Math.floor(at));
    return { index, part: at - index };
}

function lookup(cosine: number, roughness: number, channel: number): number {
    const t = table();
    const u = cell(Math.sqrt(Math.max(0, cosine)));
    const v = cell(roughness);
    const at = (i: number, j: number): number => t[3 * ((v.index + j) * SIZE + u.index + i) + channel]! / 65535;
    const low = at(0, 0) * (1 - u.part) + at(1, 0) * u.part;
    const high = at(0, 1) * (1 - u.part) + at(1, 1) * u.part;
    return low * (1 - v.part) + high * v.part;
}

/** Albedo E of a lobe that reflects everything, and its part B that Schlick's fifth power weighs. roughness = sqrt(alpha). */
export function ggxAlbedo(cosine: number, roughness: number): readonly [number, number] {
    return [lookup(cosine, roughness, 0), lookup(cosine, roughness, 1)];
}

/** Albedo of white sheen. */
export function sheenAlbedo(cosine: number, roughness: number): number {
    return lookup(cosine, roughness, 2);
}

/** E and B, averaged over the hemisphere by the cosine. */
export function meanAlbedo(roughness: number): readonly [number, number] {
    const t = table();
    const v = cell(roughness);
    const at = (j: number, k: number): number => t[3 * SIZE * SIZE + 2 * (v.index + j) + k]! / 65535;
    const mix = (k: number): number => at(0, k) * (1 - v.part) + at(1, k) * v.part;
    return [mix(0), mix(1)];
}

/** Share of what single scattering lost that comes out after two and more, given the mean reflectance of a facet. */
export function multipleScattering(reflectance: Vec3, meanE: number): Vec3 {
    return reflectance.map((f) => (f * f * meanE) / (1 - f * (1 - meanE))) as unknown as Vec3;
}
