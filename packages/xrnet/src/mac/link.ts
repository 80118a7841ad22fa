/**
 * One direction of the cell: queues of PDU Sets by user, and what happens in a slot of that direction: overdue sets are
 * dropped, retransmissions go first, then users in the scheduler's order until the PRBs are used up (frequency multiplexing
 * within a slot, one block a user). The fate of a block is decided when it is sent; what is known later (feedback) acts later.
 *
 * Work in a slot grows with the users that have data, and nothing is allocated once the pools have grown.
 */
import type { RngStream } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import { type Carrier, prbsFor, type SlotSizes } from '../phy/carrier.ts';
import type { UserRadio } from '../phy/radio.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { BlockStore } from './block-store.ts';
import { type Candidate, type Priority, priorityOf } from './scheduler.ts';
import type { SegmentRecord, SetStore } from './set-store.ts';
import { TimingWheel } from './timing-wheel.ts';

/** Slots over which the proportional-fair mean forgets. */
const MEAN_SLOTS = 200;
/** Random numbers kept apart for the transmissions of one block. */
const DRAWS_PER_BLOCK = 16;

/** What one user is to one direction. */
export interface LinkUser {
    readonly radio: UserRadio;
    /** Draws of its blocks: number `16 index + transmission`. */
    readonly draws: RngStream;
    /** First and last set of its queue, or -1. */
    head: number;
    tail: number;
    queuedSets: number;
    /** Bytes never sent. */
    backlogBytes: number;
    blocks: number;
    meanBytes: number;
    meanSlot: number;
    servedSlot: number;
    /** Position in the list of users with data, or -1. */
    active: number;
    /** Since the last network state: bytes sent, of them marked, PRBs used. */
    sentBytes: number;
    markedBytes: number;
    usedPrbs: number;
}

/** Counters of one direction. */
export interface LinkCounters {
    slots: number;
    transmissions: number;
    retransmissions: number;
    failures: number;
    /** First transmissions and their failures. */
    firstTransmissions: number;
    firstFailures: number;
    residualBlocks: number;
    usedPrbs: number;
    offeredPrbs: number;
    deliveries: number;
}

/** See the file comment. */
export class Link {
    readonly direction: Direction;
    readonly users: LinkUser[] = [];
    readonly counters: LinkCounters = {
        slots: 0,
        transmissions: 0,
        retransmissions: 0,
        failures: 0,
        firstTransmissions: 0,
        firstFailures: 0,
        residualBlocks: 0,
        usedPrbs: 0,
        offeredPrbs: 0,
        deliveries: 0
    };
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #carrier: Carrier;
    readonly #sets: SetStore;
    readonly #blocks = new BlockStore();
    readonly #retransmissions = new TimingWheel();
    /** Blocks whose retransmission is due, oldest first. */
    #due: Int32Array = new Int32Array(64);
    #dueCount = 0;
    readonly #active: number[] = [];
    #priorities = new Float64Array(16);
    readonly #candidate: Candidate = { expiryNs: 0, headBytes: 0, slotBytes: 0, meanBytes: 0, unservedSlots: 0 };
    readonly #priority: Priority;
    readonly #meanSlotNs: number;
    readonly #byDeadline: boolean;
    readonly #finish: (set: number) => void;

    /** @param finish - Called once for every set whose bytes are all delivered or lost. */
    constructor(
        direction: Direction,
        config: CellConfig,
        tdd: TddPattern,
        carrier: Carrier,
        sets: SetStore,
        finish: (set: number) => void
    ) {
        this.direction = direction;
        this.#config = config;
        this.#tdd = tdd;
        this.#carrier = carrier;
        this.#sets = sets;
        this.#finish = finish;
        this.#priority = priorityOf(config.scheduler);
        this.#meanSlotNs = tdd.slotNs / Math.max(1e-9, tdd.share(direction));
        this.#byDeadline = config.scheduler === 'psdb' || config.scheduler === 'edf';
    }

