/**
 * Notices what changed in the engine's scene since it was taken, and says how much of the tracer's scene that touches.
 *
 * Asked every frame, so nothing is read that did not change: lists are compared by identity, places
 * by their 16 numbers, materials by the engine's `updateVersion` (the engine itself shows a change only after `update()`),
 * meshes by the versions of their boxes and buffers, skins by their bones, lights and sky by their settings. Vertices that are
 * written into a locked buffer go unnoticed: `refresh()` is for them.
 */
import type {
    AppBase,
    CameraComponent,
    GraphNode,
    LightComponent,
    Material,
    Mesh,
    MeshInstance,
    Texture
} from 'playcanvas';
import { isSingular } from '../math/vector.ts';
import { activeLights, isAreaLight, LIGHT_SETTINGS, writeLightSettings } from './light-data.ts';
import { boxVersion } from './mesh-data.ts';
import { PoseSignature } from './pose.ts';
import { skyTexture } from './sky.ts';
import { isMeshInstance, nodeOf, type Source } from './source.ts';
import { ContentMark } from './texture-content.ts';
import { hasVertexColors, type VertexColorUse, vertexColorUse } from './vertex-colors.ts';

/** What a scene was taken of. */
export interface Taken {
    /** What became instances of the tracer's scene, in order. */
    readonly sources: readonly Source[];
    /** What would have, were it not flattened by its transform. */
    readonly hidden: readonly Source[];
    /** The area lights among them. */
    readonly areaLights: readonly LightComponent[];
}

/** What changed since the last look. Instances are numbered as in the tracer's scene. */
export interface EngineChanges {
    /** Things came, went, or changed their mesh, its vertices or their material. */
    readonly structure: boolean;
    /** Instances that stand elsewhere. */
    readonly moved: readonly number[];
    /** Instances whose skin or morph targets stand otherwise. */
    readonly posed: readonly number[];
    /** Materials that were updated. */
    readonly materials: readonly Material[];
    readonly lights: boolean;
    readonly sky: boolean;
}

/** What a mesh instance shows. */
interface Assigned {
    readonly material: Material | null;
    readonly mesh: Mesh | null;
    readonly box: number;
    readonly vertices: unknown;
    /** Its vertices have colours, and this is how the material takes them. */
    readonly colored: boolean;
    readonly colors: VertexColorUse;
}

/** See the file comment. */
export class SceneWatch {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #taken: Taken;
    /** All mesh instances of the camera's layers in order, those that are not shown as null. */
    readonly #listed: (MeshInstance | null)[] = [];
    readonly #nodes: readonly GraphNode[];
    readonly #places: Float32Array;
    readonly #poses = new Map<number, PoseSignature>();
    readonly #materials = new Map<Material, number>();
    /** By source; null for lights. */
    readonly #assigned: (Assigned | null)[];
    readonly #sky = new Float64Array(12);
    #skyTexture: Texture | null | undefined;
    #skyMark: ContentMark | null = null;
    #areaNumbers = new Float64Array(0);
    #pointNumbers = new Float64Array(0);

    constructor(app: AppBase, camera: CameraComponent, taken: Taken) {
        this.#app = app;
        this.#camera = camera;
        this.#taken = taken;
        this.#nodes = taken.sources.map(nodeOf);
        this.#places = new Float32Array(taken.sources.length * 16);
        this.#assigned = taken.sources.map((source) => (isMeshInstance(source) ? assignedTo(source) : null));
        for (const [i, source] of taken.sources.entries()) {
            if (!isMeshInstance(source)) continue;
            const { material } = source;
            if (source.skinInstance || source.morphInstance) this.#poses.set(i, new PoseSignature());
            if (material) this.#materials.set(material, material.updateVersion);
        }
        // The first look takes everything for changed.
        this.changes();
    }

