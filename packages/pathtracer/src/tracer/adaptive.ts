/**
 * Adaptive sampling: pixels whose standard error, measured from the film's own moments, is small enough are no longer sampled.
 * The film counts the samples of each pixel.
 *
 * A caveat, and why it is off by default: whoever stops because the samples so far happen to agree stops too early on average
 * where light is rare (Kirk and Arvo 1991, "Unbiased sampling techniques for image synthesis"), so the mean of such a picture is
 * slightly too dark. More `minSpp` make the bias smaller. Under the Sobol sampler the moments overstate the error, which makes
 * the test stricter than it says.
 *
 * Pixels are chosen on the GPU every {@link STEP_SPP} samples, which costs a readback of 4 bytes; the waves then hold the chosen
 * pixels alone. The choice is the same in every mode and for every size of wave.
 */
import { badInput } from '@mixreel/core';
import { integer } from './options.ts';

/** When a pixel has enough samples. */
export interface AdaptiveSampling {
    /** Standard error of a pixel's luminance over its mean below which it is done, above 0, to 1. */
    readonly threshold: number;
    /** Samples that every pixel gets, 2 to 1,048,576. Default 16. */
    readonly minSpp?: number;
    /** Samples after which a pixel is done in any case, 1 to 1,048,576. Default 1,048,576. */
    readonly maxSpp?: number;
    /** Radiance below which the error counts as if the pixel were so bright, 0 or more. Default 0.01. */
    readonly darkest?: number;
}

/** Defaults of {@link AdaptiveSampling}. */
export const ADAPTIVE_DEFAULTS: Readonly<Required<Omit<AdaptiveSampling, 'threshold'>>> = Object.freeze({
    minSpp: 16,
    maxSpp: 2 ** 20,
    darkest: 0.01
});

/** Samples between two choices. */
const STEP_SPP = 8;

/** Fills in the defaults and checks every field. */
export function settleAdaptive(given: AdaptiveSampling): Required<AdaptiveSampling> {
    const settled = { ...ADAPTIVE_DEFAULTS, ...given };
    const { threshold, minSpp, maxSpp, darkest } = settled;
    integer('adaptive.minSpp', minSpp, 2, 2 ** 20);
    integer('adaptive.maxSpp', maxSpp, 1, 2 ** 20);
    if (threshold > 0 && threshold <= 1 && darkest >= 0 && Number.isFinite(darkest)) return settled;
    throw badInput(
        `adaptive.threshold is ${threshold}, adaptive.darkest ${darkest}`,
        'a threshold above 0, to 1, and a radiance from 0',
        'Give a relative error such as 0.05'
    );
}

/** Samples up to the next choice, and whether one is due now, after `samples`. */
export function nextPass(adaptive: Required<AdaptiveSampling>, samples: number): { chosen: boolean; spp: number } {
    const { minSpp, maxSpp } = adaptive;
    if (samples < minSpp) return { chosen: false, spp: Math.min(minSpp, maxSpp) - samples };
    return { chosen: true, spp: Math.min(STEP_SPP - ((samples - minSpp) % STEP_SPP), maxSpp - samples) };
}
