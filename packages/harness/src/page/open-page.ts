/** Serves a page and opens it under guard, with time and chance in the harness's hands and its work counted. */
import { badInput } from '@mixreel/core';
import type { Frame, HTTPResponse } from 'puppeteer-core';
import type { BrowserSession } from '../browser/launch-browser.ts';
import type { PageEvent, PageGuard } from '../browser/page-guard.ts';
import type { AskedRequest } from '../browser/request-filter.ts';
import type { ScenarioContext } from '../scenario/scenario.ts';
import { type AnswerFunction, answerOf } from './answer-function.ts';
import { checkHeap } from './find-leaks.ts';
import { instrumentScript } from './instrument.ts';
import { liveObjectsScript } from './live-objects.ts';
import { RequestLog } from './network.ts';
import { callPage } from './read-capture.ts';
import type { Recording } from './recording.ts';
import { serveFolder } from './serve-folder.ts';
import { VIRTUAL_TIME_HANDLE, virtualTimeScript } from './virtual-time.ts';

/** Where the page is. */
export type PageLocation =
    /** A built page in a folder; `path` within it, default `index.html`. */
    | ({ readonly folder: string; readonly path?: string } & ServedPage)
    /** The page itself, as text. */
    | ({ readonly html: string } & ServedPage)
    /** Anything that already runs; its origin is the only one the page reaches. */
    | { readonly url: string };

/** How the harness serves a page of a folder or of text. */
export interface ServedPage {
    /**
     * Cross-origin isolated: its clock then has steps of 5 us, not of 100, and it may share memory; frames and windows of other
     * origins are shut out. Default: true where times are taken (pageTiming, frameTimes), else false.
     */
    readonly isolated?: boolean;
}

/** One thing to do before capturing. */
export type PageStep =
    /** Lets the page draw so many frames of the virtual clock, 1 to 100,000. */
    | { readonly frames: number }
    /** Waits for a promise of the page by its path. */
    | { readonly wait: string }
    /** Calls a function of the page by its path: `app.setCamera`. */
    | { readonly call: string; readonly args?: readonly unknown[] }
    /** Calls a function of the page by its path with the seed of this load: for a renderer that draws by its own. */
    | { readonly seed: string };

const STEPS = ['frames', 'wait', 'call', 'seed'];

/** Throws `bad-input` for a step that is none, and for frames out of range. */
export function checkSteps(steps: readonly PageStep[] = [], who: string): void {
    for (const step of steps) {
        const [kind, ...more] = Object.entries(step).filter(([name]) => STEPS.includes(name));
        if (!kind || more.length > 0 || (kind[0] !== 'frames' && typeof kind[1] !== 'string')) {
            throw badInput(
                `a step of ${who} is ${JSON.stringify(step)}`,
                `one of ${STEPS.join(', ')}; all but frames with a path of the page`,
                "Use { wait: 'app.loaded' }, { call: 'app.setCamera', args: [1, 2] } or { frames: 10 }"
            );
        }
        if (!('frames' in step)) continue;
        if (Number.isInteger(step.frames) && step.frames >= 1 && step.frames <= 100_000) continue;
        throw badInput(`a step of ${who} has ${step.frames} frames`, 'an integer from 1 to 100000', 'Correct it');
    }
}

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

/** How a page is opened; see PageScenario. */
export interface OpenOptions {
    readonly ready?: string;
    readonly beforeReady?: 'hold' | 'run';
    readonly time?: 'virtual' | 'real';
    readonly frameMs?: number;
    readonly steps?: readonly PageStep[];
    /** What answers in place of the network, or notes what the network answers. */
    readonly recording?: { readonly answers: Recording; readonly record: boolean; readonly ownOrigin: string };
    /** A function that answers in place of the network. */
    readonly answering?: { readonly give: AnswerFunction; readonly ownOrigin: string };
    /** MiB that the page's heap may hold after each step and every 60 frames. */
    readonly maxHeapMiB?: number;
    /** Status that its address must be answered with. */
    readonly status?: number;
    /** True: times of its frames are taken. */
    readonly timed?: boolean;
    /** True: its requests are noted, and virtual time stands while one is on its way. */
    readonly noteRequests?: boolean;
    /** Told of what the page prints and does that a report should tell. */
    readonly onEvent?: (event: PageEvent) => void;
}

