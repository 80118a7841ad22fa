import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getResponse, HttpResponse, http } from 'msw';
import { expect, it } from 'vitest';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-answers-'));
const launch = sharedLaunch();

/** Asks its own origin and another one: simply, with a question before (JSON, another method), and in vain. */
const PAGE = `<!doctype html><script>
const ask = (url, init) => fetch(url, init).then((r) => r.json()).catch(() => ({ value: -1 }));
const json = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"by":3}' };
window.state = async () => ({
    own: (await ask('/rooms/7')).value,
    put: (await ask('https://models.example/chair', json)).value,
    refused: (await ask('https://elsewhere.example/')).value,
    status: (await fetch('https://models.example/broken')).status
});
</script>`;

const handlers = [
    http.get('*/rooms/:id', ({ params }) => HttpResponse.json({ value: Number(params['id']) })),
    http.put('https://models.example/chair', async ({ request }) => {
        const { by } = (await request.json()) as { by: number };
        return HttpResponse.json({ value: 2 * by });
    }),
    http.get('https://models.example/broken', () => new HttpResponse(null, { status: 503 }))
];

it('answers a page from handlers of msw, and makes one that throws the verdict of its scenario alone', async () => {
    const page: PageScenario = {
        name: 'answered',
        page: { html: PAGE },
        gpu: 'none',
        answers: (request) => getResponse(handlers, request),
        captures: [{ name: 'state', counters: 'state', judge: { kind: 'counters' } }]
    };
    const failing: PageScenario = {
        ...page,
        name: 'failing',
        answers: ({ url }) => {
            if (url.endsWith('/chair')) throw new Error('no chair');
            return undefined;
        }
    };
    const [answered, failed] = (await runScenarios([page, failing].map(pageScenario), { outDir, launch })).scenarios;
    expect(answered!.failure).toBeNull();
    const { data } = answered!.captures[0]!;
    expect(data).toEqual({ kind: 'counters', counters: { own: 7, put: 6, refused: -1, status: 503 } });
    expect(answered!.log.join('\n')).toContain('blocked-request: https://elsewhere.example/');
    expect(failed!.failure?.message).toMatch(/answer to PUT https:\/\/models.example\/chair failed: no chair/);
});
