/**
 * Textures as the kernels read them: a header row (first texel, width, height, flags), two rows of a 2 x 3 matrix if its
 * coordinates are transformed, and the texels of all levels of its pyramid, one word each. Flags in `shaders/pathtracer/texture.wgsl`.
 */
import type { Material, Texture, TextureRef, Wrap } from '../scene/scene.ts';
import { uvMatrix } from './pack-materials.ts';
import { alphaWeighted, texelsBelow, textureLevels } from './texture-pyramid.ts';

const WRAP: Readonly<Record<Wrap, number>> = { repeat: 0, clamp: 1, mirror: 2 };

/** All textures in one buffer. */
export interface PackedTextures {
    /** 4 or 12 words for each distinct (texture, wrap, transform) in use. */
    readonly headers: Uint32Array;
    readonly texels: Uint32Array;
    /** Where the texels of each texture in use begin. */
    readonly firstTexel: ReadonlyMap<number, number>;
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
    for (const index of used) writeLevels(texels, firstTexel.get(index)!, levels[index]!);
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
    return { headers: Uint32Array.from(headers), texels, firstTexel, indexOf: (ref) => indices.get(key(ref))! };
}

/** The texels of one texture alone, all levels, as {@link packTextures} lays them out. */
export function packTexture(textures: readonly Texture[], materials: readonly Material[], index: number): Uint32Array {
    const { widthPx, heightPx } = textures[index]!;
    const texels = new Uint32Array(widthPx * heightPx + texelsBelow(widthPx, heightPx));
    writeLevels(texels, 0, textureLevels(textures, materials, [index])[index]!);
    return texels;
}

function writeLevels(texels: Uint32Array, first: number, levels: readonly Texture[]): void {
    const bytes = new Uint8Array(texels.buffer);
    let at = first * 4;
    for (const { data } of levels) {
        bytes.set(data, at);
        at += data.length;
    }
}

/** True if two scenes' textures lie alike: the same references, weighted by alpha where they were. */
export function packAlike(before: readonly Material[], after: readonly Material[]): boolean {
    if (before === after) return true;
    const layout = (materials: readonly Material[]): string =>
        JSON.stringify([textureRefs(materials), [...alphaWeighted(materials)].sort((a, b) => a - b)]);
    return layout(before) === layout(after);
}

/** Every reference of a material to a texture, in order. */
function textureRefs(materials: readonly Material[]): TextureRef[] {
    return materials.flatMap((material) => Object.values(material.textures ?? {}).filter((ref) => ref !== undefined));
}
