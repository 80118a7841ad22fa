/**
 * Materials as the kernels read them.
 *
 * A material is 8 rows of 4 words: base colour, opacity | metallic, roughness, index of refraction, transmission | emission,
 * alpha cutoff | kind and flags, textures of base colour, metallic-roughness, normal | texture of emission, normal scale, -, - |
 * eta | k | specular colour, specular factor (plastic: internal reflectance).
 */
import { internalReflectance } from '../bsdf/bsdf.ts';
import { NONE } from '../math/none.ts';
import type { Material, TextureRef, TextureTransform } from '../scene/scene.ts';

const KIND: Readonly<Record<Material['kind'], number>> = {
    gltf: 0,
    diffuse: 1,
    conductor: 2,
    dielectric: 3,
    plastic: 4
};

/** What is left out of a material. Roughness 1, metallic 0, ior 1.5: a matt, white, opaque surface. */
export const MATERIAL_DEFAULTS = Object.freeze({
    baseColor: [1, 1, 1],
    opacity: 1,
    alphaMode: 'opaque',
    alphaCutoff: 0.5,
    metallic: 0,
    roughness: 1,
    ior: 1.5,
    transmission: 0,
    thin: false,
    emission: [0, 0, 0],
    doubleSided: false,
    /** Silver-like; a conductor ought to have its own. */
    eta: [0.155, 0.117, 0.138],
    k: [4.828, 3.122, 2.147],
    specularColor: [1, 1, 1],
    specular: 1,
    nonlinear: false,
    normalScale: 1
} as const satisfies Partial<Material>) as Readonly<Required<Omit<Material, 'name' | 'kind' | 'textures'>>>;

/** Writes one material at a word offset. */
export function packMaterial(
    material: Material,
    textureIndex: (ref: TextureRef) => number,
    words: Uint32Array,
    offset: number
): void {
    const m = { ...MATERIAL_DEFAULTS, ...material };
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    const { textures } = material;
    const index = (ref: TextureRef | undefined): number => (ref ? textureIndex(ref) : NONE);
    floats.set([...m.baseColor, m.opacity], offset);
    floats.set([m.metallic, m.roughness, m.ior, m.transmission], offset + 4);
    floats.set([...m.emission, m.alphaCutoff], offset + 8);
    words[offset + 12] =
        KIND[m.kind] |
        (m.doubleSided ? 16 : 0) |
        (m.alphaMode === 'mask' ? 32 : 0) |
        (m.alphaMode === 'blend' ? 64 : 0) |
        (m.thin ? 128 : 0) |
        (m.nonlinear ? 256 : 0) |
        (m.specular !== 1 || m.specularColor.some((c) => c !== 1) ? 512 : 0);
    words[offset + 13] = index(textures?.baseColor);
    words[offset + 14] = index(textures?.metallicRoughness);
    words[offset + 15] = index(textures?.normal);
    words[offset + 16] = index(textures?.emission);
    floats[offset + 17] = m.normalScale;
    floats.set([...m.eta, 0], offset + 20);
    floats.set([...m.k, 0], offset + 24);
    const last = m.kind === 'plastic' ? internalReflectance(m.ior) : m.specular;
    floats.set([...m.specularColor, last], offset + 28);
}

/** Rows of the 2 x 3 matrix of a transform, or null if it changes nothing. T R S, with v down. */
export function uvMatrix(transform: TextureTransform | undefined): readonly number[] | null {
    if (!transform) return null;
    const { offset, rotationRad, scale } = transform;
    const c = Math.cos(rotationRad);
    const s = Math.sin(rotationRad);
    const matrix = [c * scale[0], s * scale[1], offset[0], -s * scale[0], c * scale[1], offset[1]];
    return matrix.every((value, i) => value === (i === 0 || i === 4 ? 1 : 0)) ? null : matrix;
}
