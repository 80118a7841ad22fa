import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlotSection } from '../../src/report/report.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import { readHistory } from '../../src/timing/history.ts';

describe('the history of a suite', () => {
    it('grows by a line for each value and run, and the report says where a level changed', async () => {
        const base = mkdtempSync(join(tmpdir(), 'mixreel-history-'));
        const history = join(base, 'kept', 'history.jsonl');
        const run = async (runName: string, ms: number) => {
            const scenarios = [
                {
                    name: 'room',
                    run: (c: { trend(n: string, v: number, u: string): void }) => c.trend('frame', ms, 'ms')
                }
            ];
            const config = { scenarios, outDir: join(base, 'out'), baselineDir: join(base, 'b'), history };
            return (await runSuite(config, { runName })).run.scenarios[0]!.sections[0] as PlotSection;
        };
        for (let i = 0; i < 6; i++) await run(`commit ${i}`, 10 + (i % 2) / 10);
        for (let i = 6; i < 9; i++) await run(`commit ${i}`, 12 + (i % 2) / 10);
        const plot = await run('commit 9', 12);
        expect(plot).toMatchObject({
            kind: 'plot',
            title: 'Trend of frame',
            note: expect.stringMatching(/^\+\d+.* % since commit 6$/)
        });
        expect(plot.marks).toHaveLength(1);
        const entries = await readHistory(history);
        expect(entries).toHaveLength(10);
        expect(entries[9]).toEqual({ scenario: 'room', run: 'commit 9', name: 'frame', value: 12, unit: 'ms' });
        expect(readFileSync(join(base, 'out', 'report.html'), 'utf8')).toContain('since commit 6');
        // A killed run leaves half a line; a line of something else is told of.
        appendFileSync(history, '{"scenario":"ro');
        expect(await readHistory(history)).toHaveLength(10);
        await run('commit 10', 12);
        expect((await readHistory(history)).map((entry) => entry.run).slice(9)).toEqual(['commit 9', 'commit 10']);
        writeFileSync(history, '{"scenario": 3}\n{}\n');
        await expect(readHistory(history)).rejects.toThrow(/line 1 of/);
    });
});
