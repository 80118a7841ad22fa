/**
 * One run of a cell on virtual time: configuration and flows in, everything that happened out. A pure function of its
 * arguments: the same configuration, flows and seed give the same bytes, the log included.
 */
import { badInput, type Progress, type Rng, throwIfAborted } from '@mixreel/core';
import { type CellConfig, type CellConfigInput, type Fidelity, fidelityOf } from '../config.ts';
import type { LinkCounters } from '../mac/harq.ts';
import { resolveCellConfig } from '../resolve-config.ts';
import { Cell } from './cell.ts';
import type { Flow } from './flow.ts';
import type { FlowKpi } from './flow-kpi.ts';
import { logArrival, logHeader, logState, logUser } from './log.ts';
import type { UserState } from './network-state.ts';
import type { TracedArrival } from './outcome.ts';

/** What a run is given besides its configuration. */
export interface SimulateOptions {
    readonly rng: Rng;
    readonly progress?: Progress;
}

/** What one user experienced. */
export interface UserResult {
    readonly ue: number;
    /** True if all its flows are satisfied (TR 38.838). */
    readonly satisfied: boolean;
    /** Mean relative power of its receiver, a slot of deep sleep being 1; null without DRX. */
    readonly meanPower: number | null;
    readonly flows: readonly FlowKpi[];
}

/** Everything that happened. */
export interface CellResult {
    /** The dial of src/cell/cell.ts: how much of the radio is modelled. */
    readonly fidelity: Fidelity;
    readonly config: CellConfig;
    /** Sets of flows with `pduSets`, by flow and then in the order they were given. */
    readonly arrivals: readonly TracedArrival[];
    /** Network states of all users, by time and then user. */
    readonly states: readonly UserState[];
    readonly users: readonly UserResult[];
    /** JSON lines: the configuration, arrivals in the order they were decided, states, users. */
    readonly log: string;
    /** Slots run, arrivals, transmissions, failures, deliveries, completions. */
    readonly events: number;
    readonly counters: { readonly downlink: Readonly<LinkCounters>; readonly uplink: Readonly<LinkCounters> };
    /** End of the run, ns: the whole tenth of a second in which the last set was decided. */
    readonly endNs: number;
}

/** Simulated time between two progress reports, ns. */
const REPORT_NS = 100_000_000;

/**
 * Runs flows over a cell until the last PDU Set is decided.
 *
 * @param input - What differs from `CELL_DEFAULTS`, or a preset: `cellPreset('city')`.
 * @param flows - At least one.
 * @throws MixreelError `bad-input` for a malformed configuration or flow, `aborted` when the signal is.
 */
export function simulateCell(input: CellConfigInput, flows: readonly Flow[], options: SimulateOptions): CellResult {
    const config = resolveCellConfig(input);
    if (!Array.isArray(flows) || flows.length === 0) {
        throw badInput(
            'the cell has no flows',
            'at least one',
            'Add a flow, such as { ue: 0, traffic: trafficModel("vr-30") }'
        );
    }
    const arrivals: TracedArrival[][] = flows.map(() => []);
    const states: UserState[] = [];
    const lines: string[] = [logHeader(config, flows)];
    const cell = new Cell(config, options.rng, {
        onArrival: (arrival, flow) => {
            (arrivals[flow] as TracedArrival[]).push(arrival);
            lines.push(logArrival(arrival, flow));
        },
        onState: (state) => {
            states.push(state);
            lines.push(logState(state));
        }
    });
    for (const flow of flows) cell.addFlow(flow);
    const lastNs = Math.max(
        ...flows.map((flow) => flow.pduSets?.at(-1)?.timeNs ?? (flow.traffic ? config.durationNs : 0))
    );
    while (cell.pending > 0) {
        throwIfAborted(options.progress, 'simulating the cell');
        cell.advanceTo(cell.nowNs + REPORT_NS);
        options.progress?.report?.(Math.min(cell.nowNs, lastNs) / 1e9, lastNs / 1e9, 'simulating the cell');
    }
    const kpis = cell.kpis();
    const users = usersOf(kpis, cell);
    for (const user of users) lines.push(logUser(user));
    const ordered = arrivals.map((list, i) => inOrder(list, flows[i] as Flow));
    return {
        fidelity: fidelityOf(config),
        config,
        arrivals: ordered.flat(),
        states,
        users,
        log: `${lines.join('\n')}\n`,
        events: cell.events,
        counters: { downlink: { ...cell.counters('downlink') }, uplink: { ...cell.counters('uplink') } },
        endNs: cell.nowNs
    };
}

/** Flows' figures by user. */
export function usersOf(kpis: readonly FlowKpi[], cell: Cell): UserResult[] {
    const byUser = new Map<number, FlowKpi[]>();
    for (const kpi of kpis) byUser.set(kpi.ue, [...(byUser.get(kpi.ue) ?? []), kpi]);
    return [...byUser]
        .sort(([a], [b]) => a - b)
        .map(([ue, flows]) => ({
            ue,
            satisfied: flows.every((flow) => flow.satisfied),
            meanPower: cell.meanPower(ue),
            flows
        }));
}

/** Arrivals in the order in which their sets were given. */
function inOrder(arrivals: readonly TracedArrival[], flow: Flow): TracedArrival[] {
    const place = new Map((flow.pduSets ?? []).map((set, i) => [set, i]));
    return [...arrivals].sort((a, b) => (place.get(a.set) ?? 0) - (place.get(b.set) ?? 0));
}
