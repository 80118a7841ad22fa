/**
 * What one cell is: carrier, frame structure, scheduling, HARQ, link adaptation, users' radio. Checked once, at the border;
 * every message names the field and its range.
 */
import { badInput } from '@mixreel/core';
import { type ConfiguredGrant, requireConfiguredGrant } from './mac/configured-grant.ts';
import type { CongestionDrop } from './mac/congestion-drop.ts';
import { requireDrx } from './mac/drx.ts';
import type { DrxConfig } from './mac/drx-listener.ts';
import { type Interruption, requireInterruptions } from './mac/handover.ts';
import type { McsTableName } from './phy/mcs.ts';

/** Who is served first; see src/mac/scheduler.ts. */
export type SchedulerName = 'psdb' | 'edf' | 'pf' | 'round-robin' | 'fair-share';

/** How users share a slot: PRBs of all its symbols, or symbols of all its PRBs. */
export type Multiplexing = 'frequency' | 'time';

/** How a user's radio varies. Level L1 of the fidelity dial: wideband SINR with shadowing and fading. */
export interface RadioConfig {
    /** Mean SINR a layer, dB, -20 to 60. */
    readonly sinrDb: number;
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
    };
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
        /** `sionna`: measured AWGN curves; `none`: every block arrives; `fixed`: `errorRate` of the first transmissions fail. */
        readonly errorModel: 'sionna' | 'none' | 'fixed';
        /** For `fixed`: share of transmissions that fail, 0 to 1. */
        readonly errorRate: number;
        /** Receiver's time from the last symbol to decoded data and feedback, ns, 0 to 10 ms. N1 of TS 38.214 5.3. */
        readonly decodeNs: number;
        /** Whole slots from the end of the feedback's slot to the first slot of a retransmission, 0 to 16. */
        readonly gnbSlots: number;
    };
    readonly uplink: {
        /** Whole slots from the slot of a request or report to the first granted slot, 0 to 32. */
        readonly grantSlots: number;
        /**
         * How the network learns what users have to send: `long` and `refined` by the tables of src/mac/buffer-status.ts,
         * `ideal` exactly, with the request.
         */
        readonly bufferStatus: 'ideal' | 'long' | 'refined';
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
    /** Share of PDUs lost outside the radio, 0 to 1. */
    readonly unitLossRate: number;
    /** Time between two network states of a user, ns, 1 ms to 10 s. */
    readonly statePeriodNs: number;
    /** ECN marks: none below the first queueing time, all above the second, linear between, ns. */
    readonly markNs: readonly [number, number];
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
    tdd: Object.freeze({ pattern: 'DDDSU', special: Object.freeze([10, 2, 2] as const) }),
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
        errorModel: 'sionna',
        errorRate: 0,
        // N1 = 10 symbols of 30 kHz, capability 1.
        decodeNs: 357_142,
        gnbSlots: 1
    }),
    uplink: Object.freeze({
        grantSlots: 2,
        bufferStatus: 'long',
        requestBytes: 512,
        configuredGrant: null,
        grantOffsets: Object.freeze([])
    }),
    linkAdaptation: Object.freeze({
        targetErrorRate: 0.1,
        stepDb: 0.5,
        reportPeriodNs: 5_000_000,
        reportDelayNs: 2_000_000
    }),
    coreDelayNs: 1_000_000,
    discard: Object.freeze({ expired: true, integrated: true, dependents: false }),
    drx: null,
    congestion: null,
    unitLossRate: 0,
    statePeriodNs: 100_000_000,
    markNs: Object.freeze([4_000_000, 8_000_000] as const),
    radio: Object.freeze({
        sinrDb: 18,
        shadowStdDb: 0,
        fading: Object.freeze({ kFactorDb: 3, dopplerHz: 11, branches: 4 }),
        interruptions: Object.freeze([])
    }),
    users: Object.freeze([]),
    durationNs: 10_000_000_000
});

