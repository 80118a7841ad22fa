/**
 * From a user's queue into a transport block: which bytes go, and which of them leave with an ECN mark.
 */
import type { CellConfig } from '../config.ts';
import { rampShare } from './aqm.ts';
import type { BlockStore } from './block-store.ts';
import type { Prioritisation } from './lcp.ts';
import type { LinkUser } from './link-user.ts';
import type { SetStore } from './set-store.ts';

/** Size of a packet for marks, bytes, headers included. */
const PACKET_BYTES = 1500;

/** See the file comment. */
export class BlockFiller {
    readonly #sets: SetStore;
    readonly #blocks: BlockStore;
    readonly #markNs: readonly [number, number];
    #slot = 0;
    #startNs = 0;

    constructor({ markNs }: CellConfig, sets: SetStore, blocks: BlockStore) {
        this.#sets = sets;
        this.#blocks = blocks;
        this.#markNs = markNs;
    }

    /** A new slot, and when its part of the direction starts. */
    begin(slot: number, startNs: number): void {
        this.#slot = slot;
        this.#startNs = startNs;
    }

    /** Moves bytes from the queue into the block; how many. */
    fill(user: LinkUser, block: number, room: number, partNs: number): number {
        if (user.prioritisation) return this.#fillByChannel(user, user.prioritisation, block, room, partNs);
        const sets = this.#sets;
        let left = room;
        while (left > 0 && user.head >= 0) {
            const set = user.head;
            const from = sets.taken[set] as number;
            const take = Math.min(left, (sets.bytes[set] as number) - from);
            this.#move(user, set, block, take, partNs);
            left -= take;
            if (from + take < (sets.bytes[set] as number)) break;
            user.head = sets.next[set] as number;
        }
        return room - left;
    }

    /** Moves bytes into the block as the user's logical channels share it; how many. */
    #fillByChannel(user: LinkUser, shares: Prioritisation, block: number, room: number, partNs: number): number {
        const sets = this.#sets;
        const { waiting, urgent, given, channels } = shares;
        waiting.fill(0);
        urgent.fill(0);
        for (let set = user.head; set >= 0; set = sets.next[set] as number) {
            const channel = sets.channel[set] as number;
            const rest = (sets.bytes[set] as number) - (sets.taken[set] as number);
            const { urgentNs } = channels[channel] as { urgentNs: number };
            waiting[channel] = (waiting[channel] as number) + rest;
            if ((sets.expiryNs[set] as number) - this.#startNs < urgentNs)
                urgent[channel] = (urgent[channel] as number) + rest;
        }
        shares.fillTo(this.#startNs);
        shares.share(room);
        let moved = 0;
        let before = -1;
        for (let set = user.head; set >= 0 && moved < room; ) {
            const after = sets.next[set] as number;
            const channel = sets.channel[set] as number;
            const rest = (sets.bytes[set] as number) - (sets.taken[set] as number);
            const take = Math.min(given[channel] as number, rest);
            if (take > 0) {
                given[channel] = (given[channel] as number) - take;
                this.#move(user, set, block, take, partNs);
                moved += take;
            }
            if (take === rest) user.unlink(sets, set, before);
            else before = set;
            set = after;
        }
        return moved;
    }

    /** Moves bytes of a set into the block. */
    #move(user: LinkUser, set: number, block: number, bytes: number, partNs: number): void {
        const sets = this.#sets;
        const from = sets.taken[set] as number;
        if ((sets.servedSlot[set] as number) !== this.#slot) {
            sets.servedSlot[set] = this.#slot;
            sets.servedNs[set] = (sets.servedNs[set] as number) + partNs;
        }
        this.#blocks.addSegment(block, set, from, from + bytes, sets.servedNs[set] as number);
        sets.taken[set] = from + bytes;
        user.backlogBytes -= bytes;
        user.sentBytes += bytes;
        user.markedBytes += this.#mark(user, set, bytes);
    }

    /** Marks packets of a set that leaves; the marked bytes. */
    #mark(user: LinkUser, set: number, bytes: number): number {
        const sets = this.#sets;
        const waitNs = this.#startNs - (sets.readyNs[set] as number);
        const { aqm } = user;
        if (!aqm) return bytes * rampShare(this.#markNs, waitNs);
        if ((sets.l4s[set] as number) === 0) return 0;
        aqm.update(this.#startNs, () => user.queueDelayNs(sets, this.#startNs));
        const packets = aqm.marks(bytes / PACKET_BYTES, waitNs);
        sets.marked[set] = (sets.marked[set] as number) + packets;
        return Math.min(bytes, packets * PACKET_BYTES);
    }
}
