/**
 * A glTF document (@gltf-transform/core) as a scene of the tracer: meshes, instances, materials with their KHR extensions,
 * punctual lights, the camera, and the semantics that `extras.mixreel` carries. Skinned and morphed meshes stand as the nodes
 * do; nodes scaled to nothing are hidden. What is left out is told by events.
 *
 * glTF's photometric units are taken one to one: nits as radiance, candela as radiant intensity, lux as irradiance.
 */
import type {
    Document,
    Material as GltfMaterial,
    Scene as GltfScene,
    Texture as GltfTexture,
    Node,
    Primitive
} from '@gltf-transform/core';
import { badInput, type NodeSemantics, type SceneSemantics } from '@mixreel/core';
import type { View } from '@mixreel/image';
import {
    IDENTITY,
    isSingular,
    multiply,
    normalize,
    quaternionFromAxes,
    transformPoint,
    transformVector,
    type Vec3
} from '../math/vector.ts';
import { createScene } from './create-scene.ts';
import { convertMaterial } from './gltf-material.ts';
import { convertPrimitive } from './gltf-primitive.ts';
import type { GltfReader } from './gltf-reader.ts';
import { type RiggedMesh, rigOf, rigPose } from './gltf-rig.ts';
import { poseMesh } from './pose-mesh.ts';
import type {
    Environment,
    Instance,
    Material,
    Mesh,
    PunctualLight,
    Scene,
    SceneEvent,
    SceneInit,
    Texture
} from './scene.ts';
import { orthographicProjection, perspectiveProjection, perspectiveView } from './view.ts';

/** A decoded picture: RGBA, 8 bits each, rows top to bottom. */
export interface DecodedTexture {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly data: Uint8Array;
}

/** Options of {@link sceneFromDocument}. */
export interface SceneFromDocumentOptions {
    /** Decoded pictures by glTF texture. A texture that is missing is left out of its material, with an event. */
    readonly decodedTextures?: ReadonlyMap<GltfTexture, DecodedTexture>;
    readonly environment?: Environment;
    /** Lights beside the document's own: the sun of a `sunSky`, say. */
    readonly lights?: readonly PunctualLight[];
    /** Width over height of the view; default the camera's own, else 16 / 9. */
    readonly aspect?: number;
    /** Index of the glTF scene; default the document's default scene, else the first. */
    readonly sceneIndex?: number;
}

/** What collects while the document is walked. */
class DocumentReader implements GltfReader {
    readonly options: SceneFromDocumentOptions;
    readonly meshes: Mesh[] = [];
    readonly instances: Instance[] = [];
    /** The node of each instance. */
    readonly nodes: Node[] = [];
    readonly worlds = new Map<Node, readonly number[]>();
    readonly rigged: RiggedMesh[] = [];
    readonly materials: Material[] = [];
    readonly textures: Texture[] = [];
    readonly lights: PunctualLight[] = [];
    readonly #events = new Map<string, { kind: SceneEvent['kind']; count: number }>();
    readonly #meshOf = new Map<object, number | null>();
    readonly #materialOf = new Map<GltfMaterial | null, number>();
    readonly #textureOf = new Map<string, number>();
    camera: { node: Node; world: readonly number[] } | null = null;

    constructor(options: SceneFromDocumentOptions) {
        this.options = options;
    }

    /** Counts something that was left out or approximated. */
    note(kind: SceneEvent['kind'], message: string): void {
        const event = this.#events.get(message);
        if (event) event.count++;
        else this.#events.set(message, { kind, count: 1 });
    }

    events(): SceneEvent[] {
        return [...this.#events].map(([message, { kind, count }]) => ({ kind, message, count }));
    }

    visit(node: Node, parent: readonly number[], inherited: NodeSemantics | undefined): void {
        const world = multiply(parent, node.getMatrix());
        const semantics = readSemantics(node) ?? inherited;
        this.worlds.set(node, world);
        if (node.getExtension('EXT_mesh_gpu_instancing'))
            this.note('unsupported', 'EXT_mesh_gpu_instancing is left out');
        if (node.getCamera() && !this.camera) this.camera = { node, world };
        const light = node.getExtension('KHR_lights_punctual') as unknown as GltfLight | null;
        // A light that stands in for a glowing mesh would count its power twice: the mesh itself is sampled.
        if (light && !semantics?.emissionProxy) this.#light(light, world);
        for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
            const mesh = this.#mesh(primitive, node);
            if (mesh === null) continue;
            // A skin's joints place it in the world.
            const transform = node.getSkin() ? IDENTITY : world;
            if (isSingular(transform)) {
                this.note('skipped', 'nodes scaled to nothing are not rendered');
                continue;
            }
            this.nodes.push(node);
            this.instances.push({
                mesh,
                material: this.#material(primitive.getMaterial()),
                transform,
                name: node.getName(),
                ...(semantics ? { semantics } : {})
            });
        }
        for (const child of node.listChildren()) this.visit(child, world, semantics);
    }

