/**
 * The tracer's scene as a mirror of the engine's: which of the engine's objects has which number there, and the smallest change
 * that brings the one up to the other. What is expensive to read (texels, skies, vertices at rest) is read once; a thing that is
 * hidden and shown again, or shares its mesh or material with another, costs an instance only.
 */
import type { Device } from '@mixreel/gpu';
import { type AppBase, type CameraComponent, FOG_NONE } from 'playcanvas';
import { isSingular, type Mat4 } from '../math/vector.ts';
import type { SceneChanges } from '../scene/change-scene.ts';
import { createScene } from '../scene/create-scene.ts';
import type { Environment, Instance, Material, Scene, SceneEvent } from '../scene/scene.ts';
import { EventLog } from './events.ts';
import { activeLights, areaLightMaterial, isAreaLight, lightsOf } from './light-data.ts';
import { materialOf } from './material-data.ts';
import { type MeshDraft, MeshTable } from './mesh-table.ts';
import type { DeviceSeat } from './read-texture.ts';
import { type EngineChanges, SceneWatch } from './scene-watch.ts';
import { SkyReader } from './sky.ts';
import { isMaterial, type MaterialSource, materialSource, nodeOf, type Source, transformOf } from './source.ts';
import { texturesOfCameras } from './texture-content.ts';
import { type RereadRate, TexelCache, TextureTable } from './texture-data.ts';
import { visibleMeshInstances } from './visible-mesh-instances.ts';

/** An instance of the tracer's scene. */
interface Slot {
    readonly source: Source;
    readonly mesh: number;
    material: number;
    /** Where the tracer has it. */
    transform: Mat4;
}

/** What changed in the engine, and textures of the tracer's scene that were drawn anew. */
export interface MirrorChanges extends EngineChanges {
    readonly textures: readonly number[];
}

/** What the tracer has of a material. */
interface KnownMaterial {
    readonly index: number;
    /** The engine's of a material, and what it looks like of an area light. */
    version: unknown;
    /** Numbers of its textures. */
    textures: readonly number[];
}

/** A change while it is put together. */
interface Draft {
    readonly transforms: { instance: number; transform: Mat4 }[];
    readonly assign: { instance: number; material: number }[];
    readonly materials: { material: number; value: Material }[];
    readonly remove: Set<number>;
    readonly meshes: MeshDraft;
    readonly add: { readonly materials: Material[]; readonly instances: Instance[] };
}

/** Meshes or materials beyond twice as many as things are shown, from which the scene is better taken anew. */
const SPARE = 256;

/** See the file comment. */
export class SceneMirror {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #seat: DeviceSeat;
    readonly #environment: Environment | null;
    readonly #rate: RereadRate | null;
    #texels: TexelCache;
    #sky: SkyReader;
    #log = new EventLog();
    #textures = new TextureTable(this.#log);
    readonly #meshes: MeshTable;
    readonly #materials = new Map<MaterialSource, KnownMaterial>();
    #slots: readonly Slot[] = [];
    #watch: SceneWatch | null = null;

    /**
     * @param environment - Used in place of the app's sky.
     * @param rate - How often textures that are drawn anew are read; null: they are not followed.
     */
    constructor(
        app: AppBase,
        camera: CameraComponent,
        device: Device,
        environment: Environment | null = null,
        rate: RereadRate | null = null
    ) {
        this.#app = app;
        this.#camera = camera;
        this.#environment = environment;
        this.#seat = { device };
        this.#meshes = new MeshTable(this.#seat);
        this.#rate = rate;
        this.#texels = new TexelCache(this.#seat, rate);
        this.#sky = new SkyReader(this.#seat);
    }

    /** Reads with another device from now on; what was read stays. */
    use(device: Device): void {
        this.#seat.device = device;
    }

