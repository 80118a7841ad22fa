/**
 * Textures as the kernels read them: a header row (first texel, width, height, flags), two rows of a 2 x 3 matrix if its
 * coordinates are transformed, and the texels of all levels of its pyramid, one word each. Flags in `shaders/pathtracer/texture.wgsl`.
 */
import type { Material, Texture, TextureRef, Wrap } from '../scene/scene.ts';
import { uvMatrix } from './pack-materials.ts';
import { texelsBelow, textureLevels } from './texture-pyramid.ts';

const WRAP: Readonly<Record<Wrap, number>> = { repeat: 0, clamp: 1, mirror: 2 };

/** All textures in one buffer. */
export interface PackedTextures {
    /** 4 or 12 words for each distinct (texture, wrap, transform) in use. */
    readonly headers: Uint32Array;
    readonly texels: Uint32Array;
    indexOf(ref: TextureRef): number;
}

/** Packs the textures that materials use; a texture used with two wraps has two headers and one set of texels. */
export function packTextures(textures: readonly Texture[], materials: readonly Material[]): PackedTextures {
    const refs = textureRefs(materials);
    const firstTexel = new Map<number, number>();
    let total = 0;
    for (const { texture } of refs) {
        if (firstTexel.has(texture)) continue;
        firstTexel.set(texture, total);
        const { widthPx, heightPx } = textures[texture]!;
        total += widthPx * heightPx + texelsBelow(widthPx, heightPx);
    }
    const used = [...firstTexel.keys()];
    const levels = textureLevels(textures, materials, used);
    const texels = new Uint32Array(Math.max(4, total));
    const bytes = new Uint8Array(texels.buffer);
    for (const index of used) {
        let at = firstTexel.get(index)! * 4;
        for (const { data } of levels[index]!) {
            bytes.set(data, at);
            at += data.length;
        }
    }
    const indices = new Map<string, number>();
    const headers: number[] = [];
    const float = new Float32Array(1);
    const bits = new Uint32Array(float.buffer);
    const key = (ref: TextureRef): string =>
        [ref.texture, ref.wrapU, ref.wrapV, ref.uvSet, ref.filter, uvMatrix(ref.transform)].join('/');
    for (const ref of refs) {
        if (indices.has(key(ref))) continue;
        indices.set(key(ref), headers.length / 4);
        const { widthPx, heightPx, srgb } = textures[ref.texture]!;
        const wrap = WRAP[ref.wrapU ?? 'repeat'] | (WRAP[ref.wrapV ?? 'repeat'] << 2);
        const matrix = uvMatrix(ref.transform);
        const flags =
            wrap |
            (srgb ? 16 : 0) |
            (matrix ? 32 : 0) |
            (ref.uvSet === 1 ? 64 : 0) |
            (ref.filter === 'nearest' ? 128 : 0) |
            ((levels[ref.texture]!.length - 1) << 8);
        headers.push(firstTexel.get(ref.texture)!, widthPx, heightPx, flags);
        for (const value of matrix ? [...matrix.slice(0, 3), 0, ...matrix.slice(3), 0] : []) {
            float[0] = value;
            headers.push(bits[0]!);
        }
    }
    return { headers: Uint32Array.from(headers), texels, indexOf: (ref) => indices.get(key(ref))! };
}

/** Every reference of a material to a texture, in order. */
export function textureRefs(materials: readonly Material[]): TextureRef[] {
    return materials.flatMap((material) => Object.values(material.textures ?? {}).filter((ref) => ref !== undefined));
}
