/**
 * Are two noisy pictures the same picture? Welch's test on the means of blocks of four sizes (1, 8, 32 px and the whole),
 * Holm-corrected within each size and Bonferroni between the sizes, so that the chance of even one false alarm stays below
 * alpha.
 *
 * Why a pyramid: at 256 samples of relative spread 1 and alpha 1 %, a test of each pixel finds a brightness error of 39 %,
 * blocks of 8 find 4.3 %, of 32 find 0.95 %, the whole 0.09 %; the small blocks say where. Why alpha is split between sizes:
 * one Holm over all tests would charge a 32 px block for the 65,536 pixels (5.4 standard errors instead of 4.4).
 *
 * Differences below `resolution` (relative) are not sought: half-precision storage and the order of additions on another
 * platform shift whole regions by as much, and a test with enough samples would find them.
 *
 * Cost: one pass over the samples with about ten operations each; exact p-values only for tests that could matter.
 */
import { badInput, normalQuantile, studentTwoSided, studentTwoSidedQuantile } from '@mixreel/core';
import { checkMoments, type MomentsImage, PYRAMID_LEVELS } from './moments-image.ts';
import {
    type BlockSums,
    boxOf,
    correlatedLevels,
    independentLevels,
    type PyramidLevel,
    wholeOf
} from './pyramid-sums.ts';

/** Options of {@link pyramidTest}. */
export interface PyramidOptions {
    /** Chance of a false alarm over all tests together, in (0, 1). */
    readonly alpha?: number;
    /** Sides of the blocks in px, rising, each dividing the next; `Infinity`: the whole. */
    readonly levels?: readonly number[];
    /** Relative difference that is not sought, 0 to 0.1. */
    readonly resolution?: number;
    /** True: only repetitions are independent, not pixels; both pictures must carry moments of blocks. */
    readonly correlated?: boolean;
}

export const PYRAMID_DEFAULTS: Required<PyramidOptions> = Object.freeze({
    alpha: 0.01,
    levels: PYRAMID_LEVELS,
    resolution: 2e-4,
    correlated: false
});

/** A block whose difference is significant. */
export interface PyramidFinding {
    /** Side of the block in px; `Infinity`: the whole picture. */
    readonly blockPx: number;
    readonly x: number;
    readonly y: number;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly channel: number;
    /** (test - baseline) / |baseline|, of the block's means. */
    readonly bias: number;
    /** 95 % interval of `bias`. */
    readonly interval: readonly [number, number];
    /** Corrected p-value: significant below alpha. */
    readonly p: number;
}

/** What one block size found. */
export interface PyramidLevelResult {
    readonly blockPx: number;
    readonly tests: number;
    readonly significant: number;
    /** Smallest corrected p-value. */
    readonly p: number;
}

/** See {@link pyramidTest}. */
export interface PyramidResult {
    readonly same: boolean;
    /** Smallest corrected p-value of all tests; `same` means p > alpha. */
    readonly p: number;
    readonly levels: readonly PyramidLevelResult[];
    /** The most significant first, at most 64 of each level. */
    readonly findings: readonly PyramidFinding[];
    /** Relative brightness difference of the whole picture and its 95 % interval. */
    readonly bias: number;
    readonly biasInterval: readonly [number, number];
}

/** Findings kept of one level. */
const KEPT = 64;

interface Candidate {
    readonly index: number;
    readonly p: number;
}

/**
 * @param baseline - Moments to be met.
 * @param test - Moments of the same size and number of channels; the counts may differ.
 * @throws MixreelError `bad-input` for different sizes or options out of range.
 */
export function pyramidTest(baseline: MomentsImage, test: MomentsImage, options: PyramidOptions = {}): PyramidResult {
    const settings = checkOptions(options);
    checkSameShape(baseline, test);
    const levelsOf = settings.correlated ? correlatedLevels : independentLevels;
    const pyramid = levelsOf(baseline, test, settings.levels);
    const share = settings.alpha / settings.levels.length;
    const levels: PyramidLevelResult[] = [];
    const findings: PyramidFinding[] = [];
    for (const level of pyramid) {
        const floorOf = floorsOf(level, settings.resolution);
        const candidates = candidatesOf(level, floorOf, share);
        const adjusted = holmOfSmallest(candidates, level.tests).map((p) => Math.min(1, p * settings.levels.length));
        const significant = adjusted.filter((p) => p <= settings.alpha).length;
        levels.push({ blockPx: level.blockPx, tests: level.tests, significant, p: adjusted[0] ?? 1 });
        for (let i = 0; i < Math.min(KEPT, significant); i++) {
            findings.push(finding(baseline, level, candidates[i]!.index, adjusted[i]!, floorOf));
        }
    }
    const p = Math.min(...levels.map((level) => level.p));
    const bias = wholeBias(wholeOf(pyramid, baseline, test));
    return { same: p > settings.alpha, p, levels, findings, ...bias };
}

