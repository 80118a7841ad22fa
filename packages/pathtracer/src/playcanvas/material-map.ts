/**
 * A map of the engine's StandardMaterial: which texture, which channel, and how its coordinates are tiled, moved and turned.
 *
 * The engine (StandardMaterialMapTransforms._compute, 2.23.3) makes u' = cos tx u - sin ty v + ox and
 * v' = sin tx u + cos ty v + 1 - ty - oy of coordinates whose v points down, which is KHR_texture_transform with the rotation
 * turned round and the offset of v counted from the other edge.
 */
import type { Texture as EngineTexture, StandardMaterial, Vec2 } from 'playcanvas';
import type { TextureTransform } from '../scene/scene.ts';

/** Which byte of a texel a map takes. */
export type Channel = 'r' | 'g' | 'b' | 'a';

/** See the file comment. */
export interface EngineMap {
    readonly texture: EngineTexture;
    /** `rgb` where the map is a colour. */
    readonly channel: string;
    /** 0 or 1. */
    readonly uvSet: number;
    /** Absent where coordinates are used as they are. */
    readonly transform?: TextureTransform;
}

/**
 * The map of that name (`diffuse`, `gloss`, `emissive`, …), or null. Read by name: the engine defines these properties in a
 * loop, and its declarations (2.23.3) miss some of them.
 */
export function mapOf(material: StandardMaterial, name: string): EngineMap | null {
    const read = material as unknown as Record<string, unknown>;
    const texture = read[`${name}Map`] as EngineTexture | null | undefined;
    if (!texture) return null;
    const tiling = read[`${name}MapTiling`] as Vec2 | undefined;
    const offset = read[`${name}MapOffset`] as Vec2 | undefined;
    const rotation = (read[`${name}MapRotation`] as number | undefined) ?? 0;
    const [tx, ty, ox, oy] = [tiling?.x ?? 1, tiling?.y ?? 1, offset?.x ?? 0, offset?.y ?? 0];
    const place = { texture, channel: (read[`${name}MapChannel`] as string) ?? 'rgb', uvSet: uvSetOf(read, name) };
    if (tx === 1 && ty === 1 && ox === 0 && oy === 0 && rotation === 0) return place;
    const transform = {
        offset: [ox, 1 - ty - oy] as const,
        rotationRad: (-rotation * Math.PI) / 180,
        scale: [tx, ty] as const
    };
    return { ...place, transform };
}

/** True if two maps look their textures up at the same place. */
export function samePlace(a: EngineMap, b: EngineMap): boolean {
    return a.uvSet === b.uvSet && JSON.stringify(a.transform) === JSON.stringify(b.transform);
}

function uvSetOf(read: Record<string, unknown>, name: string): number {
    return (read[`${name}MapUv`] as number | undefined) ?? 0;
}
