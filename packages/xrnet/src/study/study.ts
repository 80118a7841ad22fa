/**
 * A study: every variant, load and seed of a scenario run once, each a pure function of the scenario and its place in it, so
 * that workers and machines can share the runs and the sum does not depend on who did which.
 */
import { badInput, type Progress, studentTwoSidedQuantile, throwIfAborted } from '@mixreel/core';
import type { Cell } from '../cell/cell.ts';
import type { FlowKpi } from '../cell/flow-kpi.ts';
import { CAPACITY_SHARE } from './capacity.ts';
import { cellCount, type NetworkScenario, type ScenarioVariant } from './scenario.ts';
import { openWorld, type StudyRun, variantOf } from './world.ts';

/** Width of a bin of {@link RunOutcome.delays}, ns: fine enough for budgets of 5 ms and more. */
export const DELAY_BIN_NS = 250_000;
/** Bins: the last holds everything from 100 ms on. */
export const DELAY_BINS = 401;

/** What one run found. Small, so that a thousand of them fit a file. */
export interface RunOutcome extends StudyRun {
    /** Users, of all cells, of which every flow got 99 % of its PDU Sets complete in time. */
    readonly satisfied: number;
    readonly sets: number;
    readonly inTime: number;
    readonly deliveredBytes: number;
    /** Sum of the delays of complete sets by cause, ns. */
    readonly causesNs: Readonly<Record<string, number>>;
    /** Complete sets by delay, bins of {@link DELAY_BIN_NS}; trailing zeros left out. */
    readonly delays: readonly number[];
    /** Mean relative power of the users' receivers, a slot of deep sleep being 1 (src/mac/drx-listener.ts); null without DRX. */
    readonly power: number | null;
    /** What the simulator did: slots, arrivals, transmissions, completions. */
    readonly events: number;
}

/** Every run of a scenario: variants, in them loads, in them seeds. */
export function studyRuns(scenario: NetworkScenario): StudyRun[] {
    const runs: StudyRun[] = [];
    for (let variant = 0; variant < scenario.variants.length; variant++) {
        for (const users of scenario.users) {
            for (let seed = 0; seed < scenario.seeds; seed++) runs.push({ run: runs.length, variant, users, seed });
        }
    }
    return runs;
}

/** Simulated time between two looks at the signal, ns. */
const STEP_NS = 500_000_000;

/** Does one run. Same scenario and run, same outcome, on every machine. */
export function doStudyRun(scenario: NetworkScenario, run: StudyRun, progress?: Progress): RunOutcome {
    const world = openWorld(scenario, run);
    while (world.pending > 0) {
        throwIfAborted(progress, 'simulating the cell');
        world.advanceTo(world.nowNs + STEP_NS);
    }
    const bins = new Array<number>(DELAY_BINS).fill(0);
    const causesNs: Record<string, number> = {};
    const kpis: FlowKpi[] = [];
    let unsatisfied = 0;
    for (const cell of world.cells) {
        const own = cell.kpis();
        unsatisfied += new Set(own.filter(({ satisfied }) => !satisfied).map(({ ue }) => ue)).size;
        kpis.push(...own);
        for (const { flow } of own) addDelays(bins, cell.delaysNs(flow));
    }
    for (const kpi of kpis) {
        for (const [cause, mean] of Object.entries(kpi.meanCausesNs)) {
            causesNs[cause] = (causesNs[cause] ?? 0) + mean * kpi.complete;
        }
    }
    const sum = (of: (kpi: FlowKpi) => number): number => kpis.reduce((total, kpi) => total + of(kpi), 0);
    return {
        ...run,
        satisfied: run.users * world.cells.length - unsatisfied,
        sets: sum((kpi) => kpi.sets),
        inTime: sum((kpi) => kpi.inTime),
        deliveredBytes: sum((kpi) => kpi.deliveredBytes),
        causesNs,
        delays: bins.slice(0, bins.findLastIndex((value) => value > 0) + 1),
        power: powerOf(world.cells),
        events: world.cells.reduce((total, cell) => total + cell.events, 0)
    };
}

function powerOf(cells: readonly Cell[]): number | null {
    const powers = cells.flatMap((cell) =>
        [...new Set(cell.kpis().map(({ ue }) => ue))].map((ue) => cell.meanPower(ue)).filter((power) => power !== null)
    );
    return powers.length === 0 ? null : powers.reduce((sum, power) => sum + power, 0) / powers.length;
}

function addDelays(bins: number[], delaysNs: Float64Array): void {
    for (const delay of delaysNs) {
        const bin = Math.min(DELAY_BINS - 1, Math.floor(delay / DELAY_BIN_NS));
        bins[bin] = (bins[bin] as number) + 1;
    }
}