function checkOptions(options: PyramidOptions): Required<PyramidOptions> {
    const settings = { ...PYRAMID_DEFAULTS, ...options };
    const { alpha, levels, resolution } = settings;
    if (!(alpha > 0 && alpha < 1)) throw badInput(`alpha is ${alpha}`, 'a number between 0 and 1', 'Use 0.01');
    if (!(resolution >= 0 && resolution <= 0.1)) {
        throw badInput(`resolution is ${resolution}`, 'a number from 0 to 0.1', 'Use 0.0002');
    }
    const nested = levels.every((blockPx, i) => {
        const last = levels[i - 1];
        const whole = blockPx === Infinity || (Number.isInteger(blockPx) && blockPx >= 1);
        return whole && (last === undefined || (blockPx > last && (blockPx === Infinity || blockPx % last === 0)));
    });
    if (levels.length === 0 || !nested) {
        throw badInput(
            `levels are ${levels.join(', ')}`,
            'rising block sides in px, each dividing the next',
            'Use 1, 8, 32, Infinity'
        );
    }
    return settings;
}

function checkSameShape(a: MomentsImage, b: MomentsImage): void {
    checkMoments(a);
    checkMoments(b);
    if (a.widthPx === b.widthPx && a.heightPx === b.heightPx && a.channels === b.channels) return;
    throw badInput(
        `the picture is ${b.widthPx} x ${b.heightPx} with ${b.channels} channels`,
        `${a.widthPx} x ${a.heightPx} with ${a.channels} as the baseline`,
        'Render the same size, or approve the new one'
    );
}

/**
 * Tests that could be significant, smallest p first. A Holm rejection needs p <= share / (tests not yet rejected); unless
 * nearly all are rejected that is far below 1000 share / tests, and the normal tail is thinner than Student's.
 */
function candidatesOf(level: PyramidLevel, floorOf: (size: number) => number, share: number): Candidate[] {
    const least = Math.min(share, (1000 * share) / level.tests);
    const reach = normalQuantile(1 - least / 2) ** 2;
    const found = level.far(reach, floorOf).map((index) => ({ index, p: pValue(level.at(index), floorOf) }));
    return found.sort((a, b) => a.p - b.p || a.index - b.index);
}

/** What is not sought in a block: the resolution, of the block's size and a hundredth of the typical one (for black blocks). */
function floorsOf({ typical }: PyramidLevel, resolution: number): (size: number) => number {
    return (size) => resolution * (size + 0.01 * typical);
}

function pValue(sums: BlockSums, floorOf: (size: number) => number): number {
    const v = sums.variance + floorOf(sums.size) ** 2;
    return v === 0 ? 0 : studentTwoSided(sums.difference / Math.sqrt(v), degreesOf(sums));
}

/** Welch-Satterthwaite for a sum; without noise the floor decides, and it is not estimated from few values. */
function degreesOf({ variance, spread }: BlockSums): number {
    return spread > 0 ? Math.min(1e9, (variance * variance) / spread) : 1e9;
}

/** Holm's adjusted p-values when only the smallest of `tests` are given, in rising order. */
function holmOfSmallest(candidates: readonly Candidate[], tests: number): number[] {
    let largest = 0;
    return candidates.map(
        (candidate, rank) => (largest = Math.max(largest, Math.min(1, (tests - rank) * candidate.p)))
    );
}

function finding(
    image: MomentsImage,
    level: PyramidLevel,
    index: number,
    p: number,
    floorOf: (size: number) => number
): PyramidFinding {
    const sums = level.at(index);
    const { difference, variance, size } = sums;
    const reach = Math.sqrt(variance + floorOf(size) ** 2) * studentTwoSidedQuantile(0.95, degreesOf(sums));
    const channel = Math.floor(index / (level.across * level.down));
    const base = size || Number.MIN_VALUE;
    const interval = [(difference - reach) / base, (difference + reach) / base] as const;
    return { blockPx: level.blockPx, ...boxOf(level, image, index), channel, bias: difference / base, interval, p };
}

/**
 * Over all channels together. Those of one picture rise and fall together: their standard errors add, not their variances, and
 * the channel of the fewest degrees of freedom (Welch-Satterthwaite) gives the reach.
 */
function wholeBias(whole: PyramidLevel): Pick<PyramidResult, 'bias' | 'biasInterval'> {
    let [difference, size, error, degrees] = [0, 0, 0, 1e9];
    for (let c = 0; c < whole.tests; c++) {
        const sums = whole.at(c);
        difference += sums.difference;
        size += sums.size;
        error += Math.sqrt(sums.variance);
        degrees = Math.min(degrees, degreesOf(sums));
    }
    const base = size || Number.MIN_VALUE;
    const reach = error * studentTwoSidedQuantile(0.95, degrees);
    return { bias: difference / base, biasInterval: [(difference - reach) / base, (difference + reach) / base] };
}
