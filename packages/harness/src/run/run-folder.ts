/**
 * The folder a run leaves: each result as soon as it is there, and a report that is readable at any moment, so that a run
 * that is killed has lost at most the scenario in progress.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, MixreelError } from '@mixreel/core';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { CaptureStore } from '../baseline/capture-store.ts';
import { type WrittenReport, whyNotWritten, writeReport } from '../report/write-report.ts';
import { reportOfRun } from './report-of-run.ts';
import { RESULTS_FOLDER, removeResult, saveResult } from './result-files.ts';
import { type RunPlan, savePlan } from './run-plan.ts';
import { type RunResult, type ScenarioResult, withFailure } from './run-result.ts';

/** The partial report is written anew at most this often, ns: a report of many pictures takes a second. */
const REPORT_INTERVAL_NS = 5e9;

/** See the file comment. */
export class RunFolder {
    readonly outDir: string;
    readonly #clock: Clock;
    readonly #provenance: Readonly<Record<string, string>>;
    #writtenNs = -Infinity;

    constructor(outDir: string, clock: Clock, provenance: Readonly<Record<string, string>> = {}) {
        this.outDir = outDir;
        this.#clock = clock;
        this.#provenance = provenance;
    }

    /** Removes what an earlier run left. Throws `environment` for a folder that is none or may not be written. */
    async clear(): Promise<void> {
        for (const name of [RESULTS_FOLDER, CAPTURES_FOLDER]) {
            const path = join(this.outDir, name);
            await rm(path, { recursive: true, force: true }).catch((cause: unknown) => {
                const what = `${path} could not be emptied: ${whyNotWritten(cause)}`;
                const mend = 'Correct its permissions or choose another folder with --out';
                throw new MixreelError('environment', { what, expected: 'a folder that may be written', mend, cause });
            });
        }
    }

    /**
     * Removes what scenarios captured, and what was found, that a run which is taken up runs again: they may capture less now, and
     * what they do not capture any more is not to be approved; nor is what was found before to be taken for this run's.
     */
    async forget(scenarios: ReadonlySet<string>): Promise<void> {
        for (const name of scenarios) await removeResult(this.outDir, name);
        const captures = new CaptureStore(join(this.outDir, CAPTURES_FOLDER));
        // Where that is not to be had, what they capture cannot be kept either, and says so.
        await captures.prune(({ scenario }) => !scenarios.has(scenario)).catch(() => {});
    }

    /** Notes what the run sets out to do. Without room for it the run still goes on; its folder is then not to be merged. */
    async plan(plan: RunPlan): Promise<void> {
        await savePlan(this.outDir, plan).catch(() => {});
    }

    /** The result as it counts: one that could not be kept could not be taken up again either, so it is an error. */
    async keep(run: Pick<RunResult, 'title' | 'seed'>, result: ScenarioResult): Promise<ScenarioResult> {
        try {
            await saveResult(this.outDir, run, result);
            return result;
        } catch (error) {
            if (!(error instanceof MixreelError)) throw error;
            return withFailure(result, error);
        }
    }

    /** Writes the report of a run in progress, if the last one is old enough. */
    async partial(run: RunResult): Promise<void> {
        if (!run.partial || this.#clock.nowNs() - this.#writtenNs < REPORT_INTERVAL_NS) return;
        // Without room for it the run still goes on: the last report says what is missing.
        await this.finish(run).catch(() => {});
        this.#writtenNs = this.#clock.nowNs();
    }

    /** Writes the report. Throws `environment` if it cannot be written. */
    async finish(run: RunResult): Promise<WrittenReport> {
        return writeReport(reportOfRun(run, this.#provenance), this.outDir);
    }
}