    /** What changed since this was made or asked last; null if nothing did. */
    changes(): EngineChanges | null {
        const listed = this.#listChanged();
        const lights = this.#lightsChanged();
        const moved = this.#moved();
        const flattened = moved.some((i) => isSingular(this.#place(i)));
        const raised = this.#taken.hidden.some((source) => !isSingular(nodeOf(source).getWorldTransform().data));
        const structure = listed || lights === 'area' || flattened || raised || this.#assignmentChanged();
        const posed: number[] = [];
        for (const [i, pose] of this.#poses) if (pose.changed(this.#taken.sources[i] as MeshInstance)) posed.push(i);
        const materials: Material[] = [];
        for (const [material, version] of this.#materials) {
            if (material.updateVersion === version) continue;
            this.#materials.set(material, material.updateVersion);
            materials.push(material);
        }
        const sky = this.#skyChanged();
        if (!(structure || moved.length || posed.length || materials.length || lights || sky)) return null;
        return { structure, moved, posed, materials, lights: lights !== null, sky };
    }

    #place(i: number): Float32Array {
        return this.#places.subarray(i * 16, i * 16 + 16);
    }

    #listChanged(): boolean {
        const listed = this.#listed;
        let count = 0;
        let differs = false;
        for (const id of this.#camera.layers) {
            const layer = this.#app.scene.layers.getLayerById(id);
            if (!layer?.enabled) continue;
            for (const instance of layer.meshInstances) {
                const shown = instance.visible ? instance : null;
                if (listed[count] !== shown) {
                    listed[count] = shown;
                    differs = true;
                }
                count++;
            }
        }
        if (listed.length !== count) {
            listed.length = count;
            differs = true;
        }
        return differs;
    }

    /** True if a mesh instance has another mesh, other vertices or another material. */
    #assignmentChanged(): boolean {
        const { sources } = this.#taken;
        for (let i = 0; i < sources.length; i++) {
            const known = this.#assigned[i];
            if (!known) continue;
            const { material, mesh } = sources[i] as MeshInstance;
            if (known.material !== material || known.mesh !== mesh) return true;
            if (known.box !== boxVersion(mesh) || known.vertices !== mesh?.vertexBuffer) return true;
            if (known.colored && known.colors !== vertexColorUse(material)) return true;
        }
        return false;
    }

    #moved(): number[] {
        const found: number[] = [];
        const places = this.#places;
        const nodes = this.#nodes;
        for (let i = 0; i < nodes.length; i++) {
            const { data } = nodes[i]!.getWorldTransform();
            const o = i * 16;
            let k = 0;
            while (k < 16 && data[k] === places[o + k]) k++;
            if (k === 16) continue;
            places.set(data, o);
            found.push(i);
        }
        return found;
    }

    /** `area`: an area light came, went or shines otherwise. */
    #lightsChanged(): 'area' | 'point' | null {
        const { scene } = this.#app;
        const points: LightComponent[] = [];
        const areas: LightComponent[] = [];
        for (const light of activeLights(this.#app, this.#camera)) {
            (isAreaLight(scene, light) ? areas : points).push(light);
        }
        const areaNumbers = new Float64Array(areas.length * LIGHT_SETTINGS);
        for (const [i, light] of areas.entries()) writeLightSettings(scene, light, areaNumbers, i * LIGHT_SETTINGS);
        const width = LIGHT_SETTINGS + 16;
        const pointNumbers = new Float64Array(points.length * width);
        for (const [i, light] of points.entries()) {
            writeLightSettings(scene, light, pointNumbers, i * width);
            pointNumbers.set(light.entity.getWorldTransform().data, i * width + LIGHT_SETTINGS);
        }
        const area = !same(areas, this.#taken.areaLights) || !same(areaNumbers, this.#areaNumbers);
        const point = !same(pointNumbers, this.#pointNumbers);
        this.#areaNumbers = areaNumbers;
        this.#pointNumbers = pointNumbers;
        return area ? 'area' : point ? 'point' : null;
    }

    #skyChanged(): boolean {
        const { scene } = this.#app;
        const { ambientLight, skyboxRotation: turn } = scene;
        const texture = skyTexture(scene);
        const now = this.#sky;
        let differs = this.#skyTexture !== texture || (texture !== null && this.#skyMark!.isOld(texture));
        if (differs) this.#skyMark = texture && new ContentMark(texture);
        this.#skyTexture = texture;
        const look = (i: number, value: number): void => {
            if (now[i] === value) return;
            now[i] = value;
            differs = true;
        };
        look(0, ambientLight.r);
        look(1, ambientLight.g);
        look(2, ambientLight.b);
        look(3, scene.ambientLuminance);
        look(4, scene.skyboxIntensity);
        look(5, scene.skyboxLuminance);
        look(6, scene.skyboxHighlightMultiplier);
        look(7, scene.physicalUnits ? 1 : 0);
        look(8, turn.x);
        look(9, turn.y);
        look(10, turn.z);
        look(11, turn.w);
        return differs;
    }
}

function same<T>(a: ArrayLike<T>, b: ArrayLike<T>): boolean {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
}

function assignedTo({ material, mesh }: MeshInstance): Assigned {
    const colored = hasVertexColors(mesh);
    const colors = colored ? vertexColorUse(material) : null;
    return { material, mesh, box: boxVersion(mesh), vertices: mesh?.vertexBuffer, colored, colors };
}
