/**
 * Runs the benchmarks of one area and prints their figures, the peer's beside them.
 *
 * npm run bench -- <area> [--json FILE] [--quick] [--only TEXT]
 *
 * Each module `tests/bench/<area>/*.mjs` exports `default async ({ quick, log, only }) => Figure[]`, where a figure is
 * `{ name, value, unit, better: 'lower' | 'higher', against?: { name, value }, wanted?, note? }`. The ratio is worked out here:
 * ours against theirs in the direction of `better`, above 1 is ahead. `wanted` is the target, at most or at least that, or a
 * range `[least, most]`; whether it holds is printed, never a verdict. A module that cannot run throws; the others go on, the exit
 * code is 1, and the JSON says which.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const areas = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    // `results` holds what was measured elsewhere.
    .filter((name) => readdirSync(join(here, name)).some((file) => file.endsWith('.mjs')))
    .sort();

function usage(problem) {
    console.error(
        `${problem} (areas: ${areas.join(', ') || 'none yet'}). Example: npm run bench -- harness --json out/bench.json --quick`
    );
    process.exit(2);
}

function readArguments() {
    try {
        return parseArgs({
            allowPositionals: true,
            options: { json: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string' } }
        });
    } catch (error) {
        return usage(error.message);
    }
}

function git(...args) {
    const run = spawnSync('git', args, { cwd: here, encoding: 'utf8' });
    return run.status === 0 ? run.stdout.trim() : '';
}

function machine() {
    const [first] = cpus();
    return {
        cpu: first?.model ?? 'unknown',
        cores: cpus().length,
        memoryGib: Math.round(totalmem() / 2 ** 30),
        system: `${platform()} ${release()}`,
        node: process.version
    };
}

function withRatio(figure) {
    const { value, against, better } = figure;
    for (const [key, ok] of [
        ['name', typeof figure.name === 'string'],
        ['value', typeof value === 'number'],
        ['unit', typeof figure.unit === 'string'],
        ['better', better === 'lower' || better === 'higher']
    ]) {
        if (!ok) throw new Error(`figure ${JSON.stringify(figure)} has no valid ${key}`);
    }
    if (!against || !Number.isFinite(value) || !Number.isFinite(against.value)) return figure;
    const ratio = better === 'higher' ? value / against.value : against.value / value;
    return Number.isFinite(ratio) ? { ...figure, ratio } : figure;
}

const { values, positionals } = readArguments();
const [area] = positionals;
if (!area || !areas.includes(area)) usage(area ? `there is no area "${area}"` : 'no area was given');

const quick = values.quick === true;
const startedAt = new Date().toISOString();
const start = performance.now();
const figures = [];
const failures = [];
const log = (text) => console.error(text);
for (const file of readdirSync(join(here, area))
    .filter((name) => name.endsWith('.mjs'))
    .sort()) {
    try {
        const module = await import(pathToFileURL(join(here, area, file)).href);
        // Modules without a default export are helpers of the others.
        if (typeof module.default !== 'function') continue;
        for (const figure of await module.default({ quick, log, only: values.only })) figures.push(withRatio(figure));
    } catch (error) {
        failures.push({ file, message: error.message });
        log(`${file}: ${error.stack ?? error}`);
    }
}

/** The target of a figure, and whether it holds; '' without one. */
function targetOf({ value, better, wanted }) {
    if (wanted === undefined) return '';
    if (Array.isArray(wanted)) {
        return `   wanted ${wanted.join(' to ')}: ${value >= wanted[0] && value <= wanted[1] ? 'held' : 'SHORT'}`;
    }
    const holds = better === 'higher' ? value >= wanted : value <= wanted;
    return `   wanted ${better === 'higher' ? 'at least' : 'at most'} ${wanted}: ${holds ? 'held' : 'SHORT'}`;
}

const round = (value) => (Number.isFinite(value) ? Number(value.toPrecision(4)) : value);
for (const figure of figures) {
    const { name, value, unit, against, ratio, note } = figure;
    const peer = against
        ? `   ${against.name} ${round(against.value)}${ratio === undefined ? '' : `, ${round(ratio)} x`}`
        : '';
    console.log(
        `${name.padEnd(44)} ${String(round(value)).padStart(12)} ${unit}${targetOf(figure)}${peer}${note ? `   (${note})` : ''}`
    );
}
const dirty = git('status', '--porcelain') !== '';
const result = {
    area,
    commit: git('rev-parse', 'HEAD') + (dirty ? '+changes' : ''),
    machine: machine(),
    startedAt,
    seconds: round((performance.now() - start) / 1000),
    quick,
    figures,
    ...(failures.length ? { failures } : {})
};
if (values.json) {
    const path = resolve(values.json);
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.tmp`, `${JSON.stringify(result, null, 2)}\n`);
    renameSync(`${path}.tmp`, path);
    console.log(path);
}
process.exit(failures.length || figures.length === 0 ? 1 : 0);
