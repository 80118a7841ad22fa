export type { GltfLimits } from './checked-gltf.ts';
export type { EnvironmentMap, ImportedScene, ImportOptions } from './convert/imported-scene.ts';
export type { ConversionReport, ReportEntry } from './convert/report.ts';
export {
    type DecodeTexturesOptions,
    decodeTextures,
    decodeTexturesWith,
    type TextureDecoder,
    type TextureDecoders
} from './decode-textures.ts';
export { GLTF_LIMITS_DEFAULTS, type GltfOptions, type Resolver, readGltf } from './gltf-read.ts';
export { readGltfScene } from './gltf-scene.ts';
export { readMitsuba } from './mitsuba/mitsuba-read.ts';
export { readObj } from './obj/obj-read.ts';
export { readPbrt } from './pbrt/pbrt-read.ts';
export { readPly } from './ply/ply-read.ts';
