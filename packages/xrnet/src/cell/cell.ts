/**
 * One 5G cell, advanced slot by slot on whoever's clock: flows of PDU Sets in, arrivals and network states out. `simulateCell`
 * runs it on virtual time; a live relay pushes sets and advances it on real time. Slots in which nothing can happen are
 * skipped, so cost follows traffic, not time.
 *
 * Fidelity L1: wideband SINR a user with shadowing and fading; L2: subbands that fade, are reported and scheduled apart, and
 * with a coupling the interference of other cells (src/network). Control channels are ideal in both.
 *
 * Speed, 8 VR users at L1: 1.2 to 1.6 M events a CPU second on two shared cores, 5 M were wanted; 6.6 us a frame of 10 events.
 * The profile is flat: filling, sending, receiving and drawing are 3 to 6 % each. Without block errors it is 1.8 M, without
 * fading 2.1 M, without either and with traffic of one size 2.7 M: the bare loop over slots does not reach 5 M. A random
 * number takes 107 ns, a block error rate 51 to 76 ns, a normal quantile 89 ns. What helped: a table in place of the error
 * function's continued fraction (4 %, src/phy/bler.ts), not to touch an empty list in every slot (2 % of the profile).
 */
import { badInput, type PduSet, type Rng } from '@mixreel/core';
import type { CellConfig } from '../config.ts';
import { isDropped } from '../mac/congestion-drop.ts';
import type { LinkCounters } from '../mac/harq.ts';
import { CHANNEL_DEFAULTS, MOST_CHANNELS, Prioritisation, requireChannel } from '../mac/lcp.ts';
import type { Link } from '../mac/link.ts';
import type { LinkUser } from '../mac/link-user.ts';
import { SetStore } from '../mac/set-store.ts';
import { TimingWheel } from '../mac/timing-wheel.ts';
import { blerModel } from '../phy/bler.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import { SetSource } from '../traffic/sources.ts';
import { anyPattern, type CellCarrier, countersOf, openCarriers } from './carriers.ts';
import { Completion, FRAME_KINDS } from './completion.ts';
import { Feedback } from './feedback.ts';
import { type Flow, type FlowState, openFlow, requireFlow } from './flow.ts';
import type { FlowKpi } from './flow-kpi.ts';
import type { UserState } from './network-state.ts';
import type { TracedArrival } from './outcome.ts';
import { keepSetErrors, learnOfSet } from './set-errors.ts';
import { type CellCoupling, userRadios } from './user-radios.ts';

