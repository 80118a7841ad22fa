/**
 * Service of network: every `statePeriodNs` each user is told its network state, and its applications answer if they do. Of the
 * uplink it is told where one of the cell's uplink applications answers (for its rate: the recommended bit rate of TS 38.321
 * 5.18.10, which knows both directions).
 */
import type { CellConfig } from '../config.ts';
import type { Link } from '../mac/link.ts';
import type { LinkUser } from '../mac/link-user.ts';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { type BurstPattern, burstOffsets } from '../traffic/burst-offset.ts';
import type { FlowState } from './flow.ts';
import { type CellLoad, networkState, type UserState } from './network-state.ts';

/** See the file comment. */
export class Feedback {
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #links: Readonly<Record<Direction, Link>>;
    readonly #onState: ((state: UserState) => void) | null;
    readonly #always: boolean;
    readonly #flows: FlowState[] = [];
    /** Flows whose applications answer network states. */
    readonly #answering: FlowState[] = [];
    #tellsUplink = false;
    #nextStateNs: number;

    /**
     * @param links - Whose load the states tell of.
     * @param onState - Hears every state; null: only applications do, and where none answers no state is made.
     * @param always - Makes them all the same: of coupled cells what is reported depends on when it is asked for.
     */
    constructor(
        config: CellConfig,
        tdd: TddPattern,
        links: Readonly<Record<Direction, Link>>,
        onState: ((state: UserState) => void) | null,
        always: boolean
    ) {
        this.#config = config;
        this.#tdd = tdd;
        this.#links = links;
        this.#onState = onState;
        this.#always = always;
        this.#nextStateNs = config.stateAtStart ? 0 : config.statePeriodNs;
    }

    /** Takes a flow into account. */
    add(flow: FlowState): void {
        this.#flows.push(flow);
        if (!flow.control && !flow.followsOffset) return;
        this.#answering.push(flow);
        if (flow.direction === 'uplink') this.#tellsUplink = true;
    }

    /** Takes a flow out of account. */
    remove(flow: FlowState): void {
        for (const list of [this.#flows, this.#answering]) if (list.includes(flow)) list.splice(list.indexOf(flow), 1);
    }

    /** Tells every state that is due at or before `timeNs`. */
    emitUntil(timeNs: number): void {
        while (this.#nextStateNs <= timeNs) this.#emit();
    }

    #emit(): void {
        const timeNs = this.#nextStateNs;
        if (timeNs === 0) this.#declare();
        this.#nextStateNs += this.#config.statePeriodNs;
        if (!this.#onState && !this.#always && this.#answering.length === 0) {
            for (const user of this.#links.downlink.users) user.newWindow();
            return;
        }
        this.#emitOf('downlink', timeNs);
        if (this.#tellsUplink) this.#emitOf('uplink', timeNs);
    }

    /** Before the first frame users are taken to use what their flows have declared. */
    #declare(): void {
        const { statePeriodNs } = this.#config;
        for (const { direction, ue, nominalBps } of this.#flows) {
            const link = this.#links[direction];
            const slots = (statePeriodNs / this.#tdd.slotNs) * this.#tdd.share(direction);
            const user = link.users[ue] as LinkUser;
            user.usedSlots += (nominalBps / 8e9 / link.bytesPerNs(ue, 0)) * slots;
        }
    }

    #emitOf(direction: Direction, timeNs: number): void {
        const link = this.#links[direction];
        const load: CellLoad = {
            windowNs: this.#config.statePeriodNs,
            recommendedShare: this.#config.recommendedShare,
            meanSlotNs: this.#tdd.slotNs / Math.max(1e-9, this.#tdd.share(direction)),
            usedSlots: link.users.reduce((sum, user) => sum + user.usedSlots, 0),
            activeUsers: link.users.filter((user) => user.usedSlots > 0).length
        };
        const advice = this.#advice(direction);
        const newest = this.#newestDelays(direction);
        for (const [ue, user] of link.users.entries()) {
            const slotBytes = link.bytesPerNs(ue, timeNs) * load.meanSlotNs;
            const state = networkState(timeNs, user, slotBytes, load, newest[ue] ?? null);
            const told = { ...state, burstOffsetNs: advice[ue] ?? 0, ue, direction };
            this.#answer(told);
            this.#onState?.(told);
            user.newWindow();
        }
    }

    /** By user: the newest delay of its first flow; the downlink's states speak for users without one as well. */
    #newestDelays(direction: Direction): (number | null)[] {
        const newest: (number | null)[] = [];
        for (const flow of this.#flows) {
            if (direction === 'uplink' && flow.direction !== 'uplink') continue;
            newest[flow.ue] ??= flow.recorder.newestDelayNs;
        }
        return newest;
    }

    /** Burst offsets by user: those of its first video model of the direction. */
    #advice(direction: Direction): number[] {
        const known = this.#flows.filter((flow) => flow.pattern !== null && flow.direction === direction);
        const offsets = burstOffsets(known.map((flow) => this.#shifted(flow)));
        const byUser: number[] = [];
        for (const [i, flow] of known.entries()) byUser[flow.ue] ??= offsets[i] as number;
        return byUser;
    }

    #shifted({ pattern, source }: FlowState): BurstPattern {
        const { arrivalNs, periodNs } = pattern as BurstPattern;
        return { arrivalNs: arrivalNs + source.shiftNs, periodNs };
    }

    /** The user's applications take the state in. */
    #answer(state: UserState): void {
        for (const flow of this.#answering) {
            if (flow.ue !== state.ue || flow.direction !== state.direction) continue;
            if (flow.control) {
                flow.control.onState(state);
                flow.source.factor = flow.control.factor;
            }
            if (flow.followsOffset && flow.pattern) flow.source.shiftNs += state.burstOffsetNs;
        }
    }
}
