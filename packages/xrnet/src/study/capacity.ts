/**
 * Users per cell: the most users of which at least 90 % are satisfied (TR 38.838), over seeds that are the same for whatever
 * is compared. The share at `n` users is the mean over seeds; between the last load that passes and the first that fails the
 * capacity is interpolated, so that small gains show.
 */
import { badInput, type Progress, throwIfAborted } from '@mixreel/core';

/** Share of users that must be satisfied. */
export const CAPACITY_SHARE = 0.9;

/** One load of a sweep. */
export interface LoadPoint {
    readonly users: number;
    /** Mean share of satisfied users, 0 to 1. */
    readonly satisfied: number;
}

/** What a search found. */
export interface Capacity {
    /** Users, interpolated; below 1 if not even one is satisfied. */
    readonly users: number;
    /** The loads that were tried, by users. */
    readonly points: readonly LoadPoint[];
}

/**
 * Searches the capacity by bisection over loads from 1 to `maxUsers`.
 *
 * @param satisfiedShare - Share of satisfied users in one run; called with every seed from 0 to `seeds` - 1.
 */
export function capacityOf(
    satisfiedShare: (users: number, seed: number) => number,
    options: { readonly seeds: number; readonly maxUsers: number; readonly progress?: Progress }
): Capacity {
    const { seeds, maxUsers, progress } = options;
    if (!(Number.isInteger(seeds) && seeds >= 1) || !(Number.isInteger(maxUsers) && maxUsers >= 1)) {
        throw badInput(
            `a capacity search has ${seeds} seeds and ${maxUsers} users`,
            'at least 1 of each',
            'Ask for more'
        );
    }
    const shares = new Map<number, number>([[0, 1]]);
    const at = (users: number): number => {
        let share = shares.get(users);
        if (share !== undefined) return share;
        share = 0;
        for (let seed = 0; seed < seeds; seed++) {
            throwIfAborted(progress, 'searching the capacity');
            share += satisfiedShare(users, seed) / seeds;
        }
        shares.set(users, share);
        progress?.report?.(shares.size - 1, Math.ceil(Math.log2(maxUsers)) + 1, 'searching the capacity');
        return share;
    };
    let passing = 0;
    let failing = maxUsers + 1;
    // Doubling first: overloaded runs cost the most.
    for (let users = 1; users <= maxUsers && failing > maxUsers; users = Math.min(users * 2, maxUsers)) {
        if (at(users) >= CAPACITY_SHARE) passing = users;
        else failing = users;
        if (users === maxUsers) break;
    }
    while (failing - passing > 1) {
        const middle = (passing + failing) >> 1;
        if (at(middle) >= CAPACITY_SHARE) passing = middle;
        else failing = middle;
    }
    const points = [...shares]
        .filter(([users]) => users > 0)
        .sort(([a], [b]) => a - b)
        .map(([users, satisfied]) => ({ users, satisfied }));
    if (passing >= maxUsers) return { users: maxUsers, points };
    const above = at(passing);
    const below = at(failing);
    return { users: passing + (above - CAPACITY_SHARE) / (above - below), points };
}
