/**
 * The network timeline: one panel shows when each PDU Set was sent and when it came, against its deadline; the other the
 * delay of each frame's slowest set, stacked by what caused it. A set that never came is hatched up to its deadline (above)
 * or over the whole column (below), so that a lost frame can not be mistaken for a fast one.
 */
import { type DelayCause, quantiles } from '@mixreel/core';
import { escapeText, formatNumber } from './escape.ts';
import { drawLegend } from './plot.ts';
import type { Figure, TimelineEntry } from './report.ts';
import { drawAxes, linearScale, type PlotBox, px, svg } from './svg-axes.ts';

/** In the order in which they are stacked. */
const CAUSES: readonly DelayCause[] = [
    'core',
    'tdd',
    'transmission',
    'harq',
    'queueing',
    'handover',
    'residual-error',
    'discarded'
];

/** Widths grow with the number of frames up to this; then bars get thinner. */
const MAX_WIDTH_PX = 8000;
/** Late or lost sets that are listed in words. */
const LISTED_SETS = 200;

/** The pattern of what was lost; once in a document. */
export const HATCH: string =
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="2.2" height="6"/></pattern></defs></svg>';

/** What a timeline comes to. Delays are of sets that arrived, from sent to last unit, ms. */
export interface TimelineStatistics {
    readonly sets: number;
    readonly onTime: number;
    readonly late: number;
    readonly incomplete: number;
    readonly lost: number;
    readonly medianMs: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
    readonly worstMs: number | null;
    /** Sets that were late or not complete, by reason. */
    readonly reasons: Readonly<Partial<Record<DelayCause, number>>>;
}

/** Counts and quantiles (type 7) of a timeline. `onTime` means complete and within the deadline. */
export function timelineStatistics(entries: readonly TimelineEntry[]): TimelineStatistics {
    const delays = entries.filter((e) => e.arrivedNs !== null).map((e) => ((e.arrivedNs as number) - e.sentNs) / 1e6);
    const [medianMs, p95Ms, p99Ms, worstMs] = delays.length ? quantiles(delays, [0.5, 0.95, 0.99, 1]) : [];
    const reasons: Partial<Record<DelayCause, number>> = {};
    for (const { reason } of entries) if (reason !== null) reasons[reason] = (reasons[reason] ?? 0) + 1;
    return {
        sets: entries.length,
        onTime: entries.filter((e) => e.outcome === 'complete' && !e.late).length,
        late: entries.filter((e) => e.outcome === 'complete' && e.late).length,
        incomplete: entries.filter((e) => e.outcome === 'incomplete').length,
        lost: entries.filter((e) => e.outcome === 'lost').length,
        medianMs: medianMs ?? null,
        p95Ms: p95Ms ?? null,
        p99Ms: p99Ms ?? null,
        worstMs: worstMs ?? null,
        reasons
    };
}

/** What entries are called, and what a column of the delay plot is. */
const NOUNS = {
    frames: { entries: 'sets', column: 'frame' },
    packets: { entries: 'packets', column: 'packet' }
} as const;

/** The same as figures for a report. */
export function timelineFigures(entries: readonly TimelineEntry[], of: 'frames' | 'packets' = 'frames'): Figure[] {
    const s = timelineStatistics(entries);
    const share = (n: number): string =>
        `${formatNumber(s.sets ? (100 * n) / s.sets : 0)} % of ${formatNumber(s.sets)} ${NOUNS[of].entries}`;
    const ms = (label: string, value: number | null): Figure => ({
        label,
        value: value ?? 'none arrived',
        ...(value === null ? {} : { unit: 'ms' })
    });
    return [
        { label: 'On time', value: s.onTime, note: share(s.onTime), tone: s.onTime === s.sets ? 'good' : 'neutral' },
        { label: 'Late', value: s.late, note: share(s.late), tone: s.late ? 'bad' : 'neutral' },
        {
            label: 'Lost or incomplete',
            value: s.lost + s.incomplete,
            note: share(s.lost + s.incomplete),
            tone: s.lost + s.incomplete ? 'bad' : 'neutral'
        },
        ms('Median delay', s.medianMs),
        ms('95th percentile', s.p95Ms),
        ms('99th percentile', s.p99Ms)
    ];
}

