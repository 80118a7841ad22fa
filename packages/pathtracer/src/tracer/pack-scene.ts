/**
 * Scene to buffers: trees, triangles in leaf order, and one table of everything small, in the layouts that
 * `shaders/pathtracer/scene.wgsl` reads. No GPU here: the packed scene is plain memory and is what the traversal's oracle walks.
 *
 * Two ways to hold geometry. `flattened`: every instance's triangles in one world-space tree, so no ray is ever transformed;
 * best where meshes are placed once. `instanced`: a tree for each mesh and one over the instances; memory grows with the meshes
 * alone and moving a thing touches the top tree only. 96 bytes a triangle and 14 to 20 of tree either way.
 */
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import type { Bvh, BvhOptions } from '../bvh/build-bvh.ts';
import { buildWideBvh } from '../bvh/build-wide-bvh.ts';
import { NODE_WORDS, STACK_SIZE } from '../bvh/wide-bvh.ts';
import { type EnvironmentTable, environmentTable } from '../lights/environment-table.ts';
import { buildLightTable, LIGHT_WORDS, type LightTable } from '../lights/light-table.ts';
import { determinant3, IDENTITY, invertAffine, type Mat4 } from '../math/vector.ts';
import { requireTriangles } from '../scene/create-scene.ts';
import type { Instance, Material, Mesh, Scene, TextureRef } from '../scene/scene.ts';
import { packMaterial, packTextures } from './pack-materials.ts';
import { TriangleWriter } from './pack-triangles.ts';

/** How to hold geometry; see the file comment. `auto` flattens up to 4 million placed triangles. */
export type GeometryMode = 'auto' | 'flattened' | 'instanced';

/** Options of {@link packScene}. */
export interface PackOptions {
    readonly geometry: GeometryMode;
    readonly bvh: Partial<BvhOptions>;
}

export const PACK_DEFAULTS: PackOptions = Object.freeze({ geometry: 'auto', bvh: Object.freeze({}) });

/** Above this, `auto` keeps instances apart if any mesh is placed twice. */
const FLATTEN_LIMIT = 4_000_000;

/** Where each table starts, in rows of 16 bytes, and the other figures that kernels are told. */
export interface SceneLayout {
    readonly rootNode: number;
    readonly flattened: boolean;
    readonly instanceBase: number;
    readonly sourceBase: number;
    readonly materialBase: number;
    readonly textureBase: number;
    readonly lightBase: number;
    readonly lightCount: number;
    readonly environmentWidth: number;
    readonly environmentHeight: number;
    readonly environmentPmf: number;
    readonly sceneRadius: number;
}

/** The buffers of a scene. */
export interface PackedScene {
    readonly nodes: Uint32Array;
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    readonly tables: Uint32Array;
    readonly texels: Uint32Array;
    readonly environment: Float32Array;
    readonly layout: SceneLayout;
    readonly lights: LightTable;
    readonly environmentTable: EnvironmentTable;
    readonly stats: SceneStats;
}

/** Figures of a packed scene. */
export interface SceneStats {
    /** Triangles in the buffers: placed ones if flattened, unique ones if instanced. */
    readonly triangles: number;
    readonly placedTriangles: number;
    readonly nodes: number;
    readonly lights: number;
    readonly bvhBytes: number;
    readonly triangleBytes: number;
    readonly textureBytes: number;
    /** SAH cost of the tree, or of the largest mesh's. */
    readonly sahCost: number;
}

/** Share of the traversal stack that a mesh's tree may take where there is one over the instances as well. */
const MESH_STACK = 40;
/** Words of an instance: 7 rows. */
const INSTANCE_WORDS = 28;
const MATERIAL_WORDS = 32;

