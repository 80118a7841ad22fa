/**
 * The report as JSON for other programs. Pictures are named by the SHA-256 of their PNG, not embedded. `schema` changes when
 * a field changes its meaning or goes; new fields may come at any time.
 */
import { createHash } from 'node:crypto';
import type { Report, Section } from './report.ts';

/** Name and version of the JSON's schema. */
export const REPORT_SCHEMA = 'mixreel-report/1';

/** JSON text, two spaces of indent, keys in the order of {@link Report}. Same report, same bytes. */
export function renderJson(report: Report): string {
    const { sections, ...rest } = report;
    const plain = { schema: REPORT_SCHEMA, ...rest, sections: sections.map(plainSection) };
    return `${JSON.stringify(plain, plainNumber, 2)}\n`;
}

function plainSection(section: Section): unknown {
    if (section.kind === 'group') return { ...section, sections: section.sections.map(plainSection) };
    if (section.kind !== 'pictures') return section;
    const pictures = section.pictures.map(({ png, ...picture }) => ({
        ...picture,
        sizeBytes: png.length,
        sha256: createHash('sha256').update(png).digest('hex')
    }));
    return { ...section, pictures };
}

/** JSON has no infinity and no NaN: they travel as text instead of turning into null. */
function plainNumber(_key: string, value: unknown): unknown {
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
