/**
 * What a flow's PDU Sets come out of, one at a time. A source is one object whose fields hold the newest set, so that drawing the
 * next allocates nothing. The kinds: src/traffic/sources.ts, src/traffic/video-source.ts.
 */
import type { PduSet } from '@mixreel/core';
import type { FrameKind } from '../mac/psihi.ts';
import type { AckClock } from './ack-clock.ts';

/** Payload of one PDU of generated traffic: 1500 bytes less IP, UDP and RTP. */
export const UNIT_PAYLOAD_BYTES = 1460;

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
