/**
 * The weights that come with the codec, an entry of its own: who does not ask for them does not load their 180 kB. What they were trained on, and what they are
 * worth, is in models/README.md.
 */
import { TEXTURE_WEIGHTS } from '../generated/texture-weights.ts';
import { TextureGenerator } from '../generator/texture-generator.ts';

/** Bytes of models/texture.mxg: an `.mxg` file, as {@link TextureGenerator} and `inspectGenerator` take it. */
export function textureWeights(): Uint8Array {
    return Uint8Array.from(atob(TEXTURE_WEIGHTS), (character) => character.charCodeAt(0));
}

/**
 * A painter of texture for `new FrameDecoder({ generator: learnedTexture() })` or `decodeMxr(file, { generator: learnedTexture() })`. Make one and keep it: it
 * holds the network's memory. What it paints is invented: never evidence.
 */
export function learnedTexture(): TextureGenerator {
    return new TextureGenerator(textureWeights());
}
