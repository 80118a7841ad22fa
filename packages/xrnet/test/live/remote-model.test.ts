import { describe, expect, it } from 'vitest';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { type LiveModel, openLiveModel } from '../../src/live/live-model.ts';
import { LivePath } from '../../src/live/live-path.ts';
import { ModelThread } from '../../src/live/model-thread.ts';
import { RemoteModel } from '../../src/live/remote-model.ts';
import { cellPreset } from '../../src/presets.ts';
import { replayUser } from '../../src/study/replay-user.ts';
import { readScenario, SCENARIO_FORMAT } from '../../src/study/scenario.ts';
import { flowsOf } from '../../src/study/scenario-flow.ts';
import { studyRuns } from '../../src/study/study.ts';
import { rngOf, type StudyRun } from '../../src/study/world.ts';
import { trafficModel } from '../../src/traffic/models.ts';
import { portPair } from './port-pair.ts';
import { VirtualHost } from './virtual-host.ts';

const others = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ue: i + 1, traffic: trafficModel('vr-30') }));
const CELL: LiveModel = { kind: 'cell', config: cellPreset('city'), seed: 3, background: others(4) };
const LINE: LiveModel = {
    kind: 'line',
    toServer: { delayNs: 7e6, lossRate: 0.2 },
    toClient: { delayNs: 5e6, rateBps: 2e6, jitterNs: 3e6 },
    seed: 9
};

/** Both threads on one virtual clock. */
function threads(host: VirtualHost, model: LiveModel): RemoteModel {
    const [near, far] = portPair();
    const nowMs = (): number => host.nowNs / 1e6;
    new ModelThread(far, host, nowMs);
    return new RemoteModel(near, model, () => {}, nowMs);
}

/** When packets of 1000 bytes, one every 2 ms, leave each way. */
async function leaves(host: VirtualHost, toServer: LivePath, toClient: LivePath): Promise<(number | null)[][]> {
    const left: (number | null)[][] = [[], []];
    for (let packet = 0; packet < 60; packet++) {
        for (const [way, path] of [toServer, toClient].entries()) {
            path.send(new Uint8Array(1000), (_bytes, leavesNs) => {
                (left[way] as (number | null)[])[packet] = leavesNs;
            });
        }
        await host.pass(2);
    }
    await host.pass(300);
    return left;
}

describe('a model in another thread', () => {
    it.each([
        ['cell', CELL],
        ['line', LINE],
        ['recorded link', { kind: 'trace', toServer: Float64Array.of(3, 9), toClient: Float64Array.of(1, 2, 8) }]
    ] as [string, LiveModel][])('gives packets the fates that the same %s gives them here', async (_name, model) => {
        const here = new VirtualHost();
        const { toServer, toClient } = openLiveModel(model);
        const expected = await leaves(here, new LivePath(toServer, here), new LivePath(toClient, here));
        const there = new VirtualHost();
        const remote = threads(there, model);
        const found = await leaves(there, new LivePath(remote.toServer, there), new LivePath(remote.toClient, there));
        for (const [way, times] of expected.entries()) {
            expect(times.filter((time) => time !== null).length).toBeGreaterThan(0);
            for (const [packet, time] of times.entries()) {
                const other = found[way]?.[packet];
                if (time === null) expect(other).toBeNull();
                // Times cross as ms: doubles of a virtual epoch near 0 keep them to the nanosecond.
                else expect(Math.abs((other ?? 0) - time)).toBeLessThanOrEqual(1);
            }
        }
    });

    it('never lets a packet go before its time, and says by how much it was late', async () => {
        const host = new VirtualHost();
        const remote = threads(host, LINE);
        const path = new LivePath(remote.toClient, host);
        const early: number[] = [];
        for (let packet = 0; packet < 20; packet++) {
            path.send(new Uint8Array(100), (_bytes, leavesNs) => {
                if (host.nowNs < (leavesNs ?? 0)) early.push(packet);
            });
            await host.pass(3);
        }
        await host.pass(50);
        expect(early).toEqual([]);
        expect(path.counters).toMatchObject({ entered: 20, delivered: 20, lost: 0, insideBytes: 0 });
        const lag = await remote.schedulerLag();
        expect(lag.packets).toBe(20);
        // The virtual host polls every 0.1 ms and its timers are exact.
        expect(lag.maxNs).toBeLessThanOrEqual(100_000);
        expect(path.lagsNs().every((ns) => ns >= 0)).toBe(true);
    });

    it('tells network states of the user whose place it has', async () => {
        const host = new VirtualHost();
        const [near, far] = portPair();
        const nowMs = (): number => host.nowNs / 1e6;
        new ModelThread(far, host, nowMs);
        const states: number[] = [];
        const remote = new RemoteModel(near, { ...CELL, ue: 9 }, ({ ue }) => states.push(ue), nowMs);
        const path = new LivePath(remote.toClient, host);
        for (let i = 0; i < 30; i++) {
            path.send(new Uint8Array(1000), () => {});
            await host.pass(10);
        }
        expect(states.length).toBeGreaterThan(0);
        expect(new Set(states)).toEqual(new Set([9]));
    });

    it('refuses a model out of range as this thread would', async () => {
        const remote = threads(new VirtualHost(), { ...LINE, toServer: { rateBps: -1 } } as LiveModel);
        await expect(remote.opened).rejects.toThrow(
            /rateBps of the delay line is -1 \(expected .*\)\. Correct rateBps\./
        );
        await expect(threads(new VirtualHost(), { ...CELL, ue: 2 } as LiveModel).opened).rejects.toThrow(
            /background flow is of user 2/
        );
    });

    it('loses what is inside when it ends, and what comes later', async () => {
        const host = new VirtualHost();
        const remote = threads(host, LINE);
        const path = new LivePath(remote.toServer, host);
        const fates: (number | null)[] = [];
        const send = (): boolean => path.send(new Uint8Array(10), (_bytes, leavesNs) => fates.push(leavesNs));
        send();
        await host.pass(1);
        remote.close();
        send();
        await host.pass(1);
        expect(fates).toEqual([null, null]);
        expect(path.counters).toMatchObject({ lost: 2, insideBytes: 0 });
        await expect(remote.schedulerLag()).rejects.toThrow(/was closed/);
    });
});

