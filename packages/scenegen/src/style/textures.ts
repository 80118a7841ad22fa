/**
 * Procedural textures, 256 x 256, tileable, drawn from integer-hashed value noise: the same bytes on every machine. They
 * are near-white modulations of a material's colour (sRGB), so that one wood texture serves every wood; art and screens
 * bring their own colours. About 10 ms each; a document holds only those that its materials use.
 */

import { writePng } from '@mixreel/image';
import { hypot } from '../geometry/hypot.ts';
import type { TextureName } from './style.ts';

const SIZE = 256;

/** Metres that one repeat of a texture covers; 0 for textures that are stretched over their surface. */
export const TEXTURE_METRES: Readonly<Record<TextureName, number>> = Object.freeze({
    wood: 0.9,
    planks: 1.2,
    fabric: 0.16,
    tiles: 1.2,
    plaster: 1.5,
    rug: 0,
    art1: 0,
    art2: 0,
    art3: 0,
    screen: 0,
    marble: 1.5,
    wicker: 0.12
});

type Rgb = readonly [number, number, number];
type Painter = (u: number, v: number, x: number, y: number) => Rgb;

const grey = (v: number): Rgb => [v, v, v];

/** A hash of two integers to 0..1 (Murmur3's finaliser). */
function hash(x: number, y: number, seed: number): number {
    let h = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

/** Value noise with `nx` x `ny` cells over the texture, tileable. */
function noise(u: number, v: number, nx: number, ny: number, seed: number): number {
    const [x, y] = [u * nx, v * ny];
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - i, y - j].map((t) => t * t * (3 - 2 * t)) as [number, number];
    const at = (a: number, b: number): number => hash(((a % nx) + nx) % nx, ((b % ny) + ny) % ny, seed);
    const low = at(i, j) * (1 - fx) + at(i + 1, j) * fx;
    const high = at(i, j + 1) * (1 - fx) + at(i + 1, j + 1) * fx;
    return low * (1 - fy) + high * fy;
}

/** Grain runs along u. */
function woodTone(u: number, v: number, seed: number): number {
    const warp = 0.5 * noise(u, v, 2, 4, seed) + 0.2 * noise(u, v, 4, 9, seed + 1);
    const rings = v * 9 + warp * 2.2;
    const ring = Math.abs((rings - Math.floor(rings)) * 2 - 1);
    const fibre = noise(u, v, 6, 128, seed + 2);
    return 0.8 + 0.1 * ring + 0.1 * fibre - 0.06 * noise(u, v, 3, 30, seed + 3);
}

function planks(u: number, v: number): Rgb {
    const row = Math.floor(v * 8);
    const shift = hash(row, 0, 77);
    const along = u + shift;
    const board = Math.floor(along * 1) + row * 7;
    const edgeV = v * 8 - row;
    const edgeU = along - Math.floor(along);
    const gap = edgeV < 0.025 || edgeV > 0.985 || edgeU < 0.004 ? 0.62 : 1;
    const tone =
        woodTone(u, (v * 8 - row) / 8 + hash(board, 3, 5), 11 + (row % 4)) * (0.86 + 0.16 * hash(board, row, 9));
    return [Math.min(1, tone * gap), Math.min(1, tone * gap * 0.99), Math.min(1, tone * gap * 0.97)];
}

function tiles(u: number, v: number): Rgb {
    const n = 4;
    const [i, j] = [Math.floor(u * n), Math.floor(v * n)];
    const [x, y] = [u * n - i, v * n - j];
    const edge = Math.min(x, 1 - x, y, 1 - y);
    if (edge < 0.012) return grey(0.66);
    const tone = 0.9 + 0.07 * hash(i, j, 21) + 0.05 * (noise(u, v, 20, 20, 4) - 0.5) - (edge < 0.03 ? 0.05 : 0);
    return grey(Math.min(1, tone));
}

function fabric(_u: number, _v: number, x: number, y: number): Rgb {
    const warp = (x >> 2) % 2 === (y >> 2) % 2;
    const thread = warp ? Math.abs(((x % 4) - 1.5) / 2) : Math.abs(((y % 4) - 1.5) / 2);
    return grey(0.97 - 0.14 * thread - 0.1 * hash(x >> 2, y >> 2, 31));
}

function rug(u: number, v: number): Rgb {
    const [a, b] = [Math.abs(u - 0.5) * 2, Math.abs(v - 0.5) * 2];
    const border = Math.max(a, b);
    const pile = 0.93 + 0.07 * hash(Math.floor(u * 256), Math.floor(v * 256), 41);
    if (border > 0.93) return grey(0.75 * pile);
    if (border > 0.86 && border < 0.89) return grey(0.6 * pile);
    const d = Math.abs(((u * 6) % 1) - 0.5) + Math.abs(((v * 4) % 1) - 0.5);
    const motif = d < 0.16 ? 0.72 : d < 0.24 ? 1 : d < 0.28 ? 0.8 : 0.95;
    return grey(motif * pile);
}

