/**
 * Several legs under one PDCP, each a run of its own cell; here its arrivals become those of the one bearer above. That is exact,
 * not an approximation: legs have carriers, schedulers and HARQ of their own, no copy is withdrawn, and which leg takes a set follows
 * from its time alone, so nothing that happens on one leg can reach the other (test/cell/carriers.test.ts runs both side by side).
 * Bearers that follow queues, and legs in one run: src/cell/dual-connectivity.ts, for which these are the oracle.
 * Carriers that share a queue do reach each other: they are simulated together (`carriers` of the cell, src/cell/carriers.ts).
 *
 * - Duplication: every PDU takes both legs and counts when the first copy arrives. The copies use resources of both, which the
 *   legs' own loads show; a copy is not withdrawn when the other one has arrived.
 * - Offload by slot: every set takes the leg whose next slot of its direction starts first: with complementary TDD patterns
 *   one of two carriers can nearly always send.
 */
import { badInput, type PduSet } from '@mixreel/core';
import type { Direction, TddPattern } from '../phy/tdd.ts';
import { causes, type TracedArrival, type UnitOutcome } from './outcome.ts';

/** The bearer's arrivals when both legs carried every PDU. Both lists name the same sets in the same order. */
export function duplicateLegs(first: readonly TracedArrival[], second: readonly TracedArrival[]): TracedArrival[] {
    if (first.length !== second.length || first.some((arrival, i) => arrival.set !== second[i]?.set)) {
        throw badInput(
            'the legs of a duplicated bearer carried different PDU Sets',
            'the same sets in the same order',
            'Give both cells the same flow'
        );
    }
    return first.map((arrival, i) => earliest(arrival, second[i] as TracedArrival));
}

function earliest(a: TracedArrival, b: TracedArrival): TracedArrival {
    const { set } = a;
    const units = a.units.map((unit, i): UnitOutcome => {
        const other = b.units[i] as UnitOutcome;
        if (unit.arrivedNs === null) return other.arrivedNs === null ? unit : other;
        return other.arrivedNs !== null && other.arrivedNs < unit.arrivedNs ? other : unit;
    });
    const received = units.map((unit, i) => (unit.arrivedNs === null ? null : (set.units[i] as Uint8Array)));
    const missing = units.filter((unit) => unit.arrivedNs === null);
    let last: UnitOutcome | null = null;
    for (const unit of units) {
        if (unit.arrivedNs !== null && (last === null || unit.arrivedNs > (last.arrivedNs as number))) last = unit;
    }
    const arrivedNs = last?.arrivedNs ?? null;
    const delayNs = last?.record ? causes(last.record) : {};
    const late = arrivedNs === null || arrivedNs > set.timeNs + set.deadlineNs;
    const complete = missing.length === 0;
    const slower = a.arrivedNs !== null && (b.arrivedNs === null || a.arrivedNs <= b.arrivedNs) ? a : b;
    const reason = complete && !late ? null : complete ? slower.reason : (missing[0]?.lost ?? slower.reason);
    return {
        ...a,
        received,
        units,
        arrivedNs,
        outcome: complete ? 'complete' : arrivedNs === null ? 'lost' : 'incomplete',
        late,
        delayNs,
        reason
    };
}

/**
 * Offload by slot: the sets of each leg.
 *
 * @param patterns - TDD pattern of each leg.
 * @param readyNs - When a set reaches the queue, from its hand-over time.
 */
export function offloadBySlot(
    sets: readonly PduSet[],
    patterns: readonly TddPattern[],
    direction: Direction,
    readyNs: (set: PduSet) => number
): PduSet[][] {
    const legs: PduSet[][] = patterns.map(() => []);
    for (const set of sets) {
        let best = 0;
        let bestNs = Infinity;
        for (const [leg, pattern] of patterns.entries()) {
            const startNs = pattern.startNs(direction, pattern.nextSlot(direction, readyNs(set)));
            if (startNs < bestNs) {
                best = leg;
                bestNs = startNs;
            }
        }
        (legs[best] as PduSet[]).push(set);
    }
    return legs;
}
