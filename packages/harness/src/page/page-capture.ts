/**
 * What is captured of a page, by the kind of its judgement: a picture or counts of this moment, the frames of a stretch of the
 * virtual clock (`temporal`), errors at rising numbers of samples (`convergence`). Captures are taken in their order; one of
 * several frames moves the clock on for those after it.
 *
 * Convergence is measured against the page's own picture of many samples: the mean squared difference to it is the error of n
 * samples plus the reference's, 1/n + 1/N of a pixel's variance. With N at least eight times the largest n that bends the last
 * point of the log-log line by 12 % of its error at most; at the default of 16, by 6 %.
 */
import { badInput, type RngStream } from '@mixreel/core';
import { Frame, frameFromRgba8, type Rgba8Image } from '@mixreel/image';
import type { PageGuard } from '../browser/page-guard.ts';
import type { ScenarioContext } from '../scenario/scenario.ts';
import {
    type ConvergenceJudge,
    type CountersJudge,
    type DeterministicJudge,
    type ExactJudge,
    type PerceptualJudge,
    type StochasticJudge,
    type TemporalJudge,
    withoutKind
} from '../verdict/capture.ts';
import { checkJudge } from '../verdict/judge.ts';
import { eyesOf } from './eyes.ts';
import type { RequestLog } from './network.ts';
import { advance } from './open-page.ts';
import { callPage, type PageSource, readPageCounters, readPagePicture, readPageWork } from './read-capture.ts';

/** See the file comment. */
export type PageCapture = { readonly name: string } & (
    | { readonly of: PageSource; readonly judge: ExactJudge | DeterministicJudge | PerceptualJudge | StochasticJudge }
    | TemporalPageCapture
    | ConvergingPageCapture
    /** A function of the page by its path, which gives errors that the page measured itself: a list of [samples, error]. */
    | { readonly errors: string; readonly judge: ConvergenceJudge }
    | { readonly counters: string; readonly judge: CountersJudge }
    /**
     * What the page did until now (draws, dispatches, submits, compiled shaders, pipelines, bytes uploaded), and what it has
     * not destroyed: buffers, textures, bytes of WebGPU's.
     */
    | { readonly work: true; readonly judge: CountersJudge }
);

/** The picture of each of so many further frames of the virtual clock, 2 to 240. */
interface TemporalPageCapture {
    readonly of: PageSource;
    readonly frames: number;
    readonly judge: TemporalJudge;
}

/** Pictures of rising numbers of samples against one of many. */
interface ConvergingPageCapture {
    readonly of: PageSource;
    /** At least four different integers from 1 to 1,048,576: `[1, 2, 4, 8, 16]`. */
    readonly samples: readonly number[];
    /** Path of a function of the page that renders anew: `app.render(samples, seed)`; it is awaited, each call has another seed. */
    readonly render: string;
    /** Samples of the picture that is taken as the truth, at least 8 times the most. Default 16 times. */
    readonly referenceSamples?: number;
    readonly judge: ConvergenceJudge;
}

const MOST_FRAMES = 240;
const MOST_SAMPLES = 2 ** 20;
const REFERENCE_TIMES = 16;
const LEAST_REFERENCE_TIMES = 8;

/** Which fields each kind needs beside `name` and `judge`, with an example. */
const FORMS: Readonly<Record<string, readonly [readonly string[], string]>> = {
    exact: [['of'], "of: { read: 'app.readFrame' }"],
    deterministic: [['of'], 'of: { screenshot: true }'],
    perceptual: [['of'], "of: { element: 'canvas' }"],
    stochastic: [['of'], "of: { read: 'app.readFrame' }"],
    temporal: [['of', 'frames'], "of: { element: 'canvas' }, frames: 12"],
    convergence: [
        ['of', 'samples', 'render'],
        "of: { read: 'app.readFrame' }, samples: [1, 2, 4, 8], render: 'app.render'"
    ],
    counters: [['counters'], "counters: 'app.counters', or work: true"]
};

/** Throws `bad-input` that says how a capture of its kind is declared. */
export function checkPageCapture(capture: PageCapture, time: 'virtual' | 'real', who: string): void {
    const { name, judge } = capture;
    const what = `capture "${name}" of ${who}`;
    const has = (field: string): boolean => (capture as Record<string, unknown>)[field] !== undefined;
    // The union's own name for it, so that a configuration in JavaScript may hold anything.
    const kind: string = judge?.kind;
    if (kind === 'timing') {
        throw badInput(
            `${what} is to be judged "timing"`,
            'two versions of the page, measured in turns',
            'Use pageTiming({ name, baseline, candidate }); frameTimes shows the times of one version'
        );
    }
    const form = FORMS[kind];
    if (!form) throw badInput(`${what} is to be judged "${kind}"`, Object.keys(FORMS).join(', '), 'Use one of these');
    checkJudge(judge);
    const [fields, example] = form;
    const otherwise = (kind === 'counters' && has('work')) || (kind === 'convergence' && has('errors'));
    const missing = otherwise ? [] : fields.filter((field) => !has(field));
    if (missing.length > 0)
        throw badInput(`${what}, judged "${kind}", has no ${missing.join(' and no ')}`, example, 'Add it');
    if (has('of')) checkSource((capture as { readonly of: unknown }).of, what);
    if (judge.kind === 'temporal') checkFrames(capture as TemporalPageCapture, time, what);
    if (judge.kind === 'convergence' && has('samples')) checkSamples(capture as ConvergingPageCapture, what);
}

