/**
 * Several cells at once, fidelity L2: users are dropped into a place of TR 38.901, every cell is the one of src/cell, and in
 * every slot all cells first say what they send and then learn what was received under everybody's interference.
 *
 * Same seed, same places, same traffic: mechanisms and loads are compared with the same users.
 */
import { type Progress, type Rng, throwIfAborted } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import { type UserResult, usersOf } from '../cell/simulate-cell.ts';
import {
    type CellConfig,
    type CellConfigInput,
    type FadingConfig,
    type RadioConfig,
    SUBBAND_DEFAULTS
} from '../config.ts';
import type { PlaceName } from '../phy/path-loss.ts';
import { SubbandFading, type SubbandShape } from '../phy/subband-fading.ts';
import type { TddPattern } from '../phy/tdd.ts';
import { requireNumber, wrong } from '../require-number.ts';
import { resolveCellConfig } from '../resolve-config.ts';
import { InterferenceBoard } from './coupling.ts';
import { type HandoverConfig, Handovers, type SinrOf } from './handovers.ts';
import { InterfererFading } from './interferer-fading.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type DroppedUser, Links, type NetworkRadio } from './links.ts';
import { dopplerHz, Walk } from './walk.ts';

/** What a network is. Radio figures left out are those of the place. */
export interface NetworkConfig extends Partial<NetworkRadio> {
    readonly place: PlaceName;
    /** Masts with three cells each, 1 or 7, default 7; indoors always twelve cells. */
    readonly sites?: number;
    /** Between masts, m, 10 to 5000; default 500 (uma), 200 (umi). */
    readonly distanceM?: number;
    /** Users a cell, 1 to 1000. */
    readonly usersPerCell: number;
    /** Speed of all users, km/h, 0 to 500; default: they stand, and fading is that of `cell`. See src/network/walk.ts. */
    readonly speedKmh?: number;
    /** How users that walk change cells; default: they stay with the one they were dropped into. See src/network/handovers.ts. */
    readonly handover?: HandoverConfig;
    /** Interferers of each user whose fast fading is modelled, the strongest, 0 (default: their mean power counts) to 20. */
    readonly fadingInterferers?: number;
    /** What each cell is; its radio is what the place makes it. */
    readonly cell?: CellConfigInput;
    /** What every user sends and receives; `ue` is filled in. */
    readonly flows: readonly Omit<Flow, 'ue'>[];
}

/** Radio of the places at 4 GHz, as XR studies deploy it (TR 38.838's figures, not checked against its text). */
const RADIO: Readonly<Record<PlaceName, NetworkRadio>> = {
    uma: base('uma', { baseM: 25, baseDbm: 53, tiltDeg: 8 }),
    umi: base('umi', { baseM: 10, baseDbm: 51, tiltDeg: 6 }),
    inh: base('inh', { baseM: 3, baseDbm: 31, tiltDeg: 0 })
};

function base(place: PlaceName, changes: Partial<NetworkRadio>): NetworkRadio {
    return Object.freeze({
        place,
        carrierGhz: 4,
        baseM: 10,
        userM: 1.5,
        baseDbm: 44,
        userDbm: 23,
        baseNoiseDb: 5,
        userNoiseDb: 9,
        beamGainDb: 9,
        tiltDeg: 6,
        uplinkTargetDb: 15,
        indoorShare: 0,
        building: 'low',
        ...changes
    });
}

/** What one cell did. */
export interface NetworkCellResult {
    readonly users: readonly UserResult[];
    /** Share of its downlink slots that was used. */
    readonly downlinkLoad: number;
}

/** What a network did. */
export interface NetworkResult {
    readonly fidelity: 'L2';
    readonly cells: readonly NetworkCellResult[];
    /** Times that users changed cells. A user counts in the cell that has it at the end. */
    readonly handovers: number;
    /** Where users were dropped and how they hear, by cell. */
    readonly dropped: readonly (readonly DroppedUser[])[];
    /** Share of all users that are satisfied. */
    readonly satisfied: number;
    readonly events: number;
    readonly endNs: number;
}

