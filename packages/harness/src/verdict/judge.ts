/**
 * One judgement: captured data against what was expected, by the declared kind. A pure function: no clock, no files.
 * Equal bytes end it early for every kind, since whatever is equal is the same.
 */
import { badInput, MixreelError, type RngStream } from '@mixreel/core';
import { type Frame, flip, flipHdr, msSsim, pixelDiff, psnr, type Rgba8Image } from '@mixreel/image';
import { formatNumber } from '../report/escape.ts';
import type { Figure, Picture } from '../report/report.ts';
import { checkTiming } from '../timing/compare-timings.ts';
import {
    type CaptureData,
    type ConvergenceJudge,
    type DeterministicJudge,
    type Judge,
    type PerceptualJudge,
    type StochasticJudge,
    type TemporalJudge,
    type TimingJudge,
    withoutKind
} from './capture.ts';
import { notFinite } from './capture-fault.ts';
import { compareCounters } from './compare-counters.ts';
import { judgeConvergence, judgeTemporal, judgeTiming } from './judge-alone.ts';
import { judgeStochastic } from './judge-stochastic.ts';
import { rgba8Of } from './picture-data.ts';
import { framePicture, heatPicture, momentsFrame, pyramidPicture, rgbaPicture } from './pictures.ts';
import { firstDifference, sameData } from './same-data.ts';
import { plainVerdict, type Verdict } from './verdict.ts';

/** Options of {@link judge}. */
export interface JudgeOptions {
    /** Pictures for the report: `never`, only where the verdict is not `passed`, or `always`. Default `failed`. */
    readonly pictures?: 'never' | 'failed' | 'always';
    /** Distances between the two by name, for `maxDistances` of a perceptual judgement: they take a model, and time. */
    readonly distances?: Readonly<Record<string, number>>;
}

/** What each kind works on. */
const DATA_KINDS: Readonly<Record<Judge['kind'], readonly CaptureData['kind'][]>> = {
    exact: ['bytes', 'frame', 'counters'],
    deterministic: ['frame'],
    perceptual: ['frame'],
    stochastic: ['moments'],
    counters: ['counters'],
    temporal: ['frames'],
    convergence: ['errors'],
    timing: ['timings']
};

/**
 * @param expected - The baseline, or the reference that came with the capture.
 * @returns `error` where it could not be judged (NaN, other sizes); it throws only for a judge that is itself wrong.
 */
export function judge(how: Judge, actual: CaptureData, expected: CaptureData, options: JudgeOptions = {}): Verdict {
    checkJudge(how);
    if (!DATA_KINDS[how.kind].includes(actual.kind)) {
        throw badInput(
            `a capture of ${actual.kind} is to be judged "${how.kind}"`,
            DATA_KINDS[how.kind].join(' or '),
            'Declare the kind of judgement that fits what is captured'
        );
    }
    if (actual.kind !== expected.kind) {
        return plainVerdict(
            'error',
            `the baseline holds ${expected.kind}, the capture ${actual.kind}: approve it anew`
        );
    }
    const show = options.pictures ?? 'failed';
    try {
        if (sameData(actual, expected)) {
            const verdict = plainVerdict('passed', 'byte for byte the same');
            return show === 'always' ? { ...verdict, pictures: both(expected, actual) } : verdict;
        }
        return judgeDifferent(how, actual, expected, show, options.distances ?? {});
    } catch (error) {
        if (error instanceof MixreelError && error.code === 'bad-input') return plainVerdict('error', error.message);
        throw error;
    }
}

/**
 * Judges what holds its own standard: flicker, convergence, times. Frames may come with others that they are to be like.
 *
 * @param rng - For the bootstrap of times.
 */
export function judgeAlone(
    how: TemporalJudge | ConvergenceJudge | TimingJudge,
    actual: CaptureData,
    rng: RngStream,
    expected?: CaptureData,
    options: JudgeOptions = {}
): Verdict {
    checkJudge(how);
    try {
        if (how.kind === 'temporal' && actual.kind === 'frames') {
            return judgeTemporal(
                how,
                actual.frames,
                expected?.kind === 'frames' ? expected.frames : undefined,
                options.pictures ?? 'failed'
            );
        }
        if (how.kind === 'convergence' && actual.kind === 'errors') return judgeConvergence(how, actual.points);
        if (how.kind === 'timing' && actual.kind === 'timings') return judgeTiming(how, actual.rounds, rng);
    } catch (error) {
        if (error instanceof MixreelError && error.code === 'bad-input') return plainVerdict('error', error.message);
        throw error;
    }
    throw badInput(
        `a capture of ${actual.kind} is to be judged "${how.kind}"`,
        DATA_KINDS[how.kind].join(),
        'Capture what fits'
    );
}

