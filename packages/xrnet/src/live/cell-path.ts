/**
 * Fidelity L1, live: every packet is a PDU Set of one PDU of a user in a cell, beside whatever background users the cell has.
 * The cell is the one that is simulated, advanced by whoever holds the clock.
 */
import type { PduSet, Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import type { UserState } from '../cell/network-state.ts';
import type { CellConfig } from '../config.ts';
import type { Direction } from '../phy/tdd.ts';
import type { PacketFate, PacketPath } from './packet-path.ts';

/** A live cell: one path for each direction of user 0, and everybody else's traffic. */
export class LiveCell {
    readonly cell: Cell;
    readonly #fates: { direction: Direction; packet: number; leavesNs: number | null }[] = [];
    readonly #flows: Record<Direction, number>;
    readonly #inside: Record<Direction, number> = { downlink: 0, uplink: 0 };
    readonly #deadlineNs: number;

    /**
     * @param background - Flows of other users (ue from 1) with traffic models.
     * @param deadlineNs - Delay budget of the packets.
     */
    constructor(
        config: CellConfig,
        rng: Rng,
        background: readonly Flow[] = [],
        deadlineNs = 100_000_000,
        onState: (state: UserState) => void = () => {}
    ) {
        this.#deadlineNs = deadlineNs;
        const directions: Direction[] = ['downlink', 'uplink'];
        this.cell = new Cell(config, rng, {
            onArrival: ({ set, arrivedNs, outcome }, flow) => {
                const direction = directions[flow] as Direction;
                this.#inside[direction]--;
                this.#fates.push({
                    direction,
                    packet: set.sequence,
                    leavesNs: outcome === 'complete' ? arrivedNs : null
                });
            },
            onState: (state) => {
                if (state.ue === 0) onState(state);
            }
        });
        this.#flows = {
            downlink: this.cell.addFlow({ ue: 0, direction: 'downlink', pduSets: [] }),
            uplink: this.cell.addFlow({ ue: 0, direction: 'uplink', pduSets: [] })
        };
        for (const flow of background) this.cell.addFlow(flow);
    }

    /** The path of one direction. Both directions share the cell's time. */
    path(direction: Direction): PacketPath {
        return {
            enter: (packet, sizeBytes, nowNs) => {
                this.cell.advanceTo(nowNs);
                this.#inside[direction]++;
                this.cell.push(this.#flows[direction], this.#set(direction, packet, sizeBytes, nowNs));
            },
            advanceTo: (nowNs, fate) => this.#advance(direction, nowNs, fate),
            nextNs: () => (this.#inside[direction] > 0 ? this.cell.nowNs : this.#hasFates(direction) ? 0 : Infinity)
        };
    }

    #set(stream: Direction, sequence: number, sizeBytes: number, timeNs: number): PduSet {
        return {
            stream,
            sequence,
            importance: 1,
            integrated: true,
            timeNs,
            deadlineNs: this.#deadlineNs,
            endOfBurst: true,
            // The cell counts bytes and hands units back; the relay keeps the real ones.
            units: [BLANK.subarray(0, Math.max(1, sizeBytes))]
        };
    }

    #hasFates(direction: Direction): boolean {
        return this.#fates.some((fate) => fate.direction === direction);
    }

    #advance(direction: Direction, nowNs: number, fate: PacketFate): void {
        this.cell.advanceTo(nowNs);
        let kept = 0;
        for (const entry of this.#fates) {
            if (entry.direction === direction) fate(entry.packet, entry.leavesNs);
            else this.#fates[kept++] = entry;
        }
        this.#fates.length = kept;
    }
}

const BLANK = new Uint8Array(65_000);
