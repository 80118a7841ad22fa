import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame } from '@mixreel/image';
import { describe, expect, it, onTestFinished } from 'vitest';
import { approve } from '../../src/baseline/approve.ts';
import { CaptureStore } from '../../src/baseline/capture-store.ts';
import { pruneBaselines } from '../../src/baseline/prune-baselines.ts';
import { addQuarantine, ledgerPath } from '../../src/run/flake-ledger.ts';
import { mergeFolders, mergeRuns } from '../../src/run/merge-runs.ts';
import { loadPlan } from '../../src/run/run-plan.ts';
import type { ScenarioResult } from '../../src/run/run-result.ts';
import { runSuite, type SuiteOptions } from '../../src/run/run-suite.ts';
import type { HarnessConfig } from '../../src/scenario/config.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { noisyPicture } from '../verdict/noise.ts';

const frame = (scale: number): Frame =>
    new Frame({
        widthPx: 16,
        heightPx: 16,
        layers: { color: Float32Array.from({ length: 768 }, (_, i) => (scale * i) / 768) }
    });
const draws = (name: string, scale: number): Scenario => ({
    name,
    run: ({ capture }) => capture.deterministic('view', frame(scale))
});

function suite() {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-suite-'));
    const [outDir, baselineDir] = [join(base, 'out'), join(base, 'baselines')];
    const run = (scenarios: Scenario[], options: SuiteOptions & Partial<HarnessConfig> = {}) => {
        const { seed, history, ...rest } = options;
        const config = { ...(seed === undefined ? {} : { seed }), ...(history === undefined ? {} : { history }) };
        return runSuite({ scenarios, outDir, baselineDir, ...config }, rest);
    };
    return { base, outDir, baselineDir, run };
}

const statuses = (result: { run: { scenarios: readonly { name: string; status: string }[] } }): string[] =>
    result.run.scenarios.map((s) => `${s.name} ${s.status}`);

/** A disk of 256 KiB, where one may be mounted. */
function smallDisk(base: string): string | null {
    const folder = join(base, 'disk');
    mkdirSync(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]).status !== 0) return null;
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    return folder;
}

