/**
 * One user's radio in one direction: the SINR of a transmission, and the MCS that the network believes in. Here for a wideband
 * channel, fidelity L1; src/phy/subband-radio.ts is L2.
 *
 * The network knows the SINR of the last channel report (periodic, delayed) plus an outer-loop offset (OLLA: Pedersen et al.,
 * VTC 2007): down by `stepDb` after a failed first transmission, up by stepDb target / (1 - target) after a good one, so that
 * the error rate of first transmissions settles at the target whatever the report's bias. The offset moves when the block is
 * sent, one round trip earlier than in a modem.
 */
import type { Rng } from '@mixreel/core';
import type { CellConfig, RadioConfig } from '../config.ts';
import type { Carrier } from './carrier.ts';
import { Fading } from './fading.ts';

const OFFSET_LIMIT_DB = 15;

/** What the link asks of a radio. */
export interface Radio {
    /** SINR a layer at a time, dB: over the whole carrier. */
    sinrDb(timeNs: number): number;
    /** The MCS for a transmission at a time, over the whole carrier. */
    mcs(timeNs: number): number;
    /** Tells the outer loop how a first transmission went. */
    learn(received: boolean): void;
    /** Steers the outer loop to another error rate of first transmissions, 0 to 0.5. */
    aim(targetErrorRate: number): void;
    /** The user is elsewhere: a new mean SINR, dB; its shadowing stays. */
    setMeanDb(meanDb: number): void;
}

/** The outer loop's offset. */
export class OuterLoop {
    offsetDb = 0;
    readonly #downDb: number;
    #upDb = 0;

    constructor({ linkAdaptation: { stepDb, targetErrorRate } }: CellConfig) {
        this.#downDb = stepDb;
        this.aim(targetErrorRate);
    }

    /** See {@link Radio.aim}. */
    aim(targetErrorRate: number): void {
        this.#upDb = (this.#downDb * targetErrorRate) / (1 - targetErrorRate);
    }

    /** Takes in how a first transmission went; true if the offset moved. */
    learn(received: boolean): boolean {
        if (this.#downDb === 0) return false;
        const offset = this.offsetDb + (received ? this.#upDb : -this.#downDb);
        this.offsetDb = Math.max(-OFFSET_LIMIT_DB, Math.min(OFFSET_LIMIT_DB, offset));
        return true;
    }
}

/** See the file comment. */
export class UserRadio implements Radio {
    readonly #shadowDb: number;
    #meanDb: number;
    readonly #fading: Fading | null;
    readonly #carrier: Carrier;
    readonly #periodNs: number;
    readonly #delayNs: number;
    readonly #loop: OuterLoop;
    /** Times at which the newest report is the one that counts: `#fromNs` <= t < `#toNs`. */
    #fromNs = 0;
    #toNs = 0;
    #reportedDb = 0;
    #mcs = 0;

    constructor(radio: RadioConfig, config: CellConfig, carrier: Carrier, rng: Rng, uplink = false) {
        const meanDb = radio.sinrDb + (uplink ? radio.uplinkOffsetDb : 0);
        this.#shadowDb = radio.shadowStdDb * rng.stream('shadow').normal();
        this.#meanDb = meanDb + this.#shadowDb;
        this.#fading = radio.fading ? new Fading(radio.fading, rng.stream('fading')) : null;
        this.#carrier = carrier;
        this.#periodNs = config.linkAdaptation.reportPeriodNs;
        this.#delayNs = config.linkAdaptation.reportDelayNs;
        this.#loop = new OuterLoop(config);
    }

    sinrDb(timeNs: number): number {
        return this.#fading ? this.#meanDb + this.#fading.gainDb(timeNs) : this.#meanDb;
    }

    mcs(timeNs: number): number {
        if (timeNs >= this.#toNs || timeNs < this.#fromNs) {
            const report = Math.floor(Math.max(0, timeNs - this.#delayNs) / this.#periodNs);
            this.#fromNs = report === 0 ? 0 : report * this.#periodNs + this.#delayNs;
            this.#toNs = (report + 1) * this.#periodNs + this.#delayNs;
            this.#reportedDb = this.sinrDb(report * this.#periodNs);
            this.#mcs = this.#carrier.mcsFor(this.#reportedDb + this.#loop.offsetDb);
        }
        return this.#mcs;
    }

    setMeanDb(meanDb: number): void {
        this.#meanDb = meanDb + this.#shadowDb;
    }

    aim(targetErrorRate: number): void {
        this.#loop.aim(targetErrorRate);
    }

    learn(received: boolean): void {
        if (this.#loop.learn(received)) this.#mcs = this.#carrier.mcsFor(this.#reportedDb + this.#loop.offsetDb);
    }
}
