import { existsSync, readFileSync } from 'node:fs';
import { Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { simulateCell } from '../../src/cell/simulate-cell.ts';
import { LiveCell } from '../../src/live/cell-path.ts';
import { DelayLine } from '../../src/live/delay-line.ts';
import type { PacketPath } from '../../src/live/packet-path.ts';
import { readMahimahiTrace, TracePath } from '../../src/live/trace-path.ts';
import { cellPreset } from '../../src/presets.ts';
import { trafficModel } from '../../src/traffic/models.ts';

const TRACE = new URL('../../../../../shared/network/traces/mahimahi/Verizon-LTE-short.down', import.meta.url);
const HERE = existsSync(TRACE);

/** Sends packets at their times and collects when they leave. */
function through(
    path: PacketPath,
    packets: readonly { timeNs: number; sizeBytes: number }[],
    endNs = 1e11
): (number | null)[] {
    const out: (number | null)[] = packets.map(() => -1);
    const fate = (packet: number, leavesNs: number | null): void => {
        out[packet] = leavesNs;
    };
    for (const [i, { timeNs, sizeBytes }] of packets.entries()) {
        path.advanceTo(timeNs, fate);
        path.enter(i, sizeBytes, timeNs);
    }
    path.advanceTo(endNs, fate);
    return out;
}

describe('a delay line', () => {
    const rng = (): Rng => Rng.create(1);

    it('serialises at its rate and adds its delay', () => {
        const line = new DelayLine({ rateBps: 8e6, delayNs: 5e6 }, rng());
        // 1000 bytes at 8 Mbit/s take 1 ms; the second waits for the first, the third finds an idle line.
        expect(
            through(
                line,
                [0, 0, 10e6].map((timeNs) => ({ timeNs, sizeBytes: 1000 }))
            )
        ).toEqual([6e6, 7e6, 16e6]);
    });

    it('loses its share, the same packets whatever the jitter', () => {
        const packets = Array.from({ length: 10_000 }, (_, i) => ({ timeNs: i * 1e6, sizeBytes: 100 }));
        const steady = through(new DelayLine({ lossRate: 0.1 }, rng()), packets);
        const shaky = through(new DelayLine({ lossRate: 0.1, jitterNs: 3e6 }, rng()), packets);
        const lost = steady.filter((t) => t === null).length;
        // Standard deviation 30 around 1000; four of them.
        expect(Math.abs(lost - 1000)).toBeLessThan(120);
        expect(shaky.map((t) => t === null)).toEqual(steady.map((t) => t === null));
        const left = shaky.filter((t) => t !== null);
        expect([...left].sort((a, b) => a - b)).toEqual(left);
    });

    it('drops what its queue cannot hold', () => {
        const line = new DelayLine({ rateBps: 1e6, queueBytes: 3000 }, rng());
        const fates = through(
            line,
            Array.from({ length: 10 }, () => ({ timeNs: 0, sizeBytes: 1000 }))
        );
        expect(fates.filter((t) => t !== null)).toHaveLength(3);
    });

    it('refuses absurd settings', () => {
        expect(() => new DelayLine({ rateBps: -1 }, rng())).toThrow(/rateBps of the delay line is -1/);
        expect(() => new DelayLine({ lossRate: Number.NaN }, rng())).toThrow(/lossRate/);
    });
});

describe('a mahimahi trace', () => {
    it('delivers with its opportunities, lap after lap', () => {
        const path = new TracePath(readMahimahiTrace('1\n1\n5\n10\n'));
        const sizes = [1500, 1000, 1000, 3000, 100];
        // Two opportunities at 1 ms: the first packet, then the second and half of the third; the rest of it at 5 ms with 1000
        // bytes of the fourth, whose rest takes 10 ms and 500 of 11 ms; the last fits into the rest of that one.
        expect(
            through(
                path,
                sizes.map((sizeBytes) => ({ timeNs: 0, sizeBytes }))
            )
        ).toEqual([1e6, 1e6, 5e6, 11e6, 11e6]);
    });

    it.each([
        ['1\n-2\n', /line 2/],
        ['1\nx\n', /line 2/],
        ['5\n4\n', /Sort the trace/],
        ['', /no opportunity/],
        ['0\n', /no opportunity/]
    ])('is refused when malformed: %j', (text, message) => {
        expect(() => readMahimahiTrace(text)).toThrow(message);
    });

    it.skipIf(!HERE)(`carries its own rate${HERE ? '' : ' (skipped: ../shared/network/traces is absent)'}`, () => {
        const times = readMahimahiTrace(readFileSync(TRACE, 'utf8'));
        const lastMs = times.at(-1) as number;
        const path = new TracePath(times, 0, 1e9);
        const fates = through(
            path,
            Array.from({ length: times.length }, () => ({ timeNs: 0, sizeBytes: 1500 })),
            1e15
        );
        expect(Math.max(...fates.map((t) => t ?? 0))).toBe(lastMs * 1e6);
    });
});

describe('a live cell', () => {
    it('gives packets the fates that a simulation gives them', () => {
        const config = cellPreset('city');
        const packets = Array.from({ length: 300 }, (_, i) => ({ timeNs: i * 1_300_000, sizeBytes: 1200 }));
        const live = through(new LiveCell(config, Rng.create(3)).path('downlink'), packets);
        const pduSets = packets.map(({ timeNs, sizeBytes }, sequence) => ({
            stream: 'downlink',
            sequence,
            importance: 1,
            integrated: true,
            timeNs,
            deadlineNs: 100_000_000,
            endOfBurst: true,
            units: [new Uint8Array(sizeBytes)]
        }));
        const { arrivals } = simulateCell(config, [{ ue: 0, pduSets }], { rng: Rng.create(3) });
        expect(live).toEqual(arrivals.map(({ arrivedNs, outcome }) => (outcome === 'complete' ? arrivedNs : null)));
    });

    it('slows down when others use the cell', () => {
        const packets = Array.from({ length: 300 }, (_, i) => ({ timeNs: i * 1_300_000, sizeBytes: 30_000 }));
        const others = Array.from({ length: 10 }, (_, i) => ({ ue: i + 1, traffic: trafficModel('vr-30') }));
        const mean = (flows: typeof others) => {
            const fates = through(
                new LiveCell(cellPreset('city'), Rng.create(3), { background: flows }).path('downlink'),
                packets
            );
            const delays = fates.flatMap((t, i) => (t === null ? [] : [t - (packets[i]?.timeNs ?? 0)]));
            return delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
        };
        expect(mean(others)).toBeGreaterThan(1.2 * mean([]));
    });
});
