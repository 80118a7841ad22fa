/**
 * What a coat of varnish leaves of the light that a surface under it sends out: 1 - coat * Fresnel, of the coat's strength times its texture and Schlick's
 * Fresnel at index 1.5 (KHR_materials_clearcoat, "Emission"), for the cosine to the triangle's own normal. Light sampling knows no other normal there,
 * and a path that meets the lamp must find the same light. The power that lights are chosen by leaves it out. Twin of `emissionOf` in
 * `shaders/pathtracer/surface.wgsl`.
 */
import type { Material } from '../scene/scene.ts';

const COAT_F0 = 0.04;

/** True if a coat dims what the material emits. */
export function isCoated({ kind, clearcoat = 0 }: Material): boolean {
    return kind === 'gltf' && clearcoat > 0;
}

/** @param texel What the coat's texture says, 0 to 1. @param cosine To the viewer, of either sign. */
export function coatEmission(material: Material, texel: number, cosine: number): number {
    if (!isCoated(material)) return 1;
    return 1 - material.clearcoat! * texel * (COAT_F0 + (1 - COAT_F0) * (1 - Math.min(1, Math.abs(cosine))) ** 5);
}
