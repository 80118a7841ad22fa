/**
 * From frames to what arrives of them: encoding and the cell in one loop on one clock. Before each frame the cell is advanced to
 * the frame's time; its newest network state sets the encoder's rate, and a loss that the receiver has seen by then asks for a
 * frame that refers to no other. The whole is then run once more in one go for its log: a second path to the same result.
 */
import { type EncodedFrame, FrameEncoder, type FrameEncoderOptions } from '@mixreel/codec';
import { MixreelError, type NetworkState, type Progress, type Rng, throwIfAborted } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import {
    Cell,
    type CellConfig,
    type CellResult,
    type Flow,
    simulateCell,
    type TracedArrival,
    type TrafficModel
} from '@mixreel/xrnet';

/** What {@link carry} is given besides the frames. */
export interface CarryOptions {
    readonly cell: CellConfig;
    /** Users besides ours, each with a downlink stream of this traffic. */
    readonly otherUsers: number;
    readonly otherTraffic: TrafficModel;
    readonly encoder: Partial<FrameEncoderOptions>;
    readonly rng: Rng;
    readonly progress: Progress;
}

/** What became of the frames. */
export interface Carried {
    readonly encoded: readonly EncodedFrame[];
    /** Arrivals of our PDU Sets, by frame. */
    readonly arrivals: readonly (readonly TracedArrival[])[];
    /** Network states of our user. */
    readonly states: readonly NetworkState[];
    readonly result: CellResult;
}

/** Our user's number; the others follow. */
export const OUR_USER = 0;

/** See the file comment. `frames` have rising `timeNs`. */
export async function carry(frames: readonly Frame[], options: CarryOptions): Promise<Carried> {
    const { progress } = options;
    const encoder = new FrameEncoder(options.encoder);
    const loop = new Loop(options);
    const encoded: EncodedFrame[] = [];
    for (const [i, frame] of frames.entries()) {
        throwIfAborted(progress, 'encoding');
        const news = loop.advanceTo(frame.timeNs);
        if (news.state) encoder.onNetworkState(news.state);
        if (news.lost) encoder.requestRefresh();
        const coded = encoder.encode(frame);
        for (const set of coded.pduSets) loop.push(set);
        encoded.push(coded);
        progress.report?.(i + 1, frames.length, 'encoding and sending');
        await new Promise((resolve) => setImmediate(resolve));
    }
    const sets = encoded.flatMap((frame) => frame.pduSets);
    const flows = [{ ue: OUR_USER, name: 'ours', pduSets: sets }, ...otherFlows(options)];
    const result = simulateCell(options.cell, flows, { rng: options.rng });
    loop.requireSame(result.arrivals);
    const bySet = new Map(result.arrivals.map((arrival) => [arrival.set, arrival]));
    const arrivals = encoded.map((frame) => frame.pduSets.map((set) => bySet.get(set) as TracedArrival));
    return { encoded, arrivals, states: result.states.filter((state) => state.ue === OUR_USER), result };
}

function otherFlows({ otherUsers, otherTraffic }: CarryOptions): Flow[] {
    return Array.from({ length: otherUsers }, (_, i) => ({ ue: OUR_USER + 1 + i, traffic: otherTraffic }));
}

/** The cell in step with the encoder. */
class Loop {
    readonly #cell: Cell;
    readonly #arrivals: TracedArrival[] = [];
    #newest: NetworkState | null = null;
    #lost = false;

    constructor(options: CarryOptions) {
        this.#cell = new Cell(options.cell, options.rng, {
            onState: (state) => {
                if (state.ue === OUR_USER) this.#newest = state;
            },
            onArrival: (arrival) => {
                this.#arrivals.push(arrival);
                if (arrival.late || arrival.outcome !== 'complete') this.#lost = true;
            }
        });
        this.#cell.addFlow({ ue: OUR_USER, name: 'ours', pduSets: [] });
        for (const flow of otherFlows(options)) this.#cell.addFlow(flow);
    }

    /** What became known since the last call. */
    advanceTo(timeNs: number): { state: NetworkState | null; lost: boolean } {
        this.#cell.advanceTo(timeNs);
        const news = { state: this.#newest, lost: this.#lost };
        this.#newest = null;
        this.#lost = false;
        return news;
    }

    push(set: Parameters<Cell['push']>[1]): void {
        this.#cell.push(0, set);
    }

    /** Both paths simulate the same cell: any difference is a defect. */
    requireSame(arrivals: readonly TracedArrival[]): void {
        while (this.#cell.pending > 0) this.#cell.advanceTo(this.#cell.nowNs + 100_000_000);
        const times = new Map(arrivals.map((arrival) => [arrival.set, arrival.arrivedNs]));
        const differs = this.#arrivals.some((arrival) => times.get(arrival.set) !== arrival.arrivedNs);
        if (!differs && this.#arrivals.length === arrivals.length) return;
        throw new MixreelError('internal', {
            what: 'the cell gave two results for the same PDU Sets',
            mend: 'Report this with the command line and the seed'
        });
    }
}
