import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { runSuite } from '../../src/run/run-suite.ts';
import type { Scenario, ScenarioContext } from '../../src/scenario/scenario.ts';

const base = mkdtempSync(join(tmpdir(), 'mixreel-faults-'));
const drawn = (name: string): Scenario =>
    pageScenario({
        name,
        page: { html: '<!doctype html><body style="background:linear-gradient(red,blue)">' },
        gpu: 'none',
        viewports: [{ widthPx: 32, heightPx: 32 }],
        captures: [{ name: 'view', of: { screenshot: true }, judge: { kind: 'deterministic' } }]
    });
/** Opens a page, does harm to it, and waits for ever. */
const harmed = (name: string, harm: (page: Awaited<ReturnType<typeof opened>>) => unknown): Scenario => ({
    name,
    run: async (context) => {
        const page = await opened(context);
        harm(page);
        await page.guard.watch(new Promise(() => {}));
    }
});
const opened = async (context: ScenarioContext) => {
    const session = await context.browser({ gpu: 'none' });
    const guard = await session.newPage();
    return { session, guard };
};

it('a page that crashes, a browser that dies and a page that closes itself each have their own verdict; the others finish', async () => {
    const scenarios = [
        drawn('before'),
        harmed('page crashes', async ({ guard }) =>
            (await guard.page.createCDPSession()).send('Page.crash').catch(() => {})
        ),
        harmed('browser dies', ({ session }) => session.browser.process()!.kill('SIGKILL')),
        harmed('page closes', ({ guard }) => guard.page.close()),
        drawn('after')
    ];
    const config = { scenarios, outDir: join(base, 'out'), baselineDir: join(base, 'baselines'), timeoutS: 60 };
    const { run, report } = await runSuite(config, { update: 'missing' });
    expect(run.scenarios.map((s) => [s.name, s.status, s.failure?.message.split(/[.:(]/)[0] ?? null])).toEqual([
        ['before', 'passed', null],
        ['page crashes', 'error', 'the page crashed'],
        ['browser dies', 'error', 'the browser died'],
        ['page closes', 'error', 'the page was closed'],
        ['after', 'passed', null]
    ]);
    expect(readFileSync(report.junit, 'utf8')).toContain('tests="5" failures="0" errors="3"');
    expect(existsSync(report.html)).toBe(true);
});
