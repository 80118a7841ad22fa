/**
 * Fidelity L1, live: every packet is a PDU Set of one PDU of a user in a cell, beside whatever background users the cell has.
 * The cell is the one that is simulated, advanced by whoever holds the clock.
 */
import { badInput, type PduSet, type Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import type { UserState } from '../cell/network-state.ts';
import type { CellConfig } from '../config.ts';
import { cellControl } from '../exposure/cell-control.ts';
import type { QosControl } from '../exposure/qos-on-demand.ts';
import type { Direction } from '../phy/tdd.ts';
import type { PacketFate, PacketPath } from './packet-path.ts';

/** What a live cell is given besides its configuration. */
export interface LiveCellOptions {
    /** Flows of other users, with traffic models. Default: none. */
    readonly background?: readonly Flow[];
    /**
     * The user whose place the packets take, 0 to 9999; default 0. Its radio is the one that the same configuration and
     * randomness give this user in a simulation: with the simulation's other flows as background, that user is replayed.
     */
    readonly ue?: number;
    /** Delay budget of the packets, ns; default 100 ms. */
    readonly deadlineNs?: number;
    /** Is told the network states of the user. */
    readonly onState?: (state: UserState) => void;
}

/** A live cell: one path for each direction of one user, and everybody else's traffic. */
export class LiveCell {
    readonly cell: Cell;
    readonly #fates: { direction: Direction; packet: number; leavesNs: number | null }[] = [];
    readonly #flows: Record<Direction, number>;
    readonly #inside: Record<Direction, number> = { downlink: 0, uplink: 0 };
    readonly #deadlineNs: number;
    /** Who is told the states of all users. */
    #told: ((state: UserState) => void) | null = null;

    constructor(config: CellConfig, rng: Rng, options: LiveCellOptions = {}) {
        const { background = [], ue = 0, deadlineNs = 100_000_000, onState = () => {} } = options;
        if (background.some((flow) => flow.ue === ue)) {
            throw badInput(`a background flow is of user ${ue}`, 'other users', 'Leave out the flows of the live user');
        }
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
                this.#told?.(state);
                if (state.ue === ue) onState(state);
            }
        });
        this.#flows = {
            downlink: this.cell.addFlow({ ue, direction: 'downlink', pduSets: [] }),
            uplink: this.cell.addFlow({ ue, direction: 'uplink', pduSets: [] })
        };
        for (const flow of background) this.cell.addFlow(flow);
    }

    /**
     * The cell as an exposure API controls it (src/exposure). States are as of the newest packet: nothing else moves its time.
     *
     * @param devices - User number by device identifier.
     */
    control(devices: ReadonlyMap<string, number>): QosControl {
        const control = cellControl(this.cell, devices);
        this.#told = (state) => control.onState(state);
        return control;
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
