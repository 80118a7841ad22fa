/** Judgements that hold their own standard, without a baseline: flicker of frames, convergence of error, times side by side. */
import { badInput, type RngStream, studentTwoSidedQuantile } from '@mixreel/core';
import { type Frame, flip } from '@mixreel/image';
import { formatNumber } from '../report/escape.ts';
import type { Figure, PlotSection } from '../report/report.ts';
import { compareTimings, type TimingRound } from '../timing/compare-timings.ts';
import { type ConvergenceJudge, type TemporalJudge, type TimingJudge, withoutKind } from './capture.ts';
import { framePicture, heatPicture } from './pictures.ts';
import { plainVerdict, type Verdict } from './verdict.ts';

/** FLIP between each frame and the next; with expected frames, only what exceeds their own change counts. */
export function judgeTemporal(
    how: TemporalJudge,
    frames: readonly Frame[],
    expected: readonly Frame[] | undefined,
    pictures: 'never' | 'failed' | 'always'
): Verdict {
    if (frames.length < 2 || (expected && expected.length !== frames.length)) {
        throw badInput(
            `there are ${frames.length} frames`,
            expected ? `${expected.length} as expected` : 'at least 2',
            'Capture more'
        );
    }
    const pairs = frames.slice(1).map((frame, i) => {
        const { map } = flip(frames[i]!, frame);
        const own = expected ? flip(expected[i]!, expected[i + 1]!).map : undefined;
        let sum = 0;
        for (let p = 0; p < map.length; p++) {
            if (own) map[p] = Math.max(0, map[p]! - own[p]!);
            sum += map[p]!;
        }
        return { map, mean: sum / map.length };
    });
    const mean = pairs.reduce((sum, pair) => sum + pair.mean, 0) / pairs.length;
    const worst = pairs.reduce((a, b, i) => (b.mean > pairs[a]!.mean ? i : a), 0);
    const bounds = [
        { label: 'Flicker', value: mean, limit: how.maxFlicker },
        { label: `Flicker of frames ${worst} and ${worst + 1}`, value: pairs[worst]!.mean, limit: how.maxWorstFlicker }
    ];
    const broken = bounds.filter(({ value, limit }) => limit !== undefined && !(value <= limit));
    const figures: Figure[] = bounds.map(({ label, value, limit }) => ({
        label,
        value,
        ...(limit === undefined
            ? {}
            : { note: `at most ${formatNumber(limit)}`, tone: value <= limit ? 'good' : 'bad' })
    }));
    const message = (broken.length ? broken : bounds)
        .map(
            ({ label, value, limit }) =>
                `${label} is ${formatNumber(value)}${limit === undefined ? '' : ` (expected at most ${formatNumber(limit)})`}`
        )
        .join('; ');
    const plot: PlotSection = {
        kind: 'plot',
        title: 'Flicker',
        x: { label: 'frame' },
        y: { label: 'FLIP to the next frame' },
        series: [{ name: 'flicker', style: 'line', points: pairs.map((pair, i) => [i, pair.mean]) }],
        ...(how.maxFlicker === undefined
            ? {}
            : { marks: [{ axis: 'y', value: how.maxFlicker, label: 'limit of the mean' }] })
    };
    const verdict = { ...plainVerdict(broken.length ? 'failed' : 'passed', message, figures), sections: [plot] };
    if (pictures === 'never' || (pictures === 'failed' && broken.length === 0)) return verdict;
    const { widthPx, heightPx } = frames[0]!;
    return {
        ...verdict,
        pictures: [
            framePicture(`Frame ${worst}`, frames[worst]!),
            framePicture(`Frame ${worst + 1}`, frames[worst + 1]!),
            heatPicture('Flicker', pairs[worst]!.map, widthPx, heightPx)
        ]
    };
}

/**
 * Least squares of log error on log samples. Failed where the slope is flatter than expected beyond its 95 % interval and the
 * tolerance; a steeper one (stratified samples converge faster) passes.
 */
