/** What is taken from the head of a user's queue before a slot is shared out: sets that are overdue, or useless after a loss. */
import type { CellConfig } from '../config.ts';
import type { Harq } from './harq.ts';
import type { LinkUser } from './link-user.ts';
import type { SetStore } from './set-store.ts';

/** Drops the sets at the head that nobody wants any more; see `discard` of the configuration. */
export function purgeHead(
    user: LinkUser,
    { expired, integrated }: CellConfig['discard'],
    sets: SetStore,
    harq: Harq,
    nowNs: number
): void {
    while (user.head >= 0) {
        const set = user.head;
        const late = expired && nowNs >= (sets.expiryNs[set] as number);
        const broken = integrated && (sets.integrated[set] as number) === 1 && (sets.lost[set] as number) > 0;
        if (!late && !broken) return;
        const from = sets.taken[set] as number;
        const rest = user.dropHead(sets);
        harq.lose(set, from, from + rest, 'discarded', -1, 0);
    }
}
