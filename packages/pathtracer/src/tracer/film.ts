/** The film and the first-hit layers as they come from the device, turned into a {@link Frame} and into moments. */
import { badInput } from '@mixreel/core';
import { Frame, type View } from '@mixreel/image';

/** First and second moments of a film; planar RGB as in {@link Frame}. */
export interface FilmMoments {
    readonly widthPx: number;
    readonly heightPx: number;
    /** Sum of the samples' radiance: 3 x width x height. */
    readonly sum: Float32Array;
    /** Sum of their squares: 3 x width x height. */
    readonly sumSquares: Float32Array;
    /** Samples of each pixel: width x height. */
    readonly count: Float32Array;
}

/** All that a film holds, to go on from on another device. */
export interface FilmState {
    readonly widthPx: number;
    readonly heightPx: number;
    /** Samples per pixel; the next one drawn has this index. */
    readonly samples: number;
    /** Pixels, from the first on, that have one sample more. Default 0. */
    readonly pixelsAhead?: number;
    /** 8 floats a pixel: sum rgb, count, sum of squares rgb, covered samples. */
    readonly data: Float32Array;
}

/** Throws `bad-input` unless a film has the size of the view that it is to be shown in. */
export function checkFilmState(state: FilmState, view: { readonly widthPx: number; readonly heightPx: number }): void {
    const { widthPx, heightPx } = view;
    if (state.widthPx === widthPx && state.heightPx === heightPx && state.data.length === 8 * widthPx * heightPx)
        return;
    throw badInput(
        `the film is ${state.widthPx} x ${state.heightPx} with ${state.data.length} floats`,
        `the view's ${widthPx} x ${heightPx}, 8 floats a pixel`,
        'Call setView with the size of the film first'
    );
}

/** Depths from here on mean that nothing was hit. */
const FAR = 1e29;

/** Film rows of 8 floats a pixel: sum rgb, count, sum of squares rgb, covered samples. */
export function momentsFromFilm(film: Float32Array, widthPx: number, heightPx: number): FilmMoments {
    const pixels = widthPx * heightPx;
    const sum = new Float32Array(3 * pixels);
    const sumSquares = new Float32Array(3 * pixels);
    const count = new Float32Array(pixels);
    for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 3; c++) {
            sum[c * pixels + i] = film[i * 8 + c]!;
            sumSquares[c * pixels + i] = film[i * 8 + 4 + c]!;
        }
        count[i] = film[i * 8 + 3]!;
    }
    return { widthPx, heightPx, sum, sumSquares, count };
}

/** Mean radiance and coverage, and the layers of 12 floats a pixel that `first_hit.wgsl` writes. */
export function frameFromFilm(
    film: Float32Array,
    data: Float32Array,
    target: { readonly view: View; readonly widthPx: number; readonly heightPx: number },
    timeNs: number
): Frame {
    const { view, widthPx, heightPx } = target;
    const n = widthPx * heightPx;
    const layers = {
        color: new Float32Array(3 * n),
        alpha: new Float32Array(n),
        albedo: new Float32Array(3 * n),
        normal: new Float32Array(3 * n),
        depth: new Float32Array(n),
        motion: new Float32Array(2 * n),
        instance: new Float32Array(n),
        semantic: new Float32Array(n)
    };
    for (let i = 0; i < n; i++) {
        const f = i * 8;
        const l = i * 12;
        const scale = film[f + 3]! > 0 ? 1 / film[f + 3]! : 0;
        for (let c = 0; c < 3; c++) {
            layers.color[c * n + i] = film[f + c]! * scale;
            layers.albedo[c * n + i] = data[l + c]!;
            layers.normal[c * n + i] = data[l + 4 + c]!;
        }
        layers.alpha[i] = film[f + 7]! * scale;
        layers.depth[i] = data[l + 3]! > FAR ? Infinity : data[l + 3]!;
        layers.instance[i] = data[l + 7]!;
        layers.motion[i] = data[l + 8]!;
        layers.motion[n + i] = data[l + 9]!;
        layers.semantic[i] = data[l + 10]!;
    }
    return new Frame({ widthPx, heightPx, layers, view, timeNs });
}
