import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, escapeText, formatNumber, slug } from '../../src/report/escape.ts';
import { REPORT_SCHEMA, renderJson } from '../../src/report/json.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { renderAnnotations, renderMarkdown } from '../../src/report/markdown.ts';
import { writeFileAtomic, writeReport } from '../../src/report/write-report.ts';
import { parseXml, reportSaying } from './sample-report.ts';

describe('renderJunit', () => {
    it('is well-formed for any text, and its counts are those of its cases', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary' }), (text) => {
                const elements = parseXml(renderJunit(reportSaying(text)));
                const [root] = elements;
                expect(root!.name).toBe('testsuites');
                expect(elements.filter((e) => e.name === 'testcase')).toHaveLength(5);
                expect(root!.attributes).toMatchObject({
                    tests: '5',
                    failures: '1',
                    errors: '1',
                    skipped: '2',
                    time: '5.000'
                });
                expect(elements.filter((e) => e.name === 'failure')).toHaveLength(1);
                expect(elements.filter((e) => e.name === 'skipped')).toHaveLength(2);
            })
        );
    });

    it('keeps the message of a failure', () => {
        const failure = parseXml(renderJunit(reportSaying('a < b'))).find((e) => e.name === 'failure');
        expect(failure?.attributes['message']).toBe('a &lt; b');
    });

    it('tells what could not be decided from what was not run', () => {
        const found = parseXml(renderJunit(reportSaying('+3 % over 192 rounds'))).filter(({ name }) =>
            ['skipped', 'property'].includes(name)
        );
        const messages = found.filter(({ name }) => name === 'skipped').map(({ attributes }) => attributes['message']);
        expect(messages).toEqual(['inconclusive: +3 % over 192 rounds', '+3 % over 192 rounds']);
        const verdicts = found.filter(({ attributes }) => attributes['name'] === 'verdict');
        expect(verdicts.map(({ attributes }) => attributes['value'])).toEqual(['inconclusive']);
    });
});

describe('renderJson', () => {
    it('names its schema and reads back, pictures by hash and numbers that are none as text', () => {
        const json = JSON.parse(renderJson(reportSaying('x')));
        expect(json.schema).toBe(REPORT_SCHEMA);
        expect(json.schema).toBe('mixreel-report/1');
        const [pictures, , , table] = json.sections[0].sections;
        expect(pictures.pictures[0].sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(pictures.pictures[0].png).toBeUndefined();
        expect(table.rows[1]).toEqual([null, 'NaN']);
    });
});

describe('renderMarkdown', () => {
    it('tells counts, figures and what failed', () => {
        const text = renderMarkdown(reportSaying('word'));
        expect(text).toContain('1 passed, 1 failed, 1 error, 1 inconclusive, 1 skipped');
        expect(text).toMatch(/^\| failed \| word \/ word \| word \|$/m);
    });

    it('lets no text leave its cell', () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                const escaped = escapeMarkdown(text);
                expect(escaped).not.toMatch(/[\n\r]/);
                expect(escaped.replace(/\\./g, '')).not.toMatch(/[|`<>[\]]/);
            })
        );
    });
});

describe('renderAnnotations', () => {
    it('writes one line a case, whatever its text', () => {
        const lines = renderAnnotations(reportSaying('two\nlines, 100%: x')).trimEnd().split('\n');
        expect(lines).toHaveLength(3);
        expect(lines[0]).toBe(
            '::error title=two%0Alines%2C 100%25%3A x / two%0Alines%2C 100%25%3A x::two%0Alines, 100%25: x'
        );
    });
});

describe('escapeText', () => {
    it('leaves nothing that ends text or an attribute, and nothing XML forbids', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary' }), (text) => {
                const escaped = escapeText(text);
                expect(escaped).not.toMatch(/[<>"']/);
                expect(escaped).not.toMatch(/\p{Cs}/u);
            })
        );
    });
});

describe('slug', () => {
    it('is a safe file name and id for any text', () => {
        fc.assert(
            fc.property(fc.string(), (text) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug(text)) && slug(text).length <= 60)
        );
        expect(slug('../../etc/passwd')).toBe('etc-passwd');
        expect(slug('Größe & Maß')).toBe('gro-e-ma');
    });
});

describe('formatNumber', () => {
    it('keeps four significant digits', () => {
        fc.assert(
            fc.property(fc.double({ min: 1e-4, max: 1e5, noNaN: true }), (value) => {
                const back = Number(formatNumber(value).replace(/\u202f/g, ''));
                // Half of the fourth digit: 5e-4 of the value, and integers are exact.
                expect(Math.abs(back - value)).toBeLessThanOrEqual(5.01e-4 * value);
            })
        );
        expect(formatNumber(-1234567)).toBe('\u22121\u202f234\u202f567');
        expect(formatNumber(0.1)).toBe('0.1');
    });
});

describe('writeReport', () => {
    it('writes four files and leaves no other', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-report-'));
        const written = await writeReport(reportSaying('x'), join(folder, 'a', 'b'));
        expect(readdirSync(join(folder, 'a', 'b')).sort()).toEqual([
            'junit.xml',
            'report.html',
            'report.json',
            'summary.md'
        ]);
        expect(readFileSync(written.html, 'utf8')).toMatch(/<\/html>\s*$/);
    });

    it('keeps what was there when it cannot write, and says how to go on', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-report-'));
        writeFileSync(join(folder, 'file'), 'kept');
        const error = await writeFileAtomic(join(folder, 'file', 'report.html'), 'x').catch((e: unknown) => e);
        expect(error).toMatchObject({ code: 'environment', message: expect.stringContaining('could not be written') });
        expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
        expect(readdirSync(folder)).toEqual(['file']);
    });
});
