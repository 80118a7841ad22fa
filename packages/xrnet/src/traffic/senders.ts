/**
 * Congestion control of senders, clocked by acknowledgements: how many bytes may be on their way.
 *
 * - `reno`: RFC 5681. Slow start, one segment more a round trip, half after a loss; ECN is not asked for.
 * - `prague`: RFC 9331 and draft-briscoe-iccrg-prague-congestion-control: alpha follows the marked share with gain 1/16 a round
 *   trip, a round trip with a mark cuts the window by alpha / 2; growth below a round trip of 25 ms is slowed by the square of
 *   the ratio, so that short ways do not take all.
 * - `scream`: draft-johansson-ccwg-rfc8298bis-screamv2: a reference window with the same cut, gain 1/8 up and 1/128 down, at
 *   most once in 30 ms; growth of a segment and 2 % a round trip, held back for 100 round trips after congestion; a loss takes
 *   30 %; the window never exceeds twice what is on its way.
 *
 * "Like" the originals: pacing, ECN validation, fallback to classic queues and the drafts' many guards are left out; what
 * remains is the control law, which is what shapes the queue.
 */
import { badInput } from '@mixreel/core';

/** The rules. */
export type SenderName = 'reno' | 'prague' | 'scream';

/** Every rule, for messages. */
export const SENDER_NAMES: readonly SenderName[] = Object.freeze(['reno', 'prague', 'scream']);

/** Segment that windows grow by, bytes. */
export const SEGMENT_BYTES = 1460;
/** Round trip below which scalable senders slow their growth, ns. */
const VIRTUAL_RTT_NS = 25_000_000;
const LEAST_SEGMENTS = 3;
const INITIAL_SEGMENTS = 10;
const MOST_BYTES = 1e9;

/** What the three have in common: round trips, and one cut in each. */
export abstract class Sender {
    /** Bytes that may be on their way. */
    windowBytes: number;
    /** Smoothed round trip, ns; 0 before the first acknowledgement. */
    smoothedRttNs = 0;
    /** Until when a cut has been made already. */
    protected recoverNs = -1;
    protected slowStart = true;

    constructor(windowBytes: number = INITIAL_SEGMENTS * SEGMENT_BYTES) {
        this.windowBytes = windowBytes;
    }

    /** True if its packets ask for L4S marks (ECT(1)). */
    abstract readonly l4s: boolean;

    /** Rate that the window makes, bit/s; 0 before the first acknowledgement. */
    get rateBps(): number {
        return this.smoothedRttNs === 0 ? 0 : (8e9 * this.windowBytes) / this.smoothedRttNs;
    }

    /**
     * An acknowledgement came back.
     *
     * @param bytes - Acknowledged; `markedBytes` of them carried a mark.
     * @param rttNs - From their sending to now.
     * @param flightBytes - On their way before this acknowledgement.
     */
    acknowledged(nowNs: number, bytes: number, markedBytes: number, rttNs: number, flightBytes: number): void {
        this.smoothedRttNs += (rttNs - this.smoothedRttNs) / (this.smoothedRttNs === 0 ? 1 : 8);
        this.marks(nowNs, bytes, markedBytes);
        this.grow(nowNs, bytes - markedBytes, flightBytes);
        this.windowBytes = Math.max(LEAST_SEGMENTS * SEGMENT_BYTES, Math.min(MOST_BYTES, this.windowBytes));
    }

    /** A loss was noticed. */
    lost(nowNs: number): void {
        this.slowStart = false;
        if (nowNs < this.recoverNs) return;
        this.cut(nowNs, this.lossShare);
    }

    protected abstract readonly lossShare: number;
    protected abstract marks(nowNs: number, bytes: number, markedBytes: number): void;
    protected abstract grow(nowNs: number, bytes: number, flightBytes: number): void;

    protected cut(nowNs: number, share: number): void {
        this.windowBytes = Math.max(LEAST_SEGMENTS * SEGMENT_BYTES, this.windowBytes * (1 - share));
        this.recoverNs = nowNs + this.pauseNs;
    }

    /** Time in which one cut is enough. */
    protected get pauseNs(): number {
        return this.smoothedRttNs;
    }

    /** One segment a round trip. */
    protected segmentShare(bytes: number): number {
        return (SEGMENT_BYTES * bytes) / this.windowBytes;
    }

