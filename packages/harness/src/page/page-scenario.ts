/**
 * A scenario that is a web page with a canvas, anybody's: where it comes from, how large, how long it is let run, and what is
 * read from it. No code of the page has to know the harness; if it offers a `ready` promise or a function that reads its
 * buffers, they are used.
 */
import { badInput, Rng } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { addressOf } from '../browser/gate.ts';
import type { BrowserSession } from '../browser/launch-browser.ts';
import type { BrowserGpu } from '../browser/launch-flags.ts';
import type { Scenario, ScenarioContext, ScenarioDevice } from '../scenario/scenario.ts';
import { refuseOutside } from '../scenario/stay-inside.ts';
import { type StochasticJudge, withoutKind } from '../verdict/capture.ts';
import type { AnswerFunction } from './answer-function.ts';
import { checkChoice, checkFields, checkLocation, checkViewport } from './check-page-fields.ts';
import { eyesOf } from './eyes.ts';
import { findLeaks, type LeakBounds } from './find-leaks.ts';
import { frameTimesSection, takeTimes } from './frame-times.ts';
import {
    advance,
    checkSteps,
    intoLog,
    type OpenOptions,
    openPage,
    type PageLocation,
    type PageStep,
    readsOf,
    servePage,
    type Viewport
} from './open-page.ts';
import { checkPageCapture, frameOf, type PageCapture, takePageCapture } from './page-capture.ts';
import { deviceOf } from './page-device.ts';
import { readPagePicture } from './read-capture.ts';
import { Recording } from './recording.ts';

/** See the file comment. */
export interface PageScenario {
    readonly name: string;
    readonly page: PageLocation;
    /** Default one of 800 x 600. */
    readonly viewports?: readonly Viewport[];
    /** What draws. Default `swiftshader`; that of the device, if one is named. */
    readonly gpu?: BrowserGpu;
    /** Which device the report and `--device` know it by. Default that of `gpu`; none for pages without one. */
    readonly device?: Exclude<ScenarioDevice, 'node-dawn'>;
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
    /**
     * Answers of other origins from a file (HAR), so that the page needs no network. `record`: true lets the page reach any
     * origin, once, and writes the file, inside the configuration's `folder`. Or a function that answers requests to any origin, the page's own included: with msw
     * `(request) => getResponse(handlers, request)`. What it does not answer goes to the page's origin, or is refused.
     */
    readonly answers?: { readonly file: string; readonly record?: boolean } | AnswerFunction;
    /** Further origins that it may reach, `http://127.0.0.1:4173`. Default none: its own only. */
    readonly origins?: readonly string[];
    /**
     * Network between the page and its origin, by its name in HarnessConfig.networks. In real time the page sees how long it
     * takes; in virtual time the clock stands while an answer is on its way. The report shows the requests.
     */
    readonly network?: string;
    /** True: every picture is captured as two, of its left and of its right half: the eyes side by side. */
    readonly eyes?: boolean;
    /** Frames whose times the report shows, 1 to 10,000; they are drawn after the captures. Default none. */
    readonly frameTimes?: number;
    /** Frames that are drawn after all this, in which the page must not grow. A page that leaks is an error of its scenario. */
    readonly leaks?: LeakBounds;
    /** MiB of heap that the page may hold at any step, garbage apart; more is an error of its scenario. Default: no bound. */
    readonly maxHeapMiB?: number;
    /** HTTP status that its address must be answered with, 100 to 599. Default: any below 400; an error page is no picture of it. */
    readonly status?: number;
    readonly captures: readonly PageCapture[];
    /** Loads of the page, each with its own Math.random, that a stochastic capture is made of, 2 to 1000. Default 8. */
    readonly repetitions?: number;
    /** Its own seed in place of the run's: of Math.random, the networks and whatever else draws. */
    readonly seed?: number | string;
    /**
     * Seeds of Math.random, one for each load, integers from 0 to 2^32 - 1; then there are as many loads, and no `repetitions`.
     * Default: drawn from the seed, another for each load. A step `{ seed: 'app.setSeed' }` gives it to the page's own code.
     */
    readonly seeds?: readonly number[];
    readonly timeoutS?: number;
    readonly tags?: readonly string[];
    readonly skip?: string;
}

