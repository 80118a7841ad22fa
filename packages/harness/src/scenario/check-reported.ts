/**
 * What a scenario hands to its report and to the history, checked where it hands it over: a section that cannot be drawn would
 * otherwise be the end of the report of everybody, and a value that is no number that of every later run that reads the
 * history.
 */
import { badInput } from '@mixreel/core';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import type { Figure, Picture, Section } from '../report/report.ts';
import type { Trend } from '../run/run-result.ts';

/** Throws `bad-input` for a value that cannot be followed. */
export function checkTrend({ name, value, unit }: Trend): Trend {
    const what = `a trend is ${JSON.stringify(name)}: ${String(value)} ${JSON.stringify(unit)}`;
    if (typeof name !== 'string' || name.trim() === '' || typeof unit !== 'string' || !Number.isFinite(value))
        throw badInput(what, 'a name, a number and a unit', "Give trend('rays', 1.5e6, '1/s')");
    return { name, value, unit };
}

/** Throws `bad-input` for a figure that cannot be shown. */
export function checkFigure(figure: Figure): Figure {
    const value: unknown = (figure as Partial<Figure> | null)?.value;
    const shown = typeof value === 'string' || typeof value === 'number';
    if (!shown || typeof figure.label !== 'string')
        throw badInput(
            `a figure is ${show(figure)}`,
            'a label and a value, number or text',
            "Give { label: 'Rays', value: 3 }"
        );
    return figure;
}

/** Throws `bad-input` for a section that cannot be drawn. Pictures are looked at, not coded: they may be large. */
export function checkSection(section: Section): Section {
    try {
        const plain = withoutPictures(section);
        const report = {
            title: '',
            status: 'passed',
            figures: [],
            cases: [],
            sections: [plain],
            provenance: {}
        } as const;
        renderHtml(report);
        renderJson(report);
    } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw badInput(
            `a section of the report is ${show(section)} and cannot be drawn: ${why}`,
            `one of ${KINDS.join(', ')}, with its fields`,
            'Correct it',
            cause
        );
    }
    return section;
}

const KINDS: readonly Section['kind'][] = ['pictures', 'timeline', 'plot', 'table', 'text', 'figures', 'group'];

function withoutPictures(section: Section): Section {
    if (!KINDS.includes(section.kind)) throw new Error(`its kind is ${JSON.stringify(section.kind)}`);
    if (typeof section.title !== 'string') throw new Error(`its title is ${JSON.stringify(section.title)}`);
    if (section.kind === 'group') return { ...section, sections: section.sections.map(withoutPictures) };
    if (section.kind !== 'pictures') return section;
    for (const picture of section.pictures) checkPicture(picture);
    return { ...section, pictures: [] };
}

function checkPicture({ label, png, widthPx, heightPx }: Picture): void {
    if (typeof label !== 'string') throw new Error('a picture has no label');
    if (!(png instanceof Uint8Array)) throw new Error(`png of picture "${label}" is no Uint8Array`);
    if (!(widthPx >= 1 && heightPx >= 1)) throw new Error(`picture "${label}" has ${widthPx} x ${heightPx} px`);
}

function show(value: unknown): string {
    const text =
        JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? 'bytes' : part)) ?? String(value);
    return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
