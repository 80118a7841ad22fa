/**
 * Blocks that are to be sent again: those that have fallen due, oldest first, until there is room for them. Blocks of users that
 * have left (src/cell/handed-user.ts) are given back when their turn comes.
 */
import type { Harq } from './harq.ts';

/** See the file comment. */
export class Retransmissions {
    readonly #harq: Harq;
    #due: Int32Array = new Int32Array(64);
    #count = 0;

    constructor(harq: Harq) {
        this.#harq = harq;
    }

    /** True if nothing is due. */
    get none(): boolean {
        return this.#count === 0;
    }

    /** Takes in what falls due in a slot. */
    collect(slot: number): void {
        const { waiting } = this.#harq;
        for (let block = waiting.take(slot); block >= 0; block = waiting.take(slot)) {
            if (this.#count === this.#due.length) {
                const larger = new Int32Array(this.#due.length * 2);
                larger.set(this.#due);
                this.#due = larger;
            }
            this.#due[this.#count++] = block;
        }
    }

    /** Offers what is due, in order. `send` says whether it sent the block; what it did not stays. */
    offer(send: (block: number) => boolean): void {
        const { blocks } = this.#harq;
        const due = this.#count;
        let kept = 0;
        for (let i = 0; i < due; i++) {
            const block = this.#due[i] as number;
            if ((blocks.user[block] as number) < 0) blocks.release(block);
            else if (!send(block)) this.#due[kept++] = block;
        }
        this.#count = kept;
    }
}
