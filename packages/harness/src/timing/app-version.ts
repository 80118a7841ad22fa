/**
 * Another version of the same app, to measure against: a commit, checked out beside and built; or a published version, packed
 * by npm. Programs are started from argument lists, never through a shell. Whoever asked deletes it by `remove`; `pageTiming`
 * does that by itself.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { badInput, MixreelError } from '@mixreel/core';
import { type Host, nodeHost } from '../browser/host.ts';

/** Which version. */
export type VersionSource =
    /** A commit, branch or tag of the repository in `repository` (default: the current folder). */
    | { readonly git: string; readonly repository?: string }
    /** What `npm pack` takes: `name@1.2.3`, or a folder. */
    | { readonly npm: string };

/** How to make it. */
export interface VersionOptions {
    /** Programs to run in it one after the other, as words: `[['npm', 'ci'], ['npm', 'run', 'build']]`. Default none. */
    readonly build?: readonly (readonly [string, ...string[]])[];
    /** Folder in it that holds the page. Default the whole. */
    readonly folder?: string;
    /** A program is ended after so many s, 1 to 36,000. Default 600. */
    readonly timeoutS?: number;
    readonly signal?: AbortSignal;
    readonly host?: Host;
}

/** A version on disk. */
export interface AppVersion {
    /** Absolute path of the page's folder. */
    readonly folder: string;
    /** Deletes it, and what git knows of it; after a cancelled run, too. An end of the process does it, unless that is killed. */
    remove(): Promise<void>;
}

/** An end of the process is not held up for longer. */
const EXIT_TIMEOUT_MS = 5000;

/** Throws `bad-input` if there is no such version, `environment` if a program is missing or fails. */
export async function appVersion(source: VersionSource, options: VersionOptions = {}): Promise<AppVersion> {
    const host = options.host ?? nodeHost();
    const place = await mkdtemp(join(tmpdir(), 'mixreel-version-'));
    const timeoutMs = 1000 * (options.timeoutS ?? 600);
    const limits = { timeoutMs, ...(options.signal ? { signal: options.signal } : {}) };
    const run = async (words: readonly [string, ...string[]], mend: string, cwd?: string): Promise<string> => {
        const [program, ...rest] = words;
        const inFolder = cwd === undefined ? limits : { ...limits, cwd };
        const { status, stdout, stderr, stopped } = await host.run(program, rest, inFolder);
        if (status === 0) return stdout;
        const why =
            stopped ?? `it ended with ${status}: ${(stderr || stdout).trim().split('\n').slice(-5).join(' | ')}`;
        throw new MixreelError('environment', { what: `${words.join(' ')} failed: ${why}`, mend });
    };
    const tree = join(place, 'package');
    const repository = 'git' in source ? resolve(source.repository ?? '.') : '';
    const forget = ['-C', repository, 'worktree', 'remove', '--force', tree];
    // A process that ends meanwhile (a second Ctrl-C, the last scenario's time is up) waits for nothing.
    const atExit = (): void => {
        if ('git' in source) spawnSync('git', forget, { stdio: 'ignore', timeout: EXIT_TIMEOUT_MS });
        rmSync(place, { recursive: true, force: true });
    };
    process.once('exit', atExit);
    const remove = async (): Promise<void> => {
        // Without the signal: what was cancelled is to be cleared away all the same.
        if ('git' in source) await host.run('git', forget, { timeoutMs });
        await rm(place, { recursive: true, force: true });
        process.off('exit', atExit);
    };
    try {
        if ('git' in source) {
            checkName(source.git);
            const add = ['git', '-C', repository, 'worktree', 'add', '--detach', tree, source.git] as const;
            await run([...add], 'Name a commit that this repository has (a shallow clone may lack it)');
        } else {
            checkName(source.npm);
            const packed = await run(
                ['npm', 'pack', '--silent', '--pack-destination', place, source.npm],
                'Name a version that is published'
            );
            const file = packed.trim().split('\n').at(-1) ?? '';
            await run(['tar', '-xzf', join(place, file), '-C', place], 'Install tar');
        }
        for (const words of options.build ?? []) await run(words, 'Build that version by hand to see why', tree);
        return { folder: resolve(join(tree, options.folder ?? '.')), remove };
    } catch (error) {
        await remove();
        throw error;
    }
}

/** A name that begins with a hyphen would be an option of git or npm. */
function checkName(name: string): void {
    if (name !== '' && !name.startsWith('-')) return;
    throw badInput(`the version is ${JSON.stringify(name)}`, 'a commit, or name@version', 'Correct it');
}
