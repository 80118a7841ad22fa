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
import { blocksAlong, checkMoments, type MomentsImage, PYRAMID_LEVELS } from './moments-image.ts';

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

/** Sums over blocks of one size. */
interface LevelSums {
    readonly blockPx: number;
    readonly across: number;
    readonly down: number;
    /** Of (test - baseline), of the variance of that, of the Satterthwaite terms, of |baseline|. */
    readonly difference: Float64Array;
    readonly variance: Float64Array;
    readonly spread: Float64Array;
    readonly size: Float64Array;
}

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
    const sums = settings.correlated
        ? settings.levels.map((blockPx) => correlatedSums(baseline, test, blockPx))
        : independentSums(baseline, test, settings.levels);
    const share = settings.alpha / settings.levels.length;
    const levels: PyramidLevelResult[] = [];
    const findings: PyramidFinding[] = [];
    for (const level of sums) {
        const candidates = candidatesOf(level, settings.resolution, share);
        const tests = level.difference.length;
        const adjusted = holmOfSmallest(candidates, tests).map((p) => Math.min(1, p * settings.levels.length));
        const significant = adjusted.filter((p) => p <= settings.alpha).length;
        levels.push({ blockPx: level.blockPx, tests, significant, p: adjusted[0] ?? 1 });
        for (let i = 0; i < Math.min(KEPT, significant); i++) {
            findings.push(finding(baseline, level, candidates[i]!.index, adjusted[i]!, settings.resolution));
        }
    }
    const p = Math.min(...levels.map((level) => level.p));
    return { same: p > settings.alpha, p, levels, findings, ...wholeBias(sums, baseline, test) };
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

function emptySums(image: MomentsImage, blockPx: number): LevelSums {
    const across = blocksAlong(image.widthPx, blockPx);
    const down = blocksAlong(image.heightPx, blockPx);
    const n = image.channels * across * down;
    const array = (): Float64Array => new Float64Array(n);
    return { blockPx, across, down, difference: array(), variance: array(), spread: array(), size: array() };
}

/** The finest level from the samples, each coarser one from the one before it. */
function independentSums(a: MomentsImage, b: MomentsImage, levels: readonly number[]): LevelSums[] {
    const finest = emptySums(a, levels[0]!);
    addSamples(finest, a, b);
    const sums = [finest];
    for (const blockPx of levels.slice(1)) {
        const from = sums.at(-1)!;
        const to = emptySums(a, blockPx);
        const ratio = blockPx / from.blockPx;
        for (let c = 0; c < a.channels; c++) {
            for (let y = 0; y < from.down; y++) {
                for (let x = 0; x < from.across; x++) {
                    const i = (c * from.down + y) * from.across + x;
                    const j = (c * to.down + Math.floor(y / ratio)) * to.across + Math.floor(x / ratio);
                    to.difference[j]! += from.difference[i]!;
                    to.variance[j]! += from.variance[i]!;
                    to.spread[j]! += from.spread[i]!;
                    to.size[j]! += from.size[i]!;
                }
            }
        }
        sums.push(to);
    }
    return sums;
}

function addSamples(to: LevelSums, a: MomentsImage, b: MomentsImage): void {
    const { widthPx, heightPx, channels } = a;
    const [scaleA, scaleB] = [1 / ((a.count - 1) * a.count), 1 / ((b.count - 1) * b.count)];
    const [weightA, weightB] = [1 / (a.count - 1), 1 / (b.count - 1)];
    const { difference, variance, spread, size, blockPx, across, down } = to;
    let i = 0;
    for (let c = 0; c < channels; c++) {
        for (let y = 0; y < heightPx; y++) {
            const row = (c * down + Math.floor(y / blockPx)) * across;
            for (let x = 0; x < widthPx; x++, i++) {
                const j = blockPx === 1 ? row + x : row + Math.floor(x / blockPx);
                const va = a.m2[i]! * scaleA;
                const vb = b.m2[i]! * scaleB;
                difference[j]! += b.mean[i]! - a.mean[i]!;
                variance[j]! += va + vb;
                spread[j]! += va * va * weightA + vb * vb * weightB;
                size[j]! += Math.abs(a.mean[i]!);
            }
        }
    }
}

/** Block means are samples themselves here: difference and variance come from their own moments over repetitions. */
function correlatedSums(a: MomentsImage, b: MomentsImage, blockPx: number): LevelSums {
    const sums = emptySums(a, blockPx);
    const [blocksA, blocksB] = [a, b].map((image) =>
        blockPx === 1 ? image : image.blocks?.find((blocks) => blocks.blockPx === blockPx)
    );
    if (!blocksA || !blocksB) {
        throw badInput(
            `there are no moments of blocks of ${blockPx} px`,
            'both pictures with moments of blocks over repetitions',
            'Capture repetitions of different seeds with momentsOfFrames'
        );
    }
    const size = blockSizes(sums, a);
    for (let i = 0; i < sums.difference.length; i++) {
        const n = size[i % size.length]!;
        const va = blocksA.m2[i]! / (a.count - 1) / a.count;
        const vb = blocksB.m2[i]! / (b.count - 1) / b.count;
        sums.difference[i] = (blocksB.mean[i]! - blocksA.mean[i]!) * n;
        sums.variance[i] = (va + vb) * n * n;
        sums.spread[i] = ((va * va) / (a.count - 1)) * n ** 4 + ((vb * vb) / (b.count - 1)) * n ** 4;
        sums.size[i] = Math.abs(blocksA.mean[i]!) * n;
    }
    return sums;
}