/** One load of one variant, over its seeds. */
export interface StudyPoint {
    readonly variant: string;
    /** In the cell; of coupled cells in each. */
    readonly users: number;
    readonly seeds: number;
    /** Mean share of satisfied users, 0 to 1. */
    readonly satisfied: number;
    /** Half of its 95 % interval over seeds (Student); null with one seed. */
    readonly satisfiedHalf: number | null;
    /** PDU Sets complete in time over all. */
    readonly inTime: number;
    /** Of complete sets, ns; null if there is none. The upper edge of the bin, so never too small. */
    readonly p50Ns: number | null;
    readonly p99Ns: number | null;
    readonly meanNs: number | null;
    /** Mean delay by cause, ns. */
    readonly causesNs: Readonly<Record<string, number>>;
    /** Delivered to one user, bit/s. */
    readonly rateBps: number;
    /** Mean of {@link RunOutcome.power}; null without DRX. */
    readonly power: number | null;
    /** Complete sets by delay, see {@link RunOutcome.delays}. */
    readonly delays: readonly number[];
}

/** Points and capacities. */
export interface StudyResult {
    readonly points: readonly StudyPoint[];
    /**
     * Users of which 90 % are satisfied, by variant, interpolated between loads; Infinity if every load passes (more would
     * fit), null if none does and 1 user is not among the loads.
     */
    readonly capacities: readonly { readonly variant: string; readonly users: number | null }[];
    readonly events: number;
}

/** Puts outcomes together. @throws MixreelError `bad-input` unless every run is there exactly once. */
export function studyResult(scenario: NetworkScenario, outcomes: readonly RunOutcome[]): StudyResult {
    const runs = studyRuns(scenario);
    const byRun = new Map(outcomes.map((outcome) => [outcome.run, outcome]));
    const missing = runs.filter(({ run }) => !byRun.has(run)).length;
    if (missing > 0 || outcomes.length !== runs.length) {
        throw badInput(
            `${outcomes.length} outcomes came, ${missing} of ${runs.length} runs are missing`,
            'every run once',
            'Pass the parts of all shards of one scenario, each once'
        );
    }
    const points: StudyPoint[] = [];
    for (let first = 0; first < runs.length; first += scenario.seeds) {
        const group = runs.slice(first, first + scenario.seeds).map(({ run }) => byRun.get(run) as RunOutcome);
        points.push(pointOf(variantOf(scenario, (group[0] as RunOutcome).variant), group));
    }
    const capacities = scenario.variants.map(({ name }) => ({
        variant: name,
        users: capacityFrom(points.filter(({ variant }) => variant === name))
    }));
    return { points, capacities, events: outcomes.reduce((sum, { events }) => sum + events, 0) };
}

function pointOf(variant: ScenarioVariant, group: readonly RunOutcome[]): StudyPoint {
    const users = group[0]?.users ?? 0;
    const everybody = users * cellCount(variant);
    const shares = group.map(({ satisfied }) => satisfied / everybody);
    const total = (of: (outcome: RunOutcome) => number): number => group.reduce((sum, outcome) => sum + of(outcome), 0);
    const satisfied = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - satisfied) ** 2, 0) / Math.max(1, shares.length - 1);
    const delays = Array.from({ length: Math.max(...group.map((outcome) => outcome.delays.length)) }, (_, i) =>
        total((outcome) => outcome.delays[i] ?? 0)
    );
    const complete = delays.reduce((sum, value) => sum + value, 0);
    const causesNs: Record<string, number> = {};
    for (const cause of Object.keys(group[0]?.causesNs ?? {})) {
        causesNs[cause] = complete === 0 ? 0 : total((outcome) => outcome.causesNs[cause] ?? 0) / complete;
    }
    const seconds = (variant.cell.durationNs / 1e9) * group.length;
    return {
        variant: variant.name,
        users,
        seeds: group.length,
        satisfied,
        satisfiedHalf:
            group.length < 2
                ? null
                : studentTwoSidedQuantile(0.95, group.length - 1) * Math.sqrt(variance / group.length),
        inTime:
            total((outcome) => outcome.inTime) /
            Math.max(
                1,
                total((outcome) => outcome.sets)
            ),
        p50Ns: quantile(delays, complete, 0.5),
        p99Ns: quantile(delays, complete, 0.99),
        meanNs: complete === 0 ? null : Object.values(causesNs).reduce((sum, value) => sum + value, 0),
        causesNs,
        rateBps: (8 * total((outcome) => outcome.deliveredBytes)) / seconds / everybody,
        power: group.some(({ power }) => power === null) ? null : total(({ power }) => power ?? 0) / group.length,
        delays
    };
}

function quantile(delays: readonly number[], complete: number, q: number): number | null {
    let below = 0;
    for (const [bin, count] of delays.entries()) {
        below += count;
        if (complete > 0 && below >= q * complete) return (bin + 1) * DELAY_BIN_NS;
    }
    return null;
}

/** Where the share first falls below 90 %, between the loads that were run. */
function capacityFrom(points: readonly StudyPoint[]): number | null {
    const ordered = [...points].sort((a, b) => a.users - b.users);
    const failing = ordered.findIndex(({ satisfied }) => satisfied < CAPACITY_SHARE);
    if (failing < 0) return Infinity;
    const high = ordered[failing] as StudyPoint;
    if (failing === 0 && high.users > 1) return null;
    const low = ordered[failing - 1] ?? { users: 0, satisfied: 1 };
    const part = (low.satisfied - CAPACITY_SHARE) / (low.satisfied - high.satisfied);
    return low.users + part * (high.users - low.users);
}
