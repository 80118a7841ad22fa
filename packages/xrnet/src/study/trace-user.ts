/**
 * One user of one run looked at closely: its first flow's PDU Sets with what became of each. The sets are those that the model
 * would have sent, made real, so that the cell keeps a record of every one.
 */
import { badInput, type PduSet } from '@mixreel/core';
import { Cell } from '../cell/cell.ts';
import type { TracedArrival } from '../cell/outcome.ts';
import { trafficSource, UNIT_PAYLOAD_BYTES } from '../traffic/sources.ts';
import { flowsOf, type NetworkScenario } from './scenario.ts';
import { rngOf, type StudyRun } from './study.ts';

/**
 * The first `sets` PDU Sets of user 0's first flow in a run of a study.
 *
 * A video source that answers the network (`rateControl`, `followsOffset`) is taken as it would be without the answers.
 */
export function traceUser(scenario: NetworkScenario, run: StudyRun, sets: number): TracedArrival[] {
    const variant = scenario.variants[run.variant];
    if (!variant || !(sets >= 1)) {
        throw badInput(
            `variant ${run.variant}, ${sets} sets are to be traced`,
            'a variant, 1 set or more',
            'Ask for those'
        );
    }
    const arrivals: TracedArrival[] = [];
    const cell = new Cell(variant.cell, rngOf(scenario, run.seed), {
        onArrival: (arrival) => {
            arrivals.push(arrival);
        }
    });
    const [first, ...others] = flowsOf(variant.flows, run.users);
    if (!first?.traffic) return [];
    const { traffic, name = 'stream', direction = 'downlink' } = first;
    const rng = rngOf(scenario, run.seed).child('ue', 0, direction, 'flow', 0);
    const source = trafficSource(traffic, rng, undefined, variant.cell.durationNs);
    const pduSets: PduSet[] = [];
    while (pduSets.length < sets && source.next()) {
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
    cell.addFlow({ ue: 0, name, direction, pduSets });
    for (const flow of others) cell.addFlow(flow);
    const lastNs = (pduSets.at(-1)?.timeNs ?? 0) + 1e9;
    while (arrivals.length < pduSets.length && cell.nowNs < lastNs + 10e9) cell.advanceTo(cell.nowNs + 1e8);
    return arrivals.sort((a, b) => a.set.sequence - b.set.sequence);
}

function unitsOf(sizeBytes: number): Uint8Array[] {
    const units: Uint8Array[] = [];
    for (let left = sizeBytes; left > 0; left -= UNIT_PAYLOAD_BYTES) {
        units.push(new Uint8Array(Math.min(left, UNIT_PAYLOAD_BYTES)));
    }
    return units;
}
