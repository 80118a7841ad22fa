/**
 * What a scene's materials need of its meshes beyond positions, normals and the first texture coordinates: tangents where there
 * are normal maps (or anything else that has a direction in the picture), second coordinates and colours of vertices. Tangents
 * lie in words that triangles have anyway; the others take three more rows a triangle, in scenes that use them.
 */
import type { Mesh } from '../scene/scene.ts';
import { cornerTangents } from '../scene/tangents.ts';
import type { GeometryScene } from './pack-geometry.ts';

/** See the file comment. */
export interface ShadingAttributes {
    /** Rows of 16 bytes a triangle in `shading`: 3, or 6 with second coordinates and colours. */
    readonly rows: number;
    /** Tangents of a mesh's corners, 4 numbers each; null where no material needs them. */
    readonly tangentsOf: (mesh: number) => Float32Array | null;
}

/** Finds out what is needed. Tangents are worked out when they are asked for, once a mesh. */
export function shadingAttributes(scene: GeometryScene): ShadingAttributes {
    const sets = tangentSets(scene);
    const made = new Map<number, Float32Array | null>();
    const make = (index: number): Float32Array | null => {
        const set = sets.get(index);
        const mesh = scene.meshes[index]!;
        const uvs = set === 1 ? mesh.uvs1 : mesh.uvs;
        return set === undefined || !(uvs || mesh.tangents) ? null : cornerTangents(mesh, uvs ?? noUvs(mesh));
    };
    return {
        rows: shadingRows(scene),
        tangentsOf: (mesh) => {
            if (!made.has(mesh)) made.set(mesh, make(mesh));
            return made.get(mesh)!;
        }
    };
}

/** Rows of 16 bytes a triangle takes in `shading`. */
export function shadingRows({ materials, meshes }: GeometryScene): number {
    const second = materials.some(({ textures }) => Object.values(textures ?? {}).some((ref) => ref?.uvSet === 1));
    return second || meshes.some((mesh) => mesh.colors) ? 6 : 3;
}

/** The meshes that need tangents, each with the coordinates that they follow. */
export function tangentSets(scene: GeometryScene): ReadonlyMap<number, 0 | 1> {
    const sets = new Map<number, 0 | 1>();
    for (const { mesh, material } of scene.instances) {
        const set = tangentSet(scene.materials[material]!);
        // A mesh with two materials whose normal maps lie in different sets has the tangents of the first.
        if (set !== null && !sets.has(mesh)) sets.set(mesh, set);
    }
    return sets;
}

/** The set of coordinates whose directions a material uses; null if it uses none. */
function tangentSet(material: GeometryScene['materials'][number]): 0 | 1 | null {
    for (const [key, ref] of Object.entries(material.textures ?? {})) {
        if (ref && /normal|anisotropy/i.test(key)) return ref.uvSet ?? 0;
    }
    // A stretched highlight follows the first coordinates even without a picture.
    return (material.anisotropy ?? 0) > 0 ? 0 : null;
}

function noUvs(mesh: Mesh): Float32Array {
    return new Float32Array((mesh.positions.length / 3) * 2);
}
