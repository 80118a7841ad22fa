/**
 * Times of a page's frames, and what they come to: percentiles, long frames, frames that missed their vsync. On the virtual
 * clock a frame is drawn when the last is done, so that there is no vsync to miss; in real time there is, of a page that is
 * alone (a page scenario with `time: 'real'`): of two that share a screen the one behind is not given its frames.
 */
import { quantile } from '@mixreel/core';
import type { PageGuard } from '../browser/page-guard.ts';
import type { Figure, GroupSection, PlotSection, TableSection } from '../report/report.ts';
import { type FrameTimes, INSTRUMENT_HANDLE } from './instrument.ts';
import { callPage } from './read-capture.ts';

/** A frame whose callbacks take longer is long: the Long Animation Frames API's limit, ms. */
export const LONG_FRAME_MS = 50;

/** Draws frames and takes their times. */
export async function takeTimes(guard: PageGuard, frames: number): Promise<FrameTimes> {
    return (await callPage(guard, `${INSTRUMENT_HANDLE}.takeTimes`, [frames, true])) as FrameTimes;
}

/** What one looks at first. */
export function frameTimeFigures({ cpuMs, totalMs, intervalMs, heapBytes }: FrameTimes): Figure[] {
    const at = (times: readonly number[], p: number): number => (times.length ? quantile(times, p) : 0);
    const figures: Figure[] = [
        {
            label: 'CPU time of a frame',
            value: at(cpuMs, 0.5),
            unit: 'ms',
            note: `p99 ${at(cpuMs, 0.99).toFixed(2)} ms`
        }
    ];
    if (totalMs.length) {
        const note = `p99 ${at(totalMs, 0.99).toFixed(2)} ms`;
        figures.push({ label: 'Until the GPU is done', value: at(totalMs, 0.5), unit: 'ms', note });
    }
    const long = cpuMs.filter((ms) => ms > LONG_FRAME_MS).length;
    figures.push({ label: 'Long frames', value: long, note: `over ${LONG_FRAME_MS} ms, of ${cpuMs.length}` });
    if (intervalMs.length) {
        const note = 'intervals over 1.5 times the usual one';
        figures.push({ label: 'Missed vsync', value: missedVsync(intervalMs), note });
    }
    if (heapBytes > 0) figures.push({ label: 'JavaScript heap', value: heapBytes / 2 ** 20, unit: 'MiB' });
    return figures;
}

/** Presentations that were left out: each interval's whole multiples of the usual one, less one. */
export function missedVsync(intervalMs: readonly number[]): number {
    if (intervalMs.length === 0) return 0;
    const usual = quantile(intervalMs, 0.5);
    return intervalMs.reduce((sum, ms) => sum + (ms > 1.5 * usual ? Math.round(ms / usual) - 1 : 0), 0);
}

/** Figures, GPU time by pass, and the times drawn. */
export function frameTimesSection(title: string, times: FrameTimes): GroupSection {
    const series = (name: string, ms: readonly number[]): PlotSection['series'] =>
        ms.length ? [{ name, style: 'line', points: ms.map((y, x) => [x, y] as const) }] : [];
    const plot: PlotSection = {
        kind: 'plot',
        title: 'Frames',
        x: { label: 'frame' },
        y: { label: 'time', unit: 'ms' },
        series: [
            ...series('CPU', times.cpuMs),
            ...series('until the GPU is done', times.totalMs),
            ...series('between frames', times.intervalMs)
        ]
    };
    const passes = Object.entries(times.gpuMs).sort(([, a], [, b]) => b - a);
    const frames = Math.max(1, times.cpuMs.length);
    const table: TableSection = {
        kind: 'table',
        title: 'GPU time by pass',
        columns: ['pass', 'ms per frame'],
        rows: passes.map(([label, ms]) => [label, ms / frames])
    };
    const figures = { kind: 'figures' as const, title: 'Times', figures: frameTimeFigures(times) };
    return { kind: 'group', title, sections: [figures, ...(passes.length ? [table] : []), plot] };
}
