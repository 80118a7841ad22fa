/**
 * What a change of the scene makes necessary, worked out in main memory: trees of meshes that come, the top tree, the light table,
 * texels, the environment, the tables. Nothing here touches the device, and all that takes time or can fail is done here, so that
 * a change that is cancelled or refused leaves the scene on the device as it was. `device-scene.ts` puts a plan into effect.
 */
import { type Progress, throwIfAborted } from '@mixreel/core';
import { NODE_WORDS } from '../bvh/wide-bvh.ts';
import { environmentTable } from '../lights/environment-table.ts';
import { buildLightTable } from '../lights/light-table.ts';
import type { ChangedScene } from '../scene/change-scene.ts';
import type { Scene } from '../scene/scene.ts';
import {
    type MeshTree,
    meshBounds,
    meshesThatMayBeTransparent,
    packMeshTrees,
    packTopTree,
    radiusOf
} from './pack-geometry.ts';
import { type PackOptions, packTables, type SceneLayout, type SceneParts } from './pack-scene.ts';
import { packAlike, packTexture, packTextures } from './pack-textures.ts';
import type { BufferChanges, SceneBuffer } from './scene-buffers.ts';

/** What a change of the scene made necessary. */
export type Rebuilt =
    | 'top-tree'
    | 'refit'
    | 'meshes'
    | 'lights'
    | 'materials'
    | 'textures'
    | 'environment'
    | 'everything';

/** A scene as it is on the device. */
export interface HeldScene {
    readonly scene: Scene;
    readonly parts: SceneParts;
    readonly layout: SceneLayout;
    /** Nodes and triangles in use, of those that the buffers hold. */
    readonly nodeCount: number;
    readonly triangleCount: number;
}

/** Words that go to a place in a buffer that is there. */
export interface Write {
    readonly buffer: SceneBuffer;
    readonly data: Uint32Array;
    readonly atBytes: number;
}

/** See the file comment. */
export interface ChangePlan extends HeldScene, BufferChanges {
    readonly rebuilt: readonly Rebuilt[];
    /** Geometry behind what is there, then the top tree. */
    readonly geometry: readonly Write[];
    /** Meshes whose vertices moved, with the trees that they have. */
    readonly deformed: readonly { readonly mesh: number; readonly tree: MeshTree }[];
    /** Meshes to mark as maybe transparent or as opaque. */
    readonly marked: readonly MeshTree[];
    /** Texels of textures that keep their place. */
    readonly texels: readonly Write[];
    /** Null: only rows of instances differ. */
    readonly tables: Uint32Array | null;
}

/** A plan while it is made. */
interface Draft {
    readonly rebuilt: Rebuilt[];
    readonly sizes: Partial<Record<SceneBuffer, { keptBytes: number; neededBytes: number }>>;
    readonly geometry: Write[];
    readonly texels: Write[];
    readonly replaced: Partial<Record<SceneBuffer, Uint32Array | Float32Array>>;
}

type Geometry = SceneParts['geometry'] & { readonly trees: Map<number, MeshTree> };

/** See the file comment. @throws `limit-exceeded` if the trees are too deep, `aborted`. */
export function planChange(
    held: HeldScene,
    change: ChangedScene,
    options: Partial<PackOptions>,
    progress?: Progress
): ChangePlan {
    const { scene } = change;
    const before = held.parts.geometry;
    const draft: Draft = { rebuilt: [], sizes: {}, geometry: [], texels: [], replaced: {} };
    let geometry: Geometry = { ...before, trees: new Map(before.trees) };
    let { nodeCount, triangleCount } = held;
    if (change.placed) {
        const appended = appendMeshes(scene, geometry, triangleCount, options, draft, progress);
        geometry = { ...geometry, rootNode: appended.rootNode };
        triangleCount = appended.triangleCount;
    }
    const deformed = moveVertices(scene, change, before.trees, geometry.trees, draft);
    const marked = change.placed || change.materials ? markTransparent(scene, geometry.trees, draft) : [];
    if (change.placed || change.moved.size > 0 || change.deformed.size > 0) {
        throwIfAborted(progress, 'building the top tree');
        const top = packTopTree(scene, geometry.trees, geometry.rootNode, progress);
        const atBytes = geometry.rootNode * NODE_WORDS * 4;
        draft.geometry.push({ buffer: 'nodes', data: top.nodes, atBytes });
        grow(draft, 'nodes', atBytes, top.nodes.byteLength);
        nodeCount = geometry.rootNode + top.nodes.length / NODE_WORDS;
        geometry = { ...geometry, bounds: top.bounds };
        draft.rebuilt.push('top-tree');
    }
    // Lights from far away are as strong as the scene is wide.
    const resized = radiusOf(geometry.bounds) !== radiusOf(before.bounds) && scene.lights.length > 0;
    const others = planOthers(held, change, { radius: radiusOf(geometry.bounds), resized }, options, draft, progress);
    const parts = { ...held.parts, geometry, ...others };
    const rows =
        change.lights ||
        resized ||
        change.materials ||
        change.placed ||
        parts.textures !== held.parts.textures ||
        geometry.rootNode !== before.rootNode;
    const { tables, layout } = rows ? packTables(scene, parts) : { tables: null, layout: held.layout };
    return { scene, parts, layout, nodeCount, triangleCount, ...draft, deformed, marked, tables };
}

