import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { type CellPresetName, cellPreset, trafficModel } from '@mixreel/xrnet';
import { describe, expect, test } from 'vitest';
import { type Carried, carry } from '../../src/chain/carry.ts';
import { type JudgedFrame, judge } from '../../src/chain/judge.ts';

const FPS = 30;

/** Stripes that move, over a gradient. */
function frames(count: number): Frame[] {
    const [widthPx, heightPx] = [64, 48];
    return Array.from({ length: count }, (_, n) => {
        const color = Float32Array.from({ length: 3 * widthPx * heightPx }, (_, k) => {
            const [x, y] = [k % widthPx, Math.floor(k / widthPx) % heightPx];
            return 0.2 + 0.5 * ((x + 3 * n) % 16 < 8 ? 1 : 0) + (0.3 * y) / heightPx;
        });
        return new Frame({ widthPx, heightPx, layers: { color }, timeNs: Math.round((n * 1e9) / FPS) });
    });
}

async function send(
    preset: CellPresetName,
    otherUsers: number,
    unitLossRate = 0
): Promise<{ carried: Carried; judged: JudgedFrame[] }> {
    const sources = frames(6);
    const carried = await carry(sources, {
        cell: cellPreset(preset, { durationNs: 200_000_000, statePeriodNs: 50_000_000, unitLossRate }),
        otherUsers,
        otherTraffic: trafficModel('vr-30'),
        // Small units: a frame of this size would be one, and losses all or nothing.
        encoder: { framesPerSecond: FPS, unitBytes: 200 },
        rng: Rng.create(7).child('network'),
        progress: {}
    });
    return { carried, judged: await judge(sources, carried.encoded, carried.arrivals, {}) };
}

describe('the loop of encoder, cell and decoder', () => {
    test("with loss 0 and ample rate every decoded frame has the bytes of the encoder's reconstruction", async () => {
        const { judged } = await send('ample', 0);
        expect(judged.map((frame) => [frame.exact, frame.equalsReconstruction])).toEqual(Array(6).fill([true, true]));
        // The encoder measures against the picture rounded to 8 bits, this against the frame before rounding.
        for (const frame of judged) expect(Math.abs(frame.psnrDb - frame.encoded.stats.psnrDb)).toBeLessThan(0.5);
    });

    test('what the cell loses shows in the decoded frames', async () => {
        const { carried, judged } = await send('cell-edge', 4, 0.5);
        expect(carried.arrivals.flat().some((arrival) => arrival.outcome !== 'complete' || arrival.late)).toBe(true);
        const broken = judged.filter((frame) => !frame.exact);
        expect(broken.length).toBeGreaterThan(0);
        const mean = (value: (frame: JudgedFrame) => number): number => broken.reduce((sum, f) => sum + value(f), 0);
        expect(mean((frame) => frame.psnrDb)).toBeLessThan(mean((frame) => frame.encoded.stats.psnrDb));
    });

    test('the network tells the encoder what it can carry', async () => {
        const { carried } = await send('congested', 40);
        expect(carried.states.length).toBeGreaterThan(1);
        // Quality 50 with nobody else in the cell costs more than the advice in a crowded one allows.
        const alone = await send('ample', 0);
        const last = (sent: Carried): number => sent.encoded.at(-1)?.stats.qp ?? 0;
        expect(last(carried)).toBeGreaterThanOrEqual(last(alone.carried));
    });

    test('is the same for the same seed, log and bitstream alike', async () => {
        const [a, b] = [await send('cell-edge', 4, 0.5), await send('cell-edge', 4, 0.5)];
        expect(a.carried.result.log).toBe(b.carried.result.log);
        expect(a.carried.encoded.map((frame) => frame.units)).toEqual(b.carried.encoded.map((frame) => frame.units));
    });
});
