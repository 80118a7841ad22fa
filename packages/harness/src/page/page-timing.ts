/**
 * Is a page slower than another version of itself? Both run in one browser, interleaved A B B A, the same frames of the virtual
 * clock with the same chance, each frame timed until the GPU is done. Judged are the median time of a frame, and the GPU's time
 * in each pass that both versions have and that is worth it, as captures of their own: together they share one chance of a
 * false alarm. Counted work (draws, shaders, bytes) needs no statistics: the report has the differences, and `counters: 'equal'`
 * makes each of them a failure.
 *
 * Missed vsync is not compared: on the virtual clock there is none, and in real time the browser gives frames only to the page
 * in front. A page scenario with `time: 'real'` and `frameTimes` shows it for one version.
 */
import { badInput, quantile } from '@mixreel/core';
import { addressOf } from '../browser/gate.ts';
import { signalOf } from '../browser/host.ts';
import type { BrowserGpu } from '../browser/launch-flags.ts';
import type { PageGuard } from '../browser/page-guard.ts';
import type { Scenario, ScenarioContext } from '../scenario/scenario.ts';
import type { MeasureOptions, OwnTimes } from '../timing/measure-timings.ts';
import { checkChoice, checkFields, checkLocation, checkViewport } from './check-page-fields.ts';
import { frameTimesSection, takeTimes } from './frame-times.ts';
import {
    checkSteps,
    intoLog,
    openPage,
    type PageLocation,
    type PageStep,
    readsOf,
    servePage,
    type Viewport
} from './open-page.ts';
import { deviceOf } from './page-device.ts';
import { readPageWork } from './read-capture.ts';
import { judgedPasses, passesTable, type SideTimes, sideTimes, workTable } from './side-times.ts';

type MadePage = PageLocation & { readonly remove?: () => Promise<void> };

/** A version that is there, or a function that makes one; what has `remove` is removed after the run, however it ends. */
export type TimedPage = PageLocation | ((limits: { readonly signal?: AbortSignal }) => Promise<MadePage>);

/** See the file comment. */
export interface PageTiming {
    readonly name: string;
    /**
     * The version to compare with. From git or npm: `(limits) => appVersion({ git: 'v1.2' }, { build, folder, ...limits })`;
     * making it counts within `timeoutS`.
     */
    readonly baseline: TimedPage;
    readonly candidate: TimedPage;
    /** Further origins that both may reach. Default none: their own only. */
    readonly origins?: readonly string[];
    /** Default 800 x 600. */
    readonly viewport?: Viewport;
    /** Default `swiftshader`. */
    readonly gpu?: BrowserGpu;
    /** Path of a promise or function: see PageScenario. */
    readonly ready?: string;
    /** What both do before they are timed. Default one frame. */
    readonly steps?: readonly PageStep[];
    /** Frames of one time, of which the median counts, 1 to 10,000. Default 10. */
    readonly frames?: number;
    /** `cpu`: the page's thread; `total` (the default): until the GPU is done. */
    readonly metric?: 'cpu' | 'total';
    /**
     * `judge` (the default): the GPU's time in each pass, by its label, is judged like the frame's, if both versions have the
     * pass in each time and it takes 5 % of the GPU's time in one of them. `report`: it is only shown.
     */
    readonly passes?: 'judge' | 'report';
    /**
     * `equal`: counted work that differs between the versions fails. `report` (the default): it is only shown, since a version
     * may well do other work. Long frames are shown and never judged: a busy machine has them, too.
     */
    readonly counters?: 'equal' | 'report';
    readonly measure?: Omit<MeasureOptions, 'progress'>;
    /** Its own seed in place of the run's. */
    readonly seed?: number | string;
    readonly timeoutS?: number;
    readonly tags?: readonly string[];
    readonly skip?: string;
}

/** Turns two versions of a page into a scenario whose captures are their timings. */
export function pageTiming(timing: PageTiming): Scenario {
    checkPageTiming(timing);
    const { name, timeoutS, tags, skip, seed } = timing;
    return {
        name,
        ...(timeoutS === undefined ? {} : { timeoutS }),
        ...(tags === undefined ? {} : { tags }),
        ...(skip === undefined ? {} : { skip }),
        ...(seed === undefined ? {} : { seed }),
        ...deviceOf(timing.gpu ?? 'swiftshader'),
        ...readsOf(timing.baseline, timing.candidate),
        run: (context) =>
            withPage(timing.baseline, context, (baseline) =>
                withPage(timing.candidate, context, (candidate) => comparePages(timing, [baseline, candidate], context))
            )
    };
}

