import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mixreel, temporaryFolder } from './mixreel.ts';

/** A configuration of two scenarios, of which the second differs by a byte. */
const CONFIG = `export default { scenarios: [1, 2].map((n) => ({
    name: 'bytes/' + n,
    run: ({ capture }) => capture.exact('x', Uint8Array.of(n), { expected: Uint8Array.of(1) })
})) };`;

test('scenarios are found, run and judged; a difference is exit code 1 and in the report', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), CONFIG);
    const { code, stdout, stderr } = await mixreel(['test', '-o', join(folder, 'out')], { cwd: folder });
    expect([code, stdout]).toEqual([1, `${join(folder, 'out', 'report.html')}\n`]);
    expect(stderr).toMatch(/^passed +bytes\/1 .*\nfailed +bytes\/2 /);
    expect(readFileSync(join(folder, 'out', 'junit.xml'), 'utf8')).toContain('bytes');
    const some = await mixreel(['test', '--grep', 'bytes/1', '-o', join(folder, 'some'), '--json'], { cwd: folder });
    expect(some.code).toBe(0);
    expect(JSON.parse(some.stdout).scenarios).toEqual([{ name: 'bytes/1', status: 'passed' }]);
});

test('baselines are beside the configuration, wherever it is run from', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'room'));
    const counts = `export default { scenarios: [{ name: 'a', run: ({ capture }) => capture.counters('work', { rays: 1 }) }] };`;
    writeFileSync(join(folder, 'room', 'visual.mjs'), counts);
    const run = (cwd: string, ...args: string[]) => mixreel(['test', ...args], { cwd });
    expect((await run(folder, join('room', 'visual.mjs'), '--update', 'missing')).code).toBe(0);
    expect([existsSync(join(folder, 'baselines')), existsSync(join(folder, 'room', 'baselines'))]).toEqual([
        false,
        true
    ]);
    expect((await run(join(folder, 'room'), 'visual.mjs')).code).toBe(0);
});

test('a configuration that is absent, broken or empty is bad input', async () => {
    const folder = temporaryFolder();
    const run = async (name: string, content?: string): Promise<string> => {
        if (content !== undefined) writeFileSync(join(folder, name), content);
        const { code, stderr } = await mixreel(['test', name], { cwd: folder });
        expect(code, stderr).toBe(2);
        return stderr;
    };
    expect(await run('none.mjs')).toMatch(/there is no none\.mjs/);
    expect(await run('broken.mjs', 'export default {')).toMatch(/broken\.mjs cannot be loaded/);
    expect(await run('bare.mjs', 'export const x = 1;')).toMatch(/bare\.mjs has no default export/);
    expect(await run('wrong.mjs', 'export default { scenarios: 3 };')).toMatch(/scenarios is 3/);
    expect(existsSync(join(folder, 'out'))).toBe(false);
});

/** A picture that depends on a file, so that it can change between runs. */
const DRAWS = `import { readFileSync } from 'node:fs';
import { Frame } from '@mixreel/image';
const level = Number(readFileSync(new URL('level.txt', import.meta.url), 'utf8'));
const color = Float32Array.from({ length: 192 }, (_, i) => (level * i) / 192);
const frame = new Frame({ widthPx: 8, heightPx: 8, layers: { color } });
export default { scenarios: ['a', 'b'].map((name) => ({ name, run: ({ capture }) => capture.deterministic('view', frame) })) };`;

test('a picture is approved without running again, changes are found, and shards make one report', async () => {
    // Beside the tests, so that the configuration finds the packages.
    const folder = mkdtempSync(join(import.meta.dirname, '.scenarios-'));
    try {
        writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS);
        const level = (value: number): void => writeFileSync(join(folder, 'level.txt'), String(value));
        const run = (...args: string[]) => mixreel(args, { cwd: folder });
        level(1);
        expect((await run('test')).code).toBe(1);
        expect((await run('approve', 'a: view')).code).toBe(2);
        const vague = await run('approve', 'view', '-m', 'first look');
        expect([vague.code, vague.stderr]).toEqual([2, expect.stringContaining('any of 2 captures: a: view, b: view')]);
        expect((await run('approve', 'a: view', '-m', 'first look')).stdout).toBe(
            '1 capture approved, 0 unchanged, 0 refused\n'
        );
        expect((await run('test', '--update', 'missing')).code).toBe(0);
        level(0.5);
        expect(
            (await run('test', '--shard', '1/2', '-o', 'one')).stderr +
                (await run('test', '--shard', '2/2', '-o', 'two')).stderr
        ).toMatch(/failed +a.*failed +b|failed +b.*failed +a/s);
        const merged = await run('merge', 'one', 'two', '--json');
        expect(merged.code).toBe(1);
        expect(JSON.parse(merged.stdout).scenarios.map((s: { name: string }) => s.name)).toEqual(['a', 'b']);
        // Which shard the two fall into their names decide; without the other shard what is in it is an error.
        const halves = [await run('merge', 'one', '-o', 'half'), await run('merge', 'two', '-o', 'half')];
        expect(halves.map(({ code }) => code)).toContain(3);
        expect((await run('merge', 'one', 'one')).stderr).toMatch(/shard 1\/2 is there twice/);
        // What shards captured is approved from the whole, and then is the baseline.
        const approved = await run('approve', '--out', 'out/merged', '-m', 'half as bright');
        expect(approved.stdout).toBe('2 captures approved, 0 unchanged, 0 refused\n');
        expect((await run('test')).code).toBe(0);
        level(1);
        // Both fell into the first shard, and what it captured was approved since: neither is run again.
        const resumed = await run('test', '-o', 'one', '--resume');
        expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringMatching(/failed/)]);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}, 120_000);

