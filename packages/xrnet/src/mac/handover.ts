/**
 * Handovers as the bearer feels them: times in which a user can be sent nothing. An ordinary handover interrupts for tens of
 * milliseconds (random access, path switch); DAPS (TS 38.300 9.2.3.2) keeps the old cell until the new one carries, so that
 * nothing is interrupted. What waits for the end of an interruption is delay by `handover`.
 */
import { badInput } from '@mixreel/core';

/** A time without service, ns: from <= t < to. */
export interface Interruption {
    readonly fromNs: number;
    readonly toNs: number;
}

/** A user that changes cells. */
export interface Mobility {
    /** First handover, ns. */
    readonly firstNs: number;
    /** Time between two, ns. */
    readonly everyNs: number;
    /** Interruption of each: 0 for DAPS, about 45 ms for an ordinary one within a frequency. */
    readonly interruptionNs: number;
}

/** The interruptions of a mobile user until `untilNs`. */
export function interruptionsOf(mobility: Mobility, untilNs: number): Interruption[] {
    const { firstNs, everyNs, interruptionNs } = mobility;
    if (!(firstNs >= 0) || !(everyNs >= 1e6) || !(interruptionNs >= 0 && interruptionNs <= everyNs)) {
        throw badInput(
            `a mobile user hands over from ${firstNs} ns, every ${everyNs} ns, for ${interruptionNs} ns`,
            'times of at least 0, 1 ms and 0, the last below the second',
            'Correct the mobility'
        );
    }
    const out: Interruption[] = [];
    if (interruptionNs === 0) return out;
    for (let fromNs = firstNs; fromNs < untilNs; fromNs += everyNs) out.push({ fromNs, toNs: fromNs + interruptionNs });
    return out;
}

/** Throws `bad-input` unless the interruptions are finite, of some length, and in order. */
export function requireInterruptions(path: string, interruptions: readonly Interruption[]): void {
    let last = 0;
    for (const [i, { fromNs, toNs }] of interruptions.entries()) {
        if (fromNs >= last && toNs > fromNs && toNs < Infinity) {
            last = toNs;
            continue;
        }
        throw badInput(
            `${path}[${i}] is ${fromNs} to ${toNs} ns`,
            `a stretch of time after ${last} ns`,
            'Give interruptions in order of time'
        );
    }
}

/** True if `timeNs` lies in an interruption. */
export function isInterrupted(interruptions: readonly Interruption[], timeNs: number): boolean {
    return interruptions.some(({ fromNs, toNs }) => fromNs <= timeNs && timeNs < toNs);
}

/** Time of [fromNs, toNs) that lies in interruptions. */
export function interruptedNs(interruptions: readonly Interruption[], fromNs: number, toNs: number): number {
    let sum = 0;
    for (const interruption of interruptions) {
        sum += Math.max(0, Math.min(toNs, interruption.toNs) - Math.max(fromNs, interruption.fromNs));
    }
    return sum;
}
