export { type DecodeTexturesOptions, decodeTextures } from './decode-textures.ts';
export type { GltfLimits } from './gltf-check.ts';
export { GLTF_LIMITS_DEFAULTS, type GltfOptions, type Resolver, readGltf } from './gltf-read.ts';
