/**
 * Materials and textures as the kernels read them.
 *
 * A material is 7 rows of 4 words: base colour, opacity | metallic, roughness, index of refraction, transmission | emission,
 * alpha cutoff | kind and flags, textures of base colour, metallic-roughness, normal | texture of emission, normal scale, -, - |
 * eta | k. A texture is a header row (first texel, width, height, flags) and its texels, one word each.
 */
import { NONE } from '../lights/light-table.ts';
import type { Material, Texture, TextureRef, Wrap } from '../scene/scene.ts';

const KIND: Readonly<Record<Material['kind'], number>> = { gltf: 0, diffuse: 1, conductor: 2, dielectric: 3 };
const WRAP: Readonly<Record<Wrap, number>> = { repeat: 0, clamp: 1, mirror: 2 };

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
        (m.thin ? 128 : 0);
    words[offset + 13] = index(textures?.baseColor);
    words[offset + 14] = index(textures?.metallicRoughness);
    words[offset + 15] = index(textures?.normal);
    words[offset + 16] = index(textures?.emission);
    floats[offset + 17] = m.normalScale;
    floats.set([...m.eta, 0], offset + 20);
    floats.set([...m.k, 0], offset + 24);
}

/** All textures in one buffer. */
export interface PackedTextures {
    /** 4 words for each distinct (texture, wrap) in use. */
    readonly headers: Uint32Array;
    readonly texels: Uint32Array;
    indexOf(ref: TextureRef): number;
}

/** Packs the textures that are referred to; a texture used with two wraps has two headers and one set of texels. */
export function packTextures(textures: readonly Texture[], refs: readonly TextureRef[]): PackedTextures {
    const firstTexel = new Map<number, number>();
    let total = 0;
    for (const { texture } of refs) {
        if (firstTexel.has(texture)) continue;
        firstTexel.set(texture, total);
        total += textures[texture]!.widthPx * textures[texture]!.heightPx;
    }
    const texels = new Uint32Array(Math.max(4, total));
    for (const [index, first] of firstTexel) {
        new Uint8Array(texels.buffer).set(textures[index]!.data, first * 4);
    }
    const indices = new Map<string, number>();
    const headers: number[] = [];
    const key = (ref: TextureRef): string => `${ref.texture}/${ref.wrapU ?? 'repeat'}/${ref.wrapV ?? 'repeat'}`;
    for (const ref of refs) {
        if (indices.has(key(ref))) continue;
        indices.set(key(ref), headers.length / 4);
        const { widthPx, heightPx, srgb } = textures[ref.texture]!;
        const wrap = WRAP[ref.wrapU ?? 'repeat'] | (WRAP[ref.wrapV ?? 'repeat'] << 2);
        headers.push(firstTexel.get(ref.texture)!, widthPx, heightPx, wrap | (srgb ? 16 : 0));
    }
    return { headers: Uint32Array.from(headers), texels, indexOf: (ref) => indices.get(key(ref))! };
}
