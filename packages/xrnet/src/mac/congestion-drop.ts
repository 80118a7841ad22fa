/**
 * Dropping by importance under congestion (TS 38.300 16.15.4.2.2, `discardTimerForLowImportance-r18`): while a user's queue
 * needs longer than a threshold to empty, sets of low importance are dropped on arrival, so that the important ones pass.
 */

/** When to drop what. */
export interface CongestionDrop {
    /** Time the queue needs at the user's mean rate, ns, from which on sets are dropped, 0 to 1 s. */
    readonly queueNs: number;
    /** Least important number that is dropped, 2 to 15: 3 drops importance 3 to 15. */
    readonly fromImportance: number;
}

/**
 * True if a set of that importance is to be dropped.
 *
 * @param backlogBytes - Bytes in the user's queue.
 * @param bytesPerNs - What the user can be sent.
 */
export function isDropped(rule: CongestionDrop, importance: number, backlogBytes: number, bytesPerNs: number): boolean {
    return importance >= rule.fromImportance && backlogBytes > rule.queueNs * bytesPerNs;
}
