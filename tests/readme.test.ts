/**
 * The programs in the READMEs run: each ```js fence is given to Node in the repository's root, imports only what a reader has,
 * ends well and prints something. What a reader copies is what is tested.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** The limit of a package's one program. */
const MOST_LINES = 10;
/** A minute: first use of a GPU device on a busy two-core machine takes seconds, and nothing here may hang. */
const TIMEOUT_MS = 60_000;

const packages = readdirSync(join(ROOT, 'packages')).filter((name) =>
    existsSync(join(ROOT, 'packages', name, 'README.md'))
);
const readmes = ['README.md', ...packages.map((name) => `packages/${name}/README.md`)].filter((path) =>
    existsSync(join(ROOT, path))
);

function programs(path: string): string[] {
    const text = readFileSync(join(ROOT, path), 'utf8');
    return [...text.matchAll(/^```js\r?\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
}

// The root's programs are copies of the packages' (below): each runs once, where it is at home.
for (const path of readmes.filter((readme) => readme !== 'README.md' && programs(readme).length > 0)) {
    describe(path, () => {
        for (const [i, program] of programs(path).entries()) {
            test(`program ${i + 1} runs and prints something`, { timeout: TIMEOUT_MS }, () => {
                const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
                    cwd: ROOT,
                    encoding: 'utf8',
                    timeout: TIMEOUT_MS
                });
                expect(run.status, run.stderr).toBe(0);
                expect(run.stdout.trim()).not.toBe('');
            });

            test(`program ${i + 1} imports only mixreel and Node`, () => {
                for (const [, name] of program.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
                    expect(name).toMatch(/^(@mixreel\/|node:)/);
                }
            });
        }
    });
}

test('the README shows the program of every package as the package has it', () => {
    const shown = new Set(programs('README.md'));
    expect(packages.filter((name) => !shown.has(programs(`packages/${name}/README.md`)[0] as string))).toEqual([]);
});

test('every package has one program of at most ten lines', () => {
    for (const name of packages) {
        const found = programs(`packages/${name}/README.md`);
        expect(found.length, name).toBe(1);
        expect((found[0] as string).trimEnd().split('\n').length, name).toBeLessThanOrEqual(MOST_LINES);
    }
});