    /** Adds a user; its number is its place in `users`. */
    addUser(radio: UserRadio, draws: RngStream): void {
        this.users.push({
            radio,
            draws,
            head: -1,
            tail: -1,
            queuedSets: 0,
            backlogBytes: 0,
            blocks: 0,
            meanBytes: 0,
            meanSlot: 0,
            servedSlot: -1,
            active: -1,
            sentBytes: 0,
            markedBytes: 0,
            usedPrbs: 0
        });
    }

    /** True if nothing is waiting for the next slot of this direction. */
    get idle(): boolean {
        return this.#active.length === 0 && this.#dueCount === 0;
    }

    /** The first slot from `from` in which a retransmission falls due, or `limit`. */
    nextDue(from: number, limit: number): number {
        return this.#retransmissions.nextSlot(from, limit);
    }

    /** Puts a set into its user's queue: by deadline and importance, or in order of arrival, as the scheduler wants it. */
    enqueue(number: number, set: number): void {
        const user = this.users[number] as LinkUser;
        const { next, expiryNs, importance } = this.#sets;
        user.backlogBytes += this.#sets.bytes[set] as number;
        user.queuedSets++;
        if (user.active < 0) {
            user.active = this.#active.length;
            this.#active.push(number);
        }
        const later = (a: number, b: number): boolean =>
            (expiryNs[a] as number) > (expiryNs[b] as number) ||
            ((expiryNs[a] as number) === (expiryNs[b] as number) &&
                (importance[a] as number) > (importance[b] as number));
        if (user.head < 0) {
            user.head = set;
            user.tail = set;
        } else if (!this.#byDeadline || !later(user.tail, set)) {
            next[user.tail] = set;
            user.tail = set;
        } else if (later(user.head, set)) {
            next[set] = user.head;
            user.head = set;
        } else {
            let before = user.head;
            while (!later(next[before] as number, set)) before = next[before] as number;
            next[set] = next[before] as number;
            next[before] = set;
        }
    }

