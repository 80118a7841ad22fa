/**
 * One user of one run looked at closely: PDU Sets of its first flow with what became of each packet. The sets are those that the
 * model would have sent, made real, so that the cell keeps a record of every one.
 */
import { badInput, type PduSet, type Rng } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { Flow } from '../cell/flow.ts';
import type { TracedArrival } from '../cell/outcome.ts';
import { fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import type { TrafficModel } from '../traffic/models.ts';
import { UNIT_PAYLOAD_BYTES } from '../traffic/source.ts';
import { trafficSource } from '../traffic/sources.ts';
import type { NetworkScenario } from './scenario.ts';
import { flowsOf } from './scenario-flow.ts';
import { rngOf, type StudyRun } from './study.ts';

/** Packets of a set are only counted: all are views of this one. */
const BLANK = new Uint8Array(UNIT_PAYLOAD_BYTES);

/** What is looked at. */
export interface TraceChoice {
    /** The user, from 0; default 0. */
    readonly ue?: number;
    /** The first set, counted from 0 at the start of the run; default 0. */
    readonly first?: number;
}

/**
 * `sets` PDU Sets of one user's first flow in a run of a study; fewer where the run has no more.
 *
 * A video source that answers the network (`rateControl`, `followsOffset`) is taken as it would be without the answers.
 */
export function traceUser(
    scenario: NetworkScenario,
    run: StudyRun,
    sets: number,
    { ue = 0, first = 0 }: TraceChoice = {}
): TracedArrival[] {
    const variant = scenario.variants[run.variant];
    if (!variant || !(sets >= 1)) {
        throw badInput(
            `variant ${run.variant}, ${sets} sets are to be traced`,
            'a variant, 1 set or more',
            'Ask for those'
        );
    }
    requireNumber('the traced user', ue, 0, run.users - 1, true, '');
    requireNumber('the first traced set', first, 0, 1e6, true, '');
    const arrivals: TracedArrival[] = [];
    const cell = new Cell(variant.cell, rngOf(scenario, run.seed), {
        onArrival: (arrival) => {
            if (arrival.set.sequence >= first) arrivals.push(arrival);
        }
    });
    const flows = flowsOf(variant.flows, run.users);
    // Downloads have no frames.
    const place = flows.findIndex((flow) => flow.ue === ue && flow.traffic?.kind !== 'bulk');
    if (place < 0) return [];
    const traced = flows[place] as Flow;
    const { direction = 'downlink' } = traced;
    const before = flows.filter(
        (flow, i) => i < place && flow.ue === ue && (flow.direction ?? 'downlink') === direction
    );
    const rng = rngOf(scenario, run.seed).child('ue', ue, direction, 'flow', before.length);
    const pduSets = setsOf(traced, first + sets, rng, variant.cell.durationNs);
    for (const [i, flow] of flows.entries()) cell.addFlow(i === place ? withSets(flow, pduSets) : flow);
    const wanted = Math.max(0, pduSets.length - first);
    const lastNs = (pduSets.at(-1)?.timeNs ?? 0) + 1e9;
    while (arrivals.length < wanted && cell.nowNs < lastNs + 10e9) cell.advanceTo(cell.nowNs + 1e8);
    return arrivals.sort((a, b) => a.set.sequence - b.set.sequence);
}

/** A flow with sets in the place of its model. */
function withSets({ ue, name = 'stream', direction = 'downlink', fiveQi, channel }: Flow, pduSets: PduSet[]): Flow {
    return {
        ue,
        name,
        direction,
        pduSets,
        ...(fiveQi === undefined ? {} : { fiveQi }),
        ...(channel === undefined ? {} : { channel })
    };
}

/** The sets that a flow's model would send, at most `count`. */
function setsOf({ traffic, name = 'stream', fiveQi }: Flow, count: number, rng: Rng, durationNs: number): PduSet[] {
    const model = traffic as TrafficModel;
    const deadlineNs = fiveQi === undefined ? model.deadlineNs : fiveQiProfile('fiveQi', fiveQi).delayBudgetNs;
    const source = trafficSource({ ...model, deadlineNs }, rng, undefined, durationNs);
    const pduSets: PduSet[] = [];
    while (pduSets.length < count && source.next()) {
        pduSets.push({
            stream: name,
            sequence: pduSets.length,
            importance: source.importance,
            integrated: source.integrated,
            timeNs: source.timeNs,
            deadlineNs: source.deadlineNs,
            endOfBurst: true,
            units: unitsOf(source.sizeBytes)
        });
    }
    return pduSets;
}

function unitsOf(sizeBytes: number): Uint8Array[] {
    const units: Uint8Array[] = [];
    for (let left = sizeBytes; left > 0; left -= UNIT_PAYLOAD_BYTES) {
        units.push(BLANK.subarray(0, Math.min(left, UNIT_PAYLOAD_BYTES)));
    }
    return units;
}
