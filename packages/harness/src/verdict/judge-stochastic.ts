/** The verdict of a pyramid test in words: how much brighter or darker, with its interval, where, and how sure. */
import { formatNumber } from '../report/escape.ts';
import type { Figure, TableSection } from '../report/report.ts';
import type { StochasticJudge } from './capture.ts';
import { notFinite } from './capture-fault.ts';
import type { MomentsImage } from './moments-image.ts';
import { PYRAMID_DEFAULTS, type PyramidFinding, type PyramidResult, pyramidTest } from './pyramid-test.ts';
import { plainVerdict, type Verdict } from './verdict.ts';

/** A verdict and what it found, for the map. */
export interface StochasticVerdict {
    readonly verdict: Verdict;
    readonly findings: readonly PyramidFinding[];
}

/** Throws `bad-input` for pictures of different sizes; NaN gives the verdict `error`. */
export function judgeStochastic(how: StochasticJudge, expected: MomentsImage, actual: MomentsImage): StochasticVerdict {
    const { kind: _, ...options } = how;
    const result = pyramidTest(expected, actual, options);
    // NaN and infinity reach the sum of the whole: only then is it worth looking where they come from.
    if (!Number.isFinite(result.bias + result.biasInterval[0])) {
        const fault =
            notFinite(actual.mean, true) ?? notFinite(actual.m2, true) ?? 'cannot be compared with its baseline';
        return { verdict: plainVerdict('error', `the capture ${fault}`), findings: [] };
    }
    const message = result.same
        ? `the same within noise, brightness ${percent(result.bias)} (${range(result.biasInterval)})`
        : `${describe(result, actual.channels)}, beyond noise (p ${probability(result.p)})${hintOf(actual)}`;
    const verdict = {
        ...plainVerdict(
            result.same ? 'passed' : 'failed',
            message,
            figuresOf(result, how.alpha ?? PYRAMID_DEFAULTS.alpha)
        ),
        sections: [levelTable(result)]
    };
    return { verdict, findings: result.findings };
}

/** Repetitions that are all the same know no noise: then whatever the next seed gives is a difference. */
function hintOf({ m2, count }: MomentsImage): string {
    if (m2.some((value) => value !== 0)) return '';
    return `; its ${count} repetitions are all the same: let each have its own seed, or judge it otherwise`;
}

function figuresOf(result: PyramidResult, alpha: number): Figure[] {
    return [
        {
            label: 'Brightness against baseline',
            value: percent(result.bias),
            note: `95 % interval ${range(result.biasInterval)}`
        },
        {
            label: 'p, corrected',
            value: probability(result.p),
            note: `the same above ${alpha}`,
            tone: result.same ? 'good' : 'bad'
        }
    ];
}

function levelTable(result: PyramidResult): TableSection {
    return {
        kind: 'table',
        title: 'Tests by block size',
        columns: ['Block (px)', 'Tests', 'Significant', 'Smallest corrected p'],
        rows: result.levels.map((l) => [
            l.blockPx === Infinity ? 'whole' : String(l.blockPx),
            l.tests,
            l.significant,
            l.p === 0 ? probability(0) : l.p
        ])
    };
}

const COLORS = ['red', 'green', 'blue'] as const;

/**
 * The largest significant block speaks first: a change of the whole is not to be told as one of its pixels, nor one of its red as
 * one of all of its light.
 */
function describe({ findings, bias, biasInterval }: PyramidResult, channels: number): string {
    const widest = [...findings].sort((a, b) => b.blockPx - a.blockPx || a.p - b.p)[0];
    if (!widest) return 'it differs';
    const { blockPx, x, y, widthPx, heightPx, channel } = widest;
    const whole = blockPx === Infinity;
    const place = whole ? 'the whole picture' : `${widthPx} x ${heightPx} px at (${x}, ${y})`;
    const alike = findings.filter(
        (other) => other.blockPx === blockPx && other.x === x && other.y === y && other.bias > 0 === widest.bias > 0
    );
    const every = alike.length === channels;
    const color = channels === COLORS.length && !every ? `the ${COLORS[channel as 0 | 1 | 2]} of ` : '';
    const [much, interval] = whole && every ? [bias, biasInterval] : [widest.bias, widest.interval];
    return `${color}${place} is ${percent(much)} (${range(interval)}) against the baseline`;
}

/** What is too small for a double is not 0. */
function probability(p: number): string {
    return p === 0 ? 'below 1e−300' : formatNumber(p);
}

function percent(value: number): string {
    return `${value > 0 ? '+' : ''}${formatNumber(100 * value)} %`;
}

function range([low, high]: readonly [number, number]): string {
    return `${percent(low)} to ${percent(high)}`;
}
