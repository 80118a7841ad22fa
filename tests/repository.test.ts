/**
 * What must be true of the repository as a whole: the layout, what an index may hold, and what no file may say.
 * The linter checks the import rules; a test here breaks one on purpose, so that the rule itself cannot fall out unnoticed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8'
})
    .split('\0')
    .filter((path) => path !== '' && statSync(join(root, path), { throwIfNoEntry: false })?.isFile());
const packages = readdirSync(join(root, 'packages'));
const isText = (path: string): boolean =>
    /\.(ts|mts|js|mjs|json|md|wgsl|html|css|ya?ml|txt|grit)$|\/run$|^\.npmrc$/.test(path);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the repository', () => {
    it('names no registry host in any file, the lockfile included', () => {
        // Assembled so that this file does not name them either.
        const hosts = [['registry', 'npmjs', 'org'].join('.'), ['registry', 'yarnpkg', 'com'].join('.')];
        const guilty = tracked.filter(isText).filter((path) => hosts.some((host) => read(path).includes(host)));
        expect(guilty).toEqual([]);
        const lock = JSON.parse(read('package-lock.json')) as {
            packages: Record<string, { resolved?: string; link?: boolean }>;
        };
        const addresses = Object.entries(lock.packages).filter(([, entry]) => entry.resolved?.includes('://'));
        expect(addresses).toEqual([]);
    });

    it('locks every optional package of every platform (npm run lockfile adds what a registry leaves out)', () => {
        const lock = JSON.parse(read('package-lock.json')) as {
            packages: Record<string, { optionalDependencies?: Record<string, string> }>;
        };
        const missing = Object.entries(lock.packages).flatMap(([parent, entry]) =>
            Object.keys(entry.optionalDependencies ?? {}).filter(
                (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${parent}/node_modules/${name}`]
            )
        );
        expect(missing).toEqual([]);
    });

    it('holds no absolute path of a machine', () => {
        const pattern = /["'`(\s](?:\/(?:work|root|home|Users)\/|[A-Z]:\\\\Users)/;
        // Tests may make machines up (a home folder in a made-up file system), but not name this one.
        const isMadeUp = (path: string): boolean => /(^|\/)tests?\//.test(path);
        const guilty = tracked
            .filter(isText)
            .filter((path) => read(path).includes(`${root}/`) || (!isMadeUp(path) && pattern.test(read(path))));
        expect(guilty).toEqual([]);
    });

    it('keeps WGSL under shaders/ and nothing but WGSL, manifests and notes there', () => {
        expect(tracked.filter((path) => path.endsWith('.wgsl') && !path.startsWith('shaders/'))).toEqual([]);
        expect(
            tracked.filter((path) => path.startsWith('shaders/') && !/\.(wgsl|md)$|\/kernels\.json$/.test(path))
        ).toEqual([]);
    });

    it('runs the same npm scripts on every platform: no shell tricks', () => {
        const manifests = tracked.filter((path) => path.endsWith('package.json') && !path.includes('node_modules'));
        const tricks = /[|;$`<>]|&(?!&)|\brm |\bcp |\bexport |^[A-Z_]+=|(?<!&)&$/;
        for (const path of manifests) {
            const scripts = (JSON.parse(read(path)) as { scripts?: Record<string, string> }).scripts ?? {};
            for (const [name, script] of Object.entries(scripts)) {
                expect(script.replaceAll('&&', ''), `${path}: ${name}`).not.toMatch(tricks);
            }
        }
    });
});

describe.each(packages)('package %s', (name) => {
    it('exports by named re-exports only', () => {
        const index = read(`packages/${name}/src/index.ts`)
            .replace(/\/\*[\s\S]*?\*\//g, '')
            .replace(/\/\/.*$/gm, '');
        const statements = index.split(';').map((statement) => statement.trim());
        for (const statement of statements.filter((text) => text !== '')) {
            expect(statement).toMatch(/^export (?:type )?\{[\s\S]*\} from '\.\/[^']+\.ts'$/);
        }
    });

    it('has a README that says what it is and shows a program of at most ten lines', () => {
        const readme = read(`packages/${name}/README.md`);
        expect(readme).toMatch(new RegExp(`^# @mixreel/${name}`));
        const program = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
        expect(program, 'a ```js fence').toBeDefined();
        expect(program?.trim().split('\n').length).toBeLessThanOrEqual(10);
    });
});

describe('the import rules', () => {
    const cases = [
        ['core', "import '@mixreel/image';", 'noRestrictedImports'],
        ['core', "import 'node:fs';", 'noNodejsModules'],
        ['image', "import '@mixreel/gpu';", 'noRestrictedImports'],
        ['scenegen', "import '@mixreel/pathtracer';", 'noRestrictedImports'],
        ['codec', "import '@mixreel/xrnet';", 'noRestrictedImports'],
        ['harness', "import '@mixreel/codec';", 'noRestrictedImports'],
        ['pathtracer', "import 'playcanvas';", 'noRestrictedImports'],
        ['xrnet', 'export const now = Date.now();', 'plugin'],
        ['scenegen', 'export const chance = Math.random();', 'plugin'],
        ['gpu', "import '@mixreel/core';", null],
        ['harness', "import '@mixreel/image';", null]
    ] as const;
    let report: { diagnostics: { category: string; location: { path: string } }[] };

    beforeAll(() => {
        // The rules are tried on a copy of the configuration, so that no file that breaks one ever stands in the sources.
        const folder = mkdtempSync(join(tmpdir(), 'mixreel-rules-'));
        try {
            cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
            cpSync(join(root, 'biome-plugins'), join(folder, 'biome-plugins'), { recursive: true });
            for (const [i, [name, line]] of cases.entries()) {
                mkdirSync(join(folder, 'packages', name, 'src'), { recursive: true });
                writeFileSync(join(folder, 'packages', name, 'src', `rule-${i}.ts`), `${line}\n`);
            }
            const biome = join(
                dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')),
                'bin',
                'biome'
            );
            const args = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
            report = JSON.parse(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    it.each(cases.map((item, i) => [...item, i] as const))('in %s, "%s" is reported as %s', (_name, _line, rule, i) => {
        const found = report.diagnostics.filter((diagnostic) => diagnostic.location.path.endsWith(`rule-${i}.ts`));
        const categories = found.map((diagnostic) => diagnostic.category.split('/').at(-1));
        if (rule === null) expect(categories).toEqual([]);
        else expect(categories).toContain(rule);
    });
});
