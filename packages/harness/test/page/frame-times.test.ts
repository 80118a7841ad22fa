import { describe, expect, it } from 'vitest';
import { frameTimeFigures, missedVsync } from '../../src/page/frame-times.ts';

describe('frame times', () => {
    it('count the presentations that were left out, and nothing for jitter', () => {
        expect(missedVsync([16.7, 16.6, 16.8, 16.7, 24, 16.7])).toBe(0);
        expect(missedVsync([16.7, 33.4, 16.7, 50, 16.7, 16.7])).toBe(3);
        expect(missedVsync([])).toBe(0);
    });

    it('tell medians, long frames and memory, and leave out what was not measured', () => {
        const cpuMs = [...Array.from({ length: 98 }, () => 4), 51, 80];
        const times = { cpuMs, totalMs: [], intervalMs: [], gpuMs: {}, heapBytes: 3 * 2 ** 20 };
        const figures = Object.fromEntries(frameTimeFigures(times).map(({ label, value }) => [label, value]));
        expect(figures).toEqual({ 'CPU time of a frame': 4, 'Long frames': 2, 'JavaScript heap': 3 });
    });
});
