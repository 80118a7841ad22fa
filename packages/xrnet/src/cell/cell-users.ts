/** The users of a cell: their radios on every carrier and the second node, their places there, their priority. */
import { badInput, type Rng } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import type { Link } from '../mac/link.ts';
import type { Direction } from '../phy/tdd.ts';
import { fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import { type CellCarrier, requireSymbols } from './carriers.ts';
import type { SecondNode } from './dual-connectivity.ts';
import type { Flow } from './flow.ts';
import { type CellCoupling, userRadios } from './user-radios.ts';

/** See the file comment. */
export class CellUsers {
    readonly #config: CellConfig;
    readonly #rng: Rng;
    readonly #carriers: readonly CellCarrier[];
    readonly #couplings: readonly CellCoupling[];
    readonly #second: SecondNode | null;
    /** Those of the first carrier, which have the users' queues. */
    readonly #links: Readonly<Record<Direction, Link>>;

    /** @param couplings - Other cells' interference, by carrier. */
    constructor(
        config: CellConfig,
        rng: Rng,
        carriers: readonly CellCarrier[],
        couplings: readonly CellCoupling[],
        second: SecondNode | null
    ) {
        this.#config = config;
        this.#rng = rng;
        this.#carriers = carriers;
        this.#couplings = couplings;
        this.#second = second;
        this.#links = (carriers[0] as CellCarrier).links;
    }

    /** Users so far; the next one has this number. */
    get count(): number {
        return this.#links.downlink.users.length;
    }

    /** Adds the next user; its number. */
    add(): number {
        const ue = this.count;
        const { interruptions } = { ...this.#config.radio, ...this.#config.users[ue] };
        for (const [carrier, { config, sizes, links }] of this.#carriers.entries()) {
            const rng = carrier === 0 ? this.#rng : this.#rng.child('carrier', carrier);
            const radios = userRadios(ue, config, sizes, rng, this.#couplings[carrier] ?? null);
            for (const direction of ['downlink', 'uplink'] as const) {
                const draws = rng.child('ue', ue, direction).stream('block');
                if (carrier === 0) links[direction].addUser(radios[direction], draws, interruptions);
                else links[direction].addLeg(radios[direction], draws);
            }
        }
        this.#second?.addUser(ue);
        return ue;
    }

    /** Throws `bad-input` unless there is such a user. */
    require(ue: number): void {
        if (Number.isInteger(ue) && ue >= 0 && ue < this.count) return;
        throw badInput(`the user is ${ue}`, `0 to ${this.count - 1}`, 'Add a flow of the user first');
    }

    /** Throws `bad-input` unless a flow's bearer and direction can be served. */
    requireBearer(path: string, { bearer = 'master' }: Flow, direction: Direction): void {
        // The first carrier needs both directions, whatever the others have.
        requireSymbols(path, direction, this.#carriers[0] as CellCarrier);
        if (bearer === 'master') return;
        if (this.#second) requireSymbols(path, direction, this.#second.carrier);
        else throw badInput(`${path}.bearer is ${bearer}`, 'master in a cell without secondary', 'Give the cell one');
    }

    /** Gives a user the priority of a flow's 5QI, if it has one. */
    takeProfile(path: string, { ue, fiveQi }: Flow, direction: Direction): void {
        if (fiveQi === undefined) return;
        const { priorityLevel } = fiveQiProfile(`${path}.fiveQi`, fiveQi);
        for (const link of this.#firstLinks(direction)) link.lowerLevel(ue, priorityLevel);
    }

    /** See {@link Cell.setPriorityLevel}. */
    setPriorityLevel(ue: number, direction: Direction, level: number): void {
        this.require(ue);
        requireNumber('the priority level', level, 1, 127, true, '');
        for (const link of this.#firstLinks(direction)) link.setLevel(ue, level);
    }

    /** See {@link Cell.setMeanSinr}. */
    setMeanSinr(ue: number, downDb: number, upDb: number): void {
        this.require(ue);
        for (const [carrier, { links }] of this.#carriers.entries()) {
            const offsetDb = this.#config.carriers[carrier - 1]?.sinrOffsetDb ?? 0;
            links.downlink.radioOf(ue).setMeanDb(downDb + offsetDb);
            links.uplink.radioOf(ue).setMeanDb(upDb + offsetDb);
        }
        this.#second?.setMeanSinr(ue, downDb, upDb);
    }

    /** The links that have users of their own: the first carrier's, and the second node's. */
    #firstLinks(direction: Direction): Link[] {
        const second = this.#second?.carrier.links[direction];
        return second ? [this.#links[direction], second] : [this.#links[direction]];
    }
}
