/** Draws a {@link PlotSection}: lines, steps, clouds and bars over linear or logarithmic axes, with marks across. */
import { escapeText, formatNumber } from './escape.ts';
import type { PlotAxis, PlotSection, PlotSeries } from './report.ts';
import { drawAxes, linearScale, logScale, type PlotBox, px, type Scale, svg } from './svg-axes.ts';

const BOX: PlotBox = Object.freeze({ widthPx: 1080, heightPx: 300, left: 62, right: 18, top: 28, bottom: 42 });

/** The plot as an SVG element, or a sentence if there is nothing to draw. */
export function drawPlot(section: PlotSection): string {
    const usable = section.series.map((series) => ({ ...series, points: clean(series.points, section) }));
    const all = usable.flatMap((series) => series.points.filter(([, y]) => Number.isFinite(y)));
    if (all.length === 0) return '<p class="note">Nothing was measured.</p>';
    const bars = usable.some((series) => series.style === 'bars');
    const x = scaleOf(
        section.x,
        [...all.map((p) => p[0]), ...marks(section, 'x')],
        BOX.left,
        BOX.widthPx - BOX.right,
        false,
        bars
    );
    const y = scaleOf(
        section.y,
        [...all.map((p) => p[1]), ...marks(section, 'y')],
        BOX.heightPx - BOX.bottom,
        BOX.top,
        true,
        false
    );
    const parts = [drawAxes(BOX, x, y, title(section.x), title(section.y))];
    parts.push(...usable.map((series, i) => drawSeries(series, `s${i % 8}`, x, y)));
    for (const mark of section.marks ?? []) parts.push(drawMark(mark, x, y));
    const legend =
        usable.length > 1 ? drawLegend(usable.map((s, i) => ({ name: s.name, className: `s${i % 8}` }))) : '';
    return `${legend}<div class="scroll">${svg(BOX, `${section.title}: ${usable.map((s) => s.name).join(', ')}`, parts.join(''))}</div>`;
}

/** Swatches with names. */
export function drawLegend(entries: readonly { readonly name: string; readonly className: string }[]): string {
    const swatch = (className: string): string =>
        `<svg class="swatch" width="12" height="12" aria-hidden="true"><rect class="fill ${className}" width="12" height="12" rx="2"/></svg>`;
    return `<ul class="legend">${entries.map((e) => `<li>${swatch(e.className)}${escapeText(e.name)}</li>`).join('')}</ul>`;
}

function clean(points: PlotSeries['points'], section: PlotSection): (readonly [number, number])[] {
    return points
        .filter(([x]) => Number.isFinite(x) && (section.x.scale !== 'log' || x > 0))
        .map(([x, y]) => [x, section.y.scale === 'log' && y <= 0 ? Number.NaN : y] as const);
}

function marks(section: PlotSection, axis: 'x' | 'y'): number[] {
    const log = section[axis].scale === 'log';
    return (section.marks ?? []).filter((m) => m.axis === axis && (!log || m.value > 0)).map((m) => m.value);
}

function title(axis: PlotAxis): string {
    return axis.unit ? `${axis.label} (${axis.unit})` : axis.label;
}

function scaleOf(axis: PlotAxis, values: number[], from: number, to: number, upright: boolean, pad: boolean): Scale {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
    }
    if (axis.range) [low, high] = axis.range;
    if (axis.scale === 'log') return logScale(low, high, from, to);
    if (!axis.range && upright) {
        // A plot of amounts starts at zero unless its values are far from it.
        if (low > 0 && low < 0.7 * high) low = 0;
        const room = (high - low || Math.abs(high) || 1) * 0.06;
        high += room;
        if (low !== 0) low -= room;
    }
    if (!axis.range && pad) {
        low -= 0.6;
        high += 0.6;
    }
    // Frames and rounds are counted: there is no frame 0.5.
    const most = values.every(Number.isInteger) ? Math.min(10, high - low) : 10;
    return linearScale(low, high, from, to, upright ? 5 : most);
}

function drawSeries(series: PlotSeries, className: string, x: Scale, y: Scale): string {
    const finite = series.points.filter(([, value]) => Number.isFinite(value));
    const tip = (p: readonly [number, number]): string =>
        `<title>${escapeText(series.name)}: ${formatNumber(p[0])}, ${formatNumber(p[1])}</title>`;
    if (series.style === 'points') {
        return finite
            .map(
                (p) =>
                    `<circle class="fill ${className}" cx="${px(x(p[0]))}" cy="${px(y(p[1]))}" r="3">${tip(p)}</circle>`
            )
            .join('');
    }
    if (series.style === 'bars') {
        const width = Math.max(1, Math.min(40, (x(1) - x(0)) * 0.8));
        const floor = y(Math.max(y.range[0], Math.min(0, y.range[1])));
        return finite
            .map((p) => {
                const top = y(p[1]);
                const box = `x="${px(x(p[0]) - width / 2)}" y="${px(Math.min(top, floor))}" width="${px(width)}" height="${px(Math.abs(floor - top))}"`;
                return `<rect class="fill ${className}" ${box}>${tip(p)}</rect>`;
            })
            .join('');
    }
    return `<path class="line ${className}" d="${pathOf(series, x, y)}"><title>${escapeText(series.name)}</title></path>`;
}

function pathOf(series: PlotSeries, x: Scale, y: Scale): string {
    let path = '';
    let pen = false;
    for (const [u, v] of series.points) {
        if (!Number.isFinite(v)) {
            pen = false;
            continue;
        }
        if (!pen) path += `M${px(x(u))} ${px(y(v))}`;
        else if (series.style === 'step') path += `H${px(x(u))}V${px(y(v))}`;
        else path += `L${px(x(u))} ${px(y(v))}`;
        pen = true;
    }
    return path;
}

function drawMark(mark: { axis: 'x' | 'y'; value: number; label: string }, x: Scale, y: Scale): string {
    const right = BOX.widthPx - BOX.right;
    const bottom = BOX.heightPx - BOX.bottom;
    if (mark.axis === 'y') {
        const at = px(y(mark.value));
        return `<line class="mark" x1="${BOX.left}" x2="${right}" y1="${at}" y2="${at}"/><text class="mark-label" x="${right}" y="${at}" dy="-0.4em" text-anchor="end">${escapeText(mark.label)}</text>`;
    }
    const at = px(x(mark.value));
    // On the side where there is room for it.
    const room = x(mark.value) < (BOX.left + right) / 2 ? 'dx="0.4em"' : 'dx="-0.4em" text-anchor="end"';
    return `<line class="mark" x1="${at}" x2="${at}" y1="${BOX.top}" y2="${bottom}"/><text class="mark-label" x="${at}" y="${BOX.top}" ${room} dy="0.8em">${escapeText(mark.label)}</text>`;
}
