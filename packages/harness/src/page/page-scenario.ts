/**
 * A scenario that is a web page with a canvas, anybody's: where it comes from, how large, how long it is let run, and what is
 * read from it. No code of the page has to know the harness; if it offers a `ready` promise or a function that reads its
 * buffers, they are used.
 */
import { badInput, Rng } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import type { BrowserSession } from '../browser/launch-browser.ts';
import type { BrowserGpu } from '../browser/launch-flags.ts';
import type { PageGuard } from '../browser/page-guard.ts';
import type { Scenario, ScenarioContext } from '../scenario/scenario.ts';
import {
    type CountersJudge,
    type DeterministicJudge,
    type ExactJudge,
    type PerceptualJudge,
    type StochasticJudge,
    withoutKind
} from '../verdict/capture.ts';
import { callPage, type PageSource, readPageCounters, readPageFrame, readPagePicture } from './read-capture.ts';
import { serveFolder } from './serve-folder.ts';
import { VIRTUAL_TIME_HANDLE, virtualTimeScript } from './virtual-time.ts';

/** Where the page is. */
export type PageLocation =
    /** A built page in a folder; `path` within it, default `index.html`. */
    | { readonly folder: string; readonly path?: string }
    /** The page itself, as text. */
    | { readonly html: string }
    /** Anything that already runs; its origin is the only one the page reaches. */
    | { readonly url: string };

/** One thing to do before capturing. */
export type PageStep =
    /** Lets the page draw so many frames of the virtual clock, 1 to 100,000. */
    | { readonly frames: number }
    /** Waits for a promise of the page by its path. */
    | { readonly wait: string }
    /** Calls a function of the page by its path: `app.setCamera`. */
    | { readonly call: string; readonly args?: readonly unknown[] };

/** What is captured of the page, and how it is judged. */
export type PageCapture = { readonly name: string } & (
    | { readonly of: PageSource; readonly judge: ExactJudge | DeterministicJudge | PerceptualJudge | StochasticJudge }
    | { readonly counters: string; readonly judge: CountersJudge }
);

/** Size of the page. */
export interface Viewport {
    /** Shown in the capture's name where there are several. */
    readonly name?: string;
    /** CSS px, 1 to 16384. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** 0.5 to 4. Default 1. */
    readonly pixelRatio?: number;
}

/** See the file comment. */
export interface PageScenario {
    readonly name: string;
    readonly page: PageLocation;
    /** Default one of 800 x 600. */
    readonly viewports?: readonly Viewport[];
    /** What draws. Default `swiftshader`. */
    readonly gpu?: BrowserGpu;
    /** Path of a promise, or a function that returns one, which is fulfilled once the page may be stepped: `app.ready`. */
    readonly ready?: string;
    /** What becomes of animation frames before that. Default `hold`: the same number of frames each time. */
    readonly beforeReady?: 'hold' | 'run';
    /** `real`: the page's own time and chance; such captures are seldom the same twice. Default `virtual`. */
    readonly time?: 'virtual' | 'real';
    /** Length of a frame, ms, 0.1 to 10,000. Default 1000 / 60. */
    readonly frameMs?: number;
    /** Default one frame. */
    readonly steps?: readonly PageStep[];
    readonly captures: readonly PageCapture[];
    /** Loads of the page, each with its own Math.random, that a stochastic capture is made of, 2 to 1000. Default 8. */
    readonly repetitions?: number;
    readonly timeoutS?: number;
    readonly tags?: readonly string[];
    readonly skip?: string;
}

/** Turns the description of a page into a scenario. */
export function pageScenario(page: PageScenario): Scenario {
    checkPageScenario(page);
    const { name, timeoutS, tags, skip } = page;
    return {
        name,
        ...(timeoutS === undefined ? {} : { timeoutS }),
        ...(tags === undefined ? {} : { tags }),
        ...(skip === undefined ? {} : { skip }),
        run: (context) => runPage(page, context)
    };
}

function checkPageScenario(page: PageScenario): void {
    const who = `page scenario "${page.name}"`;
    if (!page.captures?.length)
        throw badInput(
            `${who} captures nothing`,
            'at least one capture',
            "Add { name: 'view', of: { screenshot: true }, judge: { kind: 'deterministic' } }"
        );
    const { repetitions = 8, frameMs = 1000 / 60 } = page;
    if (!Number.isInteger(repetitions) || repetitions < 2 || repetitions > 1000) {
        throw badInput(`repetitions of ${who} is ${repetitions}`, 'an integer from 2 to 1000', 'Leave it out for 8');
    }
    if (!(frameMs >= 0.1 && frameMs <= 10_000))
        throw badInput(`frameMs of ${who} is ${frameMs}`, '0.1 to 10000 ms', 'Leave it out');
    for (const step of page.steps ?? []) {
        if (!('frames' in step)) continue;
        if (Number.isInteger(step.frames) && step.frames >= 1 && step.frames <= 100_000) continue;
        throw badInput(`a step of ${who} has ${step.frames} frames`, 'an integer from 1 to 100000', 'Correct it');
    }
    if (page.time === 'real' && page.steps?.some((step) => 'frames' in step)) {
        throw badInput(
            `${who} steps frames in real time`,
            "time: 'virtual'",
            'Leave out time, or wait for a promise instead'
        );
    }
}