    /** Texels and skies are read again by the next {@link take}. */
    forget(): void {
        this.#texels = new TexelCache(this.#seat, this.#rate);
        this.#sky = new SkyReader(this.#seat);
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
        this.#materials.clear();
        this.#slots = [];
        const fog = this.#camera.fog ?? this.#app.scene.fog;
        if (fog && fog.type !== FOG_NONE) this.#log.add('unsupported', 'the scene has fog: left out');
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

    /** Where each thing stands. */
    places(): ReadonlyMap<Source, Mat4> {
        return new Map(this.#slots.map(({ source, transform }) => [source, transform]));
    }

    /** The instances that stand elsewhere than they did, with both places; what was not there then has not moved. */
    movedSince(before: ReadonlyMap<Source, Mat4>): Required<NonNullable<SceneChanges['transforms']>[number]>[] {
        return [...this.#slots.entries()].flatMap(([instance, { source, transform }]) => {
            const previousTransform = before.get(source);
            if (!previousTransform || transform.every((value, k) => value === previousTransform[k])) return [];
            return [{ instance, transform, previousTransform }];
        });
    }

    /** What changed in the engine since the last call or `take`; null if nothing did. */
    look(): MirrorChanges | null {
        if (!this.#watch) return null;
        const changes = this.#watch.changes();
        const used = new Set([...this.#materials.values()].flatMap(({ textures }) => textures));
        const textures = this.#textures.due(used, texturesOfCameras(this.#app));
        return changes || textures.length > 0 ? { ...(changes ?? NOTHING), textures } : null;
    }

    /** The change of the tracer's scene that follows from that; `everything` if taking all anew is better. */
    async follow(changes: MirrorChanges): Promise<SceneChanges | 'everything'> {
        if (this.#slots.length === 0) return 'everything';
        const followed = await this.#follow(changes);
        const wasteful = Math.max(this.#meshes.count, this.#materials.size) > 2 * this.#slots.length + SPARE;
        return this.#slots.length === 0 || wasteful ? 'everything' : followed;
    }

    async #follow(changes: MirrorChanges): Promise<SceneChanges> {
        const textureCount = this.#textures.textures.length;
        const draft: Draft = {
            transforms: [],
            assign: [],
            materials: [],
            remove: new Set(),
            meshes: { added: [], deformed: [], reposed: [] },
            add: { materials: [], instances: [] }
        };
        const before = this.#slots;
        // What is where is taken at one moment, before anything is waited for; what changes later is noticed by the next look.
        const settled = changes.structure ? this.#restructure(draft) : null;
        const moved = settled ? before.keys() : changes.moved;
        for (const instance of moved) if (!draft.remove.has(instance)) this.#move(before, instance, draft);
        const lights = lightsOf(this.#app.scene, activeLights(this.#app, this.#camera), this.#log);
        const redrawn = await this.#textures.redraw(changes.textures);
        for (const material of changes.materials) await this.#replaceMaterial(material, draft);
        await settled?.();
        const { deformed, added } = draft.meshes;
        for (const instance of changes.posed) {
            const { source, mesh } = before[instance]!;
            if (draft.remove.has(instance) || deformed.some((each) => each.mesh === mesh)) continue;
            const pose = this.#meshes.poseNow(source);
            if (pose) deformed.push({ mesh, ...pose });
        }
        const { transforms, assign, materials, add } = draft;
        const textures = this.#textures.textures.slice(textureCount);
        const arrived = filled({ meshes: added, ...add, textures });
        return {
            ...filled({
                transforms,
                assign,
                meshes: deformed,
                textures: redrawn,
                materials,
                remove: [...draft.remove]
            }),
            ...(Object.keys(arrived).length > 0 ? { add: arrived } : {}),
            ...(changes.lights ? { lights } : {}),
            ...(changes.sky ? { environment: await this.#environmentNow() } : {})
        };
    }

    async #replaceMaterial(key: MaterialSource, draft: Draft): Promise<void> {
        const known = this.#materials.get(key)!;
        const version = this.#versionOf(key);
        if (known.version === version) return;
        known.version = version;
        draft.materials.push({ material: known.index, value: await this.#valueOf(key) });
    }

    async #valueOf(key: MaterialSource): Promise<Material> {
        if (!isMaterial(key)) return areaLightMaterial(this.#app.scene, key);
        const value = await materialOf(key, this.#textures, this.#log);
        this.#materials.get(key)!.textures = Object.values(value.textures ?? {}).map(({ texture }) => texture);
        return value;
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
        const shown: Source[] = [...visibleMeshInstances(this.#app, this.#camera, this.#log), ...areaLights];
        const hidden = shown.filter((source) => isSingular(transformOf(source)));
        const flat = new Set(hidden);
        const numbers = new Map(this.#slots.map(({ source }, i) => [source, i]));
        const kept = new Map<number, Slot>();
        const added: Slot[] = [];
        const known = new Set<MaterialSource>();
        const fresh = new Set<MaterialSource>();
        for (const source of shown) {
            const mesh = flat.has(source) ? null : this.#meshes.read(source, draft.meshes, this.#log);
            if (mesh === null) continue;
            const key = materialSource(source);
            if (!fresh.has(key)) (this.#materials.has(key) ? known : fresh).add(key);
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
        for (const instance of this.#slots.keys()) if (!kept.has(instance)) draft.remove.add(instance);
        for (const { source, mesh, material, transform } of added) {
            draft.add.instances.push({ name: nodeOf(source).name, mesh, material, transform });
        }
        this.#slots = [...[...kept].sort(([a], [b]) => a - b).map(([, slot]) => slot), ...added];
        const sources = this.#slots.map(({ source }) => source);
        this.#watch = new SceneWatch(this.#app, this.#camera, { sources, hidden, areaLights });
        return async () => {
            for (const key of known) await this.#replaceMaterial(key, draft);
            for (const key of fresh) draft.add.materials.push(await this.#valueOf(key));
            await this.#meshes.pose(added, draft.meshes);
        };
    }

    #numberOf(key: MaterialSource): number {
        let known = this.#materials.get(key);
        if (!known) {
            known = { index: this.#materials.size, version: this.#versionOf(key), textures: [] };
            this.#materials.set(key, known);
        }
        return known.index;
    }

    #versionOf(key: MaterialSource): unknown {
        return isMaterial(key) ? key.updateVersion : JSON.stringify(areaLightMaterial(this.#app.scene, key));
    }

    async #environmentNow(): Promise<Environment | null> {
        return this.#environment ?? this.#sky.environment(this.#app.scene, this.#log);
    }
}

const NOTHING: MirrorChanges = Object.freeze({
    structure: false,
    moved: [],
    posed: [],
    materials: [],
    lights: false,
    sky: false,
    textures: []
});

const EVERYTHING: MirrorChanges = Object.freeze({ ...NOTHING, structure: true, lights: true, sky: true });

/** The lists that hold something. */
function filled<T extends Readonly<Record<string, readonly unknown[]>>>(lists: T): Partial<T> {
    return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<T>;
}
