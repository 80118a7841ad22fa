/**
 * Keeps the stream near a rate: a leaky bucket over the frames' real bytes and, for each kind of frame, the observation that
 * bits fall by half every few QP steps. It coarsens at once and refines slowly: bits are so steep in QP where a path tracer's grain meets
 * the quantiser (measured: 700 to 12,000 bits a frame between QP 29 and 23) that an even-handed rule swings for ever.
 */
import type { NetworkState } from '@mixreel/core';
import { LARGEST_QP } from './texture/quantiser.ts';

/** QP steps that halve the bits: fewer than the theory's 6, since grain below the step vanishes at once. */
const STEPS_PER_HALVING = 4;
/** An intra frame may take this many predicted frames' bits. */
const INTRA_SHARE = 5;
/** Share of the recommended rate that is used. */
const USED_SHARE = 0.9;
/** Seconds in which the bucket's debt is paid back. */
const PAY_BACK_S = 0.5;
/** Most QP steps from one frame of a kind to the next: up (coarser) at once, down with care, so that it settles. */
const LARGEST_RISE = 8;
const LARGEST_FALL = 1;
/** Most of a frame's share that saved bits may buy. */
const LARGEST_BUDGET = 1.1;

/** See the file comment. */
export class RateControl {
    readonly #framesPerSecond: number;
    readonly #gopLength: number;
    #targetBps: number | null;
    #debtBits = 0;
    #qp: number;
    /** Bits and QP of the last frame of each kind. */
    readonly #last: { intra: { bits: number; qp: number } | null; predicted: { bits: number; qp: number } | null } = {
        intra: null,
        predicted: null
    };

    constructor(qp: number, targetBps: number | null, framesPerSecond: number, gopLength: number) {
        this.#qp = qp;
        this.#targetBps = targetBps;
        this.#framesPerSecond = framesPerSecond;
        this.#gopLength = gopLength;
    }

    /** Rate that the stream is kept under, bit/s, or null: constant quality. */
    get targetBps(): number | null {
        return this.#targetBps;
    }

    onNetworkState(state: NetworkState): void {
        // Half of a full share of congestion marks is answered at once, as DCTCP does (RFC 8257: 1 - marks / 2).
        const marks = Math.max(0, Math.min(1, state.congestionMarks));
        const target = state.recommendedRateBps * USED_SHARE * (1 - marks / 2);
        if (target > 0 && Number.isFinite(target)) this.#targetBps = target;
    }

    /** QP for the next frame. */
    qpFor(kind: 'intra' | 'predicted'): number {
        if (this.#targetBps === null) return this.#qp;
        const perFrame = this.#targetBps / this.#framesPerSecond;
        const share = kind === 'intra' ? INTRA_SHARE : 1;
        const average = (this.#gopLength - 1 + INTRA_SHARE) / this.#gopLength;
        const payBack = this.#debtBits / (PAY_BACK_S * this.#framesPerSecond);
        const budget = Math.max(0.1, Math.min(LARGEST_BUDGET, 1 - payBack / perFrame)) * perFrame * (share / average);
        const last = this.#last[kind];
        if (!last) return this.#qp;
        const steps = Math.ceil(STEPS_PER_HALVING * Math.log2(last.bits / budget) - 0.5);
        const move = Math.max(-LARGEST_FALL, Math.min(LARGEST_RISE, steps));
        return Math.max(0, Math.min(LARGEST_QP, last.qp + move));
    }

    /** Tells what the frame became. */
    coded(kind: 'intra' | 'predicted', qp: number, bits: number): void {
        this.#last[kind] = { bits: Math.max(1, bits), qp };
        if (this.#targetBps === null) return;
        this.#qp = qp;
        const capacity = this.#targetBps * PAY_BACK_S;
        this.#debtBits = Math.max(
            -capacity,
            Math.min(2 * capacity, this.#debtBits + bits - this.#targetBps / this.#framesPerSecond)
        );
    }
}
