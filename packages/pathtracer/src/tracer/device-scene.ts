/**
 * A scene on a device: its buffers, by the names of the WGSL's variables, what kernels are told about them, and how they follow
 * the scene when it changes, each change with the least work that gives what packing the changed scene anew would give:
 *
 *   instances move, come or go   top tree and their rows
 *   vertices move                vertices up, triangles and tree refitted by kernels, top tree
 *   meshes come                  their trees behind the others, top tree
 *   materials, lights            the rows that differ; textures if materials look others up
 *   environment                  its buffer and its row among the lights
 *
 * All this needs geometry that is kept apart; a flattened scene whose geometry changes is packed anew, instanced if the options
 * leave it open. So is a split scene (scene-buffers.ts) when its geometry or materials change, and one that grows beyond a buffer.
 * Meshes that nothing shows any more stay until they are half of the triangles.
 */
import { MixreelError, type Progress } from '@mixreel/core';
import type { Device, GpuBuffer, GpuTexture } from '@mixreel/gpu';
import { NODE_WORDS } from '../bvh/wide-bvh.ts';
import { environmentTable } from '../lights/environment-table.ts';
import { buildLightTable } from '../lights/light-table.ts';
import { type ChangedScene, changeScene, type SceneChanges } from '../scene/change-scene.ts';
import { requireTriangles } from '../scene/create-scene.ts';
import type { Scene } from '../scene/scene.ts';
import { MeshRefitter } from './mesh-refit.ts';
import {
    type MeshTree,
    meshBounds,
    meshesThatMayBeTransparent,
    packMeshTrees,
    packTopTree,
    radiusOf
} from './pack-geometry.ts';
import {
    lightNodes,
    type PackedScene,
    type PackOptions,
    packSceneAside,
    packTables,
    type SceneLayout,
    type SceneParts,
    type SceneStats
} from './pack-scene.ts';
import { packTextures, textureRefs } from './pack-textures.ts';
import { SceneBuffers, sceneLimits } from './scene-buffers.ts';
import { shadingRows, tangentSets } from './shading-attributes.ts';
import { INSTANCE_WORDS, writeInstance } from './top-tree.ts';

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

/** What `PathTracer.update` did. */
export interface UpdateReport {
    /** Bytes that went to the device. */
    readonly uploadedBytes: number;
    readonly rebuilt: readonly Rebuilt[];
}

/** See the file comment. */
export class DeviceScene {
    readonly #device: Device;
    readonly #options: Partial<PackOptions>;
    readonly #buffers: SceneBuffers;
    readonly #refitter: MeshRefitter;
    #scene: Scene;
    #layout: SceneLayout;
    #stats: SceneStats;
    #parts: SceneParts;
    /** What lies in the buffer of the same name, to upload only what differs. */
    #tables: Uint32Array;
    /** Nodes and triangles in use, of those that the buffers hold. */
    #nodeCount = 0;
    #triangleCount = 0;

    /** Packs a scene and puts it on the device. @throws as {@link packSceneAside} and `Device.createBuffer`. */
    static async create(
        device: Device,
        scene: Scene,
        options: Partial<PackOptions>,
        progress?: Progress
    ): Promise<DeviceScene> {
        const fitting = { ...sceneLimits(device), ...options };
        return new DeviceScene(device, scene, fitting, await packSceneAside(scene, fitting, progress));
    }

    private constructor(
        device: Device,
        scene: Scene,
        options: Partial<PackOptions> & Pick<PackOptions, 'maxBufferBytes'>,
        packed: PackedScene
    ) {
        this.#device = device;
        this.#buffers = new SceneBuffers(device, options.maxBufferBytes);
        this.#options = options;
        this.#refitter = new MeshRefitter(device);
        this.#scene = scene;
        this.#layout = packed.layout;
        this.#stats = packed.stats;
        this.#parts = packed.parts;
        this.#tables = packed.tables;
        this.#put(scene, packed);
    }

    get scene(): Scene {
        return this.#scene;
    }

    get layout(): SceneLayout {
        return this.#layout;
    }

    get stats(): SceneStats {
        return this.#stats;
    }

