/**
 * A noisy picture as what is known of it: mean, sum of squared deviations and count for each sample position. Two such
 * pictures can be compared by a test that knows the noise, whichever machine made them; a single picture cannot.
 *
 * Moments come from independent repetitions: samples of one render, or better frames of different seeds (batches). Where
 * pixels of one frame depend on each other (ReSTIR, denoisers, blue noise, one seed for all pixels), only the batches are
 * independent, and the moments of block means over batches are kept too.
 */
import { badInput } from '@mixreel/core';
import type { Frame } from '@mixreel/image';

/** Moments of the means of square blocks, over batches. Rows of blocks top to bottom, planes one after the other. */
export interface BlockMoments {
    /** Side of a block in px; the last block of a row or column may be cut off. `Infinity`: the whole picture. */
    readonly blockPx: number;
    readonly mean: Float64Array;
    readonly m2: Float64Array;
}

/** See the file comment. */
export interface MomentsImage {
    readonly widthPx: number;
    readonly heightPx: number;
    /** Planes: 3 for colour. */
    readonly channels: number;
    /** Independent repetitions, at least 2. */
    readonly count: number;
    /** `channels * widthPx * heightPx`, planar, rows top to bottom. */
    readonly mean: Float32Array;
    /** Sum over repetitions of (value - mean)^2; same layout. */
    readonly m2: Float32Array;
    /** For correlated estimators: moments of block means. */
    readonly blocks?: readonly BlockMoments[];
}

/** Sides of the pyramid's blocks, px. Each divides the next. */
export const PYRAMID_LEVELS: readonly number[] = Object.freeze([1, 8, 32, Infinity]);

/** Blocks in a row of `sizePx` pixels. */
export function blocksAlong(sizePx: number, blockPx: number): number {
    return blockPx === Infinity ? 1 : Math.ceil(sizePx / blockPx);
}

/** Collects repetitions of one picture, one by one (Welford), so that frames need not all be kept. */
export class MomentsAccumulator {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly channels: number;
    count = 0;
    readonly #mean: Float64Array;
    readonly #m2: Float64Array;
    readonly #blocks: readonly { readonly blockPx: number; readonly mean: Float64Array; readonly m2: Float64Array }[];

    constructor(widthPx: number, heightPx: number, channels: number = 3, levels: readonly number[] = PYRAMID_LEVELS) {
        this.widthPx = widthPx;
        this.heightPx = heightPx;
        this.channels = channels;
        this.#mean = new Float64Array(channels * widthPx * heightPx);
        this.#m2 = new Float64Array(channels * widthPx * heightPx);
        this.#blocks = levels
            .filter((blockPx) => blockPx !== 1)
            .map((blockPx) => {
                const n = channels * blocksAlong(widthPx, blockPx) * blocksAlong(heightPx, blockPx);
                return { blockPx, mean: new Float64Array(n), m2: new Float64Array(n) };
            });
    }

    /** Takes one repetition in: planar data of the size of the picture. */
    add(data: ArrayLike<number>): this {
        if (data.length !== this.#mean.length) {
            throw badInput(
                `a repetition has ${data.length} values`,
                `${this.channels} x ${this.widthPx} x ${this.heightPx}`,
                'Repeat the same picture'
            );
        }
        this.count++;
        accumulate(data, this.#mean, this.#m2, this.count);
        for (const block of this.#blocks) {
            const means = blockMeans(data, this.widthPx, this.heightPx, this.channels, block.blockPx);
            accumulate(means, block.mean, block.m2, this.count);
        }
        return this;
    }

    /** The moments so far; further repetitions do not change them. */
    finish(): MomentsImage {
        if (this.count < 2) {
            throw badInput(`${this.count} repetitions were taken`, 'at least 2', 'Render it with several seeds');
        }
        const { widthPx, heightPx, channels, count } = this;
        const mean = Float32Array.from(this.#mean);
        const blocks = this.#blocks.map((b) => ({ blockPx: b.blockPx, mean: b.mean.slice(), m2: b.m2.slice() }));
        return { widthPx, heightPx, channels, count, mean, m2: Float32Array.from(this.#m2), blocks };
    }
}

/** Moments of frames of one size that differ only in their seeds. */
export function momentsOfFrames(frames: Iterable<Frame>): MomentsImage {
    let accumulator: MomentsAccumulator | undefined;
    for (const frame of frames) {
        accumulator ??= new MomentsAccumulator(frame.widthPx, frame.heightPx);
        if (frame.widthPx !== accumulator.widthPx || frame.heightPx !== accumulator.heightPx) {
            throw badInput(
                `a frame is ${frame.widthPx} x ${frame.heightPx} pixels`,
                `${accumulator.widthPx} x ${accumulator.heightPx} as the first`,
                'Render all repetitions in one size'
            );
        }
        accumulator.add(frame.layer('color'));
    }
    if (!accumulator) throw badInput('there are no repetitions', 'at least 2 frames', 'Render it with several seeds');
    return accumulator.finish();
}

/** Throws `bad-input` unless the arrays have the lengths that the sizes say. */
export function checkMoments(moments: MomentsImage): void {
    const n = moments.channels * moments.widthPx * moments.heightPx;
    if (!(moments.count >= 2) || moments.mean.length !== n || moments.m2.length !== n) {
        throw badInput(
            `moments of ${moments.count} repetitions hold ${moments.mean.length} means and ${moments.m2.length} sums`,
            `at least 2 repetitions and ${n} of each`,
            'Use MomentsAccumulator or momentsOfFrames'
        );
    }
}

function accumulate(data: ArrayLike<number>, mean: Float64Array, m2: Float64Array, count: number): void {
    for (let i = 0; i < mean.length; i++) {
        const value = data[i]!;
        const delta = value - mean[i]!;
        mean[i]! += delta / count;
        m2[i]! += delta * (value - mean[i]!);
    }
}

function blockMeans(
    data: ArrayLike<number>,
    widthPx: number,
    heightPx: number,
    channels: number,
    blockPx: number
): Float64Array {
    const across = blocksAlong(widthPx, blockPx);
    const down = blocksAlong(heightPx, blockPx);
    const sums = new Float64Array(channels * across * down);
    const counts = new Float64Array(across * down);
    for (let c = 0; c < channels; c++) {
        for (let y = 0; y < heightPx; y++) {
            const row = (c * down + Math.floor(y / blockPx)) * across;
            for (let x = 0; x < widthPx; x++) {
                const block = Math.floor(x / blockPx);
                sums[row + block]! += data[(c * heightPx + y) * widthPx + x]!;
                if (c === 0) counts[row + block]!++;
            }
        }
    }
    return sums.map((sum, i) => sum / counts[i % counts.length]!);
}