describe('a live user', () => {
    it('has the radio that the same user has in a simulation, whoever else is there', () => {
        const fates = (model: LiveModel): (number | null)[] => {
            const { toClient } = openLiveModel(model);
            const out: (number | null)[] = [];
            for (let packet = 0; packet < 200; packet++) {
                toClient.enter(packet, 1000, packet * 3e6);
                toClient.advanceTo(packet * 3e6, (which, leavesNs) => {
                    out[which] = leavesNs;
                });
            }
            toClient.advanceTo(2e9, (which, leavesNs) => {
                out[which] = leavesNs;
            });
            return out;
        };
        const alone: LiveModel = { kind: 'cell', config: cellPreset('cell-edge'), seed: 1 };
        expect(fates({ ...alone, ue: 5 })).not.toEqual(fates({ ...alone, ue: 6 }));
        expect(fates({ ...alone, ue: 5 })).toEqual(fates({ ...alone, ue: 5 }));
    });
});

describe('a simulated user, replayed', () => {
    const scenario = readScenario({
        format: SCENARIO_FORMAT,
        title: 'replay',
        preset: 'city',
        seconds: 1,
        users: [6],
        seeds: 2,
        cell: { statePeriodNs: 20_000_000 },
        flows: [{ traffic: 'cg-8' }]
    });
    const run = studyRuns(scenario)[1] as StudyRun;

    it('finds the radio and the others of its run: its sets arrive when they did there', () => {
        const variant = scenario.variants[0] as (typeof scenario.variants)[number];
        const sets = Array.from({ length: 60 }, (_, i) => ({ timeNs: Math.round((i * 1e9) / 60), sizeBytes: 12_000 }));
        const pduSets = sets.map(({ timeNs, sizeBytes }, sequence) => ({
            stream: 'downlink',
            sequence,
            importance: 1,
            integrated: true,
            timeNs,
            deadlineNs: 100_000_000,
            endOfBurst: true,
            units: [new Uint8Array(sizeBytes)]
        }));
        const others = flowsOf(variant.flows, 6).filter(({ ue }) => ue !== 2);
        const { arrivals } = simulateCell(variant.cell, [{ ue: 2, pduSets }, ...others], { rng: rngOf(scenario, 1) });
        const { toClient } = openLiveModel(replayUser(scenario, run, 2));
        const found: (number | null)[] = [];
        const fate = (packet: number, leavesNs: number | null): void => {
            found[packet] = leavesNs;
        };
        for (const [packet, { timeNs, sizeBytes }] of sets.entries()) {
            toClient.advanceTo(timeNs, fate);
            toClient.enter(packet, sizeBytes, timeNs);
        }
        toClient.advanceTo(2e9, fate);
        expect(found).toEqual(arrivals.map(({ arrivedNs, outcome }) => (outcome === 'complete' ? arrivedNs : null)));
    });

    it('is refused where there is no such user', () => {
        expect(() => replayUser(scenario, run, 6)).toThrow(/user 6 of variant 0 with 6 users/);
    });
});
