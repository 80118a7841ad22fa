/**
 * Active queue management of one user's queue, and L4S: the dual-queue coupled AQM of RFC 9332 (DualPI2, appendix A).
 *
 * - The two queues are one list by time-shifted FIFO (4.2.2 of the RFC's scheduler choices): a packet's turn is its arrival
 *   time, that of L4S packets brought forward by `shiftNs`; with the default shift a classic packet is passed by at most 50 ms
 *   of L4S traffic, so that it never starves.
 * - Every `updateNs` the base probability moves by p' += alpha (delay - target) + beta (delay - previous delay), the delay
 *   being the sojourn time of the oldest classic packet. Classic packets are dropped with p'^2 when they enter, L4S packets are
 *   marked with max(ramp(their own sojourn), k p') when they leave: the square against the line is what makes a Reno flow
 *   (rate ~ 1 / sqrt(p)) and a Prague flow (rate ~ 1 / p) share evenly.
 * - Instead of random numbers, shares are added up and a packet is hit when they pass one (the RFC's `recur`): no draws, so
 *   that switching this off shifts nobody's.
 *
 * `single` is the same controller with one queue and p'^2 for everybody, `tail-drop` a plain queue of limited length: what L4S
 * is compared with. Gains 0.16 and 3.2 a 16 ms update, target 15 ms, k = 2 are the RFC's. Its ramp of 0.8 to 1.2 ms would mark
 * whatever waits for its TDD slot; the default is that of SCReAM's radio test queue, 8 to 12 ms less the time in the core.
 */
import { requireNumber, wrong } from '../require-number.ts';

/** What manages a user's queue. */
export type QueueDiscipline = 'tail-drop' | 'single' | 'dual';

/** See the file comment. */
export interface AqmConfig {
    readonly discipline: QueueDiscipline;
    /** Bytes of a queue above which everything that enters is dropped, 3000 to 1e9. */
    readonly limitBytes: number;
    /** Queueing delay that classic traffic is steered to, ns, 1 ms to 1 s. */
    readonly targetNs: number;
    /** Time between two updates of the probability, ns, 1 ms to 1 s. */
    readonly updateNs: number;
    /** Integral and proportional gain of an update, 1/s, 0 to 100. */
    readonly alphaHz: number;
    readonly betaHz: number;
    /** k of the coupling, 0.1 to 10. */
    readonly coupling: number;
    /** Sojourn times of L4S packets at which marking starts and is certain, ns, 0 to 1 s. */
    readonly rampNs: readonly [number, number];
    /** How much earlier L4S packets' turn comes, ns, 0 to 1 s. */
    readonly shiftNs: number;
}

export const AQM_DEFAULTS: AqmConfig = Object.freeze({
    discipline: 'dual',
    limitBytes: 2_000_000,
    targetNs: 15_000_000,
    updateNs: 16_000_000,
    alphaHz: 0.16,
    betaHz: 3.2,
    coupling: 2,
    rampNs: Object.freeze([4_000_000, 8_000_000] as const),
    shiftNs: 50_000_000
});

/** Throws `bad-input` unless every field is in its range. */
export function requireAqm(aqm: AqmConfig): void {
    if (!['tail-drop', 'single', 'dual'].includes(aqm.discipline)) {
        throw wrong('aqm.discipline', aqm.discipline, 'tail-drop, single or dual');
    }
    requireNumber('aqm.limitBytes', aqm.limitBytes, 3000, 1e9, true, 'bytes');
    requireNumber('aqm.targetNs', aqm.targetNs, 1e6, 1e9, true, 'ns');
    requireNumber('aqm.updateNs', aqm.updateNs, 1e6, 1e9, true, 'ns');
    requireNumber('aqm.alphaHz', aqm.alphaHz, 0, 100, false, '1/s');
    requireNumber('aqm.betaHz', aqm.betaHz, 0, 100, false, '1/s');
    requireNumber('aqm.coupling', aqm.coupling, 0.1, 10, false, '');
    const [from, to] = aqm.rampNs ?? [];
    requireNumber('aqm.rampNs[0]', from, 0, 1e9, true, 'ns');
    requireNumber('aqm.rampNs[1]', to, from as number, 1e9, true, 'ns, not below aqm.rampNs[0]');
    requireNumber('aqm.shiftNs', aqm.shiftNs, 0, 1e9, true, 'ns');
}

/** Share of a ramp from `from` to `to` that `waitNs` has passed, 0 to 1. */
export function rampShare([from, to]: readonly [number, number], waitNs: number): number {
    if (waitNs <= from) return 0;
    return waitNs >= to ? 1 : (waitNs - from) / (to - from);
}

/** One queue's controller. */
export class Aqm {
    readonly config: AqmConfig;
    /** p', 0 to 1. */
    probability = 0;
    #previousNs = 0;
    #nextNs = 0;
    /** What `recur` has added up, for drops and for marks. */
    #dropped = 0;
    #marked = 0;

    constructor(config: AqmConfig) {
        this.config = config;
        this.#nextNs = config.updateNs;
    }

    /** Probability of a classic packet. */
    get classic(): number {
        return this.probability ** 2;
    }

    /** Brings the probability to `nowNs`; `delayNs` is the sojourn time of the oldest classic packet, 0 if there is none. */
    update(nowNs: number, delayNs: () => number): void {
        if (nowNs < this.#nextNs) return;
        const { targetNs, updateNs, alphaHz, betaHz, discipline } = this.config;
        const delay = delayNs();
        // Updates that fell into a silence saw an empty queue before, this delay last.
        const missed = Math.floor((nowNs - this.#nextNs) / updateNs);
        if (discipline !== 'tail-drop') {
            if (missed > 0) this.#step(0, missed, targetNs, alphaHz, betaHz);
            this.#step(delay, 1, targetNs, alphaHz, betaHz);
        }
        this.#nextNs += (missed + 1) * updateNs;
    }

    #step(delayNs: number, times: number, targetNs: number, alphaHz: number, betaHz: number): void {
        const change = times * alphaHz * (delayNs - targetNs) + betaHz * (delayNs - this.#previousNs);
        this.probability = Math.max(0, Math.min(1, this.probability + change / 1e9));
        this.#previousNs = delayNs;
    }

    /** True if what enters is to be dropped: `packets` of a flow, `queuedBytes` before it. */
    drops(l4s: boolean, packets: number, queuedBytes: number): boolean {
        if (queuedBytes >= this.config.limitBytes) return true;
        if (l4s || this.config.discipline === 'tail-drop') return false;
        this.#dropped += packets * this.classic;
        const hit = this.#dropped >= 1;
        this.#dropped -= Math.floor(this.#dropped);
        return hit;
    }

    /** How many of `packets` (may be a fraction) of an L4S flow are marked after `waitNs` in the queue. */
    marks(packets: number, waitNs: number): number {
        const { discipline, coupling, rampNs } = this.config;
        if (discipline === 'tail-drop') return 0;
        const share =
            discipline === 'single'
                ? this.classic
                : Math.min(1, Math.max(rampShare(rampNs, waitNs), coupling * this.probability));
        this.#marked += packets * share;
        const whole = Math.floor(this.#marked);
        this.#marked -= whole;
        return whole;
    }
}
