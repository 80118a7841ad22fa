/** `mixreel test`: the scenarios of a configuration, judged, with a report. */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { badInput, MixreelError } from '@mixreel/core';
import {
    type CheckedConfig,
    parseShard,
    type RunResult,
    renderAnnotations,
    reportOfRun,
    runSuite,
    SCENARIO_DEVICES,
    type ScenarioDevice,
    type ScenarioResult,
    type SuiteOptions,
    type SuiteResult,
    type UpdatePolicy
} from '@mixreel/harness';
import { cellNetworks } from '../chain/page-networks.ts';
import { type Command, type CommandContext, defineCommand, type Outcome } from '../command.ts';
import { CONFIG_NAMES, configPath, readConfig } from '../config-file.ts';
import { readDurations, writeDurations } from '../durations.ts';
import { choice, decimal, flag, text } from '../option.ts';
import { plainText } from '../plain-text.ts';
import { originOf } from '../source-of-config.ts';
import { count } from '../table.ts';
import { watchAndRun } from '../watch.ts';
import { giveOn, loading, watched } from '../watched-run.ts';

export const test: Command = defineCommand({
    operands: '[CONFIG]',
    operandCount: [0, 1],
    description:
        `Runs the scenarios of a configuration (default: ${CONFIG_NAMES.join(', ')}), judges what they capture, and\n` +
        'writes report.html, report.json and junit.xml. Exit code 1 if something differs, 3 if a scenario could not be judged.',
    options: {
        grep: text('TEXT', 'run only scenarios whose name or tag contains this'),
        device: text('NAME', `only scenarios of this device: ${SCENARIO_DEVICES.join(', ')}`),
        seed: text('SEED', "another seed than the configuration's"),
        out: text('FOLDER', "another folder than the configuration's", 'o'),
        update: choice<UpdatePolicy | 'config'>(
            ['config', 'never', 'missing', 'approved'],
            'config',
            'which captures become baselines: none, those without one, or all (which takes a reason)'
        ),
        reason: text('TEXT', 'why what becomes a baseline is right; needed with --update approved', 'm'),
        shard: text('I/N', 'run only part i of n, for one of n machines'),
        durations: text('FILE', 'balance shards by the times in FILE, if it is there, and note the new ones in it'),
        resume: flag(
            'take up a run that was ended (of the same configuration and commit): what has a verdict that still stands is not run again'
        ),
        queue: text('URL', 'share the run with other machines over Redis: redis://host:6379'),
        'load-timeout': decimal(0.1, 3600, 60, 's that the configuration may take to load'),
        watch: flag('run again whenever a file of this folder changes, until Ctrl-C'),
        run: text('ID', 'names the run in the history; with --queue, machines that give the same name share it')
    },
    examples: [
        ['mixreel test', 'all scenarios of mixreel.config.*'],
        ['mixreel test visual.config.mjs --grep room -o out/rooms', 'some scenarios of another configuration'],
        ['mixreel test --shard 2/4 -o out/shard-2', 'the second quarter, see mixreel merge'],
        ['mixreel test --queue redis://ci:6379 --run "$BUILD_ID"', 'on each of several machines: all share the work']
    ],
    async run([path], options, context) {
        if (options.watch) return watchConfig(path, options, context);
        const config = await loading(options['load-timeout'], () => readConfig(path));
        const settings = {
            ...config,
            outDir: options.out ?? config.outDir,
            seed: options.seed ?? config.seed,
            networks: { ...cellNetworks(), ...config.networks }
        };
        const common = {
            resume: options.resume,
            ...(await originOf(configPath(path), writtenBy(settings, options), readBy(settings))),
            clock: context.clock,
            progress: context.progress,
            ...(options.grep === undefined ? {} : { grep: options.grep }),
            ...(options.device === undefined ? {} : { device: deviceOf(options.device) }),
            ...(options.update === 'config' ? {} : { update: options.update }),
            ...(options.reason === undefined ? {} : { approval: { reason: options.reason } }),
            provenance: { command: commandShown() },
            onResult: (scenario: ScenarioResult) => context.log(describe(scenario))
        };
        const { after, ...told } = watched();
        const { durations: file } = options;
        const durations = file === undefined ? {} : await readDurations(file);
        const result =
            options.queue === undefined
                ? await runSuite(settings, {
                      ...common,
                      ...told,
                      ...(after ? { after } : {}),
                      ...runName(options.run),
                      durations,
                      judgeThreads: Math.min(8, availableParallelism()),
                      ...(options.shard === undefined ? {} : { shard: parseShard(options.shard) })
                  })
                : await shareRun(settings, { ...common, ...told }, options, context);
        const { run, report } = result;
        if (file !== undefined) await writeDurations(file, durations, run);
        tellOutcome(result, settings, context);
        if (process.env['GITHUB_ACTIONS'] === 'true') context.log(renderAnnotations(reportOfRun(run)).trimEnd());
        if (run.partial && context.progress.signal?.aborted) throw cancelled(report.html);
        return outcomeOf(run, report.html);
    }
});

