import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frame } from '@mixreel/image';
import { describe, expect, it } from 'vitest';
import { runSuite, type SuiteOptions, type SuiteResult } from '../../src/run/run-suite.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { noisyPicture } from '../verdict/noise.ts';

const frame = (scale: number): Frame => {
    const color = Float32Array.from({ length: 768 }, (_, i) => (scale * i) / 768);
    return new Frame({ widthPx: 16, heightPx: 16, layers: { color } });
};

describe('judging in worker processes', () => {
    it('gives the verdicts, pictures and baselines that the calling process gives', async () => {
        const base = mkdtempSync(join(tmpdir(), 'mixreel-threads-'));
        const scenarios = (scale: number): Scenario[] =>
            [1, 2, 3, 4, 5, 6].map((n) => ({
                name: `s${n}`,
                run: ({ capture, rng }) => {
                    capture.deterministic('view', frame(n === 3 ? scale : n));
                    capture.perceptual('look', frame(scale), { maxFlipMean: 0.01, expected: frame(1) });
                    capture.stochastic('noise', noisyPicture(rng.stream(scale), { size: 16, count: 8 }));
                    capture.counters('work', { rays: 10 * scale });
                    capture.temporal('flicker', [frame(1), frame(scale)], { maxFlicker: 0.001 });
                    if (n === 2) capture.deterministic('blank', frame(0));
                }
            }));
        const run = async (name: string, judgeThreads: number, scale: number, more: SuiteOptions = {}) => {
            const config = { outDir: join(base, name), baselineDir: join(base, `${judgeThreads}`) };
            return runSuite({ ...config, scenarios: scenarios(scale) }, { judgeThreads, ...more });
        };
        const plain = ({ run: result, taken }: SuiteResult): unknown => ({
            taken: [...taken].sort(),
            scenarios: result.scenarios.map(({ durationS: _, ...rest }) => rest)
        });
        const first = await run('a', 0, 1, { update: 'missing' });
        expect(plain(await run('b', 2, 1, { update: 'missing' }))).toEqual(plain(first));
        expect(first.taken).toHaveLength(18);
        const second = await run('a', 0, 0.5);
        expect(plain(await run('b', 2, 0.5))).toEqual(plain(second));
        expect(new Set(second.run.scenarios.map(({ status }) => status))).toEqual(new Set(['failed', 'error']));
    });

    it('makes a crash in native code an error of its capture alone', async () => {
        const base = mkdtempSync(join(tmpdir(), 'mixreel-crash-'));
        const metric = join(base, 'metric.mjs');
        writeFileSync(metric, "export default () => process.kill(process.pid, 'SIGSEGV') && new Promise(() => {});");
        const look = (name: string, judge: object): Scenario => ({
            name,
            run: ({ capture }) => capture.perceptual('look', frame(0.9), { expected: frame(1), ...judge })
        });
        const scenarios = [
            look('crashes', { maxDistances: { native: 1 } }),
            look('well', { maxFlipMean: 1 }),
            look('well, too', { maxFlipMean: 1 })
        ];
        const config = { scenarios, metrics: { native: metric }, outDir: join(base, 'out'), baselineDir: base };
        const { run } = await runSuite(config, { judgeThreads: 1 });
        expect(run.scenarios.map(({ name, status }) => `${name}: ${status}`)).toEqual([
            'crashes: error',
            'well: passed',
            'well, too: passed'
        ]);
        expect(run.scenarios[0]!.captures[0]!.verdict.message).toMatch(/its judge died/);
    }, 60_000);

    /** A suite whose captures are judged by a metric of each name; it is the code of the metric. */
    const metricSuite = (metrics: Readonly<Record<string, string>>) => {
        const base = mkdtempSync(join(tmpdir(), 'mixreel-metrics-'));
        const paths = Object.entries(metrics).map(([name, code]) => {
            const path = join(base, `${name}.mjs`);
            writeFileSync(path, code);
            return [name, path] as const;
        });
        const look = (name: string, metric: string | null, more: Partial<Scenario> = {}): Scenario => ({
            name,
            run: ({ capture }) => {
                const judge = metric === null ? { maxFlipMean: 1 } : { maxDistances: { [metric]: 1 } };
                capture.perceptual('look', frame(0.9), { expected: frame(1), ...judge });
            },
            ...more
        });
        const config = { metrics: Object.fromEntries(paths), outDir: join(base, 'out'), baselineDir: base };
        return { base, look, config };
    };
    const told = ({ run }: SuiteResult): string[] =>
        run.scenarios.map(({ name, status, captures }) => `${name}: ${status}, ${captures[0]?.verdict.message}`);

    it('ends a judge that never answers or computes for ever, as an error of its capture alone', async () => {
        const { look, config } = metricSuite({
            never: 'export default () => new Promise(() => {});',
            ever: 'export default () => { for (;;); };'
        });
        const limit = { timeoutS: 0.5 };
        const scenarios = [look('never', 'never', limit), look('ever', 'ever', limit), look('well', null)];
        expect(told(await runSuite({ ...config, scenarios }, { judgeThreads: 2 }))).toEqual([
            expect.stringMatching(/^never: error, it was not judged after 0\.5 s/),
            expect.stringMatching(/^ever: error, it was not judged after 0\.5 s/),
            expect.stringMatching(/^well: passed/)
        ]);
        // Without worker processes what computes for ever cannot be ended.
        const here = await runSuite({ ...config, scenarios: [scenarios[0]!, scenarios[2]!] });
        expect(told(here)).toEqual([
            expect.stringMatching(/^never: error, it was not judged after 0\.5 s/),
            expect.stringMatching(/^well: passed/)
        ]);
    });

    it('ends with an error of what was still to be judged when the run is cancelled, which --resume does', async () => {
        const { look, config } = metricSuite({ never: 'export default () => new Promise(() => {});' });
        const abort = new AbortController();
        const cancels: Scenario = {
            name: 'cancels',
            run: () => {
                abort.abort();
                return new Promise(() => {});
            }
        };
        const scenarios = [look('well', null), look('never', 'never'), cancels];
        const cancelled = await runSuite(
            { ...config, scenarios },
            { judgeThreads: 1, progress: { signal: abort.signal } }
        );
        expect(cancelled.run.partial).toBe(true);
        expect(told(cancelled).at(-1)).toMatch(/^never: error, the run was cancelled before it was judged/);
        const rest = [scenarios[0]!, look('never', null), look('cancels', null)];
        const resumed = await runSuite({ ...config, scenarios: rest }, { resume: true });
        expect(resumed.run.scenarios.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed']);
        expect(resumed.resumed).not.toContain('never');
    });

    it('goes on with another judge where one died while it had nothing to do', async () => {
        const { base, look, config } = metricSuite({
            notes: `import { writeFileSync } from 'node:fs';
                export default () => (writeFileSync(new URL('pid', import.meta.url), String(process.pid)), 0);`
        });
        const kills: Scenario = {
            name: 'kills',
            run: async ({ measure }) => {
                const one = (): number => 1;
                // Times are taken once nothing else of the run works: then the judge of the first has nothing to do.
                await measure('t', one, one, { rounds: 8, looks: 1, warmUp: 0 });
                const gone = (pid: number): boolean => {
                    try {
                        return process.kill(pid, 0) && false;
                    } catch {
                        return true;
                    }
                };
                const pid = Number(readFileSync(join(base, 'pid'), 'utf8'));
                process.kill(pid, 'SIGKILL');
                while (!gone(pid)) await new Promise((done) => setTimeout(done, 5));
            }
        };
        const scenarios = [look('first', 'notes'), kills, look('well', null)];
        const { run } = await runSuite({ ...config, scenarios }, { judgeThreads: 1 });
        const told = run.scenarios.map(({ name, failure, captures }) => [name, failure ?? captures[0]!.verdict.status]);
        expect(told.map(([name]) => name)).toEqual(['first', 'kills', 'well']);
        expect([told[0]![1], told[2]![1]]).toEqual(['passed', 'passed']);
        expect(run.scenarios[1]!.failure).toBeNull();
    });
});