/** A page that is ready for its captures. */
export interface OpenedPage {
    readonly guard: PageGuard;
    /** Null unless they were to be noted. */
    readonly requests: RequestLog | null;
}

/** For a scenario of pages: the folders that they are in. */
export function readsOf(...pages: readonly (PageLocation | ((...args: never[]) => unknown))[]): { reads?: string[] } {
    const folders = pages.flatMap((page) => ('folder' in page ? [page.folder] : []));
    return folders.length > 0 ? { reads: folders } : {};
}

/** A page's address, served if need be. @param timed - Its times are to be taken. */
export async function servePage(
    page: PageLocation,
    timed: boolean
): Promise<{ readonly url: string; close(): Promise<void> }> {
    if ('url' in page) return { url: page.url, close: async () => {} };
    const server = await serveFolder({ ...page, isolated: page.isolated ?? timed });
    const url = new URL(('folder' in page && page.path) || '/', server.origin).href;
    return { url, close: () => server.close() };
}

/**
 * Opens a page, waits until it is ready, and takes its steps.
 *
 * @param seed - Of Math.random.
 */
export async function openPage(
    options: OpenOptions,
    url: string,
    viewport: Viewport,
    session: BrowserSession,
    seed: number
): Promise<OpenedPage> {
    const { recording, answering } = options;
    recording?.answers.restart();
    const replay = recording && !recording.record;
    const answer = replay
        ? { answer: (request: AskedRequest) => recording.answers.answer(request) }
        : answering
          ? { answer: (request: AskedRequest) => answerOf(answering.give, request, answering.ownOrigin) }
          : {};
    // Where times are looked at, nothing else should work.
    const another = options.time !== 'real' && !options.timed;
    const onEvent = options.onEvent ? { onEvent: options.onEvent } : {};
    const guard = await session.newPage({ ...viewport, ...answer, ...onEvent, another });
    if (recording?.record) recording.answers.follow(guard.page, recording.ownOrigin);
    const virtual = options.time !== 'real';
    try {
        if (virtual) {
            const { frameMs = 1000 / 60, beforeReady = 'hold' } = options;
            await guard.page.evaluateOnNewDocument(virtualTimeScript({ seed, frameMs, beforeReady }));
        }
        await guard.page.evaluateOnNewDocument(instrumentScript(VIRTUAL_TIME_HANDLE));
        await guard.page.evaluateOnNewDocument(liveObjectsScript());
        const requests = options.noteRequests ? await RequestLog.attach(guard.page) : null;
        // No timeouts here: the scenario's own ends every wait.
        checkAnswer(await guard.watch(guard.page.goto(url, { waitUntil: 'load', timeout: 0 })), options.status);
        if (options.ready !== undefined) await callPage(guard, options.ready, []);
        const steps = options.steps ?? (virtual ? [{ frames: 1 }] : []);
        for (const [i, step] of steps.entries()) {
            if ('frames' in step) await advanceWatched(guard, step.frames, requests, options.maxHeapMiB);
            else if ('wait' in step) await callPage(guard, step.wait, []);
            else if ('seed' in step) await callPage(guard, step.seed, [seed]);
            else await callPage(guard, step.call, step.args ?? []);
            if (options.maxHeapMiB !== undefined) await checkHeap(guard, options.maxHeapMiB, `after step ${i + 1}`);
        }
        return { guard, requests };
    } catch (error) {
        await guard.close();
        throw error;
    }
}

