/**
 * What scenarios measured, run after run, as JSON lines: one line for each value, only ever added to, so that a file can be
 * kept in a branch or a CI's cache and merged by line. Trends drawn from it say where a level changed; they never decide a
 * verdict, since runs of other days and machines are not comparable.
 */
import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { formatNumber } from '../report/escape.ts';
import type { PlotSection } from '../report/report.ts';
import { whyNotWritten } from '../report/write-report.ts';
import { type ScenarioResult, type Trend, withFailure } from '../run/run-result.ts';
import { changePoints } from './change-points.ts';

/** One line. */
export interface HistoryEntry extends Trend {
    readonly scenario: string;
    /** Which run: a commit, a build number, a date. */
    readonly run: string;
    /** Id of a run that several machines collected: each notes its values, and lines that are the same count once. */
    readonly sharedRun?: string;
}

/** How every line begins that {@link addHistory} writes. */
const LINE_START = '{"scenario":';
const NEWLINE = 10;

/** All values of a file, oldest first; none if it does not exist. Throws `bad-input` that names the line which is wrong. */
export async function readHistory(path: string): Promise<HistoryEntry[]> {
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
        // What stands in the way of its folder is told of where it is to be written.
        if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return '';
        throw badInput(`${path} cannot be read`, 'a file of JSON lines', 'Correct the path', cause);
    });
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const shared = new Set<string>();
    return lines
        .map((line, i) => {
            try {
                const entry = JSON.parse(line) as Partial<HistoryEntry>;
                const { scenario, name, run, value, unit } = entry;
                const texts = [scenario, name, run, unit].every((part) => typeof part === 'string');
                if (texts && typeof value === 'number') return entry as HistoryEntry;
            } catch {
                // Answered below; a run that was killed, or found no room, may have left half a line.
                if (line.startsWith(LINE_START)) return null;
            }
            throw badInput(
                `line ${i + 1} of ${path} is no measurement`,
                '{"scenario", "run", "name", "value", "unit"}',
                'Delete it'
            );
        })
        .filter((entry) => entry !== null)
        .filter((entry) => {
            if (entry.sharedRun === undefined) return true;
            const { run: _, ...counted } = entry;
            const key = JSON.stringify(counted);
            const isNew = !shared.has(key);
            shared.add(key);
            return isNew;
        });
}

/** True for a file whose last line has no end. */
async function endsWithin(path: string): Promise<boolean> {
    const file = await open(path).catch(() => null);
    if (!file) return false;
    try {
        const { size } = await file.stat();
        const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
        return bytesRead === 1 && buffer[0] !== NEWLINE;
    } finally {
        await file.close();
    }
}

/**
 * Adds what a scenario measured. A file that cannot be written is an error of that scenario: its trend would have a gap that
 * nobody sees.
 *
 * @param path - Left out: none is kept.
 */
export async function addHistory(
    path: string | undefined,
    run: Pick<HistoryEntry, 'run' | 'sharedRun'>,
    result: ScenarioResult
): Promise<ScenarioResult> {
    const trends = result.trends ?? [];
    if (path === undefined || trends.length === 0) return result;
    const lines = trends.map((trend) => `${JSON.stringify({ scenario: result.name, ...run, ...trend })}\n`);
    try {
        await mkdir(dirname(path), { recursive: true });
        // Not behind half a line.
        await appendFile(path, ((await endsWithin(path)) ? '\n' : '') + lines.join(''));
        return result;
    } catch (cause) {
        const what = `the history ${path} could not be written: ${whyNotWritten(cause)}`;
        return withFailure(
            result,
            new MixreelError('environment', { what, mend: 'Free some space or name another file' })
        );
    }
}

/** The course of each value that a scenario measured, this run's last, with its changes of level marked. */
export function trendSections(history: readonly HistoryEntry[], result: ScenarioResult): PlotSection[] {
    return (result.trends ?? []).map(({ name, value, unit }) => {
        const earlier = history.filter((entry) => entry.scenario === result.name && entry.name === name);
        const values = [...earlier.map((entry) => entry.value), value];
        const changes = changePoints(values);
        const told = changes.map(({ index, before, after }) => {
            const percent = 100 * (after / before - 1);
            return `${percent >= 0 ? '+' : ''}${formatNumber(percent)} % since ${earlier[index]?.run ?? 'this run'}`;
        });
        return {
            kind: 'plot',
            title: `Trend of ${name}`,
            note: told.join('; ') || `no change of level in ${values.length} runs`,
            x: { label: 'run' },
            y: { label: name, unit },
            series: [{ name, style: 'points', points: values.map((y, x) => [x, y] as const) }],
            marks: changes.map(({ index }, i) => ({ axis: 'x' as const, value: index, label: told[i] ?? '' }))
        };
    });
}