/** Throws `bad-input` for bounds that are out of range or missing. */
export function checkJudge(how: Judge): void {
    if (!(how.kind in DATA_KINDS)) {
        throw badInput(
            `a capture is to be judged "${String(how.kind)}"`,
            Object.keys(DATA_KINDS).join(', '),
            'Use one of these'
        );
    }
    if (how.kind === 'timing') checkTiming(withoutKind(how));
    if (how.kind === 'temporal' && how.maxFlicker === undefined && how.maxWorstFlicker === undefined) {
        throw badInput('a temporal judgement has no bound', 'maxFlicker or maxWorstFlicker', 'Set maxFlicker to 0.02');
    }
    if (how.kind !== 'perceptual') return;
    const { maxFlipMean, maxFlipP99, minMsSsim, minPsnrDb, maxDistances = {} } = how;
    const bounds = { maxFlipMean, maxFlipP99, minMsSsim, minPsnrDb };
    for (const [name, bound] of Object.entries(maxDistances)) {
        if (bound >= 0 && bound < Infinity) continue;
        throw badInput(`maxDistances.${name} is ${bound}`, 'a number of 0 or more', 'Correct the bound');
    }
    if (Object.keys(maxDistances).length === 0 && Object.values(bounds).every((bound) => bound === undefined)) {
        throw badInput(
            'a perceptual judgement has no bound',
            `one of ${Object.keys(bounds).join(', ')}, maxDistances`,
            'Set maxFlipMean to 0.05'
        );
    }
    for (const [name, bound] of Object.entries(bounds)) {
        const highest = name === 'minPsnrDb' ? 200 : 1;
        if (bound === undefined || (bound >= 0 && bound <= highest)) continue;
        throw badInput(`${name} is ${bound}`, `a number from 0 to ${highest}`, 'Correct the bound');
    }
}

function judgeDifferent(
    how: Judge,
    actual: CaptureData,
    expected: CaptureData,
    show: 'never' | 'failed' | 'always',
    distances: Readonly<Record<string, number>>
): Verdict {
    const wanted = (verdict: Verdict): boolean =>
        show === 'always' || (show === 'failed' && verdict.status !== 'passed');
    const withPictures = (verdict: Verdict, maps: () => Picture[]): Verdict =>
        wanted(verdict) ? { ...verdict, pictures: [...both(expected, actual), ...maps()] } : verdict;
    if (actual.kind === 'counters' && expected.kind === 'counters') {
        return compareCounters(expected.counters, actual.counters);
    }
    if (actual.kind === 'moments' && expected.kind === 'moments') {
        const { verdict, findings } = judgeStochastic(how as StochasticJudge, expected.moments, actual.moments);
        return withPictures(verdict, () => [pyramidPicture('Where it differs', actual.moments, findings)]);
    }
    if (actual.kind === 'frame' && expected.kind === 'frame') {
        const layers = actual.rgba8 ? [] : actual.frame.layers;
        for (const [name, layer] of layers) {
            const fault = notFinite(layer, name !== 'depth');
            if (fault) return withPictures(plainVerdict('error', `layer "${name}" ${fault}`), () => []);
        }
        const [is, was] = [actual.rgba8 ?? actual.frame, expected.rgba8 ?? expected.frame];
        if (is.widthPx !== was.widthPx || is.heightPx !== was.heightPx) {
            const size = (f: { widthPx: number; heightPx: number }): string => `${f.widthPx} x ${f.heightPx}`;
            return withPictures(
                plainVerdict('failed', `the frame is ${size(is)} pixels (expected ${size(was)})`),
                () => []
            );
        }
        if (how.kind === 'deterministic')
            return judgeDeterministic(how, rgba8Of(expected), rgba8Of(actual), withPictures);
        if (how.kind === 'perceptual') {
            return judgePerceptual(how, expected.frame, actual.frame, distances, withPictures);
        }
    }
    return withPictures(plainVerdict('failed', firstDifference(expected, actual)), () => []);
}

