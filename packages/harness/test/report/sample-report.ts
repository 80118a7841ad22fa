import { type PngImage, writePng } from '@mixreel/image';
import type { Picture, Report, TimelineEntry } from '../../src/report/report.ts';

/** A picture of one colour. */
export function plainPicture(label: string, grey: number, widthPx = 8, heightPx = 4): Picture {
    const image: PngImage = {
        widthPx,
        heightPx,
        channels: 1,
        bitDepth: 8,
        data: new Uint8Array(widthPx * heightPx).fill(grey)
    };
    return { label, widthPx, heightPx, png: writePng(image) };
}

export function entry(parts: Partial<TimelineEntry> = {}): TimelineEntry {
    return {
        label: 'frame 0',
        stream: 'video',
        frame: 0,
        sentNs: 0,
        arrivedNs: 4_000_000,
        deadlineNs: 10_000_000,
        outcome: 'complete',
        late: false,
        reason: null,
        delayNs: { transmission: 3_000_000, queueing: 1_000_000 },
        sizeBytes: 1200,
        ...parts
    };
}

/** A report with every kind of section, all of its text given by the caller. */
export function reportSaying(text: string): Report {
    return {
        title: text,
        subtitle: text,
        status: 'failed',
        figures: [{ label: text, value: text, unit: text, note: text }],
        cases: [
            { suite: text, name: text, status: 'failed', durationS: 1, message: text, details: text },
            { suite: text, name: text, status: 'error', durationS: 1, message: text },
            { suite: text, name: text, status: 'inconclusive', durationS: 1, message: text },
            { suite: text, name: text, status: 'skipped', durationS: 0, message: text },
            { suite: text, name: text, status: 'passed', durationS: 2, sectionId: text }
        ],
        sections: [
            {
                kind: 'group',
                title: text,
                id: text,
                note: text,
                sections: [
                    { kind: 'pictures', title: text, pictures: [plainPicture(text, 10), plainPicture(text, 20)] },
                    { kind: 'timeline', title: text, entries: [entry({ label: text, stream: text, late: true })] },
                    {
                        kind: 'plot',
                        title: text,
                        x: { label: text, unit: text },
                        y: { label: text },
                        series: (['line', 'points', 'bars', 'step'] as const).map((style) => ({
                            name: text,
                            style,
                            points: [
                                [0, 1],
                                [1, 2]
                            ]
                        })),
                        marks: [
                            { axis: 'x', value: 0.5, label: text },
                            { axis: 'y', value: 1.5, label: text }
                        ]
                    },
                    {
                        kind: 'table',
                        title: text,
                        columns: [text, 'n'],
                        rows: [
                            [text, 3],
                            [null, Number.NaN]
                        ]
                    },
                    { kind: 'text', title: text, text },
                    { kind: 'text', title: text, text, mono: true },
                    { kind: 'figures', title: text, figures: [{ label: text, value: 1 }] }
                ]
            },
            { kind: 'text', title: 'last', text }
        ],
        provenance: { [text]: text }
    };
}

/** Elements of a well-formed XML or XHTML-like text, as `name attribute=value …`; throws where it is not well-formed. */
export function parseXml(text: string): { name: string; attributes: Record<string, string>; text: string }[] {
    const elements: { name: string; attributes: Record<string, string>; text: string }[] = [];
    const open: number[] = [];
    const token = /<\?xml [^?]*\?>|<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
    let at = 0;
    while (at < text.length) {
        token.lastIndex = at;
        const match = token.exec(text);
        if (!match) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
        at = token.lastIndex;
        const [, close, name, attributes, selfClosed, words] = match;
        if (words !== undefined) {
            if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(words)) throw new Error(`bare ampersand: ${words.slice(0, 60)}`);
            const top = open.at(-1);
            if (top !== undefined) elements[top]!.text += words;
            else if (words.trim()) throw new Error(`text outside the root: ${words}`);
        } else if (close) {
            const top = open.pop();
            if (top === undefined || elements[top]!.name !== name) throw new Error(`</${name}> closes nothing`);
        } else if (name !== undefined) {
            const pairs = [...(attributes ?? '').matchAll(/([\w:-]+)="([^"]*)"/g)].map((m) => [m[1]!, m[2]!]);
            elements.push({ name, attributes: Object.fromEntries(pairs), text: '' });
            if (!selfClosed) open.push(elements.length - 1);
        }
    }
    if (open.length) throw new Error(`${elements[open.at(-1)!]!.name} is not closed`);
    return elements;
}
