import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { pageTiming } from '../../src/page/page-timing.ts';
import type { Section } from '../../src/report/report.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { appVersion } from '../../src/timing/app-version.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-timing-'));
const launch = sharedLaunch();

/** Draws three triangles and dispatches once in each frame, uploads 64 bytes, and computes for a while on both processors. */
const page = (
    loops: number,
    gpuLoops = 200
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
            var x = id.x; for (var i = 0u; i < ${gpuLoops}u; i++) { x = x * 1664525u + 1013904223u; } sums[id.x] = x;
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
        const [result] = (await runScenarios([scenario], { outDir, launch })).scenarios;
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

    it('tell a version that computes twenty times as much from one that is the same', async () => {
        // Two looks of eight rounds: enough for a factor of twenty on any machine, and 200 frames.
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
                // The passes are the same, and over in no time: what else the machine does decides about them.
                passes: 'report',
                counters: 'equal',
                measure
            });
        const { scenarios } = await runScenarios([timing('slower', 8e6), timing('unchanged', 4e5)], { outDir, launch });
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
            1,
            0
        ]);
        // Measuring itself adds nothing to the counted work of either.
        for (const { captures } of scenarios) {
            expect(captures.map(({ capture }) => capture.name)).toEqual(['frame time', 'counted work']);
            expect(captures[1]!.verdict.message).toMatch(/counters are the same|byte for byte/);
        }
    });

    it('name the pass that is slower on the GPU, and the work that differs, after the same steps', async () => {
        const other = page(1, 2e5).replace('pass.draw(3); pass.end', 'pass.end');
        const scenario = pageTiming({
            name: 'slow pass',
            baseline: { html: page(1) },
            candidate: { html: other },
            viewport: { widthPx: 64, heightPx: 64 },
            ready: 'app.ready',
            steps: [{ frames: 2 }, { wait: 'app.ready' }],
            frames: 1,
            counters: 'equal',
            measure: { rounds: 8, looks: 1, warmUp: 1, effect: 1 }
        });
        const [result] = (await runScenarios([scenario], { outDir, launch })).scenarios;
        expect(result!.failure).toBeNull();
        const verdicts = new Map(result!.captures.map(({ capture, verdict }) => [capture.name, verdict]));
        // A thousand times the work: found by eight rounds, whatever the machine does beside it.
        expect(verdicts.get('frame time, GPU pass "cull"')?.message).toMatch(/^slower: \+/);
        // 2 frames of steps, 1 to see which passes there are, 2 of each of the 9 rounds.
        expect(verdicts.get('counted work')?.message).toBe('"draws" is 42 (expected 63)');
        const passes = result!.sections.find(({ title }) => title === 'GPU time by pass, both versions');
        expect(passes?.kind === 'table' && passes.rows[0]?.[0]).toBe('cull');
    });
});

describe('a page against another version of itself', () => {
    const git = (folder: string, ...words: string[]): string => {
        const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
        const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
        return stdout;
    };
    const computing = (loops: number): string => `<script>
        const app = window.app = { ready: crossOriginIsolated ? Promise.resolve() : Promise.reject('a coarse clock'), loops: ${loops} };
        const draw = () => { let sum = 0; for (let i = 0; i < app.loops; i++) sum += Math.sqrt(i); app.sum = sum; requestAnimationFrame(draw); };
        requestAnimationFrame(draw);
    </script>`;

    it('is compared with a commit that is checked out beside it, of which nothing is left, however it ends', async () => {
        const repository = mkdtempSync(join(tmpdir(), 'mixreel-repository-'));
        git(repository, 'init', '-q');
        for (const loops of [4e5, 8e6]) {
            writeFileSync(join(repository, 'index.html'), computing(loops));
            git(repository, 'add', '.');
            git(repository, 'commit', '-q', '-m', String(loops));
        }
        writeFileSync(join(repository, 'notes.txt'), 'the working copy');
        const folders: string[] = [];
        const compare = (name: string, commit: string, ready: string) =>
            pageTiming({
                name,
                baseline: async (limits) => {
                    const version = await appVersion({ git: commit, repository }, limits);
                    folders.push(version.folder);
                    return version;
                },
                candidate: { folder: repository },
                viewport: { widthPx: 64, heightPx: 64 },
                gpu: 'none',
                ready,
                frames: 2,
                metric: 'cpu',
                measure: { rounds: 8, looks: 2, warmUp: 1, effect: 1 }
            });
        const { scenarios } = await runScenarios(
            [
                compare('slower', 'HEAD~1', 'app.ready'),
                compare('same', 'HEAD', 'app.ready'),
                compare('broken', 'HEAD', 'app.missing')
            ],
            { outDir, launch }
        );
        expect(scenarios.map(({ name, status }) => [name, status])).toEqual([
            ['slower', 'failed'],
            ['same', 'passed'],
            ['broken', 'error']
        ]);
        expect(scenarios[0]!.captures[0]!.verdict.message).toMatch(/^slower: \+/);
        expect(git(repository, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
        expect(folders.length).toBeGreaterThanOrEqual(3);
        for (const folder of folders) expect(existsSync(join(folder, '..'))).toBe(false);
    });
});