/** Packs a scene. @throws `bad-input` without triangles, `limit-exceeded`, `aborted`. */
export function packScene(scene: Scene, options: Partial<PackOptions> = {}, progress?: Progress): PackedScene {
    requireTriangles(scene);
    const settled = { ...PACK_DEFAULTS, ...options };
    const flattened = shouldFlatten(scene, settled.geometry);
    const geometry = flattened
        ? packFlattened(scene, settled.bvh, progress)
        : packInstanced(scene, settled.bvh, progress);
    throwIfAborted(progress, 'packing the scene');
    const lights = buildLightTable(scene, geometry.radius);
    const environment = environmentTable(scene.environment);
    const textures = packTextures(scene.textures, textureRefs(scene.materials));

    const instanceRows = geometry.instances.length / 4;
    const sourceRows = scene.instances.length;
    const materialRows = (scene.materials.length * MATERIAL_WORDS) / 4;
    const textureRows = textures.headers.length / 4;
    const lightRows = (lights.count * LIGHT_WORDS) / 4;
    const tables = new Uint32Array(4 * (instanceRows + sourceRows + materialRows + textureRows + lightRows) || 4);
    const layout: SceneLayout = {
        rootNode: geometry.rootNode,
        flattened,
        instanceBase: 0,
        sourceBase: instanceRows,
        materialBase: instanceRows + sourceRows,
        textureBase: instanceRows + sourceRows + materialRows,
        lightBase: instanceRows + sourceRows + materialRows + textureRows,
        lightCount: lights.alias.total > 0 ? lights.count : 0,
        environmentWidth: environment.widthPx,
        environmentHeight: environment.heightPx,
        environmentPmf: lights.environmentPmf,
        sceneRadius: geometry.radius
    };
    tables.set(geometry.instances, 0);
    for (const [i, instance] of scene.instances.entries()) {
        const row = [instance.material, instance.semantics?.semanticId ?? 0, lights.firstOfInstance[i]!, i + 1];
        tables.set(row, 4 * (layout.sourceBase + i));
    }
    for (const [i, material] of scene.materials.entries()) {
        packMaterial(material, textures.indexOf, tables, 4 * layout.materialBase + i * MATERIAL_WORDS);
    }
    tables.set(textures.headers, 4 * layout.textureBase);
    tables.set(lights.words.subarray(0, lights.count * LIGHT_WORDS), 4 * layout.lightBase);
    const { triangles, shading } = geometry.writer;
    return {
        nodes: geometry.nodes,
        triangles,
        shading,
        tables,
        texels: textures.texels,
        environment: environment.rows,
        layout,
        lights,
        environmentTable: environment,
        stats: {
            triangles: triangles.length / 12,
            placedTriangles: scene.triangleCount,
            nodes: geometry.nodes.length / NODE_WORDS,
            lights: lights.count,
            bvhBytes: geometry.nodes.byteLength,
            triangleBytes: triangles.byteLength + shading.byteLength,
            textureBytes: textures.texels.byteLength,
            sahCost: geometry.sahCost
        }
    };
}

function shouldFlatten(scene: Scene, mode: GeometryMode): boolean {
    if (mode !== 'auto') return mode === 'flattened';
    const used = new Set(scene.instances.map((instance) => instance.mesh));
    return scene.triangleCount <= FLATTEN_LIMIT || used.size === scene.instances.length;
}

interface PackedGeometry {
    readonly nodes: Uint32Array;
    readonly rootNode: number;
    readonly writer: TriangleWriter;
    readonly instances: Uint32Array;
    readonly radius: number;
    readonly sahCost: number;
}

function packFlattened(scene: Scene, options: Partial<BvhOptions>, progress?: Progress): PackedGeometry {
    const count = scene.triangleCount;
    const owner = new Uint32Array(count);
    const local = new Uint32Array(count);
    const boxes = new Float32Array(count * 6);
    let n = 0;
    for (const [i, instance] of scene.instances.entries()) {
        const mesh = scene.meshes[instance.mesh]!;
        writeBoxes(mesh, instance.transform, boxes, n);
        for (let t = 0; t < mesh.indices.length / 3; t++) {
            owner[n] = i;
            local[n++] = t;
        }
    }
    const { bvh, wide } = buildWideBvh(boxes, STACK_SIZE, options, 0, 0, progress);
    checkStack(wide.stackNeed);
    const writer = new TriangleWriter(count);
    const world = scene.instances.map((instance) => ({
        instance,
        mesh: scene.meshes[instance.mesh]!,
        transparent: mayBeTransparent(scene.materials[instance.material]!),
        mirrored: determinant3(instance.transform) < 0,
        inverse: invertAffine(instance.transform)!
    }));
    for (let k = 0; k < count; k++) {
        const t = bvh.order[k]!;
        const source = owner[t]!;
        const w = world[source]!;
        writer.write(k, w.mesh, local[t]!, {
            transform: w.instance.transform,
            inverse: w.inverse,
            mirrored: w.mirrored,
            source,
            transparent: w.transparent
        });
    }
    const instances = new Uint32Array(INSTANCE_WORDS);
    writeInstance(instances, 0, IDENTITY, 0, 0);
    return { nodes: wide.nodes, rootNode: 0, writer, instances, radius: radiusOf(bvh), sahCost: bvh.sahCost };
}

