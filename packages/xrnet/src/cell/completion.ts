/**
 * The end of a PDU Set: once all its bytes are delivered or lost, its flow's figures, its sender and whoever waits for it are
 * told.
 */
import type { PduSet } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import type { FrameKind } from '../mac/psihi.ts';
import type { SetStore } from '../mac/set-store.ts';
import type { AckClock } from '../traffic/ack-clock.ts';
import { UNIT_PAYLOAD_BYTES } from '../traffic/source.ts';
import type { FlowState } from './flow.ts';
import { arrivalOf, type TracedArrival } from './outcome.ts';

/** Kinds of frames by their number in the store. */
export const FRAME_KINDS: readonly FrameKind[] = ['intra', 'reference', 'disposable'];

/** See the file comment. */
export class Completion {
    /** Sets so far. */
    count = 0;
    /** Flows that stopped for want of acknowledgements and got one. */
    readonly woken: number[] = [];
    readonly #config: CellConfig;
    readonly #sets: SetStore;
    readonly #flows: readonly FlowState[];
    readonly #onArrival: (arrival: TracedArrival, flow: number) => void;

    constructor(
        config: CellConfig,
        sets: SetStore,
        flows: readonly FlowState[],
        onArrival: (arrival: TracedArrival, flow: number) => void
    ) {
        this.#config = config;
        this.#sets = sets;
        this.#flows = flows;
        this.#onArrival = onArrival;
    }

    /** All bytes of a set are delivered or lost: its row is given back. */
    finish(set: number, nowNs: number): void {
        const sets = this.#sets;
        const flow = this.#flows[sets.flow[set] as number] as FlowState;
        const object = sets.objects[set];
        this.count++;
        if (this.#config.discard.dependents && (sets.lost[set] as number) > 0) {
            const kind = FRAME_KINDS[sets.kind[set] as number] as FrameKind;
            flow.chain.lost(kind, sets.sequence[set] as number);
        }
        if (flow.clock) this.#tell(set, flow, flow.clock, nowNs);
        if (object) this.#finishObject(set, flow, object);
        else this.#finishGenerated(set, flow);
        sets.release(set);
    }

    /** What became of a set goes back to its sender. */
    #tell(set: number, flow: FlowState, clock: AckClock, nowNs: number): void {
        const sets = this.#sets;
        const sentNs = sets.timeNs[set] as number;
        const packets = Math.ceil((sets.bytes[set] as number) / (UNIT_PAYLOAD_BYTES + this.#config.unitHeaderBytes));
        const payload = (sets.bytes[set] as number) - packets * this.#config.unitHeaderBytes;
        if ((sets.lost[set] as number) > 0) clock.lost(nowNs, sentNs, payload);
        else {
            const share = Math.min(1, (sets.marked[set] as number) / packets);
            clock.arrived(sets.arrivedNs[set] as number, sentNs, payload, share);
        }
        if (!flow.armed && flow.nominalBps === 0) this.woken.push(sets.flow[set] as number);
    }

    #finishGenerated(set: number, flow: FlowState): void {
        const sets = this.#sets;
        const units = Math.ceil((sets.bytes[set] as number) / (UNIT_PAYLOAD_BYTES + this.#config.unitHeaderBytes));
        let broken = (sets.lost[set] as number) > 0;
        if (this.#config.unitLossRate > 0)
            for (let i = 0; i < units && !broken; i++)
                broken = this.#lostOutside(flow, sets.sequence[set] as number, i);
        if (broken) {
            flow.recorder.addBroken(sets.delivered[set] as number);
            return;
        }
        const timeNs = sets.timeNs[set] as number;
        flow.recorder.addComplete(
            (sets.arrivedNs[set] as number) - timeNs,
            (sets.expiryNs[set] as number) - timeNs,
            sets.delivered[set] as number,
            sets.queueingNs[set] as number,
            sets.tddNs[set] as number,
            sets.transmissionNs[set] as number,
            sets.harqNs[set] as number,
            sets.handoverNs[set] as number
        );
    }

    #finishObject(set: number, flow: FlowState, object: PduSet): void {
        const sets = this.#sets;
        const sequence = sets.sequence[set] as number;
        const lostOutside = (unit: number): boolean => this.#lostOutside(flow, sequence, unit);
        const records = sets.records[set] ?? [];
        const arrival = arrivalOf(object, records, this.#config.unitHeaderBytes, lostOutside, flow.ue, flow.direction);
        const bytes = arrival.received.reduce((sum, unit) => sum + (unit?.length ?? 0), 0);
        if (arrival.outcome === 'complete' && arrival.arrivedNs !== null) {
            const { queueing = 0, tdd = 0, transmission = 0, harq = 0, handover = 0 } = arrival.delayNs;
            const delayNs = arrival.arrivedNs - object.timeNs;
            flow.recorder.addComplete(delayNs, object.deadlineNs, bytes, queueing, tdd, transmission, harq, handover);
        } else flow.recorder.addBroken(bytes);
        this.#onArrival(arrival, sets.flow[set] as number);
    }

    #lostOutside(flow: FlowState, sequence: number, unit: number): boolean {
        const rate = this.#config.unitLossRate;
        return rate > 0 && flow.losses.at(sequence * 65_536 + unit) / 4294967296 < rate;
    }
}
