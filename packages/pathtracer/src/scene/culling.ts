/**
 * Which surfaces are not there from behind: glTF culls the backs of what is not double-sided. A rasterizer asks at the camera
 * only. Here a back that is culled is there for no ray, shadow rays among them: were it solid for some, light sampling and BSDF
 * sampling would weigh each other's light by what the other cannot see, and the picture would change with the strategy. So a
 * single sheet casts its shadow on what its front looks at; a closed mesh, a wall with two sides or a room seen from inside looks
 * as if nothing were culled. What light goes through has a back whatever its material says: rays must find their way out.
 */
import type { Material } from './scene.ts';

/** What culling depends on. */
export type CulledMaterial = Pick<Material, 'kind' | 'culled' | 'doubleSided' | 'transmission' | 'diffuseTransmission'>;

/** True if rays pass through the back of a surface of this material. */
export function cullsBacks({ kind, culled, doubleSided, transmission, diffuseTransmission }: CulledMaterial): boolean {
    const opaque = kind !== 'dielectric' && !((transmission ?? 0) > 0) && !((diffuseTransmission ?? 0) > 0);
    return culled === true && doubleSided !== true && opaque;
}
