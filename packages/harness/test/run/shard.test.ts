import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShard, shardScenarios } from '../../src/run/shard.ts';

const names = fc.uniqueArray(fc.string(), { maxLength: 60 }).map((list) => list.map((name) => ({ name })));

describe('shardScenarios', () => {
    it('gives every scenario to exactly one machine, with durations known or not', () => {
        fc.assert(
            fc.property(names, fc.integer({ min: 1, max: 9 }), fc.boolean(), (scenarios, count, timed) => {
                const durations = timed
                    ? Object.fromEntries(scenarios.slice(1).map((s, i) => [s.name, 1 + ((i * 7) % 13)]))
                    : {};
                const shards = Array.from({ length: count }, (_, i) =>
                    shardScenarios(scenarios, { index: i + 1, count }, durations)
                );
                const all = shards.flat().map((s) => s.name);
                expect([...all].sort()).toEqual(scenarios.map((s) => s.name).sort());
            })
        );
    });

    it('moves no other scenario when one is added', () => {
        fc.assert(
            fc.property(names, fc.string({ minLength: 80, maxLength: 90 }), (scenarios, added) => {
                const shard = { index: 2, count: 3 };
                const more = shardScenarios([...scenarios, { name: added }], shard).filter((s) => s.name !== added);
                expect(more).toEqual(shardScenarios(scenarios, shard));
            })
        );
    });

    it('balances known durations to within the longest of them', () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 }),
                fc.integer({ min: 1, max: 6 }),
                (seconds, count) => {
                    const scenarios = seconds.map((_, i) => ({ name: `s${i}` }));
                    const durations = Object.fromEntries(seconds.map((s, i) => [`s${i}`, s]));
                    const loads = Array.from({ length: count }, (_, i) =>
                        shardScenarios(scenarios, { index: i + 1, count }, durations).reduce(
                            (sum, s) => sum + durations[s.name]!,
                            0
                        )
                    );
                    // Greedy: no machine is ahead of another by more than one scenario.
                    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(...seconds));
                }
            )
        );
    });
});

describe('parseShard', () => {
    it('reads i/n and refuses the rest', () => {
        expect(parseShard('2/4')).toEqual({ index: 2, count: 4 });
        for (const text of ['', '2', '2/', 'a/b', '-1/2', '1/2/3'])
            expect(() => parseShard(text)).toThrowError(/shard/);
        for (const shard of [
            { index: 0, count: 1 },
            { index: 3, count: 2 },
            { index: 1, count: 0 }
        ]) {
            expect(() => shardScenarios([], shard)).toThrowError(/shard/);
        }
    });
});
