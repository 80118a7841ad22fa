/** `mixreel test`: the scenarios of a configuration, judged, with a report. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badInput, MixreelError } from '@mixreel/core';
import {
    type CheckedConfig,
    checkConfig,
    parseShard,
    type RunResult,
    renderAnnotations,
    reportOfRun,
    runSuite,
    type ScenarioResult,
    type UpdatePolicy
} from '@mixreel/harness';
import { type Command, defineCommand, type Outcome } from '../command.ts';
import { choice, flag, text } from '../option.ts';
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
        out: text('FOLDER', "another folder than the configuration's", 'o'),
        update: choice<UpdatePolicy | 'config'>(
            ['config', 'never', 'missing', 'approved'],
            'config',
            'which captures become baselines'
        ),
        shard: text('I/N', 'run only part i of n, for one of n machines'),
        resume: flag('take up a run that was ended: what has a verdict is not run again')
    },
    examples: [
        ['mixreel test', 'all scenarios of mixreel.config.*'],
        ['mixreel test visual.config.mjs --grep room -o out/rooms', 'some scenarios of another configuration'],
        ['mixreel test --shard 2/4 -o out/shard-2', 'the second quarter, see mixreel merge']
    ],
    async run([path], options, context) {
        const config = await readConfig(path);
        const settings = { ...config, outDir: options.out ?? config.outDir, seed: options.seed ?? config.seed };
        const { run, report, taken } = await runSuite(settings, {
            clock: context.clock,
            progress: context.progress,
            resume: options.resume,
            ...(options.grep === undefined ? {} : { grep: options.grep }),
            ...(options.shard === undefined ? {} : { shard: parseShard(options.shard) }),
            ...(options.update === 'config' ? {} : { update: options.update }),
            provenance: { command: `mixreel ${process.argv.slice(2).join(' ')}` },
            onResult: (scenario) => context.log(describe(scenario))
        });
        for (const name of taken) context.log(`taken as the baseline: ${name}`);
        if (process.env['GITHUB_ACTIONS'] === 'true') context.log(renderAnnotations(reportOfRun(run)).trimEnd());
        if (run.partial) throw cancelled(report.html);
        return outcomeOf(run, report.html);
    }
});

/** What a run comes to on the command line: its report, and 1 for a difference or 3 where something could not be judged. */
export function outcomeOf(run: RunResult, html: string): Outcome {
    const { status } = run;
    return {
        text: html,
        json: {
            report: html,
            status,
            scenarios: run.scenarios.map(({ name, status: own }) => ({ name, status: own }))
        },
        exitCode: status === 'error' ? 3 : status === 'failed' || status === 'inconclusive' ? 1 : 0
    };
}

/** The configuration in a file, or in the first of the usual names. */
export async function readConfig(given: string | undefined): Promise<CheckedConfig> {
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
        mend: `What was done is in ${html}; start it again with --resume to finish`
    });
}
