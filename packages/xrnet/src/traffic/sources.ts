/** Where a flow's PDU Sets come from: a model's generator, sets that were recorded, or sets that exist. */
import { badInput, checkPduSet, type PduSet, type Rng, type RngStream } from '@mixreel/core';
import type { FrameKind } from '../mac/psihi.ts';
import type { AckClock } from './ack-clock.ts';
import type { BulkModel, PeriodicModel, PoissonModel, RecordedModel, TrafficModel } from './models.ts';
import { Source } from './source.ts';
import { TruncatedGaussian } from './truncated-gaussian.ts';
import { VideoSource } from './video-source.ts';

/** Most bytes of one set: counters of bytes have 31 bits, headers included. */
const MAX_SET_BYTES = 1e9;

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

/** Recorded sets in laps, from a place of the recording that is the user's own. */
class RecordedSource extends Source {
    readonly #model: RecordedModel;
    readonly #endNs: number;
    /** Sets so far, counted from the start of the recording, and when that start is, ns. */
    #index: number;
    readonly #startNs: number;

    constructor(model: RecordedModel, rng: Rng, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        const { timesNs, lapNs } = model;
        this.#startNs = offsetNs ?? -Math.floor(rng.stream('offset').float() * lapNs);
        const first = timesNs.findIndex((timeNs) => this.#startNs + timeNs >= 0);
        this.#index = first < 0 ? timesNs.length : first;
        this.integrated = model.integrated;
    }

    next(): boolean {
        const { timesNs, sizesBytes, importances, agesNs, lapNs, deadlineNs } = this.#model;
        const place = this.#index % timesNs.length;
        const lap = (this.#index - place) / timesNs.length;
        const dueNs = this.#startNs + lap * lapNs + (timesNs[place] as number);
        if (dueNs >= this.#endNs) return false;
        this.#index++;
        this.importance = importances[place] as number;
        this.kind = kindOf(this.importance);
        // Nothing is left of a budget that was spent before; the set is late then, and not refused.
        this.generated(dueNs, sizesBytes[place] as number, Math.max(1, deadlineNs - (agesNs?.[place] ?? 0)));
        return true;
    }
}

/** What a set of an importance is to those after it, where nothing else says it. */
function kindOf(importance: number): FrameKind {
    return importance === 1 ? 'intra' : importance < 8 ? 'reference' : 'disposable';
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
        this.kind = kindOf(set.importance);
        this.integrated = set.integrated;
        return true;
    }
}

/** A generator of `model`. `rng` is the flow's own; `offsetNs` defaults to a random phase; nothing is due from `endNs` on. */
export function trafficSource(model: TrafficModel, rng: Rng, offsetNs: number | undefined, endNs: number): Source {
    if (model.kind === 'video') return new VideoSource(model, rng, offsetNs, endNs);
    if (model.kind === 'periodic') return new PeriodicSource(model, rng, offsetNs, endNs);
    if (model.kind === 'recorded') return new RecordedSource(model, rng, offsetNs, endNs);
    if (model.kind === 'bulk') return new BulkSource(model, offsetNs, endNs);
    return new PoissonSource(model, rng, offsetNs, endNs);
}
