/**
 * One HTML file that holds everything: it opens from file://, asks the network for nothing, and says so itself. Its content
 * security policy allows the one style sheet and the one script below by their hashes and pictures only as data:, so that
 * even a hole in the escaping could load or run nothing.
 */
import { createHash } from 'node:crypto';
import { escapeText, formatNumber, slug } from './escape.ts';
import { fittingSections } from './fitting-sections.ts';
import { drawPlot } from './plot.ts';
import type { Figure, Picture, PicturesSection, Report, ReportCase, Section, Status, TableSection } from './report.ts';
import { REPORT_SCRIPT, REPORT_STYLE } from './style.ts';
import { drawTimeline, HATCH, timelineFigures } from './timeline.ts';

/** Sets beyond these are in the JSON, not in the drawing: a browser takes a second for 5,000. */
const DRAWN_SETS = 5000;

const STATUS_WORDS: Readonly<Record<Status, string>> = {
    passed: 'Passed',
    failed: 'Failed',
    error: 'Could not be judged',
    inconclusive: 'Inconclusive',
    skipped: 'Skipped'
};

const sourceHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The whole file. Same report, same bytes.
 *
 * @param maxPictureBytes - PNG bytes that it shows; see {@link fittingSections}. Default 256 MiB.
 */
export function renderHtml(report: Report, maxPictureBytes?: number): string {
    const sections = fittingSections(report.sections, maxPictureBytes);
    const ids = sectionIds(sections);
    const policy = `default-src 'none'; img-src data:; style-src ${sourceHash(REPORT_STYLE)}; script-src ${sourceHash(REPORT_SCRIPT)}; base-uri 'none'; form-action 'none'`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeText(report.title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
${HATCH}
<main>
<header>
<div><h1>${escapeText(report.title)}</h1>${report.subtitle ? `<p class="subtitle">${escapeText(report.subtitle)}</p>` : ''}</div>
<div class="tools">${report.partial && report.status === 'passed' ? '' : pill(report.status)}${report.partial ? '<span class="pill partial">Partial: the run was not finished</span>' : ''}<button type="button" data-theme-switch aria-label="Switch between light and dark">Light / dark</button></div>
</header>
${figures(report.figures)}
${contents(sections, ids)}
${cases(report.cases, ids)}
${sections.map((section) => drawSection(section, ids, 2)).join('\n')}
${provenance(report.provenance)}
</main>
<script>${REPORT_SCRIPT}</script>
</body>
</html>
`;
}

/** An id for each section, its own or made from its title, each once. */
function sectionIds(sections: readonly Section[]): Map<Section, string> {
    const ids = new Map<Section, string>();
    const taken = new Set<string>();
    const visit = (section: Section): void => {
        const wanted = slug(section.id ?? section.title);
        let id = wanted;
        for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
        taken.add(id);
        ids.set(section, id);
        if (section.kind === 'group') section.sections.forEach(visit);
    };
    sections.forEach(visit);
    return ids;
}

function pill(status: Status): string {
    return `<span class="pill ${status}">${STATUS_WORDS[status]}</span>`;
}

function figures(list: readonly Figure[]): string {
    if (list.length === 0) return '';
    const one = (figure: Figure): string =>
        `<div class="figure ${figure.tone ?? 'neutral'}"><dt>${escapeText(figure.label)}</dt><dd><div class="value">${figureValue(figure)}</div>${figure.note ? `<div class="figure-note">${escapeText(figure.note)}</div>` : ''}</dd></div>`;
    // A few are as wide as they need, and not a row of empty places.
    const few = list.length < 5 ? ` of-${list.length}` : '';
    return `<dl class="figures${few}">${list.map(one).join('')}</dl>`;
}

function figureValue({ value, unit }: Figure): string {
    const text = escapeText(typeof value === 'number' ? formatNumber(value) : value);
    return unit ? `${text} <span class="unit">${escapeText(unit)}</span>` : text;
}

function contents(sections: readonly Section[], ids: ReadonlyMap<Section, string>): string {
    if (sections.length < 2) return '';
    const links = sections.map((s) => `<li><a href="#${ids.get(s)}">${escapeText(s.title)}</a></li>`);
    return `<nav aria-label="Contents"><ul class="contents">${links.join('')}</ul></nav>`;
}

function cases(list: readonly ReportCase[], ids: ReadonlyMap<Section, string>): string {
    if (list.length === 0) return '';
    const known = new Set(ids.values());
    const row = (c: ReportCase): string => {
        const id = c.sectionId === undefined ? '' : slug(c.sectionId);
        const name = known.has(id) ? `<a href="#${id}">${escapeText(c.name)}</a>` : escapeText(c.name);
        const details = c.details
            ? `<details><summary>Details</summary><pre>${escapeText(c.details)}</pre></details>`
            : '';
        return `<tr><td>${pill(c.status)}</td><td>${escapeText(c.suite)}</td><td>${name}</td><td>${escapeText(c.message ?? '')}${details}</td><td class="number">${c.durationS > 0 ? `${formatNumber(c.durationS)} s` : ''}</td></tr>`;
    };
    const order: readonly Status[] = ['error', 'failed', 'inconclusive', 'passed', 'skipped'];
    const sorted = [...list].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
    return `<section class="card" id="cases"><div class="title"><h2>Verdicts</h2></div><div class="scroll"><table><thead><tr><th>Verdict</th><th>Suite</th><th>Case</th><th>What was found</th><th class="number">Time</th></tr></thead><tbody>${sorted.map(row).join('')}</tbody></table></div></section>`;
}

function drawSection(section: Section, ids: ReadonlyMap<Section, string>, level: 2 | 3): string {
    const head = `<div class="title"><h${level}>${escapeText(section.title)}</h${level}>${section.status ? pill(section.status) : ''}</div>${section.note ? `<p class="note">${escapeText(section.note)}</p>` : ''}`;
    return `<section class="card" id="${ids.get(section)}">${head}${body(section, ids)}</section>`;
}

function body(section: Section, ids: ReadonlyMap<Section, string>): string {
    switch (section.kind) {
        case 'pictures':
            return figures(section.figures ?? []) + pictures(section);
        case 'timeline': {
            const drawn = section.entries.slice(0, DRAWN_SETS);
            const rest = section.entries.length - drawn.length;
            const left =
                rest > 0
                    ? `<p class="note">The first ${formatNumber(DRAWN_SETS)} sets are drawn; ${formatNumber(rest)} more are in the figures and in report.json.</p>`
                    : '';
            return figures(timelineFigures(section.entries, section.of)) + left + drawTimeline(drawn, section.of);
        }
        case 'plot':
            return drawPlot(section);
        case 'table':
            return table(section);
        case 'text':
            return section.mono
                ? `<pre>${escapeText(section.text)}</pre>`
                : section.text
                      .split(/\n\s*\n/)
                      .map((p) => `<p>${escapeText(p)}</p>`)
                      .join('');
        case 'figures':
            return figures(section.figures);
        case 'group':
            return section.sections.map((inner) => drawSection(inner, ids, 3)).join('');
    }
}

function dataUrl(picture: Picture): string {
    return `data:image/png;base64,${Buffer.from(picture.png).toString('base64')}`;
}

/** In the grid with its bytes; on the stage without: the script lends it those of the grid, so that the file holds them once. */
function image(picture: Picture, className: string, staged: boolean): string {
    // Small pictures are enlarged pixel by pixel: a reader wants to see the pixels.
    const classes = [className, picture.widthPx <= 320 ? 'small' : ''].filter(Boolean).join(' ');
    return `<img${staged ? '' : ` src="${dataUrl(picture)}"`} width="${picture.widthPx}" height="${picture.heightPx}" alt="${escapeText(picture.label)}"${classes ? ` class="${classes}"` : ''}>`;
}

function pictures(section: PicturesSection): string {
    const one = (p: Picture): string =>
        `<figure>${image(p, '', false)}<figcaption><b>${escapeText(p.label)}</b>${p.caption ? ` ${escapeText(p.caption)}` : ''}</figcaption></figure>`;
    const grid = `<div class="pictures">${section.pictures.map(one).join('')}</div>`;
    const [a, b] = section.pictures;
    if (section.layout === 'grid' || !a || !b || a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) return grid;
    const button = (mode: string, label: string, pressed: boolean): string =>
        `<button type="button" data-set-mode="${mode}" aria-pressed="${pressed}">${label}</button>`;
    const modes = [
        button('side', 'Side by side', true),
        button('slider', 'Slider', false),
        button('blink', 'Blink', false),
        button('difference', 'Difference', false)
    ];
    const stage = `<div class="stage"><div class="stage-pictures">${image(a, '', true)}${image(b, 'over', true)}<div class="divider"></div><span class="side left">${escapeText(a.label)}</span><span class="side right">${escapeText(b.label)}</span></div>
<label class="control split">Position of the slider<input type="range" min="0" max="100" value="50"></label><label class="control gain">Brightness of the difference<input type="range" min="1" max="64" value="8"></label></div>`;
    return `<div class="compare" data-mode="side"><div class="modes" hidden>${modes.join('')}</div>${grid}${stage}</div>`;
}

function table(section: TableSection): string {
    const numeric = section.columns.map((_, i) => section.rows.some((row) => typeof row[i] === 'number'));
    const cls = (i: number): string => (numeric[i] ? ' class="number"' : '');
    const head = section.columns.map((name, i) => `<th${cls(i)}>${escapeText(name)}</th>`).join('');
    const cell = (value: string | number | null | undefined, i: number): string =>
        `<td${cls(i)}>${value === null || value === undefined ? '\u2013' : escapeText(typeof value === 'number' ? formatNumber(value) : value)}</td>`;
    const rows = section.rows.map((row) => `<tr>${section.columns.map((_, i) => cell(row[i], i)).join('')}</tr>`);
    return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function provenance(entries: Readonly<Record<string, string>>): string {
    const list = Object.entries(entries);
    if (list.length === 0) return '';
    return `<footer><h2>How to get this again</h2><dl>${list.map(([k, v]) => `<dt>${escapeText(k)}</dt><dd>${escapeText(v)}</dd>`).join('')}</dl></footer>`;
}
