/**
 * Several cells in step, fidelity L2: users are dropped into a place of TR 38.901, every cell is the one of src/cell, and in
 * every slot all cells first say what they send and then learn what was received under everybody's interference.
 *
 * Same seed, same places, same traffic: mechanisms and loads are compared with the same users.
 */
import type { Rng } from '@mixreel/core';
import { Cell, type CellEvents } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import { type CellConfig, type FadingConfig, type RadioConfig, SUBBAND_DEFAULTS } from '../config.ts';
import { SubbandFading, type SubbandShape } from '../phy/subband-fading.ts';
import type { TddPattern } from '../phy/tdd.ts';
import { requireNumber } from '../require-number.ts';
import { resolveCellConfig } from '../resolve-config.ts';
import { InterferenceBoard } from './coupling.ts';
import { Handovers, type SinrOf } from './handovers.ts';
import { InterfererFading } from './interferer-fading.ts';
import type { Layout } from './layout.ts';
import { type DroppedUser, Links } from './links.ts';
import { layoutFor, MOST_USERS_A_CELL, type NetworkConfig, requireCoupledCells } from './network-config.ts';
import { dopplerHz, Walk } from './walk.ts';

/** Least mean SNR of a radio. */
const LEAST_SNR_DB = -20;

/** What a caller may look at, or have otherwise. */
export interface NetworkHooks {
    /** Of flows with PDU Sets of their own, whichever cell decides them. */
    readonly onArrival?: NonNullable<CellEvents['onArrival']>;
    /** Flows of a user of a cell; default: the configuration's. */
    readonly flowsOf?: (cell: number, ue: number) => readonly Omit<Flow, 'ue'>[];
}

/** See the file comment. */
export class Network {
    readonly cells: readonly Cell[];
    /** By carrier. */
    readonly #boards: readonly InterferenceBoard[];
    readonly #patterns: readonly TddPattern[];
    /** Users as they were dropped, by cell. */
    readonly dropped: readonly (readonly DroppedUser[])[];
    readonly #walk: Walk | null;
    readonly #handovers: Handovers | null;
    /** Cells of the slot being run; kept, so that no slot allocates. */
    readonly #busy: Cell[] = [];
    #slot = 0;

