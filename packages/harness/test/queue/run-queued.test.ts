/**
 * A run shared over a real Redis. Machines are processes of their own (of the built files), and are killed without a word in
 * the middle of a scenario. Skipped, saying so, where there is no redis-server (`apt-get install redis-server`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { approve } from '../../src/baseline/approve.ts';
import { runQueued } from '../../src/queue/run-queued.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import type { HarnessConfig } from '../../src/scenario/config.ts';
import type { ScenarioContext } from '../../src/scenario/scenario.ts';
import { readHistory } from '../../src/timing/history.ts';
import { HAS_REDIS, type RunningRedis, startRedis } from './redis.ts';

const SUITE = join(import.meta.dirname, 'suite.mjs');
const { LOST_AFTER_S, startsOf, suiteConfig } = (await import(SUITE)) as {
    LOST_AFTER_S: number;
    startsOf(folder: string): string[];
    suiteConfig(folder: string, outDir: string): HarnessConfig;
};
const NAMES = ['holds', ...Array.from({ length: 10 }, (_, i) => `plain ${i}`), 'picture', 'skipped'];

describe.skipIf(!HAS_REDIS)(`a queued run${HAS_REDIS ? '' : ' (skipped: redis-server is not installed)'}`, () => {
    let redis: RunningRedis;
    beforeAll(async () => {
        redis = await startRedis();
    });
    afterAll(() => redis?.stop());

    const folder = (): string => {
        const path = mkdtempSync(join(tmpdir(), 'mixreel-queue-'));
        onTestFinished(() => rmSync(path, { recursive: true, force: true }));
        return path;
    };
    const machine = (base: string, runId: string, name: string) => {
        const args = [SUITE, base, redis.url, runId, join(base, name)];
        const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
            text += chunk.toString();
        });
        const ended = new Promise<string>((resolve) => child.once('exit', () => resolve(text)));
        onTestFinished(() => void child.kill('SIGKILL'));
        return { child, ended };
    };
    const heldBy = async (base: string, ...children: ChildProcess[]): Promise<ChildProcess> => {
        while (!existsSync(join(base, 'held'))) await new Promise((resolve) => setTimeout(resolve, 20));
        const pid = Number(readFileSync(join(base, 'held'), 'utf8'));
        return children.find((child) => child.pid === pid)!;
    };

    it('loses nothing and counts nothing twice when a worker is killed in the middle of a scenario', async () => {
        const base = folder();
        const machines = [machine(base, 'killed', 'one'), machine(base, 'killed', 'two')];
        const victim = await heldBy(base, ...machines.map(({ child }) => child));
        victim.kill('SIGKILL');
        // It comes when most is done, works no more than is left, and still has the whole result.
        const told: string[] = [];
        const late = await runQueued(
            suiteConfig(base, join(base, 'late')),
            { onResult: ({ name }) => void told.push(name) },
            { url: redis.url, runId: 'killed', lostAfterS: LOST_AFTER_S }
        );
        const others = await Promise.all(machines.filter(({ child }) => child !== victim).map(({ ended }) => ended));
        expect(late.run.scenarios.map(({ name }) => name)).toEqual(NAMES);
        expect(told.sort()).toEqual([...NAMES].sort());
        const bad = late.run.scenarios.filter(({ status }) => status !== 'passed');
        // The picture has no baseline yet.
        expect(bad.map(({ name, status }) => [name, status])).toEqual([
            ['picture', 'failed'],
            ['skipped', 'skipped']
        ]);
        expect(late.run).toMatchObject({ partial: false });
        const held = late.run.scenarios[0]!;
        expect([held.attempts, held.log[0]]).toEqual([2, expect.stringContaining('a worker was lost')]);
        expect(startsOf(base)).toEqual([...NAMES.filter((name) => name !== 'skipped'), 'holds'].sort());
        expect(JSON.parse(others[0]!)).toEqual(late.run.scenarios.map(({ name, status }) => [name, status]));
        expect(readFileSync(join(base, 'late', 'junit.xml'), 'utf8')).toContain(
            'tests="14" failures="1" errors="0" skipped="1"'
        );
        // What another process captured can be approved here.
        const approved = await approve({
            outDir: join(base, 'late'),
            baselineDir: join(base, 'baselines'),
            approval: { reason: 'seen' }
        });
        expect(approved.approved.map(({ scenario }) => scenario)).toEqual(['picture']);
    });

    it('starts again what failed by its machine, and ends what fails by it each time with a verdict of its own', async () => {
        const base = folder();
        const lost = Object.assign(new Error('x'), { code: 'x' });
        const { MixreelError } = await import('@mixreel/core');
        let starts = 0;
        const broken = new MixreelError('environment', { what: 'the disk is full', mend: 'Free some' });
        const config = {
            outDir: join(base, 'out'),
            scenarios: [
                { name: 'once', run: () => (++starts === 1 ? Promise.reject(broken) : undefined) },
                { name: 'always', run: () => Promise.reject(broken) },
                { name: 'own fault', run: () => Promise.reject(lost) },
                { name: 'well', run: () => {} }
            ]
        };
        const { run } = await runQueued(config, {}, { url: redis.url, attempts: 2 });
        expect(run.scenarios.map((s) => [s.name, s.status, s.attempts])).toEqual([
            ['once', 'passed', 2],
            ['always', 'error', 2],
            ['own fault', 'error', 1],
            ['well', 'passed', 1]
        ]);
    });

    it('notes what was measured once, however many machines collect it, and shows its trend', async () => {
        const base = folder();
        const history = join(base, 'history.jsonl');
        const entry = { scenario: 'measures', name: 'frame', value: 9, unit: 'ms' };
        writeFileSync(history, `${JSON.stringify({ ...entry, run: 'before' })}\n`);
        const machine = (name: string) => {
            const scenarios = [{ name: 'measures', run: ({ trend }: ScenarioContext) => trend('frame', 10, 'ms') }];
            const config = { scenarios, history, outDir: join(base, name), baselineDir: join(base, 'baselines') };
            return runQueued(config, { runName: 'commit' }, { url: redis.url, runId: 'measured' });
        };
        // The third comes when all is done.
        const runs = [...(await Promise.all([machine('one'), machine('two')])), await machine('late')];
        for (const { run } of runs)
            expect(run.scenarios[0]!.sections).toMatchObject([
                {
                    title: 'Trend of frame',
                    series: [
                        {
                            points: [
                                [0, 9],
                                [1, 10]
                            ]
                        }
                    ]
                }
            ]);
        expect(await readHistory(history)).toEqual([
            { ...entry, run: 'before' },
            { ...entry, value: 10, run: 'commit', sharedRun: 'measured' }
        ]);
    });

    it('gives a scenario up whose every worker is lost', async () => {
        const base = folder();
        const one = machine(base, 'lost', 'one');
        const victim = await heldBy(base, one.child);
        victim.kill('SIGKILL');
        await one.ended;
        const config = suiteConfig(base, join(base, 'out'));
        const held = { ...config, scenarios: config.scenarios.slice(0, 2) };
        const options = { url: redis.url, runId: 'lost', lostAfterS: LOST_AFTER_S, attempts: 1 };
        const { run } = await runQueued(held, {}, options);
        expect(run.scenarios.map((s) => [s.name, s.status])).toEqual([
            ['holds', 'error'],
            ['plain 0', 'passed']
        ]);
        expect(run.scenarios[0]!.failure!.message).toMatch(/no worker brought it to an end, of 1 starts: .*stalled/);
    });

    it('shares nothing between two commits, whatever their run is called', async () => {
        const base = folder();
        const ran: string[] = [];
        const on = (commit: string) => {
            const scenarios = [{ name: 'a', run: () => void ran.push(commit) }];
            const config = { scenarios, outDir: join(base, commit), baselineDir: join(base, 'baselines') };
            return runQueued(config, { source: { commit } }, { url: redis.url, runId: 'nightly' });
        };
        const results = [await on('1'), await on('2'), await on('1')];
        expect(results.map(({ run, notShared }) => [run.status, notShared])).toEqual([
            ['passed', undefined],
            ['passed', 1],
            ['passed', 1]
        ]);
        expect(ran).toEqual(['1', '2']);
    });

    /** Three scenarios, in the second of which something happens the first time. */
    const interrupted = (base: string, harm: () => Promise<unknown>) => {
        const ran: string[] = [];
        const scenarios = ['a', 'b', 'c'].map((name) => ({
            name,
            run: async ({ capture }: ScenarioContext) => {
                ran.push(name);
                if (name === 'b' && ran.length === 2) await harm();
                capture.counters('work', { rays: 10 }, { expected: { rays: 10 } });
            }
        }));
        const config = { scenarios, outDir: join(base, 'out'), baselineDir: join(base, 'baselines') };
        return { ran, config };
    };

    it('makes a Redis that is lost in mid-run an error of what is left, which --resume does, with or without a queue', async () => {
        for (const over of ['the queue', 'one machine']) {
            const own = await startRedis();
            const { ran, config } = interrupted(folder(), own.stop);
            const source = { commit: '1' };
            const { run, report } = await runQueued(config, { source }, { url: own.url, lostAfterS: 1 });
            // What this machine had done when Redis was gone counts.
            expect(run.scenarios.map((s) => [s.name, s.status])).toEqual([
                ['a', 'passed'],
                ['b', 'passed'],
                ['c', 'error']
            ]);
            expect(run).toMatchObject({ partial: true, status: 'error' });
            expect(run.scenarios[2]!.failure).toMatchObject({
                code: 'environment',
                message: expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ was lost in mid-run.*--resume/)
            });
            expect(readFileSync(report.html, 'utf8')).toMatch(/Partial: the run was not finished.*<\/html>\s*$/s);
            const options = { source, resume: true };
            const rest =
                over === 'the queue'
                    ? await runQueued(config, options, { url: redis.url })
                    : await runSuite(config, options);
            expect([rest.run.status, rest.run.partial, rest.resumed]).toEqual(['passed', false, ['a', 'b']]);
            expect(ran).toEqual(['a', 'b', 'c']);
        }
    });

    it('goes on with a Redis that comes back in time, also if it forgot everything', async () => {
        const own = await startRedis();
        const port = Number(new URL(own.url).port);
        const { config } = interrupted(folder(), async () => {
            await own.stop();
            const next = await startRedis(port);
            onTestFinished(() => next.stop());
        });
        const { run } = await runQueued(config, {}, { url: own.url, lostAfterS: 30 });
        expect(run.scenarios.map((s) => [s.name, s.status])).toEqual([
            ['a', 'passed'],
            ['b', 'passed'],
            ['c', 'passed']
        ]);
        expect(run.partial).toBe(false);
    });
});

describe('runQueued', () => {
    it('says so where no Redis answers, and refuses what makes no sense', async () => {
        const config = { scenarios: [{ name: 'a', run: () => {} }], outDir: mkdtempSync(join(tmpdir(), 'mixreel-q-')) };
        const run = (url: string, more: object = {}, options: object = {}) =>
            runQueued(config, options, { url, ...more });
        await expect(run('redis://127.0.0.1:1')).rejects.toMatchObject({ code: 'environment' });
        await expect(run('http://:secret@x')).rejects.toThrow(/^(?!.*secret).*redis:\/\//s);
        await expect(run('redis://x', { attempts: 0 })).rejects.toThrow(/attempts is 0/);
        await expect(run('redis://x', { runId: 'a b' })).rejects.toThrow(/the run is named/);
        await expect(run('redis://x', {}, { update: 'missing' })).rejects.toThrow(/mixreel approve/);
    });
});