type Range = readonly [low: number, high: number, whole: boolean, unit: string];

const RANGES: Readonly<Record<string, Range>> = {
    numerology: [0, 4, true, ''],
    bandwidthPrb: [1, 275, true, 'resource blocks'],
    'layers.downlink': [1, 8, true, ''],
    'layers.uplink': [1, 8, true, ''],
    controlSymbols: [0, 3, true, ''],
    dmrsRe: [0, 48, true, 'resource elements'],
    blockHeaderBytes: [0, 64, true, 'bytes'],
    unitHeaderBytes: [0, 128, true, 'bytes'],
    preparationSlots: [0, 16, true, 'slots'],
    'harq.maxTransmissions': [1, 16, true, ''],
    'harq.errorRate': [0, 1, false, ''],
    'harq.decodeNs': [0, 10_000_000, true, 'ns'],
    'harq.gnbSlots': [0, 16, true, 'slots'],
    'uplink.grantSlots': [0, 32, true, 'slots'],
    'uplink.requestBytes': [16, 65_535, true, 'bytes'],
    'linkAdaptation.targetErrorRate': [0.001, 0.5, false, ''],
    'linkAdaptation.stepDb': [0, 3, false, 'dB'],
    'linkAdaptation.reportPeriodNs': [62_500, 1e9, true, 'ns'],
    'linkAdaptation.reportDelayNs': [0, 1e9, true, 'ns'],
    coreDelayNs: [0, 1e9, true, 'ns'],
    unitLossRate: [0, 1, false, ''],
    statePeriodNs: [1e6, 1e10, true, 'ns'],
    durationNs: [1e6, 3.6e12, true, 'ns']
};

const NAMES: Readonly<Record<string, readonly string[]>> = {
    multiplexing: ['frequency', 'time'],
    'uplink.bufferStatus': ['ideal', 'long', 'refined'],
    scheduler: ['psdb', 'edf', 'pf', 'round-robin', 'fair-share'],
    mcsTable: ['qam64', 'qam256', 'qam64-low-se'],
    'harq.errorModel': ['sionna', 'none', 'fixed']
};

/** Fills in the defaults and checks every field. Throws `bad-input`. */
export function resolveCellConfig(input: CellConfigInput = {}): CellConfig {
    const merged = merge(CELL_DEFAULTS, input, '') as unknown as CellConfig;
    for (const [path, [low, high, whole, unit]] of Object.entries(RANGES)) {
        requireNumber(path, read(merged, path), low, high, whole, unit);
    }
    for (const [path, names] of Object.entries(NAMES)) {
        const value = read(merged, path);
        if (!names.includes(value as string)) throw wrong(path, value, names.join(', '));
    }
    for (const path of ['discard.expired', 'discard.integrated', 'discard.dependents']) {
        if (typeof read(merged, path) !== 'boolean') throw wrong(path, read(merged, path), 'true or false');
    }
    const [from, to] = merged.markNs ?? [];
    requireNumber('markNs[0]', from, 0, 1e10, true, 'ns');
    requireNumber('markNs[1]', to, from as number, 1e10, true, 'ns, not below markNs[0]');
    requireUplink(merged.uplink);
    if (merged.drx !== null) requireDrxConfig(merged.drx);
    if (merged.congestion !== null) {
        requireNumber('congestion.queueNs', merged.congestion.queueNs, 0, 1e9, true, 'ns');
        requireNumber('congestion.fromImportance', merged.congestion.fromImportance, 2, 15, true, '');
    }
    requireRadio('radio', merged.radio);
    if (!Array.isArray(merged.users)) throw wrong('users', merged.users, 'a list');
    for (const [i, user] of merged.users.entries()) requireRadio(`users[${i}]`, { ...merged.radio, ...user });
    return Object.freeze(merged);
}

