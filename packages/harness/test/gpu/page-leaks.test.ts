import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-leaks-'));
const launch = sharedLaunch();

/** Draws with WebGL and calls `each` in every frame. */
const page = (name: string, each: string): PageScenario => ({
    name,
    page: {
        html: `<!doctype html><canvas id="view" width="16" height="16"></canvas><script>
const gl = view.getContext('webgl2'), kept = [];
let frame = 0;
const each = () => { ${each} };
const draw = () => { frame++; gl.clearColor(frame / 100, 0, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); each(); requestAnimationFrame(draw); };
requestAnimationFrame(draw);
window.state = () => ({ frame });
</script>`
    },
    leaks: { frames: 8 },
    captures: [{ name: 'state', counters: 'state', judge: { kind: 'counters' } }]
});

it('tells a page that leaks from one that fills a cache once and leaves garbage', async () => {
    const { scenarios } = await runScenarios(
        [
            page(
                'clean',
                `gl.createBuffer(); new Uint8Array(65536); gl.deleteTexture(gl.createTexture());
                if (frame === 12) for (let i = 0; i < 20; i++) kept.push(gl.createTexture(), new Uint8Array(65536));`
            ),
            // 8 frames of 64 kB are twice the bound of a quarter MiB.
            page('leaks', 'kept.push(new Uint8Array(65536), gl.createTexture());')
        ].map(pageScenario),
        { outDir, launch }
    );
    const [clean, leaks] = scenarios;
    expect(clean!.failure).toBeNull();
    expect(leaks!.failure).toMatchObject({ code: 'limit-exceeded' });
    expect(leaks!.failure!.message).toMatch(
        /the page leaks: in 8 frames, its heap grew by 0\.\d+ MiB to .* MiB, and 8 GPU objects more are alive, 2\d in all/
    );
    expect(leaks!.captures).toHaveLength(1);
    const objects = leaks!.figures.find(({ label }) => label === 'GPU objects more');
    expect(objects).toMatchObject({ value: 8, tone: 'bad' });
});

it('counts what a page has not destroyed, with its bytes, and ends it with its device', async () => {
    const html = `<!doctype html><p>x<script>
window.ready = (async () => {
    const device = async () => (await navigator.gpu.requestAdapter()).requestDevice();
    const [kept, ended] = [await device(), await device()];
    const texture = (device, init) => device.createTexture({ size: [5, 4], format: 'rgba8unorm', usage: 4, ...init });
    kept.createBuffer({ size: 1024, usage: 8 }); kept.createBuffer({ size: 4096, usage: 8 }).destroy();
    texture(kept, {}); texture(kept, { format: 'rgba16float', size: { width: 8, height: 8 }, mipLevelCount: 4 });
    texture(kept, { format: 'depth32float', size: [4, 4], sampleCount: 4, usage: 16 });
    texture(kept, { size: [4, 4, 4], dimension: '3d', format: 'r32float', mipLevelCount: 2 });
    ended.createBuffer({ size: 512, usage: 8 }); texture(ended, {}); ended.destroy();
})();
window.state = () => ({ nothing: 0 });
</script>`;
    const [result] = (
        await runScenarios(
            [
                pageScenario({
                    name: 'alive',
                    page: { html },
                    ready: 'ready',
                    captures: [{ name: 'work', work: true, judge: { kind: 'counters' } }]
                })
            ],
            { outDir, launch }
        )
    ).scenarios;
    expect(result!.failure).toBeNull();
    const { data } = result!.captures[0]!;
    expect(data?.kind === 'counters' && data.counters).toMatchObject({
        buffersCreated: 3,
        buffersAlive: 1,
        texturesAlive: 4,
        // A buffer; 5 x 4 of 4 bytes; 8 x 8 of 8 bytes with its mip maps; 4 x 4 of 4 bytes, four times; 4^3 and 2^3 of 4 bytes.
        gpuBytes: 1024 + 80 + 8 * (64 + 16 + 4 + 1) + 256 + 4 * (64 + 8)
    });
});

it('ends a page that holds more than it may at any step, and lets garbage be', async () => {
    const heap = (name: string, step: string): PageScenario => ({
        name,
        page: {
            html: `<!doctype html><p>x<script>
const kept = []; window.step = (mib) => { ${step} }; window.drop = () => { kept.length = 0; };
window.state = () => ({ kept: kept.length });</script>`
        },
        gpu: 'none',
        maxHeapMiB: 40,
        steps: [{ call: 'step', args: [60] }, { call: 'drop' }],
        captures: [{ name: 'state', counters: 'state', judge: { kind: 'counters' } }]
    });
    const { scenarios } = await runScenarios(
        [
            // What is let go before the captures is found all the same.
            heap('keeps', 'kept.push(new Uint8Array(mib * 2 ** 20));'),
            heap('garbage', 'new Uint8Array(mib * 2 ** 20);')
        ].map(pageScenario),
        { outDir, launch }
    );
    expect(scenarios[0]!.failure?.message).toMatch(
        /the heap of the page holds 6\d(\.\d+)? MiB after step 1 \(expected at most 40/
    );
    expect(scenarios[1]!.failure).toBeNull();
});