export function judgeConvergence(how: ConvergenceJudge, points: readonly (readonly [number, number])[]): Verdict {
    const { slope: wanted = -1, tolerance = 0.1 } = how;
    if (points.length < 4 || !points.every(([x, y]) => x > 0 && y > 0 && Number.isFinite(x + y))) {
        throw badInput(
            `there are ${points.length} points of error`,
            'at least 4, all above 0',
            'Measure at 1, 2, 4, 8 … samples'
        );
    }
    const logs = points.map(([x, y]) => [Math.log2(x), Math.log2(y)] as const);
    const n = logs.length;
    const mx = logs.reduce((sum, [x]) => sum + x, 0) / n;
    const my = logs.reduce((sum, [, y]) => sum + y, 0) / n;
    const sxx = logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
    if (sxx === 0)
        throw badInput('all errors are at one number of samples', 'several', 'Measure at 1, 2, 4, 8 … samples');
    const slope = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx;
    const residual = logs.reduce((sum, [x, y]) => sum + (y - my - slope * (x - mx)) ** 2, 0);
    const reach = Math.sqrt(residual / (n - 2) / sxx) * studentTwoSidedQuantile(0.95, n - 2);
    const [low, high] = [slope - reach, slope + reach];
    const status = low > wanted + tolerance ? 'failed' : high > wanted + tolerance ? 'inconclusive' : 'passed';
    const line = (x: number): number => 2 ** (my + slope * (Math.log2(x) - mx));
    const [first, last] = [Math.min(...points.map((p) => p[0])), Math.max(...points.map((p) => p[0]))];
    const plot: PlotSection = {
        kind: 'plot',
        title: 'Convergence',
        x: { label: 'samples', scale: 'log' },
        y: { label: 'error', scale: 'log' },
        series: [
            { name: 'measured', style: 'points', points },
            {
                name: `slope ${formatNumber(slope)}`,
                style: 'line',
                points: [
                    [first, line(first)],
                    [last, line(last)]
                ]
            }
        ]
    };
    const interval = `95 % interval ${formatNumber(low)} to ${formatNumber(high)}`;
    const message = `error falls with slope ${formatNumber(slope)}, ${interval} (expected ${formatNumber(wanted)} or steeper)`;
    const figure: Figure = {
        label: 'Slope',
        value: slope,
        note: interval,
        tone: status === 'failed' ? 'bad' : 'neutral'
    };
    return { ...plainVerdict(status, message, [figure]), sections: [plot] };
}

/** See compareTimings. */
export function judgeTiming(how: TimingJudge, rounds: readonly TimingRound[], rng: RngStream): Verdict {
    const result = compareTimings(rounds, rng, withoutKind(how));
    const percent = (ratio: number): string => `${ratio >= 1 ? '+' : ''}${formatNumber(100 * (ratio - 1))} %`;
    const { low, high, value } = result.ratio;
    const interval = `${percent(low)} to ${percent(high)}`;
    const status = { same: 'passed', slower: 'failed', inconclusive: 'inconclusive' } as const;
    const words = { same: 'not slower', slower: 'slower', inconclusive: 'not to be told' }[result.verdict];
    const message = `${words}: ${percent(value)} against the baseline (${interval}) over ${result.rounds} rounds`;
    const figures: Figure[] = [
        {
            label: 'Time against baseline',
            value: percent(value),
            note: interval,
            tone: result.verdict === 'slower' ? 'bad' : 'neutral'
        },
        { label: 'p, Mann-Whitney', value: result.p }
    ];
    const points = (side: 'baseline' | 'candidate') =>
        rounds.flatMap((round, i) => round[side].map((ms, k) => [i + k / 2, ms] as const));
    const plot: PlotSection = {
        kind: 'plot',
        title: 'Times',
        x: { label: 'round' },
        y: { label: 'time', unit: 'ms' },
        series: (['baseline', 'candidate'] as const).map((side) => ({
            name: side,
            style: 'points',
            points: points(side)
        }))
    };
    return { ...plainVerdict(status[result.verdict], message, figures), sections: [plot] };
}
