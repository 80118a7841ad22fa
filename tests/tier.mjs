/**
 * Runs one tier of the tests for the workspace in the current folder and leaves vitest's JSON under `.results/`, where
 * `tasks.mjs` adds the tiers up. Turborepo caches that file, so a cached tier still counts.
 *
 * node tests/tier.mjs unit|gpu|browser|cross [part of a test file's name]... [vitest options]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [tier, ...rest] = process.argv.slice(2);
if (!['unit', 'gpu', 'browser', 'cross'].includes(tier)) {
    console.error(`unknown tier "${tier}" (expected unit, gpu, browser or cross). Example: node tests/tier.mjs unit`);
    process.exit(2);
}
const here = process.cwd();
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const folder = `${relative(root, here)}/`.replaceAll('\\', '/');
const options = rest.findIndex((word) => word.startsWith('-'));
const parts = options < 0 ? rest : rest.slice(0, options);
// Filters, not --dir: projects have folders of their own and do not look at that of the command line. Vitest runs what fits
// any filter, so parts of names are made paths of this workspace's files.
const filters = parts.length === 0 ? [folder] : testFiles().filter((path) => parts.some((part) => path.includes(part)));
if (filters.length === 0) {
    console.error(`no test file here has ${parts.join(' or ')} in its name`);
    process.exit(2);
}
const args = ['run', ...filters, '--root', root, '--project', tier, '--passWithNoTests'];
const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(here, '.results', `${tier}.json`)}`];
// Folders that tests make for themselves, browsers' profiles among them, lie in one that goes when they are done.
const scratch = mkdtempSync(join(tmpdir(), 'mixreel-tests-'));
const run = spawnSync(process.execPath, [vitest, ...args, ...report, ...rest.slice(parts.length)], {
    cwd: root,
    env: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch },
    stdio: 'inherit'
});
try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
} catch (error) {
    console.error(`${scratch} is left: ${error.message}`);
}
process.exit(run.status ?? 1);

/** Test files of this workspace, as paths from the root. */
function testFiles() {
    return readdirSync(here, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.test.ts') && !/(^|[\\/])(node_modules|dist)[\\/]/.test(path))
        .map((path) => (folder + path).replaceAll('\\', '/'));
}
