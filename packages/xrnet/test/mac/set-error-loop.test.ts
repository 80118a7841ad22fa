import { Rng } from '@mixreel/core';
import { expect, test } from 'vitest';
import type { Flow } from '../../src/cell/flow.ts';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { SetErrorLoop } from '../../src/mac/set-error-loop.ts';
import { videoModel } from '../../src/traffic/models.ts';

test('the loop rests where sets fail as often as they may', () => {
    // A radio whose sets fail with a third of the error rate of its blocks.
    const stream = Rng.create(3).stream('sets');
    const loop = new SetErrorLoop(0.1);
    let failed = 0;
    const sets = 200_000;
    for (let i = 0; i < sets; i++) {
        const fails = stream.float() < loop.target / 3;
        if (fails) failed++;
        loop.learn(fails, 0.01);
    }
    // The loop balances exactly, up to its travel; 2000 failures have a standard error of 2 %.
    expect(Math.abs(failed / sets / 0.01 - 1)).toBeLessThan(0.08);
});

test('the target stays between a hundredth of the configured one and itself', () => {
    const loop = new SetErrorLoop(0.1);
    for (let i = 0; i < 20; i++) loop.learn(true, 1e-3);
    expect(loop.target).toBeCloseTo(0.001, 12);
    for (let i = 0; i < 1e5; i++) loop.learn(false, 1e-2);
    expect(loop.target).toBe(0.1);
    expect(loop.learn(false, 1e-2)).toBe(false);
});

const run = (keepSetErrorRate: boolean, flow: Partial<Flow> = {}) => {
    const config = {
        // One user whose frames fill a slot or two: only the radio makes them late.
        radio: { sinrDb: 14, shadowStdDb: 0, fading: { kFactorDb: 0, dopplerHz: 11, branches: 2 } },
        harq: { maxTransmissions: 2 },
        linkAdaptation: { keepSetErrorRate },
        coreDelayNs: 0,
        durationNs: 30e9
    } as const;
    const flows: Flow[] = [{ ue: 0, traffic: { ...videoModel('cg-8'), deadlineNs: 8e6 }, ...flow }];
    return simulateCell(config, flows, { rng: Rng.create(4) }).users[0]?.flows[0];
};

test('a network that keeps the set error rate loses fewer sets of a flow that has one', () => {
    const off = run(false, { setErrorRate: 1e-3 });
    const on = run(true, { setErrorRate: 1e-3 });
    expect(off?.setErrorLimit).toBe(1e-3);
    expect(off?.setErrorRate).toBeGreaterThan(2e-3);
    expect(on?.setErrorRate).toBeLessThan((off?.setErrorRate ?? 0) / 2);
    // A flow that says nothing is sent as before.
    expect(run(true)).toEqual({ ...run(false) });
    expect(run(false, { fiveQi: 89 })?.setErrorLimit).toBe(1e-4);
});

test('a set error rate out of range is refused by name', () => {
    expect(() => run(false, { setErrorRate: 0.9 })).toThrow(
        /flows\[0\]\.setErrorRate is 0\.9 \(expected a number from 1e-9/
    );
});
