/**
 * One 5G cell, advanced slot by slot on whoever's clock: flows of PDU Sets in, arrivals and network states out. `simulateCell`
 * runs it on virtual time; a live relay pushes sets and advances it on real time. Slots in which nothing can happen are
 * skipped, so cost follows traffic, not time.
 *
 * Fidelity L1: wideband SINR a user with shadowing and fading; L2: subbands that fade, are reported and scheduled apart, and
 * with a coupling the interference of other cells (src/network). Control channels are ideal in both.
 *
 * Speed, 8 VR users at L1: 1,600 to 2,900 user seconds and 0.8 to 1.5 M events a CPU second, by what else shares the two cores;
 * 5 M events were wanted, which the timing wheel alone passes (tests/bench/xrnet/speed.mjs). The profile is flat: ranking, filling,
 * sending, receiving, drawing and fading are 3 to 7 % each. Without block errors, without fading and with traffic of one size it was
 * 2.7 M: the bare loop over slots does not reach 5 M. A random number takes 107 ns, a block error rate 51 to 76 ns, a normal
 * quantile 89 ns. What helped, all to the same bytes: a table in place of the error function's continued fraction (4 %,
 * src/phy/bler.ts); not to touch an empty list in every slot (2 %); numbers that decide nothing not drawn, fading's paths stepped
 * three at a time, a report looked up once and not in every slot (4 to 30 % together, pairs of runs on a busy machine); states that
 * nobody hears not made, sizes shared between cells (0 to 19 % of a capacity curve). What did not: plain fields in place of private
 * ones.
 */
import { badInput, type PduSet, type Rng } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import type { Interruption } from '../mac/handover.ts';
import type { LinkCounters } from '../mac/harq.ts';
import type { Link } from '../mac/link.ts';
import type { LinkUser } from '../mac/link-user.ts';
import { SetStore } from '../mac/set-store.ts';
import { TimingWheel } from '../mac/timing-wheel.ts';
import { blerModel } from '../phy/bler.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { SetSource } from '../traffic/sources.ts';
import { anyPattern, type CellCarrier, countersOf, openCarriers } from './carriers.ts';
import { CellUsers } from './cell-users.ts';
import { Completion } from './completion.ts';
import { SecondNode } from './dual-connectivity.ts';
import { Entry } from './entry.ts';
import { Feedback } from './feedback.ts';
import { channelOf, type Flow, type FlowState, openFlow, requireFlow } from './flow.ts';
import type { FlowKpi } from './flow-kpi.ts';
import { type HandedUser, handIn, handOut } from './handed-user.ts';
import type { UserState } from './network-state.ts';
import type { TracedArrival } from './outcome.ts';
import { keepSetErrors, learnOfSet } from './set-errors.ts';
import type { CellCoupling } from './user-radios.ts';

/** The least that a coder can be turned down to by its sender. */
const LEAST_FACTOR = 0.1;

/** What happens while the cell runs. */
export interface CellEvents {
    /** A set of a flow with PDU Sets of its own is decided. Its `arrivedNs` may lie up to a few slots ahead. */
    readonly onArrival?: (arrival: TracedArrival, flow: number) => void;
    /** The network state of a user, every `statePeriodNs`. */
    readonly onState?: (state: UserState) => void;
}

/** See the file comment. */
export class Cell {
    readonly config: CellConfig;
    /** When any of its carriers has a direction. */
    readonly tdd: TddPattern;
    readonly #rng: Rng;
    readonly #sets = new SetStore();
    readonly #carriers: readonly CellCarrier[];
    readonly #second: SecondNode | null;
    /** The carriers, and the second node's. */
    readonly #all: readonly CellCarrier[];
    /** Those of the first carrier, which have the users' queues. */
    readonly #links: Readonly<Record<Direction, Link>>;
    /** All links, by direction, the first carrier's first. */
    readonly #order: readonly Link[];
    readonly #users: CellUsers;
    readonly #flows: FlowState[] = [];
    /** Numbers of flows whose user has left. */
    readonly #left = new Set<number>();
    readonly #feedback: Feedback;
    readonly #arrivals = new TimingWheel();
    readonly #entry: Entry;
    readonly #completion: Completion;
    #slot = 0;
    #slotsRun = 0;

