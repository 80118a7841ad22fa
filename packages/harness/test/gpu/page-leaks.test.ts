import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-leaks-'));

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
        { outDir }
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
