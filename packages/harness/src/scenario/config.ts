/**
 * `mixreel.config.ts`: scenarios and how to run them. Typed where it is written, and checked again when it is read, because a
 * configuration may come from JavaScript or be put together by a program.
 */
import { badInput } from '@mixreel/core';
import type { NetworkEmulator } from '../page/network.ts';
import { SCENARIO_DEVICES, type Scenario } from './scenario.ts';

/** Part of the scenarios, for one of several machines. */
export interface Shard {
    /** From 1 to `count`. */
    readonly index: number;
    /** 1 to 10,000. */
    readonly count: number;
}

/**
 * What becomes a baseline while a run goes on: nothing; what has none yet; or also what differs from its own. The last is an
 * approval of everything that the run will find, and so takes a person's reason, as `mixreel approve` does.
 */
export type UpdatePolicy = 'never' | 'missing' | 'approved';

/** See the file comment. */
export interface HarnessConfig {
    readonly scenarios: readonly Scenario[];
    /** Title of the report. Default `Scenarios`. */
    readonly title?: string;
    /** Folder of reports and captures. Default `out/test`. */
    readonly outDir?: string;
    /** Scenarios write files (recordings) into this folder only, links followed. Default: the configuration's own, else the current one. */
    readonly folder?: string;
    /** Folder of approved baselines. Default `baselines`, for `mixreel test` beside the configuration. */
    readonly baselineDir?: string;
    /**
     * Names the configuration in its baselines, 1 to 200 characters, so that several can share a folder of them and `mixreel
     * prune` removes its own only. Default: none; for `mixreel`, the configuration's path from that folder.
     */
    readonly suite?: string;
    /** File of JSON lines in which values of scenarios are kept from run to run, for trends. Default: none is kept. */
    readonly history?: string;
    /** Any number or text. Default 1. */
    readonly seed?: number | string;
    /** Of a scenario, seconds on the clock, 0.001 to 86,400. Default 120. */
    readonly timeoutS?: number;
    /** Default `never`. */
    readonly update?: UpdatePolicy;
    /** Networks by the names that scenarios ask for. Default none; `mixreel test` adds the cells of @mixreel/xrnet. */
    readonly networks?: Readonly<Record<string, NetworkEmulator>>;
    /**
     * Metrics of pictures by the names that `maxDistances` asks for: paths, from the current folder, of an LPIPS model
     * (`.onnx`; needs onnxruntime-node) or of a module whose default export is `(expected, actual) => distance`. Default none.
     */
    readonly metrics?: Readonly<Record<string, string>>;
}

/** A configuration with nothing left out. */
export type CheckedConfig = Required<Omit<HarnessConfig, 'history' | 'suite'>> &
    Pick<HarnessConfig, 'history' | 'suite'>;

export const CONFIG_DEFAULTS: Omit<CheckedConfig, 'scenarios'> = Object.freeze({
    title: 'Scenarios',
    outDir: 'out/test',
    folder: '.',
    baselineDir: 'baselines',
    seed: 1,
    timeoutS: 120,
    update: 'never',
    networks: Object.freeze({}),
    metrics: Object.freeze({})
});

/** Gives a configuration its type, and checks it where it is written. */
export function defineConfig(config: HarnessConfig): HarnessConfig {
    checkConfig(config);
    return config;
}

/** Fills in the defaults. Throws `bad-input` that names the field, its value, and what to write instead. */
export function checkConfig(config: unknown): CheckedConfig {
    if (!isRecord(config))
        throw badInput(`the configuration is ${show(config)}`, 'an object', 'Use defineConfig({ scenarios: [] })');
    const known = [...Object.keys(CONFIG_DEFAULTS), 'history', 'suite', 'scenarios'];
    for (const key of Object.keys(config)) {
        if (!known.includes(key)) throw badInput(`"${key}" is not an option`, known.join(', '), 'Correct or remove it');
    }
    const defined = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
    const checked = { ...CONFIG_DEFAULTS, ...defined } as CheckedConfig;
    for (const key of ['title', 'outDir', 'folder', 'baselineDir'] as const) {
        const value: unknown = checked[key];
        if (typeof value !== 'string' || value === '')
            throw badInput(`${key} is ${show(value)}`, 'text', 'Set it or leave it out');
    }
    if (checked.history !== undefined && (typeof checked.history !== 'string' || checked.history === ''))
        throw badInput(`history is ${show(checked.history)}`, 'the path of a file', 'Set it or leave it out');
    const { suite } = checked;
    if (suite !== undefined && (typeof suite !== 'string' || suite === '' || suite.length > 200))
        throw badInput(`suite is ${show(suite)}`, 'text of 1 to 200 characters', 'Set it or leave it out');
    checkSeed('seed', checked.seed);
    if (!['never', 'missing', 'approved'].includes(checked.update)) {
        throw badInput(`update is ${show(checked.update)}`, 'never, missing or approved', 'Use one of these');
    }
    checkTimeout('timeoutS', checked.timeoutS);
    checkNetworks(checked.networks);
    checkMetrics(checked.metrics);
    checkScenarios(checked.scenarios);
    return checked;
}

