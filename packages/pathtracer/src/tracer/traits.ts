/**
 * What of a scene its kernels are made for: the values of the pipeline constants in `shaders/pathtracer/variant.wgsl`. What a
 * scene has none of is left out of all kernels. What only some of its materials need is left out of the kernels that shade the
 * others: hits wait in a queue for each class of materials, so rough walls never run through the code of coated glass.
 */
import { isCoated } from '../lights/coat-emission.ts';
import { NONE } from '../math/none.ts';
import { isEmissive } from '../scene/create-scene.ts';
import { cullsBacks } from '../scene/culling.ts';
import type { Material } from '../scene/scene.ts';
import type { KernelScene } from './device-scene.ts';
import { type MaterialClass, materialClass, materialQueues, queuedAs } from './material-queues.ts';
import { type PathTracerOptions, regenerates, type TracerMode } from './options.ts';
import { isExtended } from './pack-materials.ts';

/** What some materials need of the kernels that shade them. */
export interface MaterialTraits {
    /** One looks a texture up, or needs the tangents that come with it. */
    readonly textured: boolean;
    /** One has more than the core of glTF; see `isExtended`. */
    readonly extended: boolean;
    /** One reflects: not all are of kind `diffuse`. */
    readonly reflective: boolean;
    /** One is glass, wholly or in part, a conductor or plastic. (A trait for each would be more kernels to compile.) */
    readonly special: boolean;
}

/** A queue of hits, and what its kernels are made for. */
export interface MaterialQueue {
    readonly name: MaterialClass;
    readonly traits: MaterialTraits;
}

/** See the file comment. */
export interface KernelTraits {
    readonly mode: TracerMode;
    /** Ended paths give their slots to the next samples at once. */
    readonly regenerate: boolean;
    /** One tree in world space. */
    readonly flattened: boolean;
    /** No material has an alpha mode but opaque. */
    readonly opaque: boolean;
    /** No material's back is culled. */
    readonly solid: boolean;
    /** A material that emits has a coat. */
    readonly coatedLights: boolean;
    /** Light from infinitely far away. */
    readonly environment: boolean;
    /** A material's inside absorbs. */
    readonly media: boolean;
    /** Many lights, chosen from by a tree. */
    readonly lightTree: boolean;
    /** Rows along a side of the layers of split buffers, as a power of two; 0 if none is split. */
    readonly splitBits: number;
    /** All materials together: for kernels that shade whatever comes. */
    readonly materials: MaterialTraits;
    /** Those of each queue, in the order of their numbers. */
    readonly queues: readonly MaterialQueue[];
}

/** See the file comment. */
export function traitsOf(options: PathTracerOptions, { layout, scene, splitBits }: KernelScene): KernelTraits {
    const { materials } = scene;
    const names = materialQueues(materials);
    const queues = names.map((name) => ({
        name,
        traits: materialTraits(materials.filter((material) => queuedAs(material, names) === name))
    }));
    return {
        mode: options.mode,
        regenerate: regenerates(options),
        flattened: layout.flattened,
        opaque: materials.every(({ alphaMode = 'opaque' }) => alphaMode === 'opaque'),
        solid: !materials.some(cullsBacks),
        coatedLights: materials.some((material) => isEmissive(material) && isCoated(material)),
        environment: scene.environment !== null,
        media: materials.some(({ attenuation }) => attenuation),
        lightTree: layout.lightTreeBase !== NONE,
        splitBits,
        materials: materialTraits(materials),
        queues
    };
}

function materialTraits(materials: readonly Material[]): MaterialTraits {
    return {
        textured: materials.some(
            ({ textures = {}, anisotropy = 0 }) => anisotropy > 0 || Object.values(textures).some((ref) => ref)
        ),
        extended: materials.some(isExtended),
        reflective: materials.some(({ kind }) => kind !== 'diffuse'),
        special: materials.some((material) => materialClass(material) === 'full')
    };
}
