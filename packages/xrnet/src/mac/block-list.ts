/** Blocks in the order in which they fell due: a list over a typed array that keeps what its visitor does not take. */

/** See the file comment. */
export class BlockList {
    count = 0;
    #blocks: Int32Array = new Int32Array(64);

    /** Appends a block. */
    push(block: number): void {
        if (this.count === this.#blocks.length) {
            const larger = new Int32Array(this.#blocks.length * 2);
            larger.set(this.#blocks);
            this.#blocks = larger;
        }
        this.#blocks[this.count++] = block;
    }

    /** The block at a place from 0. */
    at(place: number): number {
        return this.#blocks[place] as number;
    }

    /** Puts a block at a place. */
    put(place: number, block: number): void {
        this.#blocks[place] = block;
    }
}
