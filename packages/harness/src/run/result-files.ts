/**
 * Finished scenarios as files, one each, written whole: what a killed run has done can be taken up again, and the runs of
 * several machines put together. Captured data is not in them (it has its own store); pictures of the report are.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileKey } from '../baseline/capture-store.ts';
import { fittingSections } from '../report/fitting-sections.ts';
import { writeFileAtomic } from '../report/write-report.ts';
import type { RunResult, ScenarioResult } from './run-result.ts';

const SCHEMA = 'mixreel-result/1';

/** Where a run leaves them inside its folder. */
export const RESULTS_FOLDER = 'results';

/** See the file comment. */
export interface ResultFile {
    readonly schema: string;
    readonly title: string;
    readonly seed: number | string;
    readonly result: ScenarioResult;
}

/** Writes the result of one scenario. */
export async function saveResult(
    outDir: string,
    run: Pick<RunResult, 'title' | 'seed'>,
    result: ScenarioResult
): Promise<void> {
    await writeFileAtomic(resultPath(outDir, result.name), encodeResult(run, result));
}

/** Removes the result of a scenario, if there is one that can be removed: what cannot be is overwritten, or an error then. */
export async function removeResult(outDir: string, scenario: string): Promise<void> {
    await rm(resultPath(outDir, scenario), { force: true }).catch(() => {});
}

function resultPath(outDir: string, scenario: string): string {
    return join(outDir, RESULTS_FOLDER, `${fileKey(scenario)}.json`);
}

/**
 * A result as text, without what was captured.
 *
 * @param maxPictureBytes - PNG bytes in it: a text of Node.js ends at 512 MiB, a value of Redis, too. Pictures beyond are left
 * out, and the log says so.
 */
export function encodeResult(
    run: Pick<RunResult, 'title' | 'seed'>,
    result: ScenarioResult,
    maxPictureBytes: number = 128 * 2 ** 20
): string {
    let roomBytes = maxPictureBytes;
    const left: string[] = [];
    const captures = result.captures.map(({ data: _, ...rest }) => {
        const sizeBytes = rest.verdict.pictures.reduce((sum, { png }) => sum + png.length, 0);
        if (sizeBytes <= roomBytes) {
            roomBytes -= sizeBytes;
            return rest;
        }
        left.push(rest.capture.name);
        return { ...rest, verdict: { ...rest.verdict, pictures: [] } };
    });
    const sections = fittingSections(result.sections, roomBytes);
    const log = left.length
        ? [...result.log, `Too large to be kept were the pictures of: ${left.join(', ')}.`]
        : result.log;
    const file: ResultFile = {
        schema: SCHEMA,
        title: run.title,
        seed: run.seed,
        result: { ...result, captures, sections, log }
    };
    return JSON.stringify(file, pack);
}

/** The result in a text, or null if it is damaged or of another version. */
export function decodeResult(text: string): ResultFile | null {
    try {
        const file = JSON.parse(text, unpack) as Partial<ResultFile>;
        return file.schema === SCHEMA && typeof file.result?.name === 'string' ? (file as ResultFile) : null;
    } catch {
        return null;
    }
}

/** Results in a run's folder, by name of the scenario. Files that are damaged or of another version are passed over. */
export async function loadResults(outDir: string): Promise<ResultFile[]> {
    const folder = join(outDir, RESULTS_FOLDER);
    const files: ResultFile[] = [];
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
        if (!name.endsWith('.json')) continue;
        // Half-written by a run that was killed on a file system without atomic renames: the scenario runs again.
        const file = decodeResult(await readFile(join(folder, name), 'utf8').catch(() => ''));
        if (file) files.push(file);
    }
    return files.sort((a, b) => (a.result.name < b.result.name ? -1 : 1));
}

/** Bytes and numbers that JSON does not know. */
function pack(_key: string, value: unknown): unknown {
    if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    return value;
}

function unpack(_key: string, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const { $bytes, $number } = value as { $bytes?: unknown; $number?: unknown };
    if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'));
    if (typeof $number === 'string') return Number($number);
    return value;
}
