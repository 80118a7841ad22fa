/**
 * A suite shared between machines over BullMQ on Redis. Every machine calls this with the same configuration and run id: each
 * fills the queue (a scenario that is already in it is not added twice), works on it, and collects all results, so that any
 * of them may come late or be lost. Results are kept by the name of their scenario: none can count twice.
 *
 * Against shards: nothing has to be balanced beforehand, a lost machine's scenario is taken over, progress is seen while it
 * runs; it costs a Redis. Each machine notes the same measurements in its history, by the run's id, under which they count
 * once however the files are put together.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { badInput, type Clock, MixreelError, RealClock } from '@mixreel/core';
import { Job, Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { CAPTURES_FOLDER } from '../baseline/approve.ts';
import { CaptureStore } from '../baseline/capture-store.ts';
import { worstStatus } from '../report/report.ts';
import { resultKeeper } from '../run/keep-result.ts';
import { RunFolder } from '../run/run-folder.ts';
import { lostResult, type RunResult, type ScenarioResult } from '../run/run-result.ts';
import { skipped } from '../run/run-scenario.ts';
import { judgeOptions, type SuiteOptions, type SuiteResult, selectScenarios } from '../run/run-suite.ts';
import { checkConfig, type HarnessConfig } from '../scenario/config.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { unpackParcel } from './parcel.ts';
import { checkQueue, type QueueOptions } from './queue-options.ts';
import { startQueueWorker } from './queue-worker.ts';

/** What is left of a run in Redis is gone after a day. */
const KEEP_S = 86_400;
/** The queue is looked at this often even if it told of nothing: events are lost while a connection is. */
const SWEEP_NS = 5e9;

/**
 * @throws MixreelError `bad-input` for options that do not go together; `environment` if Redis does not answer or the report
 * cannot be written.
 */
export async function runQueued(
    config: HarnessConfig,
    options: Omit<SuiteOptions, 'shard' | 'resume' | 'judgeThreads' | 'durations'>,
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
    const { outDir, title, seed } = checked;
    const selected = selectScenarios(checked.scenarios, options);
    const folder = new RunFolder(outDir, clock, { ...options.provenance, run: queue.runId });
    await folder.clear();
    const keep = await resultKeeper(checked, folder, options, queue.runId);
    const names = selected.map(({ name }) => name);
    const desk = await Desk.open(queue, seed);
    await folder.plan({ title, seed, suite: names, own: names, shard: null });
    const { signal, report } = options.progress ?? {};
    const results = new Map<string, ScenarioResult>();
    const soFar = (): RunResult => {
        const scenarios = selected.map(({ name }) => results.get(name)).filter((r) => r !== undefined);
        const status = worstStatus(scenarios.map((scenario) => scenario.status));
        return { title, status, seed, scenarios, partial: scenarios.length < selected.length };
    };
    const take = async (result: ScenarioResult): Promise<void> => {
        if (results.has(result.name)) return;
        results.set(result.name, await keep(result));
        await folder.partial(soFar());
        await options.onResult?.(results.get(result.name)!, soFar());
    };
    let worker: { close(): Promise<void> } | undefined;
    try {
        for (const scenario of selected) if (scenario.skip !== undefined) await take(skipped(scenario));
        await desk.add(selected.filter(({ skip }) => skip === undefined));
        const launch = options.launch ? { launch: options.launch } : {};
        const abort = signal ? { signal } : {};
        if (queue.work)
            worker = startQueueWorker({
                config: checked,
                queue,
                queueName: desk.name,
                judge,
                clock,
                ...abort,
                ...launch
            });
        const captures = new CaptureStore(join(outDir, CAPTURES_FOLDER));
        while (results.size < selected.length && !signal?.aborted) {
            await desk.change(clock, signal);
            for (const scenario of selected) {
                if (results.has(scenario.name)) continue;
                const result = await desk.result(scenario.name, captures);
                if (result) await take(result);
            }
            report?.(results.size + desk.underWay(), selected.length, `${results.size} of ${selected.length} done`);
        }
        const run = soFar();
        return { run, report: await folder.finish(run), taken: [], resumed: [] };
    } finally {
        await worker?.close();
        await desk.close();
    }
}

