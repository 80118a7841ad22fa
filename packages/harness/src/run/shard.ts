/**
 * Which scenarios one of several machines runs. By a hash of the name, so that adding a scenario moves no other; or, where
 * durations of an earlier run are known, the longest first to the least loaded machine, which every machine works out alike.
 */
import { createHash } from 'node:crypto';
import { badInput, median } from '@mixreel/core';
import type { Shard } from '../scenario/config.ts';

/**
 * @param durations - Seconds by name; those that are missing count as the median of the others.
 * @throws MixreelError `bad-input` for a shard out of range.
 */
export function shardScenarios<S extends { readonly name: string }>(
    scenarios: readonly S[],
    shard: Shard,
    durations: Readonly<Record<string, number>> = {}
): S[] {
    const { index, count } = shard;
    if (
        !Number.isInteger(count) ||
        count < 1 ||
        count > 10_000 ||
        !Number.isInteger(index) ||
        index < 1 ||
        index > count
    ) {
        throw badInput(`the shard is ${index}/${count}`, 'i/n with 1 <= i <= n <= 10000', 'Write --shard 1/4');
    }
    // A scenario may be named "toString".
    const seconds = new Map(Object.entries(durations));
    const known = scenarios.map(({ name }) => seconds.get(name)).filter((s) => s !== undefined);
    if (known.length === 0) return scenarios.filter(({ name }) => hashOf(name) % count === index - 1);
    const typical = median(known);
    const secondsOf = (s: S): number => seconds.get(s.name) ?? typical;
    const ordered = [...scenarios].sort((a, b) => secondsOf(b) - secondsOf(a) || (a.name < b.name ? -1 : 1));
    const loads = new Array<number>(count).fill(0);
    const mine = new Set<S>();
    for (const scenario of ordered) {
        const least = loads.indexOf(Math.min(...loads));
        loads[least]! += secondsOf(scenario);
        if (least === index - 1) mine.add(scenario);
    }
    return scenarios.filter((scenario) => mine.has(scenario));
}

/** `2/4` as a shard. Throws `bad-input`. */
export function parseShard(text: string): Shard {
    const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
    if (index === undefined || count === undefined) throw badInput(`--shard is "${text}"`, 'i/n', 'Write --shard 1/4');
    return { index: Number(index), count: Number(count) };
}

function hashOf(name: string): number {
    return createHash('sha256').update(name).digest().readUInt32BE(0);
}
