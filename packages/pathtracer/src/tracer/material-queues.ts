/**
 * Which materials share a queue of hits, shaded by kernels that know no more than those materials need.
 *
 * A material's class is the shading that it takes. Three queues have a place (`hitPlace` in `shaders/pathtracer/queues.wgsl`), so a
 * scene with all four classes shades matte surfaces as plain ones. A fixed split with plain and textured surfaces in one class was
 * tried first: untextured walls beside one textured chair took 2.5 times as long as without the chair.
 */
import type { Material } from '../scene/scene.ts';
import { isExtended } from './pack-materials.ts';

/** `matte`: no more than its colour; `plain`: glTF's core without textures; `textured`: with them; `full`: all the rest. */
export type MaterialClass = 'matte' | 'plain' | 'textured' | 'full';

const CLASSES: readonly MaterialClass[] = ['matte', 'plain', 'textured', 'full'];

/** See {@link MaterialClass}. */
export function materialClass(material: Material): MaterialClass {
    const { kind, transmission = 0, textures = {} } = material;
    if (isExtended(material) || transmission > 0 || (kind !== 'gltf' && kind !== 'diffuse')) return 'full';
    if (Object.values(textures).some((ref) => ref)) return 'textured';
    return kind === 'diffuse' ? 'matte' : 'plain';
}

/** The classes of a scene's materials, in the order of their queues' numbers; at most three. */
export function materialQueues(materials: readonly Material[]): readonly MaterialClass[] {
    const present = new Set(materials.map(materialClass));
    if (present.size === CLASSES.length) present.delete('matte');
    return CLASSES.filter((name) => present.has(name));
}

/** The class whose queue a material's hits wait in, of those of {@link materialQueues}. */
export function queuedAs(material: Material, queues: readonly MaterialClass[]): MaterialClass {
    const name = materialClass(material);
    // Matte ones among all four classes.
    return queues.includes(name) ? name : 'plain';
}
