/** A suite of 100 small captures of pages with a canvas, from start to report, on SwiftShader. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pageScenario, runSuite } from '@mixreel/harness';

const page = (i) => `<!doctype html><body style="margin:0"><canvas id="c" width="128" height="96"></canvas><script>
const gl = c.getContext('webgl2', { preserveDrawingBuffer: true });
const draw = (t) => {
    for (let k = 0; k < 8; k++) {
        gl.enable(gl.SCISSOR_TEST);
        gl.scissor((k * 16 + ${i}) % 112, (k * 11 + t / 10) % 80, 16, 16);
        gl.clearColor(k / 8, ${i} / 100, 0.5, 1);
        gl.clear(gl.COLOR_BUFFER_BIT);
    }
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
</script>`;

export default async function suite({ quick, log, only }) {
    if (only !== undefined && !only.startsWith('suite')) return [];
    const count = quick ? 10 : 100;
    const folder = mkdtempSync(join(tmpdir(), 'mixreel-bench-'));
    const scenarios = Array.from({ length: count }, (_, i) =>
        pageScenario({
            name: `bench/page ${i}`,
            page: { html: page(i) },
            viewports: [{ widthPx: 160, heightPx: 120 }],
            steps: [{ frames: 3 }],
            captures: [{ name: 'view', of: { element: '#c' }, judge: { kind: 'deterministic' } }]
        })
    );
    const config = { scenarios, outDir: join(folder, 'out'), baselineDir: join(folder, 'baselines') };
    try {
        const first = await runSuite(config, { update: 'missing' });
        log(`first run: ${first.run.status}, ${first.taken.length} baselines`);
        const start = performance.now();
        const { run } = await runSuite(config);
        const seconds = (performance.now() - start) / 1000;
        for (const { name, status, failure, captures } of run.scenarios) {
            if (status === 'passed') continue;
            log(`${name}: ${failure?.message ?? captures.map(({ verdict }) => verdict.message).join('; ')}`);
        }
        const passed = run.scenarios.filter((scenario) => scenario.status === 'passed').length;
        const note = `${passed} of ${count} passed`;
        return [
            { name: `suite/${count}-captures-seconds`, value: seconds, unit: 's', better: 'lower', note },
            {
                name: 'suite/false-alarms',
                value: (count - passed) / count,
                unit: 'share',
                better: 'lower',
                note: 'unchanged pages'
            }
        ];
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
