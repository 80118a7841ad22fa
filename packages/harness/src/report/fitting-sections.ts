/**
 * Pictures as far as a file can hold them. A text of Node.js ends at 512 MiB and browsers give up earlier, while thirty noisy
 * pictures of 4K, three for each capture that differs, have 2 GB: without a limit the report of exactly the run that broke
 * everything could not be written. What could not be judged comes first, then what failed; what is left out is said.
 */
import type { PicturesSection, Section, Status } from './report.ts';

/** PNG bytes that a report shows; a third more as text. */
const SHOWN_BYTES = 256 * 2 ** 20;

const ORDER: readonly Status[] = ['error', 'failed', 'inconclusive', 'passed', 'skipped'];

/** The same sections, those of pictures without them where there is no room. */
export function fittingSections(sections: readonly Section[], maxBytes: number = SHOWN_BYTES): readonly Section[] {
    const rank = ({ status }: PicturesSection): number => ORDER.indexOf(status ?? 'passed');
    const urgent = picturesIn(sections).sort((a, b) => rank(a) - rank(b));
    const left = new Set<Section>();
    let roomBytes = maxBytes;
    for (const section of urgent) {
        const sizeBytes = section.pictures.reduce((sum, { png }) => sum + png.length, 0);
        if (sizeBytes > roomBytes) left.add(section);
        else roomBytes -= sizeBytes;
    }
    return left.size === 0 ? sections : sections.map((section) => without(section, left, maxBytes));
}

function picturesIn(sections: readonly Section[]): PicturesSection[] {
    return sections.flatMap((section) => {
        if (section.kind === 'group') return picturesIn(section.sections);
        return section.kind === 'pictures' ? [section] : [];
    });
}

function without(section: Section, left: ReadonlySet<Section>, maxBytes: number): Section {
    if (section.kind === 'group')
        return { ...section, sections: section.sections.map((inner) => without(inner, left, maxBytes)) };
    if (section.kind !== 'pictures' || !left.has(section)) return section;
    const size = `${Math.round(maxBytes / 2 ** 20)} MiB`;
    const note = `Its pictures are left out: all of this report have more than ${size}. A run of fewer scenarios shows them.`;
    return { ...section, pictures: [], note: section.note ? `${section.note}\n${note}` : note };
}