function packInstanced(scene: Scene, options: Partial<BvhOptions>, progress?: Progress): PackedGeometry {
    const used = [...new Set(scene.instances.map((instance) => instance.mesh))].sort((a, b) => a - b);
    let total = 0;
    for (const mesh of used) total += scene.meshes[mesh]!.indices.length / 3;
    const writer = new TriangleWriter(total);
    const parts: Uint32Array[] = [];
    const roots = new Map<number, { root: number; bvh: Bvh }>();
    let nodeBase = 0;
    let triangleBase = 0;
    let stackNeed = 0;
    let sahCost = 0;
    for (const index of used) {
        const mesh = scene.meshes[index]!;
        const count = mesh.indices.length / 3;
        const boxes = new Float32Array(count * 6);
        writeBoxes(mesh, IDENTITY, boxes, 0);
        const { bvh, wide } = buildWideBvh(boxes, MESH_STACK, options, nodeBase, triangleBase, progress);
        const transparent = scene.instances.some(
            (instance) => instance.mesh === index && mayBeTransparent(scene.materials[instance.material]!)
        );
        const place = { transform: IDENTITY, inverse: IDENTITY, mirrored: false, source: 0, transparent };
        for (let k = 0; k < count; k++) writer.write(triangleBase + k, mesh, bvh.order[k]!, place);
        roots.set(index, { root: nodeBase, bvh });
        parts.push(wide.nodes);
        nodeBase += wide.nodeCount;
        triangleBase += count;
        stackNeed = Math.max(stackNeed, wide.stackNeed);
        sahCost = Math.max(sahCost, bvh.sahCost);
        progress?.report?.(triangleBase, total, 'building the BVH');
    }
    const boxes = new Float32Array(scene.instances.length * 6);
    for (const [i, instance] of scene.instances.entries()) {
        placeBox(roots.get(instance.mesh)!.bvh.bounds, instance.transform, boxes, i * 6);
    }
    const { bvh: top, wide: wideTop } = buildWideBvh(
        boxes,
        STACK_SIZE - MESH_STACK,
        { maxLeafSize: 1 },
        nodeBase,
        0,
        progress
    );
    checkStack(stackNeed + wideTop.stackNeed);
    parts.push(wideTop.nodes);
    const instances = new Uint32Array(scene.instances.length * INSTANCE_WORDS);
    for (let k = 0; k < top.order.length; k++) {
        const i = top.order[k]!;
        const instance: Instance = scene.instances[i]!;
        writeInstance(instances, k, instance.transform, roots.get(instance.mesh)!.root, i);
    }
    const nodes = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        nodes.set(part, at);
        at += part.length;
    }
    return { nodes, rootNode: nodeBase, writer, instances, radius: radiusOf(top), sahCost };
}

function checkStack(need: number): void {
    if (need <= STACK_SIZE) return;
    throw new MixreelError('limit-exceeded', {
        what: `the scene's trees need a stack of ${need}`,
        expected: `at most ${STACK_SIZE}`,
        mend: "Set geometry: 'flattened', or split the scene"
    });
}

/** Boxes of a mesh's transformed triangles, in float32 of the same arithmetic as the triangles themselves. */
function writeBoxes(mesh: Mesh, m: Mat4, boxes: Float32Array, first: number): void {
    const { positions: p, indices } = mesh;
    const vertices = new Float32Array(p.length);
    for (let i = 0; i < p.length; i += 3) {
        const x = p[i]!;
        const y = p[i + 1]!;
        const z = p[i + 2]!;
        vertices[i] = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
        vertices[i + 1] = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
        vertices[i + 2] = m[2]! * x + m[6]! * y + m[10]! * z + m[14]!;
    }
    let o = first * 6;
    for (let i = 0; i < indices.length; i += 3, o += 6) {
        const a = indices[i]! * 3;
        const b = indices[i + 1]! * 3;
        const c = indices[i + 2]! * 3;
        for (let k = 0; k < 3; k++) {
            boxes[o + k] = Math.min(vertices[a + k]!, vertices[b + k]!, vertices[c + k]!);
            boxes[o + 3 + k] = Math.max(vertices[a + k]!, vertices[b + k]!, vertices[c + k]!);
        }
    }
}

/** The box around a transformed box (Arvo 1990), a little wider for the rounding of a ray's transform. */
function placeBox(bounds: Float32Array, m: Mat4, out: Float32Array, o: number): void {
    for (let row = 0; row < 3; row++) {
        let low = m[12 + row]!;
        let high = low;
        let size = Math.abs(low);
        for (let k = 0; k < 3; k++) {
            const a = m[k * 4 + row]! * bounds[k]!;
            const b = m[k * 4 + row]! * bounds[3 + k]!;
            low += Math.min(a, b);
            high += Math.max(a, b);
            size += Math.max(Math.abs(a), Math.abs(b));
        }
        out[o + row] = low - size * 1e-6;
        out[o + 3 + row] = high + size * 1e-6;
    }
}

function writeInstance(words: Uint32Array, index: number, transform: Mat4, root: number, source: number): void {
    const floats = new Float32Array(words.buffer);
    const inverse = invertAffine(transform)!;
    const o = index * INSTANCE_WORDS;
    for (const [block, m] of [inverse, transform].entries()) {
        for (let row = 0; row < 3; row++) {
            for (let column = 0; column < 4; column++) {
                floats[o + block * 12 + row * 4 + column] = m[column * 4 + row]!;
            }
        }
    }
    words[o + 24] = root;
    words[o + 25] = source;
    words[o + 26] = determinant3(transform) < 0 ? 1 : 0;
}

function radiusOf(bvh: Bvh): number {
    const b = bvh.bounds;
    return Math.max(1e-6, Math.hypot(b[3]! - b[0]!, b[4]! - b[1]!, b[5]! - b[2]!) / 2);
}

function mayBeTransparent(material: Material): boolean {
    return material.alphaMode === 'mask' || material.alphaMode === 'blend';
}

function textureRefs(materials: readonly Material[]): TextureRef[] {
    return materials.flatMap((material) => Object.values(material.textures ?? {}).filter((ref) => ref !== undefined));
}
