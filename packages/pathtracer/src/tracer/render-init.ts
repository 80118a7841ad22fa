/** What a caller asks of `PathTracer.render` and of `PathTracer.renderPart`. */
import type { Progress } from '@mixreel/core';
import type { AdaptiveSampling } from './adaptive.ts';

/** Parameters of `PathTracer.render`. */
export interface RenderInit {
    /** Samples per pixel to add, 1 to 1,048,576; with `adaptive`, at most. */
    readonly spp: number;
    /** Reports samples; cancelling keeps what is on the film, always whole samples of each pixel. */
    readonly progress?: Progress;
    /**
     * Seed of these samples, 0 to 2^32 - 1, in place of the options': noise that differs from frame to frame averages out. Keep it
     * while samples gather on one film: another sequence would begin in its middle.
     */
    readonly seed?: number;
    /** Stop sampling pixels that have samples enough. Not by default. */
    readonly adaptive?: AdaptiveSampling;
    /** Measure the GPU time of each kernel where the device can. Costs a pass for each dispatch. Default false. */
    readonly timestamps?: boolean;
}

/** Parameters of `PathTracer.renderPart`. */
export interface PartInit {
    /** Paths to trace, 1 to 2^32 - 1: pixels of the sample under way, and samples of every pixel once it is done. */
    readonly paths: number;
    /** As of {@link RenderInit}. */
    readonly seed?: number;
}