test('a TypeScript configuration is loaded, with what it imports, beside one copy of the packages', async () => {
    const folder = mkdtempSync(join(import.meta.dirname, '.scenarios-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'size.ts'), 'export const size: number = 4;');
    writeFileSync(
        join(folder, 'mixreel.config.ts'),
        `import { MixreelError } from '@mixreel/core';
        import { defineConfig, type ScenarioContext } from '@mixreel/harness';
        import { size } from './size.ts';
        let starts = 0;
        const run = ({ capture }: ScenarioContext): void => {
            // A lost device is tried again only if the class of the error is the harness' own.
            if (++starts === 1) throw new MixreelError('device-lost', { what: 'lost', mend: 'again' });
            capture.counters('work', { size, starts }, { expected: { size: 4, starts: 2 } });
        };
        export default defineConfig({ scenarios: [{ name: 'typed', run }] });`
    );
    const { code, stderr } = await mixreel(['test'], { cwd: folder });
    expect(code, stderr).toBe(0);
});

test('what scenarios took is noted, and shards are balanced by it', async () => {
    const folder = temporaryFolder();
    const scenario = (name: string): string => `{ name: '${name}', run: () => {} }`;
    writeFileSync(
        join(folder, 'mixreel.config.mjs'),
        `export default { scenarios: [${['a', 'b', 'c', 'd'].map(scenario)}] };`
    );
    writeFileSync(join(folder, 'times.json'), JSON.stringify({ a: 9, b: 3, c: 3, d: 3, gone: 1 }));
    const names = async (shard: string): Promise<string[]> => {
        const args = ['test', '--shard', shard, '--durations', 'times.json', '--json', '-o', 'out'];
        const { stdout } = await mixreel(args, { cwd: folder });
        return JSON.parse(stdout).scenarios.map(({ name }: { name: string }) => name);
    };
    expect(await names('1/2')).toEqual(['a']);
    const times = JSON.parse(readFileSync(join(folder, 'times.json'), 'utf8'));
    expect(Object.keys(times)).toEqual(['a', 'b', 'c', 'd', 'gone']);
    expect(times).toMatchObject({ b: 3, gone: 1 });
    expect(times.a).toBeLessThan(9);
});

test('unused baselines are pruned, and a flaky capture in quarantine does not count', async () => {
    const folder = mkdtempSync(join(import.meta.dirname, '.scenarios-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS);
    writeFileSync(join(folder, 'level.txt'), '1');
    const run = (...args: string[]) => mixreel(args, { cwd: folder });
    expect((await run('test', '--update', 'missing')).code).toBe(0);
    writeFileSync(join(folder, 'level.txt'), '0.5');
    const why = ['--owner', 'ana', '-m', 'known', '--until'];
    expect((await run('quarantine', 'c', ...why, '2999-01-01')).code).toBe(2);
    expect((await run('quarantine', 'a', 'view', ...why, '2999-01-01')).code).toBe(0);
    expect((await run('quarantine', 'a', 'veiw', ...why, '2999-01-01')).stderr).toMatch(/captured no "veiw".*view/);
    expect((await run('quarantine', 'b', ...why, '2020-01-01')).stderr).toMatch(/a day to come/);
    expect((await run('quarantine', 'b', ...why, '2999-01-01')).code).toBe(0);
    expect((await run('quarantine', 'b', '--lift')).code).toBe(0);
    const ledger = join(folder, 'baselines', 'flakes.json');
    const ended = { scenario: 'b', owner: 'ana', reason: 'known', until: '2020-01-01' };
    const { schema, quarantined } = JSON.parse(readFileSync(ledger, 'utf8'));
    writeFileSync(ledger, JSON.stringify({ schema, quarantined: [...quarantined, ended] }));
    expect((await run('quarantine')).stdout).toBe(
        'a: view until 2999-01-01 by ana: known\nb ended on 2020-01-01 by ana: known\n'
    );
    const { code, stderr } = await run('test');
    expect(code).toBe(1);
    expect(stderr).toMatch(/a \(1 capture.*\n +view: quarantined until 2999-01-01 by ana/);
    expect(stderr).toMatch(/failed +b .*\n.*its quarantine by ana ended on 2020-01-01/);
    // What is no longer captured fails; what was captured for another configuration is not approved for this one.
    writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS.replace("'view'", "'look'"));
    const gone = /\n +view: it has a baseline and was not captured.*mixreel prune/;
    expect((await run('test', '--grep', 'b')).stderr).toMatch(gone);
    writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS);
    await run('test', '--grep', 'b');
    writeFileSync(join(folder, 'other.mjs'), DRAWS.replace("'a', 'b'", "'c'"));
    const strange = await run('approve', '--config', 'other.mjs', '-m', 'x');
    expect([strange.code, strange.stderr]).toEqual([
        2,
        expect.stringMatching(/captures of \.\.\/mixreel\.config\.mjs only/)
    ]);
    writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS.replace("'a', 'b'", "'b'"));
    expect((await run('prune', '--dry-run')).stdout).toBe('a: view\n');
    // A sibling's in the same folder, and no other's.
    const sibling = await run('prune', 'other.mjs');
    expect([sibling.stdout, sibling.stderr]).toEqual([
        'nothing to remove\n',
        'kept 2 baselines of ../mixreel.config.mjs: name it, too, or pass --others\n'
    ]);
    expect((await run('prune')).stdout).toBe('a: view\n');
    expect((await run('prune')).stdout).toBe('nothing to remove\n');
    // What a scenario no longer captures fails until it is pruned.
    writeFileSync(join(folder, 'mixreel.config.mjs'), DRAWS.replace("'a', 'b'", "'b'").replace("'view'", "'look'"));
    const without = await run('test', '--update', 'missing');
    expect([without.code, without.stderr]).toEqual([1, expect.stringMatching(gone)]);
    expect((await run('prune')).stdout).toMatch(/^b: view\n/);
    expect((await run('test')).code).toBe(0);
}, 120_000);

test('--watch runs again when a file changes, with the changed file, until Ctrl-C', async () => {
    const folder = temporaryFolder();
    const config = (n: number): void =>
        writeFileSync(join(folder, 'mixreel.config.mjs'), CONFIG.replace('[1, 2]', `[${n}]`));
    config(1);
    let changed = false;
    const { code, stderr } = await mixreel(['test', '--watch'], {
        cwd: folder,
        onStderr: (text, kill) => {
            const waits = text.split('waiting for changes').length - 1;
            if (waits === 1 && !changed) {
                changed = true;
                config(2);
            } else if (waits === 2) kill('SIGINT');
        }
    });
    expect(stderr).toMatch(/passed +bytes\/1 .*mixreel\.config\.mjs changed\n.*failed +bytes\/2 /s);
    expect(code).toBe(1);
}, 120_000);

/** Writes whatever a run may write beside its report: a history, durations, a recording. */
const WRITES = `import { writeFileSync } from 'node:fs';
export default { history: 'kept/history.jsonl', scenarios: [{
    name: 'writes', writes: ['data/answers.har'],
    run: ({ trend }) => { trend('rays', 1, '1/s'); writeFileSync('data/answers.har', String(Math.random())); }
}] };`;

test('--watch does not run again for what its own runs write', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'mixreel.config.mjs'), WRITES);
    let touched = false;
    const { stderr } = await mixreel(['test', '--watch', '--durations', 'times.json'], {
        cwd: folder,
        onStderr: (text, kill) => {
            const waits = text.split('waiting for changes').length - 1;
            // Whatever the first run wrote has been told of before this is.
            if (waits === 1 && !touched) {
                touched = true;
                writeFileSync(join(folder, 'source.txt'), 'a change');
            } else if (waits === 2) kill('SIGINT');
        }
    });
    expect(stderr.match(/(\S+) changed/g)).toEqual(['source.txt changed']);
    expect(readFileSync(join(folder, 'kept', 'history.jsonl'), 'utf8').split('\n')).toHaveLength(3);
    expect(existsSync(join(folder, 'times.json'))).toBe(true);
}, 120_000);

