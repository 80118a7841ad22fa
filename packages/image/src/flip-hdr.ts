/**
 * HDR-FLIP (Andersson et al. 2021): the pixelwise maximum of LDR-FLIP over exposures, from the one at which the brightest
 * pixel of the reference is just not white to the one at which the median is. See flip.ts for the comparison itself.
 * Cost: one LDR comparison for each exposure (one a stop).
 */
import { badInput, subProgress } from '@mixreel/core';
import { checkPixelsPerDegree, compare, type FlipOptions, type FlipResult, mean } from './flip.ts';
import { flipFilters } from './flip-filters.ts';
import type { Frame } from './frame.ts';
import { checkNoNaN, checkPair } from './metric-input.ts';

/** Tone mapper that the exposures are seen through. */
export type FlipToneMapper = 'aces' | 'hable' | 'reinhard';

/** Options of {@link flipHdr}. */
export interface FlipHdrOptions extends FlipOptions {
    readonly toneMapper?: FlipToneMapper;
    /** Stops; from the reference if left out. */
    readonly startExposure?: number;
    /** Stops, not below `startExposure`; from the reference if left out. */
    readonly stopExposure?: number;
    /** 2 to 64; one a stop if left out. */
    readonly exposures?: number;
}

/** {@link FlipResult} with the exposures that were looked at, in stops. */
export interface FlipHdrResult extends FlipResult {
    readonly exposures: readonly number[];
}

/**
 * k0 x^2 + k1 x + k2 over k3 x^2 + k4 x + k5. ACES is Narkowicz' fit with its pre-exposure of 0.6 undone; Hable has an
 * exposure bias of 2 and white at 11.2; Reinhard is on luminance.
 */
const COEFFICIENTS: Readonly<Record<FlipToneMapper, readonly number[]>> = {
    reinhard: [0, 1, 0, 0, 1, 1],
    aces: [0.6 * 0.6 * 2.51, 0.6 * 0.03, 0, 0.6 * 0.6 * 2.43, 0.6 * 0.59, 0.14],
    hable: (() => {
        const [a, b, c, d, e, f, white] = [0.15, 0.5, 0.1, 0.2, 0.02, 0.3, 11.2];
        const [k0, k1, k3, k4, k5] = [a * f - a * e, c * b * f - b * e, a * f, b * f, d * f * f];
        const scale = (k3 * white ** 2 + k4 * white + k5) / (k0 * white ** 2 + k1 * white);
        return [4 * k0 * scale, 2 * k1 * scale, 0, 4 * k3, 2 * k4, k5];
    })()
};

/** How bright a pixel may be before it counts as white. */
const WHITE = 0.85;
const MAX_EXPOSURES = 64;
const MAX_VALUE = 65536;

/** HDR-FLIP of two frames of linear colour; values are clamped to 0..65536. */
export function flipHdr(reference: Frame, test: Frame, options: FlipHdrOptions = {}): FlipHdrResult {
    checkPair(reference, test);
    const mapper = options.toneMapper ?? 'aces';
    const k = COEFFICIENTS[mapper];
    if (!k) throw badInput(`the tone mapper is "${mapper}"`, 'aces, hable or reinhard', 'Use one of these names');
    const filters = flipFilters(checkPixelsPerDegree(options.pixelsPerDegree));
    checkNoNaN('the reference', reference.layer('color'));
    checkNoNaN('the test frame', test.layer('color'));
    const exposures = chooseExposures(reference, k, options);
    const { widthPx, heightPx } = reference;
    const map = new Float32Array(widthPx * heightPx);
    const one = new Float32Array(map.length);
    const a = new Float32Array(3 * map.length);
    const b = new Float32Array(3 * map.length);
    exposures.forEach((exposure, i) => {
        expose(reference.layer('color'), exposure, k, mapper, a);
        expose(test.layer('color'), exposure, k, mapper, b);
        const progress = subProgress(options.progress, i / exposures.length, (i + 1) / exposures.length);
        compare(a, b, widthPx, heightPx, filters, one, progress);
        for (let p = 0; p < map.length; p++) if (one[p]! > map[p]!) map[p] = one[p]!;
    });
    return { mean: mean(map), map, exposures };
}

function chooseExposures(reference: Frame, k: readonly number[], options: FlipHdrOptions): number[] {
    const range = options.startExposure === undefined || options.stopExposure === undefined;
    const [first, last] = range ? exposureRange(reference, k) : [0, 0];
    const start = options.startExposure ?? first;
    const stop = options.stopExposure ?? last;
    if (!(Number.isFinite(start) && Number.isFinite(stop) && start <= stop)) {
        throw badInput(`exposures go from ${start} to ${stop} stops`, 'a rising range', 'Swap or correct them');
    }
    const count = options.exposures ?? Math.min(MAX_EXPOSURES, Math.max(2, Math.ceil(stop - start)));
    if (!Number.isInteger(count) || count < 2 || count > MAX_EXPOSURES) {
        throw badInput(`exposures is ${count}`, `an integer from 2 to ${MAX_EXPOSURES}`, 'Leave it out');
    }
    return Array.from({ length: count }, (_, i) => start + (i * (stop - start)) / (count - 1));
}

/** Stops at which the brightest and the median luminance map to WHITE. A reference that is mostly black uses what is not. */
function exposureRange(reference: Frame, k: readonly number[]): [number, number] {
    const color = reference.layer('color');
    const n = color.length / 3;
    const luminance = new Float32Array(n);
    for (let i = 0; i < n; i++) {
        const [r, g, b] = [color[i]!, color[n + i]!, color[2 * n + i]!].map(bounded) as [number, number, number];
        luminance[i] = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    luminance.sort();
    const peak = luminance[n - 1]!;
    if (peak === 0) return [0, 0];
    const middle = luminance[n >> 1]!;
    const median = middle > 0 ? middle : luminance.find((value) => value > 0)!;
    const [a, b, c] = [k[0]! - WHITE * k[3]!, k[1]! - WHITE * k[4]!, k[2]! - WHITE * k[5]!];
    const x = a === 0 ? -c / b : (-b - Math.sign(a) * -1 * Math.sqrt(b * b - 4 * a * c)) / (2 * a);
    const other = a === 0 ? x : -b / a - x;
    const white = Math.max(x, other);
    return [Math.log2(white / peak), Math.log2(white / median)];
}

function bounded(value: number): number {
    return value > 0 ? Math.min(value, MAX_VALUE) : 0;
}

function expose(
    color: Float32Array,
    stops: number,
    k: readonly number[],
    mapper: FlipToneMapper,
    to: Float32Array
): void {
    const [k0, k1, k2, k3, k4, k5] = k as [number, number, number, number, number, number];
    const factor = 2 ** stops;
    const n = color.length / 3;
    if (mapper === 'reinhard') {
        for (let i = 0; i < n; i++) {
            const rgb = [color[i]!, color[n + i]!, color[2 * n + i]!].map((value) => bounded(value) * factor);
            const y = 0.2126 * rgb[0]! + 0.7152 * rgb[1]! + 0.0722 * rgb[2]!;
            for (let c = 0; c < 3; c++) to[c * n + i] = Math.min(1, rgb[c]! / (1 + y));
        }
        return;
    }
    for (let i = 0; i < color.length; i++) {
        const x = bounded(color[i]!) * factor;
        to[i] = Math.min(1, Math.max(0, (k0 * x * x + k1 * x + k2) / (k3 * x * x + k4 * x + k5)));
    }
}