/** Turns the description of a page into a scenario. */
export function pageScenario(page: PageScenario): Scenario {
    checkPageScenario(page);
    const { name, timeoutS, tags, skip, seed } = page;
    return {
        name,
        ...(timeoutS === undefined ? {} : { timeoutS }),
        ...(tags === undefined ? {} : { tags }),
        ...(skip === undefined ? {} : { skip }),
        ...(seed === undefined ? {} : { seed }),
        ...deviceOf(gpuOf(page)),
        ...readsOf(page.page),
        ...(typeof page.answers === 'object' && page.answers.record ? { writes: [page.answers.file] } : {}),
        run: (context) => runPage(page, context)
    };
}

function gpuOf({ gpu, device }: PageScenario): BrowserGpu {
    return gpu ?? (device === 'chromium-gpu' ? 'gpu' : 'swiftshader');
}

/** Whoever adds a field is asked for it here. */
const FIELDS: Readonly<Record<keyof PageScenario, true>> = {
    ...{ name: true, page: true, viewports: true, gpu: true, device: true, ready: true, beforeReady: true, time: true },
    ...{ frameMs: true, steps: true, answers: true, origins: true, network: true, eyes: true, frameTimes: true },
    ...{ leaks: true, maxHeapMiB: true, status: true, captures: true, repetitions: true, seed: true, seeds: true },
    ...{ timeoutS: true, tags: true, skip: true }
};

function checkPageScenario(page: PageScenario): void {
    const who = `page scenario "${page.name}"`;
    checkFields(page, FIELDS, who);
    checkLocation(page.page, `page of ${who}`);
    for (const viewport of page.viewports ?? []) checkViewport(viewport, who);
    if (page.viewports?.length === 0) throw badInput(`${who} has no viewport`, 'at least one', 'Leave viewports out');
    checkChoice(`gpu of ${who}`, page.gpu, ['swiftshader', 'gpu', 'none']);
    checkChoice(`device of ${who}`, page.device, ['chromium-swiftshader', 'chromium-gpu']);
    checkChoice(`beforeReady of ${who}`, page.beforeReady, ['hold', 'run']);
    checkChoice(`time of ${who}`, page.time, ['virtual', 'real']);
    checkChoice(`eyes of ${who}`, page.eyes, [true, false]);
    if (!page.captures?.length)
        throw badInput(
            `${who} captures nothing`,
            'at least one capture',
            "Add { name: 'view', of: { screenshot: true }, judge: { kind: 'deterministic' } }"
        );
    for (const capture of page.captures) checkPageCapture(capture, page.time ?? 'virtual', who);
    const { repetitions = 8, frameMs = 1000 / 60, frameTimes = 1 } = page;
    if (!Number.isInteger(frameTimes) || frameTimes < 1 || frameTimes > 10_000)
        throw badInput(`frameTimes of ${who} is ${frameTimes}`, 'an integer from 1 to 10000', 'Leave it out');
    if (!Number.isInteger(repetitions) || repetitions < 2 || repetitions > 1000) {
        throw badInput(`repetitions of ${who} is ${repetitions}`, 'an integer from 2 to 1000', 'Leave it out for 8');
    }
    checkSeeds(page, who);
    for (const origin of page.origins ?? []) addressOf(origin);
    if (!(frameMs >= 0.1 && frameMs <= 10_000))
        throw badInput(`frameMs of ${who} is ${frameMs}`, '0.1 to 10000 ms', 'Leave it out');
    const { maxHeapMiB } = page;
    if (maxHeapMiB !== undefined && !(maxHeapMiB >= 1 && maxHeapMiB <= 1e6))
        throw badInput(`maxHeapMiB of ${who} is ${maxHeapMiB}`, '1 to 1000000', 'Leave it out');
    const { status = 200 } = page;
    if (!Number.isInteger(status) || status < 100 || status > 599)
        throw badInput(`status of ${who} is ${status}`, 'an integer from 100 to 599', 'Leave it out');
    const { frames: span = 1 } = page.leaks ?? {};
    if (!Number.isInteger(span) || span < 1 || span > 10_000)
        throw badInput(`leaks.frames of ${who} is ${span}`, 'an integer from 1 to 10000', 'Use 30');
    checkSteps(page.steps, who);
    if (page.time === 'real' && (page.leaks || page.steps?.some((step) => 'frames' in step))) {
        throw badInput(
            `${who} steps frames in real time`,
            "time: 'virtual'",
            'Leave out time, or wait for a promise instead'
        );
    }
}

