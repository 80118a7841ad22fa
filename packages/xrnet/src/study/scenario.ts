/**
 * A network scenario: a cell, or coupled cells, under several loads, seeds and variants of their mechanisms, as a value that a file
 * can hold.
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
import { Network } from '../network/network.ts';
import { type CoupledCells, cellsOf } from '../network/network-config.ts';
import { CELL_PRESET_NAMES, type CellPresetName, cellPreset } from '../presets.ts';
import { requireNumber } from '../require-number.ts';
import { overlay, requireFields, requireList, requireRecord, show, within } from './scenario-fields.ts';
import { FLOW_FIELDS, flowsOf, type RecordedFiles, readFlow, type ScenarioFlow } from './scenario-flow.ts';
import { readNetwork, requireLoads } from './scenario-network.ts';

/** What `format` must say. */
export const SCENARIO_FORMAT = 'mixreel-network/1';

/** One way to set the mechanisms. */
export interface ScenarioVariant {
    readonly name: string;
    readonly cell: CellConfig;
    readonly flows: readonly ScenarioFlow[];
    /** The cells that are coupled with one another, each of them `cell`; null: one alone. */
    readonly network: CoupledCells | null;
}

/** Cells of a variant. */
export function cellCount({ network }: ScenarioVariant): number {
    return network ? cellsOf(network) : 1;
}

/** A checked scenario. */
export interface NetworkScenario {
    readonly title: string;
    /** Loads: users in the cell, each 1 to 10,000; of coupled cells in each, at most 1,000. */
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
const FIELDS = [
    'format',
    'title',
    'preset',
    'cell',
    'network',
    'seconds',
    'users',
    'seeds',
    'seed',
    'flows',
    'variants'
] as const;

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
    const { cell, network, flows } = root;
    const base = { preset: preset as CellPresetName, cell, network, flows, durationNs, files };
    const named = Object.entries(requireRecord(root.variants ?? { standard: {} }, 'variants'));
    if (named.length === 0) throw badInput('variants is empty', 'at least one', 'Add one or leave variants out');
    const variants = named.map(([name, changes]) => readVariant(name, changes, base));
    if (variants.some((variant) => variant.network)) requireLoads(loads as number[]);
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
    readonly network: unknown;
    readonly flows: unknown;
    readonly durationNs: number;
    readonly files: RecordedFiles;
}

function readVariant(name: string, value: unknown, base: ScenarioBase): ScenarioVariant {
    const path = `variants.${name}`;
    const changes = requireFields(value, path, ['cell', 'network', 'flows']);
    const own = requireRecord(changes.cell ?? {}, `${path}.cell`);
    const common = requireRecord(base.cell ?? {}, 'cell');
    const network = readNetwork(base.network, changes.network, `${path}.network`);
    // Checked alone first, so that the message names the place where a value was written.
    within('cell', () => cellPreset(base.preset, common as CellConfigInput));
    const cell = within(`${path}.cell`, () => {
        const input: CellConfigInput = { ...overlay(common, own), durationNs: base.durationNs };
        return cellPreset(base.preset, network ? { ...input, subbands: input.subbands ?? {} } : input);
    });
    const given = requireList(base.flows ?? [{ traffic: 'vr-30' }], 'flows', 100);
    const extras = flowChanges(changes.flows ?? {}, `${path}.flows`, given.length);
    const flows = given.map((flow, i) => {
        const { extra, extraPath } = extras[i] as FlowChanges;
        return readFlow(flow, `flows[${i}]`, extra, extraPath, base.files);
    });
    const variant = { name, cell, flows, network };
    probe(variant, path);
    return variant;
}

interface FlowChanges {
    readonly extra: Record<string, unknown>;
    readonly extraPath: string;
}

/** What a variant changes in every flow: the same in all, or a list with an object for each. */
function flowChanges(value: unknown, path: string, count: number): FlowChanges[] {
    const list = Array.isArray(value) ? value : null;
    if (list && list.length !== count) {
        throw badInput(`${path} has ${list.length} entries`, `${count}, one for each flow`, 'Write {} for the others');
    }
    return Array.from({ length: count }, (_, i) => {
        const extraPath = list ? `${path}[${i}]` : path;
        return { extra: requireFields(list ? list[i] : value, extraPath, FLOW_FIELDS), extraPath };
    });
}

/** Puts one user into its cells: what only they refuse is refused now. */
function probe({ cell, flows, network }: ScenarioVariant, path: string): void {
    const rng = Rng.create(0);
    const first = new Cell(cell, rng);
    for (const flow of flowsOf(flows, 1)) first.addFlow(flow);
    if (!network) return;
    within(path, () => new Network({ ...network, usersPerCell: 1, cell, flows: flowsOf(flows, 1) }, rng));
}
