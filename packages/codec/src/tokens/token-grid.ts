/**
 * The fixed-length mode: a picture as a grid of {@link Token}s of 32 bits each, one for a block of 8, 16 or 32 pixels a side (0.5, 0.125, 0.031 bit per
 * pixel). No entropy model means nothing to desynchronise: a token is found by its place alone. Tokens travel as two checkerboards in units of their
 * own, so that around every lost token its neighbours are left, from which it is filled in.
 *
 * Painting blends the planes of the four nearest tokens, so blocks do not show, and adds noise as rough as they say.
 */
import { ROUGHNESS_LEVELS, roughnessCode } from '../text/scene-text.ts';
import { NOISE_RMS, valueNoise } from '../text/value-noise.ts';
import type { TextureState } from '../texture/texture-state.ts';
import { packToken, type Token, unpackToken } from './token.ts';

/** Bytes of a token. */
export const TOKEN_BYTES = 4;
/** log2 of a block's side. */
export const SMALLEST_LOG2_TOKEN = 3;
export const LARGEST_LOG2_TOKEN = 5;
/** Seeds of the noise at 2 and at 8 pixels. */
const FINE_SEED = 21;
const COARSE_SEED = 22;
/** Share of the measured roughness that is painted, as in the text layer. */
const ROUGHNESS_SHARE = 0.75;

/** Tokens of a picture, row by row; null where none arrived. */
export class TokenGrid {
    readonly log2: number;
    readonly columns: number;
    readonly rows: number;
    readonly tokens: (Token | null)[];

    constructor(widthPx: number, heightPx: number, log2: number) {
        this.log2 = log2;
        this.columns = Math.ceil(widthPx / (1 << log2));
        this.rows = Math.ceil(heightPx / (1 << log2));
        this.tokens = new Array<Token | null>(this.columns * this.rows).fill(null);
    }

    /** Places of one colour of the checkerboard, in reading order: those with (column + row) % 2 = `parity`. */
    places(parity: number): number[] {
        return Array.from(this.tokens.keys()).filter(
            (i) => ((i % this.columns) + Math.floor(i / this.columns)) % 2 === parity
        );
    }
}

/** Measures the tokens of planes Y, Co, Cg in the layout of `s`. */
export function tokensOfPlanes(planes: readonly Int16Array[], s: TextureState, log2: number): TokenGrid {
    const grid = new TokenGrid(s.widthPx, s.heightPx, log2);
    const side = 1 << log2;
    for (let i = 0; i < grid.tokens.length; i++) {
        const at = Math.floor(i / grid.columns) * side * s.stride + (i % grid.columns) * side;
        const token = measureToken(planes, s.stride, at, side);
        // What the receiver will have, and nothing finer.
        grid.tokens[i] = unpackToken(packToken(token));
    }
    return grid;
}

/** The token of a block whose upper left sample is at `at`, nothing quantised. */
export function measureToken(planes: readonly Int16Array[], stride: number, at: number, side: number): Token {
    const luma = planes[0]!;
    const size = side * side;
    const color = [0, 0, 0] as [number, number, number];
    // Projections on u, v, u v with u, v in -1..1 across the block.
    let [across, down, saddle, square] = [0, 0, 0, 0];
    for (let v = 0; v < side; v++) {
        for (let u = 0; u < side; u++) {
            const index = at + v * stride + u;
            const [du, dv] = [(2 * u + 1) / side - 1, (2 * v + 1) / side - 1];
            for (let p = 0; p < 3; p++) color[p]! += planes[p]![index]! / size;
            across += (3 * du * luma[index]!) / size;
            down += (3 * dv * luma[index]!) / size;
            saddle += (9 * du * dv * luma[index]!) / size;
            square += luma[index]! ** 2 / size;
        }
    }
    let difference = 0;
    for (let v = 0; v < side; v++) {
        for (let u = 1; u < side; u++) {
            const index = at + v * stride + u;
            difference += (luma[index]! - luma[index - 1]!) ** 2 / (side * (side - 1));
        }
    }
    const explained = color[0] ** 2 + across ** 2 / 3 + down ** 2 / 3 + saddle ** 2 / 9;
    const rest = Math.max(0, square - explained);
    // Noise on a lattice of 2 pixels differs from pixel to pixel by about its own deviation.
    const fine = Math.min(rest, difference / 1.2);
    return {
        color,
        across,
        down,
        saddle,
        fine: roughnessCode(ROUGHNESS_SHARE * Math.sqrt(fine)),
        coarse: roughnessCode(ROUGHNESS_SHARE * Math.sqrt(rest - fine))
    };
}

/** A unit's own fields: tokens of one colour of the checkerboard, from place `first >> 1` on; `first & 1` is the colour. */
export interface TokenUnit {
    readonly first: number;
    readonly count: number;
    readonly payload: Uint8Array;
}

/** A grid that is filled, as units of at most `payloadBytes`. */
export function tokenUnits(grid: TokenGrid, payloadBytes: number): TokenUnit[] {
    const most = Math.max(1, Math.floor(payloadBytes / TOKEN_BYTES));
    return [0, 1].flatMap((parity) => {
        const places = grid.places(parity);
        const starts = Array.from({ length: Math.ceil(places.length / most) }, (_, i) => i * most);
        return starts.map((start): TokenUnit => {
            const run = places.slice(start, start + most);
            const payload = new Uint8Array(TOKEN_BYTES * run.length);
            const view = new DataView(payload.buffer);
            // Big-endian.
            for (const [i, place] of run.entries()) view.setUint32(TOKEN_BYTES * i, packToken(grid.tokens[place]!));
            return { first: 2 * start + parity, count: run.length, payload };
        });
    });
}

