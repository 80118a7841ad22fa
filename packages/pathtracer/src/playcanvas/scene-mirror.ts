/**
 * The tracer's scene as a mirror of the engine's: which of the engine's objects has which number there, and the smallest change
 * that brings the one up to the other. What is expensive to read (texels, skies, vertices at rest) is read once; a thing that is
 * hidden and shown again, or shares its mesh or material with another, costs an instance only.
 */
import type { Device } from '@mixreel/gpu';
import type {
    AppBase,
    CameraComponent,
    Material as EngineMaterial,
    Mesh as EngineMesh,
    LightComponent,
    MeshInstance
} from 'playcanvas';
import { isSingular, type Mat4 } from '../math/vector.ts';
import type { DeformedMesh, SceneChanges } from '../scene/change-scene.ts';
import { createScene } from '../scene/create-scene.ts';
import type { Environment, Instance, Material, Mesh, Scene, SceneEvent } from '../scene/scene.ts';
import { EventLog } from './events.ts';
import {
    activeLights,
    areaLightMaterial,
    areaLightMesh,
    areaLightTransform,
    isAreaLight,
    lightsOf
} from './light-data.ts';
import { materialOf } from './material-data.ts';
import { boxVersion, hasVertexColors, meshOf } from './mesh-data.ts';
import { RestMesh } from './pose.ts';
import { type EngineChanges, SceneWatch } from './scene-watch.ts';
import { SkyReader } from './sky.ts';
import { TexelCache, TextureTable } from './texture-data.ts';
import { visibleMeshInstances } from './visible-mesh-instances.ts';

type Source = MeshInstance | LightComponent;

/** An instance of the tracer's scene. */
interface Slot {
    readonly source: Source;
    readonly mesh: number;
    material: number;
    /** Where the tracer has it. */
    transform: Mat4;
}

/** What was read of a mesh. */
interface KnownMesh {
    /** Of the vertices when they were read. */
    readonly version: readonly unknown[];
    /** Null: it has no triangles that can be read. */
    readonly mesh: Mesh | null;
    readonly index: number;
    rest: RestMesh | null;
}

/** A change while it is put together. */
interface Draft {
    readonly transforms: { instance: number; transform: Mat4 }[];
    readonly assign: { instance: number; material: number }[];
    readonly meshes: DeformedMesh[];
    readonly materials: { material: number; value: Material }[];
    readonly remove: number[];
    /** Skinned and morphed things whose vertices at rest changed. */
    readonly reposed: MeshInstance[];
    readonly add: { readonly meshes: Mesh[]; readonly materials: Material[]; readonly instances: Instance[] };
}

/** Meshes or materials beyond twice as many as things are shown, from which the scene is better taken anew. */
const SPARE = 256;

/** See the file comment. */
export class SceneMirror {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #device: Device;
    readonly #environment: Environment | null;
    readonly #texels: TexelCache;
    readonly #sky: SkyReader;
    #log = new EventLog();
    #textures = new TextureTable(this.#log);
    /** By the engine's mesh; those with vertices of their own by their instance, area lights by themselves. */
    readonly #meshes = new Map<EngineMesh | Source, KnownMesh>();
    #meshCount = 0;
    /** Versions are the engine's of a material, and what they look like of area lights. */
    readonly #materials = new Map<EngineMaterial | LightComponent, { readonly index: number; version: unknown }>();
    #slots: readonly Slot[] = [];
    #watch: SceneWatch | null = null;

    /** @param environment - Used in place of the app's sky. */
    constructor(app: AppBase, camera: CameraComponent, device: Device, environment: Environment | null = null) {
        this.#app = app;
        this.#camera = camera;
        this.#device = device;
        this.#environment = environment;
        this.#texels = new TexelCache(device);
        this.#sky = new SkyReader(device);
    }

    /** What was left out or is rendered otherwise, told since this was asked last. */
    news(): SceneEvent[] {
        return this.#log.news();
    }

