/**
 * A picture of 8 bits (a screenshot, a PNG) as captured data. Its bytes are kept and its floats made when first asked for: two
 * screenshots of 4K are compared in 5 ms as bytes, and in 17 ms as floats (memory's speed; 64-bit words, xor and
 * Buffer.compare were no faster), which take 300 ms to make.
 */
import { type Frame, frameFromRgba8, type Rgba8Image, rgba8FromFrame } from '@mixreel/image';
import type { CaptureData } from './capture.ts';

type FrameData = Extract<CaptureData, { kind: 'frame' }>;

/** See the file comment. The image is not copied. */
export function pictureData(rgba8: Rgba8Image): FrameData {
    let frame: Frame | undefined;
    return {
        kind: 'frame',
        rgba8,
        get frame() {
            frame ??= frameFromRgba8(rgba8);
            return frame;
        }
    };
}

/** The picture as bytes: those it came with, or its colour quantised. */
export function rgba8Of(data: FrameData): Rgba8Image {
    return data.rgba8 ?? rgba8FromFrame(data.frame);
}
