/**
 * Who is served next in a slot: the scheduler's number (src/mac/scheduler.ts) for every user with data, from what the network may
 * know of it, and priority levels above all numbers.
 */
import type { CellConfig } from '../config.ts';
import type { Carrier, SlotSizes } from '../phy/carrier.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { DEFAULT_PRIORITY_LEVEL, type LinkUser } from './link-user.ts';
import { type Candidate, type Priority, priorityOf } from './scheduler.ts';
import type { SetStore } from './set-store.ts';
import type { UplinkGrants } from './uplink-grants.ts';

/** See the file comment. Users are named by their place in a list of those with data. */
export class ServiceOrder {
    /** True once two users' priority levels differ: only then are they looked at. */
    hasLevels = false;
    readonly #direction: Direction;
    readonly #tdd: TddPattern;
    readonly #carrier: Carrier;
    readonly #sets: SetStore;
    readonly #users: readonly LinkUser[];
    /** What the network knows of the queues; null where it knows them as they are. */
    readonly #grants: UplinkGrants | null;
    readonly #guessesDeadlines: boolean;
    readonly #priority: Priority;
    readonly #meanSlotNs: number;
    /** Slots of the period that carry data of this direction, and the place of each slot among them. */
    readonly #ownSlots: readonly number[];
    readonly #places: readonly number[];
    /** From the end of a transmission to the receiver. */
    readonly #afterNs: number;
    #priorities = new Float64Array(16);
    readonly #candidate: Candidate = {
        expiryNs: 0,
        headBytes: 0,
        slotBytes: 0,
        meanBytes: 0,
        aloneNs: 0,
        unservedSlots: 0
    };

    constructor(
        direction: Direction,
        config: CellConfig,
        tdd: TddPattern,
        carrier: Carrier,
        sets: SetStore,
        users: readonly LinkUser[],
        grants: UplinkGrants | null
    ) {
        this.#direction = direction;
        this.#tdd = tdd;
        this.#carrier = carrier;
        this.#sets = sets;
        this.#users = users;
        this.#grants = grants;
        this.#guessesDeadlines = grants !== null && config.uplink.delayStatus !== 'ideal';
        this.#priority = priorityOf(config.scheduler);
        this.#meanSlotNs = tdd.slotNs / Math.max(1e-9, tdd.share(direction));
        this.#ownSlots = Array.from({ length: tdd.periodSlots }, (_, i) => i).filter(
            (i) => carrier.sizes(tdd.symbols(direction, i)) !== null
        );
        this.#places = Array.from({ length: tdd.periodSlots }, (_, i) => this.#ownSlots.indexOf(i));
        this.#afterNs = config.harq.decodeNs + (direction === 'uplink' ? config.coreDelayNs : 0);
    }

    /**
     * Ranks the users of a slot.
     *
     * @param active - Their numbers.
     * @param demandOf - Bytes of a user's queue that may be scheduled.
     */
    rank(
        slot: number,
        startNs: number,
        sizes: SlotSizes,
        active: readonly number[],
        demandOf: (user: number) => number
    ): void {
        const count = active.length;
        if (count > this.#priorities.length) this.#priorities = new Float64Array(2 * count);
        const candidate = this.#candidate;
        for (let place = 0; place < count; place++) {
            const number = active[place] as number;
            const user = this.#users[number] as LinkUser;
            user.forget(slot);
            if (demandOf(number) === 0 || user.head < 0) {
                this.#priorities[place] = -Infinity;
                continue;
            }
            this.#judge(number, user.head);
            candidate.slotBytes = this.#carrier.row(sizes, user.radio.mcs(startNs)).bytes[sizes.units] as number;
            candidate.meanBytes = user.meanBytes;
            candidate.aloneNs = this.#aloneNs(slot, Math.ceil(candidate.headBytes / Math.max(1, candidate.slotBytes)));
            candidate.unservedSlots = slot - user.servedSlot;
            this.#priorities[place] = this.#priority(candidate, startNs, this.#meanSlotNs);
        }
    }

    /** Takes the place of the highest priority, the lower user number on ties; -1 if all are served. */
    next(active: readonly number[]): number {
        let best = -1;
        let highest = -Infinity;
        const level = this.hasLevels ? this.#lowestLevel(active) : Infinity;
        for (let place = 0; place < active.length; place++) {
            const value = this.#priorities[place] as number;
            if (level !== Infinity && this.#levelAt(active, place) !== level) continue;
            const first = value === highest && best >= 0 && (active[place] as number) < (active[best] as number);
            if (value > highest || first) {
                highest = value;
                best = place;
            }
        }
        if (highest === -Infinity) return -1;
        this.#priorities[best] = -Infinity;
        return best;
    }

    /** When a set that needs `slots` slots from `slot` on arrives. */
    #aloneNs(slot: number, slots: number): number {
        const { periodSlots } = this.#tdd;
        const own = this.#ownSlots;
        const rounds = Math.floor((slots - 1) / own.length);
        // Place of this slot among those of its direction, and of the last one that is needed.
        const place = (this.#places[slot % periodSlots] as number) + slots - 1 - rounds * own.length;
        const wrapped = place >= own.length ? 1 : 0;
        const first = slot - (slot % periodSlots);
        const last = first + (rounds + wrapped) * periodSlots + (own[place - wrapped * own.length] as number);
        return this.#tdd.endNs(this.#direction, last) + this.#afterNs;
    }

    /** What the network knows of a user's head set. */
    #judge(number: number, set: number): void {
        const candidate = this.#candidate;
        const grants = this.#grants;
        if (grants && this.#guessesDeadlines) {
            candidate.expiryNs = grants.expiryNs(number);
            candidate.headBytes = grants.headBytes(number);
            return;
        }
        candidate.expiryNs = this.#sets.expiryNs[set] as number;
        const rest = (this.#sets.bytes[set] as number) - (this.#sets.taken[set] as number);
        // What can be granted now is what serving costs: a request's few bytes go first, and bring the report.
        candidate.headBytes = grants ? Math.min(rest, grants.knownBytes(number)) : rest;
    }

    /** The lowest priority level of those that still want something. */
    #lowestLevel(active: readonly number[]): number {
        let lowest = Infinity;
        for (let place = 0; place < active.length; place++) {
            if (this.#priorities[place] !== -Infinity) lowest = Math.min(lowest, this.#levelAt(active, place));
        }
        return lowest;
    }

    #levelAt(active: readonly number[], place: number): number {
        const { level, head } = this.#users[active[place] as number] as LinkUser;
        const excess = head >= 0 && (this.#sets.taken[head] as number) >= (this.#sets.assured[head] as number);
        return excess ? Math.max(level, DEFAULT_PRIORITY_LEVEL) : level;
    }
}
