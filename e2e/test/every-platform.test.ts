/** One stochastic baseline serves every platform: what Dawn drew in Node is met by Chromium, and a bias is still found. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeDevice } from '@mixreel/gpu/node';
import { defineScenario, pageScenario, runSuite, type Scenario } from '@mixreel/harness';
import type { Frame } from '@mixreel/image';
import { expect, test } from 'vitest';
import { cornellRenderer } from '../src/cornell.ts';

const SEEDS = [1, 2, 3, 4, 5, 6];
const folder = join(import.meta.dirname, '..', 'dist');

const inNode = defineScenario({
    name: 'cornell box',
    async run({ capture }) {
        const device = await createNodeDevice();
        try {
            const render = await cornellRenderer(device);
            const frames: Frame[] = [];
            for (const seed of SEEDS) frames.push(await render(seed));
            for (const name of ['color', 'brighter']) capture.stochastic(name, frames);
        } finally {
            device.destroy();
        }
    }
});

/** Other seeds than in Node: the same would give nearly the same noise, and hide what is to be shown. */
const inChromium: Scenario = pageScenario({
    name: inNode.name,
    page: { folder, path: 'apps/cornell/index.html' },
    ready: 'app.ready',
    time: 'real',
    steps: [{ seed: 'app.setSeed' }],
    seeds: [101, 102, 103],
    captures: ['color', 'brighter'].map((name) => ({
        name,
        of: { read: `app.${name}` },
        judge: { kind: 'stochastic' as const }
    }))
});

test('a baseline from Dawn in Node is met by Chromium, and one that is 4 % brighter there is found', async () => {
    const base = await mkdtemp(join(tmpdir(), 'mixreel-platforms-'));
    const run = async (scenario: Scenario, update: 'never' | 'missing') => {
        const options = { outDir: join(base, 'out'), baselineDir: join(base, 'baselines'), update };
        const { taken, run: result } = await runSuite({ scenarios: [scenario], ...options });
        const [only] = result.scenarios;
        expect(only!.failure).toBeNull();
        return { taken, verdicts: only!.captures.map(({ verdict }) => [verdict.status, verdict.message]) };
    };
    try {
        expect((await run(inNode, 'missing')).taken).toHaveLength(2);
        expect((await run(inChromium, 'never')).verdicts).toEqual([
            ['passed', expect.stringContaining('the same within noise')],
            ['failed', expect.stringMatching(/the whole picture is \+[345][.0-9]* % .*beyond noise/)]
        ]);
    } finally {
        await rm(base, { recursive: true, force: true });
    }
}, 180_000);
