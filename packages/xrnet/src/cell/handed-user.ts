/**
 * A user between two cells: what the old one gives up and the new one takes over at a handover. As PDCP does it (TS 38.323 5.1.2):
 * what was not confirmed is sent again, in order, from the first PDU on that was not; nothing is lost and nothing comes twice.
 */
import type { Interruption } from '../mac/handover.ts';
import type { Link } from '../mac/link.ts';
import type { LinkUser } from '../mac/link-user.ts';
import type { SetRow, SetStore } from '../mac/set-store.ts';
import type { Direction } from '../phy/tdd.ts';
import type { FlowState } from './flow.ts';

/** What one direction of it was. */
interface HandedLink {
    readonly rows: readonly SetRow[];
    readonly level: number;
    readonly setErrors: LinkUser['setErrors'];
    readonly prioritisation: LinkUser['prioritisation'];
}

/** See the file comment. */
export interface HandedUser {
    /** By their number in the old cell. */
    readonly flows: ReadonlyMap<number, FlowState>;
    readonly links: Readonly<Record<Direction, HandedLink>>;
}

/** Takes one direction of a user out of a cell. */
export function handOut(link: Link, sets: SetStore, ue: number): HandedLink {
    const rows = [...takeOut(link, sets, ue)].map(([set, resume]) => sets.take(set, resume));
    const { level, setErrors, prioritisation } = link.users[ue] as LinkUser;
    return { rows, level, setErrors, prioritisation };
}

/** Puts one direction of a user into a cell that has its radio already. `flowOf`: a flow's number here by that in the old cell. */
export function handIn(
    handed: HandedLink,
    link: Link,
    sets: SetStore,
    ue: number,
    flowOf: (old: number) => number,
    slot: number,
    interruption: Interruption | null
): void {
    const user = link.users[ue] as LinkUser;
    user.setErrors = handed.setErrors;
    user.prioritisation = handed.prioritisation;
    if (interruption) user.interruptions = [...user.interruptions, interruption];
    link.setLevel(ue, handed.level);
    for (const row of handed.rows) {
        const set = sets.put(row);
        sets.flow[set] = flowOf(row.numbers.flow);
        link.enqueue(ue, set, slot);
    }
}

/** Takes everything of a user out of its queue and its blocks: sets with the first byte that is not confirmed, in order of time. */
function takeOut(link: Link, sets: SetStore, ue: number): Map<number, number> {
    const resume = new Map<number, number>();
    const underWay = (set: number, from: number): void => {
        resume.set(set, Math.min(resume.get(set) ?? Infinity, from));
    };
    for (const { harq } of link.carriers) harq.blocks.cancel(ue, underWay);
    const user = link.users[ue] as LinkUser;
    for (let set = user.head; set >= 0; set = sets.next[set] as number) underWay(set, sets.taken[set] as number);
    user.head = -1;
    user.tail = -1;
    user.backlogBytes = 0;
    return new Map([...resume].sort(([a], [b]) => (sets.timeNs[a] as number) - (sets.timeNs[b] as number)));
}
