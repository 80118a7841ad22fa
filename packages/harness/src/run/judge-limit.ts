/**
 * The time a verdict has, and what becomes of one that does not come: a metric of the user's that never answers, a picture that
 * takes hours to compare, a judge that died or threw, a run that was cancelled meanwhile. Each is an error of its capture
 * alone, which `--resume` judges anew.
 *
 * Every capture has the time of its scenario, from when a judge begins with it: to wait for one is not to be judged. What
 * computes for ever on the calling thread nothing can end; worker processes can be (see judge-threads.ts).
 */
import { type Clock, MixreelError } from '@mixreel/core';
import type { Capture } from '../verdict/capture.ts';
import { plainVerdict } from '../verdict/verdict.ts';
import type { CaptureResult } from './run-result.ts';

/** See the file comment. */
export interface JudgeLimit {
    /** Seconds on the clock, as a scenario's. */
    readonly timeoutS: number;
    readonly clock: Clock;
    /** Of the run. */
    readonly signal?: AbortSignal;
}

/** How a run has a capture judged. Never rejects: see {@link judgeInTime}. */
export type JudgeFunction = (scenario: string, capture: Capture, limit: JudgeLimit) => Promise<CaptureResult>;

/**
 * What the work gives, or an error that says why it gave nothing. Never rejects.
 *
 * @param work - Its signal is aborted once nobody waits for it any more.
 */
export async function judgeInTime<T>(
    { name, judge }: Capture,
    limit: JudgeLimit,
    work: (signal: AbortSignal) => Promise<T>,
    otherwise: (result: CaptureResult) => T
): Promise<T> {
    try {
        return await inTime(limit, work);
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const message = error instanceof MixreelError ? why : `its judge died: ${why}`;
        return otherwise({ capture: { name, judge }, against: 'none', verdict: plainVerdict('error', message) });
    }
}

async function inTime<T>(
    { timeoutS, clock, signal }: JudgeLimit,
    work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
    if (signal?.aborted) throw cancelled();
    const stop = new AbortController();
    let cancel = (): void => {};
    const broken = new Promise<never>((_, reject) => {
        cancel = () => reject(cancelled());
    });
    signal?.addEventListener('abort', cancel, { once: true });
    const late = clock
        .waitUntilNs(clock.nowNs() + Math.round(timeoutS * 1e9), stop.signal)
        .then(() => Promise.reject(tooLate(timeoutS)));
    try {
        return await Promise.race([work(stop.signal), late, broken]);
    } finally {
        stop.abort();
        late.catch(() => {});
        signal?.removeEventListener('abort', cancel);
    }
}

function tooLate(timeoutS: number): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `it was not judged after ${timeoutS} s`,
        expected: 'a verdict within timeoutS of its scenario',
        mend: 'Look at the metrics it is judged by, capture less of it, or raise timeoutS'
    });
}

function cancelled(): MixreelError {
    return new MixreelError('aborted', {
        what: 'the run was cancelled before it was judged',
        mend: 'Start it again with --resume'
    });
}