function checkSeeds({ seeds, repetitions, captures }: PageScenario, who: string): void {
    if (seeds === undefined) return;
    const noisy = captures.some(({ judge }) => judge.kind === 'stochastic');
    const isSeed = (seed: unknown): boolean =>
        Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) < 2 ** 32;
    if (Array.isArray(seeds) && seeds.every(isSeed) && seeds.length >= (noisy ? 2 : 1) && repetitions === undefined)
        return;
    throw badInput(
        `seeds of ${who} is ${JSON.stringify(seeds)}${repetitions === undefined ? '' : ` beside ${repetitions} repetitions`}`,
        `integers from 0 to ${2 ** 32 - 1}, at least ${noisy ? 'two for a stochastic capture' : 'one'}, without repetitions`,
        'Use seeds: [1, 2, 3]'
    );
}

async function runPage(page: PageScenario, context: ScenarioContext): Promise<void> {
    const { file, record = false } = typeof page.answers === 'object' ? page.answers : { file: undefined };
    if (record && file !== undefined) await refuseOutside('the recording', file, context.folder);
    const { url: served, close } = await servePage(page.page, page.frameTimes !== undefined);
    try {
        const { origin, pathname, search, hash } = new URL(served);
        const line = page.network === undefined ? null : await context.network(page.network, origin);
        const own = line?.origin ?? origin;
        const url = own + pathname + search + hash;
        const answers = file === undefined ? null : record ? new Recording() : await Recording.read(file);
        const origins = record ? 'open' : [own, ...(page.origins ?? [])];
        const session = await context.browser({ origins, gpu: gpuOf(page) });
        const recording = answers ? { recording: { answers, record, ownOrigin: own } } : {};
        const answering =
            typeof page.answers === 'function' ? { answering: { give: page.answers, ownOrigin: own } } : {};
        const timed = page.frameTimes !== undefined;
        const more = { timed, noteRequests: line !== null, onEvent: intoLog(context) };
        const options = { ...page, ...recording, ...answering, ...more };
        for (const viewport of page.viewports ?? [{ widthPx: 800, heightPx: 600 }]) {
            await captureViewport(options, url, viewport, session, context, line?.description ?? '');
        }
        if (answers && record && file !== undefined) await answers.write(file);
    } finally {
        await close();
    }
}

async function captureViewport(
    page: PageScenario & OpenOptions,
    url: string,
    viewport: Viewport,
    session: BrowserSession,
    context: ScenarioContext,
    way: string
): Promise<void> {
    const several = (page.viewports?.length ?? 1) > 1;
    const suffix = several ? ` (${viewport.name ?? `${viewport.widthPx} x ${viewport.heightPx}`})` : '';
    const noisy = page.captures.filter((capture) => capture.judge.kind === 'stochastic');
    const drawn = Rng.create(context.seed).stream('page', page.name);
    const seedOf = (load: number): number => page.seeds?.[load] ?? drawn.uint32();
    const { eyes } = page;
    const rng = Rng.create(context.seed).stream('captures', page.name);
    const frames = new Map<string, Frame[]>();
    const judges = new Map<string, StochasticJudge>();
    const loads = noisy.length ? (page.seeds?.length ?? page.repetitions ?? 8) : 1;
    for (let load = 0; load < loads; load++) {
        const { guard, requests } = await openPage(page, url, viewport, session, seedOf(load));
        try {
            for (const capture of page.captures) {
                if (capture.judge.kind === 'stochastic' && 'of' in capture) {
                    for (const [eye, part] of eyesOf(await readPagePicture(guard, capture.of), eyes)) {
                        const name = capture.name + suffix + eye;
                        frames.set(name, [...(frames.get(name) ?? []), frameOf(part)]);
                        judges.set(name, capture.judge);
                    }
                } else if (load === 0) {
                    await takePageCapture(capture, { guard, requests, suffix, eyes, rng }, context);
                }
            }
            if (load === 0 && page.frameTimes !== undefined)
                context.section(frameTimesSection(`Frame times${suffix}`, await takeTimes(guard, page.frameTimes)));
            if (load === 0 && page.leaks) {
                const { figures, leak } = await findLeaks(guard, page.leaks, (n) => advance(guard, n, requests));
                for (const figure of figures) context.figure({ ...figure, label: figure.label + suffix });
                if (leak) throw leak;
            }
            await page.recording?.answers.settled();
            if (load === 0 && requests) context.section(requests.section(`Requests${suffix}`, way));
        } finally {
            await guard.close();
        }
        context.progress.report?.(load + 1, loads, page.name);
    }
    for (const [name, all] of frames) context.capture.stochastic(name, all, withoutKind(judges.get(name)!));
}
