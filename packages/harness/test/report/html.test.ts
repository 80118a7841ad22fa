import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import type { Report, Section, Status } from '../../src/report/report.ts';
import { plainPicture, reportSaying } from './sample-report.ts';

/** Names of all tags in a document, outside of its own style sheet and script. */
function tags(html: string): string[] {
    const body = html.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>/, '');
    return [...body.matchAll(/<\/?([A-Za-z!][\w-]*)/g)].map((m) => m[1]!);
}

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'--></style></title>&lt;\u0000';

describe('renderHtml', () => {
    it('has the same tags whatever the text says', () => {
        const calm = tags(renderHtml(reportSaying('calm')));
        fc.assert(
            fc.property(
                fc.oneof(fc.string(), fc.constantFrom(hostile, '<b>', '</script>', "' onload='x", '$1')),
                (text) => {
                    // A section's note and a figure's note are left out when empty; blank lines part paragraphs.
                    fc.pre(text.trim() !== '' && !/\n\s*\n/.test(text));
                    expect(tags(renderHtml(reportSaying(text)))).toEqual(calm);
                }
            ),
            { numRuns: 60 }
        );
    });

    it('lets no text become an event handler or an attribute', () => {
        const html = renderHtml(reportSaying(hostile));
        for (const tag of html.match(/<[a-z][^>]*>/g) ?? []) {
            expect(tag.replace(/"[^"]*"/g, '""'), tag).not.toMatch(/\son\w+\s*=/);
        }
        expect(html.match(/<script>/g)).toHaveLength(1);
    });

    it('allows its own style sheet and script by their hashes, and the network nothing', () => {
        const html = renderHtml(reportSaying('x'));
        const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
        expect(policy).toContain("default-src 'none'");
        expect(policy).not.toContain('unsafe');
        for (const element of ['style', 'script']) {
            const source = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html)?.[1] ?? '';
            const hash = createHash('sha256').update(source).digest('base64');
            expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
        }
        expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
        // The policy forbids inline styles: none may be relied upon.
        expect(html).not.toMatch(/<[^>]+\sstyle=/);
    });

    it('gives every section an id of its own, and every link one that exists', () => {
        const html = renderHtml(reportSaying('the same title'));
        const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((m) => m[1]!);
        expect(new Set(ids).size).toBe(ids.length);
        const links = [...html.matchAll(/href="#([^"]*)"/g)].map((m) => m[1]!);
        expect(links.length).toBeGreaterThan(2);
        for (const link of links) expect(ids).toContain(link);
    });

    it('embeds each picture once, however many ways there are to look at it', () => {
        const report = withPictures([plainPicture('a', 1), plainPicture('b', 2)]);
        const html = renderHtml(report);
        expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2);
        expect(html).toContain('data-set-mode="slider"');
        for (const tag of html.match(/<img [^>]*>/g) ?? []) expect(tag).toContain('alt="');
    });

    it('offers no slider for pictures of different sizes', () => {
        const report = withPictures([plainPicture('a', 1), plainPicture('b', 2, 16, 16)]);
        expect(renderHtml(report)).not.toContain('data-set-mode="slider"');
    });

    it('leaves out pictures that it has no room for, those of what is well first, and says so', () => {
        const section = (title: string, status: Status): Section => {
            return { kind: 'pictures', title, status, note: `note of ${title}`, pictures: [plainPicture(title, 1)] };
        };
        const own = [section('well', 'passed'), section('fails', 'failed'), section('breaks', 'error')];
        const report: Report = { ...withPictures([]), sections: [{ kind: 'group', title: 'g', sections: own }] };
        const one = plainPicture('well', 1).png.length;
        const html = renderHtml(report, 2 * one);
        expect([...html.matchAll(/<img src[^>]*alt="(\w+)"/g)].map(([, label]) => label)).toEqual(['fails', 'breaks']);
        expect(html).toMatch(/note of well\s+Its pictures are left out/);
        expect(renderHtml(report, 3 * one)).toBe(renderHtml(report));
    });

    it('says so when the run was not finished', () => {
        expect(renderHtml({ ...withPictures([]), partial: true })).toContain('Partial');
    });

    it('is the same for the same report', () => {
        expect(renderHtml(reportSaying('x'))).toBe(renderHtml(reportSaying('x')));
    });
});

function withPictures(pictures: ReturnType<typeof plainPicture>[]): Report {
    return {
        title: 't',
        status: 'passed',
        figures: [],
        cases: [],
        sections: [{ kind: 'pictures', title: 'p', pictures }],
        provenance: {}
    };
}