/** What breaks late breaks while the next one runs; what breaks in a timer nobody awaits. */
const STRAYS = `const tick = () => new Promise((done) => setTimeout(done, 1));
const late = () => {
    (async () => { while (!globalThis.go) await tick(); throw new Error('rejected late'); })();
    const timer = setInterval(() => { if (globalThis.go) { clearInterval(timer); globalThis.gone = true; throw new Error('thrown late'); } }, 1);
    return new Promise(() => {});
};
const next = async ({ capture }) => {
    globalThis.go = true;
    while (!globalThis.gone) await tick();
    await tick();
    capture.counters('n', { n: 1 }, { expected: { n: 1 } });
};
const timer = () => { setTimeout(() => { throw new Error('thrown unseen'); }); return new Promise(() => {}); };
export default { scenarios: [
    { name: 'late', timeoutS: 0.1, run: late }, { name: 'next', run: next },
    { name: 'timer', run: timer }, { name: 'last', run: () => {} }
] };`;

test('an error that nobody awaits ends the scenario it came from, never the next one or the run', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), STRAYS);
    const { code, stdout, stderr } = await mixreel(['test', '--json'], { cwd: folder });
    expect(code, stderr).toBe(3);
    expect(JSON.parse(stdout).scenarios).toEqual([
        { name: 'late', status: 'error' },
        { name: 'next', status: 'passed' },
        { name: 'timer', status: 'error' },
        { name: 'last', status: 'passed' }
    ]);
    expect(stderr).toMatch(/error +late .*\n.*not finished after 0\.1 s/);
    expect(stderr).toMatch(/error +timer .*\n.*Error: thrown unseen/);
}, 120_000);

