import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { originOf } from '../src/source-of-config.ts';
import { temporaryFolder } from './mixreel.ts';

test('a run comes from its configuration, its commit and what is not committed, but not from what runs write', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'tests', 'mixreel.config.mjs');
    const write = (path: string, text: string): void => {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), text);
    };
    const git = (...words: string[]): string =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-C', folder, ...words], {
            encoding: 'utf8'
        });
    const origin = () => originOf(config, [join(folder, 'tests', 'baselines'), join(folder, 'history.jsonl')]);
    for (const path of ['tests/mixreel.config.mjs', 'app/main.js', 'tests/baselines/a', 'history.jsonl'])
        write(path, 'one');
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await origin()).toEqual({ source: { configuration: digest } });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    const clean = await origin();
    expect(clean).toEqual({ source: { configuration: digest, commit: git('rev-parse', 'HEAD').trim() } });
    write('tests/baselines/a', 'two');
    write('history.jsonl', 'two');
    expect(await origin()).toEqual(clean);
    write('app/main.js', 'two');
    const changed = await origin();
    expect(changed).toEqual({ ...clean, changes: digest });
    write('app/main.js', 'three');
    expect((await origin()).changes).not.toBe(changed.changes);
    write('app/main.js', 'one');
    expect(await origin()).toEqual(clean);
    // A file that git does not know yet, and a built page, which it ignores.
    write('app/new.js', 'one');
    const added = await origin();
    expect(added).toEqual({ ...clean, changes: digest });
    write('app/new.js', 'two');
    expect((await origin()).changes).not.toBe(added.changes);
    rmSync(join(folder, 'app', 'new.js'));
    write('.git/info/exclude', 'dist/');
    write('dist/deep/page.js', 'one');
    write('dist/node_modules/x.js', 'one');
    expect(await origin()).toEqual(clean);
    const reading = () => originOf(config, [join(folder, 'dist', 'out')], [join(folder, 'dist')]);
    const built = await reading();
    write('dist/out/report.html', 'one');
    write('dist/node_modules/x.js', 'two');
    expect(await reading()).toEqual(built);
    write('dist/deep/page.js', 'two');
    expect((await reading()).changes).not.toBe(built.changes);
});
