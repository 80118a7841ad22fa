/**
 * Where a flow's PDU Sets come from, one at a time: a model's generator, or sets that already exist. A source is one object
 * whose fields hold the newest set, so that drawing the next allocates nothing.
 */
import { badInput, checkPduSet, type PduSet, type Rng, type RngStream } from '@mixreel/core';
import type { FrameKind } from '../mac/psihi.ts';
import type { AckClock } from './ack-clock.ts';
import type { BulkModel, PeriodicModel, PoissonModel, TrafficModel, VideoModel } from './models.ts';
import { TruncatedGaussian } from './truncated-gaussian.ts';

/** Payload of one PDU of generated traffic: 1500 bytes less IP, UDP and RTP. */
export const UNIT_PAYLOAD_BYTES = 1460;
/** Most bytes of one set: counters of bytes have 31 bits, headers included. */
const MAX_SET_BYTES = 1e9;

/** The newest PDU Set of a flow. Fields are valid after `next()` returned true. */
export abstract class Source {
    /** When it is handed to the network, ns; never decreases. */
    timeNs = 0;
    /** Payload bytes. */
    sizeBytes = 0;
    /** PDUs. */
    units = 0;
    deadlineNs = 0;
    importance = 1;
    integrated = true;
    /** What it is to the sets after it. */
    kind: FrameKind = 'intra';
    /** The set itself, if it exists. */
    set: PduSet | null = null;

    /** Share of the nominal rate to send, 0 to 1; sets that exist are what they are. */
    factor = 1;
    /** Phase of its bursts, ns. */
    offsetNs = 0;
    /** Delay of all bursts from now on, ns. */
    shiftNs = 0;
    /** What its sender is told; null without one. */
    clock: AckClock | null = null;

    /** Moves to the next set; false at the end of the stream. */
    abstract next(): boolean;

    protected generated(timeNs: number, sizeBytes: number, deadlineNs: number): void {
        this.timeNs = Math.max(this.timeNs, timeNs);
        this.sizeBytes = sizeBytes;
        this.units = Math.ceil(sizeBytes / UNIT_PAYLOAD_BYTES);
        this.deadlineNs = deadlineNs;
    }
}

/** TR 38.838 5.1.1.1 and 5.1.1.2: sizes, I/P pattern by GOP or by slice, jitter. */
class VideoSource extends Source {
    readonly #model: VideoModel;
    readonly #endNs: number;
    readonly #intra: TruncatedGaussian;
    readonly #predicted: TruncatedGaussian;
    readonly #jitter: TruncatedGaussian;
    readonly #sizes: RngStream;
    readonly #jitters: RngStream;
    readonly #offsetNs: number;
    readonly #slices: number;
    /** Frames so far, the place of the next set in its frame, and when the frame is handed over, ns. */
    #frame = 0;
    #slice = 0;
    #frameNs = 0;
    #walkNs = 0;

    constructor(model: VideoModel, rng: Rng, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        const { slices } = model;
        this.#slices = slices;
        const mean = model.rateBps / 8 / model.fps / slices;
        const group = Math.max(model.gop, slices);
        const predicted = (group * mean) / (model.intraOverPredicted + group - 1);
        const sized = (m: number): TruncatedGaussian =>
            new TruncatedGaussian(m, model.sizeStd * m, model.sizeMin * m, model.sizeMax * m);
        this.#predicted = sized(predicted);
        this.#intra = sized(predicted * model.intraOverPredicted);
        this.#jitter = new TruncatedGaussian(0, model.jitter.stdNs, -model.jitter.maxNs, model.jitter.maxNs);
        this.#sizes = rng.stream('size');
        this.#jitters = rng.stream('jitter');
        this.#offsetNs = offsetNs ?? Math.floor(rng.stream('offset').float() * (1e9 / model.fps));
        this.offsetNs = this.#offsetNs;
        this.integrated = model.integrated;
    }

