/**
 * The repository's verbs, the same on Linux, macOS and Windows: build, typecheck, test, start, bench, gpu-pack, packages, clean.
 * `package.json` names them; nothing here needs a shell.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    // Tests that need ../shared skip without it: the cache must know which of the two it saw.
    MIXREEL_SHARED_STATE: existsSync(join(root, '..', 'shared', 'README.md')) ? 'present' : 'absent'
};

function node(script, args) {
    const run = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env });
    return run.status ?? 1;
}

function bin(name, command, args) {
    const folder = dirname(require.resolve(`${name}/package.json`));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command];
    return node(join(folder, path), args);
}

const turbo = (...args) => bin('turbo', 'turbo', ['run', ...args, '--no-daemon', '--output-logs=new-only']);
const mixreel = (...args) => node(join(root, 'packages', 'cli', 'bin', 'mixreel.mjs'), args);

function must(status) {
    if (status !== 0) process.exit(status);
}

function sumOfTiers() {
    const sum = { passed: 0, failed: 0, skipped: 0 };
    const rows = [];
    const skippedNames = [];
    for (const file of [...findResults()].sort()) {
        const json = JSON.parse(readFileSync(file, 'utf8'));
        const skipped = json.numPendingTests + json.numTodoTests;
        // A file that fails to load counts no test of its own: count the file.
        const broken = json.testResults.filter((t) => t.status === 'failed' && t.assertionResults.length === 0).length;
        rows.push([file.slice(root.length + 1), json.numPassedTests, json.numFailedTests + broken, skipped]);
        sum.passed += json.numPassedTests;
        sum.failed += json.numFailedTests + broken;
        sum.skipped += skipped;
        for (const { assertionResults } of json.testResults)
            for (const { status, fullName } of assertionResults)
                if (status !== 'passed' && status !== 'failed') skippedNames.push(fullName);
    }
    console.log('');
    // A tier whose result was cached prints nothing else: what a green run did not look at is said here.
    for (const name of skippedNames) console.log(`skipped: ${name}`);
    for (const [file, passed, failed, skipped] of rows) {
        console.log(
            `${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed ${String(skipped).padStart(4)} skipped  ${file}`
        );
    }
    console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
    return sum;
}

function* findResults() {
    const workspaces = [...folders('packages'), join(root, 'e2e'), join(root, 'tests')];
    for (const folder of workspaces) {
        for (const tier of ['unit', 'gpu', 'browser', 'cross']) {
            const file = join(folder, '.results', `${tier}.json`);
            if (existsSync(file)) yield file;
        }
    }
}

function folders(name) {
    return readdirSync(join(root, name), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(root, name, entry.name));
}

const verbs = {
    build: () => turbo('build'),
    typecheck: () => turbo('build') || bin('typescript', 'tsc', ['-p', 'tsconfig.tests.json']),
    test() {
        for (const file of findResults()) rmSync(file);
        must(turbo('build'));
        must(mixreel('doctor', '--provide'));
        // One workspace at a time: vitest uses both cores by itself, and SwiftShader takes every core there is.
        const status = turbo('test', 'test:gpu', 'test:e2e', 'test:cross', '--continue', '--concurrency=1');
        const sum = sumOfTiers();
        return status || (sum.failed > 0 || sum.passed === 0 ? 1 : 0);
    },
    start: () =>
        turbo('build') || mixreel('run', '--room', 'living_room', '--seed', '7', '--provide', ...process.argv.slice(3)),
    bench: () => turbo('build') || node(join(root, 'tests', 'bench', 'bench.mjs'), process.argv.slice(3)),
    'gpu-pack': () =>
        turbo('build') || node(join(root, 'tests', 'bench', 'pathtracer', 'gpu', 'pack.mjs'), process.argv.slice(3)),
    packages() {
        must(turbo('build'));
        for (const folder of folders('packages')) must(bin('publint', 'publint', ['run', folder, '--strict']));
        return bin('knip', 'knip', []);
    },
    clean() {
        for (const folder of [...folders('packages'), join(root, 'e2e'), join(root, 'tests')]) {
            for (const name of ['dist', '.results', '.turbo', 'src/generated'])
                rmSync(join(folder, name), { recursive: true, force: true });
        }
        rmSync(join(root, '.turbo'), { recursive: true, force: true });
        return 0;
    }
};

const verb = process.argv[2];
if (!(verb in verbs)) {
    console.error(`unknown task "${verb}" (expected ${Object.keys(verbs).join(', ')}). Example: npm run build`);
    process.exit(2);
}
process.exit(verbs[verb]());
