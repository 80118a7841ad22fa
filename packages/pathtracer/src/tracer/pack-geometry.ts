/**
 * Geometry to buffers: trees and triangles in leaf order. No GPU here.
 *
 * Two ways to hold it. `flattened`: every instance's triangles in one world-space tree, so no ray is ever transformed; best where
 * meshes are placed once. `instanced`: a tree for each mesh and one over the instances, which lies behind them; memory grows with
 * the meshes alone and moving a thing touches the top tree only. 96 bytes a triangle and 14 to 20 of tree either way.
 */
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import type { Bvh, BvhOptions } from '../bvh/build-bvh.ts';
import { buildWideBvh } from '../bvh/build-wide-bvh.ts';
import { splitReferences } from '../bvh/split-references.ts';
import { STACK_SIZE, type WideBvh } from '../bvh/wide-bvh.ts';
import { determinant3, IDENTITY, invertAffine, type Mat4 } from '../math/vector.ts';
import { type CulledMaterial, cullsBacks } from '../scene/culling.ts';
import type { Instance, Material, Mesh, Scene } from '../scene/scene.ts';
import { TriangleWriter } from './pack-triangles.ts';
import { shadingAttributes } from './shading-attributes.ts';
import { buildTopTree, type TopTree } from './top-tree.ts';

/** Share of the traversal stack that a mesh's tree may take where there is one over the instances as well. */
const MESH_STACK = 40;

/** How trees are built. */
export interface TreeOptions extends Partial<BvhOptions> {
    /** Copies of triangles that spatial splits may add, as a share of the triangles, 0 to 1. Default 0: none. */
    readonly splitBudget?: number;
}

/** A mesh's own tree among those of the others. */
export interface MeshTree {
    readonly nodeBase: number;
    readonly nodeCount: number;
    readonly triangleBase: number;
    readonly triangleCount: number;
    /** Object-space box: min xyz, max xyz. */
    readonly bounds: ArrayLike<number>;
    readonly stackNeed: number;
    readonly sahCost: number;
    /** Its triangles are marked as maybe transparent. */
    readonly transparent: boolean;
}

/** What is needed of a scene to pack its geometry. */
export interface GeometryScene extends Pick<Scene, 'meshes' | 'triangleCount'> {
    readonly instances: readonly Pick<Instance, 'mesh' | 'material' | 'transform'>[];
    readonly materials: readonly (CulledMaterial & Pick<Material, 'alphaMode' | 'anisotropy' | 'textures'>)[];
}

/** Geometry as the kernels read it. */
export interface PackedGeometry {
    readonly nodes: Uint32Array;
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    /** Rows of a triangle in `shading`. */
    readonly shadingRows: number;
    readonly rootNode: number;
    /** By mesh; empty if flattened. */
    readonly trees: ReadonlyMap<number, MeshTree>;
    /** World box: min xyz, max xyz. */
    readonly bounds: ArrayLike<number>;
    readonly sahCost: number;
}

/** All triangles in one world-space tree. */
export function packFlattened(scene: GeometryScene, options: TreeOptions, progress?: Progress): PackedGeometry {
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
    const attributes = shadingAttributes(scene);
    const world = scene.instances.map((instance) => ({
        instance,
        mesh: scene.meshes[instance.mesh]!,
        transparent: mayBeTransparent(scene.materials[instance.material]!),
        culled: cullsBacks(scene.materials[instance.material]!),
        mirrored: determinant3(instance.transform) < 0,
        inverse: invertAffine(instance.transform)!,
        tangents: attributes.tangentsOf(instance.mesh)
    }));
    const cornersOf = (t: number, out: Float64Array): boolean => {
        const { mesh, instance, transparent } = world[owner[t]!]!;
        writeCorners(mesh, local[t]!, instance.transform, out);
        return !transparent;
    };
    const place = { node: 0, triangle: 0, stack: STACK_SIZE };
    const { bvh, wide, order } = buildTree(boxes, cornersOf, place, options, progress);
    checkStack(wide.stackNeed);
    const writer = new TriangleWriter(order.length, attributes.rows);
    for (let k = 0; k < order.length; k++) {
        const t = order[k]!;
        const source = owner[t]!;
        const w = world[source]!;
        writer.write(k, w.mesh, local[t]!, {
            transform: w.instance.transform,
            inverse: w.inverse,
            mirrored: w.mirrored,
            source,
            transparent: w.transparent,
            culled: w.culled,
            tangents: w.tangents
        });
    }
    const { triangles, shading } = writer;
    const bounds = bvh.bounds.slice(0, 6);
    const { rows: shadingRows } = attributes;
    const { sahCost } = bvh;
    return { nodes: wide.nodes, triangles, shading, shadingRows, rootNode: 0, trees: new Map(), bounds, sahCost };
}

