/** Runs that are ended while a browser works for them: what was done stays, and no browser is left behind. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixreel, temporaryFolder } from '../mixreel.ts';

/** The second scenario waits for ever, in a browser whose process it names. */
const WAITS = `export default { scenarios: [
    { name: 'first', run: ({ capture }) => capture.counters('n', { n: 1 }, { expected: { n: 1 } }) },
    { name: 'waits', run: async ({ browser }) => {
        const session = await browser({ gpu: 'none' });
        await session.newPage();
        console.error('browser ' + session.browser.process().pid + '.');
        await new Promise(() => {});
    } },
    { name: 'never', run: () => {} }
] };`;

const lives = (pid: number): boolean => {
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
};

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    '%s ends a run and its browser, and leaves a report of what was done',
    async (signal) => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, 'mixreel.config.mjs'), WAITS);
        let pid = 0;
        const { code, stderr } = await mixreel(['test', '-o', 'out'], {
            cwd: folder,
            onStderr: (text, kill) => {
                const found = /^browser (\d+)\./m.exec(text);
                if (!found || pid) return;
                pid = Number(found[1]);
                kill(signal);
            }
        });
        expect(code, stderr).toBe(signal === 'SIGKILL' ? null : 3);
        if (signal !== 'SIGKILL') expect(stderr).toMatch(/^mixreel: the run was cancelled.*--resume/m);
        const report = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
        expect([report.partial, report.cases.map((c: { name: string }) => c.name)]).toEqual([true, ['first: n']]);
        expect(existsSync(join(folder, 'out', 'report.html'))).toBe(true);
        // The browser notices that its pipe is closed; the test's own time is the limit.
        while (lives(pid)) await new Promise((done) => setTimeout(done, 10));
    }
);