function requireDrxConfig(drx: DrxConfig): void {
    requireNumber('drx.onDurationMs', drx.onDurationMs, 1, 1000, true, 'ms');
    requireNumber('drx.inactivityMs', drx.inactivityMs, 0, 1000, true, 'ms');
    if (!Array.isArray(drx.startOffsets)) throw wrong('drx.startOffsets', drx.startOffsets, 'a list');
    for (const startOffsetMs of [drx.startOffsetMs, ...drx.startOffsets]) {
        requireDrx({ cycle: drx.cycle ?? { numerator: 0, denominator: 0 }, startOffsetMs, short: false });
    }
}

function requireUplink({ configuredGrant, bufferStatus, grantOffsets }: CellConfig['uplink']): void {
    if (!Array.isArray(grantOffsets)) throw wrong('uplink.grantOffsets', grantOffsets, 'a list');
    for (const [i, offset] of grantOffsets.entries())
        requireNumber(`uplink.grantOffsets[${i}]`, offset, 0, 1e6, true, 'slots');
    if (configuredGrant === null) return;
    if (bufferStatus === 'ideal')
        throw wrong('uplink.bufferStatus', bufferStatus, 'long or refined beside a configured grant');
    requireConfiguredGrant(configuredGrant);
}

function requireRadio(path: string, radio: RadioConfig): void {
    requireNumber(`${path}.sinrDb`, radio.sinrDb, -20, 60, false, 'dB');
    requireNumber(`${path}.shadowStdDb`, radio.shadowStdDb, 0, 20, false, 'dB');
    if (!Array.isArray(radio.interruptions)) throw wrong(`${path}.interruptions`, radio.interruptions, 'a list');
    requireInterruptions(`${path}.interruptions`, radio.interruptions);
    if (radio.fading === null) return;
    if (typeof radio.fading !== 'object') throw wrong(`${path}.fading`, radio.fading, 'an object or null');
    requireNumber(`${path}.fading.kFactorDb`, radio.fading.kFactorDb, -40, 40, false, 'dB');
    requireNumber(`${path}.fading.dopplerHz`, radio.fading.dopplerHz, 0, 2000, false, 'Hz');
    requireNumber(`${path}.fading.branches`, radio.fading.branches, 1, 16, true, '');
}

/** Throws `bad-input` unless `value` is a number of the range. */
export function requireNumber(
    path: string,
    value: unknown,
    low: number,
    high: number,
    whole: boolean,
    unit: string
): void {
    if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value))) return;
    throw wrong(
        path,
        value,
        `${whole ? 'a whole number' : 'a number'} from ${low} to ${high}${unit ? ` ${unit}` : ''}`
    );
}

function wrong(path: string, value: unknown, expected: string): Error {
    const shown = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing');
    return badInput(`${path} is ${shown.slice(0, 80)}`, expected, `Correct ${path} of the cell configuration`);
}

function read(config: object, path: string): unknown {
    return path.split('.').reduce((value: unknown, key) => (value as Record<string, unknown>)?.[key], config);
}

/** Defaults below input, two levels deep; a field nobody knows is an error, because it is a misspelling. */
function merge(defaults: object, input: object, path: string): Record<string, unknown> {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        throw wrong(path || 'the cell configuration', input, 'an object');
    }
    const known = Object.keys(defaults);
    for (const key of Object.keys(input)) {
        if (known.includes(key)) continue;
        throw badInput(
            `${path}${key} is not a field`,
            `one of ${known.join(', ')}`,
            'Correct the name or leave it out'
        );
    }
    const out: Record<string, unknown> = {};
    for (const key of known) {
        const standard = (defaults as Record<string, unknown>)[key];
        const given = (input as Record<string, unknown>)[key];
        const nested = typeof standard === 'object' && standard !== null && !Array.isArray(standard) && given !== null;
        out[key] = given === undefined ? standard : nested ? merge(standard, given as object, `${path}${key}.`) : given;
    }
    return out;
}
