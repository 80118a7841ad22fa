/**
 * A study on worker threads. Which thread does which run changes nothing: outcomes are pure functions of scenario and run, and
 * come back in the order of the runs. Threads are tinypool's (the pool vitest is built on, no dependencies of its own).
 */
import { availableParallelism } from 'node:os';
import { badInput, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { Tinypool } from 'tinypool';
import type { NetworkScenario } from '../study/scenario.ts';
import { doStudyRun, type RunOutcome, studyRuns } from '../study/study.ts';
import type { StudyRun } from '../study/world.ts';
import type { StudyTask } from './study-worker.ts';

/** Options of {@link runStudy}. */
export interface StudyOptions {
    /** Threads, 0 to 256; 0: none, everything in this one. Default: what the machine has. */
    readonly workers?: number;
    /** The part that this machine does: run k belongs to shard k mod `count` + 1. Default: all. */
    readonly shard?: { readonly index: number; readonly count: number };
    readonly progress?: Progress;
}

/**
 * Does the runs of a scenario.
 *
 * @throws MixreelError `bad-input` for bad options, `aborted` when the signal is: threads are ended at once.
 */
export async function runStudy(scenario: NetworkScenario, options: StudyOptions = {}): Promise<RunOutcome[]> {
    const { workers = availableParallelism(), shard = { index: 1, count: 1 }, progress } = options;
    if (!(Number.isInteger(workers) && workers >= 0 && workers <= 256)) {
        throw badInput(`workers is ${workers}`, 'a whole number from 0 to 256', 'Leave it out for one a core');
    }
    const { index, count } = shard;
    if (!(Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count)) {
        throw badInput(`the shard is ${index}/${count}`, 'i/n with 1 <= i <= n', 'Write 1/4');
    }
    const runs = studyRuns(scenario).filter(({ run }) => run % count === index - 1);
    const threads = Math.min(workers, runs.length);
    if (threads === 0) return runHere(scenario, runs, progress);
    return runOnThreads(scenario, runs, threads, progress);
}

async function runHere(
    scenario: NetworkScenario,
    runs: readonly StudyRun[],
    progress: Progress | undefined
): Promise<RunOutcome[]> {
    const outcomes: RunOutcome[] = [];
    for (const run of runs) {
        outcomes.push(doStudyRun(scenario, run, progress));
        progress?.report?.(outcomes.length, runs.length, 'simulating');
        // Lets signals in.
        await new Promise((resolve) => setImmediate(resolve));
    }
    return outcomes;
}

async function runOnThreads(
    scenario: NetworkScenario,
    runs: readonly StudyRun[],
    threads: number,
    progress: Progress | undefined
): Promise<RunOutcome[]> {
    throwIfAborted(progress, 'simulating');
    const pool = new Tinypool({
        filename: workerUrl(),
        runtime: 'worker_threads',
        minThreads: threads,
        maxThreads: threads
    });
    let done = 0;
    // One listener for all runs: a study may have thousands.
    const end = (): void => void pool.destroy();
    progress?.signal?.addEventListener('abort', end, { once: true });
    try {
        // The heaviest first would be better balanced; loads come in rising order, so from the end.
        const jobs = runs.toReversed().map(async (run): Promise<RunOutcome> => {
            const task: StudyTask = { scenario, run };
            const outcome: RunOutcome = await pool.run(task);
            progress?.report?.(++done, runs.length, 'simulating');
            return outcome;
        });
        return (await Promise.all(jobs)).toReversed();
    } catch (error) {
        throwIfAborted(progress, 'simulating');
        if (error instanceof Error && error.name === 'MixreelError') throw error;
        throw new MixreelError('internal', { what: 'a simulation thread failed', mend: 'Report it', cause: error });
    } finally {
        progress?.signal?.removeEventListener('abort', end);
        await pool.destroy();
    }
}

/** The built worker: threads cannot load TypeScript, so sources (in tests) use the built one as well. */
function workerUrl(): string {
    const built = import.meta.url.endsWith('.ts') ? '../../dist/node/study-worker.js' : './study-worker.js';
    return new URL(built, import.meta.url).href;
}
