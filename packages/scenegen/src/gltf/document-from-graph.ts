/**
 * Scene graph to glTF 2.0. Shell, furniture, lights and cameras as nodes with semantics in `extras.mixreel`; equal furniture
 * shares meshes; the graph itself travels in the scene's `extras.mixreelGraph`. Real things become empty nodes: they are in
 * the room, not in the picture. The same graph gives the same bytes: no dates, no random names, fixed order.
 */

import { type Buffer, Document, type Mesh, type Node, type Scene, WebIO } from '@gltf-transform/core';
import {
    KHRLightsPunctual,
    KHRMaterialsEmissiveStrength,
    KHRMaterialsTransmission,
    KHRMaterialsVariants,
    type Variant
} from '@gltf-transform/extensions';
import { badInput, exactAtan2, exactCos, exactSin, type NodeSemantics, type SceneSemantics } from '@mixreel/core';
import { buildMesh, CATALOGUE } from '../catalogue/catalogue.ts';
import type { UserCatalogue } from '../catalogue/user-catalogue.ts';
import { hypot } from '../geometry/hypot.ts';
import { readGraph } from '../graph/read-graph.ts';
import type { SceneGraph, SceneNode } from '../graph/scene-graph.ts';
import type { MeshBuilder, MeshPart } from '../mesh/mesh-builder.ts';
import { shellPieces } from '../mesh/room-shell.ts';
import { nodeStyle, roomStyle } from '../style/room-style.ts';
import { styleNamed, type TextureName } from '../style/style.ts';
import { TEXTURE_METRES } from '../style/textures.ts';
import { accentWall } from './accent-wall.ts';
import { linearColor, MaterialLibrary } from './material-library.ts';
import { UserMeshes } from './user-meshes.ts';

/** Options of {@link documentFromGraph}. */
export interface DocumentOptions {
    /**
     * `emissive`: lamps glow by their surfaces, as a path tracer wants them. `punctual`: KHR_lights_punctual, as rasterisers
     * want them. `both`: both; a renderer that honours both counts lamps twice.
     */
    readonly lights?: 'emissive' | 'punctual' | 'both';
    /** Draw floor, ceiling and walls of real rooms. False for passthrough, where they are there already. */
    readonly shell?: boolean;
    /** A user's own models, instead of the parametric meshes of their classes. */
    readonly catalogue?: UserCatalogue | null;
    /**
     * Styles that a viewer can switch to (KHR_materials_variants), at most 16; geometry is the same in all. Things with a
     * style or colours of their own keep them.
     */
    readonly variants?: readonly string[];
}

/** Lamps that glow, for path tracing. Point lights inside lamps would be sampled for nothing: the lamp is around them. */
export const DOCUMENT_DEFAULTS: Required<DocumentOptions> = Object.freeze({
    lights: 'emissive',
    shell: true,
    catalogue: null,
    variants: []
});
/** Files are for every viewer: both kinds of light. */
export const GLB_DEFAULTS: Required<DocumentOptions> = Object.freeze({ ...DOCUMENT_DEFAULTS, lights: 'both' });

const STRUCTURE = ['floor', 'ceiling', 'wall', 'door', 'window', 'light', 'camera'];

/** The class table of a graph: `void`, the structure, the catalogue, then real classes that are not in it. */
export function semanticClasses(graph: SceneGraph): string[] {
    const known = ['void', ...STRUCTURE, ...CATALOGUE.keys()];
    const extra = [...new Set(graph.nodes.map((n) => n.class))].filter((c) => !known.includes(c)).sort();
    return [...known, ...extra];
}

/** Builds the document; throws `bad-input` for classes or styles that the catalogue does not have. */
export function documentFromGraph(graph: SceneGraph, options: DocumentOptions = {}): Document {
    return new DocumentBuilder(readGraph(graph), { ...DOCUMENT_DEFAULTS, ...options }).build();
}

/** A binary glTF file: byte-identical for equal graphs. */
export async function glbFromGraph(graph: SceneGraph, options: DocumentOptions = {}): Promise<Uint8Array> {
    return sceneIo().writeBinary(documentFromGraph(graph, { ...GLB_DEFAULTS, ...options }));
}

/** A glTF reader and writer that knows the extensions used here. */
export function sceneIo(): WebIO {
    return new WebIO().registerExtensions([
        KHRLightsPunctual,
        KHRMaterialsEmissiveStrength,
        KHRMaterialsTransmission,
        KHRMaterialsVariants
    ]);
}