    /** Slowing of growth on short ways. */
    protected shortWay(): number {
        return Math.min(1, this.smoothedRttNs / VIRTUAL_RTT_NS) ** 2;
    }
}

class Reno extends Sender {
    readonly l4s = false;
    protected readonly lossShare = 0.5;

    protected marks(): void {}

    protected grow(nowNs: number, bytes: number): void {
        if (this.slowStart) this.windowBytes += bytes;
        else if (nowNs >= this.recoverNs) this.windowBytes += this.segmentShare(bytes);
    }
}

/** Prague and SCReAM: alpha and the cut by half of it. */
abstract class Scalable extends Sender {
    readonly l4s = true;
    /** Smoothed share of marks, 0 to 1. */
    protected alpha = 1;
    #roundEndNs = 0;
    #roundBytes = 0;
    #roundMarked = 0;

    protected abstract gain(share: number): number;

    protected marks(nowNs: number, bytes: number, markedBytes: number): void {
        this.#roundBytes += bytes;
        this.#roundMarked += markedBytes;
        if (markedBytes > 0 && this.slowStart) {
            // The first mark ends the slow start, and says how far it was to go: alpha starts at the share of this round.
            this.slowStart = false;
            this.alpha = Math.max(1 / 16, this.#roundMarked / this.#roundBytes);
        }
        if (nowNs >= this.#roundEndNs) {
            const share = this.#roundMarked / Math.max(1, this.#roundBytes);
            if (!this.slowStart) this.alpha += this.gain(share) * (share - this.alpha);
            this.#roundEndNs = nowNs + Math.max(this.smoothedRttNs, VIRTUAL_RTT_NS);
            this.#roundBytes = 0;
            this.#roundMarked = 0;
        }
        if (markedBytes > 0 && nowNs >= this.recoverNs) this.cut(nowNs, this.alpha / 2);
    }
}

class Prague extends Scalable {
    protected readonly lossShare = 0.5;

    protected gain(): number {
        return 1 / 16;
    }

    protected grow(_nowNs: number, bytes: number): void {
        this.windowBytes += this.slowStart ? bytes : this.segmentShare(bytes) * this.shortWay();
    }
}

const SCREAM_PAUSE_NS = 30_000_000;
const SCREAM_INCREASE = 0.02;
const SCREAM_CALM_ROUNDS = 100;
const SCREAM_HEADROOM = 2;

class Scream extends Scalable {
    protected readonly lossShare = 0.3;
    #congestedNs = Number.NEGATIVE_INFINITY;

    protected gain(share: number): number {
        return share > this.alpha ? 1 / 8 : 1 / 128;
    }

    protected override cut(nowNs: number, share: number): void {
        super.cut(nowNs, share);
        this.#congestedNs = nowNs;
    }

    protected override get pauseNs(): number {
        return Math.min(SCREAM_PAUSE_NS, Math.max(this.smoothedRttNs, VIRTUAL_RTT_NS));
    }

    protected grow(nowNs: number, bytes: number, flightBytes: number): void {
        const calmNs = nowNs - this.#congestedNs;
        const calm = Math.min(1, calmNs / (SCREAM_CALM_ROUNDS * Math.max(this.smoothedRttNs, VIRTUAL_RTT_NS)));
        const faster = 1 + (SCREAM_INCREASE * this.windowBytes * calm) / SEGMENT_BYTES;
        const wanted = this.windowBytes + this.segmentShare(bytes) * this.shortWay() * faster;
        const most = Math.max(this.windowBytes, SCREAM_HEADROOM * flightBytes + SEGMENT_BYTES);
        this.windowBytes = Math.min(wanted, most);
    }
}

class FixedWindow extends Sender {
    readonly l4s = false;
    protected readonly lossShare = 0;

    protected marks(): void {}
    protected grow(): void {}
}

/** A window that nothing changes: full-buffer load. */
export function fixedWindow(windowBytes: number): Sender {
    return new FixedWindow(windowBytes);
}

/** A sender at its start. `windowBytes`: its first window; default ten segments. */
export function createSender(name: SenderName, windowBytes?: number): Sender {
    if (name === 'reno') return new Reno(windowBytes);
    if (name === 'prague') return new Prague(windowBytes);
    if (name === 'scream') return new Scream(windowBytes);
    throw badInput(`the sender is ${String(name)}`, SENDER_NAMES.join(', '), 'Name one of the rules');
}
