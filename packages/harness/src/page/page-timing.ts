/**
 * Is a page slower than another version of itself? Both run in one browser, interleaved A B B A, the same frames of the
 * virtual clock with the same chance, each frame timed until the GPU is done. Beside the verdict the report has both versions'
 * counted work, which needs no statistics, and their GPU time by pass.
 */
import { badInput, quantile } from '@mixreel/core';
import type { BrowserGpu } from '../browser/launch-flags.ts';
import type { PageGuard } from '../browser/page-guard.ts';
import type { TableSection } from '../report/report.ts';
import type { Scenario, ScenarioContext } from '../scenario/scenario.ts';
import type { MeasureOptions } from '../timing/measure-timings.ts';
import { frameTimesSection, takeTimes } from './frame-times.ts';
import type { FrameTimes } from './instrument.ts';
import { openPage, type PageLocation, servePage, type Viewport } from './open-page.ts';
import { deviceOf } from './page-device.ts';
import { readPageWork } from './read-capture.ts';

/** See the file comment. */
export interface PageTiming {
    readonly name: string;
    /** The version to compare with: a folder, an address; `appVersion` builds one from git or npm. */
    readonly baseline: PageLocation | (() => Promise<PageLocation>);
    readonly candidate: PageLocation;
    /** Default 800 x 600. */
    readonly viewport?: Viewport;
    /** Default `swiftshader`. */
    readonly gpu?: BrowserGpu;
    /** Path of a promise or function: see PageScenario. */
    readonly ready?: string;
    /** Frames of one time, of which the median counts, 1 to 10,000. Default 10. */
    readonly frames?: number;
    /** `cpu`: the page's thread; `total` (the default): until the GPU is done. */
    readonly metric?: 'cpu' | 'total';
    readonly measure?: Omit<MeasureOptions, 'progress'>;
    /** Its own seed in place of the run's. */
    readonly seed?: number | string;
    readonly timeoutS?: number;
    readonly tags?: readonly string[];
    readonly skip?: string;
}

/** Turns two versions of a page into a scenario whose capture is their timing. */
export function pageTiming(timing: PageTiming): Scenario {
    const { name, timeoutS, tags, skip, seed, frames = 10 } = timing;
    if (!Number.isInteger(frames) || frames < 1 || frames > 10_000)
        throw badInput(`frames of page timing "${name}" is ${frames}`, 'an integer from 1 to 10000', 'Leave it out');
    return {
        name,
        ...(timeoutS === undefined ? {} : { timeoutS }),
        ...(tags === undefined ? {} : { tags }),
        ...(skip === undefined ? {} : { skip }),
        ...(seed === undefined ? {} : { seed }),
        ...deviceOf(timing.gpu ?? 'swiftshader'),
        run: (context) => comparePages(timing, context)
    };
}

async function comparePages(timing: PageTiming, context: ScenarioContext): Promise<void> {
    const { baseline, candidate, viewport = { widthPx: 800, heightPx: 600 }, frames = 10 } = timing;
    const served = [await servePage(typeof baseline === 'function' ? await baseline() : baseline)];
    const guards: PageGuard[] = [];
    try {
        served.push(await servePage(candidate));
        const origins = served.map(({ url }) => new URL(url).origin);
        const session = await context.browser({ origins, gpu: timing.gpu ?? 'swiftshader' });
        const seed = context.rng.stream('page').uint32();
        for (const { url } of served)
            guards.push((await openPage({ ...timing, timed: true }, url, viewport, session, seed)).guard);
        const last: FrameTimes[] = [];
        const sample = (side: 0 | 1) => async (): Promise<number> => {
            const times = await takeTimes(guards[side]!, frames);
            last[side] = times;
            return quantile(timing.metric === 'cpu' ? times.cpuMs : times.totalMs, 0.5);
        };
        // The median of several frames already; the shortest of several medians would ask for too many frames.
        await context.measure('frame time', sample(0), sample(1), { repeats: 1, ...timing.measure });
        const medianMs = quantile(timing.metric === 'cpu' ? last[1]!.cpuMs : last[1]!.totalMs, 0.5);
        context.trend('frame time', medianMs, 'ms');
        context.section(workTable(await readPageWork(guards[0]!), await readPageWork(guards[1]!)));
        context.section(frameTimesSection('Baseline, last frames', last[0]!));
        context.section(frameTimesSection('Candidate, last frames', last[1]!));
    } finally {
        for (const guard of guards) {
            for (const event of guard.events) context.log(`${event.kind}: ${event.text}`);
            await guard.close();
        }
        for (const { close } of served) await close();
    }
}

function workTable(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): TableSection {
    const rows = Object.keys(a).map((name) => [name, a[name] ?? 0, b[name] ?? 0] as const);
    const title = 'Counted work';
    return { kind: 'table', title, columns: ['since the page was opened', 'baseline', 'candidate'], rows };
}
