/** The streams of a scenario: what every user sends and receives, as a file says it. */
import { badInput } from '@mixreel/core';
import { BEARER_NAMES, type Bearer } from '../cell/bearer.ts';
import type { Flow } from '../cell/flow.ts';
import { CHANNEL_DEFAULTS, type LogicalChannel } from '../mac/lcp.ts';
import type { Direction } from '../phy/tdd.ts';
import { type FiveQi, fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import { requireTraffic, type TrafficModel, type TrafficName, trafficModel } from '../traffic/models.ts';
import { type PacketTraceOptions, readPacketTrace } from '../traffic/packet-trace.ts';
import { RATE_CONTROL_NAMES, type RateControlName } from '../traffic/rate-control.ts';
import { SENDER_NAMES, type SenderName } from '../traffic/senders.ts';
import { isRecord, requireFields, requireRecord, show, within } from './scenario-fields.ts';

/** Texts of P-traces by the name that a scenario gives them. */
export type RecordedFiles = ReadonlyMap<string, string>;

/** One stream that every user has. */
export interface ScenarioFlow {
    readonly name: string;
    readonly direction: Direction;
    readonly traffic: TrafficModel;
    /** Profile of TS 23.501 that sets delay budget, priority level and set error rate; null for none. */
    readonly fiveQi: FiveQi | null;
    /** Set error rate in place of the profile's; null for that. */
    readonly setErrorRate: number | null;
    readonly rateControl: RateControlName | null;
    readonly sender: SenderName | null;
    readonly channel: Partial<LogicalChannel> | null;
    readonly bearer: Bearer | null;
    /** Phase of the model, the same for every user, ns, 0 to 1e12; null: each has one of its own. */
    readonly offsetNs: number | null;
    readonly keepsBurstVolume: boolean;
    readonly followsOffset: boolean;
}

/** What a flow may say. */
export const FLOW_FIELDS = [
    'name',
    'direction',
    'traffic',
    'fiveQi',
    'setErrorRate',
    'rateControl',
    'sender',
    'channel',
    'bearer',
    'offsetNs',
    'keepsBurstVolume',
    'followsOffset'
] as const;

const TRACE_RANGES: Readonly<Record<string, readonly [number, number]>> = {
    deadlineNs: [1, 1e12],
    overheadBytes: [0, 1000],
    userId: [-1, 1e10]
};

/** Checks one flow; `extra` is what a variant changes in all of them. */
export function readFlow(
    value: unknown,
    path: string,
    extra: Readonly<Record<string, unknown>>,
    extraPath: string,
    files: RecordedFiles
): ScenarioFlow {
    const given = requireFields(value, path, FLOW_FIELDS);
    const at = (field: string): string => `${field in extra ? extraPath : path}.${field}`;
    const flow = { ...given, ...extra };
    const traffic = readTraffic(flow.traffic, at('traffic'), files);
    const {
        name = traffic.kind,
        direction = 'downlink',
        rateControl = null,
        sender = null,
        channel = null,
        bearer = null,
        offsetNs = null,
        keepsBurstVolume = false,
        followsOffset = false,
        fiveQi = null,
        setErrorRate = null
    } = flow;
    if (typeof name !== 'string') throw badInput(`${at('name')} is ${show(name)}`, 'a text', 'Correct the name');
    if (direction !== 'downlink' && direction !== 'uplink') {
        throw badInput(`${at('direction')} is ${show(direction)}`, 'downlink or uplink', 'Name one of the two');
    }
    requireName(at('rateControl'), rateControl, RATE_CONTROL_NAMES);
    requireName(at('sender'), sender, SENDER_NAMES);
    requireName(at('bearer'), bearer, BEARER_NAMES);
    requireSwitch(at('followsOffset'), followsOffset);
    requireSwitch(at('keepsBurstVolume'), keepsBurstVolume);
    if (offsetNs !== null) requireNumber(at('offsetNs'), offsetNs, 0, 1e12, true, 'ns');
    if (setErrorRate !== null) requireNumber(at('setErrorRate'), setErrorRate, 1e-9, 0.5, false, '');
    if (fiveQi !== null) fiveQiProfile(at('fiveQi'), fiveQi as FiveQi);
    return {
        name,
        direction,
        traffic,
        fiveQi: fiveQi as FiveQi | null,
        setErrorRate: setErrorRate as number | null,
        rateControl: rateControl as RateControlName | null,
        sender: sender as SenderName | null,
        channel: channel === null ? null : requireFields(channel, at('channel'), Object.keys(CHANNEL_DEFAULTS)),
        bearer: bearer as Bearer | null,
        offsetNs: offsetNs as number | null,
        keepsBurstVolume,
        followsOffset
    };
}

function requireSwitch(path: string, value: unknown): asserts value is boolean {
    if (typeof value !== 'boolean') throw badInput(`${path} is ${show(value)}`, 'true or false', 'Correct it');
}

function requireName(path: string, value: unknown, names: readonly string[]): void {
    if (value === null || names.includes(value as string)) return;
    throw badInput(`${path} is ${show(value)}`, `${names.join(', ')} or null`, 'Name one of them');
}

/** A P-trace `{ "recorded": "vr.csv" }`, a model by name, or `{ "model": "vr-30", "fps": 90 }`: a model with fields changed. */
function readTraffic(value: unknown, path: string, files: RecordedFiles): TrafficModel {
    if (typeof value === 'string') return within(path, () => trafficModel(value as TrafficName));
    if (isRecord(value) && 'recorded' in value) return readRecorded(value, path, files);
    const { model, ...changes } = requireRecord(value, path);
    const base = within(`${path}.model`, () => trafficModel(model as TrafficName));
    for (const key of Object.keys(changes)) {
        if (key in base && key !== 'kind') continue;
        throw badInput(
            `${path}.${key} is not a field of ${show(model)}`,
            Object.keys(base).join(', '),
            'Correct the name'
        );
    }
    const traffic = { ...base, ...changes } as TrafficModel;
    requireTraffic(path, traffic);
    return traffic;
}

function readRecorded(value: Record<string, unknown>, path: string, files: RecordedFiles): TrafficModel {
    const { recorded, ...options } = requireFields(value, path, ['recorded', 'deadlineNs', 'overheadBytes', 'userId']);
    for (const [name, [low, high]] of Object.entries(TRACE_RANGES)) {
        if (options[name] !== undefined) requireNumber(`${path}.${name}`, options[name], low, high, true, '');
    }
    const text = files.get(recorded as string);
    if (text === undefined) {
        const known = files.size === 0 ? 'a P-trace that was given' : [...files.keys()].join(', ');
        throw badInput(`${path}.recorded is ${show(recorded)}`, known, 'Name a P-trace that can be read');
    }
    return within(`${path}.recorded`, () => readPacketTrace(text, options as PacketTraceOptions));
}

/** Names of the P-traces of a scenario that is not checked yet, each once. */
export function recordedNames(value: unknown): string[] {
    const flows: unknown[] = [];
    if (!isRecord(value)) return [];
    if (Array.isArray(value['flows'])) flows.push(...value['flows']);
    if (isRecord(value['variants'])) {
        for (const variant of Object.values(value['variants'])) {
            if (isRecord(variant)) flows.push(...[variant['flows']].flat());
        }
    }
    const names = flows.map((flow) =>
        isRecord(flow) && isRecord(flow['traffic']) ? flow['traffic']['recorded'] : null
    );
    return [...new Set(names.filter((name) => typeof name === 'string'))];
}

/** The flows of a cell with so many users. */
export function flowsOf(flows: readonly ScenarioFlow[], users: number): Flow[] {
    return Array.from({ length: users }, (_, ue) =>
        flows.map(
            ({
                name,
                direction,
                traffic,
                fiveQi,
                setErrorRate,
                rateControl,
                sender,
                channel,
                bearer,
                offsetNs,
                keepsBurstVolume,
                followsOffset
            }): Flow => ({
                ue,
                name,
                direction,
                traffic,
                followsOffset,
                ...(fiveQi === null ? {} : { fiveQi }),
                ...(setErrorRate === null ? {} : { setErrorRate }),
                ...(rateControl === null ? {} : { rateControl }),
                ...(sender === null ? {} : { sender }),
                ...(channel === null ? {} : { channel }),
                ...(bearer === null ? {} : { bearer }),
                ...(offsetNs === null ? {} : { offsetNs }),
                ...(keepsBurstVolume ? { keepsBurstVolume } : {})
            })
        )
    ).flat();
}
