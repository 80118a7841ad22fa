import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { type DrxConfig, DrxListener } from '../../src/mac/drx-listener.ts';
import { videoModel } from '../../src/traffic/models.ts';

const DRX: DrxConfig = {
    cycle: { numerator: 40, denominator: 1 },
    onDurationMs: 4,
    inactivityMs: 2,
    startOffsetMs: 0,
    startOffsets: []
};

describe('a listener', () => {
    it('listens in its on-durations and after receptions', () => {
        const drx = new DrxListener(DRX, 0, 2);
        const listened: number[] = [];
        for (let slot = 0; slot < 90; slot++) {
            if (drx.listens(slot)) listened.push(slot);
            // A reception in slot 7 keeps it awake for 2 ms: slots 8 to 11.
            if (slot === 7) drx.received(slot);
        }
        expect(listened).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 80, 81, 82, 83, 84, 85, 86, 87]);
    });

    it('costs what its states cost, by hand', () => {
        const drx = new DrxListener(DRX, 0, 2);
        drx.listens(0);
        drx.received(7);
        // 11 slots listening, 1 reception, 68 slots (34 ms) of deep sleep.
        expect(drx.meanPower(80) * 80).toBeCloseTo(11 * 100 + 300 + 450 + 68, 9);
    });
});

describe('DRX in a cell', () => {
    const run = (drx: DrxConfig | null) => {
        const traffic = { ...videoModel('vr-30'), deadlineNs: 30e6 };
        const config = { durationNs: 2e9, drx, radio: { sinrDb: 20 }, coreDelayNs: 0 };
        return simulateCell(config, [{ ue: 0, traffic, offsetNs: 4e6 }], { rng: Rng.create(1) }).users[0];
    };
    // Frames at 60 fps from 4 ms on, 4 ms of jitter either way: on-durations of 10 ms from 0 ms on catch them all.
    const aligned = run({ ...DRX, cycle: { numerator: 50, denominator: 3 }, onDurationMs: 10 });
    const drifting = run({ ...DRX, cycle: { numerator: 16, denominator: 1 }, onDurationMs: 10 });
    const always = run(null);

    it('saves power; aligned with the frames it hardly delays them', () => {
        // Always on: at least 100 a slot.
        expect(aligned?.meanPower).toBeLessThan(100);
        expect(always?.meanPower).toBeNull();
        const delay = (user: typeof always): number => user?.flows[0]?.meanDelayNs ?? Infinity;
        // A frame may come just before its on-duration's first slot: a slot or two on average.
        expect(delay(aligned)).toBeLessThan(delay(always) + 1e6);
        expect(delay(drifting)).toBeGreaterThan(delay(aligned));
    });

    it('is refused outside its ranges', () => {
        expect(() => run({ ...DRX, onDurationMs: 0 })).toThrow(/drx.onDurationMs is 0/);
        expect(() => run({ ...DRX, startOffsetMs: 41 })).toThrow(/drx-StartOffset is 41/);
    });
});
