export { type ConceptStyleEdit, readConceptStyles, restyleConcept } from './concept/concept-edit.ts';
export type { ConceptShape } from './concept/concept-file.ts';
export { ConceptModel, type ConceptSummary, inspectConcept } from './concept/concept-model.ts';
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
export { type MxrPduSetOptions, mxrOfArrivals, pduSetsOfMxr } from './container/mxr-pdu-sets.ts';
export { FORMAT_VERSION, type LayerId, readUnit, type Unit, writeUnit } from './container/unit.ts';
export {
    editMxr,
    moveRegions,
    readScene,
    readStructure,
    relabel,
    restyle,
    restyleMxr,
    rewrite,
    rgbOfStyle,
    type StyleEdit,
    styleOfRgb,
    type UnitsEdit
} from './edit.ts';
export {
    type DecodeMxrSettings,
    decodeMxr,
    decodeMxrFrames,
    encodeMxr,
    inspectMxr,
    type MxrFrameSummary,
    type MxrSummary
} from './file.ts';
export { type DecodedFrame, type DecodeSettings, FrameDecoder } from './frame-decoder.ts';
export { type EncodedFrame, type EncodeSettings, type EncodingStats, FrameEncoder } from './frame-encoder.ts';
export type { CellFeatures } from './generator/cell-features.ts';
export { type GeneratorSummary, inspectGenerator, type NetworkShape } from './generator/network-file.ts';
export { type GeneratorInput, type PictureGenerator, TextureGenerator } from './generator/texture-generator.ts';
export type { Keypoint, KeypointGrid, Keypoints } from './keypoints/keypoint-coder.ts';
export {
    decodeKeypointVideo,
    encodeKeypointVideo,
    KEYPOINT_VIDEO_DEFAULTS,
    type KeypointVideoFrame,
    type KeypointVideoOptions,
    readKeypoints
} from './keypoints/keypoint-video.ts';
export { BODY_SKELETON, type Skeleton } from './keypoints/part-flow.ts';
export { PART_POINTS, PERSON_PARTS, type PersonPart, personSkeleton } from './keypoints/person.ts';
export {
    FRAME_DECODER_DEFAULTS,
    FRAME_ENCODER_DEFAULTS,
    type FrameDecoderOptions,
    type FrameEncoderOptions,
    STRUCTURES,
    type Structure
} from './options.ts';
export { frameFromPicture, LARGEST_SIDE_PX, type Picture, pictureFromFrame } from './picture.ts';
export { readObjects, type StreamObject } from './read-objects.ts';
export { requireGuide } from './shared-scene/guide.ts';
export type { DecodedStructure } from './structure/read-structure.ts';
export {
    colorOfStyle,
    type LabelMap,
    type RegionMeaning,
    type RegionStyle,
    type StructureMap
} from './structure/structure-map.ts';
export { DESCRIBE_DEFAULTS, type DescribeOptions, describeScene } from './text/describe-scene.ts';
export { paintScene } from './text/paint-scene.ts';
export { decodeScene, encodeScene } from './text/scene-coder.ts';
export {
    parseScene,
    printScene,
    SCENE_WORDS,
    type SceneRegion,
    type SceneText,
    type SceneWord
} from './text/scene-text.ts';
