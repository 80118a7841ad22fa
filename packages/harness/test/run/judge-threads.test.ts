import { mkdtempSync, writeFileSync } from 'node:fs';
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
});
