/**
 * What one cell is: carrier, frame structure, scheduling, HARQ, link adaptation, users' radio. Checked once, at the border,
 * by src/resolve-config.ts.
 */
import type { AqmConfig } from './mac/aqm.ts';
import type { ConfiguredGrant } from './mac/configured-grant.ts';
import type { CongestionDrop } from './mac/congestion-drop.ts';
import type { DrxConfig } from './mac/drx-listener.ts';
import type { Interruption } from './mac/handover.ts';
import type { SinrMapping } from './phy/effective-sinr.ts';
import type { McsTableName } from './phy/mcs.ts';
import type { TdlName } from './phy/tdl.ts';

/** Who is served first; see src/mac/scheduler.ts. */
export type SchedulerName = 'psdb' | 'edf' | 'pf' | 'round-robin' | 'fair-share';

/** How users share a slot: PRBs of all its symbols, or symbols of all its PRBs. */
export type Multiplexing = 'frequency' | 'time';

/** How a user's radio varies: shadowing and fading around a mean. */
export interface RadioConfig {
    /** Mean SINR a layer, dB, -20 to 60. */
    readonly sinrDb: number;
    /** Mean SINR of the uplink over that of the downlink, dB, -80 to 80. */
    readonly uplinkOffsetDb: number;
    /** Standard deviation of the shadowing drawn once a user, dB, 0 to 20. */
    readonly shadowStdDb: number;
    /** Small-scale fading; null for none. */
    readonly fading: FadingConfig | null;
    /** Times without service, in order: handovers. See src/mac/handover.ts. */
    readonly interruptions: readonly Interruption[];
}

/** Rice fading averaged over independent branches. */
export interface FadingConfig {
    /** Power of the line of sight over that of the scattered paths, dB, -40 (Rayleigh) to 40. */
    readonly kFactorDb: number;
    /** Largest Doppler shift, Hz, 0 to 2000: 11 at 3 km/h and 4 GHz. */
    readonly dopplerHz: number;
    /** Independent branches (frequency and antennas) that wideband power averages, 1 to 16. */
    readonly branches: number;
}

/** Fidelity L2: the carrier as subbands that fade apart. */
export interface SubbandConfig {
    /** Subbands, 1 to 19, each reported and scheduled apart: 9 of 30 PRB on 100 MHz. */
    readonly count: number;
    /** Power delay profile of TR 38.901. */
    readonly profile: TdlName;
    /** Delay spread, ns, 0 to 5000: 30 short, 100 nominal, 300 long (TR 38.901 table 7.7.3-1). */
    readonly delaySpreadNs: number;
    /** One SINR from many; see src/phy/effective-sinr.ts. */
    readonly mapping: SinrMapping;
}

/** A further carrier: numerology, parts, antennas and everything that is not here are those of the cell. */
export interface CarrierConfig {
    /** Resource blocks, 1 to 275. */
    readonly bandwidthPrb: number;
    /** Letters D, U, S, F; see TddPattern. S is cut as the cell's. */
    readonly pattern: string;
    /** Mean SINR over that of the first carrier, dB, -60 to 60. Shadowing and fading are drawn for each carrier. */
    readonly sinrOffsetDb: number;
}

/** A second node for dual connectivity; everything that is not here is as in the cell. See src/cell/dual-connectivity.ts. */
export interface SecondaryConfig {
    /** Resource blocks, 1 to 275. */
    readonly bandwidthPrb: number;
    /** Letters D, U, S, F; see TddPattern. S is cut as the cell's. */
    readonly pattern: string;
    /** Mean SINR over that of the cell, dB, -60 to 60. Shadowing and fading are its own. */
    readonly sinrOffsetDb: number;
    /** From node to node, one way, ns, 0 to 100 ms. */
    readonly backhaulNs: number;
}

/** How much of the radio is modelled: L1 one SINR for the carrier, L2 subbands. */
export type Fidelity = 'L1' | 'L2';

