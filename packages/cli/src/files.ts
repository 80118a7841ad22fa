/**
 * Files in and out. Reading turns the system's errors into messages that say what to do. Writing is that of the harness'
 * reports: whole or not at all, so that a run that fails or is killed leaves either what was there before or the new file.
 */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { writeFileAtomic } from '@mixreel/harness';

/** Largest file that is read into memory: 2 GiB less one byte, Node's own limit for one read. */
const MAX_READ_BYTES = 2 ** 31 - 1;

/** The bytes of a file the user named. */
export async function readInput(path: string, what: string): Promise<Uint8Array> {
    try {
        const bytes = await readFile(path);
        if (bytes.length > MAX_READ_BYTES)
            throw badInput(`${path} has ${bytes.length} bytes`, 'less than 2 GiB', 'Split it');
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
        if (error instanceof MixreelError) throw error;
        throw badInput(`${what} "${path}" cannot be read: ${reason(error)}`, 'a file', 'Check the path', error);
    }
}

/** A JSON file the user named. */
export async function readJson(path: string, what: string): Promise<unknown> {
    const bytes = await readInput(path, what);
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw badInput(
            `${what} "${path}" is no JSON: ${why}`,
            'a whole JSON file',
            'Export or download it again',
            error
        );
    }
}

/** Replaces or makes a file in one step; makes its folder. The user named the place, so most failures are theirs to mend. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
    try {
        await writeFileAtomic(path, content);
    } catch (error) {
        throw writeError(path, error instanceof MixreelError ? error.cause : error);
    }
}

function writeError(path: string, error: unknown): MixreelError {
    const what = `"${path}" cannot be written: ${reason(error)}`;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOSPC', 'EDQUOT', 'EIO'].includes(code)) {
        const mend = 'Free some space on the disk and start again; what was there before is untouched';
        return new MixreelError('environment', { what, mend, cause: error });
    }
    return badInput(
        what,
        'a place that can be written',
        'Name another with -o; what was there before is untouched',
        error
    );
}

function reason(error: unknown): string {
    const code = (error as NodeJS.ErrnoException).code;
    const known: Readonly<Record<string, string>> = {
        ENOENT: 'there is no such file or folder',
        EACCES: 'permission denied',
        EPERM: 'permission denied',
        EISDIR: 'it is a folder',
        ENOTDIR: 'a part of the path is a file',
        EEXIST: 'a part of the path is a file',
        ENOSPC: 'the disk is full',
        EROFS: 'the file system is read-only'
    };
    return known[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}

/** The extension of a path the user named, lower case without its dot, checked against what a verb can do. */
export function extensionOf<T extends string>(path: string, allowed: readonly T[], what: string): T {
    const extension = extname(path).slice(1).toLowerCase();
    const found = allowed.find((candidate) => candidate === extension);
    if (found !== undefined) return found;
    const names = allowed.map((name) => `.${name}`).join(', ');
    throw badInput(`${what} "${path}" ends in "${extname(path)}"`, names, 'Name a file with one of these endings');
}