/** Builds the trees of meshes that are shown for the first time, to lie behind the others. */
function appendMeshes(
    scene: Scene,
    geometry: Geometry,
    triangleCount: number,
    options: Partial<PackOptions>,
    draft: Draft,
    progress?: Progress
): { rootNode: number; triangleCount: number } {
    const { rootNode, trees } = geometry;
    const shown = new Set(scene.instances.map((instance) => instance.mesh));
    const meshes = [...shown].filter((mesh) => !trees.has(mesh)).sort((a, b) => a - b);
    if (meshes.length === 0) return { rootNode, triangleCount };
    const packed = packMeshTrees(scene, meshes, options.bvh ?? {}, rootNode, triangleCount, progress);
    let atBytes = rootNode * NODE_WORDS * 4;
    for (const data of packed.parts) {
        draft.geometry.push({ buffer: 'nodes', data, atBytes });
        grow(draft, 'nodes', rootNode * NODE_WORDS * 4, atBytes + data.byteLength - rootNode * NODE_WORDS * 4);
        atBytes += data.byteLength;
    }
    for (const buffer of ['triangles', 'shading'] as const) {
        const data = packed[buffer];
        const used = (data.byteLength / packed.count) * triangleCount;
        draft.geometry.push({ buffer, data, atBytes: used });
        grow(draft, buffer, used, data.byteLength);
    }
    for (const [mesh, tree] of packed.trees) trees.set(mesh, tree);
    draft.rebuilt.push('meshes');
    return { rootNode: rootNode + packed.nodeCount, triangleCount: triangleCount + packed.count };
}

/** Meshes that nothing shows have no tree: it is built when something does. */
function moveVertices(
    scene: Scene,
    { deformed }: ChangedScene,
    known: ReadonlyMap<number, MeshTree>,
    trees: Map<number, MeshTree>,
    draft: Draft
): { mesh: number; tree: MeshTree }[] {
    const found: { mesh: number; tree: MeshTree }[] = [];
    for (const mesh of deformed.keys()) {
        const tree = known.get(mesh);
        if (!tree) continue;
        found.push({ mesh, tree });
        trees.set(mesh, { ...tree, bounds: meshBounds(scene.meshes[mesh]!) });
    }
    if (found.length > 0) draft.rebuilt.push('refit');
    return found;
}

function markTransparent(scene: Scene, trees: Map<number, MeshTree>, draft: Draft): MeshTree[] {
    const transparent = meshesThatMayBeTransparent(scene);
    const marked: MeshTree[] = [];
    for (const [mesh, tree] of trees) {
        if (tree.transparent === transparent.has(mesh)) continue;
        const turned = { ...tree, transparent: !tree.transparent };
        trees.set(mesh, turned);
        marked.push(turned);
    }
    if (marked.length > 0) draft.rebuilt.push('materials');
    return marked;
}

/** Lights, textures and the environment. */
function planOthers(
    { scene: before, parts }: HeldScene,
    change: ChangedScene,
    { radius, resized }: { readonly radius: number; readonly resized: boolean },
    options: Partial<PackOptions>,
    draft: Draft,
    progress?: Progress
): Partial<Pick<SceneParts, 'lights' | 'textures' | 'environment'>> {
    const { scene } = change;
    const others: { -readonly [K in 'lights' | 'textures' | 'environment']?: SceneParts[K] } = {};
    if (change.lights || resized) {
        throwIfAborted(progress, 'building the light table');
        others.lights = buildLightTable(scene, { radius, sampler: options.lightSampler ?? 'auto', progress });
        draft.rebuilt.push('lights');
    }
    if (change.materials && !draft.rebuilt.includes('materials')) draft.rebuilt.push('materials');
    throwIfAborted(progress, 'packing textures');
    const { firstTexel } = parts.textures;
    const redrawn = [...change.redrawn].filter((index) => firstTexel.has(index));
    const alike = packAlike(before.materials, scene.materials);
    if (!alike || redrawn.some((index) => !sameShape(before.textures[index]!, scene.textures[index]!))) {
        const { texels, ...textures } = packTextures(scene.textures, scene.materials);
        draft.replaced.texels = texels;
        others.textures = textures;
        draft.rebuilt.push('textures');
    } else if (redrawn.length > 0) {
        for (const index of redrawn) {
            const data = packTexture(scene.textures, scene.materials, index);
            draft.texels.push({ buffer: 'texels', data, atBytes: firstTexel.get(index)! * 4 });
        }
        draft.rebuilt.push('textures');
    }
    if (change.environment) {
        const { rows, ...environment } = environmentTable(scene.environment);
        draft.replaced.environment = rows;
        others.environment = environment;
        draft.rebuilt.push('environment');
    }
    return others;
}

function sameShape(a: Scene['textures'][number], b: Scene['textures'][number]): boolean {
    return a.widthPx === b.widthPx && a.heightPx === b.heightPx && a.srgb === b.srgb;
}

/** What is kept is what is kept by the first who asks. */
function grow({ sizes }: Draft, buffer: SceneBuffer, atBytes: number, bytes: number): void {
    const { keptBytes } = sizes[buffer] ?? { keptBytes: atBytes };
    sizes[buffer] = { keptBytes, neededBytes: atBytes + bytes };
}