/** One cell. */
export interface CellConfig {
    /** Subcarrier spacing 15 kHz x 2^mu: mu from 0 to 4. 1 is 30 kHz, slots of 0.5 ms. */
    readonly numerology: number;
    /** Resource blocks of the carrier, 1 to 275. 273 is 100 MHz at 30 kHz. */
    readonly bandwidthPrb: number;
    readonly tdd: {
        /** Letters D, U, S, F; see TddPattern. */
        readonly pattern: string;
        /** Downlink, guard and uplink symbols of an S slot. */
        readonly special: readonly [number, number, number];
        /** Units that a slot is cut into: 1, or 2 for mini-slots of seven symbols. Fields that count slots count units. */
        readonly parts: 1 | 2;
    };
    /** Further carriers of the cell, at most 15, aggregated in the MAC: one queue a user, served on all of them. */
    readonly carriers: readonly CarrierConfig[];
    /** A second node, for flows whose `bearer` says so; null for none. */
    readonly secondary: SecondaryConfig | null;
    /** MCS table of TS 38.214 5.1.3.1. */
    readonly mcsTable: McsTableName;
    /** Spatial layers, 1 to 8. */
    readonly layers: { readonly downlink: number; readonly uplink: number };
    /** Symbols of each slot that control takes from data, 0 to 3. */
    readonly controlSymbols: number;
    /** Resource elements a PRB and slot for DM-RS, 0 to 48: 12 is one symbol. */
    readonly dmrsRe: number;
    /** MAC, RLC and PDCP bytes of each transport block, 0 to 64. */
    readonly blockHeaderBytes: number;
    /** Bytes that each PDU gains on its way (IP, UDP, RTP), 0 to 128. */
    readonly unitHeaderBytes: number;
    readonly multiplexing: Multiplexing;
    readonly scheduler: SchedulerName;
    /** Whole slots between a PDU's arrival at the scheduler and the first slot it may use, 0 to 16. */
    readonly preparationSlots: number;
    readonly harq: {
        /** Transmissions of a block, the first included, 1 to 16. */
        readonly maxTransmissions: number;
        /** Blocks of a user that may be on their way, fates not known yet, 1 to 32: 16 in NR. */
        readonly processes: number;
        /** `sionna`: measured AWGN curves; `none`: every block arrives; `fixed`: `errorRate` of the first transmissions fail. */
        readonly errorModel: 'sionna' | 'none' | 'fixed';
        /** For `fixed`: share of transmissions that fail, 0 to 1. */
        readonly errorRate: number;
        /** Receiver's time from the last symbol to decoded data and feedback, ns, 0 to 10 ms. N1 of TS 38.214 5.3. */
        readonly decodeNs: number;
        /** Whole slots from the end of the feedback's slot to the first slot of a retransmission, 0 to 16. */
        readonly gnbSlots: number;
    };
    readonly rlc: {
        /** `am`: blocks that HARQ gives up are sent again after a status report; `um`: they are lost. */
        readonly mode: 'um' | 'am';
        /** From giving up to the new transmission: reordering timer, status report and its way, ns, 0 to 1 s. */
        readonly statusNs: number;
        /** New starts of a block, 1 to 32; then it is lost. */
        readonly maxRetransmissions: number;
    };
    readonly uplink: {
        /** Whole slots from the slot of a request or report to the first granted slot, 0 to 32. */
        readonly grantSlots: number;
        /**
         * How the network learns what users have to send: `long` and `refined` by the tables of src/mac/buffer-status.ts,
         * `ideal` exactly, with the request.
         */
        readonly bufferStatus: 'ideal' | 'long' | 'refined';
        /**
         * How the network learns deadlines: `ideal` as they are; `none`: it counts the delay budget from when it first heard of
         * data in an empty queue; `report`: delay status reports (Rel-18) below `delayThresholdMs`, else as `none`. Matters for
         * the schedulers psdb and edf. Needs `bufferStatus` long or refined.
         */
        readonly delayStatus: 'ideal' | 'none' | 'report';
        /** remainingTimeThreshold: remaining time below which reports are sent, ms, 1 to 64. */
        readonly delayThresholdMs: number;
        /** Bytes granted on a request, before the first report, 16 to 65535. */
        readonly requestBytes: number;
        /** Occasions that every user owns; see src/mac/configured-grant.ts. Needs `bufferStatus` long or refined. */
        readonly configuredGrant: ConfiguredGrant | null;
        /** First slot of period 0 by user, in place of the grant's own offset. */
        readonly grantOffsets: readonly number[];
    };
    readonly linkAdaptation: {
        /** Error rate of first transmissions that the outer loop steers to, 0.001 to 0.5. */
        readonly targetErrorRate: number;
        /** Step down after an error, dB, 0 (no outer loop) to 3. */
        readonly stepDb: number;
        /** Users whose flows have a set error rate are steered to it as well; see src/mac/set-error-loop.ts. */
        readonly keepSetErrorRate: boolean;
        /** Time between channel reports, ns, one slot to 1 s. */
        readonly reportPeriodNs: number;
        /** Age of a report when it is first used, ns, 0 to 1 s. */
        readonly reportDelayNs: number;
    };
    /** Between the sender and the cell (or the cell and the receiver), ns, 0 to 1 s. Part of the delay budget. */
    readonly coreDelayNs: number;
    readonly discard: {
        /** Drop what is left of a PDU Set once its delay budget is spent. */
        readonly expired: boolean;
        /** Drop what is left of an integrated PDU Set once one of its PDUs is lost (PSIHI). */
        readonly integrated: boolean;
        /** Drop frames that refer to a lost one, up to the next intra frame. See src/mac/psihi.ts. */
        readonly dependents: boolean;
    };
    /** Downlink discontinuous reception of all users; null for always on. See src/mac/drx-listener.ts. */
    readonly drx: DrxConfig | null;
    /** Drop unimportant sets while queues are long; null for never. See src/mac/congestion-drop.ts. */
    readonly congestion: CongestionDrop | null;
    /** What manages each user's queue, in place of the scheduler's order by deadline; null for nothing. See src/mac/aqm.ts. */
    readonly aqm: AqmConfig | null;
    /** Share of PDUs lost outside the radio, 0 to 1. */
    readonly unitLossRate: number;
    /** Time between two network states of a user, ns, 1 ms to 10 s. */
    readonly statePeriodNs: number;
    /**
     * True: a first state is told at time 0, from the rates and bursts that video flows declare when they are set up (as TSCAI and
     * a request for quality do), so that nobody begins faster than the cell carries. Default false: states tell of what was.
     */
    readonly stateAtStart: boolean;
    /** Share of the rate that a user could have that it is recommended, 0.1 to 1: the rest is for what varies. */
    readonly recommendedShare: number;
    /** ECN marks: none below the first queueing time, all above the second, linear between, ns. */
    readonly markNs: readonly [number, number];
    /** Subbands of the radio, fidelity L2; null for one wideband SINR, L1. */
    readonly subbands: SubbandConfig | null;
    /** Radio of every user that `users` does not name. */
    readonly radio: RadioConfig;
    /** Radio by user, in the order of their numbers. */
    readonly users: readonly Partial<RadioConfig>[];
    /** How long traffic models send, ns, 1 ms to 1 h. Given PDU Sets are all sent, however long they last. */
    readonly durationNs: number;
}

