/** What the converters of parts of a glTF document share: the reader's notes, extensions by their getters, texture references. */
import type { ExtensibleProperty, Texture as GltfTexture, TextureInfo } from '@gltf-transform/core';
import type { SceneEvent, TextureRef, TextureTransform, Wrap } from './scene.ts';

export interface GltfReader {
    /** Counts something that was left out or approximated. */
    note(kind: SceneEvent['kind'], message: string): void;
    /** Index of a decoded texture, or null (with a note) if there is none. */
    texture(texture: GltfTexture, srgb: boolean): number | null;
}

/** Reads a value of an extension, if the property has it. */
export function extension<T = number>(property: ExtensibleProperty, name: string, getter: string): T | undefined {
    const found = property.getExtension(name) as unknown as Record<string, () => T> | null;
    return found?.[getter]?.();
}

/** glTF's numbers of the wrapping modes (those of OpenGL). */
const WRAP: Readonly<Record<number, Wrap>> = { 10497: 'repeat', 33071: 'clamp', 33648: 'mirror' };

/** glTF's number of the filter that shows texels as squares (that of OpenGL). */
const NEAREST = 9728;

/** A texture of a material as the tracer refers to it; undefined if there is none. */
export function ref(
    reader: GltfReader,
    texture: GltfTexture | null,
    info: TextureInfo | null,
    srgb: boolean
): TextureRef | undefined {
    if (!texture || !info) return undefined;
    const index = reader.texture(texture, srgb);
    if (index === null) return undefined;
    const transform = readTransform(info);
    const set = transform?.texCoord ?? info.getTexCoord();
    if (set > 1) reader.note('unsupported', 'textures with a third set of coordinates use the first');
    return {
        texture: index,
        wrapU: WRAP[info.getWrapS()] ?? 'repeat',
        wrapV: WRAP[info.getWrapT()] ?? 'repeat',
        ...(set === 1 ? { uvSet: 1 } : {}),
        ...(info.getMagFilter() === NEAREST ? { filter: 'nearest' } : {}),
        ...(transform ? { transform: transform.matrix } : {})
    };
}

function readTransform(info: TextureInfo): { texCoord: number | null; matrix: TextureTransform } | undefined {
    const name = 'KHR_texture_transform';
    if (!info.getExtension(name)) return undefined;
    return {
        texCoord: extension<number | null>(info, name, 'getTexCoord') ?? null,
        matrix: {
            offset: extension<[number, number]>(info, name, 'getOffset') ?? [0, 0],
            rotationRad: extension(info, name, 'getRotation') ?? 0,
            scale: extension<[number, number]>(info, name, 'getScale') ?? [1, 1]
        }
    };
}

export function clamp01(x: number): number {
    return Math.min(1, Math.max(0, x));
}