    /** One slot of this direction. */
    runSlot(slot: number): void {
        for (let block = this.#retransmissions.take(slot); block >= 0; block = this.#retransmissions.take(slot)) {
            this.#pushDue(block);
        }
        const sizes = this.#carrier.sizes(this.#tdd.symbols(this.direction, slot));
        if (sizes === null || this.idle) return;
        this.counters.slots++;
        this.counters.offeredPrbs += this.#carrier.prbs;
        const startNs = this.#tdd.startNs(this.direction, slot);
        let prbs = this.#retransmit(slot, sizes, this.#carrier.prbs);
        this.#purge(startNs);
        this.#prioritise(slot, sizes, startNs);
        while (prbs > 0) {
            const place = this.#best();
            if (place < 0) break;
            this.#priorities[place] = -Infinity;
            prbs -= this.#sendNew(this.#active[place] as number, slot, sizes, prbs);
        }
        for (let place = this.#active.length - 1; place >= 0; place--) {
            if ((this.users[this.#active[place] as number] as LinkUser).head < 0) this.#deactivate(place);
        }
    }

    #pushDue(block: number): void {
        if (this.#dueCount === this.#due.length) {
            const larger = new Int32Array(this.#due.length * 2);
            larger.set(this.#due);
            this.#due = larger;
        }
        this.#due[this.#dueCount++] = block;
    }

    #retransmit(slot: number, sizes: SlotSizes, available: number): number {
        let prbs = available;
        let kept = 0;
        const due = this.#dueCount;
        for (let i = 0; i < due; i++) {
            const block = this.#due[i] as number;
            const need = Math.ceil((this.#blocks.resourceElements[block] as number) / sizes.perPrb);
            if (need > prbs) {
                this.#due[kept++] = block;
                continue;
            }
            prbs -= need;
            this.counters.retransmissions++;
            this.#transmit(block, slot, need);
        }
        this.#dueCount = kept;
        return prbs;
    }

    /** Drops what is overdue, or useless after a loss, from the heads of the queues. */
    #purge(startNs: number): void {
        const { expired, integrated } = this.#config.discard;
        if (!expired && !integrated) return;
        const sets = this.#sets;
        for (let place = this.#active.length - 1; place >= 0; place--) {
            const user = this.users[this.#active[place] as number] as LinkUser;
            while (user.head >= 0) {
                const set = user.head;
                const late = expired && startNs >= (sets.expiryNs[set] as number);
                const broken = integrated && (sets.integrated[set] as number) === 1 && (sets.lost[set] as number) > 0;
                if (!late && !broken) break;
                this.#dropRest(user, set);
            }
            if (user.head < 0) this.#deactivate(place);
        }
    }

    #dropRest(user: LinkUser, set: number): void {
        const sets = this.#sets;
        const from = sets.taken[set] as number;
        const rest = (sets.bytes[set] as number) - from;
        user.head = sets.next[set] as number;
        user.queuedSets--;
        user.backlogBytes -= rest;
        sets.taken[set] = sets.bytes[set] as number;
        this.lose(set, from, from + rest, 'discarded', -1, 0);
    }

    /** Counts bytes of a set as lost. */
    lose(
        set: number,
        from: number,
        to: number,
        why: 'discarded' | 'residual-error',
        slot: number,
        transmissions: number
    ): void {
        const sets = this.#sets;
        sets.lost[set] = (sets.lost[set] as number) + to - from;
        if (why === 'discarded') sets.discarded[set] = (sets.discarded[set] as number) + to - from;
        const records = sets.records[set];
        if (records) records.push(lostRecord(from, to, why, slot, transmissions));
        this.#settle(set);
    }

    #settle(set: number): void {
        const sets = this.#sets;
        if ((sets.delivered[set] as number) + (sets.lost[set] as number) === (sets.bytes[set] as number))
            this.#finish(set);
    }

    #deactivate(place: number): void {
        const number = this.#active[place] as number;
        (this.users[number] as LinkUser).active = -1;
        const last = this.#active.pop() as number;
        if (last !== number) {
            this.#active[place] = last;
            (this.users[last] as LinkUser).active = place;
        }
    }

    #prioritise(slot: number, sizes: SlotSizes, startNs: number): void {
        const count = this.#active.length;
        if (count > this.#priorities.length) this.#priorities = new Float64Array(2 * count);
        const candidate = this.#candidate;
        for (let place = 0; place < count; place++) {
            const user = this.users[this.#active[place] as number] as LinkUser;
            this.#forget(user, slot);
            const set = user.head;
            candidate.expiryNs = this.#sets.expiryNs[set] as number;
            candidate.headBytes = (this.#sets.bytes[set] as number) - (this.#sets.taken[set] as number);
            candidate.slotBytes = this.#carrier.row(sizes, user.radio.mcs(startNs)).bytes[this.#carrier.prbs] as number;
            candidate.meanBytes = user.meanBytes;
            candidate.unservedSlots = slot - user.servedSlot;
            this.#priorities[place] = this.#priority(candidate, startNs, this.#meanSlotNs);
        }
    }

    /** Brings the user's mean rate to this slot. */
    #forget(user: LinkUser, slot: number): void {
        const slots = slot - user.meanSlot;
        if (slots === 0) return;
        user.meanBytes *= slots === 1 ? 1 - 1 / MEAN_SLOTS : (1 - 1 / MEAN_SLOTS) ** slots;
        user.meanSlot = slot;
    }

    /** The place of the highest priority, the lower user number on ties; -1 if all are served. */
    #best(): number {
        let best = -1;
        let highest = -Infinity;
        for (let place = 0; place < this.#active.length; place++) {
            const value = this.#priorities[place] as number;
            if (
                value > highest ||
                (value === highest && best >= 0 && (this.#active[place] as number) < (this.#active[best] as number))
            ) {
                highest = value;
                best = place;
            }
        }
        return highest === -Infinity ? -1 : best;
    }

    /** Sends one new block to a user in at most `available` PRBs; the PRBs used. */
    #sendNew(number: number, slot: number, sizes: SlotSizes, available: number): number {
        const user = this.users[number] as LinkUser;
        const header = this.#config.blockHeaderBytes;
        const startNs = this.#tdd.startNs(this.direction, slot);
        const mcs = user.radio.mcs(startNs);
        const row = this.#carrier.row(sizes, mcs);
        const prbs = prbsFor(row, user.backlogBytes + header, available);
        const room = (row.bytes[prbs] as number) - header;
        if (room <= 0) return available;
        const blocks = this.#blocks;
        const block = blocks.allocate();
        blocks.user[block] = number;
        blocks.mcs[block] = mcs;
        blocks.prb[block] = prbs;
        blocks.resourceElements[block] = prbs * sizes.perPrb;
        blocks.codeBlocks[block] = row.blocks[prbs] as number;
        blocks.codeBlockBits[block] = row.blockBits[prbs] as number;
        blocks.index[block] = user.blocks++;
        blocks.firstSlot[block] = slot;
        blocks.firstEndNs[block] = this.#tdd.endNs(this.direction, slot);
        const sent = this.#fill(user, block, slot, room, startNs);
        user.meanBytes += sent / MEAN_SLOTS;
        user.servedSlot = slot;
        this.#transmit(block, slot, prbs);
        return prbs;
    }

    /** Moves bytes from the queue into the block. */
    #fill(user: LinkUser, block: number, slot: number, room: number, startNs: number): number {
        const sets = this.#sets;
        const partNs = (this.#blocks.firstEndNs[block] as number) - startNs;
        let left = room;
        while (left > 0 && user.head >= 0) {
            const set = user.head;
            const from = sets.taken[set] as number;
            const take = Math.min(left, (sets.bytes[set] as number) - from);
            if ((sets.servedSlot[set] as number) !== slot) {
                sets.servedSlot[set] = slot;
                sets.servedNs[set] = (sets.servedNs[set] as number) + partNs;
            }
            this.#blocks.addSegment(block, set, from, from + take, sets.servedNs[set] as number);
            sets.taken[set] = from + take;
            left -= take;
            user.markedBytes += take * this.#markShare(startNs - (sets.readyNs[set] as number));
            if (from + take < (sets.bytes[set] as number)) break;
            user.head = sets.next[set] as number;
            user.queuedSets--;
        }
        user.backlogBytes -= room - left;
        user.sentBytes += room - left;
        return room - left;
    }

    #markShare(waitNs: number): number {
        const [from, to] = this.#config.markNs;
        if (waitNs <= from) return 0;
        return waitNs >= to ? 1 : (waitNs - from) / (to - from);
    }

    /** Puts a block on air and decides its fate. */
    #transmit(block: number, slot: number, prbs: number): void {
        const blocks = this.#blocks;
        const user = this.users[blocks.user[block] as number] as LinkUser;
        const transmission = blocks.transmissions[block] as number;
        blocks.transmissions[block] = transmission + 1;
        user.usedPrbs += prbs;
        this.counters.usedPrbs += prbs;
        this.counters.transmissions++;
        const received = this.#received(block, user, slot, transmission);
        if (transmission === 0) {
            this.counters.firstTransmissions++;
            if (!received) this.counters.firstFailures++;
            user.radio.learn(received);
        }
        const endNs = this.#tdd.endNs(this.direction, slot);
        if (received) {
            this.#deliver(block, endNs, slot);
            blocks.release(block);
            return;
        }
        this.counters.failures++;
        if (transmission + 1 >= this.#config.harq.maxTransmissions) {
            this.counters.residualBlocks++;
            this.#loseBlock(block, slot);
            blocks.release(block);
            return;
        }
        this.#retransmissions.schedule(block, this.retransmissionSlot(endNs));
    }

    #received(block: number, user: LinkUser, slot: number, transmission: number): boolean {
        const { errorModel, errorRate } = this.#config.harq;
        if (errorModel === 'none') return true;
        const blocks = this.#blocks;
        const draw = user.draws.at((blocks.index[block] as number) * DRAWS_PER_BLOCK + transmission) / 4294967296;
        if (errorModel === 'fixed') return draw >= errorRate;
        const sinrDb = user.radio.sinrDb(this.#tdd.startNs(this.direction, slot));
        const combined = (blocks.sinr[block] as number) + 10 ** (sinrDb / 10);
        blocks.sinr[block] = combined;
        const rate = this.#carrier.bler.transportBlockErrorRate(
            blocks.mcs[block] as number,
            blocks.codeBlocks[block] as number,
            blocks.codeBlockBits[block] as number,
            transmission === 0 ? sinrDb : 10 * Math.log10(combined)
        );
        return draw >= rate;
    }

