import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CaptureStore, labelOf } from '../../src/baseline/capture-store.ts';
import { pruneBaselines } from '../../src/baseline/prune-baselines.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const counts = (name: string, ...captures: string[]): Scenario => ({
    name,
    run: ({ capture }) => {
        for (const own of captures) capture.counters(own, { [name + own]: 1 });
    }
});

/** Two configurations that share a folder of baselines, and a run of each. */
async function siblings() {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-prune-'));
    const baselineDir = join(base, 'baselines');
    const run = async (suite: string | undefined, ...scenarios: Scenario[]) => {
        const outDir = join(base, `${suite}`);
        const config = { scenarios, baselineDir, outDir, ...(suite === undefined ? {} : { suite }) };
        await runSuite(config, { update: 'missing' });
        return { ...(suite === undefined ? {} : { suite }), scenarios: scenarios.map(({ name }) => name), outDir };
    };
    await run('desktop', counts('room', 'wide', 'old'), counts('gone', 'x'));
    const mobile = await run('mobile', counts('room', 'tall'), counts('phone', 'x'));
    const desktop = await run('desktop', counts('room', 'wide'));
    const store = new CaptureStore(baselineDir);
    return { baselineDir, run, desktop, mobile, left: async () => (await store.list()).map(labelOf) };
}

describe('pruneBaselines', () => {
    it('removes what its configuration captures no more, and nothing of a sibling in the same folder', async () => {
        const { baselineDir, desktop, left } = await siblings();
        const all = ['gone: x', 'phone: x', 'room: old', 'room: tall', 'room: wide'];
        const dry = await pruneBaselines({ baselineDir, suites: [desktop], dryRun: true });
        expect(await left()).toEqual(all);
        const { removed, kept } = await pruneBaselines({ baselineDir, suites: [desktop] });
        expect(removed).toEqual(dry.removed);
        expect(removed.filter((name) => name.includes(': '))).toEqual(['gone: x', 'room: old']);
        expect(removed).toHaveLength(4);
        expect(kept.map((entry) => [labelOf(entry), entry.suite])).toEqual([
            ['phone: x', 'mobile'],
            ['room: tall', 'mobile']
        ]);
        expect(await left()).toEqual(['phone: x', 'room: tall', 'room: wide']);
    });

    it('prunes for several configurations at once, and for all others when it is told that there are none', async () => {
        const { baselineDir, desktop, mobile, left } = await siblings();
        const both = await pruneBaselines({ baselineDir, suites: [desktop, { ...mobile, scenarios: ['room'] }] });
        expect(both.kept).toEqual([]);
        expect(await left()).toEqual(['room: tall', 'room: wide']);
        await pruneBaselines({ baselineDir, suites: [desktop], others: true });
        expect(await left()).toEqual(['room: wide']);
    });

    it('keeps what does not say whose it is, unless nobody has a name', async () => {
        const { baselineDir, run, desktop, mobile, left } = await siblings();
        const nameless = await run(undefined, counts('old', 'x'));
        const { kept } = await pruneBaselines({ baselineDir, suites: [desktop, mobile] });
        expect(kept.map(labelOf)).toEqual(['old: x']);
        await pruneBaselines({ baselineDir, suites: [{ ...nameless, scenarios: [] }, desktop, mobile] });
        expect(await left()).not.toContain('old: x');
        // One whose scenario is at hand is that scenario's.
        await run(undefined, counts('room', 'wide', 'once'));
        const own = await pruneBaselines({ baselineDir, suites: [desktop, mobile] });
        expect([own.kept, own.removed.filter((name) => name.includes(': '))]).toEqual([[], ['room: once']]);
    });
});
