import type { TextureTransform } from '../../src/scene/scene.ts';

/** KHR_texture_transform's matrix, translation times rotation times scale, as two rows of three. */
export function transformMatrix({ offset, rotationRad, scale }: TextureTransform): number[] {
    const [c, s] = [Math.cos(rotationRad), Math.sin(rotationRad)];
    return [c * scale[0], s * scale[1], offset[0], -s * scale[0], c * scale[1], offset[1]];
}
