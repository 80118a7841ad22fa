import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

/** Every way in which code of Node.js ends or holds the process that it runs in. */
const ENDS = `const taken = ({ capture }) => capture.counters('n', { n: 1 }, { expected: { n: 1 } });
const plain = (name) => ({ name, run: taken });
export default { title: 'ends', scenarios: [
    plain('before'),
    { name: 'computes', timeoutS: 0.2, run: (context) => { taken(context); for (;;); } },
    plain('between'),
    { name: 'crashes', run: () => process.kill(process.pid, 'SIGSEGV') },
    { name: 'exits', run: () => process.exit(0) },
    plain('last')
] };`;

test('a scenario that holds or ends its process has an error of its own, and the others finish', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), ENDS);
    const { code, stdout, stderr } = await mixreel(['test', '--json', '-o', 'out'], { cwd: folder });
    expect(code, stderr).toBe(3);
    const statuses = JSON.parse(stdout).scenarios.map((s: { name: string; status: string }) => `${s.name} ${s.status}`);
    expect(statuses).toEqual([
        'before passed',
        'computes error',
        'between passed',
        'crashes error',
        'exits error',
        'last passed'
    ]);
    expect(stderr).toMatch(/^error +computes .*\n +it held its process without a pause beyond its time/m);
    expect(stderr).toMatch(/^error +crashes .*\n +its process ended by SIGSEGV/m);
    expect(stderr).toMatch(/^error +exits .*\n +its process ended with exit code 0/m);
    // Each was run once and told of once, and all of them are in the report.
    expect(stderr.match(/^passed .*before/gm)).toHaveLength(1);
    const report = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
    expect([report.partial, report.cases.length]).toEqual([false, 6]);
}, 60_000);

test('one Ctrl-C that comes twice, as by way of npm, ends a run with its report', async () => {
    const folder = temporaryFolder();
    const waits = `export default { scenarios: [{ name: 'waits', run: () => { console.error('waiting'); return new Promise(() => {}); } }] };`;
    writeFileSync(join(folder, 'mixreel.config.mjs'), waits);
    let asked = false;
    const { code, stderr } = await mixreel(['test'], {
        cwd: folder,
        onStderr: (text, kill) => {
            if (asked || !text.includes('waiting')) return;
            asked = true;
            kill('SIGINT');
            setTimeout(() => kill('SIGINT'), 20);
        }
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining('the run was cancelled')]);
});

test('Ctrl-C ends a scenario that holds its process, too', async () => {
    const folder = temporaryFolder();
    const held = `export default { scenarios: [{ name: 'holds', run: () => { console.error('holding'); for (;;); } }] };`;
    writeFileSync(join(folder, 'mixreel.config.mjs'), held);
    let asked = false;
    const { code } = await mixreel(['test'], {
        cwd: folder,
        onStderr: (text, kill) => {
            if (asked || !text.includes('holding')) return;
            asked = true;
            kill('SIGINT');
        }
    });
    expect(code).toBe(3);
}, 60_000);

test('a configuration that never comes to an end of being loaded ends the run, and says what to look for', async () => {
    const ends = {
        'for (;;);': 'it took more than 1 s',
        'await new Promise(() => {});': '(it took more than 1 s|exit code 13)'
    };
    for (const [line, why] of Object.entries(ends)) {
        const folder = temporaryFolder();
        writeFileSync(join(folder, 'mixreel.config.mjs'), `${line}\nexport default { scenarios: [] };`);
        const { code, stderr } = await mixreel(['test', '--load-timeout', '1'], { cwd: folder });
        expect(stderr).toMatch(new RegExp(`the configuration was not loaded: .*${why}`));
        expect(code).toBe(2);
    }
}, 60_000);
