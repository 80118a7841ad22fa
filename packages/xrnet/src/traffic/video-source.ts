/**
 * TR 38.838 5.1.1.1 and 5.1.1.2, and the P-traces of TS 26.926 as a process: sizes, I/P pattern by GOP or by slice, jitter, two
 * eyes, and slices that leave as they are encoded.
 */
import type { Rng, RngStream } from '@mixreel/core';
import type { VideoModel } from './models.ts';
import { Source } from './source.ts';
import { TruncatedGaussian } from './truncated-gaussian.ts';

/** See the file comment. Streams of one eye draw what they drew before there were two. */
export class VideoSource extends Source {
    readonly #model: VideoModel;
    readonly #endNs: number;
    readonly #intra: TruncatedGaussian;
    readonly #predicted: TruncatedGaussian;
    readonly #jitter: TruncatedGaussian;
    readonly #sizes: RngStream;
    readonly #jitters: RngStream;
    /** Time that a slice takes, and its draws; null: none. */
    readonly #encoding: { readonly slice: TruncatedGaussian; readonly draws: RngStream } | null;
    readonly #offsetNs: number;
    readonly #slices: number;
    /** Eye buffers begun so far, the place of the next set in its own, and when the frame is handed over, ns. */
    #buffers = 0;
    #slice = 0;
    #frameNs = 0;
    #walkNs = 0;
    /** From the start of the frame to the end of the newest slice's encoding, ns. */
    #encodedNs = 0;

    constructor(model: VideoModel, rng: Rng, offsetNs: number | undefined, endNs: number) {
        super();
        this.#model = model;
        this.#endNs = endNs;
        const { slices, eyes, encoding } = model;
        this.#slices = slices;
        const mean = model.rateBps / 8 / model.fps / slices / eyes;
        const group = Math.max(model.gop, slices);
        const predicted = (group * mean) / (model.intraOverPredicted + group - 1);
        const sized = (m: number): TruncatedGaussian =>
            new TruncatedGaussian(m, model.sizeStd * m, model.sizeMin * m, model.sizeMax * m);
        this.#predicted = sized(predicted);
        this.#intra = sized(predicted * model.intraOverPredicted);
        this.#jitter = new TruncatedGaussian(0, model.jitter.stdNs, -model.jitter.maxNs, model.jitter.maxNs);
        this.#sizes = rng.stream('size');
        this.#jitters = rng.stream('jitter');
        const shares = slices * eyes;
        this.#encoding = encoding && {
            slice: new TruncatedGaussian(
                encoding.meanNs / shares,
                encoding.stdNs / shares,
                0,
                Math.max(encoding.meanNs, 1e9 / model.fps) / shares
            ),
            draws: rng.stream('encoding')
        };
        this.#offsetNs = offsetNs ?? Math.floor(rng.stream('offset').float() * (1e9 / model.fps));
        this.offsetNs = this.#offsetNs;
        this.integrated = model.integrated;
    }

    next(): boolean {
        const slice = this.#slice;
        if (slice === 0 && !this.#nextBuffer()) return false;
        this.#slice = (slice + 1) % this.#slices;
        const sliced = this.#slices > 1;
        const frame = Math.floor((this.#buffers - 1) / this.#model.eyes);
        const intra = sliced ? slice === 0 : frame % this.#model.gop === 0;
        const size = (intra ? this.#intra : this.#predicted).quantile(this.#sizes.float()) * this.factor;
        this.importance = intra ? 1 : 3;
        // A lost slice is mended as the intra slice passes over its place: no other one is useless without it.
        this.kind = sliced ? 'disposable' : intra ? 'intra' : 'reference';
        const encoding = this.#encoding;
        if (encoding) this.#encodedNs += Math.round(encoding.slice.quantile(encoding.draws.float()));
        this.generated(this.#frameNs + this.#encodedNs, Math.max(1, Math.round(size)), this.#model.deadlineNs);
        return true;
    }

    /** Draws when the next eye's frame is handed over; false at the end. Eyes that are not interleaved share a frame's time. */
    #nextBuffer(): boolean {
        const { eyes, fps, interleaved, jitter } = this.#model;
        const eye = this.#buffers % eyes;
        const k = (this.#buffers - eye) / eyes;
        const apart = interleaved && eye === 1 ? 0.5 : 0;
        const dueNs = this.#offsetNs + this.shiftNs + ((k + apart) * 1e9) / fps;
        if (dueNs >= this.#endNs) return false;
        this.#buffers++;
        if (eye === 1 && !interleaved) return true;
        let jitterNs = this.#jitter.quantile(this.#jitters.float());
        if (jitter.accumulates) {
            // The k-th gap is 1 / fps + J_k; the first frame keeps its time.
            this.#walkNs += k === 0 ? 0 : jitterNs;
            jitterNs = this.#walkNs;
        }
        this.#frameNs = Math.max(0, Math.round(dueNs + jitterNs));
        this.#encodedNs = 0;
        return true;
    }
}
