/**
 * The queue as seen by who fills and empties it.
 *
 * A Redis that does not answer is waited for as long as a worker would be (`lostAfterS`). One that is back in time costs
 * nothing, even if it forgot everything: what it should hold is added again. After that it is lost, and whoever waits for it
 * is told so; nothing here waits for it any more.
 */
import { createHash } from 'node:crypto';
import { type Clock, MixreelError } from '@mixreel/core';
import { Job, Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import type { CaptureStore } from '../baseline/capture-store.ts';
import { lostResult, type ScenarioResult } from '../run/run-result.ts';
import { unpackParcel } from './parcel.ts';
import { addressOfQueue, type QueueOptions } from './queue-options.ts';

/** What is left of a run in Redis is gone after a day. */
const KEEP_S = 86_400;
/** The queue is looked at this often even if it told of nothing: events are lost while a connection is. */
const SWEEP_NS = 5e9;
/** Between attempts to reach a Redis that does not answer, ms: from the first to all after the tenth. */
const RETRY_MS = [100, 1000] as const;

/** See the file comment. */
export class Desk {
    readonly name: string;
    readonly #queue: Queue;
    readonly #events: QueueEvents;
    readonly #redis: Redis;
    readonly #options: Required<QueueOptions>;
    readonly #underWay = new Map<string, number>();
    readonly #gone: Promise<null>;
    #giveUp: () => void = () => {};
    /** How the wait for a Redis that does not answer is ended. */
    #waits: AbortController | null = null;
    #lost = false;
    #wake: () => void = () => {};
    #changed = true;

    private constructor(redis: Redis, options: Required<QueueOptions>, clock: Clock, run: string) {
        this.#redis = redis;
        this.#options = options;
        this.name = run;
        this.#queue = new Queue(run, { connection: redis });
        this.#events = new QueueEvents(run, { connection: { url: options.url, ...PATIENT } });
        this.#queue.on('error', () => {});
        this.#events.on('error', () => {});
        this.#events.on('completed', ({ jobId }) => this.#tell(jobId));
        this.#events.on('failed', ({ jobId }) => this.#tell(jobId));
        this.#events.on('progress', ({ jobId, data }) => {
            if (typeof data === 'number') this.#underWay.set(jobId, data);
        });
        this.#gone = new Promise((resolve) => {
            this.#giveUp = () => {
                this.#lost = true;
                this.#wake();
                resolve(null);
            };
        });
        redis.on('close', () => this.#missed(clock));
        redis.on('ready', () => {
            this.#waits?.abort();
            this.#waits = null;
        });
    }

    /**
     * @param source - What the run is of: another seed, commit or configuration is another run, whatever its name.
     * @throws MixreelError `environment` if no Redis answers.
     */
    static async open(
        options: Required<QueueOptions>,
        clock: Clock,
        source: Readonly<Record<string, string>>
    ): Promise<Desk> {
        let answered = false;
        const redis = new Redis(options.url, {
            ...PATIENT,
            lazyConnect: true,
            connectTimeout: 10_000,
            retryStrategy: (attempt) => (answered ? PATIENT.retryStrategy(attempt) : null)
        });
        redis.on('error', () => {});
        try {
            await redis.connect();
            await redis.ping();
            answered = true;
        } catch (cause) {
            redis.disconnect();
            throw new MixreelError('environment', {
                what: `no Redis answers at ${addressOfQueue(options)}: ${cause instanceof Error ? cause.message : cause}`,
                mend: 'Start one (redis-server), or correct --queue',
                cause
            });
        }
        const sorted = Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1));
        const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
        const desk = new Desk(redis, options, clock, `mixreel-${options.runId}-${digest}`);
        await Promise.race([desk.#events.waitUntilReady(), desk.#gone]);
        return desk;
    }

    /** Notes that this run goes by its name, and tells how many others do that are of another source. */
    async namesakes(): Promise<number> {
        const key = `mixreel-${this.#options.runId}`;
        const asked = this.#redis.multi().sadd(key, this.name).expire(key, KEEP_S).scard(key).exec();
        const count = Number((await this.#orGone(asked))?.at(-1)?.[1] ?? 1);
        return count - 1;
    }

    /** True once nothing more is to be expected of it. */
    get lost(): boolean {
        return this.#lost;
    }

    /** Scenarios that are in the queue already are not added twice. */
    async add(names: readonly string[]): Promise<void> {
        const { attempts } = this.#options;
        const jobs = names.map((name) => ({ name, data: {}, opts: { jobId: idOf(name), attempts } }));
        await this.#orGone(this.#queue.addBulk(jobs));
    }

    /** The result of a scenario, if it has one; a scenario whose workers were all lost has one that says so. */
    async result(name: string, captures: CaptureStore): Promise<ScenarioResult | null> {
        return this.#orGone(this.#result(name, captures));
    }

    async #result(name: string, captures: CaptureStore): Promise<ScenarioResult | null> {
        const job = await Job.fromId(this.#queue, idOf(name));
        if (!job) await this.add([name]);
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
        if (!this.#changed && !this.#lost) {
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
        await this.#orGone(this.#expire().catch(() => {}));
        this.#waits?.abort();
        this.#redis.disconnect();
        const closed = Promise.all([this.#queue.close(), this.#events.close()]).catch(() => {});
        // One that waits to be connected again never tells that it is closed: it is ended by force.
        await (this.#lost
            ? this.#events
                  .getBackend()
                  .close(true)
                  .catch(() => {})
            : closed);
    }

    async #expire(): Promise<void> {
        for await (const keys of this.#redis.scanStream({ match: `bull:${this.name}:*` }))
            for (const key of keys as string[]) await this.#redis.expire(key, KEEP_S);
    }

    /** What is asked of Redis, or null once it is lost. */
    #orGone<T>(asked: Promise<T>): Promise<T | null> {
        return this.#lost ? this.#gone : Promise.race([asked, this.#gone]);
    }

    #missed(clock: Clock): void {
        if (this.#waits || this.#lost) return;
        this.#waits = new AbortController();
        const untilNs = clock.nowNs() + Math.round(1e9 * this.#options.lostAfterS);
        clock.waitUntilNs(untilNs, this.#waits.signal).then(this.#giveUp, () => {});
    }

    #tell(jobId: string): void {
        this.#underWay.delete(jobId);
        this.#changed = true;
        this.#wake();
    }
}

/** A connection that waits for Redis to be back: who gives up says so. */
export const PATIENT: { readonly maxRetriesPerRequest: null; readonly retryStrategy: (attempt: number) => number } =
    Object.freeze({
        maxRetriesPerRequest: null,
        retryStrategy: (attempt: number) => Math.min(RETRY_MS[0] * attempt, RETRY_MS[1])
    });

/** Names may hold what an id may not. */
function idOf(name: string): string {
    return createHash('sha256').update(name).digest('hex');
}
