/**
 * Changes of a scene that is being rendered: what may change, and the scene that it gives. Only what changes is checked, so a
 * moved instance of a scene of a million triangles costs a copy of the list of instances.
 *
 * The outcome is the scene that `createScene` would make of the changed description. Indices are those of `tracer.scene`: what
 * `createScene` dropped (instances of empty meshes) has none.
 */
import { badInput } from '@mixreel/core';
import type { Mat4 } from '../math/vector.ts';
import { checkLight } from './check-light.ts';
import { checkMaterial, checkTexture } from './check-material.ts';
import { checkMesh } from './check-mesh.ts';
import { checkIndex } from './check-values.ts';
import { checkEnvironment, checkInstance, DEFAULT_ENVIRONMENT, isEmissive } from './create-scene.ts';
import type { Environment, Instance, Material, Mesh, PunctualLight, Scene, Texture } from './scene.ts';

/** What `PathTracer.update` takes. Everything may be left out; indices are those before the change. */
export interface SceneChanges {
    /**
     * Instances that moved. `previousTransform`: where they were in the frame before, for the motion layer; it stays until the
     * instance is named again, without it when it has come to rest.
     */
    readonly transforms?: readonly {
        readonly instance: number;
        readonly transform: Mat4;
        readonly previousTransform?: Mat4;
    }[];
    /** Instances that got another material. */
    readonly assign?: readonly { readonly instance: number; readonly material: number }[];
    /**
     * Meshes whose vertices moved (skinned, morphed): as many positions as before, in the same triangles. Without normals they are flat.
     */
    readonly meshes?: readonly DeformedMesh[];
    /** Textures that were drawn anew; of another size, all are packed again. */
    readonly textures?: readonly { readonly texture: number; readonly value: Texture }[];
    /** Materials that are replaced whole. */
    readonly materials?: readonly { readonly material: number; readonly value: Material }[];
    /** All lights without area, in place of those before. */
    readonly lights?: readonly PunctualLight[];
    /** The light from infinitely far away, or null for none. */
    readonly environment?: Environment | null;
    /** Instances that go. Those behind them move up. */
    readonly remove?: readonly number[];
    /** What comes, behind what is there: first meshes, textures and materials, then instances that may refer to them. */
    readonly add?: {
        readonly meshes?: readonly Mesh[];
        readonly textures?: readonly Texture[];
        readonly materials?: readonly Material[];
        readonly instances?: readonly Instance[];
    };
}

/** New vertices of a mesh. */
export interface DeformedMesh {
    readonly mesh: number;
    /** 3 floats a vertex, metres. */
    readonly positions: Float32Array;
    /** 3 floats a vertex, unit. */
    readonly normals?: Float32Array;
}

/** A changed scene and what differs from the one before. */
export interface ChangedScene {
    readonly scene: Scene;
    /** Instances (of both scenes) with another transform. */
    readonly moved: ReadonlySet<number>;
    /** Meshes with other vertices. */
    readonly deformed: ReadonlyMap<number, DeformedMesh>;
    /** Instances came, went or have another material. */
    readonly placed: boolean;
    readonly materials: boolean;
    /** Textures that were replaced. */
    readonly redrawn: ReadonlySet<number>;
    /** The light table must be built again, wherever its sphere lies. */
    readonly lights: boolean;
    readonly environment: boolean;
}

/** See the file comment. @throws `bad-input` as `createScene`; the scene is then as it was. */
export function changeScene(before: Scene, changes: SceneChanges): ChangedScene {
    const { transforms = [], assign = [], materials: replaced = [], remove = [], add = {} } = changes;
    const { meshes, deformed } = changeMeshes(before, changes);
    const { textures, redrawn } = changeTextures(before, changes);
    const materials = changeMaterials(before, replaced, add.materials ?? [], textures.length);

    const instances = [...before.instances];
    const touched = new Set<number>();
    for (const { instance, transform, previousTransform } of transforms) {
        checkIndex(instance, before.instances.length, 'transforms: instance');
        const { previousTransform: _, ...rest } = instances[instance]!;
        instances[instance] = { ...rest, transform, ...(previousTransform ? { previousTransform } : {}) };
        touched.add(instance);
    }
    for (const { instance, material } of assign) {
        checkIndex(instance, before.instances.length, 'assign: instance');
        instances[instance] = { ...instances[instance]!, material };
        touched.add(instance);
    }
    for (const i of touched) checkInstance(instances[i]!, i, { meshes, materials });
    const moved = new Set(transforms.map(({ instance }) => instance));
    const left = keepAllBut(instances, remove);
    for (const [i, instance] of (add.instances ?? []).entries()) {
        checkInstance(instance, before.instances.length + i, { meshes, materials });
        if (meshes[instance.mesh]!.indices.length > 0) left.push(instance);
    }
    const placed = assign.length > 0 || remove.length > 0 || left.length !== before.instances.length;
    for (const [i, light] of (changes.lights ?? []).entries()) checkLight(light, i);
    const lit = changes.lights ?? before.lights;
    const environment = changeEnvironment(before, changes, left, materials, lit);
    const scene = { ...before, meshes, textures, materials, instances: left, lights: lit, environment };
    return {
        scene: { ...scene, triangleCount: placed ? countTriangles(scene) : before.triangleCount },
        moved,
        deformed,
        placed,
        materials: replaced.length > 0 || add.materials !== undefined,
        redrawn,
        lights:
            changes.lights !== undefined ||
            environment !== before.environment ||
            placed ||
            replaced.some((each) => isEmissive(each.value) || isEmissive(before.materials[each.material]!)) ||
            materials.some((each) => isEmissive(each) && redrawn.has(each.textures?.emission?.texture ?? -1)) ||
            glows(before, moved, deformed),
        environment: environment !== before.environment
    };
}

