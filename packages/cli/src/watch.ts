/**
 * `--watch`: runs the same command again whenever a file of the folder changes. Each run is a process of its own, so that it
 * sees the changed modules; changes while it runs are seen by the next one.
 */
import { spawn } from 'node:child_process';
import { type FSWatcher, watch } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import type { Clock } from '@mixreel/core';

/** Editors write a file in several steps, ns. */
const SETTLE_NS = 150e6;

/** Folders whose changes are nobody's work. */
const IGNORED: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** What to watch and run. */
export interface WatchInit {
    readonly folder: string;
    /** Paths inside it that runs write; asked for before each run, since a changed configuration may name others. */
    readonly except: () => Promise<readonly string[]>;
    readonly command: readonly [string, ...string[]];
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly log: (line: string) => void;
}

/** @returns The exit code of the last run, once the signal is aborted. */
export async function watchAndRun(init: WatchInit): Promise<number> {
    const { folder, clock, signal, log } = init;
    const [program, ...words] = init.command;
    let except: readonly string[] = [];
    let wake = (): void => {};
    let changed = '';
    const counts = (path: string): boolean =>
        !path.split(sep).some((part) => IGNORED.has(part)) && !except.some((own) => isOf(path, own));
    const watcher: FSWatcher = watch(folder, { recursive: true }, (_, path) => {
        if (path === null || !counts(path)) return;
        changed = path;
        wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    let code = 0;
    try {
        while (!signal.aborted) {
            except = (await init.except()).map((path) => relative(folder, resolve(folder, path)));
            changed = '';
            code = await run(program, words, signal);
            if (signal.aborted) break;
            log('waiting for changes; Ctrl-C ends it');
            if (!changed)
                await new Promise<void>((done) => {
                    wake = done;
                });
            if (signal.aborted) break;
            await clock.waitUntilNs(clock.nowNs() + SETTLE_NS, signal).catch(() => {});
            log(`${changed} changed`);
        }
    } finally {
        watcher.close();
    }
    return code;
}

/** True for what a run writes: the path itself, what lies in it, the folders it lies in, and what is renamed to it. */
function isOf(path: string, own: string): boolean {
    if (path === own || path.startsWith(own + sep) || own.startsWith(path + sep)) return true;
    return path.startsWith(`${own}.`) && path.endsWith('.tmp');
}

function run(program: string, words: readonly string[], signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, words, { stdio: 'inherit' });
        const end = (): void => void child.kill('SIGINT');
        signal.addEventListener('abort', end, { once: true });
        child.once('error', reject);
        child.once('exit', (code) => {
            signal.removeEventListener('abort', end);
            resolve(code ?? 3);
        });
    });
}