function checkNetworks(networks: unknown): void {
    if (!isRecord(networks))
        throw badInput(`networks is ${show(networks)}`, 'an object of emulators by name', 'Use networks: { name: … }');
    for (const [name, network] of Object.entries(networks)) {
        if (isRecord(network) && typeof network['open'] === 'function') continue;
        throw badInput(`network "${name}" is ${show(network)}`, 'a NetworkEmulator', 'Give it a function open');
    }
}

function checkMetrics(metrics: unknown): void {
    if (!isRecord(metrics))
        throw badInput(
            `metrics is ${show(metrics)}`,
            'an object of paths by name',
            "Use metrics: { lpips: 'lpips.onnx' }"
        );
    for (const [name, path] of Object.entries(metrics)) {
        if (typeof path === 'string' && path !== '') continue;
        throw badInput(`metric "${name}" is ${show(path)}`, 'the path of a model or module', 'Name its file');
    }
}

function checkScenarios(scenarios: unknown): void {
    if (!Array.isArray(scenarios))
        throw badInput(`scenarios is ${show(scenarios)}`, 'a list', 'Use scenarios: [defineScenario({ … })]');
    const seen = new Set<string>();
    scenarios.forEach((scenario: unknown, i) => {
        if (!isRecord(scenario))
            throw badInput(`scenarios[${i}] is ${show(scenario)}`, 'an object', 'Use defineScenario');
        const { name, run, timeoutS, skip, tags, device, reads, writes, seed } = scenario;
        if (typeof name !== 'string' || name.trim() === '' || name.length > 200) {
            throw badInput(
                `scenarios[${i}].name is ${show(name)}`,
                'text of 1 to 200 characters',
                'Name what it shows'
            );
        }
        if (seen.has(name)) throw badInput(`two scenarios are named "${name}"`, 'each name once', 'Rename one');
        seen.add(name);
        if (typeof run !== 'function')
            throw badInput(
                `run of scenario "${name}" is ${show(run)}`,
                'a function',
                'Write run: async (context) => { … }'
            );
        if (timeoutS !== undefined) checkTimeout(`timeoutS of scenario "${name}"`, timeoutS);
        if (seed !== undefined) checkSeed(`seed of scenario "${name}"`, seed);
        if (skip !== undefined && typeof skip !== 'string') {
            throw badInput(`skip of scenario "${name}" is ${show(skip)}`, 'the reason as text', "Write skip: 'why'");
        }
        if (device !== undefined && !(SCENARIO_DEVICES as readonly unknown[]).includes(device)) {
            throw badInput(`device of scenario "${name}" is ${show(device)}`, SCENARIO_DEVICES.join(', '), 'Use one');
        }
        const isTexts = (list: unknown): boolean =>
            Array.isArray(list) && list.every((text) => typeof text === 'string');
        if (tags !== undefined && !isTexts(tags))
            throw badInput(`tags of scenario "${name}" is ${show(tags)}`, 'a list of texts', "Write tags: ['slow']");
        for (const [field, paths] of Object.entries({ reads, writes })) {
            if (paths !== undefined && !isTexts(paths))
                throw badInput(`${field} of scenario "${name}" is ${show(paths)}`, 'a list of paths', 'Name the files');
        }
    });
}

function checkSeed(what: string, seed: unknown): void {
    if (typeof seed === 'string' || (typeof seed === 'number' && Number.isFinite(seed))) return;
    throw badInput(`${what} is ${show(seed)}`, 'a number or text', 'Use seed: 1');
}

function checkTimeout(what: string, value: unknown): void {
    if (typeof value === 'number' && value >= 0.001 && value <= 86_400) return;
    throw badInput(`${what} is ${show(value)}`, 'seconds from 0.001 to 86400', 'Use 120');
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
    if (typeof value === 'function') return 'a function';
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