/** Puts what a page prints and does into the log of its scenario. */
export function intoLog({ log }: Pick<ScenarioContext, 'log'>): (event: PageEvent) => void {
    return ({ kind, text }) => log(`${kind}: ${text}`);
}

/** Throws `bad-input` for a page that is not there or broke on its server: its error message would be the picture. */
function checkAnswer(response: HTTPResponse | null, wanted: number | undefined): void {
    const status = response?.status();
    if (status === undefined || (wanted === undefined ? status < 400 : status === wanted)) return;
    throw badInput(
        `${response?.url()} was answered with status ${status}`,
        wanted === undefined ? 'a status below 400' : String(wanted),
        'Correct the address or the server; for a page of an error, say which status it has'
    );
}

/** Frames after which a heap that has a ceiling is looked at: one look takes 2 ms. */
const HEAP_FRAMES = 60;

async function advanceWatched(
    guard: PageGuard,
    frames: number,
    requests: RequestLog | null,
    maxHeapMiB: number | undefined
): Promise<void> {
    const span = maxHeapMiB === undefined ? frames : HEAP_FRAMES;
    for (let done = 0; done < frames; done += span) {
        await advance(guard, Math.min(span, frames - done), requests);
        if (maxHeapMiB !== undefined)
            await checkHeap(guard, maxHeapMiB, `after ${Math.min(frames, done + span)} frames`);
    }
}

/**
 * Frames of the virtual clock; with a network one by one, each once everything that was asked for has come. Frames of other
 * origins inside the page are led beside it, one by one, too.
 */
export async function advance(guard: PageGuard, frames: number, requests: RequestLog | null): Promise<void> {
    const path = `${VIRTUAL_TIME_HANDLE}.advance`;
    for (let done = 0; done < frames; ) {
        if (requests) await answersOf(guard, requests);
        const strangers = await framesToLead(guard);
        const count = requests || strangers.length > 0 ? 1 : frames - done;
        done += (await callPage(guard, path, [count])) as number;
        for (const frame of strangers) await leadFrame(guard, frame);
        if (strangers.length > 0) await callPage(guard, `${VIRTUAL_TIME_HANDLE}.settle`, []);
    }
    if (requests) await answersOf(guard, requests);
}

/** What an answer asks for in turn is waited for, too; a page that always asks for more is not. */
const MOST_ANSWERS = 20;

async function answersOf(guard: PageGuard, requests: RequestLog): Promise<void> {
    for (let i = 0; i < MOST_ANSWERS && (await guard.watch(requests.idle())); i++)
        await callPage(guard, `${VIRTUAL_TIME_HANDLE}.arrive`, []);
}

/** Frames whose clock no other frame leads. One that goes away meanwhile needs none. */
async function framesToLead({ page }: PageGuard): Promise<Frame[]> {
    const inner = page.frames().filter((frame) => frame !== page.mainFrame());
    const led = await Promise.all(
        inner.map((frame) =>
            frame
                .evaluate((handle) => (globalThis as unknown as Clocks)[handle]?.led ?? true, VIRTUAL_TIME_HANDLE)
                .catch(() => true)
        )
    );
    return inner.filter((_, i) => !led[i]);
}

/** It does not settle by itself: a hidden frame of another origin is never drawn by the browser, and would wait for ever. */
async function leadFrame(guard: PageGuard, frame: Frame): Promise<void> {
    const once = frame.evaluate(async (handle) => {
        const clock = (globalThis as unknown as Clocks)[handle];
        await clock?.before();
        clock?.frame();
        await clock?.after();
    }, VIRTUAL_TIME_HANDLE);
    await guard.watch(once).catch((error: unknown) => {
        if (!frame.detached) throw error;
    });
}

interface Clock {
    readonly led: boolean;
    before(): Promise<void>;
    frame(): void;
    after(): Promise<void>;
}
type Clocks = Record<string, Clock | undefined>;
