/** Seconds of scenarios by name, kept between runs in a small JSON file, by which the next run's shards are balanced. */
import { existsSync } from 'node:fs';
import { badInput } from '@mixreel/core';
import type { RunResult } from '@mixreel/harness';
import { readJson, writeAtomically } from './files.ts';

/** The times in a file; none if it does not exist yet. Throws `bad-input` for a file of something else. */
export async function readDurations(path: string): Promise<Record<string, number>> {
    if (!existsSync(path)) return {};
    const value = await readJson(path, 'the file of durations');
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [['', null]];
    if (!entries.every(([, seconds]) => typeof seconds === 'number' && seconds >= 0))
        throw badInput(`${path} holds no durations`, 'an object of seconds by name', 'Delete it, it is made anew');
    return Object.fromEntries(entries) as Record<string, number>;
}

/** Notes what a run took, beside what is known of other scenarios. */
export async function writeDurations(
    path: string,
    known: Readonly<Record<string, number>>,
    run: RunResult
): Promise<void> {
    const ran = run.scenarios.filter(({ attempts }) => attempts > 0);
    const own = ran.map(({ name, durationS }) => [name, Number(durationS.toFixed(3))] as const);
    const all = Object.entries({ ...known, ...Object.fromEntries(own) }).sort(([a], [b]) => (a < b ? -1 : 1));
    await writeAtomically(path, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
