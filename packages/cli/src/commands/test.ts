/** `mixreel test`: the scenarios of a configuration, judged, with a report. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badInput, MixreelError } from '@mixreel/core';
import {
    type CheckedConfig,
    checkConfig,
    type RunResult,
    reportOfRun,
    runScenarios,
    type ScenarioResult,
    writeReport
} from '@mixreel/harness';
import { type Command, defineCommand } from '../command.ts';
import { text } from '../option.ts';
import { count } from '../table.ts';

/** Where a configuration is looked for, in this order. */
const CONFIG_NAMES = ['mixreel.config.ts', 'mixreel.config.mjs', 'mixreel.config.js'];

export const test: Command = defineCommand({
    operands: '[CONFIG]',
    operandCount: [0, 1],
    description:
        `Runs the scenarios of a configuration (default: ${CONFIG_NAMES.join(', ')}), judges what they capture, and\n` +
        'writes report.html, report.json and junit.xml. Exit code 1 if something differs, 3 if a scenario could not be judged.',
    options: {
        grep: text('TEXT', 'run only scenarios whose name or tag contains this'),
        seed: text('SEED', "another seed than the configuration's"),
        out: text('FOLDER', "another folder than the configuration's", 'o')
    },
    examples: [
        ['mixreel test', 'all scenarios of mixreel.config.*'],
        ['mixreel test visual.config.mjs --grep room -o out/rooms', 'some scenarios of another configuration']
    ],
    async run([path], options, context) {
        const config = await readConfig(path);
        const wanted = options.grep;
        const scenarios = config.scenarios.filter(
            ({ name, tags }) => wanted === undefined || [name, ...(tags ?? [])].some((part) => part.includes(wanted))
        );
        if (scenarios.length === 0) {
            const names = config.scenarios.map((scenario) => scenario.name).join(', ') || 'none';
            throw badInput(`no scenario matches "${wanted ?? ''}"`, `one of: ${names}`, 'Change --grep');
        }
        const settings = { ...config, outDir: options.out ?? config.outDir, seed: options.seed ?? config.seed };
        const { scenarios: _all, ...rest } = settings;
        const save = (result: RunResult): Promise<{ html: string }> =>
            writeReport(reportOfRun(result), settings.outDir);
        const result = await runScenarios(scenarios, {
            ...rest,
            clock: context.clock,
            progress: context.progress,
            onResult: async (scenario, soFar) => {
                context.log(describe(scenario));
                await save(soFar);
            }
        });
        const { html } = await save(result);
        if (result.partial) throw cancelled(html);
        const { status } = result;
        return {
            text: html,
            json: {
                report: html,
                status,
                scenarios: result.scenarios.map(({ name, status: own }) => ({ name, status: own }))
            },
            exitCode: status === 'error' ? 3 : status === 'failed' || status === 'inconclusive' ? 1 : 0
        };
    }
});

async function readConfig(given: string | undefined): Promise<CheckedConfig> {
    const path = given ?? CONFIG_NAMES.find((name) => existsSync(name));
    if (path === undefined || !existsSync(path)) {
        throw badInput(
            `there is no ${given ?? 'configuration'}`,
            given === undefined ? CONFIG_NAMES.join(' or ') : 'a file',
            'Write one with defineConfig of @mixreel/harness, or name it: mixreel test FILE'
        );
    }
    let loaded: { default?: unknown };
    try {
        loaded = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    } catch (error) {
        throw loadError(path, error);
    }
    if (loaded.default === undefined) {
        throw badInput(`${path} has no default export`, 'export default defineConfig({ … })', 'Add it');
    }
    return checkConfig(loaded.default);
}

function loadError(path: string, error: unknown): MixreelError {
    if (error instanceof MixreelError) return error;
    const why = error instanceof Error ? error.message : String(error);
    if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
        return badInput(
            `Node.js ${process.versions.node} cannot load ${path}`,
            'Node.js 22.18 or newer for TypeScript',
            'Name it mixreel.config.mjs (types can stand in JSDoc), or use a newer Node.js',
            error
        );
    }
    return badInput(`${path} cannot be loaded: ${why}`, 'a module without errors', 'Correct it', error);
}

function describe(scenario: ScenarioResult): string {
    const head = `${scenario.status.padEnd(12)} ${scenario.name} (${count(scenario.captures.length, 'capture')}, ${scenario.durationS.toFixed(1)} s)`;
    const bad = scenario.captures.filter(({ verdict }) => verdict.status !== 'passed');
    const lines = bad.map(({ capture, verdict }) => `             ${capture.name}: ${verdict.message}`);
    if (scenario.failure) lines.push(`             ${scenario.failure.message}`);
    return [head, ...lines].join('\n');
}

function cancelled(html: string): MixreelError {
    return new MixreelError('aborted', {
        what: 'the run was cancelled',
        mend: `What was done is in ${html}; start it again to finish`
    });
}
