/**
 * One user's radio in one direction, fidelity L2: an SINR for every subband, reports a subband, and one effective SINR for the
 * resource blocks that a transport block really took.
 *
 * SINR of subband s = mean SNR x fading gain / (1 + interference over noise). Other cells' interference comes from a coupling
 * (src/network/coupling.ts) where there is one: as it is in the slot of a reception, smoothed in a report. The MCS is the
 * highest whose requirement the effective SINR over the chosen subbands meets, with the outer loop of src/phy/radio.ts.
 */
import type { Rng } from '@mixreel/core';
import type { CellConfig, RadioConfig, SubbandConfig } from '../config.ts';
import type { Carrier } from './carrier.ts';
import { decibels, eesmBeta, effectiveSinrDb, mutualInformation } from './effective-sinr.ts';
import { OuterLoop, type Radio } from './radio.ts';
import type { SubbandFading } from './subband-fading.ts';

/** Interference over noise of one user's subbands: 1 + I / N into `out`, in this slot or smoothed over slots. */
export type NoiseRise = (out: Float64Array, smoothed: boolean) => void;

/** Resource blocks of each subband: the carrier cut as evenly as whole blocks allow. */
export function subbandPrbs(bandwidthPrb: number, count: number): Uint16Array {
    return Uint16Array.from({ length: count }, (_, s) => {
        return Math.floor(((s + 1) * bandwidthPrb) / count) - Math.floor((s * bandwidthPrb) / count);
    });
}

/** See the file comment. */
export class SubbandRadio implements Radio {
    /** Subbands by reported SINR, the best first. Valid after {@link mcs}. */
    readonly order: Uint8Array;
    readonly #shadowDb: number;
    #meanSnr = 1;
    readonly #fading: SubbandFading | null;
    readonly #rise: NoiseRise | null;
    readonly #carrier: Carrier;
    readonly #subbands: SubbandConfig;
    readonly #tableName: CellConfig['mcsTable'];
    readonly #all: Uint16Array;
    readonly #loop: OuterLoop;
    readonly #periodNs: number;
    readonly #delayNs: number;
    /** Reported SINR by subband, linear. */
    readonly #reported: Float64Array;
    /** Mutual information of the reported SINRs: by modulation (2, 4, 6, 8 bits) and subband; and which of them are of the newest. */
    readonly #information: Float64Array;
    readonly #informed: Uint8Array = new Uint8Array(4);
    /** Effective SINR over the whole carrier by modulation, dB, of the newest report; NaN: not worked out. */
    readonly #wideDb: Float64Array = new Float64Array(4);
    readonly #now: Float64Array;
    readonly #noise: Float64Array;
    #report = -1;
    /** MCS over the whole carrier; -1: not known since the newest report or lesson. */
    #mcs = -1;

    /** @param fading - One object for both directions of a user: the channel is the same. */
    constructor(
        radio: RadioConfig,
        config: CellConfig,
        subbands: SubbandConfig,
        carrier: Carrier,
        rng: Rng,
        fading: SubbandFading | null,
        uplink: boolean,
        rise: NoiseRise | null
    ) {
        const meanDb = radio.sinrDb + (uplink ? radio.uplinkOffsetDb : 0);
        this.#shadowDb = radio.shadowStdDb * rng.stream('shadow').normal();
        this.setMeanDb(meanDb);
        this.#fading = fading;
        this.#rise = rise;
        this.#carrier = carrier;
        this.#subbands = subbands;
        this.#tableName = config.mcsTable;
        this.#all = subbandPrbs(config.bandwidthPrb, subbands.count);
        this.#loop = new OuterLoop(config);
        this.#periodNs = config.linkAdaptation.reportPeriodNs;
        this.#delayNs = config.linkAdaptation.reportDelayNs;
        this.#reported = new Float64Array(subbands.count);
        this.#information = new Float64Array(4 * subbands.count);
        this.#now = new Float64Array(subbands.count);
        this.#noise = new Float64Array(subbands.count).fill(1);
        this.order = Uint8Array.from({ length: subbands.count }, (_, s) => s);
    }

