/** Compares what was sent with what was seen, frame by frame. */
import { type DecodedFrame, type EncodedFrame, FrameDecoder } from '@mixreel/codec';
import { type Progress, throwIfAborted } from '@mixreel/core';
import { Frame, flip, msSsim, psnr } from '@mixreel/image';
import type { TracedArrival } from '@mixreel/xrnet';

/** Least side for MS-SSIM: its coarsest of five scales must hold an 11-pixel window. */
const MS_SSIM_LEAST_PX = 161;

/** One frame's way and worth. */
export interface JudgedFrame {
    readonly index: number;
    readonly timeNs: number;
    readonly source: Frame;
    readonly seen: Frame;
    readonly decoded: DecodedFrame;
    readonly encoded: EncodedFrame;
    readonly arrivals: readonly TracedArrival[];
    /** Source against what is seen, on sRGB codes, dB; Infinity if equal. */
    readonly psnrDb: number;
    /** 0 to 1; null for pictures too small for it. */
    readonly msSsim: number | null;
    /** 0 (no difference is seen) to 1. */
    readonly flip: number;
    /** Every PDU of this frame and of those it refers to came whole and in time. */
    readonly exact: boolean;
    /** Whether the picture has the bytes of the encoder's own reconstruction. */
    readonly equalsReconstruction: boolean;
}

/** Decodes and judges. `sources` are what was encoded. */
export async function judge(
    sources: readonly Frame[],
    encoded: readonly EncodedFrame[],
    arrivals: readonly (readonly TracedArrival[])[],
    progress: Progress
): Promise<JudgedFrame[]> {
    const first = sources[0];
    const decoder = new FrameDecoder(first ? { widthPx: first.widthPx, heightPx: first.heightPx } : {});
    const judged: JudgedFrame[] = [];
    for (const [index, source] of sources.entries()) {
        throwIfAborted(progress, 'decoding and judging');
        const coded = encoded[index] as EncodedFrame;
        const came = arrivals[index] as readonly TracedArrival[];
        const decoded = decoder.decode(came);
        const seen = decoded.frame;
        judged.push({
            index,
            timeNs: source.timeNs,
            source,
            seen,
            decoded,
            encoded: coded,
            arrivals: came,
            psnrDb: psnr(source, seen),
            msSsim: Math.min(source.widthPx, source.heightPx) < MS_SSIM_LEAST_PX ? null : msSsim(source, seen),
            flip: flip(source, seen).mean,
            exact: decoded.exact,
            equalsReconstruction: sameBytes(decoded.picture.rgb, coded.picture.rgb)
        });
        progress.report?.(index + 1, sources.length, 'decoding and judging');
        await new Promise((resolve) => setImmediate(resolve));
    }
    return judged;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The distance of two frames in linear light, four times enlarged, as a frame to look at. */
export function differenceFrame(a: Frame, b: Frame): Frame {
    const [x, y] = [a.layer('color'), b.layer('color')];
    const color = x.map((value, i) => Math.min(1, 4 * Math.abs(value - (y[i] as number))));
    return new Frame({ widthPx: a.widthPx, heightPx: a.heightPx, layers: { color } });
}
