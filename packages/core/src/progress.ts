/**
 * Progress and cancellation of long work. Every call that may last longer than a second takes both, in one argument.
 */
import { MixreelError } from './error.ts';

/**
 * Called as work advances.
 *
 * @param done - Units finished, from 0 to `total`; never decreases within one call.
 * @param total - Units in all; may grow while the work is being discovered.
 * @param label - What is being done, for a person: `tracing`, `building BVH`.
 */
export type ProgressReport = (done: number, total: number, label: string) => void;

/** What long work is given. Both are optional: `{}` means nobody watches and nobody cancels. */
export interface Progress {
    readonly report?: ProgressReport;
    readonly signal?: AbortSignal;
}

/** Throws a {@link MixreelError} with code `aborted` once the signal is aborted. Call it between units of work. */
export function throwIfAborted(progress: Progress | undefined, label: string): void {
    if (!progress?.signal?.aborted) return;
    throw new MixreelError('aborted', {
        what: `${label} was cancelled`,
        mend: 'Start it again to finish; what was written before is complete',
        cause: progress.signal.reason
    });
}

/**
 * The share of a parent's progress that one part of the work owns.
 *
 * @param parent - Where to report.
 * @param from - Where this part starts, 0 to 1.
 * @param to - Where it ends, `from` to 1.
 */
export function subProgress(parent: Progress | undefined, from: number, to: number): Progress {
    const report = parent?.report;
    return {
        ...(parent?.signal ? { signal: parent.signal } : {}),
        ...(report
            ? {
                  report: (done: number, total: number, label: string) =>
                      report(from + (to - from) * (total > 0 ? Math.min(1, done / total) : 0), 1, label)
              }
            : {})
    };
}
