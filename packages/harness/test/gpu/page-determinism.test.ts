import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import type { ScenarioResult } from '../../src/run/run-result.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-determinism-'));
const launch = sharedLaunch();
const run = async (page: PageScenario): Promise<ScenarioResult> =>
    (await runScenarios([pageScenario(page)], { outDir, folder: outDir, launch })).scenarios[0]!;
const countersOf = (result: ScenarioResult, name = 'state'): Record<string, number> => {
    const found = result.captures.find((c) => c.capture.name === name);
    if (found?.data?.kind !== 'counters') throw new Error(JSON.stringify([result.failure, result.log]));
    return found.data.counters;
};
const state = { name: 'state', counters: 'state', judge: { kind: 'counters' as const } };

/** A CSS animation, a transition that a frame begins, one of Web Animations, and one that the page holds itself. */
const MOVES = `<!doctype html><style>
body { margin: 0 } div { position: absolute; width: 10px; height: 10px; background: red; left: 0 }
@keyframes slide { to { left: 100px } } #css { animation: slide 1s linear forwards }
#fades { opacity: 1; transition: opacity 200ms linear } #fades.away { opacity: 0 }
</style><div id="css"></div><div id="fades"></div><div id="web"></div><div id="held"></div><script>
web.animate([{ left: '0px' }, { left: '100px' }], { duration: 1000, iterations: Infinity });
const mine = held.animate([{ left: '0px' }, { left: '100px' }], 1000); mine.pause(); mine.currentTime = 250;
let ended = 0, frames = 0; fades.addEventListener('transitionend', () => ended++);
const draw = () => { if (++frames === 6) fades.className = 'away'; requestAnimationFrame(draw); };
requestAnimationFrame(draw);
const left = (e) => parseFloat(getComputedStyle(e).left);
window.state = () => ({ css: left(css), web: left(web), held: left(held), opacity: Number(getComputedStyle(fades).opacity), ended, timeline: document.timeline.currentTime });
</script>`;

/** Two workers, one a module by a blob, that tick, draw lots and answer. */
const WORKERS = `<!doctype html><p>x<script>
const code = \`let ticks = 0;
    onmessage = ({ data }) => data === 'go' ? setInterval(() => ticks++, 50) : postMessage({ ticks, now: performance.now(), date: Date.now(), luck: Math.random() });\`;
const start = (type) => new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })), { type });
const workers = [start('classic'), start('module')];
const heard = {}; let frames = 0, answers = 0;
for (const [i, w] of workers.entries()) w.onmessage = ({ data }) => { answers++; heard[i + 1] = { ...data, at: performance.now(), frame: frames }; };
window.ready = new Promise((done) => { let n = 0; for (const w of workers) w.addEventListener('message', () => ++n === 2 && done()); for (const w of workers) w.postMessage('hello'); });
const draw = () => { if (++frames === 1) for (const w of workers) w.postMessage('go'); if (frames === 10) for (const w of workers) w.postMessage('again'); requestAnimationFrame(draw); };
requestAnimationFrame(draw);
window.state = () => Object.fromEntries([['answers', answers], ...[1, 2].flatMap((n) => ['ticks', 'now', 'date', 'luck', 'at', 'frame'].map((k) => [k + n, heard[n][k]]))]);
</script>`;

