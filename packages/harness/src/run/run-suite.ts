/**
 * A configuration from end to end: choose the scenarios, run them, judge them against the baselines, keep what they captured
 * for approval, and have a report on disk from the first scenario on.
 *
 * Everything the run writes lies in its folder: report.html, report.json, junit.xml, summary.md, results/ (for --resume and
 * merging), captures/ (for approving), files/ (the scenarios' own).
 */
import { badInput, type Clock, type Progress, RealClock } from '@mixreel/core';
import type { Approval } from '../baseline/capture-store.ts';
import type { launchBrowser } from '../browser/launch-browser.ts';
import { worstStatus } from '../report/report.ts';
import type { WrittenReport } from '../report/write-report.ts';
import {
    type CheckedConfig,
    checkConfig,
    type HarnessConfig,
    type Shard,
    type UpdatePolicy
} from '../scenario/config.ts';
import type { Scenario, ScenarioDevice } from '../scenario/scenario.ts';
import type { PicturePolicy } from './judge-capture.ts';
import { openJudges } from './judge-threads.ts';
import { resultKeeper } from './keep-result.ts';
import { goOn, originOf, takeUp } from './resume.ts';
import { RunFolder } from './run-folder.ts';
import { lostResult, type RunResult, type ScenarioResult } from './run-result.ts';
import type { BeginListener } from './run-scenario.ts';
import { runScenarios } from './run-scenarios.ts';
import { shardScenarios } from './shard.ts';
import type { SuiteJudgeOptions } from './suite-judge.ts';

/** Options of {@link runSuite}. */
export interface SuiteOptions {
    readonly clock?: Clock;
    readonly progress?: Progress;
    /** Only scenarios whose name or a tag of which contains this. */
    readonly grep?: string;
    /** Only scenarios of this device, and those that name none. */
    readonly device?: ScenarioDevice;
    readonly shard?: Shard;
    /** Seconds by name of the scenario, for balancing shards. */
    readonly durations?: Readonly<Record<string, number>>;
    /** True: scenarios that this folder already holds results of are not run again, where those still stand: see resume.ts. */
    readonly resume?: boolean;
    /**
     * What the scenarios come from, by name: a digest of the configuration, the commit. A run is taken up only where it is the
     * same, else all is run anew; shards are merged and machines share a queue only where it is.
     */
    readonly source?: Readonly<Record<string, string>>;
    /** Digest of what is not committed of the source: a run is taken up only where it is the same. Other machines may differ in it. */
    readonly changes?: string;
    /** What may become a baseline in this run. Default: the configuration's. */
    readonly update?: UpdatePolicy;
    /** Noted with baselines that this run takes; `update: 'approved'` needs it. */
    readonly approval?: Approval;
    readonly pictures?: PicturePolicy;
    /** The day by which the ledger of flakes is read, `2026-11-22`. Default: the machine's (UTC). */
    readonly today?: string;
    /** Names the run in the history: a commit, a build number. Default: the day. */
    readonly runName?: string;
    /** Worker processes that judge while the next scenario runs, 0 to 64; 0 (the default): this thread does. */
    readonly judgeThreads?: number;
    /** What is needed to do it again: versions, device, command. */
    readonly provenance?: Readonly<Record<string, string>>;
    readonly onResult?: (result: ScenarioResult, soFar: RunResult) => Promise<void> | void;
    readonly launch?: typeof launchBrowser;
    /** So that whoever started this process can end it if a scenario holds it. */
    readonly onBegin?: BeginListener;
    /**
     * Goes on with the run of this folder whose process ended in a scenario: that one gets an error that says why, and what has a
     * verdict keeps it, whatever it is. In place of `resume`.
     */
    readonly after?: EndedIn;
}

/** The scenario in which the process of a run ended. */
export interface EndedIn {
    readonly scenario: string;
    /** A sentence. */
    readonly why: string;
    /** Seconds that it had run. */
    readonly durationS: number;
}

/** What a suite leaves. */
export interface SuiteResult {
    readonly run: RunResult;
    readonly report: WrittenReport;
    /** Captures that became baselines, as `scenario: capture`. */
    readonly taken: readonly string[];
    /** Scenarios whose results were taken up from before. */
    readonly resumed: readonly string[];
    /** Why nothing was taken up although it was asked for: `another commit`. */
    readonly notResumed?: string;
    /** Runs of this name on the queue that are of another configuration, commit or seed, and so were not shared. */
    readonly notShared?: number;
}

/** Scenarios that wait for worker processes to judge them; more would only hold more pictures in memory. */
const JUDGED_BEHIND = 4;

/**
 * @throws MixreelError `bad-input` for a wrong configuration or if nothing is selected; `environment` if the report cannot be
 * written at the end. A disk that fills up meanwhile is a verdict of the captures that found no room.
 */
