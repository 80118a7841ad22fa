import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { approve } from '../../src/baseline/approve.ts';
import { CaptureStore, fileKey, labelOf } from '../../src/baseline/capture-store.ts';
import { addQuarantine } from '../../src/run/flake-ledger.ts';
import { runSuite, type SuiteOptions } from '../../src/run/run-suite.ts';
import { SuiteJudge } from '../../src/run/suite-judge.ts';
import { collectCaptures } from '../../src/scenario/captures.ts';
import type { HarnessConfig } from '../../src/scenario/config.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { noisyPicture } from '../verdict/noise.ts';

const approval = { reason: 'seen' };
const frame = (scale: number): Frame =>
    new Frame({
        widthPx: 16,
        heightPx: 16,
        layers: { color: Float32Array.from({ length: 768 }, (_, i) => (scale * i) / 768) }
    });
const draws = (scale: number, name = 'a'): Scenario => ({
    name,
    run: ({ capture }) => capture.deterministic('view', frame(scale))
});

function place() {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-approve-'));
    const [outDir, baselineDir] = [join(base, 'out'), join(base, 'baselines')];
    const run = async (scenarios: Scenario | Scenario[], options: SuiteOptions & Pick<HarnessConfig, 'suite'> = {}) => {
        const { suite, ...rest } = options;
        const config = { scenarios: [scenarios].flat(), outDir, baselineDir, ...(suite ? { suite } : {}) };
        const result = await runSuite(config, rest);
        const verdicts = result.run.scenarios.flatMap(({ captures }) => captures.map(({ verdict }) => verdict));
        return { ...result, verdicts };
    };
    const store = new CaptureStore(baselineDir);
    return { outDir, baselineDir, run, store, names: async () => (await store.list()).map(labelOf) };
}

describe('captures of a scenario that failed', () => {
    const fails = (why: unknown): Scenario => ({
        name: 'a',
        run: ({ capture }) => {
            capture.deterministic('view', frame(1));
            throw why;
        }
    });

    it('never become baselines while it runs', async () => {
        const { run, names } = place();
        const { taken, verdicts } = await run(fails(new Error('no')), { update: 'missing' });
        expect([taken, await names()]).toEqual([[], []]);
        expect(verdicts[0]!.message).toMatch(/no baseline yet: mend its scenario, which failed, first/);
        await run(draws(0.5), { update: 'missing' });
        const second = await run(fails(new Error('no')), { update: 'approved', approval });
        expect([second.taken, second.verdicts[0]!.status]).toEqual([[], 'failed']);
    });

    it('never become baselines afterwards, with all or by name, in quarantine or not', async () => {
        const { run, outDir, baselineDir, names } = place();
        const well: Scenario = { name: 'b', run: ({ capture }) => capture.counters('n', { n: 1 }) };
        await addQuarantine(baselineDir, { scenario: 'a', owner: 'ana', until: '2999-01-01', reason: 'known' });
        await run([fails(new Error('the step threw')), well]);
        const all = await approve({ outDir, baselineDir, approval });
        expect([all.approved.map(labelOf), await names()]).toEqual([['b: n'], ['b: n']]);
        const named = await approve({ outDir, baselineDir, approval, names: ['a: view'] });
        expect([named.approved, named.refused.map(({ why }) => why)]).toEqual([
            [],
            [expect.stringMatching(/its scenario failed: Error: the step threw.*Mend the scenario first/)]
        ]);
    });

    it('are gone once a run that is taken up no longer captures them', async () => {
        const { run, outDir, baselineDir } = place();
        let broken = true;
        const sometimes: Scenario = {
            name: 'a',
            run: ({ capture }) => {
                if (broken) capture.counters('early', { n: 1 });
                capture.counters('late', { n: 1 });
                if (broken) throw new Error('no');
            }
        };
        await run([sometimes, { name: 'b', run: ({ capture }) => capture.counters('n', { n: 1 }) }]);
        broken = false;
        await run([sometimes, { name: 'b', run: () => {} }], { resume: true });
        const { approved, refused } = await approve({ outDir, baselineDir, approval });
        expect([approved.map(labelOf), refused]).toEqual([['a: late', 'b: n'], []]);
    });
});