const REPORT_NS = 100_000_000;
/** Least mean SNR of a radio. */
const LEAST_SNR_DB = -20;

/** See the file comment. @throws MixreelError `bad-input`, `aborted`. */
export function simulateNetwork(
    input: NetworkConfig,
    { rng, progress }: { readonly rng: Rng; readonly progress?: Progress }
): NetworkResult {
    const network = new Network(input, rng);
    const lastNs = network.durationNs;
    while (network.pending > 0) {
        throwIfAborted(progress, 'simulating the network');
        network.advanceTo(network.nowNs + REPORT_NS);
        progress?.report?.(Math.min(network.nowNs, lastNs) / 1e9, lastNs / 1e9, 'simulating the network');
    }
    return network.result();
}

class Network {
    readonly #cells: readonly Cell[];
    /** By carrier. */
    readonly #boards: readonly InterferenceBoard[];
    readonly #patterns: readonly TddPattern[];
    readonly #dropped: readonly (readonly DroppedUser[])[];
    readonly #walk: Walk | null;
    readonly #handovers: Handovers | null;
    /** Cells of the slot being run; kept, so that no slot allocates. */
    readonly #busy: Cell[] = [];
    #slot = 0;

    constructor(input: NetworkConfig, rng: Rng) {
        const radio = radioOf(input);
        const plain = resolveCellConfig({ subbands: SUBBAND_DEFAULTS, ...input.cell });
        const subbands = plain.subbands ?? SUBBAND_DEFAULTS;
        const layout = layoutOf(radio.place, input.sites ?? 7, input.distanceM ?? (radio.place === 'uma' ? 500 : 200));
        const spacingHz = 15_000 * 2 ** plain.numerology;
        const { bandwidthPrb } = plain;
        const links = new Links(radio, layout, input.usersPerCell, bandwidthPrb, spacingHz, rng.child('drop'));
        const moving = radioConfigOf(plain, input.speedKmh, radio.carrierGhz);
        this.#dropped = links.users;
        // Who comes by handover is heard as well.
        const heard = links.users.map((users) => [...users]);
        const widths = [{ bandwidthPrb, sinrOffsetDb: 0 }, ...plain.carriers];
        this.#boards = widths.map(({ bandwidthPrb: prb, sinrOffsetDb }, carrier) => {
            const shape = { ...subbands, bandwidthHz: prb * 12 * spacingHz };
            const own = carrier === 0 ? rng : rng.child('carrier', carrier);
            const fading = interfererFading(input.fadingInterferers ?? 0, heard, moving.fading, shape, own);
            return new InterferenceBoard(heard, subbands.count, fading, sinrOffsetDb);
        });
        this.#cells = this.#dropped.map((users, c) => {
            const own = users.map((user) => radioOfUser(user.snrDb, user.uplinkSnrDb, plain));
            const config = { ...plain, subbands, radio: moving, users: own };
            const couplings = this.#boards.map((board) => board.of(c));
            const cell = new Cell(config, rng.child('cell', c), {}, couplings);
            for (const { ue } of users) for (const flow of input.flows) cell.addFlow({ ...flow, ue });
            return cell;
        });
        this.#patterns = this.#first.patterns;
        const sinrOf: SinrOf = ({ snrDb, uplinkSnrDb }) => {
            const { sinrDb, uplinkOffsetDb } = radioOfUser(snrDb, uplinkSnrDb, plain);
            return [sinrDb, sinrDb + uplinkOffsetDb];
        };
        this.#handovers = input.handover ? new Handovers(input.handover, this.#cells, heard, sinrOf) : null;
        this.#walk = this.#walkOf(input.speedKmh ?? 0, layout, links, sinrOf, rng);
    }

    #walkOf(speedKmh: number, layout: Layout, links: Links, sinrOf: SinrOf, rng: Rng): Walk | null {
        if (speedKmh === 0) return null;
        return new Walk(layout, links, speedKmh, rng.child('walk'), (walker, step, timeNs) => {
            const [downDb, upDb] = sinrOf(step);
            this.#cells[walker.cell]?.setMeanSinr(walker.ue, downDb, upDb);
            this.#handovers?.look(walker, step, timeNs);
        });
    }

    get #first(): Cell {
        return this.#cells[0] as Cell;
    }

    get durationNs(): number {
        return this.#first.config.durationNs;
    }

    get nowNs(): number {
        return this.#slot * this.#first.tdd.slotNs;
    }

    get pending(): number {
        return this.#cells.reduce((sum, cell) => sum + cell.pending, 0);
    }

    advanceTo(timeNs: number): void {
        const { tdd } = this.#first;
        const end = Math.ceil(timeNs / tdd.slotNs);
        while (this.#slot < end) {
            let next = end;
            for (const cell of this.#cells) next = Math.min(next, cell.nextBusySlot(next));
            if (next > this.#slot) for (const board of this.#boards) board.silent(next - this.#slot);
            for (const cell of this.#cells) cell.skipTo(next);
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
            for (const cell of this.#cells) {
                if (cell.nextBusySlot(next + 1) === next) busy.push(cell);
                else cell.skipTo(next + 1);
            }
            for (const cell of busy) cell.schedule();
            for (const cell of busy) cell.finishSlot();
            this.#slot++;
        }
    }

    result(): NetworkResult {
        const cells = this.#cells.map((cell): NetworkCellResult => {
            const { slots, usedSlots } = cell.counters('downlink');
            const total = this.durationNs / cell.tdd.slotNs;
            const share = [...cell.tdd.downlinkSymbols].filter((n) => n > 0).length / cell.tdd.periodSlots;
            return {
                users: usersOf(cell.kpis(), cell),
                downlinkLoad: slots === 0 ? 0 : Math.min(1, usedSlots / (total * share))
            };
        });
        const users = cells.flatMap((cell) => cell.users);
        return {
            fidelity: 'L2',
            cells,
            handovers: this.#handovers?.count ?? 0,
            dropped: this.#dropped,
            satisfied: users.filter(({ satisfied }) => satisfied).length / Math.max(1, users.length),
            events: this.#cells.reduce((sum, cell) => sum + cell.events, 0),
            endNs: this.nowNs
        };
    }
}

