/**
 * The running scene of a PlayCanvas app as the tracer's {@link Scene}: what the camera's layers draw, with the meshes,
 * materials and textures that several mesh instances share kept shared. Skinned and morphed meshes are taken in their rest
 * pose, skies other than a constant colour must be passed as an environment; both are told as events.
 */
import type { AppBase, CameraComponent, LightComponent, MeshInstance } from 'playcanvas';
import { constantEnvironment, createScene } from '../scene/create-scene.ts';
import type { Environment, Instance, Material, Mesh, Scene } from '../scene/scene.ts';
import { EventLog } from './events.ts';
import { lightsOf } from './light-data.ts';
import { materialOf } from './material-data.ts';
import { meshOf } from './mesh-data.ts';
import { TextureTable } from './texture-data.ts';

/** The engine draws its sky as a mesh around the camera. */
const SKY_NODE = 'SkyMeshNode';

/** A scene and where its instances came from. */
export interface AppScene {
    readonly scene: Scene;
    /** Mesh instance i is instance i of the scene. */
    readonly meshInstances: readonly MeshInstance[];
}

/** The mesh instances that the camera's layers draw, in the engine's order, each once. */
export function visibleMeshInstances(app: AppBase, camera: CameraComponent): MeshInstance[] {
    const found = new Set<MeshInstance>();
    for (const id of camera.layers) {
        const layer = app.scene.layers.getLayerById(id);
        if (!layer?.enabled) continue;
        for (const instance of layer.meshInstances) {
            if (instance.visible && !(instance as { gsplatInstance?: unknown }).gsplatInstance) found.add(instance);
        }
    }
    return [...found];
}

/**
 * @param environment - The light from infinitely far away; by default the app's ambient colour.
 * @throws `bad-input` if a mesh holds numbers that are not finite, or a transform is singular.
 */
export async function sceneFromApp(
    app: AppBase,
    camera: CameraComponent,
    environment?: Environment
): Promise<AppScene> {
    const log = new EventLog();
    const textures = new TextureTable(log);
    const meshes = new Indexed<Mesh>();
    const materials = new Indexed<Material>();
    const instances: Instance[] = [];
    const meshInstances: MeshInstance[] = [];
    for (const meshInstance of visibleMeshInstances(app, camera)) {
        const { node, mesh, material } = meshInstance;
        if (!mesh || !material || node.name === SKY_NODE) continue;
        const taken = meshes.of(mesh, () => meshOf(mesh, node.name));
        if (taken === null) continue;
        if (meshInstance.skinInstance || meshInstance.morphInstance) {
            log.add('unsupported', `"${node.name}" is skinned or morphed: rendered in its rest pose`);
        }
        if (!materials.has(material)) materials.set(material, await materialOf(material, textures, log));
        instances.push({
            name: node.name,
            mesh: taken,
            material: materials.indexOf(material),
            transform: [...node.getWorldTransform().data]
        });
        meshInstances.push(meshInstance);
    }
    const lights = app.root.findComponents('light') as LightComponent[];
    const scene = createScene({
        meshes: meshes.list,
        instances,
        materials: materials.list,
        textures: textures.textures,
        lights: lightsOf(app.scene, lights),
        ...environmentOf(app, environment, log)
    });
    return { scene: { ...scene, events: [...log.list(), ...scene.events] }, meshInstances };
}

function environmentOf(app: AppBase, given: Environment | undefined, log: EventLog): { environment?: Environment } {
    if (given) return { environment: given };
    const { skybox, envAtlas, ambientLight } = app.scene;
    if (skybox || envAtlas) log.add('unsupported', 'the sky is lit by the ambient colour: pass an environment');
    const ambient = ambientLight.clone().linear();
    if (ambient.r + ambient.g + ambient.b === 0) return {};
    return { environment: constantEnvironment([ambient.r, ambient.g, ambient.b]) };
}

/** Objects numbered in the order in which they come. */
class Indexed<T> {
    readonly list: T[] = [];
    readonly #indices = new Map<object, number | null>();

    has(key: object): boolean {
        return this.#indices.has(key);
    }

    set(key: object, value: T): void {
        this.#indices.set(key, this.list.push(value) - 1);
    }

    indexOf(key: object): number {
        return this.#indices.get(key)!;
    }

    /** The number of what `make` gives for a key the first time; null if it gives null. */
    of(key: object, make: () => T | null): number | null {
        if (!this.#indices.has(key)) {
            const made = make();
            this.#indices.set(key, made === null ? null : this.list.push(made) - 1);
        }
        return this.#indices.get(key)!;
    }
}
