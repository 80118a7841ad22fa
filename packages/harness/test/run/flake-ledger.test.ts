import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addQuarantine, ledgerPath, liftQuarantine, readLedger } from '../../src/run/flake-ledger.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const flaky = { scenario: 'room', capture: 'rays', owner: 'ana <a@x>', until: '2026-12-31', reason: 'issue 7' };
const room: Scenario = {
    name: 'room',
    run: ({ capture }) => {
        capture.counters('rays', { n: 2 }, { expected: { n: 1 } });
        capture.counters('steady', { n: 1 }, { expected: { n: 1 } });
    }
};

function place() {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-flakes-'));
    const [outDir, baselineDir] = [join(base, 'out'), join(base, 'baselines')];
    const run = (today: string, ...scenarios: Scenario[]) => runSuite({ scenarios, outDir, baselineDir }, { today });
    return { outDir, baselineDir, run };
}

describe('the ledger of flakes', () => {
    it('keeps a capture from counting until its last day, and shows what was found and who vouches for it', async () => {
        const { outDir, baselineDir, run } = place();
        await addQuarantine(baselineDir, { ...flaky, until: '2026-01-01' });
        await addQuarantine(baselineDir, flaky);
        expect(await readLedger(baselineDir)).toEqual([flaky]);
        const held = await run('2026-12-31', room);
        expect(held.run.status).toBe('passed');
        const [rays] = held.run.scenarios[0]!.captures;
        expect(rays).toMatchObject({
            quarantine: { owner: 'ana <a@x>', was: 'failed' },
            verdict: { status: 'skipped' }
        });
        expect(rays!.verdict.message).toMatch(/^quarantined until 2026-12-31 by ana <a@x> \(issue 7\): .*n/);
        const junit = readFileSync(join(outDir, 'junit.xml'), 'utf8');
        expect(junit).toContain('<property name="quarantine.owner" value="ana &lt;a@x&gt;"/>');
        expect(junit).toContain('tests="2" failures="0" errors="0" skipped="1"');
        expect(readFileSync(join(outDir, 'report.html'), 'utf8')).toContain('In quarantine');
    });

    it('lets it fail again the day after, and says that the quarantine ended', async () => {
        const { baselineDir, run } = place();
        await addQuarantine(baselineDir, flaky);
        const { scenarios, status } = (await run('2027-01-01', room)).run;
        expect(status).toBe('failed');
        expect(scenarios[0]!.captures[0]!.verdict.message).toMatch(/its quarantine by ana <a@x> ended on 2026-12-31/);
    });

    it('covers a scenario that breaks if it names the scenario, and nothing else', async () => {
        const { baselineDir, run } = place();
        const { capture: _, ...whole } = flaky;
        await addQuarantine(baselineDir, whole);
        const breaks = (name: string): Scenario => ({ name, run: () => Promise.reject(new Error('boom')) });
        const held = (await run('2026-12-01', breaks('room'), breaks('hall'))).run;
        expect(held.scenarios.map((s) => [s.name, s.status])).toEqual([
            ['room', 'skipped'],
            ['hall', 'error']
        ]);
        expect(held.scenarios[0]!.skipped).toMatch(/quarantined.*boom/);
        const after = (await run('2027-02-01', breaks('room'))).run;
        expect(after.scenarios[0]).toMatchObject({
            status: 'error',
            failure: { message: expect.stringMatching(/ended/) }
        });
    });

    it('says of an entry that it vouches for nothing, lets one end, and lets the longer of two hold', async () => {
        const { baselineDir, run } = place();
        await addQuarantine(baselineDir, { ...flaky, capture: 'rais' });
        const vain = (await run('2026-12-01', room)).run.scenarios[0]!;
        expect([vain.status, vain.log]).toEqual(['failed', [expect.stringContaining('vouches for "rais"')]]);
        await expect(liftQuarantine(baselineDir, flaky)).rejects.toThrow(/room: rays is not in.*room: rais/);
        await liftQuarantine(baselineDir, { ...flaky, capture: 'rais' });
        expect(await readLedger(baselineDir)).toEqual([]);
        const { capture: _, ...whole } = flaky;
        await addQuarantine(baselineDir, whole);
        await addQuarantine(baselineDir, { ...flaky, until: '2026-11-01' });
        expect((await run('2026-12-01', room)).run.status).toBe('passed');
    });

    it('has no entry without an owner, a reason and a day that exists, and does not run on a damaged ledger', async () => {
        const { baselineDir, run } = place();
        const add = (more: object) => addQuarantine(baselineDir, { ...flaky, ...more });
        await expect(add({ owner: ' ' })).rejects.toThrow(/owner is " "/);
        await expect(add({ reason: undefined })).rejects.toThrow(/reason is undefined/);
        for (const until of ['2026-02-30', 'tomorrow', '2026-1-1'])
            await expect(add({ until })).rejects.toThrow(/a day, as 2026-12-31/);
        mkdirSync(baselineDir, { recursive: true });
        writeFileSync(ledgerPath(baselineDir), '{}');
        await expect(run('2026-12-01', room)).rejects.toThrow(/no ledger of flakes/);
    });
});