/** Both panels with their legends. */
export function drawTimeline(entries: readonly TimelineEntry[], of: 'frames' | 'packets' = 'frames'): string {
    if (entries.length === 0) return '<p class="note">Nothing was sent.</p>';
    const outcomes = [
        { name: 'on time', className: 'on-time' },
        { name: 'late', className: 'late' },
        { name: 'incomplete', className: 'incomplete' },
        { name: 'lost', className: 'lost' }
    ];
    const present = CAUSES.filter((cause) => entries.some((entry) => (entry.delayNs[cause] ?? 0) > 0));
    return [
        `<h4>Sent and arrived</h4>${drawLegend(outcomes)}<div class="scroll">${drawLanes(entries)}</div>`,
        `<h4>Delay of each ${NOUNS[of].column}, by cause</h4>${drawLegend([...present.map((cause) => ({ name: cause, className: `cause-${cause}` })), { name: 'lost', className: 'lost' }])}`,
        `<div class="scroll">${drawDelays(entries, present, NOUNS[of].column)}</div>`,
        listTroubled(entries, NOUNS[of].entries)
    ].join('');
}

/** The sets that were late or not complete, in words: for screen readers, for search, for copying. */
function listTroubled(entries: readonly TimelineEntry[], noun: string): string {
    const troubled = entries.filter((entry) => entry.late || entry.outcome !== 'complete');
    if (troubled.length === 0) return '';
    const items = troubled.slice(0, LISTED_SETS).map((entry) => `<li>${escapeText(describe(entry))}</li>`);
    const more = troubled.length > items.length ? ` (the first ${items.length})` : '';
    return `<details><summary>${formatNumber(troubled.length)} ${noun} were late or not complete${more}</summary><ul>${items.join('')}</ul></details>`;
}

function outcomeClass(entry: TimelineEntry): string {
    if (entry.outcome !== 'complete') return entry.outcome;
    return entry.late ? 'late' : 'on-time';
}

function describe(entry: TimelineEntry): string {
    const came =
        entry.arrivedNs === null
            ? 'never came'
            : `came after ${formatNumber((entry.arrivedNs - entry.sentNs) / 1e6)} ms`;
    const why = entry.reason === null ? '' : `, because of ${entry.reason}`;
    return `${entry.label}: ${formatNumber(entry.sizeBytes)} bytes, ${came} (budget ${formatNumber(entry.deadlineNs / 1e6)} ms), ${outcomeClass(entry).replace('-', ' ')}${why}`;
}

/** Bars from sent to arrived, one lane for each stream, rows within a lane so that no bar covers another. */
function drawLanes(entries: readonly TimelineEntry[]): string {
    const streams = [...new Set(entries.map((entry) => entry.stream))];
    const start = Math.min(...entries.map((e) => e.sentNs));
    const end = Math.max(...entries.map((e) => Math.max(e.arrivedNs ?? 0, e.sentNs + e.deadlineNs)));
    const widthPx = Math.min(MAX_WIDTH_PX, Math.max(1080, 22 * new Set(entries.map((e) => e.frame)).size));
    const lanes = streams.map((stream) => packRows(entries.filter((entry) => entry.stream === stream)));
    const rows = lanes.reduce((sum, lane) => sum + lane.rows, 0);
    const rowPx = rows > 60 ? 5 : rows > 24 ? 8 : 12;
    const heightPx = 30 + lanes.length * 22 + rows * rowPx + 42;
    const box: PlotBox = { widthPx, heightPx, left: 18, right: 18, top: 24, bottom: 42 };
    const x = linearScale(0, (end - start) / 1e6, box.left, widthPx - box.right, Math.round(widthPx / 110));
    const y = Object.assign((value: number) => value, { range: [0, 1] as const, ticks: [] });
    const out = [drawAxes(box, x, y, 'time since the first frame (ms)', '')];
    let top = box.top;
    lanes.forEach((lane, i) => {
        out.push(`<text class="lane" x="${box.left}" y="${px(top + 8)}">${escapeText(streams[i] as string)}</text>`);
        top += 14;
        for (const { entry, row } of lane.placed) {
            const at = x((entry.sentNs - start) / 1e6);
            const limit = x((entry.sentNs + entry.deadlineNs - start) / 1e6);
            const to = entry.arrivedNs === null ? limit : x((entry.arrivedNs - start) / 1e6);
            const bar = `x="${px(at)}" y="${px(top + row * rowPx)}" width="${px(Math.max(1.5, to - at))}" height="${rowPx - 2}"`;
            out.push(
                `<rect class="fill ${outcomeClass(entry)}" ${bar} rx="1.5"><title>${escapeText(describe(entry))}</title></rect>`
            );
            const tick = `y1="${px(top + row * rowPx - 1)}" y2="${px(top + (row + 1) * rowPx - 1)}"`;
            out.push(`<line class="deadline" x1="${px(limit)}" x2="${px(limit)}" ${tick}/>`);
        }
        top += lane.rows * rowPx + 8;
    });
    return svg(box, `Timeline of ${entries.length} PDU Sets`, out.join(''));
}

