/** The report of a network study: who is satisfied at which load, how long sets take, and why some come late. */
import { badInput } from '@mixreel/core';
import { type Report, type Section, timelineEntries } from '@mixreel/harness';
import {
    CAPACITY_SHARE,
    cellCount,
    DELAY_BIN_NS,
    fidelityOf,
    type NetworkScenario,
    type StudyPoint,
    type StudyResult,
    type StudyRun,
    studyRuns,
    type TracedArrival,
    tracedPackets,
    traceUser
} from '@mixreel/xrnet';
import { count } from '../table.ts';

/** PDU Sets that the timeline shows, and among how many the one that fared worst is looked for. */
const SHOWN_SETS = 24;
const TRACED_SETS = 240;

/** The fidelity of the variants, in words. */
export function fidelitiesOf({ variants }: NetworkScenario): string {
    return [...new Set(variants.map(({ cell }) => fidelityOf(cell)))].sort().join(' and ');
}

/** What the loads count, in words. */
function loadsOf({ users, variants }: NetworkScenario): string {
    const cells = [...new Set(variants.map(cellCount))].sort((a, b) => a - b);
    return `${users.join(', ')} users${cells.some((number) => number > 1) ? ` a cell, ${cells.join(' and ')} cells` : ''}`;
}

/** What the timelines show. */
export interface TimelineChoice {
    /** Whose sets, from 0; default 0. Of coupled cells the first one's users come first. */
    readonly user?: number | undefined;
    /** The PDU Set of its first flow whose packets are shown, counted from 0; default: the one that fared worst of the first. */
    readonly frame?: number | undefined;
}

/** See the file comment. */
export function studyReport(
    scenario: NetworkScenario,
    result: StudyResult,
    provenance: Readonly<Record<string, string>>,
    choice: TimelineChoice = {}
): Report {
    const load = tellingLoad(scenario, result);
    const at = result.points.filter(({ users }) => users === load);
    const deadlineMs = (scenario.variants[0]?.flows[0]?.traffic.deadlineNs ?? 0) / 1e6;
    return {
        title: scenario.title,
        subtitle: `${count(scenario.variants.length, 'variant')}, ${loadsOf(scenario)}, ${count(scenario.seeds, 'seed')}; fidelity ${fidelitiesOf(scenario)}`,
        status: 'passed',
        figures: result.capacities.map(({ variant, users }) => ({
            label: `Capacity, ${variant}`,
            value: capacityText(scenario, users),
            unit: 'users',
            note: '90 % of users satisfied, between the loads'
        })),
        cases: [],
        sections: [
            satisfiedPlot(scenario, result),
            {
                kind: 'plot',
                title: `Delay of PDU Sets with ${count(load, 'user')}`,
                id: 'delay',
                note: 'Share of all complete sets that took no longer.',
                x: { label: 'delay', unit: 'ms' },
                y: { label: 'share', unit: '%', range: [0, 100] },
                series: at.map((point) => ({ name: point.variant, style: 'step', points: distribution(point) })),
                marks: [{ axis: 'x', value: deadlineMs, label: 'budget' }]
            },
            causesTable(at, load),
            ...timeline(scenario, load, choice),
            pointTable(result.points)
        ],
        provenance
    };
}

/** A capacity, or on which side of the loads it lies. */
export function capacityText({ users: loads }: NetworkScenario, users: number | null): string {
    if (users === Infinity) return `above ${Math.max(...loads)}`;
    return users === null ? `below ${Math.min(...loads)}` : users.toFixed(2);
}

/** A row of figures for each point: the report's table and the CSV file. */
export const POINT_COLUMNS: readonly string[] = [
    'variant',
    'users',
    'seeds',
    'satisfied',
    'plus or minus',
    'in time',
    'mean ms',
    'p50 ms',
    'p99 ms',
    'Mbit/s a user',
    'power'
];

/** See {@link POINT_COLUMNS}. */
export function pointRow(point: StudyPoint): (string | number | null)[] {
    const ms = (ns: number | null): number | null => (ns === null ? null : round(ns / 1e6, 3));
    return [
        point.variant,
        point.users,
        point.seeds,
        round(point.satisfied, 4),
        point.satisfiedHalf === null ? null : round(point.satisfiedHalf, 4),
        round(point.inTime, 5),
        ms(point.meanNs),
        ms(point.p50Ns),
        ms(point.p99Ns),
        round(point.rateBps / 1e6, 3),
        point.power === null ? null : round(point.power, 2)
    ];
}

