/**
 * Frame timing on a machine that is busy with something else: how often a 10 % slowdown is found, how often the unchanged is
 * called slower, how often there is no answer; by the clock, and by the processor's time. The work is a fixed number of steps
 * of arithmetic, about 2 ms; two other programs keep the processor busy in bursts meanwhile.
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { RealClock, Rng } from '@mixreel/core';
import { measureTimings } from '@mixreel/harness';

const STEPS = 400_000;

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
    const others = [1, 2].map(() => spawn(process.execPath, ['-e', disturber], { stdio: 'ignore' }));
    try {
        return [...(await trial('wall', trials, log)), ...(await trial('cpu', trials, log))];
    } finally {
        for (const other of others) other.kill('SIGKILL');
    }
}

async function trial(time, trials, log) {
    const clock = new RealClock();
    const rng = Rng.create('timing-bench');
    const seen = { slower: 0, missed: 0, undecided: 0, alarms: 0, inconclusive: 0, rounds: 0 };
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
        if (changed.verdict === 'slower') seen.slower++;
        if (changed.verdict === 'same') seen.missed++;
        if (changed.verdict === 'inconclusive') seen.undecided++;
        const unchanged = await measure('unchanged', 1);
        if (unchanged.verdict === 'slower') seen.alarms++;
        if (unchanged.verdict === 'inconclusive') seen.inconclusive++;
        seen.rounds += changed.rounds + unchanged.rounds;
        if (i % 20 === 19) log(`timing by ${time}: ${i + 1} trials, ${JSON.stringify(seen)}`);
    }
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
