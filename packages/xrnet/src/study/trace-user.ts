/**
 * One user of one run looked at closely: PDU Sets of its first flow with what became of each packet. The sets are those that the
 * model would have sent, made real, so that the cell keeps a record of every one.
 */
import { badInput, type PduSet, type Rng } from '@mixreel/core';
import type { Flow } from '../cell/flow.ts';
import type { TracedArrival } from '../cell/outcome.ts';
import { fiveQiProfile } from '../qos/five-qi.ts';
import { requireNumber } from '../require-number.ts';
import type { TrafficModel } from '../traffic/models.ts';
import { UNIT_PAYLOAD_BYTES } from '../traffic/source.ts';
import { trafficSource } from '../traffic/sources.ts';
import { cellCount, type NetworkScenario } from './scenario.ts';
import { flowsOf } from './scenario-flow.ts';
import { openWorld, rngOf, type StudyRun } from './world.ts';

/** Packets of a set are only counted: all are views of this one. */
const BLANK = new Uint8Array(UNIT_PAYLOAD_BYTES);

/** What is looked at. */
export interface TraceChoice {
    /** The user, from 0; default 0. Of coupled cells the users of the first are counted before those of the second, and so on. */
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
    requireNumber('the traced user', ue, 0, run.users * cellCount(variant) - 1, true, '');
    requireNumber('the first traced set', first, 0, 1e6, true, '');
    const flows = flowsOf(variant.flows, 1);
    // Downloads have no frames.
    const place = flows.findIndex((flow) => flow.traffic?.kind !== 'bulk');
    if (place < 0) return [];
    const traced = flows[place] as Flow;
    const { direction = 'downlink' } = traced;
    const before = flows.slice(0, place).filter((flow) => (flow.direction ?? 'downlink') === direction).length;
    const home = Math.floor(ue / run.users);
    const number = ue % run.users;
    const root = rngOf(scenario, run.seed);
    const rng = (variant.network ? root.child('cell', home) : root).child('ue', number, direction, 'flow', before);
    const pduSets = setsOf(traced, first + sets, rng, variant.cell.durationNs);
    const tracedFlows = flows.with(place, withSets(traced, pduSets));
    const arrivals: TracedArrival[] = [];
    const world = openWorld(scenario, run, {
        onArrival: (arrival) => {
            if (arrival.set.sequence >= first) arrivals.push(arrival);
        },
        flowsOf: (cell, user) => (cell === home && user === number ? tracedFlows : flows)
    });
    const wanted = Math.max(0, pduSets.length - first);
    const lastNs = (pduSets.at(-1)?.timeNs ?? 0) + 1e9;
    while (arrivals.length < wanted && world.nowNs < lastNs + 10e9) world.advanceTo(world.nowNs + 1e8);
    return arrivals.sort((a, b) => a.set.sequence - b.set.sequence);
}

/** A flow with sets in the place of its model; what answers the network is left out with it. */
function withSets({ ue, name = 'stream', direction = 'downlink', ...flow }: Flow, pduSets: PduSet[]): Flow {
    const { fiveQi, channel, bearer, setErrorRate, keepsBurstVolume } = flow;
    return {
        ue,
        name,
        direction,
        pduSets,
        ...(fiveQi === undefined ? {} : { fiveQi }),
        ...(channel === undefined ? {} : { channel }),
        ...(bearer === undefined ? {} : { bearer }),
        ...(setErrorRate === undefined ? {} : { setErrorRate }),
        ...(keepsBurstVolume === undefined ? {} : { keepsBurstVolume })
    };
}

/** The sets that a flow's model would send, at most `count`. */
function setsOf(
    { traffic, name = 'stream', fiveQi, offsetNs }: Flow,
    count: number,
    rng: Rng,
    durationNs: number
): PduSet[] {
    const model = traffic as TrafficModel;
    const deadlineNs = fiveQi === undefined ? model.deadlineNs : fiveQiProfile('fiveQi', fiveQi).delayBudgetNs;
    const source = trafficSource({ ...model, deadlineNs }, rng, offsetNs, durationNs);
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
