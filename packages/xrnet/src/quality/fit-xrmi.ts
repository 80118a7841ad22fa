/**
 * Learns the weights of XRMI from a user's own ratings: for one scenario, the non-negative wP, wI, wQ with sum 1 that bring the
 * formula's scores closest to the ratings (least squares). The error over the weights is smooth and has two free dimensions,
 * so it is searched on a grid of 0.02 and then ever finer around the best; no start value, no local optimum of note.
 * About 1,500 evaluations a rating. The other coefficients stay as they are.
 */
import { badInput } from '@mixreel/core';
import { XRMI_V1, type XrmiCoefficients, type XrmiInput, type XrmiScenario, xrmi } from './xrmi.ts';

/** What was observed, and what a person said of it. */
export interface RatedInput {
    readonly input: XrmiInput;
    /** 1 (bad) to 5 (excellent). */
    readonly rating: number;
}

/** Fitted coefficients, and how well they do on the ratings they were fitted to. */
export interface XrmiFit {
    readonly coefficients: XrmiCoefficients;
    /** Root of the mean squared difference of score and rating. */
    readonly rmse: number;
    /** The same with the coefficients before the fit. */
    readonly rmseBefore: number;
}

const COARSE = 0.02;
const FINEST = 1e-4;
/** Fewer ratings than this say nothing about two weights. */
const LEAST_RATINGS = 4;

/** See the file comment. Throws `bad-input` for fewer than 4 ratings or ratings outside 1 to 5. */
export function fitXrmi(
    ratings: readonly RatedInput[],
    scenario: XrmiScenario,
    start: XrmiCoefficients = XRMI_V1
): XrmiFit {
    if (ratings.length < LEAST_RATINGS) {
        throw badInput(`there are ${ratings.length} ratings`, `at least ${LEAST_RATINGS}`, 'Rate more sessions');
    }
    for (const [i, { rating }] of ratings.entries()) {
        if (rating >= 1 && rating <= 5) continue;
        throw badInput(`rating ${i} is ${rating}`, '1 to 5', 'Correct the rating');
    }
    const parts = ratings.map(({ input }) => xrmi(input, scenario, start));
    const rmse = (wp: number, wi: number): number => {
        const wq = Math.max(0, 1 - wp - wi);
        let sum = 0;
        for (const [i, { presentation, interaction, picture }] of parts.entries()) {
            const score = 1 + 4 * presentation ** wp * interaction ** wi * picture ** wq;
            sum += (score - (ratings[i] as RatedInput).rating) ** 2;
        }
        return Math.sqrt(sum / ratings.length);
    };
    const before = start.weights[scenario];
    let best = { wp: 1 / 3, wi: 1 / 3, error: Infinity };
    const search = (from: readonly [number, number], reach: number, step: number): void => {
        for (let wp = Math.max(0, from[0] - reach); wp <= Math.min(1, from[0] + reach) + 1e-12; wp += step) {
            for (let wi = Math.max(0, from[1] - reach); wi <= Math.min(1 - wp, from[1] + reach) + 1e-12; wi += step) {
                const error = rmse(wp, wi);
                if (error < best.error) best = { wp, wi, error };
            }
        }
    };
    search([0.5, 0.5], 0.5, COARSE);
    for (let step = COARSE / 5; step >= FINEST / 5; step /= 5) search([best.wp, best.wi], step * 5, step);
    const weights = Object.freeze([best.wp, best.wi, Math.max(0, 1 - best.wp - best.wi)] as const);
    return {
        coefficients: { ...start, version: `${start.version}+fit`, weights: { ...start.weights, [scenario]: weights } },
        rmse: best.error,
        rmseBefore: rmse(before[0], before[1])
    };
}