/** Hills under a low sun. */
function landscape(u: number, v: number): Rgb {
    const sun = hypot(u - 0.68, (v - 0.34) * 1.0);
    let c: Rgb = [0.93 - 0.2 * v, 0.8 - 0.1 * v, 0.66 + 0.1 * v];
    if (sun < 0.09) c = [0.95, 0.62, 0.34];
    const tones: readonly Rgb[] = [
        [0.62, 0.68, 0.66],
        [0.42, 0.53, 0.53],
        [0.27, 0.38, 0.4],
        [0.16, 0.24, 0.28]
    ];
    tones.forEach((tone, i) => {
        const ridge = 0.46 + 0.13 * i + 0.16 * (noise(u * 0.9, 0.37 * i, 4 + i, 3, 51 + i) - 0.5);
        if (v > ridge) c = tone;
    });
    return c;
}

/** Overlapping discs and a bar. */
function shapes(u: number, v: number): Rgb {
    let c: Rgb = [0.93, 0.89, 0.81];
    if (hypot(u - 0.4, v - 0.42) < 0.24) c = [0.78, 0.36, 0.25];
    if (hypot(u - 0.62, v - 0.58) < 0.2) c = [0.2, 0.33, 0.4];
    if (hypot(u - 0.62, v - 0.58) < 0.2 && hypot(u - 0.4, v - 0.42) < 0.24) c = [0.33, 0.22, 0.26];
    if (v > 0.8 && v < 0.84 && u > 0.2 && u < 0.8) c = [0.85, 0.64, 0.28];
    return c;
}

/** Brush strokes. */
function strokes(u: number, v: number): Rgb {
    const n = noise(u + 0.3 * noise(u, v, 3, 3, 61), v, 3, 9, 62);
    const m = noise(u, v + 0.4 * noise(u, v, 4, 2, 63), 8, 3, 64);
    if (n > 0.62) return [0.16 + 0.1 * m, 0.3 + 0.12 * m, 0.42 + 0.1 * m];
    if (m > 0.66) return [0.86, 0.68 - 0.1 * n, 0.4];
    return [0.9 - 0.1 * m, 0.88 - 0.1 * m, 0.83 - 0.06 * m];
}

/** A desktop: a gradient, two windows, lines of text. */
function screen(u: number, v: number): Rgb {
    if (v > 0.94) return [0.13, 0.15, 0.2];
    if (u > 0.1 && u < 0.55 && v > 0.12 && v < 0.78) {
        if (v < 0.17) return [0.3, 0.36, 0.45];
        const line = Math.floor(v * 34);
        const text = u > 0.13 && u < 0.2 + 0.3 * hash(line, 1, 71) && (v * 34) % 1 < 0.45;
        return text ? [0.35, 0.4, 0.48] : [0.93, 0.94, 0.95];
    }
    if (u > 0.6 && u < 0.92 && v > 0.2 && v < 0.7) {
        const bar = Math.floor((u - 0.6) / 0.04);
        return v > 0.66 - 0.4 * hash(bar, 2, 72) && v < 0.66 ? [0.25, 0.62, 0.75] : [0.1, 0.13, 0.18];
    }
    return [0.12 + 0.25 * v, 0.28 + 0.12 * u, 0.48 - 0.12 * v];
}

const PAINTERS: Readonly<Record<TextureName, Painter>> = {
    wood: (u, v) => {
        const t = woodTone(u, v, 3);
        return [Math.min(1, t), Math.min(1, t * 0.985), Math.min(1, t * 0.96)];
    },
    planks,
    fabric,
    tiles,
    plaster: (u, v) => grey(0.955 + 0.03 * noise(u, v, 24, 24, 81) + 0.015 * noise(u, v, 90, 90, 82)),
    rug,
    art1: landscape,
    art2: shapes,
    art3: strokes,
    screen,
    marble: (u, v) => {
        const vein = Math.abs(noise(u + 0.2 * noise(u, v, 6, 6, 91), v, 4, 4, 92) - 0.5);
        return grey(0.97 - 0.3 * Math.max(0, 1 - vein * 18) - 0.05 * noise(u, v, 9, 9, 93));
    },
    wicker: (_u, _v, x, y) => {
        const over = (x >> 4) % 2 === (y >> 3) % 2;
        const t = over ? Math.abs(((y % 8) - 3.5) / 4) : Math.abs(((x % 16) - 7.5) / 8);
        return grey(1 - 0.5 * t * t - 0.12 * hash(x >> 3, y >> 3, 95));
    }
};

const drawn = new Map<TextureName, Uint8Array>();

/** The PNG file of a texture; drawn once a process (it is a constant). */
export function texturePng(name: TextureName): Uint8Array {
    let png = drawn.get(name);
    if (!png) {
        png = draw(name);
        drawn.set(name, png);
    }
    return png;
}

function draw(name: TextureName): Uint8Array {
    const data = new Uint8Array(SIZE * SIZE * 3);
    const paint = PAINTERS[name];
    for (let y = 0; y < SIZE; y++) {
        for (let x = 0; x < SIZE; x++) {
            const rgb = paint((x + 0.5) / SIZE, (y + 0.5) / SIZE, x, y);
            for (let c = 0; c < 3; c++)
                data[(y * SIZE + x) * 3 + c] = Math.round(255 * Math.min(1, Math.max(0, rgb[c]!)));
        }
    }
    return writePng({ widthPx: SIZE, heightPx: SIZE, channels: 3, bitDepth: 8, data });
}