    /**
     * Takes everything; null if nothing is shown that has triangles.
     *
     * @throws `bad-input` if a mesh holds numbers that are not finite.
     */
    async take(): Promise<Scene | null> {
        this.#log = new EventLog();
        this.#textures = new TextureTable(this.#log, this.#texels);
        this.#meshes.clear();
        this.#meshCount = 0;
        this.#materials.clear();
        this.#slots = [];
        const { add, lights, environment } = await this.#follow(EVERYTHING);
        if (this.#slots.length === 0) return null;
        return createScene({
            meshes: add?.meshes ?? [],
            instances: add?.instances ?? [],
            materials: add?.materials ?? [],
            textures: this.#textures.textures,
            lights: lights ?? [],
            ...(environment ? { environment } : {})
        });
    }

    /** What changed in the engine since the last call or `take`; null if nothing did. */
    look(): EngineChanges | null {
        return this.#watch?.changes() ?? null;
    }

    /** The change of the tracer's scene that follows from that; `everything` if taking all anew is better. */
    async follow(changes: EngineChanges): Promise<SceneChanges | 'everything'> {
        if (this.#slots.length === 0) return 'everything';
        const followed = await this.#follow(changes);
        const wasteful = Math.max(this.#meshCount, this.#materials.size) > 2 * this.#slots.length + SPARE;
        return this.#slots.length === 0 || wasteful ? 'everything' : followed;
    }

    async #follow(changes: EngineChanges): Promise<SceneChanges> {
        const textureCount = this.#textures.textures.length;
        const draft: Draft = {
            transforms: [],
            assign: [],
            meshes: [],
            materials: [],
            remove: [],
            reposed: [],
            add: { meshes: [], materials: [], instances: [] }
        };
        const before = this.#slots;
        // What is where is taken at one moment, before anything is waited for; what changes later is noticed by the next look.
        const settled = changes.structure ? this.#restructure(draft) : null;
        const moved = settled ? before.keys() : changes.moved;
        for (const instance of moved) if (!draft.remove.includes(instance)) this.#move(before, instance, draft);
        const lights = lightsOf(this.#app.scene, activeLights(this.#app, this.#camera), this.#log);
        for (const material of changes.materials) await this.#replaceMaterial(material, draft);
        await settled?.();
        for (const instance of changes.posed) {
            const { source, mesh } = before[instance]!;
            const rest = this.#meshes.get(source)?.rest;
            const left = draft.remove.includes(instance) || draft.meshes.some((each) => each.mesh === mesh);
            if (rest && !left) draft.meshes.push({ mesh, ...rest.pose(source as MeshInstance) });
        }
        const textures = this.#textures.textures.slice(textureCount);
        const { add, reposed: _, ...lists } = draft;
        const arrived = Object.entries({ ...add, textures }).filter(([, list]) => list.length > 0);
        return {
            ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
            ...(arrived.length > 0 ? { add: Object.fromEntries(arrived) } : {}),
            ...(changes.lights ? { lights } : {}),
            ...(changes.sky ? { environment: await this.#environmentNow() } : {})
        };
    }

    async #replaceMaterial(key: EngineMaterial | LightComponent, draft: Draft): Promise<void> {
        const known = this.#materials.get(key)!;
        const version = this.#versionOf(key);
        if (known.version === version) return;
        known.version = version;
        draft.materials.push({ material: known.index, value: await this.#valueOf(key) });
    }

    #valueOf(key: EngineMaterial | LightComponent): Material | Promise<Material> {
        return isMaterial(key) ? materialOf(key, this.#textures, this.#log) : areaLightMaterial(this.#app.scene, key);
    }

    #move(slots: readonly Slot[], instance: number, draft: Draft): void {
        const slot = slots[instance]!;
        const transform = transformOf(slot.source);
        if (transform.every((value, k) => value === slot.transform[k])) return;
        slot.transform = transform;
        draft.transforms.push({ instance, transform });
    }

    /** Compares what is shown with what the tracer has. @returns The part that must be waited for. */
    #restructure(draft: Draft): () => Promise<void> {
        const { scene } = this.#app;
        const areaLights = activeLights(this.#app, this.#camera).filter((light) => isAreaLight(scene, light));
        const shown: Source[] = [...visibleMeshInstances(this.#app, this.#camera), ...areaLights];
        const hidden = shown.filter((source) => isSingular(transformOf(source)));
        const numbers = new Map(this.#slots.map(({ source }, i) => [source, i]));
        const kept = new Map<number, Slot>();
        const added: Slot[] = [];
        const known: (EngineMaterial | LightComponent)[] = [];
        const fresh: (EngineMaterial | LightComponent)[] = [];
        for (const source of shown) {
            if (hidden.includes(source)) continue;
            const mesh = this.#readMesh(source, draft);
            if (mesh === null) continue;
            const key = materialKey(source);
            (this.#materials.has(key) ? known : fresh).push(key);
            const material = this.#numberOf(key);
            const instance = numbers.get(source);
            const old = instance === undefined ? undefined : this.#slots[instance]!;
            if (!old || old.mesh !== mesh) {
                added.push({ source, mesh, material, transform: transformOf(source) });
                continue;
            }
            kept.set(instance!, old);
            if (old.material === material) continue;
            old.material = material;
            draft.assign.push({ instance: instance!, material });
        }
        for (const instance of this.#slots.keys()) if (!kept.has(instance)) draft.remove.push(instance);
        for (const { source, mesh, material, transform } of added) {
            draft.add.instances.push({ name: nodeOf(source).name, mesh, material, transform });
        }
        this.#slots = [...[...kept].sort(([a], [b]) => a - b).map(([, slot]) => slot), ...added];
        const sources = this.#slots.map(({ source }) => source);
        this.#watch = new SceneWatch(this.#app, this.#camera, { sources, hidden, areaLights });
        return () => this.#finish(known, fresh, added, draft);
    }

    #numberOf(key: EngineMaterial | LightComponent): number {
        let known = this.#materials.get(key);
        if (!known) {
            known = { index: this.#materials.size, version: this.#versionOf(key) };
            this.#materials.set(key, known);
        }
        return known.index;
    }

    #versionOf(key: EngineMaterial | LightComponent): unknown {
        return isMaterial(key) ? key.updateVersion : JSON.stringify(areaLightMaterial(this.#app.scene, key));
    }

    /** Reads what must be waited for: materials with their textures, and what deforms meshes. */
    async #finish(
        known: readonly (EngineMaterial | LightComponent)[],
        fresh: readonly (EngineMaterial | LightComponent)[],
        added: readonly Slot[],
        draft: Draft
    ): Promise<void> {
        for (const key of new Set(known)) if (!fresh.includes(key)) await this.#replaceMaterial(key, draft);
        for (const key of fresh) draft.add.materials.push(await this.#valueOf(key));
        const first = this.#meshCount - draft.add.meshes.length;
        for (const { source, mesh } of added) {
            const known = this.#meshes.get(source);
            if (!known?.mesh || !isMeshInstance(source)) continue;
            known.rest ??= await RestMesh.create(source, known.mesh, this.#device);
            const pose = known.rest.pose(source);
            if (mesh >= first) draft.add.meshes[mesh - first] = { ...known.mesh, ...pose };
            else draft.meshes.push({ mesh, ...pose });
        }
        for (const source of draft.reposed) {
            const known = this.#meshes.get(source)!;
            known.rest ??= await RestMesh.create(source, known.mesh!, this.#device);
            draft.meshes.push({ mesh: known.index, ...known.rest.pose(source) });
        }
    }

    /** Number of the mesh of a source, which is read if it is new or other than it was; null if it has no triangles. */
    #readMesh(source: Source, draft: Draft): number | null {
        const deforms = isMeshInstance(source) && (source.skinInstance || source.morphInstance);
        const key = isMeshInstance(source) && !deforms ? source.mesh! : source;
        const version = versionOf(source);
        const known = this.#meshes.get(key);
        if (known?.version.every((value, i) => value === version[i])) return known.mesh && known.index;
        const mesh = isMeshInstance(source) ? meshOf(source.mesh!, source.node.name) : areaLightMesh(source.shape);
        const has = mesh !== null && mesh.indices.length > 0;
        const sameTriangles = has && known?.mesh && haveSameTriangles(known.mesh, mesh);
        const index = sameTriangles ? known.index : this.#meshCount;
        if (sameTriangles && deforms) draft.reposed.push(source);
        else if (sameTriangles) {
            const { positions, normals } = mesh;
            draft.meshes.push({ mesh: index, positions, ...(normals ? { normals } : {}) });
        } else if (has) {
            draft.add.meshes.push(mesh);
            this.#meshCount++;
            // Materials of glTF ask for them in any case, so the mesh is what tells.
            if (isMeshInstance(source) && hasVertexColors(source.mesh!)) {
                this.#log.add('unsupported', `mesh "${source.node.name}" has colours of vertices: ignored`);
            }
        }
        this.#meshes.set(key, { version, mesh: has ? mesh : null, index, rest: null });
        return has ? index : null;
    }

    async #environmentNow(): Promise<Environment | null> {
        return this.#environment ?? this.#sky.environment(this.#app.scene, this.#log);
    }
}

const EVERYTHING: EngineChanges = Object.freeze({
    structure: true,
    moved: [],
    posed: [],
    materials: [],
    lights: true,
    sky: true
});

function haveSameTriangles(a: Mesh, b: Mesh): boolean {
    const sameUvs = a.uvs?.length === b.uvs?.length && (!a.uvs || a.uvs.every((value, i) => value === b.uvs![i]));
    const sameNormals = (a.normals === undefined) === (b.normals === undefined);
    const sameSize = a.positions.length === b.positions.length && a.indices.length === b.indices.length;
    return sameSize && sameUvs && sameNormals && a.indices.every((value, i) => value === b.indices[i]);
}

function isMeshInstance(source: Source): source is MeshInstance {
    return 'mesh' in source;
}

function isMaterial(key: EngineMaterial | LightComponent): key is EngineMaterial {
    return !('entity' in key);
}

function materialKey(source: Source): EngineMaterial | LightComponent {
    return isMeshInstance(source) ? source.material! : source;
}

function versionOf(source: Source): readonly unknown[] {
    if (!isMeshInstance(source)) return [source.shape];
    // A mesh that grows gets new buffers.
    return [source.mesh, boxVersion(source.mesh), source.mesh!.vertexBuffer];
}

function nodeOf(source: Source): { readonly name: string } {
    return isMeshInstance(source) ? source.node : source.entity;
}

function transformOf(source: Source): Mat4 {
    return isMeshInstance(source) ? [...source.node.getWorldTransform().data] : areaLightTransform(source);
}
