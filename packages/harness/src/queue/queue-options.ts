/** How a run is shared between machines over a queue. */
import { randomUUID } from 'node:crypto';
import { badInput } from '@mixreel/core';

/** Options of {@link runQueued} beside those of a suite. */
export interface QueueOptions {
    /** `redis://host:6379` or `rediss://user:password@host:6379/2`. */
    readonly url: string;
    /**
     * Name of this run, 1 to 100 letters, digits, dots and hyphens. Machines that give the same name share one run; one that
     * comes when all is done gets the whole result. Default: a name that nobody else has.
     */
    readonly runId?: string;
    /** How often a scenario is started before its loss (of a worker, a browser, a device) counts, 1 to 20. */
    readonly attempts?: number;
    /**
     * A worker that has not been heard of for so long is lost and its scenario given to another; a Redis that does not answer
     * for so long is lost, and what it had not told of yet is an error. s, 1 to 3600.
     */
    readonly lostAfterS?: number;
    /** False: only hands out and collects. Default true: works, too. */
    readonly work?: boolean;
}

export const QUEUE_DEFAULTS: { readonly attempts: number; readonly lostAfterS: number; readonly work: boolean } =
    Object.freeze({ attempts: 3, lostAfterS: 60, work: true });

/** Fills in what is missing. Throws `bad-input` for values out of range. */
export function checkQueue(options: QueueOptions): Required<QueueOptions> {
    const checked = { runId: randomUUID(), ...QUEUE_DEFAULTS, ...options };
    let protocol = '';
    try {
        ({ protocol } = new URL(checked.url));
    } catch {
        // Answered below.
    }
    // The address may hold a password: it is not repeated.
    if (protocol !== 'redis:' && protocol !== 'rediss:')
        throw badInput('the queue has no usable address', 'redis://host:port', 'Pass --queue redis://127.0.0.1:6379');
    if (!/^[\p{L}\p{N}.-]{1,100}$/u.test(checked.runId)) {
        const what = `the run is named ${JSON.stringify(checked.runId)}`;
        throw badInput(what, '1 to 100 letters, digits, dots and hyphens', 'Pass --run build-123');
    }
    if (!Number.isInteger(checked.attempts) || checked.attempts < 1 || checked.attempts > 20)
        throw badInput(`attempts is ${checked.attempts}`, 'an integer from 1 to 20', 'Leave it out');
    if (!(checked.lostAfterS >= 1 && checked.lostAfterS <= 3600))
        throw badInput(`lostAfterS is ${checked.lostAfterS}`, '1 to 3600 s', 'Leave it out');
    return checked;
}

/** Where the queue is, without its password: `ci:6379`. */
export function addressOfQueue({ url }: Pick<QueueOptions, 'url'>): string {
    const { hostname, port } = new URL(url);
    return `${hostname}:${port || 6379}`;
}