describe('runSuite', () => {
    it('fails without a baseline, passes once it is approved, and renders nothing for approving', async () => {
        const { run, outDir, baselineDir } = suite();
        let runs = 0;
        const scenario: Scenario = {
            name: 'room/sofa',
            run: ({ capture, rng }) => {
                runs++;
                capture.deterministic('view', frame(1));
                capture.counters('work', { rays: 10 });
                capture.stochastic('noise', noisyPicture(rng.stream(runs), { size: 16, count: 8 }));
            }
        };
        const first = await run([scenario]);
        expect(statuses(first)).toEqual(['room/sofa failed']);
        const approved = await approve({ outDir, baselineDir, approval: { reason: 'first look' } });
        expect([approved.approved.length, approved.unchanged.length, runs]).toEqual([3, 0, 1]);
        const second = await run([scenario]);
        expect(statuses(second)).toEqual(['room/sofa passed']);
        expect(second.run.scenarios[0]!.captures.map((c) => c.verdict.message.split(',')[0])).toEqual([
            'byte for byte the baseline',
            'byte for byte the baseline',
            'the same within noise'
        ]);
        const again = await approve({
            outDir,
            baselineDir,
            approval: { reason: 'again' },
            select: (e) => e.capture !== 'noise'
        });
        expect(again).toMatchObject({ approved: [], unchanged: [{ capture: 'view' }, { capture: 'work' }] });
    });

    it('takes baselines as the policy says, and never a blank one', async () => {
        const { run, baselineDir } = suite();
        expect((await run([draws('a', 1)], { update: 'missing' })).taken).toEqual(['a: view']);
        const changed = await run([draws('a', 0.5), draws('b', 1), draws('blank', 0)], { update: 'missing' });
        expect(statuses(changed)).toEqual(['a failed', 'b passed', 'blank error']);
        const wanted = [draws('a', 0.5), draws('b', 1), draws('blank', 0)];
        for (const approval of [undefined, { reason: ' ' }])
            await expect(run(wanted, { update: 'approved', ...(approval ? { approval } : {}) })).rejects.toThrow(
                /nobody says why/
            );
        expect(statuses(await run(wanted))).toEqual(['a failed', 'b passed', 'blank error']);
        const approved = await run(wanted, { update: 'approved', approval: { reason: 'new light', by: 'Ada' } });
        expect(statuses(approved)).toEqual(['a passed', 'b passed', 'blank error']);
        expect(approved.taken).toEqual(['a: view']);
        const kept = await new CaptureStore(baselineDir).list();
        expect(kept.map((e) => [e.scenario, e.approval?.reason])).toEqual([
            ['a', 'new light'],
            ['b', 'taken by --update missing']
        ]);
        expect(statuses(await run([draws('a', 0.5), draws('b', 1)]))).toEqual(['a passed', 'b passed']);
    });

    it('fails what has a baseline and is captured no more, until that is pruned, also where the run is taken up', async () => {
        const { run, outDir, baselineDir } = suite();
        const captures = (...names: string[]): Scenario => ({
            name: 'room',
            run: ({ capture }) => {
                for (const name of names) capture.deterministic(name, frame(1));
            }
        });
        await run([captures('day', 'night')], { update: 'missing' });
        for (const options of [{}, { resume: true }]) {
            const { scenarios } = (await run([captures('day')], options)).run;
            expect(scenarios[0]!.captures.map(({ capture, verdict }) => `${capture.name} ${verdict.status}`)).toEqual([
                'day passed',
                'night failed'
            ]);
        }
        expect(readFileSync(join(outDir, 'report.html'), 'utf8')).toContain('was not captured');
        const pruned = await pruneBaselines({ baselineDir, suites: [{ scenarios: ['room'], outDir }] });
        expect(pruned.removed).toEqual(['room: night']);
        expect((await run([captures('day')], { resume: true })).run.status).toBe('passed');
        // One that breaks before it is there is no less broken for that.
        await run([captures('day', 'night')], { update: 'missing' });
        const breaks: Scenario = { name: 'room', run: () => Promise.reject(new Error('broken')) };
        expect((await run([breaks])).run.scenarios[0]!.captures).toEqual([]);
    });

    it('goes on behind a scenario in which its process ended', async () => {
        const { run } = suite();
        const ran: string[] = [];
        const notes = (name: string): Scenario => ({ name, run: () => void ran.push(name) });
        const [a, c] = [notes('a'), notes('c')];
        // They were broken in an earlier run, which says nothing of this one.
        const broken = (name: string): Scenario => ({ name, run: () => Promise.reject(new Error('broken')) });
        await run([a, broken('b'), broken('c')]);
        const stop = new AbortController();
        const holds: Scenario = { name: 'b', run: () => stop.abort() };
        await run([a, holds, c], { resume: true, progress: { signal: stop.signal } });
        ran.length = 0;
        const told: string[] = [];
        const finished = await run([a, holds, c], {
            after: { scenario: 'b', why: 'its process ended.', durationS: 2 },
            onResult: ({ name, failure }) => void told.push(`${name} ${failure?.message ?? ''}`)
        });
        expect(statuses(finished)).toEqual(['a passed', 'b error', 'c passed']);
        expect([ran, told]).toEqual([['c'], ['b its process ended.', 'c ']]);
    });

    it('wants a new approval where the kind of judgement changed', async () => {
        const { run } = suite();
        await run([draws('a', 1)], { update: 'missing' });
        const other: Scenario = { name: 'a', run: ({ capture }) => capture.exact('view', frame(1)) };
        const result = await run([other]);
        expect(result.run.scenarios[0]!.captures[0]!.verdict.message).toContain(
            'approved to be judged "deterministic", not "exact"'
        );
        // By its old judge it would pass; the new one has nothing to compare with until somebody says so.
        const looks: Scenario = {
            name: 'a',
            run: ({ capture }) => capture.perceptual('view', frame(1), { maxFlipMean: 1 })
        };
        const replaced = await run([looks], { update: 'approved', approval: { reason: 'noise is to be let pass' } });
        expect([replaced.taken, statuses(await run([looks]))]).toEqual([['a: view'], ['a passed']]);
    });

    it('leaves a readable partial report when it ends early, and takes it up again', async () => {
        const { run, outDir } = suite();
        const ran: string[] = [];
        const scenarios = ['a', 'b', 'c'].map((name): Scenario => ({ name, run: () => void ran.push(name) }));
        const stop = new Error('the process is killed');
        const killed = run(scenarios, {
            onResult: (result) => {
                if (result.name === 'b') throw stop;
            }
        });
        await expect(killed).rejects.toBe(stop);
        const html = readFileSync(join(outDir, 'report.html'), 'utf8');
        expect(html).toContain('Partial');
        expect(html.trimEnd().endsWith('</html>')).toBe(true);
        const result = await run(scenarios, { resume: true });
        expect(ran).toEqual(['a', 'b', 'c']);
        expect(result.resumed).toEqual(['a', 'b']);
        expect(statuses(result)).toEqual(['a passed', 'b passed', 'c passed']);
        expect(readFileSync(join(outDir, 'report.html'), 'utf8')).not.toContain('Partial');
    });

    it('runs again what could not be judged, and everything when the seed is another', async () => {
        const { run } = suite();
        let broken = true;
        const ran: string[] = [];
        const scenarios: Scenario[] = [
            { name: 'good', run: () => void ran.push('good') },
            {
                name: 'broken once',
                run: () => {
                    ran.push('broken');
                    if (broken) throw new Error('no');
                }
            }
        ];
        await run(scenarios);
        broken = false;
        expect(statuses(await run(scenarios, { resume: true }))).toEqual(['good passed', 'broken once passed']);
        expect(ran).toEqual(['good', 'broken', 'broken']);
        expect((await run(scenarios, { resume: true, seed: 'other' })).resumed).toEqual([]);
        const [good, other] = scenarios;
        expect((await run([{ ...good!, seed: 3 }, other!], { resume: true, seed: 'other' })).resumed).toEqual([
            'broken once'
        ]);
    });

    it('takes up nothing of another configuration or commit, and says so', async () => {
        const { run, outDir } = suite();
        const ran: string[] = [];
        const scenarios = ['a', 'b'].map((name): Scenario => ({ name, run: () => void ran.push(name) }));
        const source = { configuration: 'x', commit: '1' };
        await run(scenarios, { source });
        const same = await run(scenarios, { source, resume: true });
        expect([same.resumed, same.notResumed, ran.length]).toEqual([['a', 'b'], undefined, 2]);
        const merged = join(outDir, '..', 'merged');
        await mergeFolders([outDir], merged);
        expect((await loadPlan(merged))?.source).toEqual(source);
        for (const other of [{ ...source, commit: '2' }, { configuration: 'y', commit: '2' }, { configuration: 'y' }]) {
            const result = await run(scenarios, { source: other, resume: true });
            expect([result.resumed, result.run.scenarios.length]).toEqual([[], 2]);
            expect(result.notResumed).toMatch(
                'commit' in other && other.configuration === 'x' ? /^another commit$/ : /another/
            );
        }
        expect(ran).toHaveLength(8);
        const dirty = await run(scenarios, { source, changes: 'x', resume: true });
        expect([dirty.resumed, dirty.notResumed]).toEqual([[], expect.stringMatching(/^another/)]);
        const again = await run(scenarios, { source, changes: 'x', resume: true });
        const other = await run(scenarios, { source, changes: 'y', resume: true });
        expect([again.resumed, other.resumed, other.notResumed]).toEqual([
            ['a', 'b'],
            [],
            'other changes that are not committed'
        ]);
    });

    it('repeats no verdict that an approval has overtaken: it is passed by what was approved, else runs again', async () => {
        const { run, base, outDir, baselineDir } = suite();
        const ran: string[] = [];
        const noted = (name: string, scale: number): Scenario => ({
            name,
            run: (context) => {
                ran.push(name);
                return draws(name, scale).run(context);
            }
        });
        await run([draws('a', 1), draws('b', 1), draws('c', 1)], { update: 'missing' });
        const changed = [noted('a', 0.5), noted('b', 0.5), noted('c', 1)];
        expect(statuses(await run(changed))).toEqual(['a failed', 'b failed', 'c passed']);
        await approve({ outDir, baselineDir, approval: { reason: 'seen' }, select: (e) => e.scenario === 'a' });
        const resumed = await run(changed, { resume: true });
        expect([statuses(resumed), ran]).toEqual([
            ['a passed', 'b failed', 'c passed'],
            ['a', 'b', 'c']
        ]);
        expect((await mergeRuns([outDir])).scenarios.map(({ status }) => status)).toEqual([
            'passed',
            'failed',
            'passed'
        ]);
        // What was approved from elsewhere only a run can tell.
        const elsewhere = join(base, 'elsewhere');
        await runSuite({ scenarios: [draws('c', 0.25)], outDir: elsewhere, baselineDir });
        await approve({ outDir: elsewhere, baselineDir, approval: { reason: 'seen' } });
        const again = await run(changed, { resume: true });
        expect([statuses(again), again.resumed, ran.slice(3)]).toEqual([
            ['a passed', 'b failed', 'c failed'],
            ['a', 'b'],
            ['c']
        ]);
    });

    it('runs again what somebody vouches for since, or no more', async () => {
        const { run, baselineDir } = suite();
        await run([draws('a', 1), draws('b', 1)], { update: 'missing' });
        const changed = [draws('a', 0.5), draws('b', 0.5)];
        expect(statuses(await run(changed))).toEqual(['a failed', 'b failed']);
        const vouched = { scenario: 'a', owner: 'Ada', until: '2999-12-31', reason: 'known' };
        await addQuarantine(baselineDir, vouched);
        const since = await run(changed, { resume: true });
        expect([statuses(since), since.resumed]).toEqual([['a skipped', 'b failed'], ['b']]);
        rmSync(ledgerPath(baselineDir));
        expect(statuses(await run(changed, { resume: true }))).toEqual(['a failed', 'b failed']);
    });

    it('puts shards together to the run that one machine would have done', async () => {
        const scenarios = Array.from({ length: 12 }, (_, i) => draws(`s${i}`, 1 + i / 12));
        const whole = suite();
        await whole.run(scenarios, { update: 'missing' });
        const alone = await whole.run(scenarios);
        const folders: string[] = [];
        for (const index of [1, 2, 3]) {
            const outDir = join(whole.base, `shard-${index}`);
            folders.push(outDir);
            await runSuite({ scenarios, outDir, baselineDir: whole.baselineDir }, { shard: { index, count: 3 } });
        }
        const merged = await mergeRuns(folders);
        const plain = (run: typeof merged): unknown =>
            run.scenarios
                .map(({ name, status, captures }) => ({ name, status, captures }))
                .sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(plain(merged)).toEqual(plain(alone.run));
        expect(merged).toMatchObject({ status: 'passed', partial: false });
    });

    it('keeps pictures and infinities of a result through its file', async () => {
        const { run, outDir } = suite();
        await run([draws('a', 1)], { update: 'missing' });
        const section = { kind: 'figures' as const, title: 'f', figures: [{ label: 'best', value: Infinity }] };
        const changed = {
            ...draws('a', 0.3),
            run: (c: Parameters<Scenario['run']>[0]) => {
                c.section(section);
                return draws('a', 0.3).run(c);
            }
        };
        const before = (await run([changed])).run.scenarios[0]!;
        const after = (await mergeRuns([outDir])).scenarios[0]!;
        expect(after).toEqual(before);
        expect(after.captures[0]!.verdict.pictures).toHaveLength(3);
    });

    it('makes a folder that cannot be written the verdict of the captures that need it', async () => {
        const { run, baselineDir, base } = suite();
        writeFileSync(baselineDir, 'a file where the folder should be');
        const result = await run([draws('a', 1), { name: 'b', run: () => {} }], { update: 'missing' });
        expect(statuses(result)).toEqual(['a error', 'b passed']);
        expect(result.run.scenarios[0]!.captures[0]!.verdict.message).toMatch(/baseline/);
        rmSync(baselineDir);
        expect(existsSync(base)).toBe(true);
    });

    it('makes a full disk an error of the scenarios that found no room, and goes on', async (context) => {
        const { base, outDir, baselineDir } = suite();
        const disk = smallDisk(base);
        if (!disk) return context.skip('a small disk cannot be mounted here');
        const noise = (name: string, bytes: number): Scenario => ({
            name,
            run: ({ capture, rng }) => {
                const stream = rng.stream('bytes');
                capture.exact(
                    'bytes',
                    Uint8Array.from({ length: bytes }, () => stream.uint32() & 255)
                );
            }
        });
        const scenarios = [noise('small', 100), noise('large', 400_000), noise('after', 100)];
        const result = await runSuite({ scenarios, outDir: join(disk, 'out'), baselineDir });
        expect(statuses(result)).toEqual(['small failed', 'large error', 'after failed']);
        expect(result.run.scenarios[1]!.captures[0]!.verdict.message).toMatch(/could not be written: the disk is full/);
        // Not even room for results: each says so, and the run still comes to its end.
        writeFileSync(join(disk, 'rest'), new Uint8Array(1));
        const fill = Buffer.alloc(4096);
        try {
            for (;;) appendFileSync(join(disk, 'rest'), fill);
        } catch {
            // Full.
        }
        const ended: string[] = [];
        const onResult = ({ name, status, failure }: ScenarioResult) =>
            void ended.push(`${name} ${status} ${failure?.code}`);
        const options = { scenarios: [draws('a', 1), draws('b', 1)], outDir: join(disk, 'full'), baselineDir };
        await expect(runSuite(options, { onResult })).rejects.toMatchObject({ code: 'environment' });
        expect(ended).toEqual(['a error environment', 'b error environment']);
        expect(existsSync(outDir)).toBe(false);
    });

    it('makes a history that cannot be written an error of the scenarios that measured something', async () => {
        const { run, base } = suite();
        writeFileSync(join(base, 'file'), 'where the folder should be');
        const measures: Scenario = { name: 'measures', run: ({ trend }) => trend('rays', 1, '1/s') };
        const result = await run([measures, draws('a', 1), { name: 'b', run: () => {} }], {
            update: 'missing',
            history: join(base, 'file', 'history.jsonl')
        });
        expect(statuses(result)).toEqual(['measures error', 'a passed', 'b passed']);
        expect(result.run.scenarios[0]!.failure).toMatchObject({
            code: 'environment',
            message: expect.stringMatching(/the history .*history\.jsonl could not be written/)
        });
        expect(result.run.partial).toBe(false);
    });

    it('runs the scenarios of a device, and shows it', async () => {
        const { run, outDir } = suite();
        const of = (device: 'node-dawn' | 'chromium-gpu'): Scenario => ({ ...draws(device, 1), device });
        const result = await run([of('node-dawn'), of('chromium-gpu'), draws('any', 1)], { device: 'node-dawn' });
        expect(result.run.scenarios.map(({ name, device }) => [name, device])).toEqual([
            ['node-dawn', 'node-dawn'],
            ['any', undefined]
        ]);
        expect(readFileSync(join(outDir, 'report.html'), 'utf8')).toContain('drawn by node-dawn');
        await expect(run([of('chromium-gpu')], { device: 'node-dawn' })).rejects.toThrowError(/no scenario matches/);
    });

    it('says that its folder is none, before anything is run', async () => {
        const { run, outDir } = suite();
        writeFileSync(outDir, 'a file');
        let ran = 0;
        const result = run([{ name: 'a', run: () => void ran++ }]);
        await expect(result).rejects.toMatchObject({ code: 'environment', message: expect.stringContaining(outDir) });
        expect(ran).toBe(0);
    });

    it('says that nothing matches', async () => {
        const { run } = suite();
        await expect(run([draws('a', 1)], { grep: 'z' })).rejects.toThrowError(/no scenario matches "z".*one of: a/);
    });
});