    /**
     * @param config - Complete and checked: from `resolveCellConfig` or `cellPreset`.
     * @param rng - Root of the cell's randomness; every user, flow and mechanism draws from a stream of its own.
     * @param couplings - Other cells' interference, by carrier; needs `config.subbands`. None: alone.
     */
    constructor(config: CellConfig, rng: Rng, events: CellEvents = {}, couplings: readonly CellCoupling[] = []) {
        this.config = config;
        this.#rng = rng;
        this.tdd = anyPattern(config);
        this.#completion = new Completion(config, this.#sets, this.#flows, events.onArrival ?? (() => {}));
        const finish = (row: number): void => {
            const set = this.#second ? this.#second.settle(row) : row;
            if (set >= 0) this.#finish(set);
        };
        const bler = blerModel(config.mcsTable);
        this.#carriers = openCarriers(config, this.tdd, bler, this.#sets, finish);
        this.#links = (this.#carriers[0] as CellCarrier).links;
        const { secondary } = config;
        this.#second =
            secondary && new SecondNode(config, secondary, this.tdd, bler, this.#sets, this.#links, rng, finish);
        this.#all = this.#second ? [...this.#carriers, this.#second.carrier] : this.#carriers;
        this.#order = (['downlink', 'uplink'] as const).flatMap((way) => this.#all.map(({ links }) => links[way]));
        this.#entry = new Entry(config, this.tdd, this.#sets, this.#links, this.#second);
        this.#users = new CellUsers(config, rng, this.#carriers, couplings, this.#second);
        this.#couple(couplings);
        const { onState = null } = events;
        this.#feedback = new Feedback(config, this.tdd, this.#links, onState, couplings.length > 0);
    }

    /** Tells the other cells what is sent on each carrier. */
    #couple(couplings: readonly CellCoupling[]): void {
        if (couplings.length === 0) return;
        if (this.#second)
            throw badInput('coupled cells have a second node', 'none', 'Leave secondary out of the cells');
        for (const [carrier, { links }] of this.#carriers.entries()) {
            for (const direction of ['downlink', 'uplink'] as const) {
                const { air } = links[direction];
                const coupling = couplings[carrier];
                if (air && coupling) air.onTaken = (ue, grid) => coupling.taken(direction, ue, grid);
            }
        }
    }

    /** Start of the next slot that was not run yet, ns. */
    get nowNs(): number {
        return this.#slot * this.tdd.slotNs;
    }

    /**
     * What happened so far: slots run, sets that came, blocks sent (again), blocks that failed, stretches of sets delivered, sets
     * decided. What goes with one of these is not counted beside it: timers, requests and reports, grants, feedback, channel
     * reports, network states; nor are the PDUs of a set, which are moved as one stretch of bytes. ns-3 counts all of them: 5G-LENA
     * has 72,000 events a user and second where this has some 500, so events a second say less than simulated time a second.
     */
    get events(): number {
        const of = (c: LinkCounters): number => c.transmissions + c.failures + c.deliveries;
        return (
            this.#slotsRun +
            this.#entry.count +
            this.#completion.count +
            of(this.counters('downlink')) +
            of(this.counters('uplink'))
        );
    }

    /** Sets that are inside, or wait for their slot. */
    get pending(): number {
        return this.#sets.size + this.#arrivals.size;
    }

    /** Frame structures of the carriers, the first one's first. */
    get patterns(): readonly TddPattern[] {
        return this.#carriers.map(({ tdd }) => tdd);
    }

    /** Counters of one direction. */
    counters(direction: Direction): Readonly<LinkCounters> {
        return countersOf(this.#all, direction);
    }

    /** Adds a flow; its number is returned. Throws `bad-input`. Traffic models send from now on, until `durationNs`. */
    addFlow(flow: Flow): number {
        const index = this.#flows.length;
        const path = `flows[${index}]`;
        const direction = requireFlow(path, flow);
        this.#users.requireBearer(path, flow, direction);
        // Streams are named by user, direction and place among them, so another user's flows cannot shift them.
        const place = this.#flows.filter((other) => other.ue === flow.ue && other.direction === direction).length;
        while (this.#users.count <= flow.ue) this.#users.add();
        const state = openFlow(
            path,
            flow,
            this.#rng.child('ue', flow.ue, direction, 'flow', place),
            this.config.durationNs,
            channelOf(path, flow, place, this.#links.uplink.users[flow.ue] as LinkUser)
        );
        this.#users.takeProfile(path, flow, direction);
        const { keepSetErrorRate, targetErrorRate } = this.config.linkAdaptation;
        if (keepSetErrorRate) keepSetErrors(state, this.#all, targetErrorRate);
        this.#flows.push(state);
        this.#feedback.add(state);
        this.#arm(index);
        return index;
    }

    /** Hands one more PDU Set to a flow that has sets of its own. Throws `bad-input`. */
    push(flow: number, set: PduSet): void {
        const state = this.#flows[flow];
        if (!state || !(state.source instanceof SetSource)) {
            throw badInput(
                `flow ${flow} takes no PDU Sets`,
                'a flow that was added with pduSets',
                'Add it with pduSets: []'
            );
        }
        state.source.push(set);
        if (!state.armed) this.#arm(flow);
    }

    /** Runs every slot that starts before `timeNs`. */
    advanceTo(timeNs: number): void {
        const end = Math.ceil(timeNs / this.tdd.slotNs);
        while (this.#slot < end) {
            const slot = this.nextBusySlot(end);
            this.skipTo(slot);
            if (slot >= end) return;
            this.schedule();
            this.finishSlot();
        }
    }

    /** The first slot that has something to do, or `end`. */
    nextBusySlot(end: number): number {
        for (const link of this.#order) if (!link.idle) return this.#slot;
        let next = this.#arrivals.nextSlot(this.#slot, end);
        if (this.#second) next = this.#second.nextDue(this.#slot, next);
        for (const link of this.#order) next = link.nextDue(this.#slot, next);
        return next;
    }

    /** Passes over slots in which nothing happens. */
    skipTo(slot: number): void {
        this.#feedback.emitUntil(slot * this.tdd.slotNs);
        this.#slot = slot;
    }

    /** The first half of a slot, for those who run several coupled cells: who sends what. */
    schedule(): void {
        this.#runSlot(this.#slot);
    }

    /** The second half: what was received. */
    finishSlot(): void {
        this.#resolve();
        this.#slot++;
        this.#armWoken();
    }

    /** Figures of every flow so far. */
    kpis(): FlowKpi[] {
        return this.#flows.map((flow, i) => flow.recorder.kpi(i, flow)).filter(({ flow }) => !this.#left.has(flow));
    }

    /** A user goes: its flows, and what of them is not confirmed. Between two slots only. */
    leave(ue: number): HandedUser {
        this.#users.require(ue);
        const flows = new Map([...this.#flows.entries()].filter(([i, flow]) => flow.ue === ue && !this.#left.has(i)));
        for (const [index, flow] of flows) {
            this.#left.add(index);
            this.#feedback.remove(flow);
        }
        const { downlink, uplink } = this.#links;
        const links = { downlink: handOut(downlink, this.#sets, ue), uplink: handOut(uplink, this.#sets, ue) };
        return { flows, links };
    }

    /**
     * A user comes from another cell, which had the same configuration; its number here.
     *
     * @param downDb - Mean SINR of a layer, dB.
     * @param interruption - Until it is served; null: at once.
     */
    join(handed: HandedUser, downDb: number, upDb: number, interruption: Interruption | null): number {
        const ue = this.#users.add();
        this.setMeanSinr(ue, downDb, upDb);
        const numbers = new Map<number, number>();
        for (const [old, flow] of handed.flows) {
            const index = this.#flows.length;
            const state = { ...flow, ue };
            numbers.set(old, index);
            this.#flows.push(state);
            this.#feedback.add(state);
            if (state.armed) this.#arrivals.schedule(index, Math.max(this.#slot, this.#entry.firstSlot(state)));
        }
        for (const way of ['downlink', 'uplink'] as const) {
            const flowOf = (old: number): number => numbers.get(old) as number;
            handIn(handed.links[way], this.#links[way], this.#sets, ue, flowOf, this.#slot, interruption);
        }
        return ue;
    }

    /**
     * Gives a user's flows of one direction a priority level (TS 23.501 5.7.3.3): 1 to 127, lower first. What has a lower level
     * is served before everything above it. No effect on the scheduler `fair-share`, which knows no order.
     */
    setPriorityLevel(ue: number, direction: Direction, level: number): void {
        this.#users.setPriorityLevel(ue, direction, level);
    }

    /** The user is elsewhere: the new mean SINR of a layer, down and up, dB. */
    setMeanSinr(ue: number, downDb: number, upDb: number): void {
        this.#users.setMeanSinr(ue, downDb, upDb);
    }

    /** What a user would get alone on the carrier as its radio is now, bit/s. */
    aloneRateBps(ue: number, direction: Direction): number {
        this.#users.require(ue);
        return this.#links[direction].bytesPerNs(ue, this.nowNs) * 8e9;
    }

    /** Mean relative power of a user's receiver so far, a slot of deep sleep being 1; null without DRX. */
    meanPower(ue: number): number | null {
        return this.#links.downlink.users[ue]?.drx?.meanPower(this.#slot) ?? null;
    }

    /** Delays of a flow's complete sets, ns, in order of completion. */
    delaysNs(flow: number): Float64Array {
        return this.#flows[flow]?.recorder.delaysNs() ?? new Float64Array(0);
    }

    /** Loads the flow's next set and waits for the slot from which it can be sent. */
    #arm(index: number): void {
        const flow = this.#flows[index] as FlowState;
        const { clock, source, nominalBps } = flow;
        if (clock && nominalBps > 0) {
            clock.applyUntil(this.nowNs);
            const { rateBps } = clock.sender;
            if (rateBps > 0) source.factor = Math.max(LEAST_FACTOR, Math.min(1, rateBps / nominalBps));
        }
        flow.armed = source.next();
        if (flow.armed) clock?.sent(source.sizeBytes);
        if (flow.armed) this.#arrivals.schedule(index, Math.max(this.#slot, this.#entry.firstSlot(flow)));
    }

    #armWoken(): void {
        const { woken } = this.#completion;
        if (woken.length === 0) return;
        for (const index of woken) if (!(this.#flows[index] as FlowState).armed) this.#arm(index);
        woken.length = 0;
    }

    #runSlot(slot: number): void {
        this.#slotsRun++;
        for (let index = this.#arrivals.take(slot); index >= 0; index = this.#arrivals.take(slot)) {
            if (this.#left.has(index)) continue;
            this.#entry.enter(index, this.#flows[index] as FlowState, slot);
            // Sets of one instant (slices, layers) enter together.
            this.#slot = slot;
            this.#arm(index);
        }
        this.#second?.runSlot(slot);
        for (const link of this.#order) link.runSlot(slot);
    }

    #resolve(): void {
        for (const link of this.#order) link.resolve();
        if (!this.#second) return;
        for (let set = this.#second.nextWhole(); set >= 0; set = this.#second.nextWhole()) this.#finish(set);
    }

    #finish(set: number): void {
        if (this.config.linkAdaptation.keepSetErrorRate) {
            learnOfSet(set, this.#sets, this.#flows[this.#sets.flow[set] as number] as FlowState, this.#all);
        }
        this.#completion.finish(set, this.nowNs);
    }
}
