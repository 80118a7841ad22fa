/**
 * JUnit XML as Jenkins, GitLab and GitHub actions read it: one test suite for each suite of cases. `failed` is a failure and
 * `error` an error, each with its message. There is no verdict "inconclusive" in JUnit; it is a skipped test, since nothing
 * was found and more samples are asked for. So that it is not taken for one that nobody ran, its message begins with the word, its
 * text says what was measured, and it has the property `verdict`.
 */
import { escapeText } from './escape.ts';
import type { Report, ReportCase } from './report.ts';

/** The document. Suites in the order of their first case. */
export function renderJunit(report: Report): string {
    const suites = new Map<string, ReportCase[]>();
    for (const c of report.cases) suites.set(c.suite, [...(suites.get(c.suite) ?? []), c]);
    const inner = [...suites].map(([name, cases]) => {
        const body = cases.map(renderCase).join('');
        return `  <testsuite name="${escapeText(name)}" ${counts(cases)}>\n${body}  </testsuite>\n`;
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeText(report.title)}" ${counts(report.cases)}>\n${inner.join('')}</testsuites>\n`;
}

function counts(cases: readonly ReportCase[]): string {
    const count = (...statuses: string[]): number => cases.filter((c) => statuses.includes(c.status)).length;
    const time = cases.reduce((sum, c) => sum + c.durationS, 0);
    return `tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped', 'inconclusive')}" time="${time.toFixed(3)}"`;
}

function renderCase(c: ReportCase): string {
    const open = `    <testcase classname="${escapeText(c.suite)}" name="${escapeText(c.name)}" time="${c.durationS.toFixed(3)}"`;
    const message = escapeText(c.message ?? '');
    const details = escapeText([c.message, c.details].filter(Boolean).join('\n'));
    const verdict = c.status === 'inconclusive' ? { verdict: c.status } : {};
    const list = Object.entries({ ...verdict, ...c.properties });
    const inner = list.map(([name, v]) => `        <property name="${escapeText(name)}" value="${escapeText(v)}"/>\n`);
    const properties = list.length ? `      <properties>\n${inner.join('')}      </properties>\n` : '';
    switch (c.status) {
        case 'passed':
            return properties ? `${open}>\n${properties}    </testcase>\n` : `${open}/>\n`;
        case 'failed':
            return `${open}>\n${properties}      <failure message="${message}">${details}</failure>\n    </testcase>\n`;
        case 'error':
            return `${open}>\n${properties}      <error message="${message}">${details}</error>\n    </testcase>\n`;
        case 'inconclusive':
            return `${open}>\n${properties}      <skipped message="inconclusive: ${message}">${details}</skipped>\n    </testcase>\n`;
        case 'skipped':
            return `${open}>\n${properties}      <skipped message="${message}"/>\n    </testcase>\n`;
    }
}
