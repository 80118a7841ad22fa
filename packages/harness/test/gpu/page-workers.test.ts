/** Module workers load what they import, stay at the page's origin, and are answered like the page; by the virtual clock and without. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NetworkEmulator } from '../../src/page/network.ts';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-workers-'));
const launch = sharedLaunch();
const folder = mkdtempSync(join(tmpdir(), 'mixreel-worker-page-'));
const heard: string[] = [];
/** An origin that the page is not given: another port of this machine. */
const elsewhere = createServer((request, response) => {
    heard.push(request.url ?? '');
    const leave = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'PUT' };
    response.writeHead(200, { ...leave, 'content-type': 'text/javascript' });
    response.end('export const value = 1;');
});

let other = '';
beforeAll(async () => {
    await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
    other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const files = {
        'index.html': `<!doctype html><script>
            const told = (path) => new Promise((done, fail) => {
                const worker = new Worker(path, { type: 'module' });
                worker.onmessage = ({ data }) => done(data);
                worker.onerror = () => fail(new Error('the worker failed'));
                worker.postMessage('${other}');
            });
            const all = Promise.all([told('worker.mjs'), told('starts-another.mjs')]);
            window.app = { ready: all, told: async () => {
                const [own, inner] = await all;
                return { ...own, innerImported: inner.imported, innerReached: inner.reached };
            } };
        </script>`,
        'double.mjs': `import { base } from './base.mjs';\nexport const double = () => 2 * base;`,
        'base.mjs': 'export const base = 21;',
        'worker.mjs': `import { double } from './double.mjs';
            onmessage = async ({ data: other }) => {
                const tries = [fetch(other + '/fetch'), import(other + '/import.mjs'), fetch(other + '/put', { method: 'PUT', body: 'x' })];
                const ends = await Promise.allSettled(tries);
                const { value } = await (await fetch('https://models.example/chair', { method: 'POST', body: new Blob(['7']) })).json();
                postMessage({ imported: double(), reached: ends.filter(({ status }) => status === 'fulfilled').length, answered: value });
            };`,
        'starts-another.mjs': `onmessage = ({ data }) => {
                const inner = new Worker('worker.mjs', { type: 'module' });
                inner.onmessage = (event) => postMessage(event.data);
                inner.postMessage(data);
            };`
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

afterAll(() => void elsewhere.close());

it.each([
    ['virtual', 'stay at its origin'],
    ['real', 'stay at its origin'],
    ['real', 'reach another that it names']
] as const)(
    "a page's module workers in %s time load what they import and %s",
    async (time, how) => {
        heard.length = 0;
        const named = how === 'reach another that it names';
        const scenario = pageScenario({
            name: `workers ${time}`,
            page: { folder },
            gpu: 'none',
            time,
            ready: 'app.ready',
            ...(named ? { origins: [other] } : {}),
            answers: async (request) =>
                request.url === 'https://models.example/chair'
                    ? Response.json({ value: 2 * Number(await request.text()) })
                    : undefined,
            captures: [{ name: 'told', counters: 'app.told', judge: { kind: 'counters' } }],
            timeoutS: 30
        });
        const [result] = (await runScenarios([scenario], { outDir, launch })).scenarios;
        expect(result!.failure).toBeNull();
        expect(result!.captures[0]!.data).toEqual({
            kind: 'counters',
            counters: {
                imported: 42,
                reached: named ? 3 : 0,
                answered: 14,
                innerImported: 42,
                innerReached: named ? 3 : 0
            }
        });
        expect([...new Set(heard)].sort()).toEqual(named ? ['/fetch', '/import.mjs', '/put'] : []);
        expect(result!.log.some((line) => line.startsWith('blocked-request'))).toBe(!named);
    },
    60_000
);

/** A line that holds every answer back for 150 ms: as long as many frames of the virtual clock take. */
const slow: NetworkEmulator = {
    async open(origin) {
        const line = createServer(async (request, response) => {
            const answer = await fetch(origin + request.url);
            const body = Buffer.from(await answer.arrayBuffer());
            setTimeout(() => {
                response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! });
                response.end(body);
            }, 150);
        });
        await new Promise<void>((done) => line.listen(0, '127.0.0.1', done));
        const { port } = line.address() as AddressInfo;
        return {
            origin: `http://127.0.0.1:${port}`,
            description: 'a slow line',
            close: async () => void line.close()
        };
    }
};

it('waits for what workers ask for over a network, and shows it, but not for what ends with them', async () => {
    const page = mkdtempSync(join(tmpdir(), 'mixreel-worker-line-'));
    const files = {
        'index.html': `<!doctype html><script>
            let frame = 0, came = -1;
            const ask = (what) => {
                const worker = new Worker('asks.mjs', { type: 'module' });
                worker.onmessage = () => { came = frame; };
                worker.postMessage(what);
                return worker;
            };
            // Its request is on its way when it is ended, with the second frame.
            const lost = ask('lost.json');
            const draw = () => { if (++frame === 2) lost.terminate(); if (frame === 3) ask('data.json'); requestAnimationFrame(draw); };
            requestAnimationFrame(draw);
            window.state = () => ({ frame, came });
        </script>`,
        'asks.mjs': `onmessage = async ({ data }) => { await (await fetch(data)).text(); postMessage('here'); };`,
        'data.json': '{}'
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(page, name), text);
    const scenario = pageScenario({
        name: 'over a line',
        page: { folder: page },
        gpu: 'none',
        network: 'slow',
        steps: [{ frames: 30 }],
        captures: [{ name: 'state', counters: 'state', judge: { kind: 'counters' } }],
        timeoutS: 30
    });
    const networks = { slow };
    const [result] = (await runScenarios([scenario], { outDir, launch, networks })).scenarios;
    expect(result!.failure).toBeNull();
    const { counters } = result!.captures[0]!.data as { counters: Record<string, number> };
    // Asked for in frame 3, and there before the next.
    expect(counters).toEqual({ frame: 30, came: 3 });
    const timeline = result!.sections.find(({ kind }) => kind === 'timeline');
    const labels = timeline?.kind === 'timeline' ? timeline.entries.map(({ label }) => label) : [];
    expect(labels).toContainEqual(expect.stringContaining('/data.json'));
}, 60_000);
