/** Walks the nodes of a glTF document and collects what a scene is made of; each mesh, material and picture once. */
import type { Material as GltfMaterial, Texture as GltfTexture, Node, Primitive } from '@gltf-transform/core';
import type { NodeSemantics } from '@mixreel/core';
import {
    hiddenAt,
    IDENTITY,
    isSingular,
    type Mat4,
    multiply,
    normalize,
    transformPoint,
    transformVector,
    type Vec3
} from '../math/vector.ts';
import { copiesOf } from './gltf-instancing.ts';
import { convertMaterial } from './gltf-material.ts';
import { convertPrimitive } from './gltf-primitive.ts';
import type { GltfReader } from './gltf-reader.ts';
import { type RiggedMesh, rigOf, rigPose } from './gltf-rig.ts';
import { readSemantics } from './gltf-semantics.ts';
import { poseMesh } from './pose-mesh.ts';
import type { Environment, Instance, Material, Mesh, PunctualLight, SceneEvent, Texture } from './scene.ts';

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

/** An instance's node, and where it stands within it if it is one of the node's copies. */
export interface PlacedCopy {
    readonly node: Node;
    readonly copy: Mat4 | null;
}

/** Where a copy is in the world, its node being at `world`: a skin's joints place it themselves. */
export function worldOfCopy({ node, copy }: PlacedCopy, world: Mat4): Mat4 {
    const placed = node.getSkin() ? IDENTITY : world;
    return copy ? multiply(placed, copy) : placed;
}

/** What collects while the document is walked. */
export class DocumentReader implements GltfReader {
    readonly options: SceneFromDocumentOptions;
    readonly meshes: Mesh[] = [];
    readonly instances: Instance[] = [];
    /** The node of each instance, and which copy of the node's it is. */
    readonly placed: PlacedCopy[] = [];
    readonly worlds: Map<Node, readonly number[]> = new Map();
    readonly rigged: RiggedMesh[] = [];
    readonly materials: Material[] = [];
    readonly textures: Texture[] = [];
    readonly lights: PunctualLight[] = [];
    readonly #events = new Map<string, { kind: SceneEvent['kind']; count: number }>();
    readonly #meshOf = new Map<object, number | null>();
    readonly #materialOf = new Map<GltfMaterial | null, number>();
    readonly #textureOf = { srgb: new Map<GltfTexture, number>(), data: new Map<GltfTexture, number>() };
    camera: { node: Node; world: readonly number[] } | null = null;

    readonly #keepHidden: boolean;

    /** @param keepHidden - Nodes scaled to nothing have instances, which cannot be seen: they may grow. */
    constructor(options: SceneFromDocumentOptions, keepHidden: boolean) {
        this.options = options;
        this.#keepHidden = keepHidden;
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
        const copies = copiesOf(node);
        this.worlds.set(node, world);
        if (node.getCamera() && !this.camera) this.camera = { node, world };
        const light = node.getExtension('KHR_lights_punctual') as unknown as GltfLight | null;
        // A light that stands in for a glowing mesh would count its power twice: the mesh itself is sampled.
        if (light && !semantics?.emissionProxy) this.#light(light, world);
        for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
            const mesh = this.#mesh(primitive, node);
            if (mesh === null) continue;
            for (const copy of copies ?? [null]) this.#place(mesh, primitive, { node, copy }, world, semantics);
        }
        for (const child of node.listChildren()) this.visit(child, world, semantics);
    }

    #place(
        mesh: number,
        primitive: Primitive,
        placed: PlacedCopy,
        world: readonly number[],
        semantics: NodeSemantics | undefined
    ): void {
        const { node } = placed;
        let transform = worldOfCopy(placed, world);
        if (isSingular(transform)) {
            this.note('skipped', 'nodes scaled to nothing are not rendered');
            if (!this.#keepHidden) return;
            transform = hiddenAt(transform);
        }
        this.placed.push(placed);
        this.instances.push({
            mesh,
            material: this.#material(primitive.getMaterial()),
            transform,
            name: node.getName(),
            ...(semantics ? { semantics } : {})
        });
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
        const known = this.#textureOf[srgb ? 'srgb' : 'data'];
        let index = known.get(texture);
        if (index === undefined) {
            index = this.textures.push({ ...decoded, name, srgb }) - 1;
            known.set(texture, index);
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
