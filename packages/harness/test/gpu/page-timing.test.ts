import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { pageTiming } from '../../src/page/page-timing.ts';
import type { Section } from '../../src/report/report.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-timing-'));

/** Draws three triangles and dispatches once in each frame, uploads 64 bytes, and computes for a while. */
const page = (
    loops: number
): string => `<!doctype html><body style="margin:0"><canvas id="view" width="32" height="32"></canvas><script>
const app = window.app = {};
app.ready = (async () => {
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    const context = view.getContext('webgpu');
    const format = navigator.gpu.getPreferredCanvasFormat();
    context.configure({ device, format });
    const module = device.createShaderModule({ code: \`
        @vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0, 1); }
        @fragment fn fs(@builtin(position) p: vec4f) -> @location(0) vec4f { return vec4f(p.xy / 32, 0, 1); }
        @group(0) @binding(0) var<storage, read_write> sums: array<u32>;
        @compute @workgroup_size(64) fn cs(@builtin(global_invocation_id) id: vec3u) {
            var x = id.x; for (var i = 0u; i < 200u; i++) { x = x * 1664525u + 1013904223u; } sums[id.x] = x;
        }\` });
    const screen = device.createRenderPipeline({ layout: 'auto', vertex: { module }, fragment: { module, targets: [{ format }] } });
    const cull = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'cs' } });
    const buffer = device.createBuffer({ size: 256, usage: 0x88 });
    const group = device.createBindGroup({ layout: cull.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
    const draw = () => {
        let sum = 0; for (let i = 0; i < ${loops}; i++) sum += Math.sqrt(i);
        app.sum = sum;
        device.queue.writeBuffer(buffer, 0, new Float32Array(16));
        const encoder = device.createCommandEncoder();
        const compute = encoder.beginComputePass({ label: 'cull' });
        compute.setPipeline(cull); compute.setBindGroup(0, group); compute.dispatchWorkgroups(1); compute.end();
        const view = context.getCurrentTexture().createView();
        const pass = encoder.beginRenderPass({ label: 'main', colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store' }] });
        pass.setPipeline(screen); pass.draw(3); pass.draw(3); pass.draw(3); pass.end();
        device.queue.submit([encoder.finish()]);
        requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
})();
</script>`;

const flat = (sections: readonly Section[]): Section[] =>
    sections.flatMap((section) => (section.kind === 'group' ? [section, ...flat(section.sections)] : [section]));

describe('work and times of a page', () => {
    it('are counted exactly, and the times of passes shown by their labels', async () => {
        const expected = {
            draws: 12,
            dispatches: 4,
            submits: 4,
            renderPasses: 4,
            computePasses: 4,
            shadersCompiled: 1,
            pipelines: 2,
            buffersCreated: 1,
            texturesCreated: 0,
            bytesUploaded: 256,
            // The one buffer that it keeps; the canvas's own textures are the browser's.
            buffersAlive: 1,
            texturesAlive: 0,
            gpuBytes: 256
        };
        const scenario = pageScenario({
            name: 'counted',
            page: { html: page(1) },
            viewports: [{ widthPx: 64, heightPx: 64 }],
            ready: 'app.ready',
            steps: [{ frames: 4 }],
            frameTimes: 3,
            captures: [{ name: 'work', work: true, judge: { kind: 'counters' } }]
        });
        const [result] = (await runScenarios([scenario], { outDir })).scenarios;
        expect(result!.failure).toBeNull();
        expect(result!.captures[0]!.data).toEqual({ kind: 'counters', counters: expected });
        const sections = flat(result!.sections);
        const passes = sections.find((section) => section.title === 'GPU time by pass');
        const rows = passes?.kind === 'table' ? passes.rows : [];
        expect(rows.map(([label]) => label).sort()).toEqual(['cull', 'main']);
        // Both do something, and the GPU's clock saw it.
        for (const [label, ms] of rows) expect(ms, String(label)).toBeGreaterThan(0);
        const plot = sections.find((section) => section.kind === 'plot');
        expect(plot?.kind === 'plot' && plot.series.map(({ points }) => points.length)).toEqual([3, 3]);
    });

    it('tell a version that computes ten times as much from one that is the same', async () => {
        // Two looks of eight rounds: enough for a factor of ten on any machine, and 200 frames.
        const measure = { rounds: 8, looks: 2, warmUp: 1, effect: 1 };
        const timing = (name: string, loops: number) =>
            pageTiming({
                name,
                baseline: async () => ({ html: page(4e5) }),
                candidate: { html: page(loops) },
                viewport: { widthPx: 64, heightPx: 64 },
                ready: 'app.ready',
                frames: 2,
                metric: 'cpu',
                measure
            });
        const { scenarios } = await runScenarios([timing('slower', 8e6), timing('unchanged', 4e5)], { outDir });
        expect(scenarios.map(({ name, status, failure }) => [name, status, failure])).toEqual([
            ['slower', 'failed', null],
            ['unchanged', 'passed', null]
        ]);
        const [result, unchanged] = scenarios;
        expect(result!.captures[0]!.verdict.message).toMatch(/^slower: \+/);
        // Twice as slow is what it looks for, and what two of the same are not.
        expect(unchanged!.captures[0]!.verdict.message).toMatch(/^not slower: /);
        expect(result!.device).toBe('chromium-swiftshader');
        expect(result!.trends).toMatchObject([{ name: 'frame time', unit: 'ms' }]);
        const work = result!.sections.find((section) => section.title === 'Counted work');
        expect(work?.kind === 'table' && work.rows.find(([name]) => name === 'shadersCompiled')).toEqual([
            'shadersCompiled',
            1,
            1
        ]);
    });
});
