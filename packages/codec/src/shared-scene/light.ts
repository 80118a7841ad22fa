/**
 * The light of a rendered frame on a coarse grid: colour = reflectance x light, with the light of a pixel interpolated by the {@link Guide}.
 * The encoder fits the grid by weighted least squares (a demodulated mean, then Landweber steps on what the upsampled grid misses), errors
 * counted as the eye does, smaller in the dark. The grid is coded like a small picture of 8 bits in cube-root scale.
 */
import { codeOfLinear, type Picture } from '../picture.ts';
import { padPlane } from '../texture/color-transform.ts';
import type { TextureState } from '../texture/texture-state.ts';
import type { Guide } from './guide.ts';

const FIT_ROUNDS = 2;
/** What is white is fitted to this much and more, so that it stays white however coarse the grid is coded: to 1.6, above which light spills over the surfaces around. */
const WHITE = 1.1;
const MOST_WHITE = 1.6;
/** Linear light at which an error counts half. */
const DARK = 0.02;
/** Share of cells that may be brighter than the grid can hold. */
const CLIPPED_SHARE = 0.004;

/** Brightest light of a grid by its code: four steps an octave, from 2^-8 up. */
export function brightestOfCode(code: number): number {
    return (1 + (code & 3) / 4) * 2 ** ((code >> 2) - 8);
}

/** Light of a grid's 8-bit code. */
function lightOfCode(code: number, brightest: number): number {
    const t = code / 255;
    return brightest * t * t * t;
}

/**
 * Fits the grid to a frame's colour.
 *
 * @param color - Planar linear RGB of the frame.
 * @returns Planar light of each cell, linear RGB.
 */
export function fitLight(guide: Guide, color: Float32Array): Float32Array {
    const size = guide.widthPx * guide.heightPx;
    const cells = guide.columns * guide.rows;
    const light = new Float32Array(3 * cells);
    const sums = new Float64Array(cells);
    const norms = new Float64Array(cells);
    for (let c = 0; c < 3; c++) {
        const channel = light.subarray(c * cells, (c + 1) * cells);
        for (let round = 0; round <= FIT_ROUNDS; round++) {
            sums.fill(0);
            norms.fill(0);
            for (let i = 0; i < size; i++) gather(guide, color, channel, c * size + i, i, sums, norms);
            for (let k = 0; k < cells; k++) {
                if (norms[k]! > 1e-9) channel[k] = Math.max(0, channel[k]! + sums[k]! / norms[k]!);
            }
            if (round === 0) fillEmpty(guide, channel, norms);
        }
    }
    return light;
}

/** Adds one pixel's error, as the cells it takes its light from see it. */
function gather(
    guide: Guide,
    color: Float32Array,
    light: Float32Array,
    sample: number,
    pixel: number,
    sums: Float64Array,
    norms: Float64Array
): void {
    const value = color[sample]!;
    const a = guide.reflectance[sample]!;
    const { cells, weights } = guide;
    let upsampled = 0;
    for (let k = 4 * pixel; k < 4 * pixel + 4; k++) upsampled += weights[k]! * light[cells[k]!]!;
    const white = Math.max(WHITE, Math.min(MOST_WHITE, a * upsampled));
    const target = value > 0 ? (value < 1 ? value : white) : 0;
    const care = a / (target + DARK);
    for (let k = 4 * pixel; k < 4 * pixel + 4; k++) {
        const weight = weights[k]! * care;
        sums[cells[k]!]! += weight * (target - a * upsampled);
        norms[cells[k]!]! += weight * a;
    }
}

/** Cells that no pixel asks take the mean of the row's cells before and after, so that they cost nothing. */
function fillEmpty(guide: Guide, light: Float32Array, norms: Float64Array): void {
    let last = -1;
    for (let k = 0; k < light.length; k++) {
        if (norms[k]! > 1e-9) last = k;
        else if (last >= 0) light[k] = light[k % guide.columns === 0 ? Math.max(0, k - guide.columns) : last]!;
    }
}

/** The code of the brightest light that a grid needs. */
export function rangeOf(light: Float32Array): number {
    const sorted = Float32Array.from(light).sort();
    const most = sorted[Math.floor((sorted.length - 1) * (1 - CLIPPED_SHARE))]!;
    let code = 0;
    while (code < 127 && brightestOfCode(code) < most) code++;
    return code;
}

/** A grid as the small picture that is coded. */
export function pictureOfLight(guide: Guide, light: Float32Array, range: number): Picture {
    const brightest = brightestOfCode(range);
    const rgb = Uint8Array.from(light, (value) => Math.min(255, Math.round(255 * Math.cbrt(value / brightest))));
    return { widthPx: guide.columns, heightPx: guide.rows, rgb, alpha: null };
}

/** Draws reflectance x light into the state's base planes. */
export function drawLit(s: TextureState, guide: Guide, coded: Picture, range: number): void {
    const { widthPx, heightPx } = s;
    const size = widthPx * heightPx;
    const count = guide.columns * guide.rows;
    const brightest = brightestOfCode(range);
    const light = Float32Array.from(coded.rgb, (code) => lightOfCode(code, brightest));
    const { cells, weights, reflectance } = guide;
    const [planeY, planeCo, planeCg] = s.base as [Int16Array, Int16Array, Int16Array];
    const rgb = [0, 0, 0];
    for (let y = 0; y < heightPx; y++) {
        for (let x = 0; x < widthPx; x++) {
            const i = y * widthPx + x;
            for (let c = 0; c < 3; c++) {
                let sum = 0;
                for (let k = 4 * i; k < 4 * i + 4; k++) sum += weights[k]! * light[c * count + cells[k]!]!;
                rgb[c] = codeOfLinear(sum * reflectance[c * size + i]!);
            }
            const co = rgb[0]! - rgb[2]!;
            const middle = rgb[2]! + (co >> 1);
            const cg = rgb[1]! - middle;
            const at = y * s.stride + x;
            planeY[at] = middle + (cg >> 1);
            planeCo[at] = co;
            planeCg[at] = cg;
        }
    }
    for (const plane of [planeY, planeCo, planeCg]) padPlane(s, plane);
}