/** What was not run, and what became a baseline; each scenario that was run was told of already. */
function tellOutcome(
    { run, taken, resumed, notResumed, notShared }: SuiteResult,
    config: CheckedConfig,
    context: CommandContext
): void {
    if (notResumed !== undefined) context.log(`run from the start: the run in ${config.outDir} was of ${notResumed}`);
    if (notShared !== undefined)
        context.log(
            `not shared with ${count(notShared, 'run')} of this name, of another configuration, commit or seed: check out the same on all machines`
        );
    for (const scenario of run.scenarios.filter(({ name }) => resumed.includes(name)))
        context.log(`${describe(scenario)}\n             from the run before`);
    for (const name of taken) context.log(plainText(`taken as the baseline: ${name}`));
}

/** The command as it was given; the password of a queue is not for reports. */
function commandShown(): string {
    const words = process.argv.slice(2).map((word) => word.replace(/(rediss?:\/\/)[^@/]*@/, '$1…@'));
    return `mixreel ${words.join(' ')}`;
}

function deviceOf(name: string): ScenarioDevice {
    const device = SCENARIO_DEVICES.find((known) => known === name);
    if (device !== undefined) return device;
    throw badInput(`--device is "${name}"`, SCENARIO_DEVICES.join(', '), 'Pass one of these');
}

/** What the run is called in the history: what the user says, else the commit that GitHub builds. */
function runName(given: string | undefined): { runName?: string } {
    const name = given ?? process.env['GITHUB_SHA'];
    return name === undefined ? {} : { runName: name };
}

async function watchConfig(
    path: string | undefined,
    options: { out: string | undefined; durations: string | undefined },
    context: CommandContext
): Promise<Outcome> {
    const words = process.argv.slice(1).filter((word) => word !== '--watch');
    const { signal } = context.progress;
    // What is wrong with it is told at once; later on by the run that reads it.
    let written = writtenBy(await readConfig(path), options);
    const code = await watchAndRun({
        folder: process.cwd(),
        except: async () => {
            written = await readConfig(path, { anew: true }).then(
                (config) => writtenBy(config, options),
                () => written
            );
            return written;
        },
        command: [process.execPath, ...words],
        clock: context.clock,
        signal: signal ?? new AbortController().signal,
        log: context.log
    });
    const exitCode = code === 1 || code === 3 ? code : 0;
    return { text: '', json: { exitCode }, exitCode };
}

/** Paths that a run writes: a watch that looked at them would never end. */
function writtenBy(
    { outDir, baselineDir, history, scenarios }: CheckedConfig,
    { out, durations }: { out: string | undefined; durations: string | undefined }
): string[] {
    const files = scenarios.flatMap(({ writes = [] }) => writes);
    return [outDir, baselineDir, out, history, durations, ...files].filter((path) => path !== undefined);
}

/** Paths that scenarios read beside the configuration's. */
function readBy({ scenarios }: CheckedConfig): string[] {
    return scenarios.flatMap(({ reads = [] }) => reads);
}

async function shareRun(
    config: CheckedConfig,
    common: SuiteOptions,
    options: { queue: string | undefined; run: string | undefined; shard: string | undefined },
    context: CommandContext
): Promise<SuiteResult> {
    if (options.shard !== undefined)
        throw badInput('--queue was given with --shard', 'one way of parting the work', 'Leave one of them out');
    const runId = options.run ?? randomUUID();
    if (options.run === undefined) {
        context.log(`other machines join with --run ${runId}`);
        giveOn(['--run', runId]);
    }
    // Loaded here: its client of Redis takes a fifth of a second that no other run needs.
    const { runQueued } = await import('@mixreel/harness/queue');
    return runQueued(config, common, { url: options.queue ?? '', runId });
}

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

function describe(scenario: ScenarioResult): string {
    const head = `${scenario.status.padEnd(12)} ${scenario.name} (${count(scenario.captures.length, 'capture')}, ${scenario.durationS.toFixed(1)} s)`;
    const bad = scenario.captures.filter(({ verdict }) => verdict.status !== 'passed');
    const lines = bad.map(({ capture, verdict }) => `             ${capture.name}: ${verdict.message}`);
    const { failure, skipped } = scenario;
    if (failure ?? skipped) lines.push(`             ${failure?.message ?? skipped}`);
    return [head, ...lines].map(plainText).join('\n');
}

function cancelled(html: string): MixreelError {
    return new MixreelError('aborted', {
        what: 'the run was cancelled',
        mend: `What was done is in ${html}; start it again with --resume to finish`
    });
}
