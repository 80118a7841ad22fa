/**
 * What one user is to one direction: its queue of PDU Sets, its mean rate, and what it did since the last network state.
 */
import type { RngStream } from '@mixreel/core';
import type { Radio } from '../phy/radio.ts';
import { Aqm, type AqmConfig } from './aqm.ts';
import type { DrxListener } from './drx-listener.ts';
import type { Interruption } from './handover.ts';
import type { Prioritisation } from './lcp.ts';
import type { SetErrorLoop } from './set-error-loop.ts';
import type { SetStore } from './set-store.ts';
import type { DelayStatus } from './uplink-grants.ts';

/** Slots over which the proportional-fair mean forgets. */
export const MEAN_SLOTS = 200;

/** Priority level of 5QI 9, what traffic has that nobody asked anything for (TS 23.501 table 5.7.4-1). */
export const DEFAULT_PRIORITY_LEVEL = 90;

/** See the file comment. Fields are public: the link's inner loop reads them. */
export class LinkUser {
    /** Of the carrier whose slot is run; see src/mac/carrier-legs.ts. So are draws, processes, blocks and active. */
    radio: Radio;
    /** Draws of its blocks; see src/mac/harq.ts. */
    draws: RngStream;
    /** Keeps its flows' set error rate; null where nobody asked. */
    setErrors: SetErrorLoop | null = null;
    /** Times without service. */
    interruptions: readonly Interruption[];
    /** What manages its queue, or null. */
    readonly aqm: Aqm | null;
    /** How its flows share a grant; null: in the order of the queue. */
    prioritisation: Prioritisation | null = null;
    /** When it listens; null for always. */
    drx: DrxListener | null = null;
    /** Priority level of its flows (TS 23.501 5.7.3.3): 1 to 127, lower first. */
    level: number = DEFAULT_PRIORITY_LEVEL;
    /** First and last set of its queue, or -1. */
    head = -1;
    tail = -1;
    /** Bytes never sent. */
    backlogBytes = 0;
    /** Delay budget of its data, as its flows' QoS profile has it, ns. */
    budgetNs = 0;
    /** Blocks sent so far. */
    blocks = 0;
    /** Mean bytes a slot, as of `meanSlot`. */
    meanBytes = 0;
    meanSlot = 0;
    servedSlot = -1;
    /** Position in the link's list of users with data, or -1. */
    active = -1;
    /** By HARQ process, the slot from which it may carry a new block. */
    processes: Float64Array;
    /** Since the last network state: bytes sent, of them marked, slots used (by share). */
    sentBytes = 0;
    markedBytes = 0;
    usedSlots = 0;

    constructor(
        radio: Radio,
        draws: RngStream,
        interruptions: readonly Interruption[] = [],
        aqm: AqmConfig | null = null,
        processes = 16
    ) {
        this.radio = radio;
        this.processes = new Float64Array(processes);
        this.aqm = aqm && new Aqm(aqm);
        this.interruptions = interruptions;
        this.draws = draws;
    }

    /** Appends a set, or puts it where its turn, or its deadline and importance, belong. */
    enqueue(sets: SetStore, set: number, byDeadline: boolean): void {
        const { next } = sets;
        this.backlogBytes += (sets.bytes[set] as number) - (sets.taken[set] as number);
        if (this.head < 0) {
            this.head = set;
            this.tail = set;
        } else if ((!byDeadline && this.aqm === null) || !this.#isLater(sets, this.tail, set)) {
            next[this.tail] = set;
            this.tail = set;
        } else if (this.#isLater(sets, this.head, set)) {
            next[set] = this.head;
            this.head = set;
        } else {
            let before = this.head;
            while (!this.#isLater(sets, next[before] as number, set)) before = next[before] as number;
            next[set] = next[before] as number;
            next[before] = set;
        }
    }

    /** How long the oldest set that the management steers has waited, ns; 0 if there is none. */
    queueDelayNs(sets: SetStore, nowNs: number): number {
        let set = this.head;
        const classicOnly = this.aqm?.config.discipline === 'dual';
        while (classicOnly && set >= 0 && (sets.l4s[set] as number) === 1) set = sets.next[set] as number;
        return set < 0 ? 0 : Math.max(0, nowNs - (sets.readyNs[set] as number));
    }

    #isLater(sets: SetStore, a: number, b: number): boolean {
        return this.aqm ? turnNs(sets, a, this.aqm) > turnNs(sets, b, this.aqm) : isLater(sets, a, b);
    }

    /** A HARQ process that may carry a new block in `slot`; -1 if all are on their way. */
    freeProcess(slot: number): number {
        const { processes } = this;
        for (let p = 0; p < processes.length; p++) if ((processes[p] as number) <= slot) return p;
        return -1;
    }

    /** What it says of its deadlines with a report: bytes are urgent with less than `thresholdNs` left. Null without data. */
    delayStatus(sets: SetStore, nowNs: number, thresholdNs: number): DelayStatus | null {
        if (this.head < 0) return null;
        let urgentBytes = 0;
        let remainingNs = Infinity;
        for (let set = this.head; set >= 0; set = sets.next[set] as number) {
            const leftNs = (sets.expiryNs[set] as number) - nowNs;
            remainingNs = Math.min(remainingNs, leftNs);
            if (leftNs < thresholdNs) urgentBytes += (sets.bytes[set] as number) - (sets.taken[set] as number);
        }
        return { remainingNs, urgentBytes };
    }

    /** Takes the head set out of the queue with all its bytes; how many of them were never sent. */
    dropHead(sets: SetStore): number {
        const set = this.head;
        const rest = (sets.bytes[set] as number) - (sets.taken[set] as number);
        this.head = sets.next[set] as number;
        this.backlogBytes -= rest;
        sets.taken[set] = sets.bytes[set] as number;
        return rest;
    }

    /** Takes a set that was sent whole out of the queue; `before` is the one ahead of it, or -1. */
    unlink(sets: SetStore, set: number, before: number): void {
        const after = sets.next[set] as number;
        if (before < 0) this.head = after;
        else sets.next[before] = after;
        if (this.tail === set) this.tail = before;
    }

    /** A network state was told: what the next one counts starts at 0. */
    newWindow(): void {
        this.sentBytes = 0;
        this.markedBytes = 0;
        this.usedSlots = 0;
    }

    /** Brings the mean rate to a slot. */
    forget(slot: number): void {
        const slots = slot - this.meanSlot;
        if (slots === 0) return;
        this.meanBytes *= slots === 1 ? 1 - 1 / MEAN_SLOTS : (1 - 1 / MEAN_SLOTS) ** slots;
        this.meanSlot = slot;
    }
}

function isLater({ expiryNs, importance }: SetStore, a: number, b: number): boolean {
    const difference = (expiryNs[a] as number) - (expiryNs[b] as number);
    return difference > 0 || (difference === 0 && (importance[a] as number) > (importance[b] as number));
}

/** Time-shifted FIFO: see src/mac/aqm.ts. */
function turnNs({ readyNs, l4s }: SetStore, set: number, { config }: Aqm): number {
    const early = config.discipline === 'dual' && (l4s[set] as number) === 1;
    return (readyNs[set] as number) - (early ? config.shiftNs : 0);
}
