/** The report in a few lines of Markdown, for a pull request or a job summary: verdict, figures, what is not as it should be. */
import { escapeMarkdown, formatFigure, formatNumber } from './escape.ts';
import type { Report, Status } from './report.ts';

/** Rows of the table at most; GitHub's summaries end at 1 MiB and readers earlier. */
const ROWS = 100;

/** The Markdown text. */
export function renderMarkdown(report: Report): string {
    // What never ran has not passed.
    const { status, partial } = report;
    const verdict = !partial ? status : status === 'passed' ? 'not finished' : `${status}, not finished`;
    const lines = [`## ${escapeMarkdown(report.title)}: ${verdict}`, ''];
    if (report.subtitle) lines.push(escapeMarkdown(report.subtitle), '');
    const count = (status: Status): number => report.cases.filter((c) => c.status === status).length;
    if (report.cases.length) {
        const words = (['passed', 'failed', 'error', 'inconclusive', 'skipped'] as const).filter((s) => count(s) > 0);
        lines.push(words.map((s) => `${count(s)} ${s}`).join(', '), '');
    }
    if (report.figures.length) {
        lines.push('| Figure | Value | |', '| --- | ---: | --- |');
        for (const f of report.figures) {
            lines.push(
                `| ${escapeMarkdown(f.label)} | ${escapeMarkdown(formatFigure(f))} | ${escapeMarkdown(f.note ?? '')} |`
            );
        }
        lines.push('');
    }
    const notable = report.cases.filter((c) => c.status !== 'passed' && c.status !== 'skipped');
    if (notable.length) {
        lines.push('| Verdict | Case | What was found |', '| --- | --- | --- |');
        for (const c of notable.slice(0, ROWS)) {
            lines.push(
                `| ${c.status} | ${escapeMarkdown(`${c.suite} / ${c.name}`)} | ${escapeMarkdown(c.message ?? '')} |`
            );
        }
        if (notable.length > ROWS) lines.push('', `… and ${formatNumber(notable.length - ROWS)} more.`);
        lines.push('');
    }
    return lines.join('\n');
}

/** GitHub's annotations: one workflow command for each case that failed or could not be judged. */
export function renderAnnotations(report: Report): string {
    const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
    const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
    const bad = report.cases.filter(
        (c) => c.status === 'failed' || c.status === 'error' || c.status === 'inconclusive'
    );
    return bad
        .map((c) => {
            const level = c.status === 'inconclusive' ? 'warning' : 'error';
            return `::${level} title=${property(`${c.suite} / ${c.name}`)}::${data(c.message ?? c.status)}\n`;
        })
        .join('');
}
