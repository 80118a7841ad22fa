/**
 * A configuration from end to end: choose the scenarios, run them, judge them against the baselines, keep what they captured
 * for approval, and have a report on disk from the first scenario on.
 *
 * Everything the run writes lies in its folder: report.html, report.json, junit.xml, summary.md, results/ (for --resume and
 * merging), captures/ (for approving), files/ (the scenarios' own).
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput, type Clock, MixreelError, type Progress, RealClock } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { type Approval, CaptureStore } from '../baseline/capture-store.ts';
import type { launchBrowser } from '../browser/launch-browser.ts';
import { worstStatus } from '../report/report.ts';
import { type WrittenReport, writeReport } from '../report/write-report.ts';
import { checkConfig, type HarnessConfig, type Shard, type UpdatePolicy } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Capture, SELF_CONTAINED } from '../verdict/capture.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import { judgeCapture, type PicturePolicy } from './judge-capture.ts';
import { reportOfRun } from './report-of-run.ts';
import { loadResults, RESULTS_FOLDER, saveResult } from './result-files.ts';
import type { CaptureResult, RunResult, ScenarioResult } from './run-result.ts';
import { runScenarios } from './run-scenarios.ts';
import { shardScenarios } from './shard.ts';

/** Options of {@link runSuite}. */
export interface SuiteOptions {
    readonly clock?: Clock;
    readonly progress?: Progress;
    /** Only scenarios whose name or a tag of which contains this. */
    readonly grep?: string;
    readonly shard?: Shard;
    /** Seconds by name of the scenario, for balancing shards. */
    readonly durations?: Readonly<Record<string, number>>;
    /** True: scenarios that this folder already holds results of (same seed) are not run again. */
    readonly resume?: boolean;
    /** What may become a baseline in this run. Default: the configuration's. */
    readonly update?: UpdatePolicy;
    /** Noted with baselines that this run takes. */
    readonly approval?: Approval;
    readonly pictures?: PicturePolicy;
    /** What is needed to do it again: versions, device, command. */
    readonly provenance?: Readonly<Record<string, string>>;
    readonly onResult?: (result: ScenarioResult, soFar: RunResult) => Promise<void> | void;
    readonly launch?: typeof launchBrowser;
}

/** What a suite leaves. */
export interface SuiteResult {
    readonly run: RunResult;
    readonly report: WrittenReport;
    /** Captures that became baselines, as `scenario: capture`. */
    readonly taken: readonly string[];
    /** Scenarios whose results were taken up from before. */
    readonly resumed: readonly string[];
}

/** The partial report is written anew at most this often, ns: a report of many pictures takes a second. */
const REPORT_INTERVAL_NS = 5e9;

/**
 * @throws MixreelError `bad-input` for a wrong configuration or if nothing is selected; `environment` if the report cannot be
 * written at the end. A disk that fills up meanwhile is a verdict of the captures that found no room.
 */
export async function runSuite(config: HarnessConfig, options: SuiteOptions = {}): Promise<SuiteResult> {
    const checked = checkConfig(config);
    const { outDir, seed, title } = checked;
    const clock = options.clock ?? new RealClock();
    const selected = selectScenarios(checked.scenarios, options);
    const before = options.resume ? await resumable(outDir, selected, seed) : [];
    if (!options.resume)
        for (const name of [RESULTS_FOLDER, CAPTURES_FOLDER])
            await rm(join(outDir, name), { recursive: true, force: true });
    const done = new Set(before.map((result) => result.name));
    const judge = new SuiteJudge(checked.baselineDir, outDir, options, options.update ?? checked.update);
    const whole = (run: RunResult): RunResult => inOrder(run, before, selected);
    const report = (run: RunResult): Promise<WrittenReport> =>
        writeReport(reportOfRun(run, options.provenance), outDir);
    let writtenNs = -Infinity;
    const { scenarios: _, update: __, baselineDir: ___, ...rest } = checked;
    const run = await runScenarios(
        selected.filter((scenario) => !done.has(scenario.name)),
        {
            ...rest,
            clock,
            judge: (scenario, capture) => judge.judge(scenario, capture),
            ...(options.progress ? { progress: options.progress } : {}),
            ...(options.launch ? { launch: options.launch } : {}),
            onResult: async (result, soFar) => {
                const all = whole(soFar);
                // Without room for it the run still goes on: the last report says what is missing.
                await saveResult(outDir, { title, seed }, result).catch(() => {});
                if (soFar.partial && clock.nowNs() - writtenNs >= REPORT_INTERVAL_NS) {
                    await report(all).catch(() => {});
                    writtenNs = clock.nowNs();
                }
                await options.onResult?.(result, all);
            }
        }
    );
    const finished = whole(run);
    return { run: finished, report: await report(finished), taken: judge.taken, resumed: [...done] };
}

