/**
 * One direction of the cell: what happens in a slot of that direction. Overdue sets are dropped, retransmissions go first,
 * then users in the scheduler's order until the slot's units (PRBs, or symbols where users share time) are used up, one block
 * a user.
 *
 * Work in a slot grows with the users that have data, and nothing is allocated once the pools have grown.
 */
import type { RngStream } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import type { Carrier, SlotSizes } from '../phy/carrier.ts';
import type { Radio } from '../phy/radio.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { BlockFiller } from './block-filler.ts';
import { BlockSender } from './block-sender.ts';
import { CarrierLegs } from './carrier-legs.ts';
import { Demand } from './demand.ts';
import { DrxListener } from './drx-listener.ts';
import { fairShare } from './fair-share.ts';
import { type Interruption, isInterrupted } from './handover.ts';
import { Harq, type LinkCounters } from './harq.ts';
import { DEFAULT_PRIORITY_LEVEL, LinkUser } from './link-user.ts';
import { purgeHead } from './purge.ts';
import { Retransmissions } from './retransmissions.ts';
import { ServiceOrder } from './service-order.ts';
import type { SetStore } from './set-store.ts';
import { SlotUse } from './slot-use.ts';
import { SubbandAir } from './subband-air.ts';
import { UplinkGrants } from './uplink-grants.ts';

/** See the file comment. */
export class Link {
    readonly direction: Direction;
    readonly users: LinkUser[];
    readonly harq: Harq;
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #carrier: Carrier;
    readonly #sets: SetStore;
    readonly #filler: BlockFiller;
    readonly #again: Retransmissions;
    readonly #sendAgain = (block: number): boolean => this.#sender.sendAgain(block);
    readonly #active: number[] = [];
    readonly #meanSlotNs: number;
    readonly #byDeadline: boolean;
    readonly #fair: boolean;
    readonly #order: ServiceOrder;
    readonly #demandOf = (user: number): number => this.#demand.bytes(user);
    readonly #demand: Demand;
    readonly #sender: BlockSender;
    /** What the network knows of the queues; null where it knows them as they are. */
    readonly #grants: UplinkGrants | null;
    /** The slot being run. */
    readonly #use: SlotUse;
    /** Fidelity L2: the slot's resource blocks, and blocks whose fate waits for everybody's interference. */
    readonly air: SubbandAir | null;

    /** The cell's further carriers of this direction: their links. */
    readonly #further: Link[] = [];
    /** Of a further carrier: its users' legs; null on the first. */
    readonly #legs: CarrierLegs | null;
    readonly #wholePrb: number;

