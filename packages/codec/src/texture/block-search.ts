/**
 * The encoder's choices inside one coding tree unit; see {@link TextureEncoder}. Candidates of a block are coded in full (all planes,
 * transform, levels, reconstruction) and the cheapest stays; four smaller blocks are tried against it.
 */
import { type BitEncoder, COST_ONE_BIT } from '../entropy/binary-rans.ts';
import { BlockCoder, clearCells, codedContext, markCells, store } from './block-coder.ts';
import { type BlockHeader, codeHeader, codeSplit, predictMotion } from './block-syntax.ts';
import { LARGEST_LEVEL } from './coefficients.ts';
import { CODED } from './contexts.ts';
import { INTRA_MODES, MODE_BASE } from './intra.ts';
import { addCellMotion, type MotionMatch, MotionSearch } from './motion-search.ts';
import { lambdaOfQp, PLANE_WEIGHT, planeQp, stepOfQp } from './quantiser.ts';
import type { TextureInput } from './texture-encoder.ts';
import { LOG2_CTU, MODE_INTER, MODE_SKIP, type TextureState } from './texture-state.ts';

/** Rounding of the quantiser, share of a step: below one half, since zero is cheaper than it looks. */
const ROUND_INTRA = 0.33;
const ROUND_INTER = 0.2;
/** Squared error is in 1/12 of Y's; see PLANE_WEIGHT. */
const WEIGHT_ONE = 12;

/** One way to code a block, with everything needed to put it back. */
class Candidate {
    readonly samples: Int16Array[];
    readonly levels: Int16Array[];
    readonly header: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };
    coded = 0;
    cost = Number.POSITIVE_INFINITY;

    constructor() {
        this.samples = Array.from({ length: 4 }, () => new Int16Array(1024));
        this.levels = Array.from({ length: 4 }, () => new Int16Array(1024));
    }
}

/** Holds the scratch memory of one encoder. */
export class BlockSearch {
    readonly blocks: BlockCoder = new BlockCoder();
    /** Chosen levels in the planes' layout. */
    levels: Int16Array[] = [];
    readonly #motion: MotionSearch = new MotionSearch(this.blocks.motion);
    /** Best and next candidate of each block size, by log2Size. */
    readonly #best: Candidate[] = Array.from({ length: LOG2_CTU + 1 }, () => new Candidate());
    #spare: Candidate = new Candidate();
    readonly #prediction: Int16Array = new Int16Array(1024);
    readonly #coefficients: Int32Array = new Int32Array(1024);
    readonly #predicted: BlockHeader = { mode: 0, motionX: 0, motionY: 0 };
    readonly #match: MotionMatch = { motionX: 0, motionY: 0, cost: 0 };
    readonly #candidates: Int32Array = new Int32Array(16);
    #state!: TextureState;
    #input!: TextureInput;
    #coder!: BitEncoder;
    #unit = 0;
    #qp = 0;
    /** Weighted squared error that 1/1024 bit is worth; SAD that one bit is worth. */
    #lambda = 0;
    #sadPrice = 0;

    begin(state: TextureState, input: TextureInput): void {
        this.#state = state;
        this.#input = input;
        const samples = state.stride * state.rows;
        if (this.levels.length !== state.planeCount || this.levels[0]!.length !== samples) {
            this.levels = Array.from({ length: state.planeCount }, () => new Int16Array(samples));
        }
    }

    /** Decides the CTU at (x, y): fills the state's grid and planes, and `levels`. */
    searchCtu(coder: BitEncoder, unit: number, x: number, y: number, qp: number): void {
        this.#coder = coder;
        this.#unit = unit;
        this.#qp = qp;
        const lambda = lambdaOfQp(qp);
        this.#lambda = (lambda * WEIGHT_ONE) / COST_ONE_BIT;
        this.#sadPrice = Math.sqrt(lambda);
        coder.measuring = true;
        const before = coder.cost;
        this.#tree(x, y, LOG2_CTU);
        coder.cost = before;
        coder.measuring = false;
    }

