/** Captures of a page that are more than one picture: frames that follow each other, and errors at rising numbers of samples. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pageScenario } from '../../src/page/page-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import { sharedLaunch } from './shared-browser.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-sequences-'));
const launch = sharedLaunch();

/** Frames: a bar that moves on, the same with every second frame darker. Samples: means of chance, and one that stops at four. */
const PAGE = `<!doctype html><script>
const SIZE = 32;
let frame = 0, picture = null;
const draw = () => { frame++; requestAnimationFrame(draw); };
requestAnimationFrame(draw);
const filled = (value) => {
    const data = new Float32Array(3 * SIZE * SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) data.fill(value(i % SIZE, i), 3 * i, 3 * i + 3);
    return { widthPx: SIZE, heightPx: SIZE, data };
};
const mean = (count, seed) => {
    let state = seed;
    const next = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
    picture = filled(() => { let sum = 0; for (let i = 0; i < count; i++) sum += next(); return sum / count; });
};
window.app = {
    steady: () => filled((x) => 0.3 + 0.3 * (x >= frame)),
    flickering: () => filled((x) => (0.3 + 0.3 * (x >= frame)) * (frame % 2 ? 1 : 0.5)),
    render: async (count, seed) => mean(count, seed),
    stuck: (count, seed) => mean(Math.min(count, 4), seed),
    read: () => picture,
    frames: () => ({ frame }),
    errors: () => [1, 2, 4, 8].map((n) => [n, 1 / n]),
    wrong: () => 'none'
};
</script>`;

it('captures frames that follow each other and errors of samples, each judged by its kind', async () => {
    const temporal = { kind: 'temporal', maxWorstFlicker: 0.05 } as const;
    const convergence = { kind: 'convergence' } as const;
    const of = { read: 'app.read' };
    const samples = [1, 2, 4, 8, 16];
    const scenario = pageScenario({
        name: 'sequences',
        page: { html: PAGE },
        gpu: 'none',
        captures: [
            { name: 'steady', of: { read: 'app.steady' }, frames: 4, judge: temporal },
            { name: 'flickering', of: { read: 'app.flickering' }, frames: 4, judge: temporal },
            { name: 'converges', of, samples, render: 'app.render', judge: convergence },
            { name: 'is stuck', of, samples, render: 'app.stuck', judge: convergence },
            { name: 'says so itself', errors: 'app.errors', judge: convergence },
            { name: 'frames', counters: 'app.frames', judge: { kind: 'counters' } },
            { name: 'says nothing', errors: 'app.wrong', judge: convergence }
        ]
    });
    const [result] = (await runScenarios([scenario], { outDir, launch })).scenarios;
    const told = new Map(result!.captures.map(({ capture, data, verdict }) => [capture.name, { data, verdict }]));
    const status = (name: string): string | undefined => told.get(name)?.verdict.status;
    expect(['steady', 'flickering', 'converges', 'is stuck', 'says so itself'].map(status)).toEqual([
        'passed',
        'failed',
        'passed',
        'failed',
        'passed'
    ]);
    // One step at the start, four frames for each of the two.
    expect(told.get('frames')?.data).toEqual({ kind: 'counters', counters: { frame: 9 } });
    const errors = told.get('converges')?.data;
    if (errors?.kind !== 'errors') throw new Error('no errors were captured');
    expect(errors.points.map(([n]) => n)).toEqual(samples);
    // The variance of a uniform number is 1/12, of the mean of n a share of it, beside that of the reference of 256.
    for (const [n, error] of errors.points) expect(error).toBeCloseTo((1 / n + 1 / 256) / 12, 2);
    expect(result!.failure?.message).toMatch(/capture "says nothing" is given "none"/);
});
