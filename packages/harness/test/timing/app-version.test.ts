import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/browser/host.ts';
import { appVersion } from '../../src/timing/app-version.ts';

const git = (folder: string, ...words: string[]): void => {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
    const { status, stderr } = spawnSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
};

describe('appVersion', () => {
    it('checks out and builds a commit beside the working tree, which it leaves alone', async () => {
        const repository = mkdtempSync(join(tmpdir(), 'mixreel-repository-'));
        git(repository, 'init', '-q');
        const page = join(repository, 'index.html');
        for (const text of ['one', 'two']) {
            writeFileSync(page, text);
            git(repository, 'add', '.');
            git(repository, 'commit', '-q', '-m', text);
        }
        writeFileSync(page, 'not committed');
        const script = "require('fs').mkdirSync('dist'); require('fs').copyFileSync('index.html', 'dist/index.html')";
        const build = [[process.execPath, '-e', script]] as const;
        const version = await appVersion({ git: 'HEAD~1', repository }, { build, folder: 'dist' });
        expect(readFileSync(join(version.folder, 'index.html'), 'utf8')).toBe('one');
        expect(readFileSync(page, 'utf8')).toBe('not committed');
        await version.remove();
        expect(existsSync(version.folder)).toBe(false);
        expect(existsSync(join(repository, 'dist'))).toBe(false);
        await expect(appVersion({ git: 'none', repository })).rejects.toMatchObject({ code: 'environment' });
        await expect(appVersion({ git: '--upload-pack=x', repository })).rejects.toThrow(/the version is/);
        const broken = appVersion(
            { git: 'HEAD', repository },
            { build: [[process.execPath, '-e', 'process.exit(7)']] }
        );
        await expect(broken).rejects.toThrow(/ended with 7/);
    });

    it('starts nothing but git and what builds, and leaves no worktree where that is cancelled', async () => {
        const repository = mkdtempSync(join(tmpdir(), 'mixreel-repository-'));
        git(repository, 'init', '-q');
        git(repository, 'commit', '-q', '--allow-empty', '-m', 'one');
        const abort = new AbortController();
        const real = nodeHost();
        const started: string[] = [];
        const host: typeof real = {
            ...real,
            run(command, words, limits) {
                started.push(command);
                const result = real.run(command, words, limits);
                if (command === process.execPath) abort.abort();
                return result;
            }
        };
        const build = [[process.execPath, '-e', 'setInterval(() => {}, 1000)']] as const;
        const version = appVersion({ git: 'HEAD', repository }, { build, host, signal: abort.signal });
        await expect(version).rejects.toThrow(/aborted/);
        expect(started).toEqual(['git', process.execPath, 'git']);
        const listed = spawnSync('git', ['-C', repository, 'worktree', 'list'], { encoding: 'utf8' }).stdout;
        expect(listed.trim().split('\n')).toHaveLength(1);
    });

    it('is cleared away by an end of the process that does not wait, and by nothing after it was removed', async () => {
        const repository = mkdtempSync(join(tmpdir(), 'mixreel-repository-'));
        git(repository, 'init', '-q');
        git(repository, 'commit', '-q', '--allow-empty', '-m', 'one');
        const before = process.listeners('exit');
        const version = await appVersion({ git: 'HEAD', repository });
        const [atExit, ...more] = process.listeners('exit').filter((listener) => !before.includes(listener));
        expect(more).toEqual([]);
        atExit!.call(process, 0);
        expect(existsSync(version.folder)).toBe(false);
        const listed = spawnSync('git', ['-C', repository, 'worktree', 'list'], { encoding: 'utf8' }).stdout;
        expect(listed.trim().split('\n')).toHaveLength(1);
        await version.remove();
        expect(process.listeners('exit')).toEqual(before);
    });

    it('unpacks what npm would install', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-package-'));
        mkdirSync(join(folder, 'dist'));
        writeFileSync(
            join(folder, 'package.json'),
            JSON.stringify({ name: 'a-page', version: '1.0.0', files: ['dist'] })
        );
        writeFileSync(join(folder, 'dist', 'index.html'), 'published');
        writeFileSync(join(folder, 'private.txt'), 'not published');
        const version = await appVersion({ npm: folder }, { folder: 'dist' });
        expect(readFileSync(join(version.folder, 'index.html'), 'utf8')).toBe('published');
        expect(existsSync(join(version.folder, '..', 'private.txt'))).toBe(false);
        await version.remove();
    });
});
