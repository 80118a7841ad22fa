import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import type { LaunchOptions } from '../../src/browser/launch-browser.ts';
import { type PageScenario, pageScenario } from '../../src/page/page-scenario.ts';
import { pageTiming } from '../../src/page/page-timing.ts';
import { runSuite } from '../../src/run/run-suite.ts';

const page: PageScenario = {
    name: 'page',
    page: { html: '<p>x' },
    captures: [{ name: 'view', of: { screenshot: true }, judge: { kind: 'deterministic' } }]
};
const noisy: PageScenario = { ...page, captures: [{ ...page.captures[0]!, judge: { kind: 'stochastic' } }] as never };

describe('pageScenario', () => {
    it.each<[Partial<PageScenario>, string | undefined]>([
        [{}, 'chromium-swiftshader'],
        [{ gpu: 'gpu' }, 'chromium-gpu'],
        [{ device: 'chromium-gpu' }, 'chromium-gpu'],
        [{ device: 'chromium-swiftshader' }, 'chromium-swiftshader'],
        [{ gpu: 'none' }, undefined]
    ])('%o is drawn by %s', (more, device) => {
        expect(pageScenario({ ...page, ...more }).device).toBe(device);
        const sides = { baseline: page.page, candidate: page.page };
        const { gpu } = more;
        if (gpu) expect(pageTiming({ name: 't', ...sides, gpu }).device).toBe(device);
    });

    it('asks for a browser on the GPU of the machine where it is to be drawn by that, and is chosen by its device', async () => {
        const asked: LaunchOptions[] = [];
        const outDir = mkdtempSync(join(tmpdir(), 'mixreel-device-'));
        const launch = async (options: LaunchOptions = {}): Promise<never> => {
            asked.push(options);
            throw new MixreelError('environment', { what: 'no browser here', mend: 'Get one' });
        };
        const scenarios = [
            pageScenario({ ...page, name: 'gpu', device: 'chromium-gpu' }),
            pageScenario({ ...page, name: 'software' }),
            { name: 'dawn', device: 'node-dawn' as const, run: () => {} }
        ];
        const { run } = await runSuite({ scenarios, outDir }, { launch, device: 'chromium-gpu' });
        expect(run.scenarios.map(({ name, device }) => [name, device])).toEqual([['gpu', 'chromium-gpu']]);
        expect(asked.map(({ gpu }) => gpu)).toEqual(['gpu']);
    });

    it('records into the folder of the configuration only, links followed, before anything is loaded', async () => {
        const base = mkdtempSync(join(tmpdir(), 'mixreel-record-'));
        const folder = join(base, 'suite');
        mkdirSync(join(folder, 'kept'), { recursive: true });
        symlinkSync(base, join(folder, 'link'));
        const launch = async (): Promise<never> => {
            throw new MixreelError('environment', { what: 'no browser here', mend: 'Get one' });
        };
        const files = [
            'answers.har',
            'kept/new/answers.har',
            '../answers.har',
            'link/answers.har',
            'kept/../../x.har',
            '.'
        ];
        const scenarios = files.map((file) =>
            pageScenario({ ...page, name: file, answers: { file: join(folder, '/') + file, record: true } })
        );
        const { run } = await runSuite({ scenarios, outDir: join(base, 'out'), folder }, { launch });
        expect(run.scenarios.map(({ name, failure }) => `${name} ${failure?.code}`)).toEqual([
            'answers.har environment',
            'kept/new/answers.har environment',
            '../answers.har bad-input',
            'link/answers.har bad-input',
            'kept/../../x.har bad-input',
            '. bad-input'
        ]);
        expect(run.scenarios[2]!.failure?.message).toMatch(/would be written to .*a file inside /s);
    });

    it('names what a run of it writes, and keeps its own seed', () => {
        expect(pageScenario({ ...page, answers: { file: 'a.har', record: true } }).writes).toEqual(['a.har']);
        expect(pageScenario({ ...page, answers: { file: 'a.har' } }).writes).toBeUndefined();
        expect(pageScenario({ ...page, seed: 'own' }).seed).toBe('own');
    });

    it.each<[PageScenario, RegExp]>([
        [{ ...page, seeds: [] }, /seeds of page scenario "page" is \[\].*at least one/],
        [{ ...page, seeds: [1.5] }, /seeds of .* is \[1.5\]/],
        [{ ...page, seeds: [2 ** 32] }, /integers from 0 to 4294967295/],
        [{ ...noisy, seeds: [1] }, /at least two for a stochastic capture/],
        [{ ...noisy, seeds: [1, 2], repetitions: 2 }, /beside 2 repetitions/],
        [{ ...page, status: 42 }, /status of page scenario "page" is 42/]
    ])('refuses %o', (wrong, words) => {
        expect(() => pageScenario(wrong)).toThrowError(words);
    });
});