    /** Throws `bad-input`. */
    constructor(input: NetworkConfig, rng: Rng, { onArrival, flowsOf = () => input.flows }: NetworkHooks = {}) {
        const radio = requireCoupledCells(input);
        requireNumber('usersPerCell', input.usersPerCell, 1, MOST_USERS_A_CELL, true, 'users');
        const plain = resolveCellConfig({ subbands: SUBBAND_DEFAULTS, ...input.cell });
        const subbands = plain.subbands ?? SUBBAND_DEFAULTS;
        const layout = layoutFor(input);
        const spacingHz = 15_000 * 2 ** plain.numerology;
        const { bandwidthPrb } = plain;
        const links = new Links(radio, layout, input.usersPerCell, bandwidthPrb, spacingHz, rng.child('drop'));
        const moving = radioConfigOf(plain, input.speedKmh, radio.carrierGhz);
        this.dropped = links.users;
        // Who comes by handover is heard as well.
        const heard = links.users.map((users) => [...users]);
        const widths = [{ bandwidthPrb, sinrOffsetDb: 0 }, ...plain.carriers];
        this.#boards = widths.map(({ bandwidthPrb: prb, sinrOffsetDb }, carrier) => {
            const shape = { ...subbands, bandwidthHz: prb * 12 * spacingHz };
            const own = carrier === 0 ? rng : rng.child('carrier', carrier);
            const fading = interfererFading(input.fadingInterferers ?? 0, heard, moving.fading, shape, own);
            return new InterferenceBoard(heard, subbands.count, fading, sinrOffsetDb);
        });
        this.cells = this.dropped.map((users, c) => {
            const own = users.map((user) => radioOfUser(user.snrDb, user.uplinkSnrDb, plain));
            const config = { ...plain, subbands, radio: moving, users: own };
            const couplings = this.#boards.map((board) => board.of(c));
            const cell = new Cell(config, rng.child('cell', c), onArrival ? { onArrival } : {}, couplings);
            for (const { ue } of users) for (const flow of flowsOf(c, ue)) cell.addFlow({ ...flow, ue });
            return cell;
        });
        this.#patterns = this.#first.patterns;
        const sinrOf: SinrOf = ({ snrDb, uplinkSnrDb }) => {
            const { sinrDb, uplinkOffsetDb } = radioOfUser(snrDb, uplinkSnrDb, plain);
            return [sinrDb, sinrDb + uplinkOffsetDb];
        };
        this.#handovers = input.handover ? new Handovers(input.handover, this.cells, heard, sinrOf) : null;
        this.#walk = this.#walkOf(input.speedKmh ?? 0, layout, links, sinrOf, rng);
    }

    #walkOf(speedKmh: number, layout: Layout, links: Links, sinrOf: SinrOf, rng: Rng): Walk | null {
        if (speedKmh === 0) return null;
        return new Walk(layout, links, speedKmh, rng.child('walk'), (walker, step, timeNs) => {
            const [downDb, upDb] = sinrOf(step);
            this.cells[walker.cell]?.setMeanSinr(walker.ue, downDb, upDb);
            this.#handovers?.look(walker, step, timeNs);
        });
    }

    /** Times that users changed cells. */
    get handovers(): number {
        return this.#handovers?.count ?? 0;
    }

    get #first(): Cell {
        return this.cells[0] as Cell;
    }

    /** How long traffic models send, ns. */
    get durationNs(): number {
        return this.#first.config.durationNs;
    }

    /** Start of the next slot that was not run yet, ns. */
    get nowNs(): number {
        return this.#slot * this.#first.tdd.slotNs;
    }

    /** Sets that are inside, or wait for their slot. */
    get pending(): number {
        return this.cells.reduce((sum, cell) => sum + cell.pending, 0);
    }

    /** Runs every slot that starts before `timeNs`. */
    advanceTo(timeNs: number): void {
        const { tdd } = this.#first;
        const end = Math.ceil(timeNs / tdd.slotNs);
        while (this.#slot < end) {
            let next = end;
            for (const cell of this.cells) next = Math.min(next, cell.nextBusySlot(next));
            if (next > this.#slot) for (const board of this.#boards) board.silent(next - this.#slot);
            for (const cell of this.cells) cell.skipTo(next);
            this.#slot = next;
            if (next >= end) return;
            if (this.#walk) {
                this.#walk.advanceTo(next * tdd.slotNs);
                this.#handovers?.advanceTo(next * tdd.slotNs, this.#walk);
            }
            for (let c = 0; c < this.#boards.length; c++) {
                const pattern = this.#patterns[c] as TddPattern;
                const hasDownlink = pattern.symbols('downlink', next) > 0;
                this.#boards[c]?.next(hasDownlink, pattern.symbols('uplink', next) > 0, next * tdd.slotNs);
            }
            // A cell with nothing to do in this slot passes over it: most do, in most slots.
            const busy = this.#busy;
            busy.length = 0;
            for (const cell of this.cells) {
                if (cell.nextBusySlot(next + 1) === next) busy.push(cell);
                else cell.skipTo(next + 1);
            }
            for (const cell of busy) cell.schedule();
            for (const cell of busy) cell.finishSlot();
            this.#slot++;
        }
    }
}

/** A layer gets its share of the power. */
function radioOfUser(
    snrDb: number,
    uplinkSnrDb: number,
    { layers }: CellConfig
): Pick<RadioConfig, 'sinrDb' | 'uplinkOffsetDb' | 'shadowStdDb'> {
    const clamp = (db: number): number => Math.max(LEAST_SNR_DB, db);
    const down = clamp(snrDb - 10 * Math.log10(layers.downlink));
    const up = clamp(uplinkSnrDb - 10 * Math.log10(layers.uplink));
    return { sinrDb: down, uplinkOffsetDb: up - down, shadowStdDb: 0 };
}

/** The cells' radio, its fading as fast as the users; shadowing is that of the places. */
function radioConfigOf({ radio }: CellConfig, speedKmh: number | undefined, carrierGhz: number): RadioConfig {
    if (speedKmh === undefined || radio.fading === null) return { ...radio, shadowStdDb: 0 };
    return {
        ...radio,
        shadowStdDb: 0,
        fading: { ...radio.fading, dopplerHz: Math.min(2000, dopplerHz(speedKmh, carrierGhz)) }
    };
}

/** Rayleigh, one branch; see src/network/interferer-fading.ts. */
const SCATTERED = { kFactorDb: -40, branches: 1 } as const;

function interfererFading(
    count: number,
    users: readonly (readonly DroppedUser[])[],
    fading: FadingConfig | null,
    shape: SubbandShape,
    rng: Rng
): InterfererFading | null {
    if (count === 0 || fading === null) return null;
    const config = { ...SCATTERED, dopplerHz: fading.dopplerHz };
    const make = (cell: number, ue: number, other: number): SubbandFading =>
        new SubbandFading(config, shape, rng.stream('interferer', cell, ue, other));
    return new InterfererFading(users, count, make);
}
