/**
 * Fidelity L2 inside a slot: which resource blocks a transport block takes, and the blocks on air whose fate waits until every
 * cell has said what it sends.
 */
import type { SubbandRadio } from '../phy/subband-radio.ts';
import type { BlockStore } from './block-store.ts';
import type { Harq } from './harq.ts';
import type { LinkUser } from './link-user.ts';
import { SubbandGrid } from './subband-grid.ts';

/** See the file comment. */
export class SubbandAir {
    readonly grid: SubbandGrid;
    /** Told of the resource blocks that a user takes: see src/network/coupling.ts. */
    onTaken: ((user: number, grid: SubbandGrid) => void) | null = null;
    #blocks = new Int32Array(16);
    #endNs = new Float64Array(16);
    #count = 0;

    constructor(bandwidthPrb: number, subbands: number) {
        this.grid = new SubbandGrid(bandwidthPrb, subbands);
    }

    /** Picks so many resource blocks, the user's best subbands first, by its newest report. */
    choose({ radio }: LinkUser, prbs: number, timeNs: number): void {
        radio.mcs(timeNs);
        this.grid.choose((radio as SubbandRadio).order, prbs);
    }

    /** The MCS for what was picked. */
    mcs({ radio }: LinkUser): number {
        return (radio as SubbandRadio).mcsOver(this.grid.pick);
    }

    /** Takes what was picked, for a block of a user. */
    take(blocks: BlockStore, block: number): void {
        blocks.prbs.set(this.grid.pick, block * blocks.subbands);
        this.grid.commit();
        this.onTaken?.(blocks.user[block] as number, this.grid);
    }

    /** A block goes on air. */
    put(block: number, endNs: number): void {
        if (this.#count === this.#blocks.length) {
            const blocks = new Int32Array(2 * this.#count);
            blocks.set(this.#blocks);
            this.#blocks = blocks;
            const ends = new Float64Array(2 * this.#count);
            ends.set(this.#endNs);
            this.#endNs = ends;
        }
        this.#blocks[this.#count] = block;
        this.#endNs[this.#count++] = endNs;
    }

    /** What became of the blocks that were put on air in `slot`. */
    resolve(harq: Harq, users: readonly LinkUser[], slot: number): void {
        for (let i = 0; i < this.#count; i++) {
            const block = this.#blocks[i] as number;
            const user = users[harq.blocks.user[block] as number] as LinkUser;
            harq.transmit(block, user, slot, this.#endNs[i] as number);
        }
        this.#count = 0;
    }
}
