/**
 * Who is served next: a number for each user with data, the highest first.
 *
 * - `psdb`: PDU Set delay budget. Least slack first, slack being what is left of the head set's budget less the time its
 *   remaining bytes need alone on the carrier; sets that cannot make it any more come after all that can.
 * - `edf`: earliest deadline of the head set first.
 * - `pf`: proportional fair, rate now over mean rate (Jalali, Padovani and Pankaj, VTC 2000).
 * - `round-robin`: longest unserved first.
 */
import type { SchedulerName } from '../config.ts';

/** What a scheduler may know of a user. One object, rewritten for every question. */
export interface Candidate {
    /** End of the head set's delay budget, ns. */
    expiryNs: number;
    /** Bytes of the head set that were never sent. */
    headBytes: number;
    /** Bytes a full slot would carry now. */
    slotBytes: number;
    /** Mean bytes a slot of late. */
    meanBytes: number;
    /** Slots since the user was last served. */
    unservedSlots: number;
}

/** A rule's number for a user; higher is first. `slotNs` is the mean time from one slot of this direction to the next. */
export type Priority = (candidate: Candidate, nowNs: number, slotNs: number) => number;

const HOPELESS = -1e15;

const PRIORITIES: Readonly<Record<SchedulerName, Priority>> = {
    psdb: (user, nowNs, slotNs) => {
        const needNs = Math.ceil(user.headBytes / Math.max(1, user.slotBytes)) * slotNs;
        const slackNs = user.expiryNs - nowNs - needNs;
        return slackNs >= 0 ? -slackNs : HOPELESS + slackNs;
    },
    edf: (user) => -user.expiryNs,
    pf: (user) => user.slotBytes / Math.max(1, user.meanBytes),
    'round-robin': (user) => user.unservedSlots
};

/** The rule of that name. */
export function priorityOf(name: SchedulerName): Priority {
    return PRIORITIES[name];
}
