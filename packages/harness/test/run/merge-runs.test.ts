import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame } from '@mixreel/image';
import { describe, expect, it, onTestFinished } from 'vitest';
import { approve } from '../../src/baseline/approve.ts';
import { mergeFolders, mergeRuns } from '../../src/run/merge-runs.ts';
import { runSuite, type SuiteOptions } from '../../src/run/run-suite.ts';
import { shardScenarios } from '../../src/run/shard.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const color = Float32Array.from({ length: 192 }, (_, i) => i / 192);
const view = new Frame({ widthPx: 8, heightPx: 8, layers: { color } });
const draws = (name: string): Scenario => ({ name, run: ({ capture }) => capture.deterministic('view', view) });
const COUNT = 3;
const scenarios = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(draws);
const namesOf = (index: number): string[] => shardScenarios(scenarios, { index, count: COUNT }).map(({ name }) => name);

function place() {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-merge-'));
    onTestFinished(() => rmSync(base, { recursive: true, force: true }));
    const baselineDir = join(base, 'baselines');
    const shard = async (
        index: number,
        options: SuiteOptions = {},
        list = scenarios,
        count = COUNT
    ): Promise<string> => {
        const outDir = join(base, `shard-${index}-${count}`);
        await runSuite({ scenarios: list, outDir, baselineDir }, { shard: { index, count }, ...options });
        return outDir;
    };
    return { base, baselineDir, shard };
}

describe('mergeRuns', () => {
    it('makes every scenario of a shard that is not there an error of its own, and the whole partial', async () => {
        const { shard } = place();
        const merged = await mergeRuns([await shard(1, { update: 'missing' }), await shard(3, { update: 'missing' })]);
        expect(merged).toMatchObject({ partial: true, status: 'error' });
        const lost = merged.scenarios.filter(({ status }) => status === 'error');
        expect(lost.map(({ name }) => name)).toEqual(namesOf(2));
        expect(lost[0]!.failure!.message).toMatch(/shard 2\/3 was not given/);
        expect(merged.scenarios.map(({ name }) => name)).toEqual(scenarios.map(({ name }) => name));
    });

    it('does the same for what a killed shard left out', async () => {
        const { shard, base } = place();
        const folders = [await shard(1), await shard(2)];
        const stop = new Error('killed');
        const onResult = (): never => {
            throw stop;
        };
        await expect(shard(3, { onResult })).rejects.toBe(stop);
        const merged = await mergeRuns([...folders, join(base, 'shard-3-3')]);
        const [first, ...rest] = namesOf(3);
        expect(rest.length).toBeGreaterThan(0);
        expect(merged.partial).toBe(true);
        const lost = merged.scenarios.filter(({ failure }) => failure !== null);
        expect(lost.map(({ name }) => name)).toEqual(rest);
        expect(merged.scenarios.find(({ name }) => name === first)!.status).toBe('failed');
        expect(lost[0]!.failure!.message).toMatch(/the run of .*shard-3-3 was not finished/);
    });

    it('refuses a shard given twice, shards of another number, other lists, another seed, and what is no run', async () => {
        const { base, shard } = place();
        const one = await shard(1);
        const again = join(base, 'again');
        await runSuite({ scenarios, outDir: again, baselineDir: base }, { shard: { index: 1, count: COUNT } });
        await expect(mergeRuns([one, again])).rejects.toThrowError(
            /shard 1\/3 is there twice: .*shard-1-3 and .*again/
        );
        await expect(mergeRuns([one, await shard(2, {}, scenarios, 2)])).rejects.toThrowError(
            /one of 3 shards.*one of 2/
        );
        const fewer = await shard(2, {}, scenarios.slice(0, 5));
        await expect(mergeRuns([one, fewer])).rejects.toThrowError(/different lists, both with "a"/);
        const seeded = join(base, 'seeded');
        await runSuite({ scenarios, outDir: seeded, seed: 2 }, { shard: { index: 2, count: COUNT } });
        await expect(mergeRuns([one, seeded])).rejects.toThrowError(/the seeds are 1 and 2/);
        await expect(mergeRuns([base])).rejects.toThrowError(/holds no run/);
    });

    it('refuses shards of two commits or configurations, and says what to do', async () => {
        const { shard } = place();
        const source = { configuration: 'x', commit: '1' };
        const one = await shard(1, { source });
        const other = await shard(2, { source: { ...source, commit: '2' } });
        await expect(mergeRuns([one, other])).rejects.toThrowError(
            /shard-2-3 was run of another commit than .*shard-1-3: .*commit 2, not .*commit 1.*Check out one commit/
        );
        await expect(mergeRuns([one, await shard(2)])).rejects.toThrowError(/another configuration and another commit/);
        const same = await mergeRuns([one, await shard(2, { source }), await shard(3, { source })]);
        expect(same.partial).toBe(false);
    });

    it('takes runs of lists that have nothing in common, also of several commits', async () => {
        const { base } = place();
        const folders = ['a', 'b'].map((name) => join(base, name));
        for (const [i, outDir] of folders.entries())
            await runSuite({ scenarios: [draws(`only ${i}`)], outDir }, { source: { commit: `${i}` } });
        const merged = await mergeRuns(folders);
        expect([merged.partial, merged.scenarios.map(({ name }) => name)]).toEqual([false, ['only 0', 'only 1']]);
    });
});

describe('mergeFolders', () => {
    it('leaves a folder that can be approved from, and in which the rest can be run', async () => {
        const { base, baselineDir, shard } = place();
        const outDir = join(base, 'merged');
        const { run, report } = await mergeFolders([await shard(1), await shard(2)], outDir);
        expect([run.partial, run.status]).toEqual([true, 'error']);
        expect(readFileSync(report.html, 'utf8')).toContain('Partial: the run was not finished');
        const { approved } = await approve({ outDir, baselineDir, approval: { reason: 'seen' } });
        expect(approved.map(({ scenario }) => scenario)).toEqual([...namesOf(1), ...namesOf(2)].sort());
        const rest = await runSuite({ scenarios, outDir, baselineDir }, { resume: true });
        expect([...rest.resumed].sort()).toEqual([...namesOf(1), ...namesOf(2)].sort());
        await expect(mergeFolders([outDir], outDir)).rejects.toThrowError(/one of the folders to merge/);
    });
});