    #tree(x: number, y: number, log2Size: number): number {
        const s = this.#state;
        const best = this.#best[log2Size]!;
        best.cost = Number.POSITIVE_INFINITY;
        if (s.reference) this.#tryInter(x, y, log2Size);
        const kept = this.#best[log2Size]!;
        const size = 1 << log2Size;
        // From inside the picture only where the reference does not already give the block to within its quantiser.
        const step = stepOfQp(this.#qp) / 16;
        if (kept.cost > 0.06 * step * step * size * size * WEIGHT_ONE && !this.#wellMatched(x, y, size)) {
            this.#tryIntra(x, y, log2Size);
        }
        if (s.strongBase) this.#try(x, y, log2Size, MODE_BASE, 0, 0);
        const leaf = this.#best[log2Size]!;
        let cost = leaf.cost;
        if (log2Size > 3) {
            cost += this.#splitPrice(x, y, log2Size, 0);
            if (leaf.cost === Number.POSITIVE_INFINITY) {
                clearCells(s, x, y, log2Size);
                return this.#four(x, y, log2Size, cost);
            }
            if (this.#worthSplitting(leaf, log2Size)) {
                clearCells(s, x, y, log2Size);
                const split = this.#four(x, y, log2Size, cost);
                if (split < cost) return split;
            }
        }
        this.#commit(leaf, x, y, log2Size);
        return cost;
    }

