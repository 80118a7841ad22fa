import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { expect, it, onTestFinished } from 'vitest';
import { openPage } from '../../src/page/open-page.ts';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { serveFolder } from '../../src/page/serve-folder.ts';
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

/** Draws by WebGPU or WebGL, on a canvas that it shows. */
const DRAWS = (
    kind: 'webgpu' | 'webgl2'
): string => `<!doctype html><canvas id="view" width="16" height="16"></canvas><script>
window.ready = (async () => {
    if ('${kind}' === 'webgl2') {
        const gl = view.getContext('webgl2', { preserveDrawingBuffer: true });
        gl.clearColor(1, 0, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); gl.enable(gl.SCISSOR_TEST);
        gl.scissor(0, 0, 8, 8); gl.clearColor(0, 0, 1, 1); gl.clear(gl.COLOR_BUFFER_BIT);
        // One that it loses itself, and one that it destroys: neither is lost.
        document.body.appendChild(document.createElement('canvas')).getContext('webgl').getExtension('WEBGL_lose_context').loseContext();
    } else {
        const adapter = await navigator.gpu.requestAdapter();
        (await (await navigator.gpu.requestAdapter()).requestDevice()).destroy();
        window.device = await adapter.requestDevice();
    }
})();
</script>`;

it.each(['webgpu', 'webgl2'] as const)(
    'a lost device (%s) is tried again once in a fresh browser, and then an error',
    async (kind) => {
        const { origin, close } = await serveFolder({ html: DRAWS(kind) });
        onTestFinished(close);
        const browsers = new Set<unknown>();
        const losing = (name: string, losses: number): Scenario => {
            let starts = 0;
            return {
                name,
                run: async (context) => {
                    const session = await context.browser({ origins: [origin] });
                    browsers.add(session.browser);
                    const { guard } = await openPage(
                        { ready: 'ready' },
                        origin,
                        { widthPx: 32, heightPx: 32 },
                        session,
                        1
                    );
                    if (++starts <= losses) {
                        await killGpuProcess(session.browser);
                        await guard.watch(new Promise(() => {}));
                    }
                    context.capture.counters('starts', { starts }, { expected: { starts: 1 + losses } });
                }
            };
        };
        const scenarios = [
            losing('never lost', 0),
            losing('lost once', 1),
            losing('lost always', 2),
            losing('after', 0)
        ];
        const { run } = await runSuite({ scenarios, outDir: join(base, kind), timeoutS: 60 });
        const lost = kind === 'webgpu' ? /^the page lost its WebGPU device/ : /^the page lost the WebGL context/;
        expect(run.scenarios.map((s) => [s.name, s.status, s.attempts, s.failure?.code, s.failure?.message])).toEqual([
            ['never lost', 'passed', 1, undefined, undefined],
            ['lost once', 'passed', 2, undefined, undefined],
            ['lost always', 'error', 2, 'device-lost', expect.stringMatching(lost)],
            ['after', 'passed', 1, undefined, undefined]
        ]);
        // The first is used until it loses its device, then one for each that follows.
        expect(browsers.size).toBe(4);
    }
);

async function killGpuProcess(browser: Browser): Promise<void> {
    const session = await browser.target().createCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    process.kill(processInfo.find(({ type }) => type === 'GPU')!.id, 'SIGKILL');
}
