import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PageScenario, pageScenario, type RunResult, runScenarios } from '@mixreel/harness';
import { describe, expect, it } from 'vitest';
import { cellNetworks, pageNetwork } from '../../src/chain/page-networks.ts';

const SIZE_BYTES = 200_000;
const folder = mkdtempSync(join(tmpdir(), 'mixreel-network-'));
writeFileSync(join(folder, 'asset.bin'), new Uint8Array(SIZE_BYTES));
// It loads the asset while it starts, and again in its third frame.
writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><script>
const load = async () => (await (await fetch('/asset.bin')).arrayBuffer()).byteLength;
const state = { frames: 0, bytes: 0, takenMs: 0, arrivedInFrame: 0, arrivedAtMs: 0 };
const ready = (async () => { const t = performance.now(); state.bytes = await load(); state.takenMs = performance.now() - t; })();
const draw = () => {
    if (++state.frames === 3) load().then(() => { state.arrivedInFrame = state.frames; state.arrivedAtMs = performance.now(); });
    requestAnimationFrame(draw);
};
requestAnimationFrame(draw);
window.app = { ready, state: () => state };
</script>`
);

const page: PageScenario = {
    name: 'slow',
    page: { folder },
    gpu: 'none',
    ready: 'app.ready',
    network: 'slow',
    captures: [{ name: 'state', counters: 'app.state', judge: { kind: 'counters' } }]
};
const networks = { ...cellNetworks(), slow: pageNetwork({ rateMbps: 8, delayMs: 10 }) };
const run = (...pages: PageScenario[]): Promise<RunResult> =>
    runScenarios(pages.map(pageScenario), { outDir: join(folder, 'out'), networks });
const stateOf = (result: RunResult, scenario: number): Record<string, number> => {
    const { captures, failure } = result.scenarios[scenario]!;
    expect(failure).toBeNull();
    return (captures[0]!.data as { counters: Record<string, number> }).counters;
};

describe('a page over a network', () => {
    it('waits as long as the line takes in real time, and not at all on its own clock', async () => {
        const virtual: PageScenario = { ...page, steps: [{ frames: 6 }] };
        const result = await run(
            { ...page, time: 'real' },
            { ...virtual, name: 'stepped' },
            { ...virtual, name: 'stepped again' }
        );
        // 200 kB at 8 Mbit/s: 200 ms on the wire alone, and the way there and back.
        expect(stateOf(result, 0)['takenMs']).toBeGreaterThanOrEqual(220);
        expect(stateOf(result, 0)['bytes']).toBe(SIZE_BYTES);
        const stepped = stateOf(result, 1);
        // The data that the third frame asked for is there before the fourth, 220 ms later by the wall.
        expect(stepped).toMatchObject({ frames: 6, takenMs: 0, arrivedInFrame: 3 });
        expect(stateOf(result, 2)).toEqual(stepped);
        const [section] = result.scenarios[1]!.sections;
        if (section?.kind !== 'timeline') throw new Error('no timeline');
        expect(section.note).toContain('8 Mbit/s');
        const assets = section.entries.filter((entry) => entry.label.includes('/asset.bin'));
        expect(assets).toHaveLength(2);
        for (const { sentNs, arrivedNs, sizeBytes } of assets) {
            expect(sizeBytes).toBeGreaterThanOrEqual(SIZE_BYTES);
            expect(arrivedNs! - sentNs).toBeGreaterThan(210e6);
        }
    });

    it('takes a cell by its name, and says which names there are', async () => {
        const result = await run(
            { ...page, name: 'cell', network: 'indoor' },
            { ...page, name: 'unknown', network: 'moon' }
        );
        expect(stateOf(result, 0)['bytes']).toBe(SIZE_BYTES);
        expect(result.scenarios[1]!.failure?.message).toMatch(/no network "moon".*indoor.*slow/s);
    });
});
