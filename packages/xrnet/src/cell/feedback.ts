/**
 * Service of network: every `statePeriodNs` each user is told its network state, and its applications answer if they do.
 */
import type { CellConfig } from '../config.ts';
import type { Link } from '../mac/link.ts';
import type { TddPattern } from '../phy/tdd.ts';
import { type BurstPattern, burstOffsets } from '../traffic/burst-offset.ts';
import type { FlowState } from './flow.ts';
import { type CellLoad, networkState, type UserState } from './network-state.ts';

/** See the file comment. */
export class Feedback {
    readonly #config: CellConfig;
    readonly #tdd: TddPattern;
    readonly #link: Link;
    readonly #onState: (state: UserState) => void;
    readonly #flows: FlowState[] = [];
    /** Downlink flows whose applications answer network states. */
    readonly #answering: FlowState[] = [];
    #nextStateNs: number;

    /** @param link - The downlink, whose load the states tell of. */
    constructor(config: CellConfig, tdd: TddPattern, link: Link, onState: (state: UserState) => void) {
        this.#config = config;
        this.#tdd = tdd;
        this.#link = link;
        this.#onState = onState;
        this.#nextStateNs = config.statePeriodNs;
    }

    /** Takes a flow into account. */
    add(flow: FlowState): void {
        this.#flows.push(flow);
        if (flow.direction === 'downlink' && (flow.control || flow.followsOffset)) this.#answering.push(flow);
    }

    /** Tells every state that is due at or before `timeNs`. */
    emitUntil(timeNs: number): void {
        while (this.#nextStateNs <= timeNs) this.#emit();
    }

    #emit(): void {
        const timeNs = this.#nextStateNs;
        this.#nextStateNs += this.#config.statePeriodNs;
        const load: CellLoad = {
            windowNs: this.#config.statePeriodNs,
            meanSlotNs: this.#tdd.slotNs / Math.max(1e-9, this.#tdd.share('downlink')),
            usedSlots: this.#link.users.reduce((sum, user) => sum + user.usedSlots, 0),
            activeUsers: this.#link.users.filter((user) => user.usedSlots > 0).length
        };
        const advice = this.#advice();
        const newest: (number | null)[] = [];
        for (const { ue, recorder } of this.#flows) newest[ue] ??= recorder.newestDelayNs;
        for (const [ue, user] of this.#link.users.entries()) {
            const slotBytes = this.#link.bytesPerNs(ue, timeNs) * load.meanSlotNs;
            const state = networkState(timeNs, user, slotBytes, load, newest[ue] ?? null);
            const told = { ...state, burstOffsetNs: advice[ue] ?? 0, ue };
            this.#answer(told);
            this.#onState(told);
            user.sentBytes = 0;
            user.markedBytes = 0;
            user.usedSlots = 0;
        }
    }

    /** Burst offsets by user: those of its first downlink video model. */
    #advice(): number[] {
        const known = this.#flows.filter((flow) => flow.pattern !== null && flow.direction === 'downlink');
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
            if (flow.ue !== state.ue) continue;
            if (flow.control) {
                flow.control.onState(state);
                flow.source.factor = flow.control.factor;
            }
            if (flow.followsOffset && flow.pattern) flow.source.shiftNs += state.burstOffsetNs;
        }
    }
}
