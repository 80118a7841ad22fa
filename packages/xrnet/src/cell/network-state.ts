/**
 * What the network tells an application (service of network, 3GPP Rel-18 XRM): a recommended rate, congestion marks, the
 * newest delay.
 *
 * The recommended rate is a share h (`recommendedShare`) of what the user could carry on the PRBs that others leave free, but
 * never less than of its equal share of the cell: rate = h R max(1 - used by others, 1 / users), R the whole carrier at the
 * user's MCS. The rest is for retransmissions and for frames larger than the mean. Told every 20 ms with h = 0.75, 20 users of
 * VR at 30 Mbit/s are satisfied at 0.76 of their rate; with 0.85, 17 at 0.87 (collaboration benchmark, 6 seeds).
 */
import type { NetworkState } from '@mixreel/core';
import type { Direction } from '../phy/tdd.ts';

/** A user's network state. */
export interface UserState extends NetworkState {
    readonly ue: number;
    readonly direction: Direction;
}

/** The cell's load over one window. */
export interface CellLoad {
    readonly windowNs: number;
    /** h of the file comment. */
    readonly recommendedShare: number;
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
        recommendedRateBps: Math.round(load.recommendedShare * carrierBps * share),
        congestionMarks: user.sentBytes > 0 ? Math.min(1, user.markedBytes / user.sentBytes) : 0,
        frameDelayNs,
        burstOffsetNs: 0
    };
}
