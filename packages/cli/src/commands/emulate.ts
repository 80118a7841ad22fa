/** `mixreel emulate`: how many users a cell satisfies, and why the others' frames are late. */
import { Rng } from '@mixreel/core';
import {
    CELL_PRESET_NAMES,
    type CellResult,
    cellPreset,
    type Flow,
    type FlowKpi,
    simulateCell,
    TRAFFIC_NAMES,
    trafficModel
} from '@mixreel/xrnet';
import { type Command, defineCommand } from '../command.ts';
import { writeAtomically } from '../files.ts';
import { choice, decimal, integer, seed, text } from '../option.ts';
import { formatMs, formatTable } from '../table.ts';

export const emulate: Command = defineCommand({
    operands: '',
    operandCount: [0, 0],
    description:
        'Simulates one 5G cell slot by slot and prints what each user got. A user is satisfied if 99 % of its PDU Sets arrive\n' +
        'complete within their delay budget (3GPP TR 38.838).',
    options: {
        users: integer(1, 1000, 4, 'users with a downlink stream each'),
        traffic: choice(TRAFFIC_NAMES, 'vr-30', 'what each user receives (TR 38.838)'),
        preset: choice(CELL_PRESET_NAMES, 'city', 'the cell and the radio'),
        seconds: decimal(0.001, 3600, 5, 'simulated time'),
        loss: decimal(0, 1, 0, 'share of PDUs lost outside the radio'),
        seed: seed(),
        out: text('FILE', 'write the log of every PDU Set as JSON lines', 'o')
    },
    examples: [
        ['mixreel emulate --users 8 --traffic vr-30 --preset city', 'eight users with 30 Mbit/s at 60 frames a second'],
        ['mixreel emulate --users 2 --preset congested --json -o cell.jsonl', 'figures as JSON, and the log']
    ],
    async run(_operands, options, context) {
        const model = trafficModel(options.traffic);
        const flows: Flow[] = Array.from({ length: options.users }, (_, ue) => ({ ue, traffic: model }));
        const config = cellPreset(options.preset, {
            durationNs: Math.round(options.seconds * 1e9),
            unitLossRate: options.loss
        });
        const rng = Rng.create(options.seed).child('emulate');
        const result = simulateCell(config, flows, { rng, progress: context.progress });
        if (options.out !== undefined) await writeAtomically(options.out, result.log);
        const satisfied = result.users.filter((user) => user.satisfied).length;
        const { users, events, endNs } = result;
        const log = options.out ?? null;
        return {
            text: `${describe(result)}\n${satisfied} of ${users.length} users satisfied${log === null ? '' : `; log: ${log}`}`,
            json: { preset: options.preset, traffic: options.traffic, satisfied, events, endNs, users, log }
        };
    }
});

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