describe('a capture whose verdict nobody waits for any more', () => {
    it('does not become a baseline behind its back', async () => {
        const { outDir, baselineDir, names } = place();
        const judge = new SuiteJudge({ outDir, baselineDir, update: 'missing' });
        const { captures, list } = collectCaptures();
        captures.counters('n', { n: 1 });
        const late = await judge.judge('a', list[0]!, AbortSignal.abort());
        expect([late.taken, await names()]).toEqual([false, []]);
        const inTime = await judge.judge('a', list[0]!, new AbortController().signal);
        expect([inTime.taken, await names()]).toEqual([true, ['a: n']]);
    });
});

describe('a capture that could not be judged', () => {
    it('is refused even where its stored picture looks well', async () => {
        const { run, outDir, baselineDir, names } = place();
        const color = frame(1).layer('color');
        color[3] = Number.NaN;
        const broken = new Frame({ widthPx: 16, heightPx: 16, layers: { color } });
        const { verdicts } = await run({ name: 'a', run: ({ capture }) => capture.deterministic('view', broken) });
        expect(verdicts[0]!.status).toBe('error');
        const { refused } = await approve({ outDir, baselineDir, approval });
        expect([refused[0]!.why, await names()]).toEqual([expect.stringMatching(/NaN/), []]);
    });
});

describe('a baseline that is missing or damaged', () => {
    it('is told of and mended by approving, or by --update approved, and not by --update missing', async () => {
        const { run, outDir, baselineDir } = place();
        const names = ['bytes missing', 'bytes changed', 'no JSON'];
        const all = names.map((name, i) => draws(1 / (i + 1), name));
        const object = async (name: string): Promise<string> => {
            const { sha256 } = (await new CaptureStore(join(outDir, 'captures')).entry(name, 'view'))!;
            return join(baselineDir, 'objects', sha256.slice(0, 2), `${sha256}.png`);
        };
        const hurt = async (): Promise<void> => {
            rmSync(await object('bytes missing'));
            writeFileSync(await object('bytes changed'), 'x');
            writeFileSync(join(baselineDir, fileKey('no JSON'), `${fileKey('view')}.json`), '{');
        };
        await run(all, { update: 'missing' });
        await hurt();
        const { verdicts } = await run(all, { update: 'missing' });
        for (const verdict of verdicts) {
            expect(verdict).toMatchObject({ status: 'error', pictures: [{ label: 'Captured' }] });
            expect(verdict.message).toMatch(/cannot be used: .*Restore it from version control.* approve it/);
        }
        const { approved } = await approve({ outDir, baselineDir, approval });
        expect(approved.map(({ scenario }) => scenario).sort()).toEqual([...names].sort());
        expect((await run(all)).run.status).toBe('passed');
        await hurt();
        const again = await run(all, { update: 'approved', approval });
        expect([again.taken.length, (await run(all)).run.status]).toEqual([3, 'passed']);
    });
});

