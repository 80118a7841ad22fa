/**
 * What the network tells an application (service of network, 3GPP Rel-18 XRM): a recommended rate, congestion marks, the
 * newest delay.
 *
 * The recommended rate is 0.85 of what the user could carry on the PRBs that others leave free, but never less than its equal
 * share of the cell: rate = 0.85 R max(1 - used by others, 1 / users), R the whole carrier at the user's MCS. The rest is for
 * retransmissions and for frames larger than the mean.
 */
import type { NetworkState } from '@mixreel/core';

/** Share of the available rate that is recommended. */
const HEADROOM = 0.85;

/** A user's network state. */
export interface UserState extends NetworkState {
    readonly ue: number;
}

/** The cell's load over one window. */
export interface CellLoad {
    readonly windowNs: number;
    /** Mean time from one slot of data to the next, full slots counted. */
    readonly meanSlotNs: number;
    /** Slots used in the window by all users, counted by the share of each that was used. */
    readonly usedSlots: number;
    /** Users that sent or received. */
    readonly activeUsers: number;
}

/** What one user did in the window. */
export interface UserLoad {
    readonly sentBytes: number;
    readonly markedBytes: number;
    readonly usedSlots: number;
}

/** The state at the end of a window. `slotBytes`: what a full slot would carry to the user now. */
export function networkState(
    timeNs: number,
    user: UserLoad,
    slotBytes: number,
    load: CellLoad,
    frameDelayNs: number | null
): NetworkState {
    const slots = load.windowNs / load.meanSlotNs;
    const others = Math.min(1, (load.usedSlots - user.usedSlots) / Math.max(1, slots));
    const share = Math.max(1 - others, 1 / Math.max(1, load.activeUsers));
    const carrierBps = (slotBytes * 8 * 1e9) / load.meanSlotNs;
    return {
        timeNs,
        recommendedRateBps: Math.round(HEADROOM * carrierBps * share),
        congestionMarks: user.sentBytes > 0 ? Math.min(1, user.markedBytes / user.sentBytes) : 0,
        frameDelayNs,
        burstOffsetNs: 0
    };
}
