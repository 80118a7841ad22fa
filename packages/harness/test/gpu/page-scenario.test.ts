import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '@mixreel/image';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import type { RunResult } from '../../src/run/run-result.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import type { CaptureData } from '../../src/verdict/capture.ts';
import { judge } from '../../src/verdict/judge.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-page-'));
const launch = sharedLaunch();
const run = (...pages: PageScenario[]): Promise<RunResult> => runScenarios(pages.map(pageScenario), { outDir, launch });
const dataOf = (result: RunResult, name: string, scenario = 0): CaptureData => {
    const found = result.scenarios[scenario]!.captures.find((c) => c.capture.name === name);
    if (!found) throw new Error(`${name} was not captured: ${JSON.stringify(result.scenarios[scenario]!.failure)}`);
    return found.data!;
};
const frameOf = (data: CaptureData): Frame => (data as { frame: Frame }).frame;
const counters = (data: CaptureData): Record<string, number> => (data as { counters: Record<string, number> }).counters;

/** A canvas whose picture depends on time, on the number of frames and on chance. */
const WEBGL = `<!doctype html><body style="margin:0"><canvas id="view" width="64" height="48"></canvas><script>
const gl = view.getContext('webgl2', { preserveDrawingBuffer: true });
let frames = 0, ticks = 0, last = 0, order = [];
setInterval(() => ticks++, 100);
setTimeout(() => order.push(2), 200); setTimeout(() => order.push(1), 50);
function draw(t) {
    frames++; last = t;
    gl.clearColor(t / 1000, frames / 100, Math.random(), 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST); gl.scissor(8, 8, 16, 16); gl.clearColor(1, 0, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); gl.disable(gl.SCISSOR_TEST);
    requestAnimationFrame(draw);
}
requestAnimationFrame(draw);
window.state = () => ({ frames, ticks, last, now: performance.now(), date: Date.now(), made: +new Date(), first: order[0] });
window.read = () => { const data = new Uint8Array(64 * 48 * 4); gl.readPixels(0, 0, 64, 48, gl.RGBA, gl.UNSIGNED_BYTE, data); return { widthPx: 64, heightPx: 48, data }; };
</script>`;

/** Draws floats with WebGPU into a texture and reads them back; also presents. Ready once the device is. */
const WEBGPU = `<!doctype html><body style="margin:0"><canvas id="view" width="64" height="64"></canvas><script>
const app = window.app = {};
app.ready = (async () => {
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    const context = view.getContext('webgpu');
    const format = navigator.gpu.getPreferredCanvasFormat();
    context.configure({ device, format });
    const target = device.createTexture({ size: [64, 64], format: 'rgba32float', usage: 17 });
    const module = device.createShaderModule({ code: \`
        @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0, 1); }
        @fragment fn fs(@builtin(position) p: vec4f) -> @location(0) vec4f { return vec4f(p.x / 64, 4 * p.y / 64, 0.25, 1); }\` });
    const pipeline = (f) => device.createRenderPipeline({ layout: 'auto', vertex: { module }, fragment: { module, targets: [{ format: f }] } });
    const [screen, float] = [pipeline(format), pipeline('rgba32float')];
    const draw = () => {
        const encoder = device.createCommandEncoder();
        for (const [view, p] of [[context.getCurrentTexture().createView(), screen], [target.createView(), float]]) {
            const pass = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }] });
            pass.setPipeline(p); pass.draw(3); pass.end();
        }
        device.queue.submit([encoder.finish()]);
        requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
    app.readFrame = async () => {
        const buffer = device.createBuffer({ size: 64 * 64 * 16, usage: 9 });
        const encoder = device.createCommandEncoder();
        encoder.copyTextureToBuffer({ texture: target }, { buffer, bytesPerRow: 1024 }, [64, 64]);
        device.queue.submit([encoder.finish()]);
        await buffer.mapAsync(1);
        return { widthPx: 64, heightPx: 64, data: new Float32Array(buffer.getMappedRange().slice(0)) };
    };
})();
</script>`;

