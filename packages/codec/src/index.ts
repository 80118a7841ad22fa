export { crc32c } from './container/crc32c.ts';
export {
    type Json,
    MXR_SIGNATURE,
    type MxrDamage,
    type MxrFile,
    type MxrFrame,
    type MxrMetadata,
    readMxr,
    writeMxr
} from './container/mxr.ts';
export { FORMAT_VERSION, type LayerId, readUnit, type Unit, writeUnit } from './container/unit.ts';
export { readStructure, restyle, restyleMxr, rgbOfStyle, type StyleEdit, styleOfRgb } from './edit.ts';
export { decodeMxr, encodeMxr, inspectMxr, type MxrFrameSummary, type MxrSummary } from './file.ts';
export { type DecodedFrame, type DecodeSettings, FrameDecoder } from './frame-decoder.ts';
export { type EncodedFrame, type EncodeSettings, type EncodingStats, FrameEncoder } from './frame-encoder.ts';
export {
    FRAME_DECODER_DEFAULTS,
    FRAME_ENCODER_DEFAULTS,
    type FrameDecoderOptions,
    type FrameEncoderOptions
} from './options.ts';
export { frameFromPicture, LARGEST_SIDE_PX, type Picture, pictureFromFrame } from './picture.ts';
export type { DecodedStructure } from './structure/read-structure.ts';
export { colorOfStyle, type RegionMeaning, type RegionStyle, type StructureMap } from './structure/structure-map.ts';
