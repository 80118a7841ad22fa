/**
 * The contracts of what travels: PDU Sets on their way out, PDU Sets that arrived, and what the network says of itself.
 * Terms are those of 3GPP TS 23.501 clause 5.7.7 (PDU Set based QoS). codec makes and reads them, xrnet carries them, and
 * neither knows the other.
 *
 * All times are integer nanoseconds on the clock of the run (2^53 ns is 104 days).
 */

/** One application data unit that only makes sense as a whole: a frame's layer, say. TS 23.501 5.7.7.1. */
export interface PduSet {
    /** The media stream (QoS flow) it belongs to: `eye-left/video`. */
    readonly stream: string;
    /** PDU Set sequence number in its stream, from 0, no gaps. */
    readonly sequence: number;
    /** PDU Set Importance: 1 is the highest, 15 the lowest. TS 26.522. */
    readonly importance: number;
    /** PDU Set Integrated Handling Information: true if the set is useless once any of its PDUs is lost. 5.7.7.4. */
    readonly integrated: boolean;
    /** When its first PDU is handed to the network. */
    readonly timeNs: number;
    /** PDU Set Delay Budget: the time from the first PDU sent to the last PDU received, in ns after `timeNs`. 5.7.7.2. */
    readonly deadlineNs: number;
    /** True if it is the last of its data burst. */
    readonly endOfBurst: boolean;
    /** The PDUs: at most 65,000 bytes each. */
    readonly units: readonly Uint8Array[];
}

/** Why a PDU Set came late or not at all. */
export type DelayCause =
    | 'queueing'
    | 'tdd'
    | 'transmission'
    | 'harq'
    | 'core'
    | 'handover'
    | 'discarded'
    | 'residual-error';

/** What became of a PDU Set. */
export interface PduSetArrival {
    /** The set as it was sent. */
    readonly set: PduSet;
    /** Unit i as it arrived, or null if it did not. Same length as `set.units`. */
    readonly received: readonly (Uint8Array | null)[];
    /** When the last received unit arrived, or null if none did. */
    readonly arrivedNs: number | null;
    /** `complete`: every unit; `incomplete`: some; `lost`: none. */
    readonly outcome: 'complete' | 'incomplete' | 'lost';
    /** True if the last unit came after `timeNs + deadlineNs`, or never. */
    readonly late: boolean;
    /** How the delay came about: ns spent in each cause; they sum to `arrivedNs - timeNs` if the set arrived. */
    readonly delayNs: Readonly<Partial<Record<DelayCause, number>>>;
    /** The largest cause if the set was late or not complete, else null. */
    readonly reason: DelayCause | null;
}

/** What the network tells the application (service of network; 3GPP Rel-18 XRM): the feedback from xrnet to the others. */
export interface NetworkState {
    readonly timeNs: number;
    /** Rate the application is advised to stay under, bit/s. */
    readonly recommendedRateBps: number;
    /** Share of PDUs that carried an ECN congestion mark since the last state, 0 to 1. */
    readonly congestionMarks: number;
    /** One-way delay of the newest complete frame, ns, or null before the first. */
    readonly frameDelayNs: number | null;
    /** How much later the application should start its bursts to miss the others', ns. */
    readonly burstOffsetNs: number;
}
