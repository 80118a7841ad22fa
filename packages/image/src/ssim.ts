/**
 * SSIM (Wang, Bovik, Sheikh, Simoncelli 2004) and MS-SSIM (Wang, Simoncelli, Bovik 2003): 11-tap Gaussian of sigma 1.5, valid
 * region, K1 0.01, K2 0.03, five scales with the weights of 2003. On clamped sRGB codes, each channel by itself, then the
 * mean of the three (as codec work reports it).
 *
 * Rows are filtered once along x and kept in a ring of 11, so that memory is 11 rows of 5 quantities. Cost: 110 multiply-adds
 * for a sample and scale.
 */
import { badInput } from '@mixreel/core';
import type { Frame } from './frame.ts';
import { checkPair, codedColor } from './metric-input.ts';

/** Exponents of the five scales, finest first (Wang et al. 2003, section 3.2). */
export const MS_SSIM_WEIGHTS: readonly number[] = Object.freeze([0.0448, 0.2856, 0.3001, 0.2363, 0.1333]);

const TAPS = 11;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
const WINDOW: Float64Array = (() => {
    const weights = Float64Array.from({ length: TAPS }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
})();

/** Means of luminance times contrast-structure, and of contrast-structure alone. */
interface Means {
    readonly ssim: number;
    readonly structure: number;
}

/** Mean SSIM, -1 to 1; pictures of at least 11 x 11 pixels. */
export function ssim(reference: Frame, test: Frame): number {
    return overChannels(reference, test, TAPS, (a, b, width, height) => compare(a, b, width, height).ssim);
}

/** MS-SSIM, 0 to 1; pictures of at least 161 pixels a side, so that the coarsest scale still holds a window. */
export function msSsim(reference: Frame, test: Frame): number {
    return overChannels(reference, test, (TAPS - 1) * 2 ** 4 + 1, (a, b, width, height) => {
        let [x, y, w, h] = [a, b, width, height];
        let product = 1;
        MS_SSIM_WEIGHTS.forEach((weight, scale) => {
            const { ssim: full, structure } = compare(x, y, w, h);
            const last = scale === MS_SSIM_WEIGHTS.length - 1;
            // A negative structure term (inverted pictures) has no real power: it counts as no likeness.
            product *= Math.max(0, last ? full : structure) ** weight;
            if (last) return;
            x = halve(x, w, h);
            y = halve(y, w, h);
            w = (w + 1) >> 1;
            h = (h + 1) >> 1;
        });
        return product;
    });
}

function overChannels(
    reference: Frame,
    test: Frame,
    leastPx: number,
    metric: (a: Float32Array, b: Float32Array, widthPx: number, heightPx: number) => number
): number {
    checkPair(reference, test);
    const { widthPx, heightPx } = reference;
    if (Math.min(widthPx, heightPx) < leastPx) {
        throw badInput(
            `the pictures are ${widthPx} x ${heightPx} pixels`,
            `at least ${leastPx} a side`,
            leastPx > TAPS ? 'Use ssim, or compare larger pictures' : 'Compare larger pictures'
        );
    }
    const [a, b] = [codedColor(reference), codedColor(test)];
    const n = widthPx * heightPx;
    let sum = 0;
    for (let c = 0; c < 3; c++) {
        sum += metric(a.subarray(c * n, (c + 1) * n), b.subarray(c * n, (c + 1) * n), widthPx, heightPx);
    }
    return sum / 3;
}

/** Mean of 2 x 2 pixels; an odd last row or column is averaged with itself (Wang's symmetric border). */
function halve(plane: Float32Array, widthPx: number, heightPx: number): Float32Array {
    const [w, h] = [(widthPx + 1) >> 1, (heightPx + 1) >> 1];
    const out = new Float32Array(w * h);
    for (let y = 0; y < h; y++) {
        const top = 2 * y * widthPx;
        const bottom = Math.min(2 * y + 1, heightPx - 1) * widthPx;
        for (let x = 0; x < w; x++) {
            const left = 2 * x;
            const right = Math.min(left + 1, widthPx - 1);
            out[y * w + x] =
                (plane[top + left]! + plane[top + right]! + plane[bottom + left]! + plane[bottom + right]!) / 4;
        }
    }
    return out;
}

/** Rows of x, y, x^2, y^2 and xy, filtered along x. */
type Row = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

function compare(a: Float32Array, b: Float32Array, widthPx: number, heightPx: number): Means {
    const valid = widthPx - TAPS + 1;
    const row = (n: number): Row => [0, 1, 2, 3, 4].map(() => new Float64Array(n)) as unknown as Row;
    const raw = row(widthPx);
    const ring = Array.from({ length: TAPS }, () => row(valid));
    const sums = row(valid);
    let ssimSum = 0;
    let structureSum = 0;
    for (let y = 0; y < heightPx; y++) {
        products(a, b, y * widthPx, raw);
        filterRow(raw, ring[y % TAPS]!);
        if (y < TAPS - 1) continue;
        for (let q = 0; q < 5; q++) {
            weigh(
                Array.from({ length: TAPS }, (_, t) => ring[(y + 1 + t) % TAPS]![q]!),
                sums[q]!
            );
        }
        const [mx, my, xx, yy, xy] = sums;
        for (let x = 0; x < valid; x++) {
            const [p, q] = [mx[x]!, my[x]!];
            const covariance = xy[x]! - p * q;
            const structure = (2 * covariance + C2) / (xx[x]! - p * p + yy[x]! - q * q + C2);
            structureSum += structure;
            ssimSum += (structure * (2 * p * q + C1)) / (p * p + q * q + C1);
        }
    }
    const count = valid * (heightPx - TAPS + 1);
    return { ssim: ssimSum / count, structure: structureSum / count };
}

function products(a: Float32Array, b: Float32Array, at: number, to: Row): void {
    const n = to[0].length;
    for (let x = 0; x < n; x++) {
        const [p, q] = [a[at + x]!, b[at + x]!];
        to[0][x] = p;
        to[1][x] = q;
        to[2][x] = p * p;
        to[3][x] = q * q;
        to[4][x] = p * q;
    }
}

function filterRow(from: Row, to: Row): void {
    for (let q = 0; q < 5; q++) {
        const source = from[q]!;
        weigh(
            Array.from({ length: TAPS }, (_, t) => source.subarray(t)),
            to[q]!
        );
    }
}

/** Sum of 11 lines under the window, which is even. Written out: three times as fast as a loop over the taps. */
function weigh(lines: readonly Float64Array[], to: Float64Array): void {
    const [a, b, c, d, e, f, g, h, i, j, k] = lines as Lines;
    const [wa, wb, wc, wd, we, wf] = WINDOW as unknown as [number, number, number, number, number, number];
    for (let x = 0; x < to.length; x++) {
        to[x] =
            wa * (a[x]! + k[x]!) +
            wb * (b[x]! + j[x]!) +
            wc * (c[x]! + i[x]!) +
            wd * (d[x]! + h[x]!) +
            we * (e[x]! + g[x]!) +
            wf * f[x]!;
    }
}

type L = Float64Array;
type Lines = [L, L, L, L, L, L, L, L, L, L, L];
