/**
 * Traffic models of TR 38.838 V17.0.0 (clause 5) by name, and their parts. Sizes are truncated Gaussians around
 * rate / (8 fps); frame k of a stream is due at offset + k / fps + J_k, and J_k does not accumulate.
 *
 * `vr2-…`: the P-traces of TS 26.926 as a process: two eye buffers of rate / (8 eyes fps) each, periodic intra slices, slices that
 * leave one by one as they are encoded (8 ms a frame, deviation 3 ms), jitter of 5 ms cut at 8 ms; vr2-5 has no slices, vr2-6
 * interleaves the eyes, vr2-7 has 45 Mbit/s. The traces themselves: src/traffic/packet-trace.ts.
 *
 * I and P streams (alpha = mean intra over mean predicted size, M = mean frame size): of a group of n sets of which one is
 * intra, that one has n alpha M' / (n - 1 + alpha) and each other n M' / (n - 1 + alpha), M' the mean of a set, so that the
 * rate is kept: GOP-based n is the GOP and M' = M, slice-based n is the slices of a frame and M' = M / n.
 */
import { badInput } from '@mixreel/core';
import { requireNumber, wrong } from '../require-number.ts';

/** Jitter of a stream: truncated Gaussian of mean 0. */
export interface JitterModel {
    /** Deviation before truncation, ns, 0 to 1 s. */
    readonly stdNs: number;
    /** Bound on either side, ns, 0 to 1 s. */
    readonly maxNs: number;
    /** True: added to each gap, so that it adds up to a random walk, as 5G-LENA has it; default false, as TR 38.838 has it. */
    readonly accumulates?: boolean;
}

/** Frames at a frame rate. */
export interface VideoModel {
    readonly kind: 'video';
    /** Mean rate, bit/s, 1 to 1e11. */
    readonly rateBps: number;
    /** Frames a second, 1 to 1000. */
    readonly fps: number;
    /** Deviation, least and most of the frame size, as shares of its mean. */
    readonly sizeStd: number;
    readonly sizeMin: number;
    readonly sizeMax: number;
    readonly jitter: JitterModel;
    /** Frames from one intra frame to the next; 1: all alike. 1 to 1000. */
    readonly gop: number;
    /** Mean intra size over mean predicted size, 1 to 10. */
    readonly intraOverPredicted: number;
    /**
     * PDU Sets of a frame, all due at one instant, 1 to 64. Above 1 (slice-based I/P streams; `gop` is then 1): every frame
     * has one intra slice and `slices` - 1 predicted ones, each with a size of its own.
     */
    readonly slices: number;
    /** Eye buffers, 1 or 2: each has a frame of `slices` PDU Sets at every frame time. `rateBps` is that of all. */
    readonly eyes: 1 | 2;
    /** True: the second eye's frames are due half a frame time after the first's, with a jitter of their own. */
    readonly interleaved: boolean;
    /** Time to encode a frame of all eyes, of which every slice takes its share and then leaves; null: all at once. */
    readonly encoding: EncodingModel | null;
    /** PDU Set delay budget, ns. */
    readonly deadlineNs: number;
    /** PSIHI of the sets. */
    readonly integrated: boolean;
}

/** Truncated Gaussian between 0 and the frame time. */
export interface EncodingModel {
    /** ns, 0 to 1 s; the deviation before truncation. */
    readonly meanNs: number;
    readonly stdNs: number;
}

/** PDU Sets that were recorded (a P-trace, a coder's frames), again and again; every user starts at a place of its own. */
export interface RecordedModel {
    readonly kind: 'recorded';
    /** When each set is handed over, ns from the start, not falling; 1 to 1,000,000 sets. */
    readonly timesNs: readonly number[];
    /** Payload of each, bytes, 1 to 1e8, and its importance, 1 to 15. */
    readonly sizesBytes: readonly number[];
    readonly importances: readonly number[];
    /** Part of each set's budget that is gone when it is handed over, ns; default: none. */
    readonly agesNs?: readonly number[];
    /** From one start to the next, ns: above the last time. */
    readonly lapNs: number;
    readonly deadlineNs: number;
    readonly integrated: boolean;
}

/** One PDU Set of fixed size every period: pose, control, audio. */
export interface PeriodicModel {
    readonly kind: 'periodic';
    readonly periodNs: number;
    /** Bytes, 1 to 1e8. */
    readonly sizeBytes: number;
    readonly jitter: JitterModel;
    readonly deadlineNs: number;
}

/** Poisson arrivals of fixed size. */
export interface PoissonModel {
    readonly kind: 'poisson';
    /** Arrivals a second, above 0, to 1e6. */
    readonly ratePerS: number;
    readonly sizeBytes: number;
    readonly deadlineNs: number;
}

