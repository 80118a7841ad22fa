/**
 * The log of a run as JSON lines. Keys are written in a fixed order and numbers by JSON.stringify, so equal runs give equal
 * bytes.
 */
import { type CellConfig, fidelityOf } from '../config.ts';
import type { Flow } from './flow.ts';
import type { UserState } from './network-state.ts';
import type { TracedArrival } from './outcome.ts';
import type { UserResult } from './simulate-cell.ts';

/** Version of the log's format. */
const LOG_VERSION = 1;

/** First line: what was run. */
export function logHeader(config: CellConfig, flows: readonly Flow[]): string {
    return JSON.stringify({
        kind: 'cell',
        version: LOG_VERSION,
        fidelity: fidelityOf(config),
        config,
        flows: flows.map((flow) => ({
            ue: flow.ue,
            direction: flow.direction ?? 'downlink',
            ...(flow.traffic ? { traffic: flow.traffic } : { sets: flow.pduSets?.length ?? 0 })
        }))
    });
}

/** One PDU Set's fate. */
export function logArrival(arrival: TracedArrival, flow: number): string {
    const { set } = arrival;
    return JSON.stringify({
        kind: 'set',
        timeNs: set.timeNs,
        flow,
        ue: arrival.ue,
        stream: set.stream,
        sequence: set.sequence,
        importance: set.importance,
        bytes: set.units.reduce((sum, unit) => sum + unit.length, 0),
        units: set.units.length,
        received: arrival.received.reduce((sum, unit) => sum + (unit ? 1 : 0), 0),
        outcome: arrival.outcome,
        late: arrival.late,
        arrivedNs: arrival.arrivedNs,
        delayNs: arrival.delayNs,
        reason: arrival.reason
    });
}

/** One network state. */
export function logState(state: UserState): string {
    return JSON.stringify({
        kind: 'state',
        timeNs: state.timeNs,
        ue: state.ue,
        direction: state.direction,
        recommendedRateBps: state.recommendedRateBps,
        congestionMarks: state.congestionMarks,
        frameDelayNs: state.frameDelayNs,
        burstOffsetNs: state.burstOffsetNs
    });
}

/** One user's summary. */
export function logUser(user: UserResult): string {
    return JSON.stringify({ kind: 'user', ...user });
}