describe('approve', () => {
    it('leaves what passed its baseline: noise is no reason to move it, unless it is named alone or asked for', async () => {
        const { run, outDir, baselineDir, store } = place();
        let draw = 0;
        const noisy: Scenario = {
            name: 'a',
            run: ({ capture, rng }) => {
                capture.stochastic('noise', noisyPicture(rng.stream(draw++), { size: 16, count: 8 }));
                capture.counters('work', { draw });
            }
        };
        await run(noisy, { update: 'missing' });
        const before = await store.entry('a', 'noise');
        const { verdicts } = await run(noisy);
        expect(verdicts.map(({ status }) => status)).toEqual(['passed', 'failed']);
        for (const names of [[], ['a'], ['*: *']]) await approve({ outDir, baselineDir, approval, names });
        expect(await store.entry('a', 'noise')).toEqual(before);
        expect((await store.entry('a', 'work'))!.approval).toEqual(approval);
        const alone = await approve({ outDir, baselineDir, approval, names: ['noise'] });
        expect(alone.approved.map(labelOf)).toEqual(['a: noise']);
        await run(noisy);
        expect((await approve({ outDir, baselineDir, approval, passed: true })).approved).toHaveLength(2);
    });

    it('shows in the next report who approved a baseline, and why', async () => {
        const { run, outDir, baselineDir } = place();
        await run(draws(1), { source: { commit: '0123456789abcdef' } });
        await approve({ outDir, baselineDir, approval: { reason: 'new <b>lamp</b>', by: 'ana' } });
        for (const level of [1, 0.5]) {
            const { report } = await run(draws(level));
            expect(readFileSync(report.html, 'utf8')).toContain(
                '; baseline approved by ana at 0123456789: new &lt;b&gt;lamp&lt;/b&gt;'
            );
        }
    });

    it('notes the commit of the run, and takes nothing if one of the names is none', async () => {
        const { run, outDir, baselineDir, store, names } = place();
        await run(draws(1), { source: { commit: 'abc' } });
        await expect(approve({ outDir, baselineDir, approval, names: ['a', 'b'] })).rejects.toThrowError(/named "b"/);
        expect(await names()).toEqual([]);
        await approve({ outDir, baselineDir, approval, names: ['a'] });
        expect((await store.entry('a', 'view'))!.approval).toEqual({ reason: 'seen', commit: 'abc' });
    });

    it('leaves out what a merged run has of other configurations', async () => {
        const { run, outDir, baselineDir, names } = place();
        await run(draws(1), { suite: 'own' });
        const captures = new CaptureStore(join(outDir, 'captures'));
        const entry = (await captures.entry('a', 'view'))!;
        await captures.put({ ...entry, scenario: 'b', suite: 'other' }, await captures.bytes(entry));
        const { approved, others } = await approve({ outDir, baselineDir, approval, suite: 'own' });
        expect([approved, others].map((list) => list.map(labelOf))).toEqual([['a: view'], ['b: view']]);
        await expect(approve({ outDir, baselineDir, approval, suite: 'own', names: ['b'] })).rejects.toThrowError(
            /named "b" \(expected one of a: view/
        );
        expect(await names()).toEqual(['a: view']);
    });

    it('gives what did not change to the configuration that captures it now, with its old approval', async () => {
        const { run, outDir, baselineDir, store } = place();
        await run(draws(1), { update: 'missing', suite: 'old' });
        await run(draws(1), { suite: 'new' });
        await expect(approve({ outDir, baselineDir, approval, suite: 'old' })).rejects.toThrowError(
            /holds captures of new only \(expected a run of old/
        );
        expect((await approve({ outDir, baselineDir, approval, suite: 'new' })).unchanged).toHaveLength(1);
        expect(await store.entry('a', 'view')).toMatchObject({
            suite: 'new',
            approval: { reason: 'taken by --update missing' }
        });
        const { verdicts } = await run(draws(0.5), { suite: 'twin' });
        expect(verdicts[0]!.message).toMatch(/the baseline is of new, which has the same names/);
    });
});

describe('a capture that is its baseline byte for byte', () => {
    it('is not judged any further, of whatever kind', async () => {
        const { run } = place();
        const all: Scenario = {
            name: 'all kinds',
            run: ({ capture }) => {
                capture.exact('exact', frame(1));
                capture.deterministic('deterministic', frame(1));
                capture.perceptual('perceptual', frame(1 / 3), { maxFlipMean: 0.1 });
                capture.stochastic('stochastic', noisyPicture(Rng.create(1).stream('same'), { size: 8, count: 4 }));
                capture.counters('counters', { n: 1 });
            }
        };
        await run(all, { update: 'missing' });
        const { verdicts } = await run(all);
        expect(verdicts.map(({ message }) => message)).toEqual(Array(5).fill('byte for byte the baseline'));
    });
});