/** Text that is a command to GitHub's runner, or to a terminal, wherever it would be a line's beginning. */
const TALKS = `const told = '::stop-commands::x\\n  ::error::y\\u001b[31m';
export default { scenarios: [
    { name: 'throws', run: () => { throw Object.assign(new Error(told), { name: '::warning::z' }); } },
    { name: 'captures', run: ({ capture }) => capture.counters('::add-mask::a', { n: 1 }, { expected: { n: 2 } }) },
    { name: 'skips', skip: told, run: () => {} }
] };`;

test('what scenarios say is text in a log, and no command to who reads it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), TALKS);
    const { code, stderr } = await mixreel(['test'], { cwd: folder });
    expect(code, stderr).toBe(3);
    expect(stderr).not.toMatch(/^\s*::/m);
    expect(stderr).not.toContain('\u001b');
    for (const text of ['| ::warning::z: ::stop-commands::x', '|   ::error::y\ufffd[31m', '| ::add-mask::a: "n" is 1'])
        expect(stderr).toContain(text);
});

/** The second scenario kills whoever watches it, the first time. */
const KILLED = `import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const scenario = (name) => ({ name, run: async ({ capture }) => {
    appendFileSync('ran.txt', name);
    if (name === 'b' && !existsSync('killed')) {
        writeFileSync('killed', '');
        // Judged in a thread meanwhile.
        while (!readFileSync('out/report.json', 'utf8').includes('a: n')) await new Promise((done) => setTimeout(done, 20));
        process.kill(process.ppid, 'SIGKILL');
        await new Promise(() => {});
    }
    capture.counters('n', { n: 1 }, { expected: { n: 1 } });
} });
export default { scenarios: ['a', 'b', 'c'].map(scenario) };`;

test('a run that is killed leaves a readable report of what was done, and --resume does the rest', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mixreel.config.mjs'), KILLED);
    const run = (...more: string[]) => mixreel(['test', '-o', 'out', ...more], { cwd: folder });
    expect((await run()).code).toBe(null);
    const partial = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
    expect([partial.partial, partial.cases.map((c: { name: string }) => c.name)]).toEqual([true, ['a: n']]);
    expect(readFileSync(join(folder, 'out', 'report.html'), 'utf8')).toMatch(
        /Partial: the run was not finished.*<\/html>\s*$/s
    );
    const { code, stderr } = await run('--resume', '--json');
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(folder, 'ran.txt'), 'utf8')).toBe('abbc');
    expect(stderr).not.toContain('from the start');
    const whole = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8'));
    expect(whole.cases.map((c: { name: string }) => c.name)).toEqual(['a: n', 'b: n', 'c: n']);
    writeFileSync(join(folder, 'mixreel.config.mjs'), `${KILLED}\n`);
    expect((await run('--resume')).stderr).toContain('run from the start: the run in out was of another configuration');
    expect(readFileSync(join(folder, 'ran.txt'), 'utf8')).toBe('abbcabc');
    const why = await run('--update', 'approved');
    expect([why.code, why.stderr]).toEqual([2, expect.stringContaining('--reason')]);
}, 120_000);
