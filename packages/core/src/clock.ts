/**
 * Time as an argument. Everything that waits, waits on a clock it was given, so that a test or a simulation runs on virtual
 * time and a live run on real time, with the same code.
 */

/** Integer nanoseconds since the clock's own start. */
export interface Clock {
    readonly kind: 'virtual' | 'real';
    nowNs(): number;
    /** Resolves once `nowNs() >= timeNs`; rejects with code `aborted` if the signal is aborted first. */
    waitUntilNs(timeNs: number, signal?: AbortSignal): Promise<void>;
}
