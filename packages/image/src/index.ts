export { autoExposure } from './auto-exposure.ts';
export { decodeFrame, decodeImage, type ImageFormat, rgba8FromPng, sniffImage } from './decode-image.ts';
export {
    type ExrChannel,
    type ExrCompression,
    type ExrImage,
    type ExrSampleType,
    exrChannel
} from './exr-format.ts';
export { type FrameExrOptions, frameFromExr, readFrameExr, writeFrameExr } from './exr-frame.ts';
export { isExr, readExr } from './exr-read.ts';
export { EXR_WRITE_DEFAULTS, type ExrWriteOptions, writeExr } from './exr-write.ts';
export { FLIP_DEFAULTS, type FlipOptions, type FlipResult, flip } from './flip.ts';
export { type FlipHdrOptions, type FlipHdrResult, type FlipToneMapper, flipHdr } from './flip-hdr.ts';
export { Frame, type FrameInit, IDENTITY_VIEW, LAYER_CHANNELS, type LayerName, type View } from './frame.ts';
export { type FramePngOptions, readFramePng, writeFramePng } from './frame-png.ts';
export { floatFromHalf, halfFromFloat, halfTable } from './half.ts';
export { isHdr, readHdr, writeHdr } from './hdr.ts';
export { isJpeg, readJpeg } from './jpeg.ts';
export { IMAGE_LIMITS_DEFAULTS, type ImageLimits } from './limits.ts';
export { PIXEL_DIFF_DEFAULTS, type PixelDiffOptions, type PixelDiffResult, pixelDiff } from './pixel-diff.ts';
export type { PngImage } from './png-format.ts';
export { isPng, readPng } from './png-read.ts';
export { PNG_WRITE_DEFAULTS, type PngWriteOptions, writePng } from './png-write.ts';
export { PSNR_DEFAULTS, type PsnrOptions, psnr } from './psnr.ts';
export { cropFrame, resizeFrame } from './resample.ts';
export {
    frameFromRgba8,
    linearFromSrgb,
    quantize8,
    type Rgba8Image,
    rgba8FromFrame,
    srgbFromLinear,
    srgbTable
} from './srgb.ts';
export { MS_SSIM_WEIGHTS, msSsim, ssim } from './ssim.ts';
export { TONE_MAP_DEFAULTS, TONE_MAPPERS, type ToneMapOptions, type ToneMapper, toneMap } from './tone-map.ts';
