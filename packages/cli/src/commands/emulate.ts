/** `mixreel emulate`: how many users a cell satisfies, and why the others' frames are late. */
import { badInput, Rng } from '@mixreel/core';
import { renderHtml } from '@mixreel/harness';
import {
    CELL_PRESET_NAMES,
    type CellResult,
    cellPreset,
    type Flow,
    type FlowKpi,
    simulateCell,
    studyResult,
    TRAFFIC_NAMES,
    trafficModel
} from '@mixreel/xrnet';
import { openScenario, partJson, readParts, simulate } from '../chain/study-files.ts';
import { capacityText, fidelitiesOf, POINT_COLUMNS, pointRow, pointsCsv, studyReport } from '../chain/study-report.ts';
import { type Command, type CommandContext, defineCommand, type Outcome } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { choice, decimal, ifGiven, integer, type OptionValues, seed, text } from '../option.ts';
import { count, formatMs, formatTable } from '../table.ts';

/** What a run without a scenario file starts from. */
const STANDARD = { users: 4, traffic: 'vr-30', preset: 'city', seconds: 5, loss: 0, seed: 1 } as const;

const OPTIONS = {
    users: ifGiven(integer(1, 1000, STANDARD.users, 'users with a downlink stream each')),
    traffic: ifGiven(choice(TRAFFIC_NAMES, STANDARD.traffic, 'what each user receives (TR 38.838)')),
    preset: ifGiven(choice(CELL_PRESET_NAMES, STANDARD.preset, 'the cell and the radio')),
    seconds: ifGiven(decimal(0.001, 3600, STANDARD.seconds, 'simulated time')),
    loss: ifGiven(decimal(0, 1, STANDARD.loss, 'share of PDUs lost outside the radio')),
    seed: ifGiven(seed()),
    out: text('FILE', 'write the log of every PDU Set as JSON lines; of a scenario: the outcomes, as a part', 'o'),
    workers: ifGiven(integer(0, 256, 0, 'scenario: threads; without it as many as there are cores')),
    shard: text('I/N', 'scenario: simulate this part of the runs, for --out'),
    parts: text('FILES', 'scenario: put these parts together instead of simulating, with commas between'),
    csv: text('FILE.csv', 'scenario: every point as a table'),
    report: text('FILE.html', 'scenario: plots of satisfied users, delays, causes, and the packets of one frame'),
    user: ifGiven(integer(0, 9999, 0, 'with --report: whose frames the timelines show')),
    frame: ifGiven(integer(0, 999_999, 0, 'with --report: whose packets; default: the worst of the first 240'))
};

type EmulateOptions = OptionValues<typeof OPTIONS>;

export const emulate: Command = defineCommand({
    operands: '[SCENARIO.json]',
    operandCount: [0, 1],
    description:
        'Simulates a 5G cell slot by slot and prints what each user got. A user is satisfied if 99 % of its PDU Sets arrive\n' +
        'complete within their delay budget (3GPP TR 38.838). A scenario file sweeps users, seeds and variants of the\n' +
        'mechanisms on all cores: {"format": "mixreel-network/1", "preset": "city", "users": [4, 8, 12], "seeds": 5,\n' +
        '"flows": [{"traffic": "vr-30"}], "variants": {"on": {}, "off": {"cell": {"scheduler": "pf"}}}}. With\n' +
        '"network": {"place": "umi"} it has coupled cells, and "users" counts those of each.',
    options: OPTIONS,
    examples: [
        ['mixreel emulate --users 8 --traffic vr-30 --preset city', 'eight users with 30 Mbit/s at 60 frames a second'],
        ['mixreel emulate --users 2 --preset congested --json -o cell.jsonl', 'figures as JSON, and the log'],
        ['mixreel emulate study.json --report study.html --csv study.csv', 'a sweep, with plots'],
        ['mixreel emulate study.json --report study.html --user 3 --frame 40', "why that frame's packets were late"],
        ['mixreel emulate study.json --shard 1/2 -o part-1.json', 'half of it, on one of two machines'],
        ['mixreel emulate study.json --parts part-1.json,part-2.json', 'the halves put together']
    ],
    async run([path], options, context) {
        return path === undefined ? emulateCell(options, context) : emulateStudy(path, options, context);
    }
});