/**
 * A download that always has more to send: as much as the flow's sender allows on its way, or `windowBytes` without one (full
 * buffer: the eMBB load of TR 38.838). One PDU Set is one packet.
 */
export interface BulkModel {
    readonly kind: 'bulk';
    /** Payload of a packet, bytes, 200 to 60,000: 1460 for packets that are counted, more for a cheap background. */
    readonly packetBytes: number;
    /** Bytes on their way where no sender says how many, 1460 to 1e8. */
    readonly windowBytes: number;
    readonly deadlineNs: number;
}

/** What a flow without PDU Sets of its own sends. */
export type TrafficModel = VideoModel | PeriodicModel | PoissonModel | BulkModel | RecordedModel;

/** The names that {@link trafficModel} takes. */
export type TrafficName =
    | 'vr-30'
    | 'vr-45'
    | 'vr-30-gop'
    | 'vr-30-slices'
    | 'vr2-1'
    | 'vr2-5'
    | 'vr2-6'
    | 'vr2-7'
    | 'ar-30'
    | 'ar-45'
    | 'cg-8'
    | 'cg-30'
    | 'ar-uplink-10'
    | 'ar-uplink-20'
    | 'pose'
    | 'audio'
    | 'full-buffer'
    | 'download';

const NO_JITTER: JitterModel = Object.freeze({ stdNs: 0, maxNs: 0 });
/** TR 38.838 table 5.1.1.1-2. */
const VIDEO_JITTER: JitterModel = Object.freeze({ stdNs: 2_000_000, maxNs: 4_000_000 });

function video(rateMbps: number, deadlineMs: number, jitter: JitterModel = VIDEO_JITTER): VideoModel {
    return Object.freeze({
        kind: 'video',
        rateBps: rateMbps * 1e6,
        fps: 60,
        sizeStd: 0.105,
        sizeMin: 0.5,
        sizeMax: 1.5,
        jitter,
        gop: 1,
        intraOverPredicted: 1,
        slices: 1,
        eyes: 1,
        interleaved: false,
        encoding: null,
        deadlineNs: deadlineMs * 1e6,
        integrated: true
    });
}

/** One of the configurations VR2-1 to VR2-8 of TS 26.926's reference tool, as a process. */
function stereo(rateMbps: number, changes: Partial<VideoModel> = {}): VideoModel {
    return Object.freeze({
        ...video(rateMbps, 10, Object.freeze({ stdNs: 5_000_000, maxNs: 8_000_000 })),
        slices: 8,
        intraOverPredicted: 1.5,
        eyes: 2,
        encoding: Object.freeze({ meanNs: 8_000_000, stdNs: 3_000_000 }),
        ...changes
    });
}

const MODELS: Readonly<Record<TrafficName, TrafficModel>> = {
    'vr-30': video(30, 10),
    'vr-45': video(45, 10),
    // I and P streams: GOPs of 8 frames, or frames of 8 slices; intra 1.5 times a predicted one.
    'vr-30-gop': Object.freeze({ ...video(30, 10), gop: 8, intraOverPredicted: 1.5 }),
    'vr-30-slices': Object.freeze({ ...video(30, 10), slices: 8, intraOverPredicted: 1.5 }),
    'vr2-1': stereo(30),
    'vr2-5': stereo(30, { slices: 1, gop: 8 }),
    'vr2-6': stereo(30, { interleaved: true }),
    'vr2-7': stereo(45),
    'ar-30': video(30, 10),
    'ar-45': video(45, 10),
    'cg-8': video(8, 15),
    'cg-30': video(30, 15),
    'ar-uplink-10': video(10, 30),
    'ar-uplink-20': video(20, 30),
    pose: Object.freeze({ kind: 'periodic', periodNs: 4e6, sizeBytes: 100, jitter: NO_JITTER, deadlineNs: 10e6 }),
    // 1.12 Mbit/s in 10 ms periods.
    audio: Object.freeze({ kind: 'periodic', periodNs: 10e6, sizeBytes: 1400, jitter: NO_JITTER, deadlineNs: 30e6 }),
    // Sets of eight packets: nobody counts them, and the run is cheaper.
    'full-buffer': Object.freeze({ kind: 'bulk', packetBytes: 11_680, windowBytes: 1_000_000, deadlineNs: 1e12 }),
    // For a flow with a sender: single packets.
    download: Object.freeze({ kind: 'bulk', packetBytes: 1460, windowBytes: 1_000_000, deadlineNs: 1e12 })
};

/** Every model's name, for help texts. */
export const TRAFFIC_NAMES: readonly TrafficName[] = Object.freeze(Object.keys(MODELS) as TrafficName[]);

/** A model by name. Change a field with `{ ...trafficModel('vr-30'), fps: 90 }`. */
export function trafficModel(name: TrafficName): TrafficModel {
    const model = MODELS[name];
    if (model) return model;
    throw badInput(`the traffic model is ${JSON.stringify(name)}`, TRAFFIC_NAMES.join(', '), 'Name one of the models');
}

