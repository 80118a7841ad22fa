/**
 * What a sender is told of its sets: each acknowledgement (or loss) takes effect when it has come back, in order of time. The
 * cell knows a set's fate a little before its arrival; nothing acts on it before its time.
 */
import type { Sender } from './senders.ts';

interface Notice {
    readonly timeNs: number;
    readonly sentNs: number;
    readonly bytes: number;
    /** Marked bytes; -1: the set was lost. */
    readonly markedBytes: number;
}

/** One flow's way back. */
export class AckClock {
    readonly sender: Sender;
    /** Bytes on their way. */
    flightBytes = 0;
    readonly #returnNs: number;
    readonly #notices: Notice[] = [];

    /** @param returnNs - From the receiver back to the sender. */
    constructor(sender: Sender, returnNs: number) {
        this.sender = sender;
        this.#returnNs = returnNs;
    }

    /** The sender put a set on its way. */
    sent(bytes: number): void {
        this.flightBytes += bytes;
    }

    /** A set arrived at `arrivedNs`. `markedShare`: of its packets. */
    arrived(arrivedNs: number, sentNs: number, bytes: number, markedShare: number): void {
        this.#add({ timeNs: arrivedNs + this.#returnNs, sentNs, bytes, markedBytes: bytes * markedShare });
    }

    /** A set was lost, which the receiver noticed at `timeNs`. */
    lost(timeNs: number, sentNs: number, bytes: number): void {
        this.#add({ timeNs: timeNs + this.#returnNs, sentNs, bytes, markedBytes: -1 });
    }

    /** When the next notice comes; Infinity if none is on its way. */
    get nextNs(): number {
        return this.#notices[0]?.timeNs ?? Infinity;
    }

    /** Tells the sender everything that has come by `timeNs`. */
    applyUntil(timeNs: number): void {
        while (this.nextNs <= timeNs) {
            const { timeNs: now, sentNs, bytes, markedBytes } = this.#notices.shift() as Notice;
            if (markedBytes < 0) this.sender.lost(now);
            else this.sender.acknowledged(now, bytes, markedBytes, now - sentNs, this.flightBytes);
            this.flightBytes -= bytes;
        }
    }

    #add(notice: Notice): void {
        const list = this.#notices;
        let place = list.length;
        while (place > 0 && (list[place - 1] as Notice).timeNs > notice.timeNs) place--;
        list.splice(place, 0, notice);
    }
}
