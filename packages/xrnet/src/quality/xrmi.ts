/**
 * XRMI: one figure from 1 (bad) to 5 (excellent) for what a person in a headset experienced, without a reference picture.
 *
 * The indicators are those of the field's reports (GTI "5G Metrics and Test Methods Towards XR", ITU-T G.1035, P.1320):
 * presentation (stall, corruption, black edges), interaction (response, jitter, audio-video offset), picture (bit rate, frame
 * rate, resolution). No open subjective data exists to calibrate them, so the formula is a declaration, versioned with its
 * coefficients, and no agreement with human scores is claimed:
 *
 *   P = exp(-(a s + b c + d k))                        s, c, k: shares of time stalled, frames corrupted, area black
 *   I = exp(-j / j0) exp(-o / o0) / (1 + (max(0, r - rFree) / r0)^2)       j jitter, o offset, r response time
 *   Q = sat(rate)^(1/3) sat(fps)^(1/3) sat(pixels)^(1/3)   sat(x) = min(1, (1 - e^(-x/x0)) / (1 - e^(-full/x0)))
 *   XRMI = 1 + 4 P^wP I^wI Q^wQ                         wP + wI + wQ = 1, by scenario
 *
 * Falling in every impairment, rising in rate, frame rate and pixels, 5 exactly when nothing is impaired and all are full.
 */
import { badInput } from '@mixreel/core';

/** What the person does: the weights differ. */
export type XrmiScenario = 'panoramic-video' | 'cinema' | 'strong-interaction';

/** What was observed over the time that is judged. */
export interface XrmiInput {
    /** Share of display intervals without their new frame, 0 to 1. */
    readonly stallShare: number;
    /** Share of shown frames with missing parts, 0 to 1. */
    readonly corruptShare: number;
    /** Mean share of the picture that was black, 0 to 1. */
    readonly blackShare: number;
    /** Time from an action to the picture that answers it, ns, 0 or more. */
    readonly responseNs: number;
    /** Standard deviation of the frames' delay, ns, 0 or more. */
    readonly jitterNs: number;
    /** Distance of sound and picture, ns, 0 or more. */
    readonly avOffsetNs: number;
    /** Video bits a second, 0 or more. */
    readonly bitrateBps: number;
    /** Frames a second, 0 or more. */
    readonly fps: number;
    /** Pixels of a frame, both eyes, 0 or more. */
    readonly pixels: number;
}

/** A value that is good at `full` and nearly lost well below `scale`. */
export interface Saturation {
    readonly scale: number;
    readonly full: number;
}

/** Every coefficient of the formula. */
export interface XrmiCoefficients {
    readonly version: string;
    /** a, b, d. */
    readonly stall: number;
    readonly corrupt: number;
    readonly black: number;
    /** j0, o0, rFree, r0 in ns. */
    readonly jitterNs: number;
    readonly avOffsetNs: number;
    readonly freeResponseNs: number;
    readonly responseNs: number;
    readonly bitrateBps: Saturation;
    readonly fps: Saturation;
    readonly pixels: Saturation;
    /** wP, wI, wQ. */
    readonly weights: Readonly<Record<XrmiScenario, readonly [number, number, number]>>;
}

/**
 * Version 1. Stall and corruption: 5 % of either costs about one of five levels at equal weights. Response: free up to 20 ms
 * (the usual motion-to-photon target), half of I at 70 ms. Full picture: 45 Mbit/s, 90 fps, two eyes of 2048 x 2048.
 */
export const XRMI_V1: XrmiCoefficients = Object.freeze({
    version: '1.0',
    stall: 12,
    corrupt: 8,
    black: 10,
    jitterNs: 30e6,
    avOffsetNs: 250e6,
    freeResponseNs: 20e6,
    responseNs: 50e6,
    bitrateBps: Object.freeze({ scale: 10e6, full: 45e6 }),
    fps: Object.freeze({ scale: 30, full: 90 }),
    pixels: Object.freeze({ scale: 3e6, full: 2 * 2048 * 2048 }),
    weights: Object.freeze({
        'panoramic-video': Object.freeze([0.4, 0.2, 0.4] as const),
        cinema: Object.freeze([0.45, 0.1, 0.45] as const),
        'strong-interaction': Object.freeze([0.35, 0.45, 0.2] as const)
    })
});

/** The score and what it is made of. */
export interface Xrmi {
    /** 1 to 5. */
    readonly score: number;
    /** Version of the coefficients. */
    readonly version: string;
    /** P, I and Q, 0 to 1. */
    readonly presentation: number;
    readonly interaction: number;
    readonly picture: number;
}

/** See the file comment. Throws `bad-input` for anything but finite numbers of the ranges of {@link XrmiInput}. */
export function xrmi(input: XrmiInput, scenario: XrmiScenario, coefficients: XrmiCoefficients = XRMI_V1): Xrmi {
    const weights = coefficients.weights[scenario];
    if (weights === undefined) {
        const names = Object.keys(coefficients.weights).join(', ');
        throw badInput(`the XRMI scenario is ${String(scenario)}`, names, 'Name one of the scenarios');
    }
    requireInput(input);
    const c = coefficients;
    const impaired = c.stall * input.stallShare + c.corrupt * input.corruptShare + c.black * input.blackShare;
    const presentation = Math.exp(-impaired);
    const slow = Math.max(0, input.responseNs - c.freeResponseNs) / c.responseNs;
    const unsteady = input.jitterNs / c.jitterNs + input.avOffsetNs / c.avOffsetNs;
    const interaction = Math.exp(-unsteady) / (1 + slow * slow);
    const picture = Math.cbrt(
        saturation(input.bitrateBps, c.bitrateBps) * saturation(input.fps, c.fps) * saturation(input.pixels, c.pixels)
    );
    const [wp, wi, wq] = weights;
    const score = 1 + 4 * presentation ** wp * interaction ** wi * picture ** wq;
    return { score, version: c.version, presentation, interaction, picture };
}

function saturation(x: number, { scale, full }: Saturation): number {
    return Math.min(1, Math.expm1(-x / scale) / Math.expm1(-full / scale));
}

function requireInput(input: XrmiInput): void {
    for (const name of ['stallShare', 'corruptShare', 'blackShare'] as const) {
        if (!(input[name] >= 0 && input[name] <= 1)) throw wrong(name, input[name], 'a share from 0 to 1');
    }
    for (const name of ['responseNs', 'jitterNs', 'avOffsetNs', 'bitrateBps', 'fps', 'pixels'] as const) {
        if (!(input[name] >= 0 && input[name] < Infinity)) throw wrong(name, input[name], 'a finite number from 0');
    }
}

function wrong(name: string, value: unknown, expected: string): Error {
    return badInput(`the XRMI input ${name} is ${String(value)}`, expected, `Correct ${name}`);
}
