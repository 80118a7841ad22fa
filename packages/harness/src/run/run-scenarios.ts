/**
 * Runs scenarios one after the other (what renders takes every core or the one GPU, and times taken side by side are
 * worthless), judges what they capture, and tells of each as soon as it is done, so that a killed run has lost at most the
 * scenarios in progress. Where judging happens elsewhere (worker processes), the next scenario runs meanwhile.
 */
import { type Clock, MixreelError, type Progress, RealClock, subProgress } from '@mixreel/core';
import { BrowserPool } from '../browser/browser-pool.ts';
import type { launchBrowser } from '../browser/launch-browser.ts';
import { worstStatus } from '../report/report.ts';
import { CONFIG_DEFAULTS, checkConfig, type HarnessConfig } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Capture } from '../verdict/capture.ts';
import { type Baselines, judgeCapture } from './judge-capture.ts';
import { type JudgeFunction, type JudgeLimit, judgeInTime } from './judge-limit.ts';
import type { RunResult, ScenarioResult } from './run-result.ts';
import { attemptScenario, type BeginListener, judgeScenario, skipped } from './run-scenario.ts';

/** Options of {@link runScenarios} beside the configuration's own. */
export interface RunOptions {
    readonly clock?: Clock;
    readonly progress?: Progress;
    readonly baselines?: Baselines;
    /** Pictures in the results. Default `failed`. */
    readonly pictures?: 'never' | 'failed' | 'always';
    /** Called after each scenario, in order; awaited. */
    readonly onResult?: (result: ScenarioResult, soFar: RunResult) => Promise<void> | void;
    readonly launch?: typeof launchBrowser;
    /** Judges instead of {@link judgeCapture}. */
    readonly judge?: JudgeFunction;
    /** Scenarios that may wait for their judgement while the next ones run, 0 to 100. Default 0. */
    readonly judgedBehind?: number;
    /** The result as it counts, before anybody is told of it. */
    readonly keep?: (result: ScenarioResult) => Promise<ScenarioResult>;
    readonly onBegin?: BeginListener;
}

/** Runs all of them. A failure of one is its own verdict; only cancelling ends the run early, with a partial result. */
export async function runScenarios(
    scenarios: readonly Scenario[],
    options: RunOptions & Omit<HarnessConfig, 'scenarios'> = {}
): Promise<RunResult> {
    const { clock = new RealClock(), progress, baselines, pictures, onResult, launch, ...more } = options;
    const { judge, judgedBehind = 0, keep, onBegin, ...rest } = more;
    const config = checkConfig({ ...CONFIG_DEFAULTS, ...rest, scenarios });
    const results: ScenarioResult[] = [];
    const resultSoFar = (partial: boolean): RunResult => ({
        title: config.title,
        status: worstStatus(results.map((result) => result.status)),
        seed: config.seed,
        scenarios: [...results],
        partial
    });
    const judgeOne =
        judge ??
        ((name: string, capture: Capture, limit: JudgeLimit) =>
            judgeInTime(
                capture,
                limit,
                () => judgeCapture(name, capture, baselines, pictures ?? 'failed', config.metrics),
                (result) => result
            ));
    const browsers = new BrowserPool(launch);
    const tail = new Tail();
    const { seed, timeoutS, outDir, folder, networks } = config;
    const told = async (result: ScenarioResult): Promise<void> => {
        results.push((await keep?.(result)) ?? result);
        await onResult?.(results.at(-1)!, resultSoFar(results.length < scenarios.length));
    };
    const quiet = (): Promise<void> => tail.shorterThan(1);
    try {
        for (const [i, scenario] of scenarios.entries()) {
            progress?.report?.(i, scenarios.length, scenario.name);
            const own = subProgress(progress, i / scenarios.length, (i + 1) / scenarios.length);
            const host = {
                ...{ clock, seed, timeoutS, outDir, folder, progress: own },
                ...{ judge: judgeOne, browsers, networks, quiet },
                ...(onBegin ? { onBegin } : {})
            };
            if (scenario.skip !== undefined) tail.add(Promise.resolve(skipped(scenario)), told);
            else tail.add(judgeScenario(await attemptScenario(scenario, host), host), told);
            await tail.shorterThan(judgedBehind + 1);
        }
        await tail.shorterThan(1);
        return resultSoFar(false);
    } catch (error) {
        if (!(error instanceof MixreelError && error.code === 'aborted')) throw error;
        await tail.shorterThan(1);
        return resultSoFar(true);
    } finally {
        await browsers.close();
    }
}

/** Work that ends in the order in which it began. */
class Tail {
    readonly #waiting: Promise<void>[] = [];

    add<T>(work: Promise<T>, then: (value: T) => Promise<void>): void {
        const before = this.#waiting.at(-1) ?? Promise.resolve();
        const done = Promise.all([work, before]).then(([value]) => then(value));
        // Its failure is met by whoever waits; until then it must not end the process.
        done.catch(() => {});
        this.#waiting.push(done);
    }

    async shorterThan(length: number): Promise<void> {
        while (this.#waiting.length >= length) {
            await this.#waiting[0];
            this.#waiting.shift();
        }
    }
}
