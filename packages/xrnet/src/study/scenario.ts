/**
 * A network scenario: one cell under several loads, seeds and variants of its mechanisms, as a value that a file can hold.
 *
 *     { "format": "mixreel-network/1", "preset": "city", "users": [4, 8, 12], "seeds": 5,
 *       "flows": [{ "traffic": "vr-30" }],
 *       "variants": { "all on": {}, "no PSDB": { "cell": { "scheduler": "pf" } } } }
 *
 * Seeds are the same for every variant and load, so differences are paired.
 */
import { badInput, Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { CellConfig, CellConfigInput } from '../config.ts';
import { CELL_PRESET_NAMES, type CellPresetName, cellPreset } from '../presets.ts';
import { requireNumber } from '../require-number.ts';
import { isRecord, requireFields, requireList, requireRecord, show, within } from './scenario-fields.ts';
import { FLOW_FIELDS, flowsOf, type RecordedFiles, readFlow, type ScenarioFlow } from './scenario-flow.ts';

/** What `format` must say. */
export const SCENARIO_FORMAT = 'mixreel-network/1';

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

/**
 * Checks a scenario; what is left out has a default: preset `city`, 5 s, 4 users, 1 seed, flows of `vr-30`.
 *
 * @param files - Texts of the P-traces that flows name as `{ "recorded": "name" }`.
 * @throws MixreelError `bad-input`, the message starting with the path of the field: `variants.off.cell.harq.errorRate is 2`.
 */
export function readScenario(value: unknown, files: RecordedFiles = new Map()): NetworkScenario {
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
    const base = { preset: preset as CellPresetName, cell: root.cell, flows: root.flows, durationNs, files };
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
    readonly files: RecordedFiles;
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
    const flows = given.map((flow, i) => readFlow(flow, `flows[${i}]`, extra, `${path}.flows`, base.files));
    const probe = new Cell(cell, Rng.create(0));
    for (const flow of flowsOf(flows, 1)) probe.addFlow(flow);
    return { name, cell, flows };
}

function overlay(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
    const out = { ...below };
    for (const [key, value] of Object.entries(above)) {
        const under = out[key];
        out[key] = isRecord(under) && isRecord(value) ? { ...under, ...value } : value;
    }
    return out;
}