class DocumentBuilder {
    readonly #graph: SceneGraph;
    readonly #options: Required<DocumentOptions>;
    readonly #document: Document = new Document();
    readonly #scene: Scene;
    readonly #buffer: Buffer;
    readonly #materials: MaterialLibrary;
    readonly #userMeshes: UserMeshes;
    readonly #meshes = new Map<string, Mesh>();
    readonly #classes: string[];
    readonly #lights: KHRLightsPunctual | null;
    /** Null without variants. */
    readonly #variants: { readonly extension: KHRMaterialsVariants; readonly styles: [string, Variant][] } | null;

    constructor(graph: SceneGraph, options: Required<DocumentOptions>) {
        this.#graph = graph;
        this.#options = options;
        this.#document.getRoot().getAsset().generator = 'mixreel scenegen';
        this.#scene = this.#document.createScene('scene');
        this.#document.getRoot().setDefaultScene(this.#scene);
        this.#buffer = this.#document.createBuffer();
        this.#materials = new MaterialLibrary(this.#document);
        this.#userMeshes = new UserMeshes(this.#document, this.#buffer);
        this.#classes = semanticClasses(graph);
        if (options.variants.length > 16)
            throw badInput(`${options.variants.length} variants are asked for`, 'at most 16', 'Ask for fewer');
        const extension = options.variants.length > 0 ? this.#document.createExtension(KHRMaterialsVariants) : null;
        this.#variants = extension && {
            extension,
            styles: options.variants.map((name) => [styleNamed(name).name, extension.createVariant(name)])
        };
        this.#lights = options.lights === 'emissive' ? null : this.#document.createExtension(KHRLightsPunctual);
    }

    build(): Document {
        const semantics: SceneSemantics = { version: 1, classes: this.#classes };
        this.#scene.setExtras({ mixreel: semantics, mixreelGraph: this.#graph } as unknown as Record<string, unknown>);
        if (this.#options.shell) this.#addShells();
        for (const node of this.#graph.nodes) this.#addNode(node);
        this.#addCameras();
        return this.#document;
    }

    #addShells(): void {
        for (const room of this.#graph.rooms) {
            const walls = this.#graph.walls.filter((w) => w.room === room.id);
            for (const piece of shellPieces(room, walls, this.#graph.openings, accentWall(room, walls, this.#graph))) {
                const node = this.#node(piece.id, piece.class, room.real);
                node.setMesh(this.#mesh(piece.id, piece.mesh, roomStyle(this.#graph, room), 0, {}, true));
                this.#scene.addChild(node);
            }
        }
    }

    #addNode(n: SceneNode): void {
        const node = this.#node(n.id, n.class, n.real);
        const half = n.pose.yaw / 2;
        node.setTranslation([n.pose.x, n.pose.y, n.pose.z]).setRotation([0, exactSin(half), 0, exactCos(half)]);
        this.#scene.addChild(node);
        if (n.real) return;
        const style = styleNamed(nodeStyle(this.#graph, n));
        const model = this.#options.catalogue?.modelFor(n);
        if (model) {
            const { width, height, depth } = n.dims;
            // The scale is a child's, so that lights and whatever else hangs on the node keep their own.
            const body = this.#node(`${n.id}/model`, n.class, false).setMesh(this.#userMeshes.mesh(model));
            node.addChild(body.setScale([width, height, depth]));
            this.#addLight(n, node, style.slots['glow']!.color[0]!);
            return;
        }
        const own = n.style !== undefined;
        const key = JSON.stringify([n.class, n.dims, n.variant, style.name, own, n.params ?? {}, n.colors ?? {}]);
        let mesh = this.#meshes.get(key);
        if (!mesh) {
            const { dims, variant, params = {} } = n;
            const built = buildMesh(n.class, { dims, variant, legs: style.legs, bevel: style.bevel, params });
            mesh = this.#mesh(n.class, built, style.name, variant, n.colors ?? {}, n.style === undefined);
            this.#meshes.set(key, mesh);
        }
        node.setMesh(mesh);
        this.#addLight(n, node, style.slots['glow']!.color[0]!);
    }

    #addLight(n: SceneNode, parent: Node, color: string): void {
        const light = CATALOGUE.get(n.class)?.light;
        if (!light || !this.#lights) return;
        const point = this.#lights
            .createLight(n.id)
            .setType('point')
            .setColor(linearColor(color))
            .setIntensity(light.candela)
            .setRange(12);
        // Lamps under the ceiling shine from just below their underside.
        const y = light.at === 0 ? -0.03 : n.dims.height * light.at;
        const proxy = this.#options.lights === 'both' ? { emissionProxy: true } : {};
        const node = this.#node(`${n.id}/light`, 'light', false, proxy)
            .setTranslation([0, y, 0])
            .setExtension('KHR_lights_punctual', point);
        parent.addChild(node);
    }

    #addCameras(): void {
        for (const view of this.#graph.viewpoints) {
            const camera = this.#document
                .createCamera(view.name)
                .setType('perspective')
                .setYFov(view.yfov)
                .setZNear(0.05)
                .setZFar(100);
            const [dx, dy, dz] = [0, 1, 2].map((k) => view.target[k]! - view.position[k]!) as [number, number, number];
            const yaw = exactAtan2(-dx, -dz) / 2;
            const pitch = exactAtan2(dy, hypot(dx, dz)) / 2;
            const [sy, cy, sp, cp] = [exactSin(yaw), exactCos(yaw), exactSin(pitch), exactCos(pitch)];
            this.#scene.addChild(
                this.#node(`camera ${view.name}`, 'camera', false)
                    .setCamera(camera)
                    .setTranslation([...view.position])
                    .setRotation([cy * sp, sy * cp, -sy * sp, cy * cp])
            );
        }
    }

    #node(id: string, className: string, real: boolean, more: Partial<NodeSemantics> = {}): Node {
        const semanticId = this.#classes.indexOf(className);
        const semantics: NodeSemantics = { id, class: className, semanticId, real, ...more };
        return this.#document.createNode(id).setExtras({ mixreel: semantics });
    }

    #mesh(
        name: string,
        built: MeshBuilder,
        style: string,
        variant: number,
        colors: Readonly<Record<string, string>>,
        varies: boolean
    ): Mesh {
        const mesh = this.#document.createMesh(name);
        for (const part of built.parts.values()) {
            if (part.indices.length === 0) continue;
            const material = this.#materials.material(style, part.material, variant, colors[part.material]);
            const primitive = this.#primitive(part, styleNamed(style).slots[part.material]?.texture);
            mesh.addPrimitive(primitive.setMaterial(material));
            if (varies && colors[part.material] === undefined) this.#vary(primitive, part.material, variant);
        }
        return mesh;
    }

    /** What a primitive is made of in the other styles. */
    #vary(primitive: ReturnType<Document['createPrimitive']>, slot: string, variant: number): void {
        if (!this.#variants) return;
        const { extension, styles } = this.#variants;
        const list = extension.createMappingList();
        for (const [style, name] of styles) {
            const material = this.#materials.material(style, slot, variant);
            list.addMapping(extension.createMapping().setMaterial(material).addVariant(name));
        }
        primitive.setExtension('KHR_materials_variants', list);
    }

    #primitive(part: MeshPart, texture: TextureName | undefined): ReturnType<Document['createPrimitive']> {
        const doc = this.#document;
        const metres = texture ? TEXTURE_METRES[texture] : 0;
        const scale = metres > 0 ? 1 / metres : 1;
        const accessor = (
            type: 'VEC2' | 'VEC3' | 'SCALAR',
            data: Float32Array | Uint16Array | Uint32Array
        ): ReturnType<Document['createAccessor']> =>
            doc
                .createAccessor()
                .setType(type)
                .setArray(data as Float32Array<ArrayBuffer>)
                .setBuffer(this.#buffer);
        const wide = part.positions.length / 3 > 65535;
        const primitive = doc
            .createPrimitive()
            .setIndices(accessor('SCALAR', wide ? new Uint32Array(part.indices) : new Uint16Array(part.indices)))
            .setAttribute('POSITION', accessor('VEC3', new Float32Array(part.positions)))
            .setAttribute('NORMAL', accessor('VEC3', new Float32Array(part.normals)));
        if (texture)
            primitive.setAttribute('TEXCOORD_0', accessor('VEC2', new Float32Array(part.uvs.map((v) => v * scale))));
        return primitive;
    }
}
