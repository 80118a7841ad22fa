/**
 * FLIP, the difference that a person notices when two pictures alternate: LDR (Andersson et al., "FLIP: A Difference
 * Evaluator for Alternating Images", HPG 2020) and HDR (Andersson et al., "Visualizing Errors in Rendered High Dynamic Range
 * Images", Eurographics 2021). Own code after the papers; conventions (replicated borders, exact sRGB matrix, filters cut at
 * three standard deviations) are those of the reference release 1.6, with which it agrees to 2e-7 in the mean and 6e-5 in
 * every pixel, measured by running both on renders and on pictures made by formula (the latter are in the test). Cost: about
 * 1.7 s for a million pixels on one 2.x GHz core, as the release's own C++ on one core.
 *
 * The picture is worked on in bands of rows with a margin of one filter radius, so that the working set stays in cache and
 * memory does not grow with the picture. Bands that are equal are skipped.
 */
import { badInput, type Progress, throwIfAborted } from '@mixreel/core';
import { convolveColumns, convolveRows, type Taps } from './convolve.ts';
import { huntLabFromLinear, huntLabFromOpponent, hyab, opponentFromLinear } from './flip-color.ts';
import { type FlipFilters, flipFilters } from './flip-filters.ts';
import type { Frame } from './frame.ts';
import { checkNoNaN, checkPair } from './metric-input.ts';

/** Options of {@link flip} and {@link flipHdr}. */
export interface FlipOptions {
    /** Pixels in a degree of visual angle, 1 to 500. */
    readonly pixelsPerDegree?: number;
    readonly progress?: Progress;
}

/** 0.7 m from a 0.7 m wide 3840-pixel monitor: 67.02 pixels per degree, the release's default. */
export const FLIP_DEFAULTS: { readonly pixelsPerDegree: number } = Object.freeze({
    pixelsPerDegree: (0.7 * 3840 * Math.PI) / (0.7 * 180)
});

/** What FLIP gives. */
export interface FlipResult {
    /** Mean of the map, 0 (same) to 1. */
    readonly mean: number;
    /** Error of each pixel, 0 to 1, rows top to bottom. */
    readonly map: Float32Array;
}

const QC = 0.7;
const PC = 0.4;
const PT = 0.95;
const BAND_ROWS = 96;

/** The largest HyAB distance there is in the unit cube, green to blue, raised to QC. */
const C_MAX: number = (() => {
    const green = new Float64Array(3);
    const blue = new Float64Array(3);
    huntLabFromLinear(0, 1, 0, green);
    huntLabFromLinear(0, 0, 1, blue);
    return hyab(green, blue) ** QC;
})();

/** LDR-FLIP of two frames of linear colour, which is clamped to 0..1 as a display would. */
export function flip(reference: Frame, test: Frame, options: FlipOptions = {}): FlipResult {
    checkPair(reference, test);
    const filters = flipFilters(checkPixelsPerDegree(options.pixelsPerDegree));
    const [a, b] = [reference.layer('color'), test.layer('color')];
    checkNoNaN('the reference', a);
    checkNoNaN('the test frame', b);
    const map = new Float32Array(reference.widthPx * reference.heightPx);
    compare(a, b, reference.widthPx, reference.heightPx, filters, map, options.progress);
    return { mean: mean(map), map };
}

export function checkPixelsPerDegree(value: number = FLIP_DEFAULTS.pixelsPerDegree): number {
    if (value >= 1 && value <= 500) return value;
    throw badInput(`pixelsPerDegree is ${value}`, 'a number from 1 to 500', 'Leave it out for 67');
}

export function mean(map: Float32Array): number {
    let sum = 0;
    for (let i = 0; i < map.length; i++) sum += map[i]!;
    return sum / map.length;
}

/** Per-pixel LDR-FLIP of planar linear colour into `map`. */
export function compare(
    a: Float32Array,
    b: Float32Array,
    widthPx: number,
    heightPx: number,
    filters: FlipFilters,
    map: Float32Array,
    progress: Progress | undefined
): void {
    const band = new Band(widthPx, filters);
    for (let y = 0; y < heightPx; y += BAND_ROWS) {
        throwIfAborted(progress, 'FLIP');
        const rows = Math.min(BAND_ROWS, heightPx - y);
        band.compare(a, b, heightPx, y, rows, map.subarray(y * widthPx, (y + rows) * widthPx));
        progress?.report?.(y + rows, heightPx, 'comparing');
    }
}

type Planes = readonly [Float32Array, Float32Array, Float32Array];

/** Everything that one picture's band is filtered to. */
interface Seen {
    readonly color: Planes;
    readonly edgeX: Float32Array;
    readonly edgeY: Float32Array;
    readonly pointX: Float32Array;
    readonly pointY: Float32Array;
}

/** Buffers for one band, used again for each. */
class Band {
    readonly #widthPx: number;
    readonly #filters: FlipFilters;
    readonly #opponent: Planes;
    readonly #temporary: Float32Array;
    readonly #seen: readonly [Seen, Seen];