/** A video model by name, for those who change a field of it. */
export function videoModel(name: TrafficName): VideoModel {
    const model = trafficModel(name);
    if (model.kind === 'video') return model;
    throw badInput(
        `the traffic model ${name} is ${model.kind}`,
        'a video model',
        'Name vr-30, cg-30 or another video model'
    );
}

/** Throws `bad-input` unless every field is in its range. `path` names the flow. */
export function requireTraffic(path: string, model: TrafficModel): void {
    const check = (field: string, value: unknown, low: number, high: number): void => {
        if (typeof value === 'number' && value >= low && value <= high) return;
        throw badInput(
            `${path}.${field} is ${String(value)}`,
            `a number from ${low} to ${high}`,
            `Correct ${path}.${field}`
        );
    };
    if (typeof model !== 'object' || model === null) {
        throw badInput(`${path} is ${String(model)}`, 'a traffic model', `Use trafficModel('vr-30')`);
    }
    check('deadlineNs', model.deadlineNs, 1, 1e12);
    if (model.kind === 'video') {
        check('rateBps', model.rateBps, 1, 1e11);
        check('fps', model.fps, 1, 1000);
        check('rateBps / fps', model.rateBps / model.fps, 1e-3, 1e8);
        check('sizeStd', model.sizeStd, 0, 2);
        check('sizeMin', model.sizeMin, 0, 1);
        check('sizeMax', model.sizeMax, 1, 10);
        check('gop', model.gop, 1, 1000);
        check('intraOverPredicted', model.intraOverPredicted, 1, 10);
        requireNumber(`${path}.slices`, model.slices, 1, 64, true, '');
        // Intra slices and intra frames are two ways of the same thing.
        if (model.slices > 1) check('gop beside slices', model.gop, 1, 1);
        requireNumber(`${path}.eyes`, model.eyes, 1, 2, true, '');
        if (typeof model.interleaved !== 'boolean')
            throw wrong(`${path}.interleaved`, model.interleaved, 'true or false');
        if (model.encoding !== null) {
            check('encoding.meanNs', model.encoding?.meanNs, 0, 1e9);
            check('encoding.stdNs', model.encoding?.stdNs, 0, 1e9);
        }
        requireJitter(check, model.jitter);
    } else if (model.kind === 'periodic') {
        check('periodNs', model.periodNs, 10_000, 1e11);
        check('sizeBytes', model.sizeBytes, 1, 1e8);
        requireJitter(check, model.jitter);
    } else if (model.kind === 'poisson') {
        check('ratePerS', model.ratePerS, 1e-6, 1e6);
        check('sizeBytes', model.sizeBytes, 1, 1e8);
    } else if (model.kind === 'bulk') {
        check('packetBytes', model.packetBytes, 200, 60_000);
        check('windowBytes', model.windowBytes, 1460, 1e8);
    } else if (model.kind === 'recorded') {
        requireRecorded(path, model);
    } else {
        throw badInput(
            `${path}.kind is ${String((model as { kind: unknown }).kind)}`,
            'video, periodic, poisson, bulk or recorded',
            `Correct ${path}.kind`
        );
    }
}

function requireRecorded(path: string, { timesNs, sizesBytes, importances, agesNs, lapNs }: RecordedModel): void {
    requireNumber(`${path}.timesNs.length`, timesNs?.length, 1, 1_000_000, true, 'sets');
    requireNumber(`${path}.sizesBytes.length`, sizesBytes?.length, timesNs.length, timesNs.length, true, 'sizes');
    requireNumber(`${path}.importances.length`, importances?.length, timesNs.length, timesNs.length, true, '');
    for (let i = 0; i < timesNs.length; i++) {
        requireNumber(`${path}.timesNs[${i}]`, timesNs[i], timesNs[i - 1] ?? 0, 1e13, false, 'ns, not falling');
        requireNumber(`${path}.sizesBytes[${i}]`, sizesBytes[i], 1, 1e8, true, 'bytes');
        requireNumber(`${path}.importances[${i}]`, importances[i], 1, 15, true, '');
        if (agesNs) requireNumber(`${path}.agesNs[${i}]`, agesNs[i], 0, 1e12, false, 'ns');
    }
    requireNumber(`${path}.lapNs`, lapNs, (timesNs.at(-1) as number) + 1, 1e13, false, 'ns, above the last time');
}

function requireJitter(
    check: (field: string, value: unknown, low: number, high: number) => void,
    jitter: JitterModel
): void {
    check('jitter.stdNs', jitter?.stdNs, 0, 1e9);
    check('jitter.maxNs', jitter?.maxNs, 0, 1e9);
}