function selectScenarios(scenarios: readonly Scenario[], options: SuiteOptions): Scenario[] {
    const { grep, shard, durations } = options;
    const named = scenarios.filter(
        ({ name, tags = [] }) => grep === undefined || [name, ...tags].some((t) => t.includes(grep))
    );
    if (named.length === 0) {
        const names = scenarios.slice(0, 20).map((scenario) => scenario.name);
        throw badInput(`no scenario matches "${grep ?? ''}"`, `one of: ${names.join(', ') || 'none'}`, 'Change --grep');
    }
    // A shard may well be empty: machines are more than scenarios.
    return shard ? shardScenarios(named, shard, durations) : named;
}

/** Earlier results of these scenarios that need not be had again: judged, with the same seed. */
async function resumable(
    outDir: string,
    scenarios: readonly Scenario[],
    seed: number | string
): Promise<ScenarioResult[]> {
    const names = new Set(scenarios.map((scenario) => scenario.name));
    const files = await loadResults(outDir);
    const usable = files.filter(
        (file) => file.seed === seed && names.has(file.result.name) && file.result.status !== 'error'
    );
    return usable.map((file) => file.result);
}

function inOrder(run: RunResult, before: readonly ScenarioResult[], scenarios: readonly Scenario[]): RunResult {
    if (before.length === 0) return run;
    const all = new Map([...before, ...run.scenarios].map((result) => [result.name, result]));
    const ordered = scenarios.map(({ name }) => all.get(name)).filter((result) => result !== undefined);
    return { ...run, scenarios: ordered, status: worstStatus(ordered.map((result) => result.status)) };
}

/** Judges against stored baselines, keeps captures, and takes baselines where the policy says so. */
class SuiteJudge {
    readonly taken: string[] = [];
    readonly #baselines: CaptureStore;
    readonly #captures: CaptureStore;
    readonly #options: SuiteOptions;
    readonly #update: UpdatePolicy;

    constructor(baselineDir: string, outDir: string, options: SuiteOptions, update: UpdatePolicy) {
        this.#baselines = new CaptureStore(baselineDir);
        this.#captures = new CaptureStore(join(outDir, CAPTURES_FOLDER));
        this.#options = options;
        this.#update = update;
    }

    async judge(scenario: string, capture: Capture): Promise<CaptureResult> {
        try {
            return await this.#judge(scenario, capture);
        } catch (error) {
            if (!(error instanceof MixreelError)) throw error;
            const { name, judge } = capture;
            return { capture: { name, judge }, against: 'none', verdict: plainVerdict('error', error.message) };
        }
    }

    async #judge(scenario: string, capture: Capture): Promise<CaptureResult> {
        const pictures = this.#options.pictures ?? 'failed';
        const { name, judge, data, expected } = capture;
        // Data stays in files: a suite of a thousand pictures does not fit in memory.
        if (expected || SELF_CONTAINED.has(judge.kind))
            return withoutData(await judgeCapture(scenario, capture, undefined, pictures));
        const entry = await this.#captures.save(scenario, name, judge.kind, data, null);
        const baseline = await this.#baselines.entry(scenario, name);
        const summary = { capture: { name, judge } };
        if (baseline?.sha256 === entry.sha256 && baseline.judge === judge.kind) {
            return { ...summary, against: 'baseline', verdict: plainVerdict('passed', 'byte for byte the baseline') };
        }
        if (baseline && baseline.judge !== judge.kind && this.#update !== 'approved') {
            const message = `the baseline was approved to be judged "${baseline.judge}", not "${judge.kind}": approve it anew`;
            return { ...summary, against: 'baseline', verdict: plainVerdict('failed', message) };
        }
        const result = withoutData(await judgeCapture(scenario, capture, this.#baselines, pictures));
        const wanted = baseline
            ? this.#update === 'approved' && result.verdict.status === 'failed'
            : this.#update !== 'never';
        // A capture that could not be judged (blank, NaN) is never taken; save refuses it once more.
        if (!wanted || result.verdict.status === 'error') return result;
        const approval = this.#options.approval ?? { reason: `taken by --update ${this.#update}` };
        await this.#baselines.save(scenario, name, judge.kind, data, approval);
        this.taken.push(`${scenario}: ${name}`);
        return {
            ...summary,
            against: 'none',
            verdict: plainVerdict('passed', `taken as the baseline: ${approval.reason}`)
        };
    }
}

function withoutData({ data: _, ...result }: CaptureResult): CaptureResult {
    return result;
}