/** Pixels in each block of one plane. */
function blockSizes(level: LevelSums, image: MomentsImage): Float64Array {
    const sizes = new Float64Array(level.across * level.down);
    for (let y = 0; y < level.down; y++)
        for (let x = 0; x < level.across; x++) {
            const box = boxOf(level, image, y * level.across + x);
            sizes[y * level.across + x] = box.widthPx * box.heightPx;
        }
    return sizes;
}

function boxOf(
    level: LevelSums,
    image: MomentsImage,
    index: number
): { x: number; y: number; widthPx: number; heightPx: number } {
    const inPlane = index % (level.across * level.down);
    const side = level.blockPx === Infinity ? Math.max(image.widthPx, image.heightPx) : level.blockPx;
    const x = (inPlane % level.across) * side;
    const y = Math.floor(inPlane / level.across) * side;
    return { x, y, widthPx: Math.min(side, image.widthPx - x), heightPx: Math.min(side, image.heightPx - y) };
}

/**
 * Tests that could be significant, smallest p first. A Holm rejection needs p <= share / (tests not yet rejected); unless
 * nearly all are rejected that is far below 1000 share / tests, and the normal tail is thinner than Student's.
 */
function candidatesOf(level: LevelSums, resolution: number, share: number): Candidate[] {
    const tests = level.difference.length;
    const least = Math.min(share, (1000 * share) / tests);
    const reach = normalQuantile(1 - least / 2) ** 2;
    const found: Candidate[] = [];
    const { difference, variance, spread } = level;
    const floors = floorsOf(level, resolution);
    for (let i = 0; i < tests; i++) {
        const d = difference[i]!;
        if (d === 0) continue;
        const v = variance[i]! + floors(i) ** 2;
        if (d * d < reach * v) continue;
        found.push({ index: i, p: pValue(d, v, variance[i]!, spread[i]!) });
    }
    return found.sort((a, b) => a.p - b.p || a.index - b.index);
}

/** What is not sought in block i: the resolution, of the block's size and a hundredth of the picture's (for black blocks). */
function floorsOf({ size }: LevelSums, resolution: number): (index: number) => number {
    const typical = size.reduce((sum, value) => sum + value, 0) / size.length;
    return (index) => resolution * (size[index]! + 0.01 * typical);
}

function pValue(d: number, v: number, noise: number, spread: number): number {
    if (v === 0) return 0;
    const t = d / Math.sqrt(v);
    return studentTwoSided(t, degreesOf(noise, spread));
}

/** Welch-Satterthwaite for a sum; without noise the floor decides, and it is not estimated from few values. */
function degreesOf(noise: number, spread: number): number {
    return spread > 0 ? Math.min(1e9, (noise * noise) / spread) : 1e9;
}

/** Holm's adjusted p-values when only the smallest of `tests` are given, in rising order. */
function holmOfSmallest(candidates: readonly Candidate[], tests: number): number[] {
    let largest = 0;
    return candidates.map(
        (candidate, rank) => (largest = Math.max(largest, Math.min(1, (tests - rank) * candidate.p)))
    );
}

function finding(image: MomentsImage, level: LevelSums, index: number, p: number, resolution: number): PyramidFinding {
    const [d, v, q, size] = [level.difference, level.variance, level.spread, level.size].map(
        (array) => array[index]!
    ) as [number, number, number, number];
    const reach =
        Math.sqrt(v + floorsOf(level, resolution)(index) ** 2) * studentTwoSidedQuantile(0.95, degreesOf(v, q));
    const channel = Math.floor(index / (level.across * level.down));
    const base = size || Number.MIN_VALUE;
    const interval = [(d - reach) / base, (d + reach) / base] as const;
    return { blockPx: level.blockPx, ...boxOf(level, image, index), channel, bias: d / base, interval, p };
}

/** Over all channels together, from the coarsest level. */
function wholeBias(
    sums: readonly LevelSums[],
    a: MomentsImage,
    b: MomentsImage
): Pick<PyramidResult, 'bias' | 'biasInterval'> {
    const coarse = sums.at(-1)!;
    const total = (array: Float64Array): number => array.reduce((sum, value) => sum + value, 0);
    const base = total(coarse.size) || Number.MIN_VALUE;
    const difference = total(coarse.difference);
    // Channels of one picture rise and fall together: their standard errors add, not their variances.
    let error = 0;
    const perPlane = coarse.difference.length / a.channels;
    for (let c = 0; c < a.channels; c++)
        error += Math.sqrt(total(coarse.variance.subarray(c * perPlane, (c + 1) * perPlane)));
    const reach = error * studentTwoSidedQuantile(0.95, Math.max(1, a.count + b.count - 2));
    return { bias: difference / base, biasInterval: [(difference - reach) / base, (difference + reach) / base] };
}