    mcs(timeNs: number): number {
        const report = Math.floor(Math.max(0, timeNs - this.#delayNs) / this.#periodNs);
        if (report !== this.#report) {
            this.#report = report;
            this.#read(report * this.#periodNs, this.#reported, true);
            this.#sort();
            this.#informed.fill(0);
            this.#wideDb.fill(Number.NaN);
            this.#mcs = -1;
        }
        if (this.#mcs < 0) this.#mcs = this.mcsOver(this.#all);
        return this.#mcs;
    }

    /** The MCS for so many resource blocks of each subband, by the newest report. */
    mcsOver(prbs: ArrayLike<number>): number {
        const { table, requiredSinrDb } = this.#carrier;
        let mcs = table.length - 1;
        while (mcs > 0) {
            const order = table[mcs]?.modulationOrder as number;
            const sinrDb = this.#reportedDb(prbs, order, mcs) + this.#loop.offsetDb;
            for (; mcs > 0 && table[mcs]?.modulationOrder === order; mcs--) {
                if ((requiredSinrDb[mcs] as number) <= sinrDb) return mcs;
            }
        }
        return 0;
    }

    /** Effective SINR of the newest report, dB. What does not depend on the resource blocks is worked out once a report. */
    #reportedDb(prbs: ArrayLike<number>, order: number, mcs: number): number {
        const place = order / 2 - 1;
        if (prbs !== this.#all) return this.#reportedOver(prbs, order, mcs);
        const known = this.#wideDb[place] as number;
        if (!Number.isNaN(known)) return known;
        // The MCS is the highest of its modulation: it begins with that.
        return (this.#wideDb[place] = this.#reportedOver(prbs, order, mcs));
    }

    #reportedOver(prbs: ArrayLike<number>, order: number, mcs: number): number {
        if (this.#subbands.mapping === 'eesm') return this.#effective(this.#reported, prbs, 0, mcs);
        const information = mutualInformation(order);
        const count = this.#reported.length;
        const from = (order / 2 - 1) * count;
        if (this.#informed[order / 2 - 1] === 0) {
            this.#informed[order / 2 - 1] = 1;
            for (let s = 0; s < count; s++) {
                this.#information[from + s] = information.at(decibels(this.#reported[s] as number));
            }
        }
        let sum = 0;
        let total = 0;
        for (let s = 0; s < count; s++) {
            const weight = prbs[s] as number;
            total += weight;
            sum += weight * (this.#information[from + s] as number);
        }
        return information.inverse(sum / total);
    }

    /** Effective SINR of a block in the slot at `timeNs`, dB: its resource blocks by subband stand in `prbs` from `from` on. */
    blockSinrDb(timeNs: number, mcs: number, prbs: Uint16Array, from: number): number {
        this.#read(timeNs, this.#now, false);
        return this.#effective(this.#now, prbs, from, mcs);
    }

    sinrDb(timeNs: number): number {
        this.#read(timeNs, this.#now, false);
        return this.#effective(this.#now, this.#all, 0, 0);
    }

    setMeanDb(meanDb: number): void {
        this.#meanSnr = 10 ** ((meanDb + this.#shadowDb) / 10);
    }

    aim(targetErrorRate: number): void {
        this.#loop.aim(targetErrorRate);
    }

    learn(received: boolean): void {
        if (this.#loop.learn(received)) this.#mcs = -1;
    }

    #read(timeNs: number, out: Float64Array, smoothed: boolean): void {
        if (this.#fading) this.#fading.read(timeNs, out);
        else out.fill(1);
        this.#rise?.(this.#noise, smoothed);
        for (let s = 0; s < out.length; s++) out[s] = ((out[s] as number) * this.#meanSnr) / (this.#noise[s] as number);
    }

    #effective(sinr: Float64Array, prbs: ArrayLike<number>, from: number, mcs: number): number {
        const order = this.#carrier.table[mcs]?.modulationOrder as number;
        const weights = from === 0 && prbs.length === sinr.length ? prbs : this.#weights(prbs, from);
        return effectiveSinrDb(this.#subbands.mapping, sinr, weights, order, eesmBeta(this.#tableName, mcs));
    }

    readonly #part: Uint16Array = new Uint16Array(20);

    #weights(prbs: ArrayLike<number>, from: number): Uint16Array {
        for (let s = 0; s < this.order.length; s++) this.#part[s] = prbs[from + s] as number;
        return this.#part;
    }

    /** Insertion sort, the best first, the lower number on ties. */
    #sort(): void {
        const { order } = this;
        for (let s = 0; s < order.length; s++) order[s] = s;
        for (let i = 1; i < order.length; i++) {
            const s = order[i] as number;
            let place = i;
            while (
                place > 0 &&
                (this.#reported[order[place - 1] as number] as number) < (this.#reported[s] as number)
            ) {
                order[place] = order[place - 1] as number;
                place--;
            }
            order[place] = s;
        }
    }
}
