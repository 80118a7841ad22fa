/** Pictures in and out by the ending of their file's name. */
import {
    autoExposure,
    decodeFrame,
    type Frame,
    type ToneMapper,
    toneMap,
    writeFrameExr,
    writeFramePng,
    writeHdr
} from '@mixreel/image';
import { extensionOf, readInput, writeAtomically } from '../files.ts';

/** What a picture can be written as. */
export const PICTURE_ENDINGS = ['png', 'exr', 'hdr'] as const;

/** Throws early, before anything is rendered, if the name's ending is none of a picture. */
export function requirePictureName(path: string): void {
    extensionOf(path, PICTURE_ENDINGS, 'the picture');
}

/** PNG, JPEG, EXR or Radiance, told apart by their bytes; PNG and JPEG are taken as sRGB. */
export async function readPicture(path: string): Promise<Frame> {
    return decodeFrame(await readInput(path, 'the picture'));
}

/**
 * Writes a frame: .png tone-mapped with 8 bits, .exr with all its layers as they are, .hdr linear.
 *
 * @returns The size of the file.
 */
export async function writePicture(
    path: string,
    frame: Frame,
    mapper: ToneMapper,
    exposure: number | 'auto'
): Promise<number> {
    const extension = extensionOf(path, PICTURE_ENDINGS, 'the picture');
    const bytes =
        extension === 'png'
            ? writeFramePng(frame, { mapper, exposure: exposureOf(frame, exposure) })
            : extension === 'exr'
              ? writeFrameExr(frame)
              : writeHdr(frame);
    await writeAtomically(path, bytes);
    return bytes.length;
}

/** What a screen shows of a linear frame: tone-mapped, 0 to 1, still linear in code. */
export function displayed(frame: Frame, mapper: ToneMapper, exposure: number | 'auto' = 1): Frame {
    return toneMap(frame, { mapper, exposure: exposureOf(frame, exposure) });
}

/** The exposure as a number; of a movement's first frame, so that the others do not flicker. */
export function exposureOf(frame: Frame, exposure: number | 'auto'): number {
    return exposure === 'auto' ? autoExposure(frame) : exposure;
}
