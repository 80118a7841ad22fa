/** The way that live traffic takes, from options: a cell with other users, a recorded link, or a line of four numbers. */
import { extname } from 'node:path';
import { badInput } from '@mixreel/core';
import {
    type CellPresetName,
    cellPreset,
    type LiveModel,
    readCsvTrace,
    readMahimahiTrace,
    replayUser,
    studyRuns,
    type TrafficName,
    trafficModel
} from '@mixreel/xrnet';
import { readInput } from '../files.ts';
import { openScenario } from './study-files.ts';
import { fidelitiesOf } from './study-report.ts';

/** Exactly one of `preset`, `trace` and the four numbers. */
export interface NetworkWayOptions {
    readonly preset: CellPresetName | undefined;
    /** Other users of the cell, and what they receive. */
    readonly users: number;
    readonly traffic: TrafficName;
    /** A mahimahi trace, or a table that ends in .csv. */
    readonly trace: string | undefined;
    readonly delayMs: number | undefined;
    readonly jitterMs: number | undefined;
    readonly rateMbps: number | undefined;
    readonly loss: number | undefined;
    /** A scenario file of `mixreel emulate`, one of whose users' places is taken. */
    readonly replay?: ReplayOptions | undefined;
    readonly seed: number | string;
}

/** Which user of a study is replayed. */
export interface ReplayOptions {
    readonly path: string;
    readonly user: number;
    /** One of the loads; default: the largest. */
    readonly load: number | undefined;
    /** A variant by name; default: the first. */
    readonly variant: string | undefined;
}

/** The way as data, to be opened in this thread or in another, and what it is in words. */
export interface NetworkWay {
    readonly model: LiveModel;
    readonly description: string;
    /** Users of the cell, the live one included; 1 where it is none. */
    readonly users: number;
}

/** Longest simulated time of a live cell's other users: an hour, the most a configuration takes. */
const LIVE_NS = 3.6e12;

/** See the file comment. Throws `bad-input` where two kinds of way are mixed. */
export async function networkWay(options: NetworkWayOptions): Promise<NetworkWay> {
    const { preset, trace, delayMs, jitterMs, rateMbps, loss } = options;
    const line = [delayMs, jitterMs, rateMbps, loss].some((value) => value !== undefined);
    const { replay } = options;
    const kinds = [preset !== undefined, trace !== undefined, line, replay !== undefined];
    if (kinds.filter(Boolean).length > 1) {
        throw badInput(
            'two kinds of way are given',
            '--preset, --trace, --replay, or some of --delay --jitter --rate --loss',
            'Leave one kind out'
        );
    }
    if (trace !== undefined) return traceWay(trace);
    if (replay !== undefined) return replayWay(replay);
    const { seed } = options;
    if (line) {
        const settings = {
            delayNs: Math.round((delayMs ?? 0) * 1e6),
            jitterNs: Math.round((jitterMs ?? 0) * 1e6),
            rateBps: (rateMbps ?? 1000) * 1e6,
            lossRate: loss ?? 0
        };
        return {
            model: { kind: 'line', toServer: settings, toClient: settings, seed },
            description: `a line of ${rateMbps ?? 1000} Mbit/s, ${delayMs ?? 0} ms, jitter ${jitterMs ?? 0} ms, loss ${loss ?? 0} (L0)`,
            users: 1
        };
    }
    const traffic = trafficModel(options.traffic);
    const background = Array.from({ length: options.users }, (_, i) => ({ ue: i + 1, traffic }));
    const config = cellPreset(preset ?? 'city', { durationNs: LIVE_NS });
    return {
        model: { kind: 'cell', config, seed, background },
        description: `a 5G cell, preset ${preset ?? 'city'}, ${options.users} other users of ${options.traffic} (L1)`,
        users: options.users + 1
    };
}

async function traceWay(path: string): Promise<NetworkWay> {
    const text = new TextDecoder().decode(await readInput(path, 'the trace'));
    const times = extname(path).toLowerCase() === '.csv' ? readCsvTrace(text) : readMahimahiTrace(text);
    return {
        model: { kind: 'trace', toServer: times, toClient: times },
        description: `the recorded link ${path} (L0)`,
        users: 1
    };
}

async function replayWay({ path, user, load, variant }: ReplayOptions): Promise<NetworkWay> {
    const { scenario } = await openScenario(path);
    const users = load ?? Math.max(...scenario.users);
    const name = variant ?? scenario.variants[0]?.name;
    const run = studyRuns(scenario).find((r) => r.users === users && scenario.variants[r.variant]?.name === name);
    if (!run) {
        throw badInput(
            `${path} has no variant "${name}" with ${users} users`,
            `one of ${scenario.variants.map((each) => each.name).join(', ')} with ${scenario.users.join(', ')} users`,
            'Correct --variant or --load'
        );
    }
    return {
        model: replayUser(scenario, run, user),
        description: `user ${user} of ${users} of "${scenario.title}", variant ${name}, seed ${run.seed} (${fidelitiesOf(scenario)})`,
        users
    };
}