/** Most sets a cell holds; what comes above is discarded at once, so that an overload cannot eat the memory. */
const MAX_SETS = 262_144;

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
    readonly #coupling: CellCoupling | null;
    readonly #sets = new SetStore();
    readonly #carriers: readonly CellCarrier[];
    /** Those of the first carrier, which have the users' queues. */
    readonly #links: Readonly<Record<Direction, Link>>;
    /** All links, by direction, the first carrier's first. */
    readonly #order: readonly Link[];
    readonly #flows: FlowState[] = [];
    readonly #feedback: Feedback;
    readonly #arrivals = new TimingWheel();
    readonly #completion: Completion;
    #slot = 0;
    #arrived = 0;
    #slotsRun = 0;

    /**
     * @param config - Complete and checked: from `resolveCellConfig` or `cellPreset`.
     * @param rng - Root of the cell's randomness; every user, flow and mechanism draws from a stream of its own.
     * @param coupling - Other cells' interference; needs `config.subbands`.
     */
    constructor(config: CellConfig, rng: Rng, events: CellEvents = {}, coupling: CellCoupling | null = null) {
        this.config = config;
        this.#coupling = coupling;
        this.#rng = rng;
        this.tdd = anyPattern(config);
        this.#completion = new Completion(config, this.#sets, this.#flows, events.onArrival ?? (() => {}));
        const finish = (set: number): void => {
            if (config.linkAdaptation.keepSetErrorRate) {
                learnOfSet(set, this.#sets, this.#flows[this.#sets.flow[set] as number] as FlowState, this.#carriers);
            }
            this.#completion.finish(set, this.nowNs);
        };
        this.#carriers = openCarriers(config, this.tdd, blerModel(config.mcsTable), this.#sets, finish);
        this.#links = (this.#carriers[0] as CellCarrier).links;
        this.#order = (['downlink', 'uplink'] as const).flatMap((way) => this.#carriers.map(({ links }) => links[way]));
        if (coupling && config.carriers.length > 0)
            throw badInput(
                'coupled cells have further carriers',
                'one carrier each',
                'Leave carriers out of the cells'
            );
        for (const direction of ['downlink', 'uplink'] as const) {
            const { air } = this.#links[direction];
            if (air && coupling) air.onTaken = (ue, grid) => coupling.taken(direction, ue, grid);
        }
        this.#feedback = new Feedback(config, this.tdd, this.#links, events.onState ?? (() => {}));
    }

    /** Start of the next slot that was not run yet, ns. */
    get nowNs(): number {
        return this.#slot * this.tdd.slotNs;
    }

    /** Slots run, sets arrived, transmissions, deliveries and completions so far. */
    get events(): number {
        const of = (c: LinkCounters): number => c.transmissions + c.failures + c.deliveries;
        return (
            this.#slotsRun +
            this.#arrived +
            this.#completion.count +
            of(this.counters('downlink')) +
            of(this.counters('uplink'))
        );
    }

    /** Sets that are inside, or wait for their slot. */
    get pending(): number {
        return this.#sets.size + this.#arrivals.size;
    }

    /** Counters of one direction. */
    counters(direction: Direction): Readonly<LinkCounters> {
        return countersOf(this.#carriers, direction);
    }

    /** Adds a flow; its number is returned. Throws `bad-input`. Traffic models send from now on, until `durationNs`. */
    addFlow(flow: Flow): number {
        const index = this.#flows.length;
        const path = `flows[${index}]`;
        const direction = requireFlow(path, flow);
        this.#requireSymbols(path, direction);
        // Streams are named by user, direction and place among them, so another user's flows cannot shift them.
        const place = this.#flows.filter((other) => other.ue === flow.ue && other.direction === direction).length;
        while (this.#links.downlink.users.length <= flow.ue) this.#addUser(this.#links.downlink.users.length);
        const state = openFlow(
            path,
            flow,
            this.#rng.child('ue', flow.ue, direction, 'flow', place),
            this.config.durationNs,
            this.#channel(path, flow, place)
        );
        if (flow.fiveQi !== undefined) {
            const { priorityLevel } = fiveQiProfile(`${path}.fiveQi`, flow.fiveQi);
            this.#links[direction].lowerLevel(flow.ue, priorityLevel);
        }
        const { keepSetErrorRate, targetErrorRate } = this.config.linkAdaptation;
        if (keepSetErrorRate) keepSetErrors(state, this.#carriers, targetErrorRate);
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
        return this.#flows.map((flow, i) => flow.recorder.kpi(i, flow));
    }

    /**
     * Gives a user's flows of one direction a priority level (TS 23.501 5.7.3.3): 1 to 127, lower first. What has a lower level
     * is served before everything above it. No effect on the scheduler `fair-share`, which knows no order.
     */
    setPriorityLevel(ue: number, direction: Direction, level: number): void {
        this.#requireUser(ue);
        requireNumber('the priority level', level, 1, 127, true, '');
        this.#links[direction].setLevel(ue, level);
    }

    /** The user is elsewhere: the new mean SINR of a layer, down and up, dB. */
    setMeanSinr(ue: number, downDb: number, upDb: number): void {
        this.#requireUser(ue);
        for (const [carrier, { links }] of this.#carriers.entries()) {
            const offsetDb = this.config.carriers[carrier - 1]?.sinrOffsetDb ?? 0;
            links.downlink.radioOf(ue).setMeanDb(downDb + offsetDb);
            links.uplink.radioOf(ue).setMeanDb(upDb + offsetDb);
        }
    }

    /** What a user would get alone on the carrier as its radio is now, bit/s. */
    aloneRateBps(ue: number, direction: Direction): number {
        this.#requireUser(ue);
        return this.#links[direction].bytesPerNs(ue, this.nowNs) * 8e9;
    }

    /** The number of an uplink flow's logical channel. With one flow that has a channel, all of its user's have. */
    #channel(path: string, { ue, channel, direction }: Flow, place: number): number {
        if (direction !== 'uplink') return 0;
        const user = this.#links.uplink.users[ue] as LinkUser;
        if (channel && !user.prioritisation) {
            user.prioritisation = new Prioritisation();
            for (let i = 0; i < place; i++) user.prioritisation.add(CHANNEL_DEFAULTS);
        }
        if (!user.prioritisation) return Math.min(place, MOST_CHANNELS - 1);
        if (user.prioritisation.channels.length === MOST_CHANNELS) {
            throw badInput(
                `${path} is another flow of user ${ue}`,
                `at most ${MOST_CHANNELS} with logical channels`,
                'Take one away'
            );
        }
        return user.prioritisation.add(requireChannel(`${path}.channel`, channel ?? {}));
    }

    #requireUser(ue: number): void {
        const { length } = this.#links.downlink.users;
        if (Number.isInteger(ue) && ue >= 0 && ue < length) return;
        throw badInput(`the user is ${ue}`, `0 to ${length - 1}`, 'Add a flow of the user first');
    }

    /** Mean relative power of a user's receiver so far, a slot of deep sleep being 1; null without DRX. */
    meanPower(ue: number): number | null {
        return this.#links.downlink.users[ue]?.drx?.meanPower(this.#slot) ?? null;
    }

    /** Delays of a flow's complete sets, ns, in order of completion. */
    delaysNs(flow: number): Float64Array {
        return this.#flows[flow]?.recorder.delaysNs() ?? new Float64Array(0);
    }

    #requireSymbols(path: string, direction: Direction): void {
        // The first carrier needs both directions, whatever the others have.
        const { tdd, sizes } = this.#carriers[0] as CellCarrier;
        const other = direction === 'downlink' ? 'uplink' : 'downlink';
        const has = (d: Direction): boolean => {
            for (let i = 0; i < tdd.periodSlots; i++) if (sizes[d].sizes(tdd.symbols(d, i))) return true;
            return false;
        };
        const answers = tdd.share(other) > 0;
        if (has(direction) && answers) return;
        throw badInput(
            `${path} goes ${direction} over the pattern ${tdd.word}`,
            `a pattern with ${direction} slots for its data and ${other} symbols for the answers`,
            'Change tdd.pattern or the direction of the flow'
        );
    }

    #addUser(ue: number): void {
        const { interruptions } = { ...this.config.radio, ...this.config.users[ue] };
        for (const [carrier, { config, sizes, links }] of this.#carriers.entries()) {
            const rng = carrier === 0 ? this.#rng : this.#rng.child('carrier', carrier);
            const radios = userRadios(ue, config, sizes, rng, this.#coupling);
            for (const direction of ['downlink', 'uplink'] as const) {
                const draws = rng.child('ue', ue, direction).stream('block');
                if (carrier === 0) links[direction].addUser(radios[direction], draws, interruptions);
                else links[direction].addLeg(radios[direction], draws);
            }
        }
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
        if (flow.armed) this.#arrivals.schedule(index, Math.max(this.#slot, this.#firstSlot(flow)));
    }

    #armWoken(): void {
        const { woken } = this.#completion;
        if (woken.length === 0) return;
        for (const index of woken) if (!(this.#flows[index] as FlowState).armed) this.#arm(index);
        woken.length = 0;
    }

    /** The first slot in which the source's newest set may be sent. */
    #firstSlot(flow: FlowState): number {
        const { slotNs } = this.tdd;
        if (flow.direction === 'downlink') {
            return Math.ceil((flow.source.timeNs + this.config.coreDelayNs) / slotNs) + this.config.preparationSlots;
        }
        if (this.config.uplink.bufferStatus !== 'ideal') return Math.ceil(flow.source.timeNs / slotNs);
        // The request goes out in the next uplink slot; the grant takes effect `grantSlots` later.
        return this.tdd.nextSlot('uplink', flow.source.timeNs) + this.config.uplink.grantSlots;
    }

    #runSlot(slot: number): void {
        this.#slotsRun++;
        for (let index = this.#arrivals.take(slot); index >= 0; index = this.#arrivals.take(slot)) {
            this.#enter(index, slot);
            // Sets of one instant (slices, layers) enter together.
            this.#slot = slot;
            this.#arm(index);
        }
        for (const link of this.#order) link.runSlot(slot);
    }

    #resolve(): void {
        for (const link of this.#order) link.resolve();
    }

    /** The source's newest set enters its queue. */
    #enter(index: number, slot: number): void {
        const flow = this.#flows[index] as FlowState;
        const { source } = flow;
        const sets = this.#sets;
        const set = sets.allocate();
        this.#arrived++;
        const coreNs = flow.direction === 'downlink' ? this.config.coreDelayNs : 0;
        const readyNs = source.timeNs + coreNs;
        const header = this.config.unitHeaderBytes;
        sets.flow[set] = index;
        sets.sequence[set] = flow.sequence++;
        sets.timeNs[set] = source.timeNs;
        sets.readyNs[set] = readyNs;
        const aligned = this.tdd.nextSlot(flow.direction, readyNs);
        sets.alignedNs[set] = this.tdd.startNs(flow.direction, aligned);
        sets.expiryNs[set] = source.timeNs + source.deadlineNs;
        sets.importance[set] = source.importance;
        sets.channel[set] = flow.channel;
        sets.l4s[set] = flow.l4s ? 1 : 0;
        sets.integrated[set] = source.integrated ? 1 : 0;
        sets.kind[set] = FRAME_KINDS.indexOf(source.kind);
        const bytes = source.sizeBytes + source.units * header;
        if (source.set) {
            sets.objects[set] = source.set;
            sets.records[set] = [];
        }
        sets.bytes[set] = bytes;
        const link = this.#links[flow.direction];
        const managed = link.drops(flow.ue, set, Math.max(readyNs, this.nowNs), source.units);
        if (managed || sets.size > MAX_SETS || this.#isUseless(flow, link)) {
            sets.taken[set] = bytes;
            link.harq.lose(set, 0, bytes, 'discarded', -1, 0);
        } else link.enqueue(flow.ue, set, slot);
    }

    /** True if the source's newest set is not worth sending: what it refers to is lost, or congestion wants it dropped. */
    #isUseless(flow: FlowState, link: Link): boolean {
        const { discard, congestion } = this.config;
        if (discard.dependents && !flow.chain.enters(flow.source.kind, flow.sequence - 1)) return true;
        if (!congestion) return false;
        const user = link.users[flow.ue] as LinkUser;
        return isDropped(congestion, flow.source.importance, user.backlogBytes, link.bytesPerNs(flow.ue, this.nowNs));
    }
}