const webgl: PageScenario = {
    name: 'webgl',
    page: { html: WEBGL },
    viewports: [{ widthPx: 200, heightPx: 150 }],
    steps: [{ frames: 30 }],
    captures: [
        { name: 'view', of: { element: '#view' }, judge: { kind: 'exact' } },
        { name: 'buffer', of: { read: 'read' }, judge: { kind: 'exact' } },
        { name: 'state', counters: 'state', judge: { kind: 'counters' } },
        { name: 'chance', of: { read: 'read' }, judge: { kind: 'stochastic' } }
    ],
    repetitions: 3
};

describe('pageScenario', () => {
    it('gives a plain WebGL page the same time, frames and chance each time', async () => {
        const [first, second] = [await run(webgl), await run(webgl)];
        for (const name of ['view', 'buffer', 'state', 'chance']) {
            expect(
                judge({ kind: name === 'chance' ? 'stochastic' : 'exact' }, dataOf(second, name), dataOf(first, name))
                    .message
            ).toBe('byte for byte the same');
        }
        const state = counters(dataOf(first, 'state'));
        // 30 frames of 1000 / 60 ms: half a second, five ticks of a tenth, timers in the order of their time.
        expect(state).toMatchObject({ frames: 30, ticks: 5, last: 500, now: 500, first: 1 });
        expect(state['date']).toBe(1_735_689_600_500);
        expect(state['made']).toBe(state['date']);
    });

    it('makes a stochastic capture of loads with different chance', async () => {
        const result = await run({ ...webgl, captures: webgl.captures.slice(3) });
        const { moments } = dataOf(result, 'chance') as { moments: { count: number; m2: Float32Array } };
        expect(moments.count).toBe(3);
        // Blue is random, red and green are functions of time and of the number of frames.
        const n = 64 * 48;
        expect(moments.m2[2 * n + n - 1]).toBeGreaterThan(0);
        expect(moments.m2[n - 1]).toBe(0);
    });

    it('reads floats of a WebGPU page past the compositor, and its presented canvas', async () => {
        const result = await run({
            name: 'webgpu',
            page: { html: WEBGPU },
            viewports: [{ widthPx: 100, heightPx: 100 }],
            ready: 'app.ready',
            steps: [{ frames: 3 }],
            captures: [
                { name: 'floats', of: { read: 'app.readFrame' }, judge: { kind: 'exact' } },
                { name: 'canvas', of: { element: '#view' }, judge: { kind: 'deterministic' } }
            ]
        });
        const floats = frameOf(dataOf(result, 'floats')).layer('color');
        const at = 40 * 64 + 10;
        // Pixel centres; green goes to 4, past what a screenshot holds.
        expect([floats[at], floats[4096 + at], floats[8192 + at]]).toEqual([10.5 / 64, (4 * 40.5) / 64, 0.25]);
        const canvas = frameOf(dataOf(result, 'canvas')).layer('color');
        expect(canvas[4096 + at]).toBe(1);
    });

    it('ends each broken page with its own verdict', async () => {
        const one = { of: { screenshot: true as const }, judge: { kind: 'deterministic' as const }, name: 'view' };
        const page = (name: string, html: string, more: Partial<PageScenario> = {}): PageScenario => ({
            name,
            page: { html: `<!doctype html>${html}` },
            captures: [one],
            gpu: 'none',
            ...more
        });
        // In browsers of their own: what is broken is ended with them.
        const pages = [
            page('hangs', '<script>app = { ready: new Promise(() => {}) }; console.error("no answer")</script>', {
                ready: 'app.ready',
                timeoutS: 2
            }),
            page('well between', '<p>x'),
            page('throws', '<script>throw new Error("boom")</script>'),
            page('loops', '<script>app = () => { for (;;); }</script>', { ready: 'app', timeoutS: 2 }),
            page('blank', ''),
            page('no element', '<p>x', { captures: [{ ...one, of: { element: 'canvas' } }] }),
            page('talks', '<p>x<script>alert("hello")</script>'),
            page('talks for ever', '<script>for (;;) alert("hello")</script>', { timeoutS: 2 }),
            page('well after', '<p>x')
        ];
        const result = await runScenarios(pages.map(pageScenario), { outDir });
        const seen = result.scenarios.map((s) => [
            s.name,
            s.status,
            s.captures.length,
            s.failure?.message ?? s.captures[0]?.verdict.message
        ]);
        // Each has its own verdict, and none has another's: the well ones are judged.
        expect(seen).toEqual([
            ['hangs', 'error', 0, expect.stringMatching(/^it was not finished after 2 s/)],
            ['well between', 'failed', 1, expect.stringMatching(/no baseline yet/)],
            ['throws', 'error', 0, expect.stringMatching(/^the page threw "boom"/)],
            ['loops', 'error', 0, expect.stringMatching(/^it was not finished after 2 s/)],
            ['blank', 'error', 1, expect.stringMatching(/^every pixel is \(1, 1, 1\)/)],
            ['no element', 'error', 0, expect.stringMatching(/no element "canvas"/)],
            ['talks', 'failed', 1, expect.stringMatching(/no baseline yet/)],
            ['talks for ever', 'error', 0, expect.stringMatching(/^it was not finished after 2 s/)],
            ['well after', 'failed', 1, expect.stringMatching(/no baseline yet/)]
        ]);
        const logOf = (name: string) => result.scenarios.find((scenario) => scenario.name === name)!.log;
        expect(logOf('talks')).toEqual(['dialog: alert: hello']);
        // What a page printed before it broke says why.
        expect(logOf('hangs')).toEqual(['console-error: no answer']);
        expect(logOf('throws')).toEqual(['page-error: boom']);
        expect(logOf('talks for ever').slice(0, 2)).toEqual(['dialog: alert: hello', 'dialog: alert: hello']);
    });

    it('takes its steps in order, anew for each viewport', async () => {
        const html = `<!doctype html><p>x<script>
            const seen = []; let camera = 0;
            const app = window.app = { setCamera: (x, y) => { seen.push('camera'); camera = 10 * x + y; } };
            app.loaded = new Promise((done) => setTimeout(() => { seen.push('loaded'); done(); }, 20));
            const draw = () => { if (seen.at(-1) !== 'frame') seen.push('frame'); requestAnimationFrame(draw); };
            requestAnimationFrame(draw);
            const at = (what) => seen.indexOf(what);
            app.state = () => ({ loaded: at('loaded'), camera: at('camera'), frame: at('frame'), value: camera, wide: innerWidth, ratio: devicePixelRatio, now: performance.now() });
        </script>`;
        const result = await run({
            name: 'steps',
            page: { html },
            gpu: 'none',
            viewports: [
                { widthPx: 300, heightPx: 50 },
                { name: 'headset', widthPx: 600, heightPx: 50, pixelRatio: 2 }
            ],
            steps: [{ wait: 'app.loaded' }, { call: 'app.setCamera', args: [4, 2] }, { frames: 6 }],
            captures: [{ name: 'state', counters: 'app.state', judge: { kind: 'counters' } }]
        });
        const expected = { loaded: 0, camera: 1, frame: 2, value: 42, now: 100 };
        expect(result.scenarios[0]!.captures.map(({ capture, data }) => [capture.name, counters(data!)])).toEqual([
            ['state (300 x 50)', { ...expected, wide: 300, ratio: 1 }],
            ['state (headset)', { ...expected, wide: 600, ratio: 2 }]
        ]);
    });

    it('takes no picture of a page that is not there or that its server failed at, unless that is wanted', async () => {
        const server = createServer((request, response) => {
            // Browsers ask for an icon, too.
            response.writeHead(Number(request.url!.slice(1)) || 404, { 'content-type': 'text/html' });
            response.end('<!doctype html><h1>an answer that looks like a page</h1>');
        });
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
        onTestFinished(() => void server.close());
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const at = (status: number, more: Partial<PageScenario> = {}): PageScenario => ({
            name: `${status} ${more.status ?? ''}`,
            page: { url: `${origin}/${status}` },
            gpu: 'none',
            captures: [{ name: 'view', of: { screenshot: true }, judge: { kind: 'deterministic' } }],
            ...more
        });
        const outside = at(404, { name: 'outside', page: { folder: import.meta.dirname, path: 'none.html' } });
        const pages = [at(404), at(500), at(200), at(404, { status: 404 }), at(200, { status: 404 }), outside];
        const { scenarios } = await run(...pages);
        expect(scenarios.map((s) => s.failure?.message.replace(/ \(.*/, '') ?? s.captures.length)).toEqual([
            `${origin}/404 was answered with status 404`,
            `${origin}/500 was answered with status 500`,
            1,
            1,
            `${origin}/200 was answered with status 200`,
            expect.stringMatching(/none\.html was answered with status 404$/)
        ]);
    });
});