function checkSource(source: unknown, what: string): void {
    const { screenshot, element, read } = source as Record<string, unknown>;
    if (screenshot === true || typeof element === 'string' || typeof read === 'string') return;
    throw badInput(
        `${what} is of ${JSON.stringify(source)}`,
        "{ screenshot: true }, { element: 'canvas' } or { read: 'app.readFrame' }",
        'Use one of these'
    );
}

function checkFrames({ frames }: TemporalPageCapture, time: 'virtual' | 'real', what: string): void {
    if (!Number.isInteger(frames) || frames < 2 || frames > MOST_FRAMES)
        throw badInput(`frames of ${what} is ${frames}`, `an integer from 2 to ${MOST_FRAMES}`, 'Use 12');
    if (time === 'real')
        throw badInput(
            `${what} steps frames in real time`,
            "time: 'virtual'",
            'Leave out time, or use a scenario in Node.js'
        );
}

function checkSamples({ samples, referenceSamples }: ConvergingPageCapture, what: string): void {
    const valid = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= MOST_SAMPLES;
    if (!Array.isArray(samples) || new Set(samples).size < 4 || !samples.every(valid)) {
        throw badInput(
            `samples of ${what} is ${JSON.stringify(samples)}`,
            `at least 4 different integers from 1 to ${MOST_SAMPLES}`,
            'Use [1, 2, 4, 8, 16]'
        );
    }
    const least = LEAST_REFERENCE_TIMES * Math.max(...samples);
    if (referenceSamples !== undefined && !(Number.isInteger(referenceSamples) && referenceSamples >= least))
        throw badInput(
            `referenceSamples of ${what} is ${referenceSamples}`,
            `an integer of ${least} or more`,
            'Leave it out'
        );
}

/** Where a capture is taken. */
export interface CapturePlace {
    readonly guard: PageGuard;
    readonly requests: RequestLog | null;
    /** Added to names where there are several viewports. */
    readonly suffix: string;
    readonly eyes: boolean | undefined;
    /** Seeds of what a capture renders anew. */
    readonly rng: RngStream;
}

/** Takes a capture of one load of a page; stochastic ones are made of several and are not taken here. */
export async function takePageCapture(
    capture: PageCapture,
    place: CapturePlace,
    context: ScenarioContext
): Promise<void> {
    const { guard, suffix, eyes } = place;
    const name = capture.name + suffix;
    if ('work' in capture) context.capture.counters(name, await readPageWork(guard));
    else if ('counters' in capture) context.capture.counters(name, await readPageCounters(guard, capture.counters));
    else if ('errors' in capture) {
        const points = await callPage(guard, capture.errors, []);
        context.capture.convergence(name, points as [number, number][], withoutKind(capture.judge));
    } else if ('samples' in capture) await takeErrors(capture, name, place, context);
    else if ('frames' in capture) await takeFrames(capture, name, place, context);
    else {
        const { judge } = capture;
        for (const [eye, part] of eyesOf(await readPagePicture(guard, capture.of), eyes)) {
            const own = name + eye;
            if (judge.kind === 'deterministic') context.capture.deterministic(own, part, withoutKind(judge));
            if (judge.kind === 'exact') context.capture.exact(own, frameOf(part));
            if (judge.kind === 'perceptual') context.capture.perceptual(own, frameOf(part), withoutKind(judge));
        }
    }
}

/** A picture in floats. */
export function frameOf(picture: Frame | Rgba8Image): Frame {
    return picture instanceof Frame ? picture : frameFromRgba8(picture);
}

async function takeFrames(
    { of, frames: count, judge }: TemporalPageCapture,
    name: string,
    { guard, requests, eyes }: CapturePlace,
    context: ScenarioContext
): Promise<void> {
    const series = new Map<string, Frame[]>();
    for (let i = 0; i < count; i++) {
        await advance(guard, 1, requests);
        for (const [eye, part] of eyesOf(await readPagePicture(guard, of), eyes))
            series.set(eye, [...(series.get(eye) ?? []), frameOf(part)]);
    }
    for (const [eye, frames] of series) context.capture.temporal(name + eye, frames, withoutKind(judge));
}

async function takeErrors(
    { of, samples, render, referenceSamples = REFERENCE_TIMES * Math.max(...samples), judge }: ConvergingPageCapture,
    name: string,
    { guard, eyes, rng }: CapturePlace,
    context: ScenarioContext
): Promise<void> {
    const rendered = async (count: number): Promise<Map<string, Frame>> => {
        await callPage(guard, render, [count, rng.uint32()]);
        return new Map(eyesOf(await readPagePicture(guard, of), eyes).map(([eye, part]) => [eye, frameOf(part)]));
    };
    const truth = await rendered(referenceSamples);
    const points = new Map<string, [number, number][]>();
    for (const count of samples) {
        for (const [eye, frame] of await rendered(count)) {
            const point: [number, number] = [count, meanSquaredDifference(frame, truth.get(eye)!, name)];
            points.set(eye, [...(points.get(eye) ?? []), point]);
        }
    }
    for (const [eye, all] of points) context.capture.convergence(name + eye, all, withoutKind(judge));
}

function meanSquaredDifference(a: Frame, b: Frame, name: string): number {
    const [is, was] = [a.layer('color'), b.layer('color')];
    if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) {
        throw badInput(
            `pictures of "${name}" are of ${a.widthPx} x ${a.heightPx} and of ${b.widthPx} x ${b.heightPx} pixels`,
            'one size',
            'Render each number of samples into the same picture'
        );
    }
    let sum = 0;
    for (let i = 0; i < is.length; i++) sum += (is[i]! - was[i]!) ** 2;
    return sum / is.length;
}
