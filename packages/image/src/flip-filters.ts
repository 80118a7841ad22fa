/**
 * The filters of FLIP (Andersson et al. 2020, sections 4.1 and 4.2) for an observer at a given number of pixels per degree.
 * All are separable: the contrast sensitivity of the achromatic and red-green channels is one Gaussian each, that of
 * blue-yellow the sum of two; edges and points are first and second derivatives of a Gaussian.
 */
import { type Taps, trimTaps } from './convolve.ts';

/** Spatial filters; blue-yellow is the sum of two filters, each applied to rows and columns. */
export interface FlipFilters {
    readonly achromatic: Taps;
    readonly redGreen: Taps;
    readonly blueYellow: readonly [Taps, Taps];
    readonly gauss: Taps;
    readonly edge: Taps;
    readonly point: Taps;
    /** Largest radius of them all, pixels. */
    readonly radiusPx: number;
}

/** a and b of a exp(-pi^2 x^2 / b), table 1 of the paper (from Movshon and Kiorpes, and Mullen). */
const CSF = { achromatic: [1, 0.0047], redGreen: [1, 0.0053], blueYellow: [34.1, 0.04, 13.5, 0.025] } as const;
/** Peak-to-trough width of the human edge detector, degrees. */
const DETECTOR_WIDTH = 0.082;

/** Filters for an observer who sees `pixelsPerDegree` pixels in a degree of visual angle. */
export function flipFilters(pixelsPerDegree: number): FlipFilters {
    const widest = CSF.blueYellow[1];
    const spatialRadius = Math.ceil(3 * Math.sqrt(widest / (2 * Math.PI ** 2)) * pixelsPerDegree);
    const sigma = 0.5 * DETECTOR_WIDTH * pixelsPerDegree;
    const featureRadius = Math.ceil(3 * sigma);
    const gaussian = (x: number) => Math.exp(-(x * x) / (2 * sigma * sigma));
    const csf = (b: number) => half(spatialRadius, (x) => Math.exp((-(Math.PI ** 2) * (x / pixelsPerDegree) ** 2) / b));
    return {
        achromatic: normalized(csf(CSF.achromatic[1])),
        redGreen: normalized(csf(CSF.redGreen[1])),
        blueYellow: blueYellow(csf(CSF.blueYellow[1]), csf(CSF.blueYellow[3])),
        gauss: { weights: scaled(half(featureRadius, gaussian), 'sum'), odd: false },
        edge: {
            weights: scaled(
                half(featureRadius, (x) => x * gaussian(x)),
                'one side'
            ),
            odd: true
        },
        point: {
            weights: scaled(
                half(featureRadius, (x) => ((x * x) / (sigma * sigma) - 1) * gaussian(x)),
                'signs'
            ),
            odd: false
        },
        radiusPx: Math.max(spatialRadius, featureRadius)
    };
}

function half(radius: number, weight: (x: number) => number): Float64Array {
    return Float64Array.from({ length: radius + 1 }, (_, x) => weight(x));
}

/** Sum of a whole even filter. */
function total(weights: Float64Array): number {
    return weights.reduce((sum, w, x) => sum + (x === 0 ? w : 2 * w), 0);
}

function normalized(weights: Float64Array): Taps {
    return trimTaps({ weights: scaled(weights, 'sum'), odd: false });
}

/** Gaussians sum to 1; of the derivatives, positive weights sum to 1 and negative ones to -1. */
function scaled(weights: Float64Array, to: 'sum' | 'one side' | 'signs'): Float64Array {
    if (to === 'sum') return weights.map((w) => w / total(weights));
    if (to === 'one side') {
        const side = weights.reduce((sum, w) => sum + w, 0);
        return weights.map((w) => w / side);
    }
    const positive = total(weights.map((w) => Math.max(0, w)));
    const negative = total(weights.map((w) => Math.max(0, -w)));
    return weights.map((w) => w / (w > 0 ? positive : negative));
}

/**
 * a1 sqrt(pi / b1) g1 + a2 sqrt(pi / b2) g2 over both axes sums to 1. Each two-dimensional Gaussian is the product of two
 * one-dimensional ones, so each gets the root of its factor.
 */
function blueYellow(g1: Float64Array, g2: Float64Array): readonly [Taps, Taps] {
    const [a1, b1, a2, b2] = CSF.blueYellow;
    const factors = [a1 * Math.sqrt(Math.PI / b1), a2 * Math.sqrt(Math.PI / b2)] as const;
    const sum = factors[0] * total(g1) ** 2 + factors[1] * total(g2) ** 2;
    const taps = (weights: Float64Array, factor: number) =>
        trimTaps({ weights: weights.map((w) => w * Math.sqrt(factor / sum)), odd: false });
    return [taps(g1, factors[0]), taps(g2, factors[1])];
}