async function runPage(page: PageScenario, context: ScenarioContext): Promise<void> {
    const server = 'url' in page.page ? null : await serveFolder(page.page);
    try {
        const url =
            'url' in page.page
                ? page.page.url
                : new URL(('folder' in page.page && page.page.path) || '/', server!.origin).href;
        const session = await context.browser({ origins: [new URL(url).origin], gpu: page.gpu ?? 'swiftshader' });
        for (const viewport of page.viewports ?? [{ widthPx: 800, heightPx: 600 }]) {
            await captureViewport(page, url, viewport, session, context);
        }
    } finally {
        await server?.close();
    }
}

async function captureViewport(
    page: PageScenario,
    url: string,
    viewport: Viewport,
    session: BrowserSession,
    context: ScenarioContext
): Promise<void> {
    const several = (page.viewports?.length ?? 1) > 1;
    const suffix = several ? ` (${viewport.name ?? `${viewport.widthPx} x ${viewport.heightPx}`})` : '';
    const noisy = page.captures.filter((capture) => capture.judge.kind === 'stochastic');
    const seeds = Rng.create(context.seed).stream('page', page.name);
    const frames = new Map<string, Frame[]>(noisy.map((capture) => [capture.name, []]));
    const loads = noisy.length ? (page.repetitions ?? 8) : 1;
    for (let load = 0; load < loads; load++) {
        const guard = await openPage(page, url, viewport, session, seeds.uint32());
        try {
            for (const capture of page.captures) {
                if (capture.judge.kind === 'stochastic' && 'of' in capture) {
                    frames.get(capture.name)!.push(await readPageFrame(guard, capture.of));
                } else if (load === 0) {
                    await captureOne(capture, guard, suffix, context);
                }
            }
        } finally {
            for (const event of guard.events) context.log(`${event.kind}: ${event.text}`);
            await guard.close();
        }
        context.progress.report?.(load + 1, loads, page.name);
    }
    for (const capture of noisy) {
        const { kind: _, ...options } = capture.judge as StochasticJudge;
        context.capture.stochastic(capture.name + suffix, frames.get(capture.name)!, options);
    }
}

async function captureOne(
    capture: PageCapture,
    guard: PageGuard,
    suffix: string,
    context: ScenarioContext
): Promise<void> {
    const name = capture.name + suffix;
    if ('counters' in capture) {
        context.capture.counters(name, await readPageCounters(guard, capture.counters));
        return;
    }
    const { judge } = capture;
    if (judge.kind === 'deterministic') {
        const picture = await readPagePicture(guard, capture.of);
        return context.capture.deterministic(name, picture, withoutKind(judge));
    }
    const frame = await readPageFrame(guard, capture.of);
    if (judge.kind === 'exact') context.capture.exact(name, frame);
    else if (judge.kind === 'perceptual') context.capture.perceptual(name, frame, withoutKind(judge));
}

async function openPage(
    page: PageScenario,
    url: string,
    viewport: Viewport,
    session: BrowserSession,
    seed: number
): Promise<PageGuard> {
    const guard = await session.newPage(viewport);
    const virtual = page.time !== 'real';
    try {
        if (virtual) {
            const options = { seed, frameMs: page.frameMs ?? 1000 / 60, beforeReady: page.beforeReady ?? 'hold' };
            await guard.page.evaluateOnNewDocument(virtualTimeScript(options));
        }
        // No timeouts here: the scenario's own ends every wait.
        await guard.watch(guard.page.goto(url, { waitUntil: 'load', timeout: 0 }));
        if (page.ready !== undefined) await callPage(guard, page.ready, []);
        const steps = page.steps ?? (virtual ? [{ frames: 1 }] : []);
        for (const step of steps) {
            if ('frames' in step) await callPage(guard, `${VIRTUAL_TIME_HANDLE}.advance`, [step.frames]);
            else if ('wait' in step) await callPage(guard, step.wait, []);
            else await callPage(guard, step.call, step.args ?? []);
        }
        return guard;
    } catch (error) {
        await guard.close();
        throw error;
    }
}
