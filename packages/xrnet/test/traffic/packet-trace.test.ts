import { Rng } from '@mixreel/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requireTraffic, type VideoModel, videoModel } from '../../src/traffic/models.ts';
import { readPacketTrace } from '../../src/traffic/packet-trace.ts';
import { trafficSource } from '../../src/traffic/sources.ts';

const HEADER =
    'number,time_stamp_in_micro_s,size,user_id,buffer,delay,render_timing,number_in_unit,last_in_unit,type,importance,index,s_trace';
/** Two units of one user (three packets, one packet), and one of another user. */
const TRACE = [
    HEADER,
    '0,1000,1500,0,0,-1,0,0,0,1,-1,0,s.csv',
    '1,1300,1500,0,0,-1,0,1,0,1,-1,0,s.csv',
    '0,1400,540,1,0,-1,0,0,1,2,-1,0,s.csv',
    '2,1600,240,0,0,-1,0,2,1,1,-1,0,s.csv',
    '3,17600,840,0,1,-1,0,0,1,2,7,1,s.csv',
    '1,18000,140,1,0,-1,0,0,1,2,-1,1,s.csv',
    ''
].join('\r\n');

test('units of a P-trace become PDU Sets that enter with their last packet', () => {
    const model = readPacketTrace(TRACE);
    expect(model).toMatchObject({
        timesNs: [0, 16_000_000],
        sizesBytes: [1460 + 1460 + 200, 800],
        agesNs: [600_000, 0],
        importances: [1, 7],
        // 16 ms from the first unit to the last: the next lap is one such step later.
        lapNs: 32_000_000,
        deadlineNs: 10_000_000
    });
    expect(readPacketTrace(TRACE, { userId: 1, overheadBytes: 0 })).toMatchObject({
        sizesBytes: [540, 140],
        timesNs: [0, 16_600_000]
    });
    requireTraffic('flows[0].traffic', model);
});

test('a recording repeats from a place of its own for every user, its budgets counted from the first packet', () => {
    const model = readPacketTrace(TRACE);
    const source = trafficSource(model, Rng.create(1), 0, 70e6);
    const seen: number[][] = [];
    while (source.next()) seen.push([source.timeNs / 1e6, source.sizeBytes, source.deadlineNs / 1e6]);
    expect(seen).toEqual([
        [0, 3120, 9.4],
        [16, 800, 10],
        [32, 3120, 9.4],
        [48, 800, 10],
        [64, 3120, 9.4]
    ]);
    const firsts = Array.from({ length: 20 }, (_, seed) => {
        const other = trafficSource(model, Rng.create(seed), undefined, Infinity);
        other.next();
        return other.timeNs;
    });
    expect(new Set(firsts).size).toBeGreaterThan(15);
    expect(Math.max(...firsts)).toBeLessThan(model.lapNs);
});

test.each([
    ['time_stamp', 'timestamp', /starts with .* \(expected a header with time_stamp_in_micro_s, size/],
    ['1,1300,', '1,900,', /time_stamp_in_micro_s is 900 in line 3 of the P-trace \(expected 1000 or more/],
    ['1,1300,', '1,-5,', /time_stamp_in_micro_s is "-5" in line 3/],
    [',0,1,0,1,', ',0,0,0,1,', /number_in_unit is 0 in line 3 of the P-trace \(expected the next of its unit/],
    ['17600,840', '17600,many', /size is "many" in line 6/],
    ['0,2,1,1,-1', '0,2,0,1,-1', /number_in_unit is 0 in line 6/]
])('%s as %s is refused by line', (good, bad, message) => {
    expect(() => readPacketTrace(TRACE.replace(good, bad))).toThrow(message);
});

test('no text makes anything but a model in range or a bad-input error', () => {
    const cut = fc.tuple(fc.nat(TRACE.length), fc.nat(TRACE.length), fc.string()).map(([a, b, text]) => {
        return TRACE.slice(0, Math.min(a, b)) + text + TRACE.slice(Math.max(a, b));
    });
    fc.assert(
        fc.property(fc.oneof(cut, fc.string()), (text) => {
            try {
                requireTraffic('traffic', readPacketTrace(text));
            } catch (error) {
                expect(error).toMatchObject({ name: 'MixreelError', code: 'bad-input' });
            }
        }),
        { numRuns: 300 }
    );
});

function drawn(model: VideoModel, sets: number): { times: number[]; sizes: number[] } {
    const source = trafficSource(model, Rng.create(5), 0, Infinity);
    const times: number[] = [];
    const sizes: number[] = [];
    for (let i = 0; i < sets && source.next(); i++) {
        times.push(source.timeNs);
        sizes.push(source.sizeBytes);
    }
    return { times, sizes };
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

test('two eyes have half of the rate each, in slices that leave one by one', () => {
    const frames = 20_000;
    const { times, sizes } = drawn({ ...videoModel('vr2-1'), jitter: { stdNs: 0, maxNs: 0 } }, frames * 16);
    // M = R / (8 E F) = 31,250 bytes an eye; the standard error of the mean of 20,000 frames is 0.02 %.
    const eyes = [0, 8].map((first) =>
        mean(Array.from({ length: frames }, (_, k) => mean(sizes.slice(16 * k + first, 16 * k + first + 8)) * 8))
    );
    for (const bytes of eyes) expect(Math.abs(bytes / 31_250 - 1)).toBeLessThan(0.005);
    const gaps = times.map((time, i) => time - (times[i - 1] ?? 0)).filter((_, i) => i % 16 !== 0);
    // 8 ms a frame in sixteen slices, deviation 3 ms / 16, cut at 0 and 16.7 ms / 16: the mean becomes 8.016 ms.
    expect(Math.abs(mean(gaps) / 500_000 - 1)).toBeLessThan(0.005);
    expect(gaps.every((gap) => gap >= 0 && gap <= 1e9 / 60 / 16 + 1)).toBe(true);
});

test('the jitter of a P-trace is 5 ms cut at 8 ms, and interleaved eyes come half a frame apart', () => {
    const frames = 100_000;
    const still = { ...videoModel('vr2-6'), slices: 1, encoding: null };
    const { times } = drawn({ ...still, jitter: { stdNs: 0, maxNs: 0 } }, 2000);
    expect(times.every((time, i) => time === Math.round((i * 1e9) / 120))).toBe(true);
    // One eye, so that no frame waits for the one before it: 16.7 ms apart, at most 16 ms moved.
    const one = drawn({ ...still, eyes: 1 }, frames).times;
    const jitter = one.map((time, k) => time - (k * 1e9) / 60).slice(1);
    const std = Math.sqrt(mean(jitter.map((x) => x ** 2)));
    expect(Math.abs(std / 3.877e6 - 1)).toBeLessThan(0.005);
});
