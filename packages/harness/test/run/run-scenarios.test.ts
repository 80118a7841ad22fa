import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MixreelError, VirtualClock } from '@mixreel/core';
import { Frame } from '@mixreel/image';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BrowserSession } from '../../src/browser/launch-browser.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderJunit } from '../../src/report/junit.ts';
import { reportOfRun } from '../../src/run/report-of-run.ts';
import type { RunResult } from '../../src/run/run-result.ts';
import { safeFileName } from '../../src/run/run-scenario.ts';
import { runScenarios } from '../../src/run/run-scenarios.ts';
import type { Scenario, ScenarioContext } from '../../src/scenario/scenario.ts';
import type { CaptureData } from '../../src/verdict/capture.ts';

const outDir = mkdtempSync(join(tmpdir(), 'mixreel-run-'));
const ramp = new Frame({
    widthPx: 2,
    heightPx: 2,
    layers: { color: Float32Array.from({ length: 12 }, (_, i) => i / 12) }
});

const run = (scenarios: Scenario[], options: Parameters<typeof runScenarios>[1] = {}): Promise<RunResult> =>
    runScenarios(scenarios, { outDir, ...options });

/** Runs scenarios that do no input or output on a virtual clock, which goes on by a second whenever all wait. */
async function runVirtual(scenarios: Scenario[]): Promise<RunResult> {
    const clock = new VirtualClock();
    let done = false;
    const finished = run(scenarios, { clock }).finally(() => (done = true));
    while (!done) {
        await new Promise((resolve) => setImmediate(resolve));
        await clock.play(clock.nowNs() + 1e9);
    }
    return finished;
}