    /** True if the reference gives the block far better than its own mean would: prediction from inside would lose. */
    #wellMatched(x: number, y: number, size: number): boolean {
        const s = this.#state;
        if (!s.reference) return false;
        const source = this.#input.source[0]!;
        let sum = 0;
        let activity = 0;
        for (let v = 0; v < size; v++) {
            const row = (y + v) * s.stride + x;
            for (let u = 0; u < size; u++) sum += source[row + u]!;
        }
        const mean = sum / (size * size);
        for (let v = 0; v < size; v++) {
            const row = (y + v) * s.stride + x;
            for (let u = 0; u < size; u++) activity += Math.abs(source[row + u]! - mean);
        }
        return this.#match.cost < 0.4 * activity;
    }

    /** A block with no residual at all, skipped, is left whole. */
    #worthSplitting(leaf: Candidate, log2Size: number): boolean {
        if (leaf.header.mode !== MODE_SKIP) return true;
        const step = stepOfQp(this.#qp) / 16;
        return leaf.cost > 0.03 * step * step * (1 << (2 * log2Size)) * WEIGHT_ONE;
    }

    #four(x: number, y: number, log2Size: number, most: number): number {
        const half = 1 << (log2Size - 1);
        let cost = this.#splitPrice(x, y, log2Size, 1);
        for (let i = 0; i < 4 && cost < most; i++) {
            cost += this.#tree(x + (i & 1) * half, y + (i >> 1) * half, log2Size - 1);
        }
        return cost;
    }

    #splitPrice(x: number, y: number, log2Size: number, value: number): number {
        const before = this.#coder.cost;
        codeSplit(this.#coder, this.#state, this.#unit, x, y, log2Size, value);
        return (this.#coder.cost - before) * this.#lambda;
    }

    #commit(c: Candidate, x: number, y: number, log2Size: number): void {
        const s = this.#state;
        const size = 1 << log2Size;
        for (let p = 0; p < s.planeCount; p++) {
            const plane = s.planes[p]!;
            const levels = this.levels[p]!;
            const has = (c.coded >> p) & 1;
            for (let v = 0; v < size; v++) {
                const at = (y + v) * s.stride + x;
                for (let u = 0; u < size; u++) plane[at + u] = c.samples[p]![v * size + u]!;
                if (has) for (let u = 0; u < size; u++) levels[at + u] = c.levels[p]![v * size + u]!;
            }
        }
        markCells(s, this.#unit, x, y, log2Size, c.header, c.coded);
    }

    #tryInter(x: number, y: number, log2Size: number): void {
        const s = this.#state;
        const size = 1 << log2Size;
        const predicted = this.#predicted;
        predictMotion(s, this.#unit, x, y, size, predicted);
        const { motionX, motionY } = predicted;
        this.#try(x, y, log2Size, MODE_SKIP, motionX, motionY);
        const step = stepOfQp(this.#qp) / 16;
        if (this.#best[log2Size]!.cost < 0.02 * step * step * size * size * WEIGHT_ONE) return;
        const candidates = this.#candidates;
        candidates[0] = motionX;
        candidates[1] = motionY;
        candidates[2] = 0;
        candidates[3] = 0;
        let count = 4;
        const { hintX, hintY } = this.#input;
        if (hintX && hintY) {
            const cell = ((y + (size >> 1)) >> 3) * s.cellStride + ((x + (size >> 1)) >> 3);
            candidates[count++] = hintX[cell]!;
            candidates[count++] = hintY[cell]!;
        }
        if (log2Size < LOG2_CTU) {
            const around = this.#best[log2Size + 1]!.header;
            if (around.mode >= MODE_INTER) {
                candidates[count++] = around.motionX;
                candidates[count++] = around.motionY;
            }
        }
        count = addCellMotion(s, this.#unit, x - 1, y, candidates, count);
        count = addCellMotion(s, this.#unit, x, y - 1, candidates, count);
        this.#motion.find(
            s,
            this.#input.source[0]!,
            x,
            y,
            size,
            candidates,
            count,
            motionX,
            motionY,
            this.#sadPrice,
            step,
            this.#match
        );
        this.#try(x, y, log2Size, MODE_INTER, this.#match.motionX, this.#match.motionY);
    }

    #tryIntra(x: number, y: number, log2Size: number): void {
        const s = this.#state;
        const size = 1 << log2Size;
        const intra = this.blocks.intra;
        const has = intra.gather(s.planes[0]!, s.base[0]!, s.stride, s.unitOf, s.cellStride, this.#unit, x, y, size);
        const source = this.#input.source[0]!;
        const base = s.base[0]!;
        const block = this.#prediction;
        let bestMode = 2;
        let secondMode = -1;
        let best = Number.POSITIVE_INFINITY;
        let second = Number.POSITIVE_INFINITY;
        for (let mode = has ? 0 : 2; mode < (has ? INTRA_MODES : 3); mode++) {
            intra.predict(mode, log2Size, block);
            let cost = mode <= 1 ? 0 : this.#sadPrice * 2;
            for (let v = 0; v < size && cost < second; v++) {
                const row = (y + v) * s.stride + x;
                for (let u = 0; u < size; u++)
                    cost += Math.abs(source[row + u]! - base[row + u]! - block[v * size + u]!);
            }
            if (cost < best) {
                second = best;
                secondMode = bestMode;
                best = cost;
                bestMode = mode;
            } else if (cost < second) {
                second = cost;
                secondMode = mode;
            }
        }
        // Far off the quantiser's reach: smaller blocks will do better, the full price of this one need not be known.
        const hopeless = best > size * size * (4 + (1.5 * stepOfQp(this.#qp)) / 16);
        if (hopeless && log2Size > 3 && this.#best[log2Size]!.cost === Number.POSITIVE_INFINITY) return;
        this.#try(x, y, log2Size, bestMode, 0, 0);
        if (secondMode >= 0 && second < 1.04 * best) this.#try(x, y, log2Size, secondMode, 0, 0);
    }

    /** Codes the block one way; keeps it if it is the cheapest so far. */
    #try(x: number, y: number, log2Size: number, mode: number, motionX: number, motionY: number): void {
        const s = this.#state;
        const c = this.#spare;
        const best = this.#best[log2Size]!;
        const coder = this.#coder;
        c.header.mode = mode;
        c.header.motionX = motionX;
        c.header.motionY = motionY;
        c.coded = 0;
        const before = coder.cost;
        if (s.reference) predictMotion(s, this.#unit, x, y, 1 << log2Size, this.#predicted);
        codeHeader(coder, s, this.#unit, x, y, c.header, this.#predicted);
        c.cost = (coder.cost - before) * this.#lambda;
        for (let p = 0; p < s.planeCount && c.cost < best.cost; p++) this.#tryPlane(c, p, x, y, log2Size);
        if (c.cost < best.cost) {
            this.#best[log2Size] = c;
            this.#spare = best;
        }
    }

    #tryPlane(c: Candidate, p: number, x: number, y: number, log2Size: number): void {
        const s = this.#state;
        const coder = this.#coder;
        const size = 1 << log2Size;
        const source = this.#input.source[p]!;
        const weight = PLANE_WEIGHT[p]!;
        const samples = c.samples[p]!;
        const prediction = this.#prediction;
        this.#predictPlane(c, p, x, y, log2Size);
        store(p, size, prediction, null, samples, 0, size);
        const error = squaredError(source, y * s.stride + x, s.stride, samples, size);
        const plain = error * weight;
        if (c.header.mode === MODE_SKIP) {
            c.cost += plain;
            return;
        }
        const context = CODED + codedContext(p, log2Size, c.coded);
        let before = coder.cost;
        coder.bit(context, 0);
        const without = plain + (coder.cost - before) * this.#lambda;
        // No coefficient is larger than the root of the squared error (Parseval; clipping only lowers it).
        const step = stepOfQp(planeQp(this.#qp, p)) / 16;
        if (error < 0.4 * step * step || !this.#quantise(c, p, x, y, log2Size)) {
            c.cost += without;
            return;
        }
        before = coder.cost;
        coder.bit(context, 1);
        const { coefficients, extent } = this.blocks;
        coefficients.code(coder, p === 1 || p === 2 ? 1 : 0, log2Size, c.levels[p]!, 0, size, extent);
        const bits = (coder.cost - before) * this.#lambda;
        if (bits >= without) {
            c.cost += without;
            return;
        }
        this.blocks.dequantise(p, log2Size, this.#qp, c.levels[p]!, extent);
        store(p, size, prediction, this.blocks.residual, samples, 0, size);
        const withResidual = bits + squaredError(source, y * s.stride + x, s.stride, samples, size) * weight;
        if (withResidual < without) {
            c.cost += withResidual;
            c.coded |= 1 << p;
        } else {
            store(p, size, prediction, null, samples, 0, size);
            c.cost += without;
        }
    }

    #predictPlane(c: Candidate, p: number, x: number, y: number, log2Size: number): void {
        const s = this.#state;
        this.blocks.predict(s, this.#unit, p, x, y, log2Size, c.header, this.#prediction);
    }

    /** Transforms the residual and quantises it into the candidate's levels; false if all are zero. */
    #quantise(c: Candidate, p: number, x: number, y: number, log2Size: number): boolean {
        const s = this.#state;
        const size = 1 << log2Size;
        const source = this.#input.source[p]!;
        const residual = this.blocks.residual;
        for (let v = 0; v < size; v++) {
            const row = (y + v) * s.stride + x;
            for (let u = 0; u < size; u++) residual[v * size + u] = source[row + u]! - this.#prediction[v * size + u]!;
        }
        const coefficients = this.#coefficients;
        this.blocks.dct.forward(residual, coefficients, log2Size);
        const step = stepOfQp(planeQp(this.#qp, p));
        const scale = 1 / step;
        const round = c.header.mode >= MODE_INTER ? ROUND_INTER : ROUND_INTRA;
        // Below this a level is zero: most are, so that is asked first.
        const dead = Math.ceil((1 - round) * step);
        const levels = c.levels[p]!;
        let any = 0;
        for (let i = 0; i < size * size; i++) {
            const value = coefficients[i]!;
            if (value < dead && value > -dead) {
                levels[i] = 0;
                continue;
            }
            const level = Math.min(LARGEST_LEVEL, ((value < 0 ? -value : value) * scale + round) | 0);
            levels[i] = value < 0 ? -level : level;
            any |= level;
        }
        return any !== 0;
    }
}

function squaredError(source: Int16Array, offset: number, stride: number, samples: Int16Array, size: number): number {
    let sum = 0;
    for (let v = 0; v < size; v++) {
        const row = offset + v * stride;
        for (let u = 0; u < size; u++) {
            const d = source[row + u]! - samples[v * size + u]!;
            sum += d * d;
        }
    }
    return sum;
}