    /**
     * @param any - When any of the cell's carriers has a direction.
     * @param finish - Called once for every set whose bytes are all delivered or lost.
     * @param first - Of a further carrier: the link of the first, whose users and grants are its own.
     */
    constructor(
        direction: Direction,
        config: CellConfig,
        tdd: TddPattern,
        any: TddPattern,
        carrier: Carrier,
        sets: SetStore,
        finish: (set: number) => void,
        first: Link | null = null
    ) {
        this.direction = direction;
        this.users = first?.users ?? [];
        this.#legs = first && new CarrierLegs(first.users);
        if (first) first.#further.push(this);
        const whole = config.carriers.reduce((sum, { bandwidthPrb }) => sum + bandwidthPrb, 0);
        const weight = config.bandwidthPrb / (first ? first.#wholePrb : config.bandwidthPrb + whole);
        this.#wholePrb = config.bandwidthPrb + whole;
        this.harq = new Harq(direction, config, tdd, any, carrier, sets, finish);
        this.#again = new Retransmissions(this.harq);
        this.#filler = new BlockFiller(config, sets, this.harq.blocks);
        this.#config = config;
        this.#tdd = tdd;
        this.#carrier = carrier;
        this.#sets = sets;
        this.#meanSlotNs = tdd.slotNs / Math.max(1e-9, tdd.share(direction));
        this.#byDeadline = config.scheduler === 'psdb' || config.scheduler === 'edf';
        this.#use = new SlotUse(direction, tdd, config.multiplexing === 'time');
        this.#fair = config.scheduler === 'fair-share';
        this.air = config.subbands && new SubbandAir(config.bandwidthPrb, config.subbands.count);
        const { bufferStatus } = config.uplink;
        const known = direction === 'downlink' || bufferStatus === 'ideal';
        if (known) this.#grants = null;
        else this.#grants = first ? first.#grants : new UplinkGrants(config, tdd, bufferStatus);
        this.#order = new ServiceOrder(direction, config, tdd, carrier, sets, this.users, this.#grants);
        this.#demand = new Demand(config, carrier, this.users, this.#use, this.#grants);
        this.#sender = new BlockSender({
            config,
            carrier,
            sets,
            users: this.users,
            harq: this.harq,
            filler: this.#filler,
            use: this.#use,
            demand: this.#demand,
            air: this.air,
            grants: this.#grants,
            weight
        });
    }

    get counters(): LinkCounters {
        return this.harq.counters;
    }

    /** Adds a user to a further carrier, after the first had it. */
    addLeg(radio: Radio, draws: RngStream): void {
        this.#legs?.add(radio, draws, this.#config.harq.processes);
    }

    /** A user's radio here. */
    radioOf(number: number): Radio {
        return this.#legs?.radio(number) ?? (this.users[number] as LinkUser).radio;
    }

    /** Adds a user; its number is its place in `users`. */
    addUser(radio: Radio, draws: RngStream, interruptions: readonly Interruption[]): void {
        const user = new LinkUser(radio, draws, interruptions, this.#config.aqm, this.#config.harq.processes);
        const { drx } = this.#config;
        if (drx && this.direction === 'downlink') {
            user.drx = new DrxListener(drx, this.users.length, 1_000_000 / this.#tdd.slotNs);
        }
        this.users.push(user);
        this.#grants?.addUser();
    }

    /** This carrier's link, and those of the further ones. */
    get carriers(): readonly Link[] {
        return [this, ...this.#further];
    }

    /** True if nothing is waiting for the next slot of this direction. */
    get idle(): boolean {
        return this.#active.length === 0 && this.#again.none;
    }

    /** The first slot from `from` in which a retransmission falls due, or `limit`. */
    nextDue(from: number, limit: number): number {
        const due = this.harq.waiting.nextSlot(from, limit);
        return this.#grants ? this.#grants.nextDue(from, due) : due;
    }

    /** Puts a set into its user's queue: by deadline and importance, or in order of arrival, as the scheduler wants it. */
    enqueue(number: number, set: number, slot: number): void {
        const user = this.users[number] as LinkUser;
        const budgetNs = (this.#sets.expiryNs[set] as number) - (this.#sets.timeNs[set] as number);
        // The strictest of its flows' budgets is what its profile is known for.
        user.budgetNs = user.budgetNs === 0 ? budgetNs : Math.min(user.budgetNs, budgetNs);
        user.enqueue(this.#sets, set, this.#byDeadline);
        this.#grants?.arrived(number, slot);
        for (const link of this.#further) {
            if (link.#legs?.activate(number, link.#active.length)) link.#active.push(number);
        }
        if (user.active >= 0) return;
        user.active = this.#active.length;
        this.#active.push(number);
    }

    /** True if the user's queue management drops a set that would enter now. */
    drops(number: number, set: number, nowNs: number, packets: number): boolean {
        const user = this.users[number] as LinkUser;
        if (!user.aqm) return false;
        user.aqm.update(nowNs, () => user.queueDelayNs(this.#sets, nowNs));
        return user.aqm.drops((this.#sets.l4s[set] as number) === 1, packets, user.backlogBytes);
    }

    /** Gives a user a priority level: whoever has a lower one and data is served first, whatever the scheduler. */
    setLevel(number: number, level: number): void {
        (this.users[number] as LinkUser).level = level;
        const hasLevels = this.users.some((user) => user.level !== DEFAULT_PRIORITY_LEVEL);
        for (const link of this.carriers) link.#order.hasLevels = hasLevels;
    }

    /** Gives a user at least the priority of a level. */
    lowerLevel(number: number, level: number): void {
        this.setLevel(number, Math.min((this.users[number] as LinkUser).level, level));
    }

    /** What a user can be sent alone on all carriers, bytes a ns. */
    bytesPerNs(number: number, timeNs: number): number {
        const sizes = this.#fullSlot();
        const mcs = this.radioOf(number).mcs(timeNs);
        let rate = (this.#carrier.row(sizes, mcs).bytes[sizes.units] as number) / this.#meanSlotNs;
        for (const link of this.#further) rate += link.bytesPerNs(number, timeNs);
        return rate;
    }

    /** How long all that waits here would take, each user at its rate now, ns. */
    queueNs(timeNs: number): number {
        let sumNs = 0;
        for (const number of this.#active) {
            const { backlogBytes } = this.users[number] as LinkUser;
            if (backlogBytes > 0) sumNs += backlogBytes / this.bytesPerNs(number, timeNs);
        }
        return sumNs;
    }

    /** The largest slot of the pattern. */
    #fullSlot(): SlotSizes {
        const counts = this.direction === 'downlink' ? this.#tdd.downlinkSymbols : this.#tdd.uplinkSymbols;
        return this.#carrier.sizes(Math.max(...counts)) ?? this.#use.sizes;
    }

    /** One slot: what is sent in it. At fidelity L2 {@link resolve} then says what was received. */
    runSlot(slot: number): void {
        this.#legs?.exchange();
        this.#run(slot);
        this.#legs?.exchange();
    }

    #run(slot: number): void {
        this.#again.collect(slot);
        this.#grants?.runSlot(slot, this.users);
        const sizes = this.#carrier.sizes(this.#tdd.symbols(this.direction, slot));
        if (sizes === null || this.idle) return;
        const use = this.#use;
        use.begin(slot, sizes);
        this.air?.grid.clear();
        this.#filler.begin(slot, use.startNs);
        // Before the configured grants, which could leave too little for a large block in every slot for ever.
        if (!this.#again.none) this.#again.offer(this.#sendAgain);
        // Configured grants are the first carrier's.
        if (this.#grants && !this.#legs) this.#sendConfigured(this.#grants);
        this.#purge();
        if (this.#fair) this.#shareOut();
        else this.#serveInOrder();
        for (let place = this.#active.length - 1; place >= 0; place--) {
            if ((this.users[this.#active[place] as number] as LinkUser).head < 0) this.#deactivate(place);
        }
        this.counters.slots++;
        this.counters.usedSlots += use.usedShare;
    }

    /** Drops what is overdue, or useless after a loss, from the heads of the queues. */
    #purge(): void {
        const { discard } = this.#config;
        if (!discard.expired && !discard.integrated) return;
        for (let place = this.#active.length - 1; place >= 0; place--) {
            const user = this.users[this.#active[place] as number] as LinkUser;
            purgeHead(user, discard, this.#sets, this.harq, this.#use.startNs);
            if (user.head < 0) this.#deactivate(place);
        }
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

    /** Users by priority, each as much as it needs. */
    #serveInOrder(): void {
        this.#order.rank(this.#use.slot, this.#use.startNs, this.#use.sizes, this.#active, this.#demandOf);
        while (this.#use.left > 0) {
            const place = this.#order.next(this.#active);
            if (place < 0) break;
            this.#sender.sendNew(this.#active[place] as number, this.#use.left, false);
        }
    }

    /** Users in the occasions of their configured grants; occasions without data are lost. */
    #sendConfigured(grants: UplinkGrants): void {
        for (let number = 0; number < this.users.length; number++) {
            const prbs = Math.min(this.#use.left, grants.configuredPrbs(number, this.#use.slot));
            if (prbs === 0) continue;
            const user = this.users[number] as LinkUser;
            const stalled = user.freeProcess(this.#use.slot) < 0;
            if (user.head < 0 || stalled || isInterrupted(user.interruptions, this.#use.startNs)) {
                this.#use.left -= prbs;
                continue;
            }
            const row = this.#carrier.row(this.#use.sizes, user.radio.mcs(this.#use.startNs));
            this.#sender.sendNew(number, prbs, true);
            const each = (row.bytes[prbs] as number) - this.#config.blockHeaderBytes;
            grants.handBack(number, this.#use.slot, user.backlogBytes, each);
        }
    }

    /** Equal shares (src/mac/fair-share.ts), users by number. */
    #shareOut(): void {
        const count = this.#active.length;
        if (count === 0) return;
        this.#active.sort((a, b) => a - b);
        for (let place = 0; place < count; place++)
            (this.users[this.#active[place] as number] as LinkUser).active = place;
        const needOf = (place: number): number => this.#demand.units(this.#active[place] as number);
        for (let place = 0; place < count && this.#use.left > 0; place++) {
            if (this.#demand.bytes(this.#active[place] as number) > 0)
                this.#sender.sendNew(
                    this.#active[place] as number,
                    fairShare(this.#use.left, place, count, needOf),
                    false
                );
        }
    }

    /** Fidelity L2: what became of the blocks of this slot, once all cells have said what they send. */
    resolve(): void {
        if (!this.air) return;
        this.#legs?.exchange();
        this.air.resolve(this.harq, this.users, this.#use.slot);
        this.#legs?.exchange();
    }
}