    /** To bind; valid until the next change of the scene. */
    get bindings(): Readonly<Record<string, GpuBuffer | GpuTexture>> {
        return this.#buffers.bindings;
    }

    /** SPLIT_BITS of the kernels; 0 if everything lies in buffers. */
    get splitBits(): number {
        return this.#buffers.splitBits;
    }

    /** Frees the buffers. */
    destroy(): void {
        this.#refitter.destroy();
        this.#buffers.destroy();
    }

    /** See the file comment. @throws `bad-input` (nothing has changed then), `limit-exceeded`, `device-lost`, `aborted`. */
    async update(changes: SceneChanges, progress?: Progress): Promise<UpdateReport> {
        const before = this.#device.counters.snapshot();
        const change = changeScene(this.#scene, changes);
        requireTriangles(change.scene);
        const rebuilt: Rebuilt[] = [];
        if (this.#mustPackAnew(change) || !(await this.#follows(change, rebuilt, progress))) {
            this.#put(change.scene, await packSceneAside(change.scene, this.#repackOptions(change), progress));
            rebuilt.splice(0, rebuilt.length, 'everything');
        }
        this.#scene = change.scene;
        return { uploadedBytes: this.#device.counters.since(before).bytesUploaded, rebuilt };
    }

    /** Takes a packed scene over. */
    #put(scene: Scene, packed: PackedScene): void {
        this.#buffers.put(packed);
        this.#refitter.destroy();
        this.#scene = scene;
        this.#layout = packed.layout;
        this.#stats = packed.stats;
        this.#parts = packed.parts;
        this.#tables = packed.tables;
        this.#nodeCount = packed.stats.nodes;
        this.#triangleCount = packed.stats.triangles;
    }

    #mustPackAnew({ scene, moved, deformed, placed, materials }: ChangedScene): boolean {
        if ((placed || materials) && !this.#hasAttributes(scene)) return true;
        const geometry = moved.size > 0 || deformed.size > 0 || placed;
        if (this.#buffers.splitBits > 0 && (geometry || materials)) return true;
        if (this.#parts.flattened) return geometry || !sameTransparency(this.#scene, scene);
        if (!placed) return false;
        let used = 0;
        for (const mesh of new Set(scene.instances.map((instance) => instance.mesh))) {
            used += scene.meshes[mesh]!.indices.length / 3;
        }
        return used < this.#triangleCount / 2;
    }

    /** True if triangles carry what the materials need of them: colours, coordinates, tangents. */
    #hasAttributes(scene: Scene): boolean {
        if (shadingRows(scene) !== this.#layout.shadingRows) return false;
        const before = tangentSets(this.#scene);
        const { trees } = this.#parts.geometry;
        return [...tangentSets(scene)].every(
            ([mesh, set]) => before.get(mesh) === set || !(this.#parts.flattened || trees.has(mesh))
        );
    }

    /** Once its geometry has changed, a scene will change again. */
    #repackOptions({ moved, deformed, placed }: ChangedScene): Partial<PackOptions> {
        const geometry = moved.size > 0 || deformed.size > 0 || placed;
        return { ...this.#options, dynamic: this.#options.dynamic === true || !this.#parts.flattened || geometry };
    }

    /** False if the change needs a larger buffer than there are: then it may be half done, and all must be packed anew. */
    async #follows(change: ChangedScene, rebuilt: Rebuilt[], progress?: Progress): Promise<boolean> {
        try {
            await this.#follow(change, rebuilt, progress);
            return true;
        } catch (error) {
            if (error instanceof MixreelError && error.code === 'limit-exceeded') return false;
            throw error;
        }
    }

    async #follow(change: ChangedScene, rebuilt: Rebuilt[], progress?: Progress): Promise<void> {
        const { scene } = change;
        const { bounds, trees, rootNode } = this.#parts.geometry;
        let geometry = { ...this.#parts.geometry, trees: new Map(trees) };
        if (change.placed) await this.#appendMeshes(scene, geometry, rebuilt, progress);
        for (const mesh of change.deformed.keys()) await this.#deform(scene, mesh, geometry.trees, rebuilt);
        if (change.placed || change.materials) await this.#markTransparent(scene, geometry.trees, rebuilt);
        if (change.placed || change.moved.size > 0 || change.deformed.size > 0) {
            geometry = await this.#rebuildTop(scene, geometry, progress);
            rebuilt.push('top-tree');
        }
        const parts = { ...this.#parts, geometry };
        // Lights from far away are as strong as the scene is wide.
        const resized = radiusOf(geometry.bounds) !== radiusOf(bounds) && scene.lights.length > 0;
        if (change.lights || resized) {
            parts.lights = buildLightTable(scene, {
                radius: radiusOf(geometry.bounds),
                sampler: this.#options.lightSampler ?? 'auto',
                progress
            });
            rebuilt.push('lights');
        }
        if (change.materials) {
            rebuilt.push('materials');
            if (!sameRefs(this.#scene, scene)) {
                const { texels, ...textures } = packTextures(scene.textures, scene.materials);
                this.#buffers.replace('texels', texels);
                parts.textures = textures;
                rebuilt.push('textures');
            }
        }
        if (change.environment) {
            const { rows, ...environment } = environmentTable(scene.environment);
            this.#buffers.replace('environment', rows);
            parts.environment = environment;
            rebuilt.push('environment');
        }
        this.#parts = parts;
        const movedOnly = !(
            change.lights ||
            resized ||
            change.materials ||
            change.placed ||
            geometry.rootNode !== rootNode
        );
        if (movedOnly) this.#writeMoved(scene, change.moved);
        else this.#writeTables(scene);
        this.#stats = this.#count(scene);
    }

    /** Builds the trees of meshes that are shown for the first time and puts them behind the others. */
    async #appendMeshes(
        scene: Scene,
        geometry: { rootNode: number; trees: Map<number, MeshTree> },
        rebuilt: Rebuilt[],
        progress?: Progress
    ): Promise<void> {
        const shown = new Set(scene.instances.map((instance) => instance.mesh));
        const meshes = [...shown].filter((mesh) => !geometry.trees.has(mesh)).sort((a, b) => a - b);
        if (meshes.length === 0) return;
        const bvh = this.#options.bvh ?? {};
        const packed = packMeshTrees(scene, meshes, bvh, geometry.rootNode, this.#triangleCount, progress);
        const nodeBytes = NODE_WORDS * 4;
        let at = geometry.rootNode * nodeBytes;
        await this.#buffers.reserve('nodes', at, at + packed.nodeCount * nodeBytes);
        for (const part of packed.parts) {
            this.#device.upload(this.#buffers.buffer('nodes'), part, at);
            at += part.byteLength;
        }
        for (const name of ['triangles', 'shading'] as const) {
            const data = packed[name];
            const used = (data.byteLength / packed.count) * this.#triangleCount;
            await this.#buffers.reserve(name, used, used + data.byteLength);
            this.#device.upload(this.#buffers.buffer(name), data, used);
        }
        for (const [mesh, tree] of packed.trees) geometry.trees.set(mesh, tree);
        this.#triangleCount += packed.count;
        geometry.rootNode += packed.nodeCount;
        rebuilt.push('meshes');
    }

    async #deform(scene: Scene, mesh: number, trees: Map<number, MeshTree>, rebuilt: Rebuilt[]): Promise<void> {
        const tree = trees.get(mesh);
        // Nothing shows it: its tree is built when something does.
        if (!tree) return;
        const buffers = {
            nodes: this.#buffers.buffer('nodes'),
            triangles: this.#buffers.buffer('triangles'),
            shading: this.#buffers.buffer('shading')
        };
        await this.#refitter.refit(mesh, scene.meshes[mesh]!, tree, buffers, this.#layout.shadingRows);
        trees.set(mesh, { ...tree, bounds: meshBounds(scene.meshes[mesh]!) });
        if (!rebuilt.includes('refit')) rebuilt.push('refit');
    }

    async #markTransparent(scene: Scene, trees: Map<number, MeshTree>, rebuilt: Rebuilt[]): Promise<void> {
        const transparent = meshesThatMayBeTransparent(scene);
        for (const [mesh, tree] of trees) {
            if (tree.transparent === transparent.has(mesh)) continue;
            await this.#refitter.mark(tree, !tree.transparent, this.#buffers.buffer('triangles'));
            trees.set(mesh, { ...tree, transparent: !tree.transparent });
            if (!rebuilt.includes('materials')) rebuilt.push('materials');
        }
    }

    async #rebuildTop<G extends { rootNode: number; trees: ReadonlyMap<number, MeshTree> }>(
        scene: Scene,
        geometry: G,
        progress?: Progress
    ): Promise<G & { bounds: ArrayLike<number> }> {
        const { nodes, bounds } = packTopTree(scene, geometry.trees, geometry.rootNode, progress);
        const base = geometry.rootNode * NODE_WORDS * 4;
        await this.#buffers.reserve('nodes', base, base + nodes.byteLength);
        this.#device.upload(this.#buffers.buffer('nodes'), nodes, base);
        this.#nodeCount = geometry.rootNode + nodes.length / NODE_WORDS;
        return { ...geometry, bounds };
    }

    /** The rows of instances that moved and nothing else. */
    #writeMoved(scene: Scene, moved: ReadonlySet<number>): void {
        const { trees } = this.#parts.geometry;
        for (const i of moved) {
            const instance = scene.instances[i]!;
            writeInstance(this.#tables, i, instance, trees.get(instance.mesh)!.nodeBase, i);
        }
        for (const [first, end] of ranges([...moved].sort((a, b) => a - b))) {
            const rows = this.#tables.subarray(first * INSTANCE_WORDS, end * INSTANCE_WORDS);
            this.#device.upload(this.#buffers.buffer('tables'), rows, first * INSTANCE_WORDS * 4);
        }
    }

    /** Packs the tables and uploads the rows that differ. */
    #writeTables(scene: Scene): void {
        const { tables, layout } = packTables(scene, this.#parts);
        const buffer = this.#buffers.buffer('tables');
        const before = this.#tables;
        this.#tables = tables;
        this.#layout = layout;
        if (tables.byteLength > buffer.sizeBytes) {
            this.#buffers.replace('tables', tables);
            return;
        }
        for (let at = 0; at < tables.length; at += TABLE_BLOCK) {
            const block = tables.subarray(at, at + TABLE_BLOCK);
            const was = before.subarray(at, at + TABLE_BLOCK);
            if (was.length === block.length && block.every((word, i) => word === was[i])) continue;
            this.#device.upload(buffer, block, at * 4);
        }
    }

    #count(scene: Scene): SceneStats {
        const { lights, geometry } = this.#parts;
        const split = this.#buffers.splitBits > 0;
        const textureBytes = split ? this.#stats.textureBytes : this.#buffers.buffer('texels').sizeBytes;
        const perTriangle = this.#stats.triangleBytes / this.#stats.triangles;
        let sahCost = 0;
        for (const tree of geometry.trees.values()) sahCost = Math.max(sahCost, tree.sahCost);
        return {
            ...this.#stats,
            triangles: this.#triangleCount,
            placedTriangles: scene.triangleCount,
            nodes: this.#nodeCount,
            lights: lights.count,
            lightNodes: lightNodes(lights),
            bvhBytes: this.#nodeCount * NODE_WORDS * 4,
            triangleBytes: perTriangle * this.#triangleCount,
            textureBytes,
            sahCost: this.#parts.flattened ? geometry.sahCost : sahCost
        };
    }
}

/** Words of the tables that are compared and uploaded together: 256 bytes, about what an upload costs beside its bytes. */
const TABLE_BLOCK = 64;

function sameTransparency(a: Scene, b: Scene): boolean {
    if (a.materials === b.materials) return true;
    const mark = (scene: Scene): string =>
        scene.materials.map(({ alphaMode }) => (alphaMode === 'mask' || alphaMode === 'blend' ? 1 : 0)).join('');
    return mark(b).startsWith(mark(a));
}

function sameRefs(a: Scene, b: Scene): boolean {
    return JSON.stringify(textureRefs(a.materials)) === JSON.stringify(textureRefs(b.materials));
}

/** Sorted numbers as ranges [first, end) of neighbours. */
function ranges(sorted: readonly number[]): [number, number][] {
    const found: [number, number][] = [];
    for (const i of sorted) {
        const last = found.at(-1);
        if (last && last[1] === i) last[1] = i + 1;
        else found.push([i, i + 1]);
    }
    return found;
}
