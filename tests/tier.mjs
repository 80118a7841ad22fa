/**
 * Runs one tier of the tests for the workspace in the current folder and leaves vitest's JSON under `.results/`, where
 * `tasks.mjs` adds the tiers up. Turborepo caches that file, so a cached tier still counts.
 *
 * node tests/tier.mjs unit|gpu|browser|cross [vitest arguments]
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
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
// A filter, not --dir: projects have folders of their own and do not look at that of the command line.
const args = [
    'run',
    `${relative(root, here)}/`.replaceAll('\\', '/'),
    '--root',
    root,
    '--project',
    tier,
    '--passWithNoTests'
];
const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${join(here, '.results', `${tier}.json`)}`];
const run = spawnSync(process.execPath, [vitest, ...args, ...report, ...rest], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