type WithPictures = (verdict: Verdict, maps: () => Picture[]) => Verdict;

function judgeDeterministic(
    how: DeterministicJudge,
    a: Rgba8Image,
    b: Rgba8Image,
    withPictures: WithPictures
): Verdict {
    const options = { threshold: how.threshold ?? 0.1, includeAntialiasing: how.includeAntialiasing ?? false };
    const { differentPixels, share } = pixelDiff(a, b, { ...options, draw: false });
    const limit = how.maxPixels ?? 0;
    const figures: Figure[] = [
        {
            label: 'Different pixels',
            value: differentPixels,
            note: `${formatNumber(100 * share)} % of the picture, at most ${formatNumber(limit)} pixels`,
            tone: differentPixels > limit ? 'bad' : 'good'
        }
    ];
    const status = differentPixels > limit ? 'failed' : 'passed';
    const message = `${formatNumber(differentPixels)} pixels differ by more than ${options.threshold} (expected at most ${formatNumber(limit)})`;
    return withPictures(plainVerdict(status, message, figures), () => {
        const { picture } = pixelDiff(a, b, { ...options, draw: true });
        return picture ? [rgbaPicture('Different pixels', picture)] : [];
    });
}

/** The value below which 99 % of a map lies. Sorting typed arrays is faster than selecting in plain code. */
function percentile99(map: Float32Array): number {
    const sorted = Float32Array.from(map).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(0.99 * sorted.length))]!;
}

function judgePerceptual(
    how: PerceptualJudge,
    expected: Frame,
    actual: Frame,
    distances: Readonly<Record<string, number>>,
    withPictures: WithPictures
): Verdict {
    const figures: Figure[] = [];
    const broken: string[] = [];
    const bound = (label: string, value: number, limit: number | undefined, highest: boolean, unit?: string): void => {
        if (limit === undefined) return;
        const bad = highest ? !(value <= limit) : !(value >= limit);
        const words = `at ${highest ? 'most' : 'least'} ${formatNumber(limit)}`;
        figures.push({ label, value, note: words, tone: bad ? 'bad' : 'good', ...(unit ? { unit } : {}) });
        if (bad) broken.push(`${label} is ${formatNumber(value)}${unit ? ` ${unit}` : ''} (expected ${words})`);
    };
    let map: Float32Array | undefined;
    if (how.maxFlipMean !== undefined || how.maxFlipP99 !== undefined) {
        const result = how.hdr ? flipHdr(expected, actual) : flip(expected, actual);
        map = result.map;
        bound('FLIP mean', result.mean, how.maxFlipMean, true);
        if (how.maxFlipP99 !== undefined) bound('FLIP 99th percentile', percentile99(map), how.maxFlipP99, true);
    }
    if (how.minMsSsim !== undefined) bound('MS-SSIM', msSsim(expected, actual), how.minMsSsim, false);
    if (how.minPsnrDb !== undefined) bound('PSNR', psnr(expected, actual), how.minPsnrDb, false, 'dB');
    for (const [name, limit] of Object.entries(how.maxDistances ?? {})) {
        const distance = Object.hasOwn(distances, name) ? distances[name] : undefined;
        if (distance === undefined) {
            throw badInput(
                `distance "${name}" was not measured`,
                'options.distances',
                'Pass it to judge, or run a scenario'
            );
        }
        bound(name, distance, limit, true);
    }
    const within = figures.map((f) => `${f.label} ${formatNumber(f.value as number)}`).join(', ');
    const verdict = plainVerdict(
        broken.length ? 'failed' : 'passed',
        broken.join('; ') || `within bounds: ${within}`,
        figures
    );
    return withPictures(verdict, () => {
        const drawn = map ?? (how.hdr ? flipHdr(expected, actual) : flip(expected, actual)).map;
        return [heatPicture('FLIP', drawn, actual.widthPx, actual.heightPx, 'Dark: no visible difference.')];
    });
}

function both(expected: CaptureData, actual: CaptureData): Picture[] {
    const picture = (label: string, data: CaptureData): Picture[] => {
        if (data.kind === 'frame' && data.frame.has('color')) return [framePicture(label, data.frame)];
        if (data.kind === 'moments') return [framePicture(label, momentsFrame(data.moments))];
        return [];
    };
    return [...picture('Expected', expected), ...picture('Actual', actual)];
}
