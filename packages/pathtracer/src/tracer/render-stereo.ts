/** Frames of both eyes in one call: what a head-mounted display shows at one moment, with every layer. */
import { type Progress, subProgress } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import { type HeadInit, stereoViews, type XrViewLike } from '../scene/stereo.ts';
import type { PathTracer } from './path-tracer.ts';

/** Parameters of {@link renderStereo}. */
export interface StereoInit {
    /** Of each eye, 1 to 16384. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** Samples per pixel, 1 to 1,048,576. */
    readonly spp: number;
    /** Where the eyes were in the frame before: gives the motion layers, which are 0 without. */
    readonly previous?: HeadInit | readonly XrViewLike[];
    /** As of `PathTracer.render`. Both eyes have the same. */
    readonly seed?: number;
    /** Of both frames. Default 0. */
    readonly timeNs?: number;
    readonly progress?: Progress;
}

/** A frame for each eye. */
export interface StereoFrames {
    readonly left: Frame;
    readonly right: Frame;
}

/**
 * Renders the pair; the tracer's view is the right eye's afterwards.
 *
 * @param from - A head, or the `views` of an XRViewerPose.
 * @throws MixreelError `bad-input` if there are not two eyes, else as `PathTracer.render`.
 */
export async function renderStereo(
    tracer: PathTracer,
    from: HeadInit | readonly XrViewLike[],
    { widthPx, heightPx, spp, previous, seed, timeNs = 0, progress }: StereoInit
): Promise<StereoFrames> {
    const views = stereoViews(from);
    const before = previous ? stereoViews(previous) : [];
    const eye = async (i: 0 | 1): Promise<Frame> => {
        const previousView = before[i];
        tracer.setView(views[i], { widthPx, heightPx, ...(previousView ? { previousView } : {}) });
        const half = subProgress(progress, i / 2, (i + 1) / 2);
        await tracer.render({ spp, progress: half, ...(seed === undefined ? {} : { seed }) });
        return tracer.readFrame({ timeNs });
    };
    const left = await eye(0);
    return { left, right: await eye(1) };
}