async function emulateCell(options: EmulateOptions, context: CommandContext): Promise<Outcome> {
    for (const name of ['workers', 'shard', 'parts', 'csv', 'report', 'user', 'frame'] as const) {
        if (options[name] === undefined) continue;
        throw badInput(`--${name} is given without a scenario file`, 'a scenario file', 'Name one, or leave it out');
    }
    const { users, traffic, preset, seconds, loss, seed: root } = { ...STANDARD, ...defined(options) };
    const model = trafficModel(traffic);
    const flows: Flow[] = Array.from({ length: users }, (_, ue) => ({ ue, traffic: model }));
    const config = cellPreset(preset, { durationNs: Math.round(seconds * 1e9), unitLossRate: loss });
    const rng = Rng.create(root).child('emulate');
    const result = simulateCell(config, flows, { rng, progress: context.progress });
    if (options.out !== undefined) await writeAtomically(options.out, result.log);
    const satisfied = result.users.filter((user) => user.satisfied).length;
    const log = options.out ?? null;
    return {
        text: `${describe(result)}\n${satisfied} of ${result.users.length} users satisfied${log === null ? '' : `; log: ${log}`}`,
        json: { preset, traffic, satisfied, events: result.events, endNs: result.endNs, users: result.users, log }
    };
}

async function emulateStudy(path: string, options: EmulateOptions, context: CommandContext): Promise<Outcome> {
    for (const name of Object.keys(STANDARD) as (keyof typeof STANDARD)[]) {
        if (options[name] === undefined) continue;
        throw badInput(`--${name} is given beside a scenario file`, `"${name}" in the file`, `Write it into ${path}`);
    }
    if (options.csv !== undefined) extensionOf(options.csv, ['csv'], 'the table');
    if (options.report !== undefined) extensionOf(options.report, ['html'], 'the report');
    const { shard, workers, parts, user, frame } = options;
    if (options.report === undefined && (user !== undefined || frame !== undefined)) {
        throw badInput(
            '--user or --frame is given without --report',
            'a report to show them in',
            'Add --report FILE.html'
        );
    }
    if (shard !== undefined && parts !== undefined) {
        throw badInput(
            '--shard and --parts are both given',
            'one of them',
            'Simulate first, then put the parts together'
        );
    }
    if (shard !== undefined && options.out === undefined) {
        throw badInput('--shard is given without --out', 'a file for the part', 'Add -o part.json');
    }
    const file = await openScenario(path);
    const outcomes =
        parts === undefined
            ? await simulate(file, { shard, workers, progress: context.progress })
            : await readParts(file, parts.split(','));
    if (options.out !== undefined) await writeAtomically(options.out, partJson(file, outcomes));
    if (shard !== undefined) {
        return {
            text: `${options.out}: ${count(outcomes.length, 'run')} of shard ${shard}`,
            json: { out: options.out, shard, outcomes }
        };
    }
    const result = studyResult(file.scenario, outcomes);
    const provenance = {
        scenario: path,
        sha256: file.digest,
        runs: String(outcomes.length),
        fidelity: fidelitiesOf(file.scenario)
    };
    if (options.csv !== undefined) await writeAtomically(options.csv, pointsCsv(result.points));
    if (options.report !== undefined) {
        await writeAtomically(
            options.report,
            renderHtml(studyReport(file.scenario, result, provenance, { user, frame }))
        );
    }
    const table = formatTable(
        POINT_COLUMNS,
        result.points.map((point) => pointRow(point).map((value) => String(value ?? '-')))
    );
    const capacities = result.capacities.map(
        ({ variant, users }) => `capacity, ${variant}: ${capacityText(file.scenario, users)} users`
    );
    const files = [options.csv, options.report].filter((name) => name !== undefined);
    return {
        text: [table, ...capacities, ...files].join('\n'),
        json: {
            scenario: path,
            points: result.points,
            // JSON has no infinity: the text says on which side of the loads a capacity lies.
            capacities: result.capacities.map((capacity) => ({
                ...capacity,
                text: capacityText(file.scenario, capacity.users)
            })),
            events: result.events,
            files
        }
    };
}

/** Options that were given. */
function defined<T extends object>(options: T): { [K in keyof T]: NonNullable<T[K]> } {
    return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
        [K in keyof T]: NonNullable<T[K]>;
    };
}

/** One row a flow. */
function describe(result: CellResult): string {
    const rows = result.users.flatMap((user) => user.flows).map(row);
    return formatTable(['user', 'sets', 'in time', 'mean', 'p99', 'queue', 'TDD', 'air', 'HARQ', 'satisfied'], rows);
}

function row(flow: FlowKpi): string[] {
    const { queueing, tdd, transmission, harq } = flow.meanCausesNs;
    return [
        String(flow.ue),
        String(flow.sets),
        `${(100 * flow.inTimeShare).toFixed(2)} %`,
        formatMs(flow.meanDelayNs),
        formatMs(flow.p99DelayNs),
        ...[queueing, tdd, transmission, harq].map(formatMs),
        flow.satisfied ? 'yes' : 'no'
    ];
}