export async function runSuite(config: HarnessConfig, options: SuiteOptions = {}): Promise<SuiteResult> {
    const checked = checkConfig(config);
    const { outDir, seed, title } = checked;
    const judging = judgeOptions(checked, options);
    const clock = options.clock ?? new RealClock();
    const suite = selectScenarios(checked.scenarios, options);
    // A shard may well be empty: machines are more than scenarios.
    const selected = options.shard ? shardScenarios(suite, options.shard, options.durations) : suite;
    const { after } = options;
    const { before: standing, notResumed } = after
        ? await goOn(checked, selected, after.scenario)
        : await takeUp(checked, selected, options);
    const before = [...(standing ?? [])];
    const resumed = after ? [] : before.map(({ name }) => name);
    const taken: string[] = [];
    const folder = new RunFolder(outDir, clock, options.provenance);
    if (standing === null) await folder.clear();
    else await folder.forget(withoutResult(selected, before));
    const keep = await resultKeeper(checked, folder, options);
    if (after) {
        const { scenario, why, durationS } = after;
        before.push(await keep({ ...lostResult(scenario, why, 1), durationS }));
        await options.onResult?.(before.at(-1)!, { title, seed, status: 'error', scenarios: before, partial: true });
    }
    const done = new Set(before.map((result) => result.name));
    const judges = openJudges(judging, options.judgeThreads ?? 0);
    const whole = (run: RunResult): RunResult => inOrder(run, before, selected);
    const { scenarios: _, update: __, baselineDir: ___, ...rest } = checked;
    const none: RunResult = { title, seed, status: 'passed', scenarios: [], partial: true };
    const namesOf = (list: readonly Scenario[]): string[] => list.map(({ name }) => name);
    const names = { suite: namesOf(suite), own: namesOf(selected) };
    await folder.plan({ title, seed, ...names, shard: options.shard ?? null, ...originOf(options) });
    // A run that is killed in its first scenario leaves a report, too.
    await folder.finish(whole(none)).catch(() => {});
    try {
        const run = await runScenarios(
            selected.filter((scenario) => !done.has(scenario.name)),
            {
                ...rest,
                clock,
                judgedBehind: options.judgeThreads ? JUDGED_BEHIND : 0,
                judge: async (scenario, capture, limit) => {
                    const verdict = await judges.judge(scenario, capture, limit);
                    if (verdict.taken) taken.push(`${scenario}: ${capture.name}`);
                    return verdict.result;
                },
                ...(options.progress ? { progress: options.progress } : {}),
                ...(options.launch ? { launch: options.launch } : {}),
                ...(options.onBegin ? { onBegin: options.onBegin } : {}),
                keep,
                onResult: async (result, soFar) => {
                    const all = whole(soFar);
                    await folder.partial(all);
                    await options.onResult?.(result, all);
                }
            }
        );
        const finished = whole(run);
        const report = await folder.finish(finished);
        return { run: finished, report, taken, resumed, ...(notResumed === null ? {} : { notResumed }) };
    } finally {
        await judges.close();
    }
}

/** What the judges of a suite need of its configuration and options. Throws `bad-input` for an approval without a reason. */
export function judgeOptions(config: CheckedConfig, options: SuiteOptions): SuiteJudgeOptions {
    const { pictures, approval, update = config.update } = options;
    const { suite } = config;
    if (update === 'approved' && !approval?.reason.trim())
        throw badInput(
            'update is "approved", and nobody says why',
            'a reason',
            'Say why what differs is right (--reason "new sofa"), or look first and run mixreel approve'
        );
    return {
        baselineDir: config.baselineDir,
        outDir: config.outDir,
        update,
        metrics: config.metrics,
        ...(suite === undefined ? {} : { suite }),
        ...(pictures === undefined ? {} : { pictures }),
        ...(approval === undefined ? {} : { approval })
    };
}

/** The scenarios that the options choose, for all machines together. Throws `bad-input` if none matches. */
export function selectScenarios(scenarios: readonly Scenario[], options: SuiteOptions): Scenario[] {
    const { grep, device: wanted } = options;
    const named = scenarios.filter(
        ({ name, tags = [], device = wanted }) =>
            (wanted === undefined || device === wanted) &&
            (grep === undefined || [name, ...tags].some((t) => t.includes(grep)))
    );
    if (named.length === 0) {
        const names = scenarios.slice(0, 20).map((scenario) => scenario.name);
        throw badInput(
            `no scenario matches "${grep ?? ''}"`,
            `one of: ${names.join(', ') || 'none'}`,
            'Change --grep or --device'
        );
    }
    return named;
}

/** Names of the scenarios of which there is no result yet. */
function withoutResult(scenarios: readonly Scenario[], results: readonly ScenarioResult[]): ReadonlySet<string> {
    const done = new Set(results.map(({ name }) => name));
    return new Set(scenarios.map(({ name }) => name).filter((name) => !done.has(name)));
}

function inOrder(run: RunResult, before: readonly ScenarioResult[], scenarios: readonly Scenario[]): RunResult {
    if (before.length === 0) return run;
    const all = new Map([...before, ...run.scenarios].map((result) => [result.name, result]));
    const ordered = scenarios.map(({ name }) => all.get(name)).filter((result) => result !== undefined);
    return { ...run, scenarios: ordered, status: worstStatus(ordered.map((result) => result.status)) };
}
