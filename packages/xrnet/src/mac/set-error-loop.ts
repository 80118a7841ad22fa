/**
 * Keeps a flow's PDU Set error rate (PSER, TS 23.501 5.7.7.3): a slow outer loop on sets around the one on blocks
 * (src/phy/radio.ts). A set that the radio broke, or made late by HARQ where it would have been in time, makes the user's error
 * target of first transmissions stricter by the factor 10^(1/2); a set that went well relaxes it by so little that the two
 * balance at the set error rate. The target stays between 1/100 of the configured one and itself: what the radio cannot give at
 * its most cautious, it cannot give. Sets that are late for want of capacity do not count: caution would make them later.
 *
 * Costs capacity: at 1/100 of a target of 10 % a block needs 2 to 3 dB more.
 */

/** Steps of the exponent. */
const STEP = 0.5;
const LEAST_EXPONENT = -2;

/** One user's loop in one direction; of several flows the strictest rate counts. */
export class SetErrorLoop {
    /** Error rate of first transmissions that is steered to. */
    target: number;
    readonly #configured: number;
    #exponent = 0;

    /** @param configured - `linkAdaptation.targetErrorRate`. */
    constructor(configured: number) {
        this.#configured = configured;
        this.target = configured;
    }

    /** Takes in how a set went that may fail with probability `setErrorRate`; true if the target moved. */
    learn(failed: boolean, setErrorRate: number): boolean {
        const step = failed ? -STEP : (STEP * setErrorRate) / (1 - setErrorRate);
        const exponent = Math.max(LEAST_EXPONENT, Math.min(0, this.#exponent + step));
        if (exponent === this.#exponent) return false;
        this.#exponent = exponent;
        this.target = this.#configured * 10 ** exponent;
        return true;
    }
}