/** A tree for each mesh in use and one over the instances. */
export function packInstanced(scene: GeometryScene, options: TreeOptions, progress?: Progress): PackedGeometry {
    const used = [...new Set(scene.instances.map((instance) => instance.mesh))].sort((a, b) => a - b);
    const { parts, trees, triangles, shading, shadingRows, nodeCount } = packMeshTrees(
        scene,
        used,
        options,
        0,
        0,
        progress
    );
    const top = packTopTree(scene, trees, nodeCount, progress);
    parts.push(top.nodes);
    const nodes = join(parts);
    let sahCost = 0;
    for (const tree of trees.values()) sahCost = Math.max(sahCost, tree.sahCost);
    return { nodes, triangles, shading, shadingRows, rootNode: nodeCount, trees, bounds: top.bounds, sahCost };
}

/** The trees of some meshes, to lie behind `nodeBase` nodes and `triangleBase` triangles. */
export function packMeshTrees(
    scene: GeometryScene,
    meshes: readonly number[],
    options: TreeOptions,
    nodeBase: number,
    triangleBase: number,
    progress?: Progress
): {
    readonly parts: Uint32Array[];
    readonly trees: Map<number, MeshTree>;
    readonly triangles: Uint32Array;
    readonly shading: Uint32Array;
    readonly shadingRows: number;
    readonly nodeCount: number;
    /** Triangles. */
    readonly count: number;
} {
    let total = 0;
    for (const mesh of meshes) total += scene.meshes[mesh]!.indices.length / 3;
    const attributes = shadingAttributes(scene);
    const parts: Uint32Array[] = [];
    const triangles: Uint32Array[] = [];
    const shading: Uint32Array[] = [];
    const trees = new Map<number, MeshTree>();
    const transparentMeshes = meshesThatMayBeTransparent(scene);
    let nodeCount = 0;
    let done = 0;
    for (const index of meshes) {
        throwIfAborted(progress, 'building the BVH');
        const mesh = scene.meshes[index]!;
        const transparent = transparentMeshes.has(index);
        const boxes = new Float32Array(mesh.indices.length * 2);
        writeBoxes(mesh, IDENTITY, boxes, 0);
        const cornersOf = (t: number, out: Float64Array): boolean => {
            writeCorners(mesh, t, IDENTITY, out);
            return !transparent;
        };
        const base = { node: nodeBase + nodeCount, triangle: triangleBase + done, stack: MESH_STACK };
        const { bvh, wide, order } = buildTree(boxes, cornersOf, base, options, progress);
        const count = order.length;
        const writer = new TriangleWriter(count, attributes.rows);
        const tangents = attributes.tangentsOf(index);
        const place = {
            transform: IDENTITY,
            inverse: IDENTITY,
            mirrored: false,
            source: 0,
            transparent,
            // Its instances say so.
            culled: false,
            tangents
        };
        for (let k = 0; k < count; k++) writer.write(k, mesh, order[k]!, place);
        triangles.push(writer.triangles);
        shading.push(writer.shading);
        trees.set(index, {
            nodeBase: base.node,
            nodeCount: wide.nodeCount,
            triangleBase: base.triangle,
            triangleCount: count,
            bounds: bvh.bounds.slice(0, 6),
            stackNeed: wide.stackNeed,
            sahCost: bvh.sahCost,
            transparent
        });
        parts.push(wide.nodes);
        nodeCount += wide.nodeCount;
        done += count;
        progress?.report?.(Math.min(done, total), total, 'building the BVH');
    }
    return {
        parts,
        trees,
        triangles: join(triangles),
        shading: join(shading),
        shadingRows: attributes.rows,
        nodeCount,
        count: done
    };
}

