/**
 * The flows of a cell: what a caller gives, checked, and what the cell keeps of each while it runs.
 */
import { badInput, type PduSet, type Rng, type RngStream } from '@mixreel/core';
import { CHANNEL_DEFAULTS, type LogicalChannel, MOST_CHANNELS, Prioritisation, requireChannel } from '../mac/lcp.ts';
import type { LinkUser } from '../mac/link-user.ts';
import { ReferenceChain } from '../mac/psihi.ts';
import type { Direction } from '../phy/tdd.ts';
import { BurstVolume } from '../qos/burst-volume.ts';
import { type FiveQi, fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import { AckClock } from '../traffic/ack-clock.ts';
import type { BurstPattern } from '../traffic/burst-offset.ts';
import { requireTraffic, type TrafficModel } from '../traffic/models.ts';
import { RateControl, type RateControlName } from '../traffic/rate-control.ts';
import { createSender, fixedWindow, type SenderName } from '../traffic/senders.ts';
import type { Source } from '../traffic/source.ts';
import { SetSource, trafficSource } from '../traffic/sources.ts';
import { BEARER_NAMES, type Bearer } from './bearer.ts';
import { FlowRecorder } from './flow-kpi.ts';

const MAX_USERS = 10_000;

/** A flow of one user: PDU Sets that exist, or a model that makes them up. */
export interface Flow {
    /** The user, 0 to 9999. */
    readonly ue: number;
    /** Default `downlink`. */
    readonly direction?: Direction;
    /** For reports; default: the stream of the first set, or the model's kind. */
    readonly name?: string;
    /** In order of `timeNs`. */
    readonly pduSets?: readonly PduSet[];
    readonly traffic?: TrafficModel;
    /** Phase of the traffic model, ns; default: random. */
    readonly offsetNs?: number;
    /** How a video model answers network states; default: not at all. */
    readonly rateControl?: RateControlName;
    /** Logical channel of an uplink flow; default: one queue for all flows of a user, in its order. See src/mac/lcp.ts. */
    readonly channel?: Partial<LogicalChannel>;
    /** Congestion control on acknowledgements, of a video or a bulk model; default: none, and a fixed window for bulk. */
    readonly sender?: SenderName;
    /** Time from the receiver back to the sender, for its acknowledgements, ns, 0 to 1 s; default 10 ms. */
    readonly returnNs?: number;
    /**
     * 5QI: a model's delay budget and the user's priority level become those of TS 23.501 (of a user's flows the lowest level counts).
     * Default: the model's budget, the level of 5QI 9. See src/qos/five-qi.ts.
     */
    readonly fiveQi?: FiveQi;
    /**
     * True: of what it sends within a delay budget only the burst volume of its 5QI (MDBV) has its priority level, see
     * src/qos/burst-volume.ts. Default false. Needs a `fiveQi` with a volume: 87 to 90.
     */
    readonly keepsBurstVolume?: boolean;
    /**
     * Set error rate that the flow may have (PSER), above 0, to 0.5; default: that of its 5QI, or none. Figures say whether it was
     * kept; `linkAdaptation.keepSetErrorRate` has the network see to it.
     */
    readonly setErrorRate?: number;
    /** Who carries it where there is a second node (`secondary` of the cell); default `master`. See src/cell/dual-connectivity.ts. */
    readonly bearer?: Bearer;
    /** True if a video model moves its bursts as the network advises; default false. */
    readonly followsOffset?: boolean;
}

/** A flow inside the cell. */
export interface FlowState {
    readonly ue: number;
    readonly direction: Direction;
    readonly name: string;
    readonly source: Source;
    /** Draws of PDUs lost outside the radio, by sequence number and PDU. */
    readonly losses: RngStream;
    readonly recorder: FlowRecorder;
    /** How its source answers network states. */
    readonly control: RateControl | null;
    /** What its sender is told; null without one. */
    readonly clock: AckClock | null;
    /** Number of its logical channel. */
    readonly channel: number;
    /** Set error rate that it may have; null: nobody said. */
    readonly setErrorRate: number | null;
    /** True if its packets ask for L4S marks. */
    readonly l4s: boolean;
    /** Rate at which its coder would send if its sender let it, bit/s; 0 where a window alone decides. */
    readonly nominalBps: number;
    /** True for downloads, which have no delay budget to keep. */
    readonly elastic: boolean;
    /** Burst pattern of a video model, and whether it moves as advised. */
    readonly pattern: BurstPattern | null;
    readonly followsOffset: boolean;
    readonly bearer: Bearer;
    /** Its burst volume, where the network keeps it; else null. */
    readonly volume: BurstVolume | null;
    readonly chain: ReferenceChain;
    sequence: number;
    /** True while the source's newest set waits for its slot. */
    armed: boolean;
}

/** Throws `bad-input` unless the flow names its user, direction and what it sends; its direction. */
export function requireFlow(path: string, flow: Flow): Direction {
    const direction = flow.direction ?? 'downlink';
    if (!Number.isInteger(flow.ue) || flow.ue < 0 || flow.ue >= MAX_USERS) {
        throw badInput(
            `${path}.ue is ${String(flow.ue)}`,
            `a whole number from 0 to ${MAX_USERS - 1}`,
            'Number the users from 0'
        );
    }
    if (direction !== 'downlink' && direction !== 'uplink') {
        throw badInput(`${path}.direction is ${String(direction)}`, 'downlink or uplink', `Correct ${path}.direction`);
    }
    if ((flow.pduSets === undefined) === (flow.traffic === undefined)) {
        throw badInput(
            `${path} has ${flow.pduSets ? 'both' : 'neither of'} pduSets and traffic`,
            'exactly one of them',
            `Correct ${path}`
        );
    }
    if (flow.channel !== undefined && direction === 'downlink') {
        throw badInput(`${path}.channel is given for a downlink`, 'an uplink', `Leave it out of ${path}`);
    }
    if (flow.bearer !== undefined && !BEARER_NAMES.includes(flow.bearer)) {
        throw badInput(`${path}.bearer is ${String(flow.bearer)}`, BEARER_NAMES.join(', '), `Correct ${path}.bearer`);
    }
    return direction;
}

/** A checked flow, at its start. `rng` is its own; models send until `durationNs`. `channel`: number of its logical channel. */
export function openFlow(path: string, flow: Flow, rng: Rng, durationNs: number, channel: number): FlowState {
    const source = sourceOf(path, flow, rng, durationNs);
    const control = controlOf(path, flow);
    const clock = clockOf(path, flow);
    source.clock = clock;
    return {
        ue: flow.ue,
        direction: flow.direction ?? 'downlink',
        name: flow.name ?? flow.pduSets?.[0]?.stream ?? flow.traffic?.kind ?? 'stream',
        source,
        losses: rng.stream('unit-loss'),
        recorder: new FlowRecorder(),
        control,
        clock,
        channel,
        setErrorRate: setErrorRateOf(path, flow),
        nominalBps: flow.traffic?.kind === 'video' ? flow.traffic.rateBps : 0,
        elastic: flow.traffic?.kind === 'bulk',
        l4s: clock?.sender.l4s ?? (control !== null && flow.rateControl !== 'recommended'),
        pattern: burstPattern(flow.traffic, source),
        followsOffset: flow.followsOffset ?? false,
        bearer: flow.bearer ?? 'master',
        volume: volumeOf(path, flow),
        chain: new ReferenceChain(),
        sequence: 0,
        armed: false
    };
}

/**
 * The number of an uplink flow's logical channel, the `place`-th flow of its user. With one flow that has a channel, all of its
 * user's have.
 */
export function channelOf(path: string, { ue, channel, direction }: Flow, place: number, user: LinkUser): number {
    if (direction !== 'uplink') return 0;
    if (channel && !user.prioritisation) {
        user.prioritisation = new Prioritisation();
        for (let i = 0; i < place; i++) user.prioritisation.add(CHANNEL_DEFAULTS);
    }
    if (!user.prioritisation) return Math.min(place, MOST_CHANNELS - 1);
    if (user.prioritisation.channels.length === MOST_CHANNELS) {
        throw badInput(
            `${path} is another flow of user ${ue}`,
            `at most ${MOST_CHANNELS} with logical channels`,
            'Take one away'
        );
    }
    return user.prioritisation.add(requireChannel(`${path}.channel`, channel ?? {}));
}

function sourceOf(path: string, flow: Flow, rng: Rng, durationNs: number): Source {
    if (flow.pduSets) {
        if (!Array.isArray(flow.pduSets))
            throw badInput(`${path}.pduSets is no list`, 'PDU Sets', `Correct ${path}.pduSets`);
        return new SetSource(path, flow.pduSets);
    }
    const given = flow.traffic as TrafficModel;
    requireTraffic(`${path}.traffic`, given);
    const { offsetNs, fiveQi } = flow;
    const deadlineNs = fiveQi === undefined ? given.deadlineNs : fiveQiProfile(`${path}.fiveQi`, fiveQi).delayBudgetNs;
    const traffic: TrafficModel = { ...given, deadlineNs };
    if (offsetNs !== undefined && !(offsetNs >= 0 && offsetNs <= 1e12)) {
        throw badInput(`${path}.offsetNs is ${offsetNs}`, 'a number from 0 to 1e12 ns', `Correct ${path}.offsetNs`);
    }
    return trafficSource(traffic, rng, offsetNs, durationNs);
}

/** What the flow says itself, or else its profile. */
function setErrorRateOf(path: string, { setErrorRate, fiveQi }: Flow): number | null {
    if (setErrorRate === undefined) return fiveQi === undefined ? null : fiveQiProfile(path, fiveQi).errorRate;
    requireNumber(`${path}.setErrorRate`, setErrorRate, 1e-9, 0.5, false, '');
    return setErrorRate;
}

function volumeOf(path: string, { fiveQi, keepsBurstVolume = false }: Flow): BurstVolume | null {
    if (!keepsBurstVolume) return null;
    const profile = fiveQi === undefined ? null : fiveQiProfile(`${path}.fiveQi`, fiveQi);
    if (profile && profile.maxBurstBytes !== null) return new BurstVolume(profile.maxBurstBytes, profile.delayBudgetNs);
    throw badInput(
        `${path}.keepsBurstVolume is true with fiveQi ${String(fiveQi)}`,
        'a fiveQi that has a burst volume: 87, 88, 89 or 90',
        `Give ${path} one of them, or leave keepsBurstVolume out`
    );
}

function controlOf(path: string, { rateControl, traffic }: Flow): RateControl | null {
    if (rateControl === undefined) return null;
    if (traffic?.kind === 'video') return new RateControl(rateControl, traffic.rateBps);
    throw badInput(
        `${path}.rateControl is ${rateControl} without a video model`,
        'a video model',
        `Leave it out of ${path}`
    );
}

/** The sender's clock. A video model starts at its nominal rate, for a round trip of 25 ms. */
function clockOf(path: string, { sender, traffic, returnNs = 10_000_000, rateControl }: Flow): AckClock | null {
    if (!(returnNs >= 0 && returnNs <= 1e9)) {
        throw badInput(`${path}.returnNs is ${returnNs}`, 'a number from 0 to 1e9 ns', `Correct ${path}.returnNs`);
    }
    if (sender === undefined) {
        return traffic?.kind === 'bulk' ? new AckClock(fixedWindow(traffic.windowBytes), returnNs) : null;
    }
    if (rateControl !== undefined) {
        throw badInput(`${path} has both a sender and a rateControl`, 'one of them', `Leave one out of ${path}`);
    }
    if (traffic?.kind === 'bulk') return new AckClock(createSender(sender), returnNs);
    if (traffic?.kind === 'video') {
        return new AckClock(createSender(sender, (traffic.rateBps / 8) * 0.025), returnNs);
    }
    throw badInput(
        `${path}.sender is ${sender} without a video or bulk model`,
        'a video or bulk model',
        `Leave it out of ${path}`
    );
}

/** When the large frames of a video model come: what TSCAI would say of it. */
function burstPattern(traffic: TrafficModel | undefined, source: Source): BurstPattern | null {
    if (traffic?.kind !== 'video') return null;
    return { arrivalNs: source.offsetNs, periodNs: (traffic.gop * 1e9) / traffic.fps };
}
