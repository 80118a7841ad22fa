/**
 * The weights that come with the codec, an entry of its own: who does not ask for them does not load their MB. What they were trained on, and what they are
 * worth, is in models/README.md.
 */
import { ConceptModel } from '../concept/concept-model.ts';
import { CONCEPT_WEIGHTS } from '../generated/concept-weights.ts';
import { TEXTURE_WEIGHTS } from '../generated/texture-weights.ts';
import { TextureGenerator } from '../generator/texture-generator.ts';

/** Bytes of models/texture.mxg: an `.mxg` file, as {@link TextureGenerator} and `inspectGenerator` take it. */
export function textureWeights(): Uint8Array {
    return bytesOf(TEXTURE_WEIGHTS);
}

function bytesOf(base64: string): Uint8Array {
    const characters = atob(base64);
    const bytes = new Uint8Array(characters.length);
    // `Uint8Array.from` of a string makes a string of every character first: 40 MB for a megabyte.
    for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
    return bytes;
}

/**
 * A painter of texture for `new FrameDecoder({ generator: learnedTexture() })` or `decodeMxr(file, { generator: learnedTexture() })`. Make one and keep it: it
 * holds the network's memory. What it paints is invented: never evidence.
 */
export function learnedTexture(): TextureGenerator {
    return new TextureGenerator(textureWeights());
}

/** Bytes of models/concept.mxg, as {@link ConceptModel} and `inspectConcept` take it. */
export function conceptWeights(): Uint8Array {
    return bytesOf(CONCEPT_WEIGHTS);
}

/**
 * The model for `encodeMxr(frames, { concept: learnedConcept() })` and `decodeMxr(file, { concept: learnedConcept() })`. Make one and keep it. What it draws is partly invented: never evidence.
 */
export function learnedConcept(): ConceptModel {
    return new ConceptModel(conceptWeights());
}
