/**
 * From the fate of a set's bytes to the fate of its PDUs, and to the sentence why it was late. A PDU arrived if all its bytes
 * did, at the time of the last of them; the set's delay and its causes are those of the PDU that came last, so the causes sum
 * to the delay exactly.
 */
import type { DelayCause, PduSet, PduSetArrival } from '@mixreel/core';
import type { SegmentRecord } from '../mac/set-store.ts';

/** What one PDU did. */
export interface UnitOutcome {
    /** ns, or null if it did not arrive. */
    readonly arrivedNs: number | null;
    /** The stretch of bytes that came last, or was lost. */
    readonly record: SegmentRecord | null;
    /** Why it did not arrive. */
    readonly lost: 'discarded' | 'residual-error' | null;
}

/** An arrival with the way of its bytes: what a timeline of the frame's packets shows. */
export interface TracedArrival extends PduSetArrival {
    /** User and direction. */
    readonly ue: number;
    readonly direction: 'downlink' | 'uplink';
    /** By PDU, as `set.units`. */
    readonly units: readonly UnitOutcome[];
}

/** One PDU of a set: what a timeline of a frame's packets shows. */
export interface TracedPacket {
    readonly sizeBytes: number;
    /** ns, or null if it did not arrive. */
    readonly arrivedNs: number | null;
    readonly late: boolean;
    /** Why it is late or lost; null if it is neither. */
    readonly reason: DelayCause | null;
    /** Its delay by cause, ns; the causes sum to it. */
    readonly delayNs: Readonly<Partial<Record<DelayCause, number>>>;
}

/** The PDUs of a set, in order. */
export function tracedPackets({ set, units }: TracedArrival): TracedPacket[] {
    return units.map(({ arrivedNs, record, lost }, i) => {
        const delayNs = arrivedNs !== null && record ? causes(record) : {};
        const late = arrivedNs === null || arrivedNs > set.timeNs + set.deadlineNs;
        const reason = lost ?? (late ? largest(delayNs) : null);
        return { sizeBytes: (set.units[i] as Uint8Array).length, arrivedNs, late, reason, delayNs };
    });
}

/** Decides what became of a set. `lostOutside(i)`: PDU i is lost outside the radio. */
export function arrivalOf(
    set: PduSet,
    records: readonly SegmentRecord[],
    headerBytes: number,
    lostOutside: (unit: number) => boolean,
    ue: number,
    direction: 'downlink' | 'uplink'
): TracedArrival {
    const sizes = set.units.map((unit) => unit.length + headerBytes);
    const units = unitOutcomes(sizes, records, lostOutside);
    const received = units.map((unit, i) => (unit.arrivedNs === null ? null : (set.units[i] as Uint8Array)));
    let last: UnitOutcome | null = null;
    let missing = 0;
    let discarded = 0;
    for (const unit of units) {
        if (unit.arrivedNs === null) {
            missing++;
            if (unit.lost === 'discarded') discarded++;
        } else if (last === null || unit.arrivedNs > (last.arrivedNs as number)) last = unit;
    }
    const arrivedNs = last?.arrivedNs ?? null;
    const delayNs = last?.record ? causes(last.record) : {};
    const late = arrivedNs === null || arrivedNs > set.timeNs + set.deadlineNs;
    let reason: DelayCause | null = null;
    if (missing > 0) reason = 2 * discarded >= missing ? 'discarded' : 'residual-error';
    else if (late) reason = largest(delayNs);
    return {
        set,
        received,
        arrivedNs,
        outcome: missing === 0 ? 'complete' : arrivedNs === null ? 'lost' : 'incomplete',
        late,
        delayNs,
        reason,
        ue,
        direction,
        units
    };
}

/** What PDUs of so many bytes, one after the other, did; one whose fate is not known for all its bytes has not arrived. */
export function unitOutcomes(
    sizes: readonly number[],
    records: readonly SegmentRecord[],
    lostOutside: (unit: number) => boolean
): UnitOutcome[] {
    const byStart = [...records].sort((a, b) => a.from - b.from);
    const units: UnitOutcome[] = [];
    let from = 0;
    let first = 0;
    for (const [i, size] of sizes.entries()) {
        const to = from + size;
        while (first < byStart.length && (byStart[first] as SegmentRecord).to <= from) first++;
        let latest: SegmentRecord | null = null;
        let broken: SegmentRecord | null = null;
        let known = 0;
        for (let r = first; r < byStart.length && (byStart[r] as SegmentRecord).from < to; r++) {
            const record = byStart[r] as SegmentRecord;
            known += Math.min(to, record.to) - Math.max(from, record.from);
            if (record.arrivedNs === null) broken ??= record;
            else if (latest === null || record.arrivedNs > (latest.arrivedNs as number)) latest = record;
        }
        if (broken) units.push({ arrivedNs: null, record: broken, lost: broken.lost });
        else if (latest === null || known < size || lostOutside(i))
            units.push({ arrivedNs: null, record: latest, lost: 'residual-error' });
        else units.push({ arrivedNs: latest.arrivedNs, record: latest, lost: null });
        from = to;
    }
    return units;
}

/** The causes of a record's delay that are not zero; they sum to it. */
export function causes(record: SegmentRecord): Partial<Record<DelayCause, number>> {
    const out: Partial<Record<DelayCause, number>> = {};
    const add = (cause: DelayCause, ns: number): void => {
        if (ns !== 0) out[cause] = ns;
    };
    add('queueing', record.queueingNs);
    add('tdd', record.tddNs);
    add('transmission', record.transmissionNs);
    add('harq', record.harqNs);
    add('core', record.coreNs);
    add('handover', record.handoverNs);
    return out;
}

/** The largest cause; on a tie the first in the order of {@link causes}. */
function largest(delayNs: Readonly<Partial<Record<DelayCause, number>>>): DelayCause | null {
    let best: DelayCause | null = null;
    for (const [cause, ns] of Object.entries(delayNs) as [DelayCause, number][]) {
        if (best === null || ns > (delayNs[best] as number)) best = cause;
    }
    return best;
}
