/**
 * Writes a report's files beside each other: report.html, report.json, junit.xml and summary.md. Each is written whole under
 * another name, synced and renamed, so that a reader or a killed run never meets half a file.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { Report } from './report.ts';

/** Absolute paths of what was written. */
export interface WrittenReport {
    readonly html: string;
    readonly json: string;
    readonly junit: string;
    readonly markdown: string;
}

/**
 * @param outDir - Folder, made if it is missing.
 * @throws MixreelError `environment` if the disk is full or the folder cannot be written.
 */
export async function writeReport(report: Report, outDir: string): Promise<WrittenReport> {
    const path = (name: string): string => resolve(join(outDir, name));
    const written = {
        html: path('report.html'),
        json: path('report.json'),
        junit: path('junit.xml'),
        markdown: path('summary.md')
    };
    await writeFileAtomic(written.json, renderJson(report));
    await writeFileAtomic(written.junit, renderJunit(report));
    await writeFileAtomic(written.markdown, renderMarkdown(report));
    await writeFileAtomic(written.html, renderHtml(report));
    return written;
}

/**
 * Writes a file as a whole or not at all, making its folder if need be.
 *
 * @throws MixreelError `environment`, with the path and the system's reason.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
    // Beside its goal, so that the rename stays on one file system; a name of its own, so that two writers do not meet.
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
    try {
        await mkdir(dirname(path), { recursive: true });
        const file = await open(temporary, 'wx');
        try {
            await file.writeFile(content);
            await file.sync();
        } finally {
            await file.close();
        }
        await rename(temporary, path);
    } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {});
        throw new MixreelError('environment', {
            what: `${path} could not be written: ${whyNotWritten(cause)}`,
            expected: 'a folder with room that may be written',
            mend: 'Free some space or choose another folder with --out',
            cause
        });
    }
}

/** The system's reason in words. */
export function whyNotWritten(cause: unknown): string {
    const code = (cause as NodeJS.ErrnoException).code;
    const words: Readonly<Record<string, string>> = {
        ENOSPC: 'the disk is full',
        EACCES: 'permission denied',
        EPERM: 'not permitted',
        EROFS: 'the file system is read-only',
        ENOTDIR: 'a part of its path is a file',
        EISDIR: 'it is a folder'
    };
    return (code && words[code]) ?? code ?? String(cause);
}