function radioOf(input: NetworkConfig): NetworkRadio {
    const standard = RADIO[input.place];
    if (standard === undefined) throw wrong('place', input.place, 'uma, umi or inh');
    requireNumber('usersPerCell', input.usersPerCell, 1, 1000, true, 'users');
    requireNumber('distanceM', input.distanceM ?? 200, 10, 5000, false, 'm');
    const given = Object.fromEntries(
        Object.keys(standard)
            .map((key) => [key, input[key as keyof NetworkConfig]])
            .filter(([, value]) => value !== undefined)
    );
    const radio = { ...standard, ...given } as NetworkRadio;
    requireNumber('carrierGhz', radio.carrierGhz, 0.5, 100, false, 'GHz');
    requireNumber('baseM', radio.baseM, 1, 150, false, 'm');
    requireNumber('userM', radio.userM, 1, 23, false, 'm');
    for (const key of ['baseDbm', 'userDbm'] as const) requireNumber(key, radio[key], -30, 80, false, 'dBm');
    for (const key of ['baseNoiseDb', 'userNoiseDb', 'beamGainDb'] as const) {
        requireNumber(key, radio[key], 0, 30, false, 'dB');
    }
    requireNumber('tiltDeg', radio.tiltDeg, 0, 45, false, 'degrees');
    requireNumber('uplinkTargetDb', radio.uplinkTargetDb, -10, 40, false, 'dB');
    requireNumber('indoorShare', radio.indoorShare, 0, radio.place === 'inh' ? 0 : 1, false, '');
    if (radio.building !== 'low' && radio.building !== 'high') throw wrong('building', radio.building, 'low or high');
    requireNumber('speedKmh', input.speedKmh ?? 0, 0, 500, false, 'km/h');
    requireNumber('fadingInterferers', input.fadingInterferers ?? 0, 0, 20, true, 'cells');
    return radio;
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