describe('the virtual clock of a page', () => {
    it('drives CSS animations, transitions, Web Animations and their timeline, and leaves alone what the page holds', async () => {
        const page: PageScenario = {
            name: 'moves',
            page: { html: MOVES },
            gpu: 'none',
            viewports: [{ widthPx: 120, heightPx: 20 }],
            steps: [{ frames: 31 }],
            captures: [state, { name: 'picture', of: { screenshot: true }, judge: { kind: 'exact' } }]
        };
        const [first, second] = [await run(page), await run(page)];
        // They begin at the first frame, 30 frames ago: half a second.
        expect(countersOf(first)).toEqual({ css: 50, web: 50, held: 25, opacity: 0, ended: 1, timeline: 516.667 });
        expect(second.captures.map(({ data }) => data)).toEqual(first.captures.map(({ data }) => data));
    });

    it('is that of idle callbacks and of the clocks that few ask, and heeds what a frame takes back', async () => {
        const html = `<!doctype html><p>x<script>
let frames = 0, undone = 0, idle = 0, looks = 0;
requestAnimationFrame(() => cancelAnimationFrame(second));
const second = requestAnimationFrame(() => undone++);
const draw = () => {
    frames++;
    requestIdleCallback((deadline) => { idle++; while (deadline.timeRemaining() > 0) looks++; });
    cancelIdleCallback(requestIdleCallback(() => undone++));
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
const instant = () => globalThis.Temporal ? Temporal.Now.instant().epochMilliseconds : Date.now();
window.state = () => ({ frames, undone, idle, looks, origin: performance.timeOrigin, instant: instant() });
</script>`;
        const page: PageScenario = {
            name: 'idle',
            page: { html },
            gpu: 'none',
            steps: [{ frames: 6 }],
            captures: [state]
        };
        const epochMs = 1_735_689_600_000;
        // What a frame asks for comes before the next one.
        expect(countersOf(await run(page))).toEqual({
            ...{ frames: 6, undone: 0, idle: 5, looks: 500, origin: epochMs, instant: epochMs + 100 }
        });
    });

    it('is that of its workers, too, whose answers come at the same frame each time', async () => {
        const page: PageScenario = {
            name: 'workers',
            page: { html: WORKERS },
            gpu: 'none',
            ready: 'ready',
            steps: [{ frames: 30 }],
            captures: [state]
        };
        const [first, second] = [countersOf(await run(page)), countersOf(await run(page))];
        expect(second).toEqual(first);
        expect(first).toMatchObject({
            answers: 4,
            date1: first['date2'],
            now1: first['now2'],
            frame1: first['frame2']
        });
        // Asked in frame 10, when the workers are at the end of frame 9: three ticks of 50 ms; heard before the next frame.
        expect(first).toMatchObject({ ticks1: 3, now1: 150, at1: 166.667, frame1: 10 });
    });

    it('is that of shared workers, too, one for each name', async () => {
        const html = `<!doctype html><p>x<script>
const code = \`let ticks = 0, guests = 0; setInterval(() => ticks++, 50);
    onconnect = ({ ports: [port] }) => { guests++; port.onmessage = () => port.postMessage({ ticks, guests, now: performance.now(), luck: Math.random() }); };\`;
const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
const ports = [new SharedWorker(url, 'a'), new SharedWorker(url, 'a'), new SharedWorker(url, { name: 'b', type: 'module' })].map((w) => w.port);
const heard = {}; let frames = 0, answers = 0;
for (const [i, port] of ports.entries()) port.onmessage = ({ data }) => { answers++; heard[i] = data; };
const loaded = new Promise((done) => { for (const port of ports) { port.addEventListener('message', () => answers === 3 && done()); port.postMessage(0); } });
// Longer than six of their ticks.
window.ready = loaded.then(() => new Promise((done) => setTimeout(done, 300)));
const draw = () => { if (++frames === 10) for (const port of ports) port.postMessage(0); requestAnimationFrame(draw); };
requestAnimationFrame(draw);
window.state = () => Object.fromEntries([['answers', answers], ...[0, 1, 2].flatMap((n) => ['ticks', 'guests', 'now', 'luck'].map((k) => [k + n, heard[n][k]]))]);
</script>`;
        const page: PageScenario = {
            name: 'shared',
            page: { html },
            gpu: 'none',
            ready: 'ready',
            steps: [{ frames: 30 }],
            captures: [state]
        };
        const [first, second] = [countersOf(await run(page)), countersOf(await run(page))];
        expect(second).toEqual(first);
        expect(first).toMatchObject({ answers: 6, guests0: 2, guests1: 2, guests2: 1, now0: 150, now2: 150 });
        // However long the page took to load: intervals begin with the first frame.
        expect(first).toMatchObject({ ticks0: 3, ticks1: 3, ticks2: 3 });
    });

    it('drives a canvas in a frame, whether the page may look into it or not', async () => {
        // Draws, ticks, and tells the page that holds it.
        const inside = (name: string): string => `<!doctype html><canvas id=c width=8 height=8></canvas><script>
const g = c.getContext('2d'); let frames = 0, ticks = 0, last = 0; setInterval(() => ticks++, 100);
const draw = (t) => { frames++; last = t; g.fillStyle = 'rgb(' + 8 * frames + ',0,0)'; g.fillRect(0, 0, 8, 8); parent.postMessage({ name: '${name}', frames, ticks, last, date: Date.now() }, '*'); requestAnimationFrame(draw); };
requestAnimationFrame(draw);
</script>`;
        const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
        const html = `<!doctype html><style>body { margin: 0 } iframe { border: 0; width: 30px; height: 30px }</style>
<iframe srcdoc="${attribute(inside('own'))}"></iframe><iframe sandbox="allow-scripts" srcdoc="${attribute(inside('other'))}"></iframe>
<iframe sandbox="allow-scripts" style="display: none" srcdoc="${attribute(inside('hidden'))}"></iframe>
<script>
const heard = {}; let frames = 0;
onmessage = ({ data: { name, ...rest } }) => { for (const [k, v] of Object.entries(rest)) heard[name + k] = v; };
const draw = () => {
    if (++frames === 10) { const late = document.body.appendChild(document.createElement('iframe')); late.contentDocument.write(${JSON.stringify(inside('late')).replaceAll('</', '<\\/')}); late.contentDocument.close(); }
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
window.state = () => ({ frames, date: Date.now(), ...heard });
</script>`;
        const page: PageScenario = {
            name: 'frames',
            page: { html },
            gpu: 'none',
            viewports: [{ widthPx: 120, heightPx: 40 }],
            steps: [{ frames: 30 }],
            captures: [state, { name: 'picture', of: { screenshot: true }, judge: { kind: 'exact' } }]
        };
        const [first, second] = [await run(page), await run(page)];
        const seen = countersOf(first);
        expect(seen).toMatchObject({
            ...{ frames: 30, ownframes: 30, ownticks: 5, ownlast: 500, otherframes: 30, otherticks: 5, otherlast: 500 },
            ...{ hiddenframes: 30, hiddenticks: 5 },
            owndate: seen['date'],
            latedate: seen['date']
        });
        expect(second.captures.map(({ data }) => data)).toEqual(first.captures.map(({ data }) => data));
    });

    it('puts what plays where the clock is, and tells the page that it plays', async () => {
        const html = `<!doctype html><p>x<script>
// A second and a quarter of silence: 8 kHz, 8 bits, mono.
const size = 10000, bytes = new DataView(new ArrayBuffer(44 + size));
[0x52494646, 36 + size, 0x57415645, 0x666d7420, 16].forEach((v, i) => bytes.setUint32(4 * i, v, i === 1 || i === 4));
bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true); bytes.setUint32(24, 8000, true); bytes.setUint32(28, 8000, true);
bytes.setUint16(32, 1, true); bytes.setUint16(34, 8, true); bytes.setUint32(36, 0x64617461); bytes.setUint32(40, size, true);
for (let i = 0; i < size; i++) bytes.setUint8(44 + i, 128);
const src = URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
const make = (loop) => Object.assign(new Audio(src), { loop });
const [once, looped, held] = [make(false), make(true), make(false)];
const events = { play: 0, playing: 0, pause: 0, ended: 0 };
for (const name of Object.keys(events)) once.addEventListener(name, () => events[name]++);
window.ready = Promise.all([once, looped, held].map((e) => new Promise((done) => e.oncanplaythrough = done)));
let frames = 0;
const draw = () => {
    if (++frames === 1) { once.play(); looped.play(); held.play(); }
    if (frames === 16) held.pause();
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
const ms = (e) => Math.round(1000 * e.currentTime);
window.state = () => ({ once: ms(once), looped: ms(looped), held: ms(held), paused: +once.paused, heldPaused: +held.paused, ended: +once.ended, ...Object.fromEntries(Object.entries(events).map(([k, v]) => ['on' + k, v])) });
</script>`;
        const at = (frames: number): PageScenario => ({
            name: 'media',
            page: { html },
            gpu: 'none',
            ready: 'ready',
            steps: [{ frames }],
            captures: [state]
        });
        // They begin at the first frame: 30 frames later it is half a second, and 90 later all is over but the loop.
        expect(countersOf(await run(at(31)))).toEqual({
            ...{ once: 500, looped: 500, held: 250, paused: 0, heldPaused: 1, ended: 0 },
            ...{ onplay: 1, onplaying: 1, onpause: 0, onended: 0 }
        });
        expect(countersOf(await run(at(91)))).toMatchObject({
            ...{ once: 1250, looped: 250, held: 250, paused: 1, ended: 1, onpause: 1, onended: 1 }
        });
    });

    it('is that of frames of an XR session: as many as its own, at its time', async () => {
        const html = `<!doctype html><canvas id=c></canvas><script>
const times = []; let frames = 0, cancelled = 0;
window.ready = (async () => {
    const session = await navigator.xr.requestSession('inline');
    const gl = c.getContext('webgl2', { xrCompatible: true });
    session.updateRenderState({ baseLayer: new XRWebGLLayer(session, gl) });
    const each = (t, frame) => { if (frame.session === session) times.push(t); session.requestAnimationFrame(each); };
    session.requestAnimationFrame(each);
    session.cancelAnimationFrame(session.requestAnimationFrame(() => cancelled++));
})();
const draw = () => { frames++; requestAnimationFrame(draw); };
requestAnimationFrame(draw);
window.state = () => ({ frames, xr: times.length, first: times[0] ?? -1, last: times.at(-1) ?? -1, now: performance.now(), cancelled });
</script>`;
        const page: PageScenario = {
            name: 'xr',
            page: { html },
            ready: 'ready',
            steps: [{ frames: 30 }],
            captures: [state]
        };
        expect(countersOf(await run(page))).toEqual({
            frames: 30,
            xr: 30,
            first: 16.667,
            last: 500,
            now: 500,
            cancelled: 0
        });
    });

    it('draws lots by the seed of its scenario, and tells the page of it', async () => {
        const html = `<!doctype html><p>x<script>
const drawn = Math.random(); let given = -1;
window.setSeed = (seed) => { given = seed; };
window.state = () => ({ drawn, given });
</script>`;
        const page = (more: Partial<PageScenario>): PageScenario => ({
            name: 'seeded',
            page: { html },
            gpu: 'none',
            steps: [{ seed: 'setSeed' }],
            captures: [state],
            ...more
        });
        const of = async (more: Partial<PageScenario>) => countersOf(await run(page(more)));
        const [plain, seven, sevenAgain, eight] = [
            await of({}),
            await of({ seed: 7 }),
            await of({ seed: 7 }),
            await of({ seed: 8 })
        ];
        expect(sevenAgain).toEqual(seven);
        expect(new Set([plain['drawn'], seven['drawn'], eight['drawn']]).size).toBe(3);
        expect(new Set([plain['given'], seven['given'], eight['given']]).size).toBe(3);
        const own = await of({ seeds: [42] });
        expect([own['given'], own]).toEqual([42, await of({ seeds: [42], seed: 9 })]);
    });

    it('takes answers of other origins from a recording, without the network', async () => {
        let hits = 0;
        // More than Chromium keeps of an answer by itself.
        const large = 'x'.repeat(12e6);
        const server = createServer((request, response) => {
            hits++;
            response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
            response.end(request.url === '/large' ? large : JSON.stringify({ hits, url: request.url }));
        });
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
        onTestFinished(() => void server.close());
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const html = `<!doctype html><p>x<script>
            const get = async () => (await (await fetch('${origin}/data')).json()).hits;
            const size = async () => (await (await fetch('${origin}/large')).text()).length;
            window.ready = (async () => { window.seen = [await get(), await get(), await size()]; })();
            window.state = () => ({ first: seen[0], second: seen[1], size: seen[2] });
        </script>`;
        const file = join(outDir, 'answers.har');
        const page: PageScenario = { name: 'answers', page: { html }, gpu: 'none', ready: 'ready', captures: [state] };
        const whole = { first: 1, second: 2, size: large.length };
        const blocked = await run(page);
        expect(blocked.failure?.message).toMatch(/Failed to fetch/);
        expect(hits).toBe(0);
        expect(countersOf(await run({ ...page, answers: { file, record: true } }))).toEqual(whole);
        expect([hits, existsSync(file)]).toEqual([3, true]);
        expect(countersOf(await run({ ...page, answers: { file } }))).toEqual(whole);
        expect(hits).toBe(3);
        const none = await run({ ...page, answers: { file: join(outDir, 'none.har') } });
        expect(none.failure).toMatchObject({ code: 'bad-input', message: expect.stringMatching(/Record it first/) });
    });

    it('captures each eye of a stereo page', async () => {
        const html = `<!doctype html><body style="margin:0"><canvas id="c" width="64" height="16"></canvas><script>
            const g = c.getContext('2d'); g.fillStyle = 'red'; g.fillRect(0, 0, 20, 16); g.fillStyle = 'blue'; g.fillRect(40, 0, 24, 16);</script>`;
        const result = await run({
            name: 'eyes',
            page: { html },
            gpu: 'none',
            eyes: true,
            captures: [{ name: 'view', of: { element: '#c' }, judge: { kind: 'deterministic' } }]
        });
        expect(result.captures.map(({ capture }) => capture.name)).toEqual(['view (left eye)', 'view (right eye)']);
        const [left, right] = result.captures.map(({ data }) => (data?.kind === 'frame' ? data.rgba8! : null));
        expect([left!.widthPx, [...left!.data.subarray(0, 3)], [...right!.data.subarray(4 * 31, 4 * 31 + 3)]]).toEqual([
            32,
            [255, 0, 0],
            [0, 0, 255]
        ]);
    });
});