    /**
     * The first slot that may carry the retransmission of a block that ended at `endNs`: the feedback (downlink) or the new
     * grant (uplink) waits for a slot of the other direction.
     */
    retransmissionSlot(endNs: number): number {
        const { decodeNs, gnbSlots } = this.#config.harq;
        const downlink = this.direction === 'downlink';
        const answer = this.#tdd.nextSlot(downlink ? 'uplink' : 'downlink', endNs + decodeNs);
        return downlink ? answer + 1 + gnbSlots : answer + Math.max(1, this.#config.uplink.grantSlots);
    }

    #deliver(block: number, endNs: number, slot: number): void {
        const blocks = this.#blocks;
        const sets = this.#sets;
        const { decodeNs } = this.#config.harq;
        const coreNs = this.direction === 'uplink' ? this.#config.coreDelayNs : 0;
        const firstEndNs = blocks.firstEndNs[block] as number;
        const arrivedNs = endNs + decodeNs + coreNs;
        for (let i = blocks.segments[block] as number; i >= 0; i = blocks.segmentNext[i] as number) {
            const set = blocks.segmentSet[i] as number;
            const from = blocks.segmentFrom[i] as number;
            const to = blocks.segmentTo[i] as number;
            const alignedNs = sets.alignedNs[set] as number;
            const readyNs = sets.readyNs[set] as number;
            const servedNs = blocks.segmentServedNs[i] as number;
            const tddNs = alignedNs - readyNs + this.#tdd.otherNs(this.direction, alignedNs, firstEndNs);
            const queueingNs = firstEndNs - readyNs - tddNs - servedNs;
            const harqNs = endNs - firstEndNs;
            sets.delivered[set] = (sets.delivered[set] as number) + to - from;
            if (arrivedNs > (sets.arrivedNs[set] as number)) {
                sets.arrivedNs[set] = arrivedNs;
                sets.tddNs[set] = tddNs;
                sets.transmissionNs[set] = servedNs + decodeNs;
                sets.harqNs[set] = harqNs;
                sets.queueingNs[set] = queueingNs;
            }
            this.counters.deliveries++;
            const records = sets.records[set];
            if (records) {
                records.push({
                    from,
                    to,
                    arrivedNs,
                    tddNs,
                    transmissionNs: servedNs + decodeNs,
                    harqNs,
                    queueingNs,
                    coreNs: coreNs + readyNs - (sets.timeNs[set] as number),
                    slot,
                    transmissions: blocks.transmissions[block] as number,
                    lost: null
                });
            }
            this.#settle(set);
        }
    }

    #loseBlock(block: number, slot: number): void {
        const blocks = this.#blocks;
        for (let i = blocks.segments[block] as number; i >= 0; i = blocks.segmentNext[i] as number) {
            this.lose(
                blocks.segmentSet[i] as number,
                blocks.segmentFrom[i] as number,
                blocks.segmentTo[i] as number,
                'residual-error',
                slot,
                blocks.transmissions[block] as number
            );
        }
    }
}

function lostRecord(
    from: number,
    to: number,
    lost: 'discarded' | 'residual-error',
    slot: number,
    transmissions: number
): SegmentRecord {
    return {
        from,
        to,
        arrivedNs: null,
        tddNs: 0,
        transmissionNs: 0,
        harqNs: 0,
        queueingNs: 0,
        coreNs: 0,
        slot,
        transmissions,
        lost
    };
}
