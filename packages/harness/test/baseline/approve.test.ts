import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Rng } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { approve } from '../../src/baseline/approve.ts';
import { CaptureStore, fileKey, labelOf } from '../../src/baseline/capture-store.ts';
import { addQuarantine } from '../../src/run/flake-ledger.ts';
import { runSuite, type SuiteOptions } from '../../src/run/run-suite.ts';
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
const draws = (scale: number): Scenario => ({
    name: 'a',
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
    const objects = (): string[] =>
        readdirSync(join(baselineDir, 'objects'), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ parentPath, name }) => join(parentPath, name));
    return { outDir, baselineDir, run, store, objects, names: async () => (await store.list()).map(labelOf) };
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
    const damages: [string, (objects: readonly string[], entry: string) => void][] = [
        ['its bytes are missing', ([object]) => rmSync(object!)],
        ['its bytes were changed', ([object]) => writeFileSync(object!, 'x')],
        ['its entry is no JSON', (_, entry) => writeFileSync(entry, '{')]
    ];

    it.each(damages)('is told of and mended by approving: %s', async (_, damage) => {
        const { run, outDir, baselineDir, objects } = place();
        const hurt = (): void => damage(objects(), join(baselineDir, fileKey('a'), `${fileKey('view')}.json`));
        await run(draws(1), { update: 'missing' });
        hurt();
        const { verdicts, run: result } = await run(draws(1), { update: 'missing' });
        expect(result.status).toBe('error');
        expect(verdicts[0]).toMatchObject({
            message: expect.stringMatching(/cannot be used: .*Restore it from version control.* approve it/),
            pictures: [{ label: 'Captured' }]
        });
        const { approved } = await approve({ outDir, baselineDir, approval });
        expect(approved.map(labelOf)).toEqual(['a: view']);
        expect((await run(draws(1))).run.status).toBe('passed');
        hurt();
        const again = await run(draws(1), { update: 'approved', approval });
        expect([again.taken, (await run(draws(1))).run.status]).toEqual([['a: view'], 'passed']);
    });
});

describe('approve', () => {
    it('notes the commit of the run, and takes nothing if one of the names is none', async () => {
        const { run, outDir, baselineDir, store, names } = place();
        await run(draws(1), { source: { commit: 'abc' } });
        await expect(approve({ outDir, baselineDir, approval, names: ['a', 'b'] })).rejects.toThrowError(/named "b"/);
        expect(await names()).toEqual([]);
        await approve({ outDir, baselineDir, approval, names: ['a'] });
        expect((await store.entry('a', 'view'))!.approval).toEqual({ reason: 'seen', commit: 'abc' });
    });

    it('gives what did not change to the configuration that captures it now, with its old approval', async () => {
        const { run, outDir, baselineDir, store } = place();
        await run(draws(1), { update: 'missing', suite: 'old' });
        await run(draws(1), { suite: 'new' });
        await expect(approve({ outDir, baselineDir, approval, suite: 'old' })).rejects.toThrowError(
            /holds captures of new \(expected a run of old/
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
    it.each<[string, Scenario['run']]>([
        ['exact', ({ capture }) => capture.exact('x', frame(1))],
        ['deterministic', ({ capture }) => capture.deterministic('x', frame(1))],
        ['perceptual', ({ capture }) => capture.perceptual('x', frame(1 / 3), { maxFlipMean: 0.1 })],
        [
            'stochastic',
            ({ capture }) => capture.stochastic('x', noisyPicture(Rng.create(1).stream('same'), { size: 8, count: 4 }))
        ],
        ['counters', ({ capture }) => capture.counters('x', { n: 1 })]
    ])('is not judged any further: %s', async (name, take) => {
        const { run } = place();
        await run({ name, run: take }, { update: 'missing' });
        expect((await run({ name, run: take })).verdicts[0]!.message).toBe('byte for byte the baseline');
    });
});
