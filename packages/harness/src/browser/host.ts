/**
 * The machine as the browser search sees it: its platform, its files, the programs it can run. One small interface, so that
 * every order of search, every missing file and every refusing `apt-get` is a unit test on a made-up machine.
 *
 * Programs are started from an argument list, never through a shell: no path or variable is ever parsed as a command.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Progress } from '@mixreel/core';

/** What a program left behind. */
export interface CommandResult {
    /** Exit status, or null if it was killed or could not be started. */
    readonly status: number | null;
    /** The last 200,000 characters of standard output and of standard error. */
    readonly stdout: string;
    readonly stderr: string;
    /** Why it was stopped or never ran; null if it ran to its end. */
    readonly stopped: 'timeout' | 'stalled' | 'aborted' | 'not-found' | null;
}

/** How long a program may run. */
export interface CommandLimits {
    /** Killed after this many ms. */
    readonly timeoutMs: number;
    /** Killed after this many ms without a byte of output; absent: may be silent. */
    readonly stallMs?: number;
    /** Folder that it is started in. Default that of this process. */
    readonly cwd?: string;
    /** Added to the environment. */
    readonly env?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
    /** Called with each piece of standard output. */
    readonly onOutput?: (text: string) => void;
}

/** See the file comment. */
export interface Host {
    readonly platform: NodeJS.Platform;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly homeDir: string;
    /** True where the process runs as root (never on Windows). */
    readonly isRoot: boolean;
    /** True if the path is a file that may be executed. */
    isExecutable(path: string): boolean;
    /** True if the path is a file. */
    isFile(path: string): boolean;
    run(command: string, args: readonly string[], limits: CommandLimits): Promise<CommandResult>;
}

const TAIL_CHARS = 200_000;

/** This machine. */
export function nodeHost(): Host {
    return {
        platform: process.platform,
        env: process.env,
        homeDir: homedir(),
        isRoot: process.getuid?.() === 0,
        isExecutable: (path) => isFile(path) && canExecute(path),
        isFile,
        run: runCommand
    };
}

function isFile(path: string): boolean {
    try {
        return statSync(path).isFile();
    } catch {
        return false;
    }
}

function canExecute(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

function runCommand(command: string, args: readonly string[], limits: CommandLimits): Promise<CommandResult> {
    return new Promise((resolve) => {
        const out = { stdout: '', stderr: '' };
        let stopped: CommandResult['stopped'] = null;
        const child = spawn(command, [...args], {
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, ...limits.env },
            ...(limits.cwd === undefined ? {} : { cwd: limits.cwd }),
            windowsHide: true
        });
        const stop = (reason: 'timeout' | 'stalled' | 'aborted'): void => {
            stopped ??= reason;
            child.kill('SIGKILL');
        };
        const total = setTimeout(() => stop('timeout'), limits.timeoutMs);
        let stall: NodeJS.Timeout | undefined;
        const heard = (): void => {
            clearTimeout(stall);
            if (limits.stallMs !== undefined) stall = setTimeout(() => stop('stalled'), limits.stallMs);
        };
        const onAbort = (): void => stop('aborted');
        limits.signal?.addEventListener('abort', onAbort, { once: true });
        if (limits.signal?.aborted) onAbort();
        const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
            heard();
            const text = chunk.toString('utf8');
            out[name] = (out[name] + text).slice(-TAIL_CHARS);
            if (name === 'stdout') limits.onOutput?.(text);
        };
        child.stdout.on('data', collect('stdout'));
        child.stderr.on('data', collect('stderr'));
        const end = (status: number | null): void => {
            clearTimeout(total);
            clearTimeout(stall);
            limits.signal?.removeEventListener('abort', onAbort);
            // A grandchild that keeps the pipes open must not keep this process alive.
            child.stdout.destroy();
            child.stderr.destroy();
            resolve({ status, ...out, stopped });
        };
        child.once('error', (error: NodeJS.ErrnoException) => {
            stopped ??= 'not-found';
            out.stderr += error.message;
            end(null);
        });
        child.once('close', (code) => end(code));
        child.once('exit', (code) => {
            if (stopped) end(code);
        });
        heard();
    });
}

/** A short reason for a person: why a command did not do its work. */
export function explainFailure(result: CommandResult): string {
    if (result.stopped === 'timeout') return 'took too long and was stopped';
    if (result.stopped === 'stalled') return 'the network gave no answer';
    if (result.stopped === 'aborted') return 'was cancelled';
    if (result.stopped === 'not-found') return 'could not be started';
    const lines = `${result.stderr}\n${result.stdout}`.split('\n').map((line) => line.trim());
    const telling = lines.find((line) => /error|unable|cannot|not found|failed/i.test(line)) ?? lines.find(Boolean);
    return `exit status ${result.status}${telling ? `: ${telling.slice(0, 240)}` : ''}`;
}

/** The abort signal of a progress, as an object to spread into {@link CommandLimits}. */
export function signalOf(progress: Progress | undefined): { signal?: AbortSignal } {
    return progress?.signal ? { signal: progress.signal } : {};
}
