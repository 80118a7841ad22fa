import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { type PageTiming, pageTiming } from '../../src/page/page-timing.ts';
import { judgedPasses, passesTable, sideTimes, workTable } from '../../src/page/side-times.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';

const page = { html: '<p>x' };
const timing: PageTiming = { name: 'page', baseline: page, candidate: page };

const times = (gpuMs: Record<string, number>, cpuMs = [1, 1]) => ({
    cpuMs,
    totalMs: cpuMs,
    intervalMs: [],
    gpuMs,
    heapBytes: 0
});

describe('pageTiming', () => {
    it.each<[Partial<PageTiming>, RegExp]>([
        [{ frames: 0 }, /frames of page timing "page" is 0/],
        [{ passes: 'some' as never }, /passes of page timing "page" is some/],
        [{ counters: 'less' as never }, /counters of page timing "page" is less/],
        [{ viewports: [] } as never, /page timing "page" has a field "viewports"/],
        [{ baseline: 'dist' as never }, /baseline of page timing "page" is "dist"/],
        [{ steps: [{ frames: 0.5 }] }, /a step of page timing "page" has 0.5 frames/]
    ])('refuses %o', (more, message) => {
        expect(() => pageTiming({ ...timing, ...more })).toThrowError(message);
    });

    it('removes the versions that were made for it where there is no browser, or the other one cannot be made', async () => {
        const removed: string[] = [];
        const made = (name: string) => async (limits: { readonly signal?: AbortSignal }) => {
            expect(limits.signal?.aborted).toBe(false);
            return { ...page, remove: async () => void removed.push(name) };
        };
        const broken = async (): Promise<never> => {
            throw new MixreelError('environment', { what: 'npm failed', mend: 'Look why' });
        };
        const launch = async (): Promise<never> => {
            throw new MixreelError('environment', { what: 'no browser here', mend: 'Get one' });
        };
        const outDir = mkdtempSync(join(tmpdir(), 'mixreel-made-'));
        const { scenarios } = await runScenarios(
            [
                pageTiming({ name: 'no browser', baseline: made('baseline'), candidate: made('candidate') }),
                pageTiming({ name: 'no candidate', baseline: made('alone'), candidate: broken })
            ],
            { outDir, launch }
        );
        expect(scenarios.map(({ failure }) => failure?.message)).toEqual([
            expect.stringMatching(/no browser here/),
            expect.stringMatching(/npm failed/)
        ]);
        // The scenario without a browser is tried again; each try has versions of its own.
        expect(new Set(removed)).toEqual(new Set(['candidate', 'baseline', 'alone']));
        expect(removed.filter((name) => name === 'baseline')).toHaveLength(scenarios[0]!.attempts);
    });
});

describe('times of two versions', () => {
    it('judge passes that both have, if one of them spends a twentieth of its time there', () => {
        const a = sideTimes(times({ main: 90, tiny: 1, gone: 10, grown: 1 }));
        const b = sideTimes(times({ main: 90, tiny: 1, come: 10, grown: 20 }));
        expect(judgedPasses([a, b])).toEqual(['main', 'grown']);
        expect(judgedPasses([sideTimes(times({})), sideTimes(times({}))])).toEqual([]);
        const nothing = sideTimes(times({ main: 0 }));
        expect(judgedPasses([nothing, nothing])).toEqual([]);
    });

    it('are told as medians per frame, long frames counted over all of them', () => {
        const a = sideTimes(times({ main: 4 }));
        const b = sideTimes(times({ main: 6 }, [1, 80]));
        expect([...b.add(times({ main: 10, extra: 2 }, [60, 50]))]).toEqual([
            ['main', 5],
            ['extra', 1]
        ]);
        b.add(times({ main: 8 }));
        expect(passesTable([a, b]).rows).toEqual([
            ['main', 2, 4],
            ['extra', null, 1]
        ]);
        expect(workTable({ draws: 3, gone: 1 }, { draws: 5 }, [a, b]).rows).toEqual([
            ['draws', 3, 5, 2],
            ['gone', 1, 0, -1],
            ['frames over 50 ms, of 2', 0, 2, 2]
        ]);
    });

    it('cut long labels, and add up what is then alike', () => {
        const label = 'x'.repeat(150);
        const side = sideTimes(times({ [`${label}a`]: 2, [`${label}b`]: 4 }));
        expect([...side.passMs]).toEqual([[label, [3]]]);
    });
});
