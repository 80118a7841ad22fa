/**
 * Runs scenarios one after the other (what renders takes every core, and times taken side by side are worthless), judges
 * what they capture, and tells of each as soon as it is done, so that a killed run has lost at most the scenario in progress.
 */
import { type Clock, MixreelError, type Progress, RealClock, subProgress } from '@mixreel/core';
import { BrowserPool } from '../browser/browser-pool.ts';
import type { launchBrowser } from '../browser/launch-browser.ts';
import { worstStatus } from '../report/report.ts';
import { CONFIG_DEFAULTS, checkConfig, type HarnessConfig } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Capture } from '../verdict/capture.ts';
import { type Baselines, judgeCapture } from './judge-capture.ts';
import type { CaptureResult, RunResult, ScenarioResult } from './run-result.ts';
import { runScenario } from './run-scenario.ts';

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
    readonly judge?: (scenario: string, capture: Capture) => Promise<CaptureResult>;
}

/** Runs all of them. A failure of one is its own verdict; only cancelling ends the run early, with a partial result. */
export async function runScenarios(
    scenarios: readonly Scenario[],
    options: RunOptions & Omit<HarnessConfig, 'scenarios'> = {}
): Promise<RunResult> {
    const { clock = new RealClock(), progress, baselines, pictures, onResult, launch, judge: _, ...rest } = options;
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
        options.judge ??
        ((name: string, capture: Capture) => judgeCapture(name, capture, baselines, pictures ?? 'failed'));
    const browsers = new BrowserPool(launch);
    const { seed, timeoutS, outDir } = config;
    try {
        for (const [i, scenario] of scenarios.entries()) {
            progress?.report?.(i, scenarios.length, scenario.name);
            const own = subProgress(progress, i / scenarios.length, (i + 1) / scenarios.length);
            const host = { clock, seed, timeoutS, outDir, progress: own, judge: judgeOne, browsers };
            results.push(await runScenario(scenario, host));
            await onResult?.(results.at(-1)!, resultSoFar(i + 1 < scenarios.length));
        }
        return resultSoFar(false);
    } catch (error) {
        if (error instanceof MixreelError && error.code === 'aborted') return resultSoFar(true);
        throw error;
    } finally {
        await browsers.close();
    }
}