    /** Index of a primitive's mesh, one of its own for each node that deforms it; null (with an event) if it has no triangles. */
    #mesh(primitive: Primitive, node: Node): number | null {
        const rig = rigOf(primitive, node);
        let mesh = rig ? undefined : this.#meshOf.get(primitive);
        if (mesh !== undefined) return mesh;
        const rest = convertPrimitive(primitive, node.getMesh()!.getName(), this);
        mesh = rest ? this.meshes.push(rest) - 1 : null;
        if (!rig) this.#meshOf.set(primitive, mesh);
        else if (mesh !== null) this.rigged.push({ mesh, node, rest: rest!, rig });
        return mesh;
    }

    /** Puts deformed meshes into the pose in which the document's nodes stand. */
    pose(): void {
        for (const { mesh, node, rest, rig } of this.rigged) {
            const pose = rigPose(node, { worlds: this.worlds, weights: new Map() });
            this.meshes[mesh] = { ...rest, ...poseMesh(rest, rig, pose) };
        }
    }

    #material(material: GltfMaterial | null): number {
        let index = this.#materialOf.get(material);
        if (index === undefined) {
            index = this.materials.push(convertMaterial(material, this)) - 1;
            this.#materialOf.set(material, index);
        }
        return index;
    }

    /** Index of a decoded texture, or null (with an event) if there is none. */
    texture(texture: GltfTexture, srgb: boolean): number | null {
        const decoded = this.options.decodedTextures?.get(texture);
        const name = texture.getName() || texture.getURI() || 'unnamed';
        if (!decoded) {
            this.note('missing-texture', `texture "${name}" is not decoded: its material has factors alone`);
            return null;
        }
        const key = `${textureKey(this.options.decodedTextures!, texture)}/${srgb}`;
        let index = this.#textureOf.get(key);
        if (index === undefined) {
            index = this.textures.push({ ...decoded, name, srgb }) - 1;
            this.#textureOf.set(key, index);
        }
        return index;
    }

    #light(light: GltfLight, world: readonly number[]): void {
        const color = light.getColor();
        const power = light.getIntensity();
        const radiance: Vec3 = [color[0] * power, color[1] * power, color[2] * power];
        const position = transformPoint(world, [0, 0, 0]);
        const direction = normalize(transformVector(world, [0, 0, -1]));
        const rangeM = light.getRange();
        const range = rangeM === null ? {} : { rangeM };
        const type = light.getType();
        if (type === 'directional') this.lights.push({ kind: type, direction, irradiance: radiance });
        else if (type === 'point') this.lights.push({ kind: type, position, intensity: radiance, ...range });
        else {
            const [innerConeRad, outerConeRad] = [light.getInnerConeAngle(), light.getOuterConeAngle()];
            const spot = {
                kind: 'spot',
                position,
                direction,
                intensity: radiance,
                innerConeRad,
                outerConeRad
            } as const;
            this.lights.push({ ...spot, ...range });
        }
    }
}

/** What is used of KHR_lights_punctual's Light (@gltf-transform/extensions, which need not be installed). */
interface GltfLight {
    getType(): 'point' | 'spot' | 'directional';
    getColor(): [number, number, number];
    getIntensity(): number;
    getRange(): number | null;
    getInnerConeAngle(): number;
    getOuterConeAngle(): number;
}

/**
 * Converts a document.
 *
 * @throws MixreelError `bad-input` if the document has no scene, or for whatever {@link createScene} refuses.
 */
export function sceneFromDocument(document: Document, options: SceneFromDocumentOptions = {}): Scene {
    const read = readDocument(document, options);
    if (document.getRoot().listAnimations().length === 0) return read.scene;
    const message = 'animations are not played: animatedSceneFromDocument does';
    return { ...read.scene, events: [{ kind: 'unsupported', count: 1, message }, ...read.scene.events] };
}

/** A document read, with what is needed to move it. */
export interface DocumentScene {
    readonly scene: Scene;
    readonly roots: readonly Node[];
    /** The node of each of the scene's instances. */
    readonly nodes: readonly Node[];
    readonly rigged: readonly RiggedMesh[];
}

