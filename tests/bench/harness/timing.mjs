/**
 * Frame timing on a machine that is busy with something else: how often a 10 % slowdown is found, how often the unchanged is
 * called slower, how often there is no answer; by the clock, by the processor's time, and of a page in a browser by
 * `pageTiming`. The work is a fixed number of steps of arithmetic, about 2 ms; two other programs keep the processor busy in
 * bursts meanwhile. Pages have 40 trials and at most four looks: some 3 s for each comparison.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealClock, Rng } from '@mixreel/core';
import { measureTimings, pageTiming, runScenarios } from '@mixreel/harness';

const STEPS = 400_000;

/** A page is opened for each side of each comparison: 80 of them take four minutes. */
const PAGE_TRIALS = 40;

/** Where results go, so that the work is not optimised away. */
const sink = new Int32Array(1);
function work(steps) {
    let x = 1;
    for (let i = 0; i < steps; i++) x = Math.imul(x ^ (x >>> 13), 0x5bd1e995) + i;
    sink[0] ^= x;
}

/** Works for 5 to 60 ms, rests for 5 to 60 ms, for ever. */
const disturber = `
let a = 1;
const next = () => { a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 | 0; return (a >>> 0) / 2 ** 32; };
const cell = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
    const end = performance.now() + 5 + 55 * next();
    while (performance.now() < end) a = Math.imul(a, 3) + 1 | 0;
    Atomics.wait(cell, 0, 0, 5 + 55 * next());
}`;

export default async function timing({ quick, log, only }) {
    if (only !== undefined && !only.startsWith('timing')) return [];
    const trials = Number(process.env.TRIALS ?? (quick ? 10 : 100));
    const wanted = (part) =>
        only === undefined || `timing/${part}`.startsWith(only) || only.startsWith(`timing/${part}`);
    const others = [1, 2].map(() => spawn(process.execPath, ['-e', disturber], { stdio: 'ignore' }));
    try {
        const figures = [];
        for (const time of ['wall', 'cpu']) if (wanted(time)) figures.push(...(await trial(time, trials, log)));
        if (wanted('page')) figures.push(...(await trialOfPages(Math.min(trials, PAGE_TRIALS), log)));
        return figures;
    } finally {
        for (const other of others) other.kill('SIGKILL');
    }
}

async function trial(time, trials, log) {
    const clock = new RealClock();
    const rng = Rng.create('timing-bench');
    const seen = noneSeen();
    for (let i = 0; i < trials; i++) {
        const measure = (name, factor) =>
            measureTimings(
                () => work(STEPS),
                () => work(Math.round(STEPS * factor)),
                clock,
                rng.stream(name, i),
                { time }
            );
        const changed = await measure('changed', 1.1);
        const unchanged = await measure('unchanged', 1);
        count(seen, changed, unchanged);
        if (i % 20 === 19) log(`timing by ${time}: ${i + 1} trials, ${JSON.stringify(seen)}`);
    }
    return figuresOf(time, seen, trials);
}

/** The same work in each frame of a page, by the time of a frame. */
async function trialOfPages(trials, log) {
    const outDir = await mkdtemp(join(tmpdir(), 'mixreel-bench-timing-'));
    const compare = (name, factor) =>
        pageTiming({
            name,
            baseline: { html: page(STEPS) },
            candidate: { html: page(Math.round(STEPS * factor)) },
            viewport: { widthPx: 64, heightPx: 64 },
            gpu: 'none',
            frames: 3,
            measure: { looks: 4 }
        });
    const scenarios = Array.from({ length: trials }, (_, i) => [
        compare(`changed ${i}`, 1.1),
        compare(`unchanged ${i}`, 1)
    ]).flat();
    const onResult = ({ name, captures }) => log(`timing of pages: ${name}: ${captures[0]?.verdict.message}`);
    try {
        const run = await runScenarios(scenarios, { outDir, onResult });
        const seen = noneSeen();
        for (let i = 0; i < trials; i++) count(seen, ...[0, 1].map((k) => resultOf(run.scenarios[2 * i + k])));
        return figuresOf('page', seen, trials);
    } finally {
        await rm(outDir, { recursive: true, force: true });
    }
}

const page = (steps) => `<script>
const sink = new Int32Array(1);
const draw = () => {
    let x = 1;
    for (let i = 0; i < ${steps}; i++) x = Math.imul(x ^ (x >>> 13), 0x5bd1e995) + i;
    sink[0] ^= x;
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
</script>`;

function resultOf({ name, failure, captures }) {
    const [capture] = captures;
    if (failure || capture?.data.kind !== 'timings') throw new Error(`${name}: ${failure?.message}`);
    const verdict = { failed: 'slower', passed: 'same' }[capture.verdict.status] ?? 'inconclusive';
    return { verdict, rounds: capture.data.rounds.length };
}

const noneSeen = () => ({ slower: 0, missed: 0, undecided: 0, alarms: 0, inconclusive: 0, rounds: 0 });

function count(seen, changed, unchanged) {
    if (changed.verdict === 'slower') seen.slower++;
    if (changed.verdict === 'same') seen.missed++;
    if (changed.verdict === 'inconclusive') seen.undecided++;
    if (unchanged.verdict === 'slower') seen.alarms++;
    if (unchanged.verdict === 'inconclusive') seen.inconclusive++;
    seen.rounds += changed.rounds + unchanged.rounds;
}

function figuresOf(time, seen, trials) {
    const note = `${trials} comparisons, ${Math.round(seen.rounds / trials / 2)} rounds each, load ${loadavg()[0].toFixed(1)}`;
    const row = (name, value, better) => ({
        name: `timing/${time}/${name}`,
        value: value / trials,
        unit: 'share',
        better,
        note
    });
    return [
        row('power-10pct', seen.slower, 'higher'),
        row('missed-10pct', seen.missed, 'lower'),
        row('undecided-10pct', seen.undecided, 'lower'),
        row('false-alarms', seen.alarms, 'lower'),
        row('inconclusive', seen.inconclusive, 'lower')
    ];
}
