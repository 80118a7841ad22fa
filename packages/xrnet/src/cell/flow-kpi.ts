/**
 * What a flow achieved: counts, delays, and the capacity criterion of TR 38.838: a stream is satisfied if at least 99 % of its
 * PDU Sets arrive complete within their delay budget, a user if all its streams are.
 */

/** Share of a stream's PDU Sets that must be complete in time. */
export const SATISFIED_SHARE = 0.99;

/** Result of one flow. Delays are of complete sets, in ns from hand-over to arrival; null if there is none. */
export interface FlowKpi {
    readonly flow: number;
    readonly ue: number;
    readonly direction: 'downlink' | 'uplink';
    readonly name: string;
    readonly sets: number;
    readonly complete: number;
    /** Complete within the budget. */
    readonly inTime: number;
    readonly inTimeShare: number;
    readonly satisfied: boolean;
    /** Share of sets that did not come complete in time (PSER counts both, TS 23.501 5.7.7.3), and the share allowed; null: none said. */
    readonly setErrorRate: number;
    readonly setErrorLimit: number | null;
    readonly deliveredBytes: number;
    readonly meanDelayNs: number | null;
    readonly p50DelayNs: number | null;
    readonly p95DelayNs: number | null;
    readonly p99DelayNs: number | null;
    readonly maxDelayNs: number | null;
    /** Mean delay by cause over complete sets, ns. */
    readonly meanCausesNs: Readonly<Record<'queueing' | 'tdd' | 'transmission' | 'harq' | 'core' | 'handover', number>>;
}

/** What a flow's figures say of it. */
interface RecordedFlow {
    readonly ue: number;
    readonly direction: 'downlink' | 'uplink';
    readonly name: string;
    /** A download, which no share of its packets satisfies or leaves unsatisfied. */
    readonly elastic: boolean;
    readonly setErrorRate: number | null;
}

/** Collects one flow's figures: 8 bytes a set. */
export class FlowRecorder {
    sets = 0;
    complete = 0;
    inTime = 0;
    deliveredBytes = 0;
    /** The newest complete set's delay, or null. */
    newestDelayNs: number | null = null;
    readonly #causes = new Float64Array(6);
    #delays = new Float64Array(64);

    /** Counts a set that arrived complete. Causes in ns; the rest of the delay is the core's. */
    addComplete(
        delayNs: number,
        deadlineNs: number,
        bytes: number,
        queueingNs: number,
        tddNs: number,
        transmissionNs: number,
        harqNs: number,
        handoverNs: number
    ): void {
        if (this.complete === this.#delays.length) {
            const larger = new Float64Array(2 * this.complete);
            larger.set(this.#delays);
            this.#delays = larger;
        }
        this.#delays[this.complete++] = delayNs;
        this.newestDelayNs = delayNs;
        this.sets++;
        this.deliveredBytes += bytes;
        if (delayNs <= deadlineNs) this.inTime++;
        const sums = this.#causes;
        sums[0] = (sums[0] as number) + queueingNs;
        sums[1] = (sums[1] as number) + tddNs;
        sums[2] = (sums[2] as number) + transmissionNs;
        sums[3] = (sums[3] as number) + harqNs;
        sums[4] = (sums[4] as number) + delayNs - queueingNs - tddNs - transmissionNs - harqNs - handoverNs;
        sums[5] = (sums[5] as number) + handoverNs;
    }

    /** Counts a set that did not arrive complete. */
    addBroken(bytes: number): void {
        this.sets++;
        this.deliveredBytes += bytes;
    }

    /** Delays of complete sets, ns, in order of completion. */
    delaysNs(): Float64Array {
        return this.#delays.slice(0, this.complete);
    }

    /** @param flow - Its number. */
    kpi(flow: number, { ue, direction, name, elastic, setErrorRate }: RecordedFlow): FlowKpi {
        const sorted = this.delaysNs().sort();
        const n = sorted.length;
        const share = this.sets === 0 ? 1 : this.inTime / this.sets;
        let sum = 0;
        for (const delay of sorted) sum += delay;
        // Nearest rank: a delay that some set really had.
        const at = (q: number): number | null =>
            n === 0 ? null : (sorted[Math.max(0, Math.ceil(q * n) - 1)] as number);
        const mean = (i: number): number => (n === 0 ? 0 : (this.#causes[i] as number) / n);
        return {
            flow,
            ue,
            direction,
            name,
            sets: this.sets,
            complete: this.complete,
            inTime: this.inTime,
            inTimeShare: share,
            satisfied: elastic || share >= SATISFIED_SHARE,
            setErrorRate: 1 - share,
            setErrorLimit: setErrorRate,
            deliveredBytes: this.deliveredBytes,
            meanDelayNs: n === 0 ? null : sum / n,
            p50DelayNs: at(0.5),
            p95DelayNs: at(0.95),
            p99DelayNs: at(0.99),
            maxDelayNs: at(1),
            meanCausesNs: {
                queueing: mean(0),
                tdd: mean(1),
                transmission: mean(2),
                harq: mean(3),
                core: mean(4),
                handover: mean(5)
            }
        };
    }
}