/** @throws as {@link sceneFromDocument}. */
export function readDocument(document: Document, options: SceneFromDocumentOptions): DocumentScene {
    const root = document.getRoot();
    const scenes = root.listScenes();
    const scene = options.sceneIndex === undefined ? (root.getDefaultScene() ?? scenes[0]) : scenes[options.sceneIndex];
    if (!scene) {
        throw badInput(
            `the glTF has ${scenes.length} scenes${options.sceneIndex === undefined ? '' : `, not scene ${options.sceneIndex}`}`,
            'at least one',
            'Export it with a scene that holds its nodes'
        );
    }
    const reader = new DocumentReader(options);
    for (const node of scene.listChildren()) reader.visit(node, IDENTITY, undefined);
    reader.pose();
    const semantics = readSceneSemantics(scene);
    const view = readView(reader, options.aspect);
    const init: SceneInit = {
        meshes: reader.meshes,
        instances: reader.instances,
        materials: reader.materials,
        textures: reader.textures,
        lights: [...reader.lights, ...(options.lights ?? [])],
        ...(view ? { view } : {}),
        ...(options.environment ? { environment: options.environment } : {}),
        ...(semantics ? { semantics } : {})
    };
    const made = createScene(init);
    return {
        scene: { ...made, events: [...reader.events(), ...made.events] },
        roots: scene.listChildren(),
        // Instances of empty meshes were dropped.
        nodes: reader.nodes.filter((_, i) => reader.meshes[reader.instances[i]!.mesh]!.indices.length > 0),
        rigged: reader.rigged
    };
}

function readView(reader: DocumentReader, aspect: number | undefined): View | null {
    if (!reader.camera) return defaultView(reader, aspect ?? 16 / 9);
    const { node, world } = reader.camera;
    const camera = node.getCamera()!;
    const x = normalize(transformVector(world, [1, 0, 0]));
    const z = normalize(transformVector(world, [0, 0, 1]));
    const y = normalize(transformVector(world, [0, 1, 0]));
    const [near, far] = [camera.getZNear(), camera.getZFar() ?? 1000];
    const orthographic = camera.getType() === 'orthographic';
    // glTF's magnifications are half the width and half the height of what is seen.
    const wide = aspect ?? (orthographic ? camera.getXMag() / camera.getYMag() : camera.getAspectRatio()) ?? 16 / 9;
    return {
        eye: 'mono',
        position: transformPoint(world, [0, 0, 0]),
        rotation: quaternionFromAxes(x, y, z),
        projection: orthographic
            ? orthographicProjection(Math.abs(camera.getYMag() * wide), Math.abs(camera.getYMag()), near, far)
            : perspectiveProjection(camera.getYFov(), wide, near, far)
    };
}

/** All of the scene from the front, a little from above; null if it has no vertices. */
function defaultView(reader: DocumentReader, aspect: number): View | null {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const instance of reader.instances) {
        const { positions } = reader.meshes[instance.mesh]!;
        for (let i = 0; i < positions.length; i += 3) {
            const p = transformPoint(instance.transform, [positions[i]!, positions[i + 1]!, positions[i + 2]!]);
            for (let k = 0; k < 3; k++) {
                low[k] = Math.min(low[k]!, p[k]!);
                high[k] = Math.max(high[k]!, p[k]!);
            }
        }
    }
    if (!low.every(Number.isFinite) || !high.every(Number.isFinite)) return null;
    const center: Vec3 = [(low[0]! + high[0]!) / 2, (low[1]! + high[1]!) / 2, (low[2]! + high[2]!) / 2];
    const radius = Math.max(1e-3, Math.hypot(high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!) / 2);
    const fovYRad = 0.7;
    const distance = radius / Math.sin(fovYRad / 2 / Math.max(1, 1 / aspect));
    const position: Vec3 = [center[0] + distance * 0.35, center[1] + distance * 0.3, center[2] + distance * 0.88];
    return perspectiveView({ position, target: center, fovYRad, aspect });
}

function readSemantics(node: Node): NodeSemantics | undefined {
    const extras = node.getExtras()['mixreel'] as Partial<NodeSemantics> | undefined;
    if (!extras || typeof extras !== 'object') return undefined;
    const { semanticId } = extras;
    if (typeof semanticId !== 'number' || !Number.isInteger(semanticId) || semanticId < 0 || semanticId > 65535) {
        throw badInput(
            `node "${node.getName()}" has extras.mixreel.semanticId ${semanticId}`,
            'an integer from 0 to 65535',
            'Generate the scene again, or remove extras.mixreel'
        );
    }
    const proxy = extras.emissionProxy === true ? { emissionProxy: true } : {};
    return { id: String(extras.id), class: String(extras.class), semanticId, real: extras.real === true, ...proxy };
}

function readSceneSemantics(scene: GltfScene): SceneSemantics | undefined {
    const extras = scene.getExtras()['mixreel'] as Partial<SceneSemantics> | undefined;
    return extras && Array.isArray(extras.classes) ? { version: 1, classes: extras.classes.map(String) } : undefined;
}

function textureKey(map: ReadonlyMap<GltfTexture, DecodedTexture>, texture: GltfTexture): number {
    let index = 0;
    for (const key of map.keys()) {
        if (key === texture) return index;
        index++;
    }
    return -1;
}
