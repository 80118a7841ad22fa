/**
 * The side of a queue that works: one scenario at a time (one GPU lane), judged here, sent back whole.
 *
 * Only what is the machine's fault is started again elsewhere: a lost device, a browser that died, an exhausted disk, a worker
 * that is heard of no more (BullMQ takes its lock away). A difference is a result. A scenario that computes on this thread for
 * longer than the lock without awaiting anything may be started twice; only the holder of the lock can deliver, so that it
 * still counts once.
 */

import { join } from 'node:path';
import { type Clock, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { type Job, Worker } from 'bullmq';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { CaptureStore } from '../baseline/capture-store.ts';
import { BrowserPool } from '../browser/browser-pool.ts';
import type { launchBrowser } from '../browser/launch-browser.ts';
import type { JudgeFunction } from '../run/judge-limit.ts';
import { openJudges } from '../run/judge-threads.ts';
import type { ScenarioResult } from '../run/run-result.ts';
import { type BeginListener, runScenario } from '../run/run-scenario.ts';
import type { SuiteJudgeOptions } from '../run/suite-judge.ts';
import type { CheckedConfig } from '../scenario/config.ts';
import { PATIENT } from './desk.ts';
import { packParcel } from './parcel.ts';
import type { QueueOptions } from './queue-options.ts';

/** What a worker needs. */
export interface WorkerInit {
    readonly config: CheckedConfig;
    readonly queue: Required<QueueOptions>;
    readonly queueName: string;
    readonly judge: SuiteJudgeOptions;
    readonly clock: Clock;
    readonly signal?: AbortSignal;
    readonly launch?: typeof launchBrowser;
    /** Told of each result before it is sent. */
    readonly onResult: (result: ScenarioResult) => void;
    readonly onBegin?: BeginListener;
}

/** Failures that another machine or another start may not have. */
const MACHINE_FAILURES: ReadonlySet<string> = new Set(['environment', 'device-lost']);

/** A worker at work. */
interface QueueWorker {
    /**
     * Waits for the scenario in progress.
     *
     * @param now - True: does not wait, and sends nothing any more.
     */
    close(now?: boolean): Promise<void>;
}

/** Starts working. */
export function startQueueWorker(init: WorkerInit): QueueWorker {
    const { queue, config } = init;
    const browsers = new BrowserPool(init.launch);
    const captures = new CaptureStore(join(config.outDir, CAPTURES_FOLDER));
    const lockMs = Math.round(1000 * queue.lostAfterS);
    const worker = new Worker(
        init.queueName,
        async (job) => {
            const result = await runJob(job, init, browsers);
            const lastStart = job.attemptsMade + 1 >= queue.attempts;
            if (!lastStart && result.failure && MACHINE_FAILURES.has(result.failure.code))
                throw new Error(result.failure.message);
            init.onResult(result);
            return packParcel({ title: config.title, seed: config.seed }, result, captures);
        },
        {
            connection: { url: queue.url, ...PATIENT },
            lockDuration: lockMs,
            stalledInterval: lockMs,
            maxStalledCount: queue.attempts - 1
        }
    );
    // Reconnecting goes on by itself; a queue that is gone for good is noticed by who collects.
    worker.on('error', () => {});
    return {
        close: async (now = false) => {
            await worker.close(now);
            await browsers.close();
        }
    };
}

async function runJob(job: Job, init: WorkerInit, browsers: BrowserPool): Promise<ScenarioResult> {
    const scenario = init.config.scenarios.find(({ name }) => name === job.name);
    if (!scenario) {
        throw new MixreelError('bad-input', {
            what: `this machine knows no scenario "${job.name}"`,
            expected: 'the configuration of whoever filled the queue',
            mend: 'Check out the same commit on all machines'
        });
    }
    // In this process: it has nothing else to do meanwhile.
    const judges = openJudges(init.judge, 0);
    const progress: Progress = {
        ...(init.signal ? { signal: init.signal } : {}),
        report: (done, total) => void job.updateProgress(total > 0 ? done / total : 0).catch(() => {})
    };
    const { clock } = init;
    const { seed, timeoutS, outDir, folder, networks } = init.config;
    const judgeOne: JudgeFunction = async (...asked) => (await judges.judge(...asked)).result;
    const host = {
        ...{ clock, seed, timeoutS, outDir, folder, progress, judge: judgeOne, browsers, networks },
        ...(init.onBegin ? { onBegin: init.onBegin } : {})
    };
    const result = await runScenario(scenario, host);
    // What this machine had no time to judge another has.
    throwIfAborted(progress, 'judging');
    const starts = job.attemptsStarted;
    if (starts < 2) return result;
    const line = `Started ${starts} times: a worker was lost, or its machine failed.`;
    return { ...result, attempts: starts, log: [line, ...result.log] };
}
