/**
 * Fading between points that are further apart than the steps in which it is read: the best linear estimate from four points
 * (Wiener), whose weights solve R w = r with Jakes' autocorrelation J0(2 pi f_d t). Steps are four a coherence time, which is
 * eleven a Nyquist interval: every fourth one is enough. Root mean square error at the middle between two points, by the
 * normal equations: see the test; Lagrange's cubic is 20 dB worse.
 */

/** Steps from one point to the next where the Doppler shift is slow enough for it. */
const RATIO = 4;
/** Points of an estimate. */
export const TAPS = 4;
/** Most phase, radians, that the fastest path may turn from point to point. */
const MOST_TURN = 1.2;

/** Weights of {@link TAPS} points, two before and two after, for each step between two points. */
export interface DopplerInterpolation {
    /** Steps from point to point: 4, or 1 where fading is too fast to be interpolated. */
    readonly ratio: number;
    /** Step by step: the weights of the points at -1, 0, 1 and 2. */
    readonly weights: Float64Array;
    /** Mean power that an estimate lacks, by step: 1 - w r. Made up for in the weights. */
    readonly errors: Float64Array;
}

/** The newest one: users of one cell have one Doppler shift, and it costs 50 us. */
let kept: { readonly turn: number; readonly made: DopplerInterpolation } | null = null;

/** @param turn - 2 pi f_d times a step: what the fastest path turns in a step, radians. */
export function dopplerInterpolation(turn: number): DopplerInterpolation {
    if (kept?.turn !== turn) kept = { turn, made: interpolationOf(turn) };
    return kept.made;
}

function interpolationOf(turn: number): DopplerInterpolation {
    const ratio = turn * RATIO > MOST_TURN ? 1 : RATIO;
    const weights = new Float64Array(ratio * TAPS);
    const errors = new Float64Array(ratio);
    weights[1] = 1;
    for (let step = 1; step < ratio; step++) {
        const at = step / ratio;
        const points = [-1, 0, 1, 2];
        const r = points.map((point) => besselJ0(turn * ratio * (at - point)));
        // Fading that stands still makes R singular: a little noise leaves its solution what it is.
        const matrix = points.map((a) => points.map((b) => besselJ0(turn * ratio * (a - b)) + (a === b ? 1e-9 : 0)));
        const w = solve(matrix, r);
        const explained = w.reduce((sum, weight, i) => sum + weight * (r[i] as number), 0);
        errors[step] = 1 - explained;
        // Scaled so that the mean power between points is that of the points.
        for (let i = 0; i < TAPS; i++) weights[step * TAPS + i] = (w[i] as number) / Math.sqrt(explained);
    }
    return { ratio, weights, errors };
}

/** J0 as the mean of cos(x sin a) over half a circle: with 24 angles exact to rounding for |x| below 8. */
function besselJ0(x: number): number {
    let sum = 0;
    for (let i = 0; i < 24; i++) sum += Math.cos(x * Math.sin((Math.PI * (i + 0.5)) / 24));
    return sum / 24;
}

/** Gauss elimination: the matrix is positive definite, so no pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
    const rows = matrix.map((row, i) => [...row, right[i] as number]);
    const n = rows.length;
    for (const [column, pivot] of rows.entries()) {
        for (const row of rows.slice(column + 1)) {
            const factor = (row[column] as number) / (pivot[column] as number);
            for (let k = column; k <= n; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number);
        }
    }
    const solution = new Array<number>(n).fill(0);
    for (let i = n - 1; i >= 0; i--) {
        const row = rows[i] as number[];
        let rest = row[n] as number;
        for (let k = i + 1; k < n; k++) rest -= (row[k] as number) * (solution[k] as number);
        solution[i] = rest / (row[i] as number);
    }
    return solution;
}