/** A configuration in which everything left out has its default. */
export type CellConfigInput = {
    readonly [K in keyof CellConfig]?: CellConfig[K] extends
        | readonly unknown[]
        | string
        | number
        | CongestionDrop
        | null
        ? CellConfig[K]
        : Partial<CellConfig[K]>;
};

export const CELL_DEFAULTS: CellConfig = Object.freeze({
    numerology: 1,
    bandwidthPrb: 273,
    tdd: Object.freeze({ pattern: 'DDDSU', special: Object.freeze([10, 2, 2] as const), parts: 1 }),
    carriers: Object.freeze([]),
    secondary: null,
    mcsTable: 'qam256',
    layers: Object.freeze({ downlink: 2, uplink: 2 }),
    controlSymbols: 1,
    dmrsRe: 12,
    blockHeaderBytes: 8,
    unitHeaderBytes: 40,
    multiplexing: 'frequency',
    scheduler: 'psdb',
    preparationSlots: 0,
    harq: Object.freeze({
        maxTransmissions: 4,
        processes: 16,
        errorModel: 'sionna',
        errorRate: 0,
        // N1 = 10 symbols of 30 kHz, capability 1.
        decodeNs: 357_142,
        gnbSlots: 1
    }),
    rlc: Object.freeze({ mode: 'um', statusNs: 20_000_000, maxRetransmissions: 8 }),
    uplink: Object.freeze({
        grantSlots: 2,
        bufferStatus: 'long',
        delayStatus: 'ideal',
        delayThresholdMs: 64,
        requestBytes: 512,
        configuredGrant: null,
        grantOffsets: Object.freeze([])
    }),
    linkAdaptation: Object.freeze({
        targetErrorRate: 0.1,
        stepDb: 0.5,
        keepSetErrorRate: false,
        reportPeriodNs: 5_000_000,
        reportDelayNs: 2_000_000
    }),
    coreDelayNs: 1_000_000,
    discard: Object.freeze({ expired: true, integrated: true, dependents: false }),
    drx: null,
    congestion: null,
    aqm: null,
    unitLossRate: 0,
    statePeriodNs: 100_000_000,
    stateAtStart: false,
    recommendedShare: 0.85,
    markNs: Object.freeze([4_000_000, 8_000_000] as const),
    subbands: null,
    radio: Object.freeze({
        sinrDb: 18,
        uplinkOffsetDb: 0,
        shadowStdDb: 0,
        fading: Object.freeze({ kFactorDb: 3, dopplerHz: 11, branches: 4 }),
        interruptions: Object.freeze([])
    }),
    users: Object.freeze([]),
    durationNs: 10_000_000_000
});

/** What `subbands` has where it is left out of an object. */
export const SUBBAND_DEFAULTS: SubbandConfig = Object.freeze({
    count: 9,
    profile: 'tdl-a',
    delaySpreadNs: 100,
    mapping: 'miesm'
});

/** The dial's position. */
export function fidelityOf({ subbands }: CellConfig): Fidelity {
    return subbands ? 'L2' : 'L1';
}