function changeMeshes(
    before: Scene,
    { meshes: given = [], add }: SceneChanges
): { meshes: readonly Mesh[]; deformed: Map<number, DeformedMesh> } {
    const meshes = add?.meshes ? [...before.meshes, ...add.meshes] : [...before.meshes];
    const deformed = new Map<number, DeformedMesh>();
    for (const each of given) {
        checkIndex(each.mesh, before.meshes.length, 'meshes: mesh');
        const { normals: _, tangents: __, ...old } = before.meshes[each.mesh]!;
        if (each.positions.length !== old.positions.length) {
            throw badInput(
                `mesh ${each.mesh} is given ${each.positions.length} position floats`,
                `${old.positions.length}, as before`,
                'Add a new mesh and instances of it, and remove the old instances'
            );
        }
        const { positions, normals } = each;
        meshes[each.mesh] = { ...old, positions, ...(normals ? { normals } : {}) };
        checkMesh(meshes[each.mesh]!, each.mesh);
        deformed.set(each.mesh, each);
    }
    for (const [i, mesh] of (add?.meshes ?? []).entries()) checkMesh(mesh, before.meshes.length + i);
    return { meshes, deformed };
}

function changeTextures(
    before: Scene,
    { textures: given = [], add }: SceneChanges
): { textures: readonly Texture[]; redrawn: Set<number> } {
    const redrawn = new Set<number>();
    if (given.length === 0 && !add?.textures) return { textures: before.textures, redrawn };
    const textures = [...before.textures, ...(add?.textures ?? [])];
    for (const { texture, value } of given) {
        checkIndex(texture, before.textures.length, 'textures: texture');
        checkTexture(value, texture);
        textures[texture] = value;
        redrawn.add(texture);
    }
    for (const [i, texture] of (add?.textures ?? []).entries()) checkTexture(texture, before.textures.length + i);
    return { textures, redrawn };
}

function changeMaterials(
    before: Scene,
    replaced: NonNullable<SceneChanges['materials']>,
    added: readonly Material[],
    textureCount: number
): readonly Material[] {
    if (replaced.length === 0 && added.length === 0) return before.materials;
    const materials = [...before.materials, ...added];
    for (const { material, value } of replaced) {
        checkIndex(material, before.materials.length, 'materials: material');
        checkMaterial(value, material, textureCount);
        materials[material] = value;
    }
    for (const [i, value] of added.entries()) checkMaterial(value, before.materials.length + i, textureCount);
    return materials;
}

function keepAllBut(instances: readonly Instance[], remove: readonly number[]): Instance[] {
    if (remove.length === 0) return [...instances];
    for (const instance of remove) checkIndex(instance, instances.length, 'remove: instance');
    const gone = new Set(remove);
    return instances.filter((_, i) => !gone.has(i));
}

/** The default environment comes and goes with the other lights, as in `createScene`. */
function changeEnvironment(
    before: Scene,
    changes: SceneChanges,
    instances: readonly Instance[],
    materials: readonly Material[],
    lights: readonly PunctualLight[]
): Environment | null {
    if (changes.environment) checkEnvironment(changes.environment);
    const given = changes.environment === undefined ? before.environment : changes.environment;
    if (given && given !== DEFAULT_ENVIRONMENT) return given;
    const lit = lights.length > 0 || instances.some((instance) => isEmissive(materials[instance.material]!));
    return lit ? null : DEFAULT_ENVIRONMENT;
}

/** True if something that gives light moved or changed its shape. */
function glows(before: Scene, moved: ReadonlySet<number>, deformed: ReadonlyMap<number, unknown>): boolean {
    const emits = (instance: Instance): boolean => isEmissive(before.materials[instance.material]!);
    for (const i of moved) if (emits(before.instances[i]!)) return true;
    return deformed.size > 0 && before.instances.some((instance) => deformed.has(instance.mesh) && emits(instance));
}

function countTriangles(scene: Pick<Scene, 'instances' | 'meshes'>): number {
    let count = 0;
    for (const instance of scene.instances) count += scene.meshes[instance.mesh]!.indices.length / 3;
    return count;
}