/** Whoever adds a field is asked for it here. */
const FIELDS: Readonly<Record<keyof PageTiming, true>> = {
    ...{
        name: true,
        baseline: true,
        candidate: true,
        origins: true,
        viewport: true,
        gpu: true,
        ready: true,
        steps: true
    },
    ...{ frames: true, metric: true, passes: true, counters: true, measure: true, seed: true, timeoutS: true },
    ...{ tags: true, skip: true }
};

function checkPageTiming(timing: PageTiming): void {
    const { name, frames = 10, passes = 'judge', counters = 'report', steps, origins = [] } = timing;
    const who = `page timing "${name}"`;
    checkFields(timing, FIELDS, who);
    for (const [side, page] of Object.entries({ baseline: timing.baseline, candidate: timing.candidate }))
        if (typeof page !== 'function') checkLocation(page, `${side} of ${who}`);
    if (timing.viewport) checkViewport(timing.viewport, who);
    checkChoice(`gpu of ${who}`, timing.gpu, ['swiftshader', 'gpu', 'none']);
    checkChoice(`metric of ${who}`, timing.metric, ['cpu', 'total']);
    if (!Number.isInteger(frames) || frames < 1 || frames > 10_000)
        throw badInput(`frames of ${who} is ${frames}`, 'an integer from 1 to 10000', 'Leave it out');
    checkChoice(`passes of ${who}`, passes, ['judge', 'report']);
    checkChoice(`counters of ${who}`, counters, ['equal', 'report']);
    checkSteps(steps, who);
    for (const origin of origins) addressOf(origin);
}

/** Gives a version's address to `use`; then takes away what was made for it, however that ended. */
async function withPage(page: TimedPage, context: ScenarioContext, use: (url: string) => Promise<void>): Promise<void> {
    const made: MadePage = typeof page === 'function' ? await page(signalOf(context.progress)) : page;
    try {
        const { url, close } = await servePage(made, true);
        try {
            await use(url);
        } finally {
            await close();
        }
    } finally {
        await made.remove?.();
    }
}

async function comparePages(timing: PageTiming, urls: [string, string], context: ScenarioContext): Promise<void> {
    const { viewport = { widthPx: 800, heightPx: 600 }, gpu = 'swiftshader' } = timing;
    const guards: PageGuard[] = [];
    try {
        const origins = [...urls.map((url) => new URL(url).origin), ...(timing.origins ?? [])];
        const session = await context.browser({ origins, gpu });
        const seed = context.rng.stream('page').uint32();
        const options = { ...timing, timed: true, onEvent: intoLog(context) };
        for (const url of urls) guards.push((await openPage(options, url, viewport, session, seed)).guard);
        const sides = await timePages(timing, guards as [PageGuard, PageGuard], context);
        const [before, now] = [await readPageWork(guards[0]!), await readPageWork(guards[1]!)];
        if (timing.counters === 'equal') context.capture.counters('counted work', now, { expected: before });
        context.section(workTable(before, now, sides));
        const passes = passesTable(sides);
        if (passes.rows.length) context.section(passes);
        for (const [i, title] of ['Baseline, last frames', 'Candidate, last frames'].entries())
            context.section(frameTimesSection(title, sides[i]!.last));
    } finally {
        for (const guard of guards) await guard.close();
    }
}

async function timePages(
    timing: PageTiming,
    guards: [PageGuard, PageGuard],
    context: ScenarioContext
): Promise<[SideTimes, SideTimes]> {
    const { frames = 10, metric = 'total', passes = 'judge' } = timing;
    // Which passes are judged is settled before anything is measured, by times that do not count.
    const sides = [
        sideTimes(await takeTimes(guards[0], frames)),
        sideTimes(await takeTimes(guards[1], frames))
    ] as const;
    const judged = passes === 'judge' ? judgedPasses(sides) : [];
    const median = ({ last }: SideTimes): number => quantile(metric === 'cpu' ? last.cpuMs : last.totalMs, 0.5);
    const sample = (side: 0 | 1) => async (): Promise<OwnTimes> => {
        const passMs = sides[side].add(await takeTimes(guards[side], frames));
        const parts = judged.map((label) => [`GPU pass "${label}"`, passMs.get(label) ?? 0] as const);
        return { ms: median(sides[side]), parts: Object.fromEntries(parts) };
    };
    // The median of several frames already; the shortest of several medians would ask for too many frames.
    await context.measure('frame time', sample(0), sample(1), { repeats: 1, ...timing.measure });
    context.trend('frame time', median(sides[1]), 'ms');
    return [...sides];
}
