/**
 * A network scenario: one cell under several loads, seeds and variants of its mechanisms, as a value that a file can hold.
 *
 *     { "format": "mixreel-network/1", "preset": "city", "users": [4, 8, 12], "seeds": 5,
 *       "flows": [{ "traffic": "vr-30" }],
 *       "variants": { "all on": {}, "no PSDB": { "cell": { "scheduler": "pf" } } } }
 *
 * Seeds are the same for every variant and load, so differences are paired.
 */
import { badInput, MixreelError, Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import type { CellConfig, CellConfigInput } from '../config.ts';
import { CHANNEL_DEFAULTS, type LogicalChannel } from '../mac/lcp.ts';
import type { Direction } from '../phy/tdd.ts';
import { CELL_PRESET_NAMES, type CellPresetName, cellPreset } from '../presets.ts';
import { requireNumber } from '../require-number.ts';
import { requireTraffic, type TrafficModel, type TrafficName, trafficModel } from '../traffic/models.ts';
import type { RateControlName } from '../traffic/rate-control.ts';
import type { SenderName } from '../traffic/senders.ts';

/** What `format` must say. */
export const SCENARIO_FORMAT = 'mixreel-network/1';

/** One stream that every user has. */
export interface ScenarioFlow {
    readonly name: string;
    readonly direction: Direction;
    readonly traffic: TrafficModel;
    readonly rateControl: RateControlName | null;
    readonly sender: SenderName | null;
    readonly channel: Partial<LogicalChannel> | null;
    readonly followsOffset: boolean;
}

/** One way to set the mechanisms. */
export interface ScenarioVariant {
    readonly name: string;
    readonly cell: CellConfig;
    readonly flows: readonly ScenarioFlow[];
}

/** A checked scenario. */
export interface NetworkScenario {
    readonly title: string;
    /** Loads: users in the cell, each 1 to 10,000. */
    readonly users: readonly number[];
    /** Runs of each load and variant, 1 to 10,000. */
    readonly seeds: number;
    /** Root of all randomness. */
    readonly seed: number | string;
    /** At least one; the first is what the others are compared with. */
    readonly variants: readonly ScenarioVariant[];
}

/** Runs that one scenario may have. */
const MAX_RUNS = 1_000_000;
const FIELDS = ['format', 'title', 'preset', 'cell', 'seconds', 'users', 'seeds', 'seed', 'flows', 'variants'] as const;
const FLOW_FIELDS = ['name', 'direction', 'traffic', 'rateControl', 'sender', 'channel', 'followsOffset'] as const;

/**
 * Checks a scenario; what is left out has a default: preset `city`, 5 s, 4 users, 1 seed, flows of `vr-30`.
 *
 * @throws MixreelError `bad-input`, the message starting with the path of the field: `variants.off.cell.harq.errorRate is 2`.
 */
export function readScenario(value: unknown): NetworkScenario {
    const root = requireFields(value, '', FIELDS);
    if (root.format !== SCENARIO_FORMAT) {
        throw badInput(
            `format is ${show(root.format)}`,
            `"${SCENARIO_FORMAT}"`,
            `Write "format": "${SCENARIO_FORMAT}"`
        );
    }
    const { title = 'a cell', preset = 'city', seconds = 5, seeds = 1, seed = 1, users = [4] } = root;
    if (typeof title !== 'string') throw badInput(`title is ${show(title)}`, 'a text', 'Correct title');
    if (!CELL_PRESET_NAMES.includes(preset as CellPresetName)) {
        throw badInput(`preset is ${show(preset)}`, CELL_PRESET_NAMES.join(', '), 'Name one of the presets');
    }
    requireNumber('seconds', seconds, 0.001, 3600, false, 's');
    requireNumber('seeds', seeds, 1, 10_000, true, '');
    if (typeof seed !== 'string' && !Number.isSafeInteger(seed)) {
        throw badInput(`seed is ${show(seed)}`, 'a whole number or a text', 'Write "seed": 1');
    }
    const loads = requireList(users, 'users', 1000);
    for (const [i, load] of loads.entries()) requireNumber(`users[${i}]`, load, 1, 10_000, true, 'users');
    const durationNs = Math.round((seconds as number) * 1e9);
    const base = { preset: preset as CellPresetName, cell: root.cell, flows: root.flows, durationNs };
    const named = Object.entries(requireRecord(root.variants ?? { standard: {} }, 'variants'));
    if (named.length === 0) throw badInput('variants is empty', 'at least one', 'Add one or leave variants out');
    const variants = named.map(([name, changes]) => readVariant(name, changes, base));
    const runs = variants.length * loads.length * (seeds as number);
    if (runs > MAX_RUNS)
        throw badInput(`seeds is ${seeds}, which makes ${runs} runs`, `at most ${MAX_RUNS}`, 'Ask for fewer');
    return {
        title,
        users: loads as number[],
        seeds: seeds as number,
        seed: seed as number | string,
        variants
    };
}

interface ScenarioBase {
    readonly preset: CellPresetName;
    readonly cell: unknown;
    readonly flows: unknown;
    readonly durationNs: number;
}

function readVariant(name: string, value: unknown, base: ScenarioBase): ScenarioVariant {
    const path = `variants.${name}`;
    const changes = requireFields(value, path, ['cell', 'flows']);
    const own = requireRecord(changes.cell ?? {}, `${path}.cell`);
    const common = requireRecord(base.cell ?? {}, 'cell');
    const { durationNs } = base;
    // Checked alone first, so that the message names the place where a value was written.
    within('cell', () => cellPreset(base.preset, common as CellConfigInput));
    const cell = within(`${path}.cell`, () => cellPreset(base.preset, { ...overlay(common, own), durationNs }));
    const given = requireList(base.flows ?? [{ traffic: 'vr-30' }], 'flows', 100);
    const extra = requireFields(changes.flows ?? {}, `${path}.flows`, FLOW_FIELDS);
    const flows = given.map((flow, i) => readFlow(flow, `flows[${i}]`, extra, `${path}.flows`));
    const probe = new Cell(cell, Rng.create(0));
    for (const flow of flowsOf(flows, 1)) probe.addFlow(flow);
    return { name, cell, flows };
}

function readFlow(
    value: unknown,
    path: string,
    extra: Readonly<Record<string, unknown>>,
    extraPath: string
): ScenarioFlow {
    const given = requireFields(value, path, FLOW_FIELDS);
    const at = (field: string): string => `${field in extra ? extraPath : path}.${field}`;
    const flow = { ...given, ...extra };
    const traffic = readTraffic(flow.traffic, at('traffic'));
    const {
        name = traffic.kind,
        direction = 'downlink',
        rateControl = null,
        sender = null,
        channel = null,
        followsOffset = false
    } = flow;
    if (typeof name !== 'string') throw badInput(`${at('name')} is ${show(name)}`, 'a text', 'Correct the name');
    if (direction !== 'downlink' && direction !== 'uplink') {
        throw badInput(`${at('direction')} is ${show(direction)}`, 'downlink or uplink', 'Name one of the two');
    }
    if (typeof followsOffset !== 'boolean') {
        throw badInput(`${at('followsOffset')} is ${show(followsOffset)}`, 'true or false', 'Correct it');
    }
    return {
        name,
        direction,
        traffic,
        rateControl: rateControl as RateControlName | null,
        sender: sender as SenderName | null,
        channel: channel === null ? null : requireFields(channel, at('channel'), Object.keys(CHANNEL_DEFAULTS)),
        followsOffset
    };
}

/** A model by name, or `{ "model": "vr-30", "fps": 90 }`: a model with fields changed. */
function readTraffic(value: unknown, path: string): TrafficModel {
    if (typeof value === 'string') return within(path, () => trafficModel(value as TrafficName));
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

/** The flows of a cell with so many users. */
export function flowsOf(flows: readonly ScenarioFlow[], users: number): Flow[] {
    return Array.from({ length: users }, (_, ue) =>
        flows.map(
            ({ name, direction, traffic, rateControl, sender, channel, followsOffset }): Flow => ({
                ue,
                name,
                direction,
                traffic,
                followsOffset,
                ...(rateControl === null ? {} : { rateControl }),
                ...(sender === null ? {} : { sender }),
                ...(channel === null ? {} : { channel })
            })
        )
    ).flat();
}

/** Puts a path before what a deeper check says. */
function within<T>(path: string, work: () => T): T {
    try {
        return work();
    } catch (error) {
        if (!(error instanceof MixreelError) || error.code !== 'bad-input') throw error;
        const joint = /^[\w$]+[\w.[\]]* (is|has|are) /.test(error.message) ? '.' : ': ';
        const [what = error.message] = error.message.split(`. ${error.mend}.`);
        throw new MixreelError('bad-input', { what: `${path}${joint}${what}`, mend: error.mend, cause: error });
    }
}

function overlay(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
    const out = { ...below };
    for (const [key, value] of Object.entries(above)) {
        const under = out[key];
        out[key] = isRecord(under) && isRecord(value) ? { ...under, ...value } : value;
    }
    return out;
}

function requireFields(value: unknown, path: string, known: readonly string[]): Record<string, unknown> {
    const record = requireRecord(value, path);
    for (const key of Object.keys(record)) {
        if (known.includes(key)) continue;
        const at = path === '' ? key : `${path}.${key}`;
        throw badInput(`${at} is not a field`, `one of ${known.join(', ')}`, 'Correct the name or leave it out');
    }
    return record;
}

function requireRecord(value: unknown, path: string): Record<string, unknown> {
    if (isRecord(value)) return value;
    throw badInput(`${path || 'the scenario'} is ${show(value)}`, 'an object', 'Write { … }');
}

function requireList(value: unknown, path: string, most: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= 1 && value.length <= most) return value;
    const what = Array.isArray(value) ? `has ${value.length} entries` : `is ${show(value)}`;
    throw badInput(`${path} ${what}`, `a list of 1 to ${most}`, 'Write [ … ]');
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
    return (JSON.stringify(value) ?? 'missing').slice(0, 80);
}
