import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import {
    Cell,
    cellPreset,
    type Flow,
    SplitController,
    trafficModel,
    type UserState,
    videoModel
} from '../../src/index.ts';

const MS = 1e6;
const state = (delayMs: number | null, rateMbps = 100) => ({
    frameDelayNs: delayMs === null ? null : delayMs * MS,
    recommendedRateBps: rateMbps * 1e6
});

function feed(split: SplitController, states: number, delayMs: number, rateMbps?: number): void {
    for (let i = 0; i < states; i++) split.onState(state(delayMs, rateMbps));
}

test('a quick network renders on the edge, a slow one on the device, and back again', () => {
    const split = new SplitController();
    feed(split, 20, 5);
    expect(split.site).toBe('edge');
    feed(split, 60, 30);
    expect(split.site).toBe('device');
    feed(split, 100, 4);
    expect(split.site).toBe('edge');
    expect(split.switches).toBe(2);
});

test('too little rate goes to the device before any frame is late; patience holds single states off', () => {
    const split = new SplitController({ patience: 3 });
    feed(split, 20, 5);
    feed(split, 2, 5, 10);
    feed(split, 1, 5);
    expect(split.switches).toBe(0);
    feed(split, 3, 5, 10);
    expect(split.site).toBe('device');
});

test('a delay that swings around the boundary does not switch at every swing', () => {
    const split = new SplitController();
    for (let i = 0; i < 200; i++) split.onState(state(i % 2 === 0 ? 9 : 13));
    expect(split.switches).toBeLessThanOrEqual(1);
});

test('without states nothing is known, and the edge is taken; bad options are refused', () => {
    const split = new SplitController();
    split.onState(state(null));
    expect(split.site).toBe('edge');
    expect(() => new SplitController({ budgetNs: 0 })).toThrow(/budgetNs of split rendering is 0/);
    expect(() => new SplitController({ patience: 1.5 })).toThrow(/patience/);
});

test('in a cell that gets crowded, choosing is better than either site alone', () => {
    const budgetNs = 20 * MS;
    // From the third second on twelve more users: the edge's frames queue; the device alone always takes 18 ms, with its share
    // of frames that take longer than the budget.
    const config = cellPreset('congested', { bandwidthPrb: 60, durationNs: 6e9, discard: { expired: false } });
    const split = new SplitController({ deviceRenderNs: 18 * MS, budgetNs });
    const sites: { timeNs: number; site: string }[] = [];
    const cell = new Cell(config, Rng.create(2), {
        onState: (told: UserState) => {
            if (told.ue !== 0) return;
            split.onState(told);
            sites.push({ timeNs: told.timeNs, site: split.site });
        }
    });
    cell.addFlow({ ue: 0, traffic: trafficModel('vr-30') });
    while (cell.nowNs < 3e9) cell.advanceTo(cell.nowNs + 1e8);
    expect(sites.at(-1)?.site).toBe('edge');
    const model = { ...videoModel('vr-30'), rateBps: 12e6 };
    for (let ue = 1; ue <= 12; ue++) cell.addFlow({ ue, traffic: model, offsetNs: 3e9 + ue * MS } satisfies Flow);
    while (cell.nowNs < 6e9) cell.advanceTo(cell.nowNs + 1e8);
    // A few states after the crowd came, the device renders, and goes on to.
    expect(sites.filter(({ timeNs }) => timeNs > 3.6e9).every(({ site }) => site === 'device')).toBe(true);
});