/** The tree over the instances, to lie behind `nodeBase` nodes. @throws `limit-exceeded` if the stack cannot hold both levels. */
export function packTopTree(
    scene: GeometryScene,
    trees: ReadonlyMap<number, MeshTree>,
    nodeBase: number,
    progress?: Progress
): TopTree {
    const top = buildTopTree(scene.instances, (mesh) => trees.get(mesh)!, nodeBase, STACK_SIZE - MESH_STACK, progress);
    let deepest = 0;
    for (const tree of trees.values()) deepest = Math.max(deepest, tree.stackNeed);
    checkStack(deepest + top.stackNeed);
    return top;
}

/** Meshes that an instance shows with alpha mask or blend. */
export function meshesThatMayBeTransparent(scene: GeometryScene): Set<number> {
    const found = new Set<number>();
    for (const { mesh, material } of scene.instances) {
        if (mayBeTransparent(scene.materials[material]!)) found.add(mesh);
    }
    return found;
}

function join(parts: readonly Uint32Array[]): Uint32Array {
    if (parts.length === 1) return parts[0]!;
    const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}

function checkStack(need: number): void {
    if (need <= STACK_SIZE) return;
    throw new MixreelError('limit-exceeded', {
        what: `the scene's trees need a stack of ${need}`,
        expected: `at most ${STACK_SIZE}`,
        mend: "Set geometry: 'flattened', or split the scene"
    });
}

/**
 * A tree over triangles, with spatial splits if there is a budget for them and they make it cheaper. A transparent triangle is never
 * cut: whether it lets a ray through is decided once for each place in leaf order.
 */
function buildTree(
    boxes: Float32Array,
    cornersOf: (triangle: number, out: Float64Array) => boolean,
    base: { readonly node: number; readonly triangle: number; readonly stack: number },
    options: TreeOptions,
    progress?: Progress
): { readonly bvh: Bvh; readonly wide: WideBvh; readonly order: Uint32Array } {
    const whole = buildWideBvh(boxes, base.stack, options, base.node, base.triangle, progress);
    const split = splitReferences(boxes, cornersOf, options.splitBudget ?? 0);
    if (!split) return { ...whole, order: whole.bvh.order };
    const parted = buildWideBvh(split.boxes, base.stack, options, base.node, base.triangle, progress);
    if (parted.bvh.sahCost >= whole.bvh.sahCost) return { ...whole, order: whole.bvh.order };
    return { ...parted, order: parted.bvh.order.map((part) => split.triangles[part]!) };
}

/** The 9 coordinates of a triangle, rounded as its box is. */
function writeCorners({ positions: p, indices }: Mesh, triangle: number, m: Mat4, out: Float64Array): void {
    for (let k = 0; k < 3; k++) {
        const v = indices[triangle * 3 + k]! * 3;
        for (let row = 0; row < 3; row++) {
            const x = m[row]! * p[v]! + m[4 + row]! * p[v + 1]! + m[8 + row]! * p[v + 2]! + m[12 + row]!;
            out[k * 3 + row] = Math.fround(x);
        }
    }
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

/** The box of a mesh's triangles: min xyz, max xyz. */
export function meshBounds({ positions, indices }: Mesh): Float32Array {
    const box = Float32Array.of(Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);
    for (const index of indices) {
        for (let k = 0; k < 3; k++) {
            const x = positions[index * 3 + k]!;
            if (x < box[k]!) box[k] = x;
            if (x > box[3 + k]!) box[3 + k] = x;
        }
    }
    return box;
}

/** Radius of the sphere around a box, at least a micrometre. */
export function radiusOf(b: ArrayLike<number>): number {
    return Math.max(1e-6, Math.hypot(b[3]! - b[0]!, b[4]! - b[1]!, b[5]! - b[2]!) / 2);
}

function mayBeTransparent(material: Pick<Material, 'alphaMode'>): boolean {
    return material.alphaMode === 'mask' || material.alphaMode === 'blend';
}
