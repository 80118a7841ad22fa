/** Runs the built command line as a process of its own, as a user does. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/mixreel.mjs', import.meta.url));

export interface Finished {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** @param onStderr - Called with all of stderr so far, and a way to send a signal. */
export function mixreel(
    words: readonly string[],
    options: {
        cwd?: string;
        env?: Record<string, string>;
        onStderr?: (text: string, kill: (s: NodeJS.Signals) => void) => void;
    } = {}
): Promise<Finished> {
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [BIN, ...words], {
            cwd: options.cwd ?? process.cwd(),
            env: { ...process.env, ...options.env },
            stdio: ['ignore', 'pipe', 'pipe']
        });
        let [stdout, stderr] = ['', ''];
        child.stdout.on('data', (chunk: Buffer) => {
            stdout += chunk.toString();
        });
        child.stderr.on('data', (chunk: Buffer) => {
            stderr += chunk.toString();
            options.onStderr?.(stderr, (signal) => child.kill(signal));
        });
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}
