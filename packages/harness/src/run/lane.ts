/**
 * The time a scenario has, and the ways in which it can end: it returns, it throws, something of it breaks unseen, its time is
 * up, the whole run is cancelled. Whatever it asks for afterwards it does not get.
 */
import { type Clock, MixreelError, type Progress } from '@mixreel/core';
import { runAs, watchUnseen } from './unseen-errors.ts';

/** What a lane needs of its run. */
interface LaneHost {
    readonly clock: Clock;
    readonly progress?: Progress;
}

/** See the file comment. */
export class Lane {
    readonly progress: Progress;
    over = false;
    readonly #host: LaneHost;
    readonly #timeoutS: number;
    readonly #abort = new AbortController();
    readonly #broken: Promise<never>;
    #break!: (error: unknown) => void;

    constructor(host: LaneHost, timeoutS: number) {
        this.#host = host;
        this.#timeoutS = timeoutS;
        const { report } = host.progress ?? {};
        this.progress = { signal: this.#abort.signal, ...(report ? { report } : {}) };
        this.#broken = new Promise<never>((_, reject) => {
            this.#break = reject;
        });
        this.#broken.catch(() => {});
    }

    break(error: unknown): void {
        this.#break(error);
    }

    /** Throws if its time is up: what a scenario asks for afterwards it does not get. */
    mustGoOn(): void {
        if (!this.over) return;
        throw new MixreelError('aborted', {
            what: 'the scenario is over',
            mend: 'Await everything that it starts, and heed progress.signal'
        });
    }

    /** Undefined if the work ended well, else what ended it. Throws only if the whole run was cancelled. */
    async run(work: () => Promise<void>): Promise<unknown> {
        const { clock, progress } = this.#host;
        const cancel = (): void => this.#break(new Cancelled());
        progress?.signal?.addEventListener('abort', cancel, { once: true });
        if (progress?.signal?.aborted) cancel();
        const stopWatching = watchUnseen(this, (error) => this.#break(error));
        const deadline = clock
            .waitUntilNs(clock.nowNs() + Math.round(this.#timeoutS * 1e9), this.#abort.signal)
            .then(() => Promise.reject(timeOut(this.#timeoutS)));
        try {
            await Promise.race([runAs(this, work), deadline, this.#broken]);
            // Rejections that nobody awaits come a turn later: they still belong to this scenario.
            await Promise.race([new Promise((done) => setImmediate(done)), this.#broken]);
            return undefined;
        } catch (error) {
            if (error instanceof Cancelled) throw error.asError();
            return error;
        } finally {
            this.over = true;
            deadline.catch(() => {});
            this.#abort.abort();
            progress?.signal?.removeEventListener('abort', cancel);
            stopWatching();
        }
    }
}

class Cancelled {
    asError(): MixreelError {
        return new MixreelError('aborted', {
            what: 'the run was cancelled',
            mend: 'Start it again with --resume; the report holds what was finished'
        });
    }
}

function timeOut(timeoutS: number): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `it was not finished after ${timeoutS} s`,
        expected: `an end within timeoutS`,
        mend: 'Look at what it waits for, or raise timeoutS of the scenario'
    });
}
