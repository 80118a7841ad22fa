/**
 * Separable filtering of planes for the metrics: one row is accumulated tap by tap, so that the inner loop is a straight
 * walk over typed arrays, which V8 compiles to tight code (about 1 ns a tap and sample; four times faster than walking down
 * the columns with a stride).
 */

/** One half of a filter that is even or odd about its centre. */
export interface Taps {
    /** Weights at distance 0 (ignored for odd filters), 1, 2, … */
    readonly weights: Float64Array;
    readonly odd: boolean;
}

/** Distance of the outermost tap. */
export function radiusOf(taps: Taps): number {
    return taps.weights.length - 1;
}

/** Drops the outermost taps that cannot be seen: below 1e-9 of the largest. */
export function trimTaps(taps: Taps): Taps {
    let end = taps.weights.length;
    const largest = taps.weights.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
    while (end > 1 && Math.abs(taps.weights[end - 1]!) < largest * 1e-9) end--;
    return { weights: taps.weights.slice(0, end), odd: taps.odd };
}

/** `to[i] (+)= sum of taps over from[at + i]`; `from` must reach a radius beyond both ends, `step` apart. */
function accumulate(from: Float32Array, at: number, step: number, taps: Taps, to: Float64Array): void {
    const { weights, odd } = taps;
    const n = to.length;
    if (odd) to.fill(0);
    else {
        const w = weights[0]!;
        for (let i = 0; i < n; i++) to[i] = w * from[at + i]!;
    }
    let k = 1;
    for (; k + 2 < weights.length; k += 3) addThree(from, at, step, k, weights, odd ? -1 : 1, to);
    for (; k < weights.length; k++) {
        const w = weights[k]!;
        const wBefore = odd ? -w : w;
        const before = at - k * step;
        const after = at + k * step;
        for (let i = 0; i < n; i++) to[i]! += w * from[after + i]! + wBefore * from[before + i]!;
    }
}

/** Three taps at once: a third of the loads and stores of the sums, 1.6 times as fast. */
function addThree(
    from: Float32Array,
    at: number,
    step: number,
    k: number,
    weights: Float64Array,
    sign: 1 | -1,
    to: Float64Array
): void {
    const n = to.length;
    const [w1, w2, w3] = [weights[k]!, weights[k + 1]!, weights[k + 2]!];
    const [a1, a2, a3] = [at + k * step, at + (k + 1) * step, at + (k + 2) * step];
    const [b1, b2, b3] = [at - k * step, at - (k + 1) * step, at - (k + 2) * step];
    for (let i = 0; i < n; i++) {
        to[i]! +=
            w1 * (from[a1 + i]! + sign * from[b1 + i]!) +
            w2 * (from[a2 + i]! + sign * from[b2 + i]!) +
            w3 * (from[a3 + i]! + sign * from[b3 + i]!);
    }
}

/** Filters `rows` rows of `widthPx` along x; beyond the ends the outermost sample repeats. */
export function convolveRows(from: Float32Array, widthPx: number, rows: number, taps: Taps, to: Float32Array): void {
    const radius = radiusOf(taps);
    const line = new Float32Array(widthPx + 2 * radius);
    const sum = new Float64Array(widthPx);
    for (let y = 0; y < rows; y++) {
        const at = y * widthPx;
        line.fill(from[at]!, 0, radius);
        line.set(from.subarray(at, at + widthPx), radius);
        line.fill(from[at + widthPx - 1]!, radius + widthPx);
        accumulate(line, radius, 1, taps, sum);
        to.set(sum, at);
    }
}

/**
 * Filters along y, and gives `rows` rows: the first is centred on row `margin` of `from`, which holds `margin` more rows than
 * asked for above and below; `margin` must not be less than the radius.
 */
export function convolveColumns(
    from: Float32Array,
    widthPx: number,
    rows: number,
    margin: number,
    taps: Taps,
    to: Float32Array
): void {
    const sum = new Float64Array(widthPx);
    for (let y = 0; y < rows; y++) {
        accumulate(from, (margin + y) * widthPx, widthPx, taps, sum);
        to.set(sum, y * widthPx);
    }
}