    constructor(widthPx: number, filters: FlipFilters) {
        this.#widthPx = widthPx;
        this.#filters = filters;
        const padded = () => new Float32Array(widthPx * (BAND_ROWS + 2 * filters.radiusPx));
        const plain = () => new Float32Array(widthPx * BAND_ROWS);
        this.#opponent = [padded(), padded(), padded()];
        this.#temporary = padded();
        const seen = () => ({
            color: [plain(), plain(), plain()] as const,
            edgeX: plain(),
            edgeY: plain(),
            pointX: plain(),
            pointY: plain()
        });
        this.#seen = [seen(), seen()];
    }

    compare(a: Float32Array, b: Float32Array, heightPx: number, y: number, rows: number, map: Float32Array): void {
        if (this.#same(a, b, heightPx, y, rows)) {
            map.fill(0);
            return;
        }
        this.#look(a, heightPx, y, rows, this.#seen[0]);
        this.#look(b, heightPx, y, rows, this.#seen[1]);
        finalError(this.#seen[0], this.#seen[1], map);
    }

    #same(a: Float32Array, b: Float32Array, heightPx: number, y: number, rows: number): boolean {
        const radius = this.#filters.radiusPx;
        const from = Math.max(0, y - radius) * this.#widthPx;
        const to = Math.min(heightPx, y + rows + radius) * this.#widthPx;
        for (let c = 0; c < 3; c++) {
            const plane = c * this.#widthPx * heightPx;
            for (let i = plane + from; i < plane + to; i++) if (a[i] !== b[i]) return false;
        }
        return true;
    }

    /** Fills `seen` from rows y to y + rows of a picture. */
    #look(color: Float32Array, heightPx: number, y: number, rows: number, seen: Seen): void {
        const { achromatic, redGreen, blueYellow, gauss, edge, point, radiusPx } = this.#filters;
        const width = this.#widthPx;
        const plane = width * heightPx;
        const opponent = this.#opponent;
        const padded = rows + 2 * radiusPx;
        const unit = (value: number) => (value > 0 ? (value < 1 ? value : 1) : 0);
        for (let row = 0; row < padded; row++) {
            const from = Math.min(heightPx - 1, Math.max(0, y + row - radiusPx)) * width;
            for (let x = 0; x < width; x++) {
                const i = from + x;
                const [r, g, b] = [unit(color[i]!), unit(color[plane + i]!), unit(color[2 * plane + i]!)];
                opponentFromLinear(r, g, b, opponent, row * width + x);
            }
        }
        const filter = (from: Float32Array, alongX: Taps, alongY: Taps, to: Float32Array) => {
            convolveRows(from, width, padded, alongX, this.#temporary);
            convolveColumns(this.#temporary, width, rows, radiusPx, alongY, to);
        };
        const [lightness, rg, by] = opponent;
        filter(lightness, achromatic, achromatic, seen.color[0]);
        filter(rg, redGreen, redGreen, seen.color[1]);
        filter(by, blueYellow[0], blueYellow[0], seen.color[2]);
        filter(by, blueYellow[1], blueYellow[1], seen.edgeX);
        for (let i = 0; i < rows * width; i++) seen.color[2][i]! += seen.edgeX[i]!;
        filter(lightness, edge, gauss, seen.edgeX);
        filter(lightness, point, gauss, seen.pointX);
        // Both features along y start from the same smoothed rows.
        convolveRows(lightness, width, padded, gauss, this.#temporary);
        convolveColumns(this.#temporary, width, rows, radiusPx, edge, seen.edgeY);
        convolveColumns(this.#temporary, width, rows, radiusPx, point, seen.pointY);
    }
}

/** Equations 6 to 14 of the 2020 paper. */
function finalError(a: Seen, b: Seen, map: Float32Array): void {
    const labA = new Float64Array(3);
    const labB = new Float64Array(3);
    const pcMax = PC * C_MAX;
    // The features work on Y normalised to 0..1: (Y + 16) / 116; the filters sum to zero, so the 16 drops out.
    const featureScale = 1 / (116 * Math.SQRT2);
    for (let i = 0; i < map.length; i++) {
        huntLabFromOpponent(a.color[0][i]!, a.color[1][i]!, a.color[2][i]!, labA);
        huntLabFromOpponent(b.color[0][i]!, b.color[1][i]!, b.color[2][i]!, labB);
        const power = hyab(labA, labB) ** QC;
        const color = power < pcMax ? (PT / pcMax) * power : PT + ((power - pcMax) / (C_MAX - pcMax)) * (1 - PT);
        const edges = Math.abs(length(a.edgeX[i]!, a.edgeY[i]!) - length(b.edgeX[i]!, b.edgeY[i]!));
        const points = Math.abs(length(a.pointX[i]!, a.pointY[i]!) - length(b.pointX[i]!, b.pointY[i]!));
        const feature = Math.sqrt(Math.min(1, Math.max(edges, points) * featureScale));
        map[i] = color ** (1 - feature);
    }
}

function length(x: number, y: number): number {
    return Math.sqrt(x * x + y * y);
}
