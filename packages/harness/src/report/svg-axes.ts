/**
 * Axes of an SVG plot: round ticks, linear and logarithmic scales, grid lines. Charts are drawn here rather than by a library
 * because the report is one file without scripts it needs: a reader's browser, a mail program and a printer show the same.
 * Colours are classes, so that one drawing serves light, dark and print.
 */
import { escapeText, formatNumber } from './escape.ts';

/** A plot's frame in px: the drawing area is inside the margins. */
export interface PlotBox {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
}

/** Maps values to px along one axis. */
export interface Scale {
    readonly range: readonly [number, number];
    readonly ticks: readonly number[];
    (value: number): number;
}

/** Round numbers that cover a range: steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function roundTicks(low: number, high: number, count: number): number[] {
    const span = high - low;
    if (!(span > 0) || !Number.isFinite(span)) return [low];
    const rough = span / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10) * power;
    const ticks: number[] = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
        ticks.push(Number((i * step).toPrecision(12)));
    return ticks;
}

/** A linear scale from `[low, high]` to px `from` … `to`. An empty range is widened. */
export function linearScale(low: number, high: number, from: number, to: number, tickCount: number): Scale {
    const widened = high > low ? high : low + (Math.abs(low) || 1);
    const map = (value: number): number => from + ((value - low) / (widened - low)) * (to - from);
    return Object.assign(map, { range: [low, widened] as const, ticks: roundTicks(low, widened, tickCount) });
}

/** A logarithmic scale; `low` must be above 0. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
    const a = Math.log10(low);
    const b = high > low ? Math.log10(high) : a + 1;
    const map = (value: number): number => from + ((Math.log10(value) - a) / (b - a)) * (to - from);
    const all: number[] = [];
    for (let e = Math.floor(a); e <= Math.ceil(b); e++) for (const m of [1, 2, 5]) all.push(m * 10 ** e);
    const inside = all
        .filter((v) => v >= low * 0.999999 && v <= 10 ** b * 1.000001)
        .map((v) => Number(v.toPrecision(6)));
    const decades = inside.filter((v) => Number.isInteger(Math.log10(v)));
    return Object.assign(map, { range: [low, 10 ** b] as const, ticks: decades.length >= 3 ? decades : inside });
}

/** Grid, tick labels and axis titles. */
export function drawAxes(box: PlotBox, x: Scale, y: Scale, xTitle: string, yTitle: string): string {
    const right = box.widthPx - box.right;
    const bottom = box.heightPx - box.bottom;
    const out: string[] = [];
    for (const tick of y.ticks) {
        const at = px(y(tick));
        out.push(`<line class="grid" x1="${box.left}" x2="${right}" y1="${at}" y2="${at}"/>`);
        out.push(
            `<text class="tick" x="${box.left - 8}" y="${at}" dy="0.32em" text-anchor="end">${formatNumber(tick)}</text>`
        );
    }
    for (const tick of x.ticks) {
        const at = px(x(tick));
        out.push(`<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/>`);
        out.push(`<text class="tick" x="${at}" y="${bottom + 17}" text-anchor="middle">${formatNumber(tick)}</text>`);
    }
    out.push(`<line class="axis" x1="${box.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`);
    out.push(
        `<text class="axis-title" x="${right}" y="${box.heightPx - 4}" text-anchor="end">${escapeText(xTitle)}</text>`
    );
    if (yTitle)
        out.push(`<text class="axis-title" x="${box.left - 40}" y="${box.top - 10}">${escapeText(yTitle)}</text>`);
    return out.join('');
}

/** The SVG element around a drawing; `label` is what a screen reader says instead of it. */
export function svg(box: PlotBox, label: string, content: string): string {
    const size = `width="${box.widthPx}" height="${box.heightPx}" viewBox="0 0 ${box.widthPx} ${box.heightPx}"`;
    // Drawings of the usual width shrink with the page; wider ones scroll.
    const fit = box.widthPx <= 1080 ? ' class="fit"' : '';
    return `<svg${fit} ${size} role="img" aria-label="${escapeText(label)}">${content}</svg>`;
}

/** A coordinate with a tenth of a px, so that drawings are small and the same everywhere. */
export function px(value: number): string {
    return String(Math.round(value * 10) / 10);
}
