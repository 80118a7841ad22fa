/**
 * What a user gets from the packages as they would be published: exports that exist, in the form they claim (publint), and no
 * file, dependency or export that nobody uses (knip).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

describe.each(readdirSync(join(root, 'packages')))('package %s, as published', (name) => {
    const folder = join(root, 'packages', name);

    it('has the exports that it names, in the form that they claim', async () => {
        const { messages, pkg } = await publint({ pkgDir: folder, strict: true });
        expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
    });

    it('names its licence and brings it along', () => {
        const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { license?: string };
        expect(manifest.license).toBe('MIT');
        expect(existsSync(join(folder, 'LICENSE'))).toBe(true);
    });
});

describe('the repository', () => {
    it('says in each changeset which packages change, and how much', () => {
        const folder = join(root, '.changeset');
        const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
        expect(files.length).toBeGreaterThan(0);
        for (const name of files) {
            const text = readFileSync(join(folder, name), 'utf8');
            expect(text, name).toMatch(/^---\n(?:'@mixreel\/[a-z]+': (?:major|minor|patch)\n)+---\n\n\S/);
        }
    });

    it('holds no file, dependency or export that nobody uses', () => {
        const knip = join(root, 'node_modules', 'knip', 'bin', 'knip.js');
        const run = spawnSync(process.execPath, [knip, '--no-progress', '--no-config-hints'], {
            cwd: root,
            encoding: 'utf8'
        });
        expect(run.stdout + run.stderr).toBe('');
        expect(run.status).toBe(0);
    });
});