/** Reads a unit's tokens into their places; false if they are not as many as it says or do not lie in the grid. */
export function readTokenUnit(grid: TokenGrid, { first, count, payload }: TokenUnit): boolean {
    if (count < 1 || payload.length !== TOKEN_BYTES * count) return false;
    const places = grid.places(first & 1);
    const start = Math.floor(first / 2);
    if (start + count > places.length) return false;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    for (let i = 0; i < count; i++) grid.tokens[places[start + i]!] = unpackToken(view.getUint32(TOKEN_BYTES * i));
    return true;
}

/**
 * Fills in what is missing from the four neighbours that are there, else from rings of more distant ones; returns the share that was missing.
 * A picture without any token becomes grey.
 */
export function fillTokens(grid: TokenGrid): number {
    const missing = Array.from(grid.tokens.keys()).filter((i) => grid.tokens[i] === null);
    let open = missing;
    while (open.length > 0) {
        const filled = open.map((i) => ({ i, token: meanOfNeighbours(grid, i) }));
        // Each ring is filled from the one before, not from itself: the order does not matter.
        for (const { i, token } of filled) grid.tokens[i] = token;
        const left = open.filter((i) => grid.tokens[i] === null);
        if (left.length === open.length) break;
        open = left;
    }
    grid.tokens.forEach((token, i) => {
        grid.tokens[i] = token ?? { color: [128, 0, 0], across: 0, down: 0, saddle: 0, fine: 0, coarse: 0 };
    });
    return missing.length / grid.tokens.length;
}

function meanOfNeighbours({ columns, rows, tokens }: TokenGrid, i: number): Token | null {
    const x = i % columns;
    const y = Math.floor(i / columns);
    const around = [
        x > 0 ? tokens[i - 1] : null,
        x + 1 < columns ? tokens[i + 1] : null,
        y > 0 ? tokens[i - columns] : null,
        y + 1 < rows ? tokens[i + columns] : null
    ].filter((token): token is Token => token !== null && token !== undefined);
    if (around.length === 0) return null;
    const mean = (of: (token: Token) => number): number =>
        Math.round(around.reduce((sum, token) => sum + of(token), 0) / around.length);
    return {
        color: [mean((t) => t.color[0]), mean((t) => t.color[1]), mean((t) => t.color[2])],
        across: mean((t) => t.across),
        down: mean((t) => t.down),
        saddle: mean((t) => t.saddle),
        fine: mean((t) => t.fine),
        coarse: mean((t) => t.coarse)
    };
}

/** Paints a whole grid into the planes of `s`. Integers and IEEE additions and multiplications only: the same on every machine. */
export function paintTokens(s: TextureState, grid: TokenGrid): void {
    const side = 1 << grid.log2;
    const [planeY, planeCo, planeCg] = s.planes as [Int16Array, Int16Array, Int16Array];
    const value = new Float64Array(5);
    for (let y = 0; y < s.rows; y++) {
        for (let x = 0; x < s.stride; x++) {
            blendTokens(grid, side, x, y, value);
            const noise =
                value[3]! * valueNoise(x * 128, y * 128, FINE_SEED) +
                value[4]! * valueNoise(x * 32, y * 32, COARSE_SEED);
            const i = y * s.stride + x;
            planeY[i] = clip(Math.floor(value[0]! + noise / NOISE_RMS + 0.5), 0);
            planeCo[i] = clip(Math.floor(value[1]! + 0.5), -255);
            planeCg[i] = clip(Math.floor(value[2]! + 0.5), -255);
        }
    }
}

/** Y, Co, Cg and the deviations of both noises at a pixel, or between pixels: the planes of the four nearest tokens, weighted by nearness. */
export function blendTokens(grid: TokenGrid, side: number, x: number, y: number, out: Float64Array): void {
    const u = (2 * x + 1) / (2 * side) - 0.5;
    const v = (2 * y + 1) / (2 * side) - 0.5;
    const column = Math.floor(u);
    const row = Math.floor(v);
    out.fill(0);
    for (let k = 0; k < 4; k++) {
        const [dx, dy] = [k & 1, k >> 1];
        const weight = (dx ? u - column : 1 - (u - column)) * (dy ? v - row : 1 - (v - row));
        if (weight === 0) continue;
        const cx = Math.max(0, Math.min(grid.columns - 1, column + dx));
        const cy = Math.max(0, Math.min(grid.rows - 1, row + dy));
        const { color, across, down, saddle, fine, coarse } = grid.tokens[cy * grid.columns + cx]!;
        const du = Math.max(-1, Math.min(1, 2 * (u - cx)));
        const dv = Math.max(-1, Math.min(1, 2 * (v - cy)));
        out[0]! += weight * (color[0] + across * du + down * dv + saddle * du * dv);
        out[1]! += weight * color[1];
        out[2]! += weight * color[2];
        out[3]! += weight * ROUGHNESS_LEVELS[fine]!;
        out[4]! += weight * ROUGHNESS_LEVELS[coarse]!;
    }
}

function clip(value: number, least: number): number {
    return value < least ? least : value > 255 ? 255 : value;
}
