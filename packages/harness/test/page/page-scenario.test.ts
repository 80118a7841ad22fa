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
const of = { read: 'app.read' };
const captured = (...captures: unknown[]): PageScenario => ({ ...page, captures: captures as never });
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

    it('names what a run of it reads and writes, and keeps its own seed', () => {
        expect(pageScenario({ ...page, page: { folder: 'dist' } }).reads).toEqual(['dist']);

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
        [
            { ...page, origins: ['http://a.example/path'] },
            /origin is "http:\/\/a.example\/path".*scheme, host and port/
        ],
        [
            { ...page, steps: [{ frame: 3 } as never] },
            /a step of page scenario "page" is {"frame":3} .*frames, wait, call, seed/
        ],
        [{ ...page, steps: [{ wait: 'a', frames: 1 }] }, /a step of .* is {"wait":"a","frames":1}/],
        [{ ...page, status: 42 }, /status of page scenario "page" is 42/],
        [{ ...page, viewport: { widthPx: 1 } } as never, /page scenario "page" has a field "viewport" .*viewports/],
        [{ ...page, viewports: [{ widthPx: 0, heightPx: 1 }] }, /a viewport of .*"widthPx":0.*from 1 to 16384/],
        [{ ...page, viewports: [{ widthPx: 1, heightPx: 1, pixelRatio: 9 }] }, /"pixelRatio":9/],
        [{ ...page, viewports: [] }, /has no viewport/],
        [{ ...page, time: 'slow' as never }, /time of page scenario "page" is slow .*virtual, real/],
        [{ ...page, page: { path: 'x' } as never }, /page of page scenario "page" is {"path":"x"} .*folder: 'dist'/],
        [{ ...page, page: { url: 'nowhere' } }, /page of .* is {"url":"nowhere"}/]
    ])('refuses %o', (wrong, words) => {
        expect(() => pageScenario(wrong)).toThrowError(words);
    });

    it.each<[unknown, RegExp]>([
        [{ judge: { kind: 'timing' } }, /to be judged "timing" .*two versions .*Use pageTiming/s],
        [{ judge: { kind: 'looks' } }, /to be judged "looks" .*exact, deterministic/s],
        [{ judge: { kind: 'exact' } }, /capture "c" of page scenario "page", judged "exact", has no of/],
        [{ of, judge: { kind: 'temporal', maxFlicker: 0.1 } }, /has no frames .*frames: 12/s],
        [{ of: { selector: 'canvas' }, judge: { kind: 'exact' } }, /is of {"selector":"canvas"} .*element: 'canvas'/s],
        [{ of, frames: 1, judge: { kind: 'temporal', maxFlicker: 0.1 } }, /frames of .* is 1 .*2 to 240/s],
        [{ of, frames: 2, judge: { kind: 'temporal' } }, /a temporal judgement has no bound/],
        [{ of, judge: { kind: 'convergence' } }, /has no samples and no render .*render: 'app.render'/s],
        [{ of, render: 'r', samples: [1, 2, 4, 4], judge: { kind: 'convergence' } }, /at least 4 different integers/],
        [
            { of, render: 'r', samples: [1, 2, 4, 8], referenceSamples: 63, judge: { kind: 'convergence' } },
            /referenceSamples of .* is 63 .*64 or more/s
        ]
    ])('refuses the capture %o, and says how it is declared', (wrong, words) => {
        expect(() => pageScenario(captured({ name: 'c', ...(wrong as object) }))).toThrowError(words);
    });

    it('takes sequences on the virtual clock only', () => {
        const frames = captured({ name: 'c', of, frames: 2, judge: { kind: 'temporal', maxFlicker: 0.1 } });
        expect(pageScenario(frames).name).toBe('page');
        expect(() => pageScenario({ ...frames, time: 'real' })).toThrowError(/steps frames in real time/);
    });
});