/** The points as a CSV file (RFC 4180). */
export function pointsCsv(points: readonly StudyPoint[]): string {
    const cell = (value: string | number | null): string => {
        const text = value === null ? '' : String(value);
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return [POINT_COLUMNS, ...points.map(pointRow)].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** The load that tells most: the largest that some variant still carries, or the smallest of all. */
function tellingLoad(scenario: NetworkScenario, { points }: StudyResult): number {
    const loads = points.filter(({ satisfied }) => satisfied >= CAPACITY_SHARE).map(({ users }) => users);
    return loads.length > 0 ? Math.max(...loads) : Math.min(...scenario.users);
}

function satisfiedPlot(scenario: NetworkScenario, { points }: StudyResult): Section {
    return {
        kind: 'plot',
        title: 'Satisfied users against load',
        id: 'satisfied',
        note: 'A user is satisfied if 99 % of the PDU Sets of each of its flows arrive complete in time (TR 38.838).',
        x: { label: 'users' },
        y: { label: 'satisfied', unit: '%', range: [0, 100] },
        series: scenario.variants.map(({ name }) => ({
            name,
            style: 'line',
            points: points
                .filter(({ variant }) => variant === name)
                .sort((a, b) => a.users - b.users)
                .map(({ users, satisfied }) => [users, 100 * satisfied] as const)
        })),
        marks: [{ axis: 'y', value: 90, label: '90 %' }]
    };
}

function distribution({ delays }: StudyPoint): (readonly [number, number])[] {
    const total = delays.reduce((sum, value) => sum + value, 0);
    let below = 0;
    return delays.map((value, bin) => {
        below += value;
        return [((bin + 1) * DELAY_BIN_NS) / 1e6, (100 * below) / Math.max(1, total)] as const;
    });
}

function causesTable(points: readonly StudyPoint[], load: number): Section {
    const causes = Object.keys(points[0]?.causesNs ?? {});
    return {
        kind: 'table',
        title: `What the delay is made of, ${count(load, 'user')}`,
        id: 'causes',
        note: 'Mean ms of complete sets.',
        columns: ['variant', ...causes],
        rows: points.map((point) => [
            point.variant,
            ...causes.map((cause) => round((point.causesNs[cause] ?? 0) / 1e6, 3))
        ])
    };
}

/** For each variant a user's sets around a frame, and the packets of that one, or of the one that fared worst. */
function timeline(scenario: NetworkScenario, load: number, { user = 0, frame }: TimelineChoice): Section[] {
    const users = load * Math.min(...scenario.variants.map(cellCount));
    if (user >= users) {
        throw badInput(
            `--user is ${user}`,
            `0 to ${users - 1}: the report shows ${count(users, 'user')}`,
            'Name one of them'
        );
    }
    return scenario.variants.flatMap(({ name }, variant): Section[] => {
        const run = studyRuns(scenario).find((r) => r.variant === variant && r.users === load) as StudyRun;
        const { traced, chosen, from } = lookAt(scenario, run, user, frame);
        const sets: Section = {
            kind: 'timeline',
            title: `User ${user}'s sets from ${from} on, ${name}`,
            id: `timeline-${variant}`,
            note: `Each set from hand-over to arrival against its budget, one of ${count(load, 'user')}, seed ${run.seed}.`,
            entries: timelineEntries(
                traced.filter(({ set }) => set.sequence >= from && set.sequence < from + SHOWN_SETS)
            )
        };
        if (!chosen) return [sets];
        const whole = `The set that fared worst of the first ${traced.length}`;
        return [sets, packets(chosen, name, variant, frame === undefined ? whole : `Set ${frame} of user ${user}`)];
    });
}

/** A user's sets around a frame; without one, many, and that which fared worst. `from`: the first to be shown. */
function lookAt(
    scenario: NetworkScenario,
    run: StudyRun,
    user: number,
    frame: number | undefined
): { traced: TracedArrival[]; chosen: TracedArrival | undefined; from: number } {
    if (frame === undefined) {
        const traced = traceUser(scenario, run, TRACED_SETS, { ue: user });
        const chosen = worstOf(traced);
        return { traced, chosen, from: chosen ? around(chosen.set.sequence) : 0 };
    }
    const traced = traceUser(scenario, run, SHOWN_SETS, { ue: user, first: around(frame) });
    const chosen = traced.find(({ set }) => set.sequence === frame);
    if (chosen) return { traced, chosen, from: around(frame) };
    throw badInput(
        `--frame is ${frame}`,
        `a set that user ${user} is sent in ${scenario.variants[run.variant]?.cell.durationNs ?? 0} ns`,
        'Name an earlier one'
    );
}

/** The first of the sets that are shown with one. */
function around(sequence: number): number {
    return Math.max(0, sequence - SHOWN_SETS / 2);
}

/** The packets of one set, each with what its delay is made of and why it was late. */
function packets(arrival: TracedArrival, variant: string, place: number, what: string): Section {
    const { set, arrivedNs, reason } = arrival;
    const took =
        arrivedNs === null
            ? 'never came'
            : `took ${round((arrivedNs - set.timeNs) / 1e6, 2)} of its ${set.deadlineNs / 1e6} ms`;
    return {
        kind: 'timeline',
        title: `Packets of set ${set.sequence}, ${variant}`,
        id: `packets-${place}`,
        note: `${what}: it ${took}${reason === null ? '' : `, because of ${reason}`}.`,
        of: 'packets',
        entries: tracedPackets(arrival).map((packet, i) => ({
            label: `packet ${i}`,
            stream: set.stream,
            frame: i,
            sentNs: set.timeNs,
            arrivedNs: packet.arrivedNs,
            deadlineNs: set.deadlineNs,
            outcome: packet.arrivedNs === null ? 'lost' : 'complete',
            late: packet.late,
            reason: packet.reason,
            delayNs: packet.delayNs,
            sizeBytes: packet.sizeBytes
        }))
    };
}

/** What never came is worse than what is not whole, and that than what came last. */
function worstOf(arrivals: readonly TracedArrival[]): TracedArrival | undefined {
    const rank = ({ outcome, arrivedNs, set }: TracedArrival): number =>
        ['complete', 'incomplete', 'lost'].indexOf(outcome) * 1e12 + (arrivedNs ?? set.timeNs) - set.timeNs;
    return arrivals.toSorted((a, b) => rank(b) - rank(a))[0];
}

function pointTable(points: readonly StudyPoint[]): Section {
    return { kind: 'table', title: 'All points', id: 'points', columns: POINT_COLUMNS, rows: points.map(pointRow) };
}

function round(value: number, digits: number): number {
    return Number(value.toFixed(digits));
}