interface Lane {
    readonly rows: number;
    readonly placed: readonly { readonly entry: TimelineEntry; readonly row: number }[];
}

/** First row whose last bar has ended: the fewest rows, since bars come in order of their start. */
function packRows(entries: readonly TimelineEntry[]): Lane {
    const ordered = [...entries].sort((a, b) => a.sentNs - b.sentNs);
    const ends: number[] = [];
    const placed = ordered.map((entry) => {
        const free = ends.findIndex((end) => end <= entry.sentNs);
        const row = free === -1 ? ends.length : free;
        ends[row] = Math.max(entry.sentNs + entry.deadlineNs, entry.arrivedNs ?? 0);
        return { entry, row };
    });
    return { rows: Math.max(1, ends.length), placed };
}

/** A frame waits for its slowest set; one set of it that never comes makes it lost. */
function slowest(entries: readonly TimelineEntry[]): TimelineEntry {
    return entries.reduce((worst, entry) => {
        if (worst.arrivedNs === null) return worst;
        if (entry.arrivedNs === null) return entry;
        return entry.arrivedNs - entry.sentNs > worst.arrivedNs - worst.sentNs ? entry : worst;
    });
}

function drawDelays(entries: readonly TimelineEntry[], causes: readonly DelayCause[], column: string): string {
    const byFrame = new Map<number, TimelineEntry[]>();
    for (const entry of entries) byFrame.set(entry.frame, [...(byFrame.get(entry.frame) ?? []), entry]);
    const frames = [...byFrame].sort((a, b) => a[0] - b[0]).map(([frame, sets]) => ({ frame, entry: slowest(sets) }));
    const first = frames[0]?.frame ?? 0;
    const last = frames.at(-1)?.frame ?? 0;
    const widthPx = Math.min(MAX_WIDTH_PX, Math.max(1080, 10 * (last - first + 1)));
    const box: PlotBox = { widthPx, heightPx: 260, left: 62, right: 18, top: 28, bottom: 42 };
    const delayMs = (e: TimelineEntry): number => (e.arrivedNs === null ? 0 : (e.arrivedNs - e.sentNs) / 1e6);
    const highest = Math.max(...frames.map(({ entry }) => Math.max(delayMs(entry), (entry.deadlineNs / 1e6) * 1.08)));
    const x = linearScale(first - 0.6, last + 0.6, box.left, widthPx - box.right, Math.round(widthPx / 70));
    const y = linearScale(0, highest, box.heightPx - box.bottom, box.top, 5);
    const whole = Object.assign(x, { ticks: x.ticks.filter(Number.isInteger) });
    const columnPx = Math.max(1, Math.min(28, (x(1) - x(0)) * 0.78));
    const out = [drawAxes(box, whole, y, column, 'delay (ms)')];
    let path = '';
    for (const { frame, entry } of frames) {
        const left = x(frame) - columnPx / 2;
        const tip = `<title>${escapeText(describe(entry))}</title>`;
        if (entry.arrivedNs === null) {
            out.push(
                `<rect class="fill lost" x="${px(left)}" y="${box.top}" width="${px(columnPx)}" height="${px(y(0) - box.top)}">${tip}</rect>`
            );
        }
        let sum = 0;
        for (const cause of causes) {
            const part = (entry.delayNs[cause] ?? 0) / 1e6;
            if (part <= 0 || entry.arrivedNs === null) continue;
            const rect = `x="${px(left)}" y="${px(y(sum + part))}" width="${px(columnPx)}" height="${px(y(sum) - y(sum + part))}"`;
            out.push(`<rect class="fill cause-${cause}" ${rect}>${tip}</rect>`);
            sum += part;
        }
        const limit = px(y(entry.deadlineNs / 1e6));
        path += `${path ? 'L' : 'M'}${px(x(frame - 0.5))} ${limit}L${px(x(frame + 0.5))} ${limit}`;
    }
    out.push(`<path class="mark" d="${path}"/>`);
    const label = frames.at(-1)?.entry.deadlineNs ?? 0;
    out.push(
        `<text class="mark-label" x="${widthPx - box.right}" y="${px(y(label / 1e6))}" dy="-0.45em" text-anchor="end">deadline</text>`
    );
    return svg(box, `Delay of ${frames.length} ${column}s by cause`, out.join(''));
}