describe('runScenarios', () => {
    it('judges captures against what came with them, and against baselines', async () => {
        const baselines = { load: async (): Promise<CaptureData> => ({ kind: 'bytes', bytes: Uint8Array.of(1) }) };
        const result = await run(
            [
                {
                    name: 'codec/loop',
                    run: ({ capture, figure, log }) => {
                        capture.exact('decoded', ramp, { expected: ramp });
                        capture.exact('stream', Uint8Array.of(2));
                        capture.counters('work', { units: 3 }, { expected: { units: 3 } });
                        figure({ label: 'rate', value: 1 });
                        log('done');
                    }
                }
            ],
            { baselines }
        );
        const [scenario] = result.scenarios;
        expect(scenario!.captures.map((c) => [c.capture.name, c.verdict.status, c.against])).toEqual([
            ['decoded', 'passed', 'expected'],
            ['stream', 'failed', 'baseline'],
            ['work', 'passed', 'expected']
        ]);
        expect(result).toMatchObject({ status: 'failed', partial: false });
    });

    it('gives every way of breaking a verdict of its own, and runs the others', async () => {
        const result = await runVirtual([
            { name: 'throws', run: () => Promise.reject(new TypeError('no <b>such</b> thing')) },
            { name: 'hangs', timeoutS: 5, run: () => new Promise(() => {}) },
            { name: 'rejects unseen', run: async () => void Promise.reject(new Error('unseen')) },
            {
                name: 'captures twice',
                run: ({ capture }) => [1, 2].forEach((n) => void capture.counters('same', { n }))
            },
            { name: 'captures nothing drawn', run: ({ capture }) => capture.deterministic('blank', blank()) },
            { name: 'is skipped', skip: 'needs a GPU', run: () => {} },
            { name: 'is well', run: ({ capture }) => capture.exact('ramp', ramp, { expected: ramp }) }
        ]);
        const seen = result.scenarios.map((s) => [
            s.name,
            s.status,
            s.failure?.code ?? s.captures[0]?.verdict.message ?? null
        ]);
        expect(seen).toEqual([
            ['throws', 'error', 'exception'],
            ['hangs', 'error', 'limit-exceeded'],
            ['rejects unseen', 'error', 'exception'],
            ['captures twice', 'error', 'bad-input'],
            ['captures nothing drawn', 'error', 'every pixel is (0, 0, 0): nothing was drawn'],
            ['is skipped', 'skipped', null],
            ['is well', 'passed', 'byte for byte the same']
        ]);
        expect(result.scenarios[1]!.durationS).toBeGreaterThanOrEqual(5);
        const html = renderHtml(reportOfRun(result));
        expect(html).toContain('no &lt;b&gt;such&lt;/b&gt; thing');
        expect(renderJunit(reportOfRun(result))).toContain('tests="8" failures="1" errors="5" skipped="1"');
    });

    it('makes what the report or the history could not take an error of the scenario that gave it', async () => {
        const gives = (
            name: string,
            give: (context: Record<string, (...given: unknown[]) => void>) => void
        ): Scenario => ({
            name,
            run: (context) => give(context as never)
        });
        const picture = { label: 'p', widthPx: 1, heightPx: 1 };
        const result = await run([
            gives('trend', ({ trend }) => trend!('t', Number.NaN, 'ms')),
            gives('figure', ({ figure }) => figure!({ label: 'f', value: undefined })),
            gives('kind', ({ section }) => section!({ kind: 'plott', title: 't' })),
            gives('plot', ({ section }) => section!({ kind: 'plot', title: 't', series: [{ points: [[0, 1]] }] })),
            gives('picture', ({ section }) => section!({ kind: 'pictures', title: 't', pictures: [picture] })),
            gives('log', ({ log }) => log!(3))
        ]);
        expect(result.scenarios.map(({ name, failure }) => [name, failure?.message.slice(0, 60) ?? null])).toEqual([
            ['trend', expect.stringMatching(/^a trend is "t": NaN "ms"/)],
            ['figure', expect.stringMatching(/^a figure is \{"label":"f"\}/)],
            ['kind', expect.stringMatching(/^a section of the report is \{"kind":"plott"/)],
            ['plot', expect.stringMatching(/^a section of the report is \{"kind":"plot"/)],
            ['picture', expect.stringMatching(/^a section of the report is \{"kind":"pictures"/)],
            ['log', null]
        ]);
        expect(renderHtml(reportOfRun(result))).toMatch(/<\/html>\s*$/);
    });

    it('ends a measurement of work that never waits when its time is up', async () => {
        let turns = 0;
        const work = (): number => {
            const until = performance.now() + 2;
            while (performance.now() < until);
            return ++turns;
        };
        const measures: Scenario = {
            name: 'measures',
            timeoutS: 0.05,
            run: ({ measure }) => measure('t', work, work, { rounds: 1000, looks: 1, warmUp: 0 })
        };
        const result = await run([measures]);
        expect(result.scenarios[0]!.failure).toMatchObject({ code: 'limit-exceeded' });
        expect(turns).toBeLessThan(4000);
    });

    it('tries a lost device once more, then says that it was lost', async () => {
        let runs = 0;
        const lost = (): never => {
            runs++;
            throw new MixreelError('device-lost', { what: 'the device was lost', mend: 'Try again' });
        };
        const result = await run([
            { name: 'always lost', run: lost },
            {
                name: 'lost once',
                run: ({ capture }) => (runs === 2 ? lost() : capture.exact('ramp', ramp, { expected: ramp }))
            }
        ]);
        expect(result.scenarios.map((s) => [s.status, s.attempts, s.failure?.code ?? null])).toEqual([
            ['error', 2, 'device-lost'],
            ['passed', 2, null]
        ]);
    });

    it('fails a capture that has no baseline, and shows it', async () => {
        const result = await run([{ name: 'new', run: ({ capture }) => capture.deterministic('ramp', ramp) }]);
        expect(result.scenarios[0]!.captures[0]!.verdict.message).toContain('no baseline yet');
        expect(renderHtml(reportOfRun(result))).toContain('data:image/png');
    });

    it('ends with what is finished when it is cancelled, and ends the scenario in progress', async () => {
        const abort = new AbortController();
        let signal: AbortSignal | undefined;
        const result = await run(
            [
                { name: 'first', run: () => {} },
                {
                    name: 'second',
                    run: (context) => {
                        signal = context.progress.signal;
                        abort.abort();
                        return new Promise(() => {});
                    }
                },
                { name: 'third', run: () => {} }
            ],
            { progress: { signal: abort.signal } }
        );
        expect(result).toMatchObject({ partial: true, scenarios: [{ name: 'first' }] });
        expect(signal?.aborted).toBe(true);
    });

    it('tells of each scenario as it ends', async () => {
        const told: string[] = [];
        const onResult = (r: { name: string }, soFar: { partial: boolean }): void =>
            void told.push(`${r.name} ${soFar.partial}`);
        await run(
            [
                { name: 'a', run: () => {} },
                { name: 'b', run: () => {} }
            ],
            { onResult }
        );
        expect(told).toEqual(['a true', 'b false']);
    });

    it('runs the next scenario while the last one is judged, tells of both in order, and takes times in quiet', async () => {
        const seen: string[] = [];
        let release = (): void => {};
        const judged = new Promise<void>((resolve) => {
            release = resolve;
        });
        const captures: Scenario['run'] = ({ capture }) => capture.counters('n', { n: 1 }, { expected: { n: 1 } });
        const times: Scenario = {
            name: 'times',
            run: async ({ measure }) => {
                setImmediate(release);
                await measure(
                    't',
                    () => {
                        seen.push('measured');
                        return 1;
                    },
                    () => 1,
                    { rounds: 8, looks: 1, warmUp: 0 }
                );
            }
        };
        await run(
            [{ name: 'slow to judge', run: captures }, { name: 'next', run: () => void seen.push('next ran') }, times],
            {
                judgedBehind: 5,
                judge: async (scenario, capture) => {
                    if (scenario !== 'times') await judged;
                    return {
                        capture,
                        verdict: { status: 'passed', message: '', figures: [], pictures: [], sections: [] },
                        against: 'none'
                    };
                },
                onResult: ({ name }) => void seen.push(name)
            }
        );
        const order = [...new Set(seen)];
        expect(order).toEqual(['next ran', 'slow to judge', 'next', 'measured', 'times']);
    });

    it('closes a browser that a scenario leaves open, and breaks the wait when it dies', async () => {
        let closed = 0;
        const session = {
            died: Promise.reject(new MixreelError('environment', { what: 'the browser died', mend: 'Run again' })),
            close: async () => void closed++
        } as unknown as BrowserSession;
        session.died.catch(() => {});
        const waits: Scenario = {
            name: 'waits',
            run: async ({ browser }) => {
                await browser();
                await new Promise(() => {});
            }
        };
        const result = await run([waits], { launch: async () => session });
        expect(result.scenarios[0]!.failure).toMatchObject({
            code: 'environment',
            message: expect.stringContaining('died')
        });
        expect(closed).toBe(1);
    });

    it('ends no browser that the next scenario uses when a late one gets it at last, and gives a late one nothing more', async () => {
        let closed = 0;
        let start = (): void => {};
        const started = new Promise<void>((resolve) => {
            start = resolve;
        });
        const session = {
            died: new Promise(() => {}),
            newPage: async () => ({ close: async () => {} }),
            close: async () => void closed++
        } as unknown as BrowserSession;
        let launches = 0;
        let late: ScenarioContext | undefined;
        let lateBrowser: Promise<unknown> = Promise.resolve();
        const result = await run(
            [
                {
                    name: 'late',
                    timeoutS: 0.02,
                    run: async (context) => {
                        late = context;
                        lateBrowser = context.browser().catch((error: unknown) => error);
                        await new Promise(() => {});
                    }
                },
                {
                    name: 'next',
                    run: async ({ browser, figure }) => {
                        const own = browser();
                        start();
                        await own;
                        expect(await lateBrowser).toMatchObject({ code: 'aborted' });
                        await expect(late!.browser()).rejects.toMatchObject({ code: 'aborted' });
                        figure({ label: 'closed', value: closed });
                        late!.capture.counters('late', { n: 1 });
                    }
                }
            ],
            {
                launch: async () => {
                    launches++;
                    await started;
                    return session;
                }
            }
        );
        expect(result.scenarios.map((s) => [s.name, s.status, s.captures.length])).toEqual([
            ['late', 'error', 0],
            ['next', 'passed', 0]
        ]);
        expect(result.scenarios[1]!.figures).toMatchObject([{ value: 0 }]);
        expect([launches, closed]).toEqual([1, 1]);
    });

    it('closes the networks of a scenario that is cancelled, late ones too', async () => {
        const abort = new AbortController();
        const lines = { opened: 0, closed: 0 };
        const open = async () => {
            lines.opened++;
            return { origin: 'http://127.0.0.1:1', description: '', close: async () => void lines.closed++ };
        };
        const cancels: Scenario = {
            name: 'cancels',
            run: async ({ network }) => {
                await network('n', 'http://127.0.0.1:2');
                abort.abort();
                await network('n', 'http://127.0.0.1:2').catch(() => {});
                await new Promise(() => {});
            }
        };
        const result = await run([cancels], { networks: { n: { open } }, progress: { signal: abort.signal } });
        expect(result).toMatchObject({ partial: true, scenarios: [] });
        expect(lines.opened).toBeGreaterThanOrEqual(1);
        expect(lines.closed).toBe(lines.opened);
    });

    it('gives a scenario the same random numbers whatever runs beside it', async () => {
        const drawn: number[] = [];
        const draw: Scenario = { name: 'draw', run: ({ rng }) => void drawn.push(rng.stream('x').uint32()) };
        await run([draw], { seed: 7 });
        await run([{ name: 'other', run: ({ rng }) => void rng.stream('x').uint32() }, draw], { seed: 7 });
        await run([draw], { seed: 8 });
        expect(drawn[0]).toBe(drawn[1]);
        expect(drawn[2]).not.toBe(drawn[0]);
        // Its own seed goes before the run's.
        await run([{ ...draw, seed: 7 }], { seed: 8 });
        expect(drawn[3]).toBe(drawn[0]);
    });

    it('keeps what was captured even if the scenario uses its arrays again', async () => {
        const color = Float32Array.from({ length: 12 }, (_, i) => i);
        const reuse: Scenario = {
            name: 'reuse',
            run: ({ capture }) => {
                const frame = new Frame({ widthPx: 2, heightPx: 2, layers: { color } });
                capture.exact('frame', frame, {
                    expected: new Frame({ widthPx: 2, heightPx: 2, layers: { color: color.slice() } })
                });
                color.fill(0);
            }
        };
        expect((await run([reuse])).status).toBe('passed');
    });

    it('lets a scenario write into its own folder only', async () => {
        const paths: string[] = [];
        const write: Scenario = {
            name: '../../outside',
            run: async ({ writeFile }) => {
                for (const name of ['../../../up.txt', '/etc/passwd', 'C:\\x', '..', 'con', 'a\u0000b', 'ok.txt'])
                    paths.push(await writeFile(name, 'x'));
            }
        };
        const other: Scenario = {
            ...write,
            name: '..//outside',
            run: async (c) => void (await c.writeFile('ok.txt', 'y'))
        };
        const result = await run([write, other]);
        expect(result.status).toBe('passed');
        // Names that read alike do not share a folder.
        expect(readFileSync(paths.at(-1)!, 'utf8')).toBe('x');
        const folders = [...new Set(paths.map((path) => dirname(path)))];
        expect(folders).toEqual([expect.stringMatching(/files[\\/]outside-[0-9a-f]{8}$/)]);
        expect(dirname(dirname(folders[0]!))).toBe(outDir);
        for (const path of paths) expect(existsSync(path)).toBe(true);
        expect(readdirSync(dirname(paths[0]!)).every((name) => !name.endsWith('.tmp'))).toBe(true);
    });
});

it('refuses to write through a link that stands where a scenario has its folder', async () => {
    const base = mkdtempSync(join(tmpdir(), 'mixreel-links-'));
    const elsewhere = mkdtempSync(join(tmpdir(), 'mixreel-elsewhere-'));
    onTestFinished(() => {
        for (const folder of [base, elsewhere]) rmSync(folder, { recursive: true });
    });
    symlinkSync(elsewhere, join(base, 'files'));
    const writes: Scenario = { name: 'writes', run: async ({ writeFile }) => void (await writeFile('x.txt', 'x')) };
    const { scenarios } = await runScenarios([writes], { outDir: base });
    expect(scenarios[0]!.failure).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/links followed/)
    });
    expect(readdirSync(elsewhere)).toEqual([]);
});

describe('safeFileName', () => {
    it('never leaves its folder, for any text', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary' }), (text) => {
                const name = safeFileName(text);
                expect(name).toMatch(/^[^\\/:*?"<>|\p{Cc}]{1,101}$/u);
                expect(name).not.toMatch(/^\.|[. ]$/);
            })
        );
    });
});

function blank(): Frame {
    return new Frame({ widthPx: 2, heightPx: 2, layers: { color: new Float32Array(12) } });
}