    next(): boolean {
        const slice = this.#slice;
        if (slice === 0 && !this.#nextFrame()) return false;
        this.#slice = (slice + 1) % this.#slices;
        const sliced = this.#slices > 1;
        const intra = sliced ? slice === 0 : (this.#frame - 1) % this.#model.gop === 0;
        const size = (intra ? this.#intra : this.#predicted).quantile(this.#sizes.float()) * this.factor;
        this.importance = intra ? 1 : 3;
        // A lost slice is mended as the intra slice passes over its place: no other one is useless without it.
        this.kind = sliced ? 'disposable' : intra ? 'intra' : 'reference';
        this.generated(this.#frameNs, Math.max(1, Math.round(size)), this.#model.deadlineNs);
        return true;
    }

    /** Draws when the next frame is handed over; false at the end. */
    #nextFrame(): boolean {
        const k = this.#frame;
        const dueNs = this.#offsetNs + this.shiftNs + (k * 1e9) / this.#model.fps;
        if (dueNs >= this.#endNs) return false;
        this.#frame++;
        let jitterNs = this.#jitter.quantile(this.#jitters.float());
        if (this.#model.jitter.accumulates) {
            // The k-th gap is 1 / fps + J_k; the first frame keeps its time.
            this.#walkNs += k === 0 ? 0 : jitterNs;
            jitterNs = this.#walkNs;
        }
        this.#frameNs = Math.max(0, Math.round(dueNs + jitterNs));
        return true;
    }
}

class PeriodicSource extends Source {
    readonly #model: PeriodicModel;
    readonly #endNs: number;
    readonly #jitter: TruncatedGaussian;
    readonly #jitters: RngStream;
    readonly #offsetNs: number;
    #index = 0;

    constructor(model: PeriodicModel, rng: Rng, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        this.#jitter = new TruncatedGaussian(0, model.jitter.stdNs, -model.jitter.maxNs, model.jitter.maxNs);
        this.#jitters = rng.stream('jitter');
        this.#offsetNs = offsetNs ?? Math.floor(rng.stream('offset').float() * model.periodNs);
    }

    next(): boolean {
        const dueNs = this.#offsetNs + this.#index++ * this.#model.periodNs;
        if (dueNs >= this.#endNs) return false;
        const jitterNs = this.#model.jitter.maxNs > 0 ? this.#jitter.quantile(this.#jitters.float()) : 0;
        this.generated(Math.max(0, Math.round(dueNs + jitterNs)), this.#model.sizeBytes, this.#model.deadlineNs);
        return true;
    }
}

class PoissonSource extends Source {
    readonly #model: PoissonModel;
    readonly #endNs: number;
    readonly #gaps: RngStream;
    #dueNs: number;

    constructor(model: PoissonModel, rng: Rng, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        this.#gaps = rng.stream('gap');
        this.#dueNs = offsetNs ?? 0;
    }

    next(): boolean {
        this.#dueNs += (this.#gaps.exponential() * 1e9) / this.#model.ratePerS;
        if (this.#dueNs >= this.#endNs) return false;
        this.generated(Math.round(this.#dueNs), this.#model.sizeBytes, this.#model.deadlineNs);
        return true;
    }
}

/** Packets as fast as the window lets them; see BulkModel. Without a sender, `flightBytes` is counted by the clock all the same. */
class BulkSource extends Source {
    readonly #model: BulkModel;
    readonly #endNs: number;

    constructor(model: BulkModel, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        this.timeNs = offsetNs ?? 0;
        this.integrated = false;
        this.kind = 'disposable';
        this.importance = 15;
    }

    next(): boolean {
        const clock = this.clock as AckClock;
        const { packetBytes, deadlineNs } = this.#model;
        clock.applyUntil(this.timeNs);
        while (clock.flightBytes > 0 && clock.flightBytes + packetBytes > clock.sender.windowBytes) {
            if (clock.nextNs === Infinity) return false;
            this.timeNs = clock.nextNs;
            clock.applyUntil(this.timeNs);
        }
        if (this.timeNs >= this.#endNs) return false;
        this.generated(this.timeNs, packetBytes, deadlineNs);
        return true;
    }
}

/** Sets that exist: given at once, or pushed one by one while the cell runs. */
export class SetSource extends Source {
    readonly #path: string;
    readonly #queue: PduSet[] = [];
    #lastNs = 0;
    #index = 0;

    constructor(path: string, sets: readonly PduSet[]) {
        super();
        this.#path = path;
        for (const set of sets) this.push(set);
    }

    /** Adds a set; throws `bad-input` if it is malformed or earlier than the one before it. */
    push(set: PduSet): void {
        if (checkPduSet(set).timeNs < this.#lastNs) {
            throw badInput(
                `${this.#path} set ${set.sequence} is handed over at ${set.timeNs} ns`,
                `${this.#lastNs} ns or later, the time of the set before it`,
                'Sort the PDU Sets of a flow by timeNs'
            );
        }
        const bytes = set.units.reduce((sum, unit) => sum + unit.length, 0);
        if (bytes > MAX_SET_BYTES) {
            throw badInput(
                `${this.#path} set ${set.sequence} has ${bytes} bytes`,
                `at most ${MAX_SET_BYTES}`,
                'Send it as several sets'
            );
        }
        this.#lastNs = set.timeNs;
        this.#queue.push(set);
    }

    next(): boolean {
        if (this.#index >= this.#queue.length) return false;
        const set = this.#queue[this.#index++] as PduSet;
        if (this.#index === 1024) {
            this.#queue.splice(0, this.#index);
            this.#index = 0;
        }
        this.set = set;
        this.timeNs = set.timeNs;
        this.sizeBytes = 0;
        for (const unit of set.units) this.sizeBytes += unit.length;
        this.units = set.units.length;
        this.deadlineNs = set.deadlineNs;
        this.importance = set.importance;
        this.kind = set.importance === 1 ? 'intra' : set.importance < 8 ? 'reference' : 'disposable';
        this.integrated = set.integrated;
        return true;
    }
}

/** A generator of `model`. `rng` is the flow's own; `offsetNs` defaults to a random phase; nothing is due from `endNs` on. */
export function trafficSource(model: TrafficModel, rng: Rng, offsetNs: number | undefined, endNs: number): Source {
    if (model.kind === 'video') return new VideoSource(model, rng, offsetNs, endNs);
    if (model.kind === 'periodic') return new PeriodicSource(model, rng, offsetNs, endNs);
    if (model.kind === 'bulk') return new BulkSource(model, offsetNs, endNs);
    return new PoissonSource(model, rng, offsetNs, endNs);
}
