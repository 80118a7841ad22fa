/**
 * A suite shared between machines over BullMQ on Redis. Every machine calls this with the same configuration and run id: each
 * fills the queue (a scenario that is already in it is not added twice), works on it, and collects all results, so that any
 * of them may come late or be lost. Results are kept by the name of their scenario: none can count twice. Machines of another
 * configuration, commit or seed share nothing, whatever their run is called.
 *
 * Against shards: nothing has to be balanced beforehand, a lost machine's scenario is taken over, progress is seen while it
 * runs; it costs a Redis. Each machine notes the same measurements in its history, by the run's id, under which they count
 * once however the files are put together.
 */
import { join } from 'node:path';
import { badInput, type Clock, MixreelError, RealClock } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { CaptureStore } from '../baseline/capture-store.ts';
import { worstStatus } from '../report/report.ts';
import { resultKeeper } from '../run/keep-result.ts';
import { originOf, takeUp } from '../run/resume.ts';
import { RunFolder } from '../run/run-folder.ts';
import { lostResult, type RunResult, type ScenarioResult } from '../run/run-result.ts';
import { skipped } from '../run/run-scenario.ts';
import { judgeOptions, type SuiteOptions, type SuiteResult, selectScenarios } from '../run/run-suite.ts';
import type { SuiteJudgeOptions } from '../run/suite-judge.ts';
import { type CheckedConfig, checkConfig, type HarnessConfig } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Desk } from './desk.ts';
import { addressOfQueue, checkQueue, type QueueOptions } from './queue-options.ts';
import { startQueueWorker } from './queue-worker.ts';

/**
 * @throws MixreelError `bad-input` for options that do not go together; `environment` if Redis does not answer at the start or
 * the report cannot be written. A Redis that is lost in mid-run is an error of the scenarios whose results had not come yet; with
 * `resume`, here or in `runSuite`, they are what is left to do.
 */
export async function runQueued(
    config: HarnessConfig,
    options: Omit<SuiteOptions, 'shard' | 'judgeThreads' | 'durations' | 'after'>,
    queueOptions: QueueOptions
): Promise<SuiteResult> {
    const checked = checkConfig(config);
    const queue = checkQueue(queueOptions);
    const judge = judgeOptions(checked, options);
    if (judge.update !== 'never') {
        const what = `baselines are to be taken ("${judge.update}") by machines that share a queue`;
        throw badInput(what, 'update: never', 'Run mixreel approve on the folder of one of them afterwards');
    }
    const clock = options.clock ?? new RealClock();
    const selected = selectScenarios(checked.scenarios, options);
    const source = { ...options.source, seed: JSON.stringify(checked.seed) };
    // Before anything of an earlier run is removed.
    const desk = await Desk.open(queue, clock, source);
    const run = { config: checked, options, queue, judge, clock, selected, desk };
    try {
        return await shareRun(run);
    } finally {
        await desk.close();
    }
}

/** A run that is shared: what was asked for, checked, and the queue. */
interface SharedRun {
    readonly config: CheckedConfig;
    readonly options: Omit<SuiteOptions, 'shard' | 'judgeThreads' | 'durations' | 'after'>;
    readonly queue: Required<QueueOptions>;
    readonly judge: SuiteJudgeOptions;
    readonly clock: Clock;
    readonly selected: readonly Scenario[];
    readonly desk: Desk;
}

async function shareRun(run: SharedRun): Promise<SuiteResult> {
    const { config, options, queue, clock, selected, desk } = run;
    const { outDir, title, seed } = config;
    const folder = new RunFolder(outDir, clock, { ...options.provenance, run: queue.runId });
    const { before, notResumed } = await takeUp(config, selected, options);
    const names = selected.map(({ name }) => name);
    const results = new Map((before ?? []).map((result) => [result.name, result]));
    const resumed = [...results.keys()];
    if (before === null) await folder.clear();
    else await folder.forget(new Set(names.filter((name) => !results.has(name))));
    const keep = await resultKeeper(config, folder, options, queue.runId);
    await folder.plan({ title, seed, suite: names, own: names, shard: null, ...originOf(options) });
    const soFar = (): RunResult => {
        const scenarios = names.map((name) => results.get(name)).filter((r) => r !== undefined);
        const status = worstStatus(scenarios.map((scenario) => scenario.status));
        return { title, status, seed, scenarios, partial: scenarios.length < names.length };
    };
    // One that is killed before its first result leaves a report, too.
    await folder.finish(soFar()).catch(() => {});
    const take = async (result: ScenarioResult): Promise<void> => {
        if (results.has(result.name)) return;
        results.set(result.name, await keep(result));
        await folder.partial(soFar());
        await options.onResult?.(results.get(result.name)!, soFar());
    };
    for (const scenario of selected) if (scenario.skip !== undefined) await take(skipped(scenario));
    await collect(run, results, take);
    if (desk.lost) for (const name of names) await take(lostResult(name, `it has no verdict: ${whyLost(queue)}`, 0));
    const notShared = await desk.namesakes();
    const finished = desk.lost ? { ...soFar(), partial: true } : soFar();
    const report = await folder.finish(finished);
    const told = { ...(notResumed === null ? {} : { notResumed }), ...(notShared > 0 ? { notShared } : {}) };
    return { run: finished, report, taken: [], resumed, ...told };
}

/** Works, and takes results as they come, until all are there, the run is cancelled or Redis is lost. */
async function collect(
    { config, options, queue, judge, clock, selected, desk }: SharedRun,
    results: ReadonlyMap<string, ScenarioResult>,
    take: (result: ScenarioResult) => Promise<void>
): Promise<void> {
    const { signal, report } = options.progress ?? {};
    const stop = new AbortController();
    const missing = (): string[] => selected.map(({ name }) => name).filter((name) => !results.has(name));
    /** What was done here, in case that it cannot be sent. */
    const done = new Map<string, ScenarioResult>();
    const captures = new CaptureStore(join(config.outDir, CAPTURES_FOLDER));
    await desk.add(missing());
    const worker = queue.work
        ? startQueueWorker({
              ...{ config, queue, queueName: desk.name, judge, clock },
              signal: AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]),
              ...(options.launch ? { launch: options.launch } : {}),
              ...(options.onBegin ? { onBegin: options.onBegin } : {}),
              onResult: (result) => void done.set(result.name, result)
          })
        : null;
    try {
        while (missing().length > 0 && !signal?.aborted && !desk.lost) {
            await desk.change(clock, signal);
            for (const name of missing()) {
                const result = await desk.result(name, captures);
                if (result) await take(result);
            }
            report?.(results.size + desk.underWay(), selected.length, `${results.size} of ${selected.length} done`);
        }
        if (desk.lost) for (const result of done.values()) await take(result);
    } finally {
        // What others share the queue for may still be under way here.
        if (desk.lost) stop.abort();
        await worker?.close(desk.lost);
    }
}

function whyLost(queue: Required<QueueOptions>): string {
    const { message } = new MixreelError('environment', {
        what: `Redis at ${addressOfQueue(queue)} was lost in mid-run, for ${queue.lostAfterS} s`,
        mend: 'Start the run again with --resume: what has a verdict is not run again'
    });
    return message;
}
