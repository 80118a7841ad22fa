/**
 * How an application answers the network (service of network): a factor on its rate, from the network states it is sent.
 *
 * - `recommended`: stays under the recommended rate (ANBR): factor = min(1, recommended / nominal), falling at once and
 *   recovering by 5 % a state.
 * - `prague`: scalable congestion control on ECN marks alone (RFC 9331; DCTCP, RFC 8257): alpha is the mean of the marked
 *   share with gain 1/16; a state with marks cuts the rate by alpha / 2, one without adds 2 % of the nominal rate.
 * - `scream`: SCReAM v2's asymmetric alpha (gain 1/8 up, 1/128 down), the same cut, and 1 % steps up.
 */
import { badInput, type NetworkState } from '@mixreel/core';

/** The rules. */
export type RateControlName = 'recommended' | 'prague' | 'scream';

/** Every rule's name. */
export const RATE_CONTROL_NAMES: readonly RateControlName[] = Object.freeze(['recommended', 'prague', 'scream']);

const PRAGUE_GAIN = 1 / 16;
const SCREAM_UP = 1 / 8;
const SCREAM_DOWN = 1 / 128;
/** The least that a coder can be turned down to. */
const LEAST = 0.1;

/** One sender's control. */
export class RateControl {
    readonly #name: RateControlName;
    readonly #nominalBps: number;
    #factor = 1;
    #alpha = 0;

    /** @param nominalBps - Rate at factor 1, bit/s. */
    constructor(name: RateControlName, nominalBps: number) {
        if (!RATE_CONTROL_NAMES.includes(name)) {
            throw badInput(
                `the rate control is ${String(name)}`,
                RATE_CONTROL_NAMES.join(', '),
                'Name one of the rules'
            );
        }
        this.#name = name;
        this.#nominalBps = nominalBps;
    }

    /** Share of the nominal rate to send, 0.1 to 1. */
    get factor(): number {
        return this.#factor;
    }

    /** Takes a network state. */
    onState(state: NetworkState): void {
        if (this.#name === 'recommended') {
            const wanted = state.recommendedRateBps / this.#nominalBps;
            this.#set(Math.min(wanted, this.#factor + 0.05));
            return;
        }
        const marks = state.congestionMarks;
        const gain = this.#name === 'prague' ? PRAGUE_GAIN : marks > this.#alpha ? SCREAM_UP : SCREAM_DOWN;
        this.#alpha += gain * (marks - this.#alpha);
        if (marks > 0) this.#set(this.#factor * (1 - this.#alpha / 2));
        else this.#set(this.#factor + (this.#name === 'prague' ? 0.02 : 0.01));
    }

    #set(factor: number): void {
        this.#factor = Math.max(LEAST, Math.min(1, factor));
    }
}
