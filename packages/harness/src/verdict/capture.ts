/**
 * What a scenario captures and how it wants it judged. The kind of judgement is declared with the capture, because only its
 * author knows whether two runs must give the same bytes, the same look or the same distribution.
 */
import type { Frame, Rgba8Image } from '@mixreel/image';
import type { TimingOptions, TimingRound } from '../timing/compare-timings.ts';
import type { MomentsImage } from './moments-image.ts';
import type { PyramidOptions } from './pyramid-test.ts';

/** What was captured. */
export type CaptureData =
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
    /** `rgba8`: the bytes it came as, where it was a picture of 8 bits. */
    | { readonly kind: 'frame'; readonly frame: Frame; readonly rgba8?: Rgba8Image }
    | { readonly kind: 'moments'; readonly moments: MomentsImage }
    | { readonly kind: 'counters'; readonly counters: Readonly<Record<string, number>> }
    /** Frames that follow each other, one size. */
    | { readonly kind: 'frames'; readonly frames: readonly Frame[] }
    /** Pairs of samples taken and error measured. */
    | { readonly kind: 'errors'; readonly points: readonly (readonly [number, number])[] }
    /** Times of two sides, interleaved. */
    | { readonly kind: 'timings'; readonly rounds: readonly TimingRound[] };

/** Every byte the same: bitstreams, logs, frames of one device and seed. */
export interface ExactJudge {
    readonly kind: 'exact';
}

/**
 * Looks the same in raster terms: pixelmatch, magnitude first, then count. For frames and pictures without noise, in sRGB of 8 bits:
 * light below 0 and above 1 is cut off, so tone-map a frame that has it, or judge it otherwise.
 */
export interface DeterministicJudge {
    readonly kind: 'deterministic';
    /** Colour distance from which a pixel differs, 0 to 1. Default 0.1. */
    readonly threshold?: number;
    /** Pixels that may differ. Default 0. */
    readonly maxPixels?: number;
    /** True: antialiased pixels count, too. Default false. */
    readonly includeAntialiasing?: boolean;
}

/** Looks the same to a person: codecs, denoisers. At least one bound must be given. */
export interface PerceptualJudge {
    readonly kind: 'perceptual';
    /** Mean of FLIP, 0 to 1. */
    readonly maxFlipMean?: number;
    /** 99th percentile of FLIP, 0 to 1. */
    readonly maxFlipP99?: number;
    /** MS-SSIM, 0 to 1; pictures of 161 px and more. */
    readonly minMsSsim?: number;
    /** PSNR of sRGB codes, dB. */
    readonly minPsnrDb?: number;
    /** True: HDR-FLIP over all exposures. Default false. */
    readonly hdr?: boolean;
    /** Distances by metrics of HarnessConfig.metrics, LPIPS among them: `{ lpips: 0.1 }`; 0 or more. */
    readonly maxDistances?: Readonly<Record<string, number>>;
}

/** The same picture but for its noise: path tracers and everything sampled. */
export interface StochasticJudge extends PyramidOptions {
    readonly kind: 'stochastic';
}

/** Every number the same: dispatches, rays, bytes, live resources. */
export interface CountersJudge {
    readonly kind: 'counters';
}

/** Does not flicker: FLIP between each frame and the next, beyond what the expected frames change by. */
export interface TemporalJudge {
    readonly kind: 'temporal';
    /** Mean over all pixels and pairs of frames, 0 to 1. */
    readonly maxFlicker?: number;
    /** Mean of the worst pair of frames, 0 to 1. */
    readonly maxWorstFlicker?: number;
}

/** Error falls as it must: the slope of log error against log samples. */
export interface ConvergenceJudge {
    readonly kind: 'convergence';
    /** Slope that is expected. Default -1: squared error of Monte Carlo. */
    readonly slope?: number;
    /** Slopes this far from it are as good, 0 to 1. Default 0.1. */
    readonly tolerance?: number;
}

/** Is not slower: see compareTimings. */
export interface TimingJudge extends TimingOptions {
    readonly kind: 'timing';
}

export type Judge =
    | ExactJudge
    | DeterministicJudge
    | PerceptualJudge
    | StochasticJudge
    | CountersJudge
    | TemporalJudge
    | ConvergenceJudge
    | TimingJudge;
export type JudgeKind = Judge['kind'];

/** Kinds that hold their own standard: nothing is expected from a baseline. */
export const SELF_CONTAINED: ReadonlySet<JudgeKind> = new Set<JudgeKind>(['temporal', 'convergence', 'timing']);

/** The options of a judge. */
export function withoutKind<J extends Judge>(judge: J): Omit<J, 'kind'> {
    const { kind: _, ...options } = judge;
    return options;
}

/** One thing captured by a scenario. */
export interface Capture {
    /** Unique in its scenario. */
    readonly name: string;
    readonly judge: Judge;
    readonly data: CaptureData;
    /** What it must be like; left out: the approved baseline. */
    readonly expected?: CaptureData;
    /** True: being of one colour, or empty, is no fault of it. Never of a baseline. */
    readonly mayBeBlank?: boolean;
    /** Why its scenario did not come to its end, if it did not: it is judged, and never becomes a baseline. */
    readonly scenarioFailure?: string;
}