/** The queue as seen by who fills and empties it. */
class Desk {
    readonly name: string;
    readonly #queue: Queue;
    readonly #events: QueueEvents;
    readonly #redis: Redis;
    readonly #options: Required<QueueOptions>;
    readonly #underWay = new Map<string, number>();
    #wake: () => void = () => {};
    #changed = true;

    private constructor(redis: Redis, options: Required<QueueOptions>, seed: number | string) {
        this.#redis = redis;
        this.#options = options;
        // Another seed is another run.
        this.name = `mixreel-${options.runId}-${createHash('sha256').update(String(seed)).digest('hex').slice(0, 8)}`;
        this.#queue = new Queue(this.name, { connection: { url: options.url } });
        this.#events = new QueueEvents(this.name, { connection: { url: options.url, maxRetriesPerRequest: null } });
        this.#queue.on('error', () => {});
        this.#events.on('error', () => {});
        this.#events.on('completed', ({ jobId }) => this.#tell(jobId));
        this.#events.on('failed', ({ jobId }) => this.#tell(jobId));
        this.#events.on('progress', ({ jobId, data }) => {
            if (typeof data === 'number') this.#underWay.set(jobId, data);
        });
    }

    static async open(options: Required<QueueOptions>, seed: number | string): Promise<Desk> {
        const redis = new Redis(options.url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 10_000 });
        redis.on('error', () => {});
        try {
            await redis.connect();
            await redis.ping();
        } catch (cause) {
            redis.disconnect();
            const { hostname, port } = new URL(options.url);
            throw new MixreelError('environment', {
                what: `no Redis answers at ${hostname}:${port || 6379}: ${cause instanceof Error ? cause.message : cause}`,
                mend: 'Start one (redis-server), or correct --queue',
                cause
            });
        }
        const desk = new Desk(redis, options, seed);
        await desk.#events.waitUntilReady();
        return desk;
    }

    async add(scenarios: readonly Scenario[]): Promise<void> {
        const { attempts } = this.#options;
        const jobs = scenarios.map(({ name }) => ({ name, data: {}, opts: { jobId: idOf(name), attempts } }));
        await this.#queue.addBulk(jobs);
    }

    /** The result of a scenario, if it has one; a scenario whose workers were all lost has one that says so. */
    async result(name: string, captures: CaptureStore): Promise<ScenarioResult | null> {
        const job = await Job.fromId(this.#queue, idOf(name));
        if (!job?.finishedOn) return null;
        const result = (await job.isCompleted()) ? await unpackParcel(job.returnvalue, captures) : null;
        if (!result && !(await job.isCompleted()) && !(await job.isFailed())) return null;
        if (result) return result;
        const { attempts } = this.#options;
        const reason = job.failedReason ?? 'its result cannot be read';
        return lostResult(name, `no worker brought it to an end, of ${attempts} starts: ${reason}`, attempts);
    }

    /** Waits until something ended, or for a while. */
    async change(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
        if (!this.#changed) {
            const stop = new AbortController();
            const told = new Promise<void>((resolve) => {
                this.#wake = resolve;
            });
            signal?.addEventListener('abort', this.#wake, { once: true });
            const late = clock.waitUntilNs(clock.nowNs() + SWEEP_NS, stop.signal).catch(() => {});
            await Promise.race([told, late]);
            stop.abort();
            signal?.removeEventListener('abort', this.#wake);
        }
        this.#changed = false;
    }

    /** Parts of scenarios in progress, added up. */
    underWay(): number {
        return [...this.#underWay.values()].reduce((sum, part) => sum + part, 0);
    }

    /** Other machines may still collect: what is in Redis stays for a while. */
    async close(): Promise<void> {
        try {
            for await (const keys of this.#redis.scanStream({ match: `bull:${this.name}:*` }))
                for (const key of keys as string[]) await this.#redis.expire(key, KEEP_S);
        } catch {
            // A Redis that is gone keeps nothing.
        }
        this.#redis.disconnect();
        await Promise.all([this.#queue.close(), this.#events.close()]).catch(() => {});
    }

    #tell(jobId: string): void {
        this.#underWay.delete(jobId);
        this.#changed = true;
        this.#wake();
    }
}

/** Names may hold what an id may not. */
function idOf(name: string): string {
    return createHash('sha256').update(name).digest('hex');
}
