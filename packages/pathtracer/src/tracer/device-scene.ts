/**
 * A scene on a device: its buffers, by the names of the WGSL's variables, what kernels are told about them, and how they follow
 * the scene when it changes, each change with the least work that gives what packing the changed scene anew would give:
 *
 *   instances move, come or go   top tree and their rows
 *   vertices move                vertices up, triangles and tree refitted by kernels, top tree
 *   meshes come                  their trees behind the others, top tree
 *   materials, lights            the rows that differ; textures if materials look others up
 *   textures are drawn anew      their texels
 *   environment                  its buffer and its row among the lights
 *
 * All this needs geometry that is kept apart; a flattened scene whose geometry changes is packed anew, instanced if the options
 * leave it open. So is a split scene (scene-buffers.ts) when its geometry or materials change, and one that grows beyond a buffer.
 * Meshes that nothing shows any more stay until they are half of the triangles.
 */
import { MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import type { Device, GpuBuffer, GpuTexture } from '@mixreel/gpu';
import { NODE_WORDS } from '../bvh/wide-bvh.ts';
import { type ChangedScene, changeScene, type SceneChanges } from '../scene/change-scene.ts';
import { requireTriangles } from '../scene/create-scene.ts';
import { cullsBacks } from '../scene/culling.ts';
import type { Scene } from '../scene/scene.ts';
import { MeshRefitter } from './mesh-refit.ts';
import {
    lightNodes,
    type PackedScene,
    type PackOptions,
    packSceneAside,
    type SceneLayout,
    type SceneParts,
    type SceneStats
} from './pack-scene.ts';
import { type ChangePlan, planChange, type Rebuilt } from './plan-change.ts';
import { type SceneBuffer, SceneBuffers, sceneLimits } from './scene-buffers.ts';
import { shadingRows, tangentSets } from './shading-attributes.ts';
import { INSTANCE_WORDS, writeInstance } from './top-tree.ts';

/** What kernels are made for. */
export interface KernelScene {
    readonly scene: Scene;
    readonly layout: Pick<SceneLayout, 'flattened' | 'lightTreeBase'>;
    /** SPLIT_BITS of the kernels; 0 if everything lies in buffers. */
    readonly splitBits: number;
}

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
    #destroyed = false;

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
        this.#destroyed = true;
        this.#refitter.destroy();
        this.#buffers.destroy();
    }

    /**
     * See the file comment. An update is all or nothing: everything that can fail or be cancelled comes before the first write.
     *
     * @param ready - Awaited before the first write, with what the kernels will have to fit.
     * @throws `bad-input`, `limit-exceeded`, `device-lost`, `aborted`.
     */
    async update(
        changes: SceneChanges,
        progress?: Progress,
        ready: (next: KernelScene) => Promise<void> = async () => {}
    ): Promise<UpdateReport> {
        const before = this.#device.counters.snapshot();
        const change = changeScene(this.#scene, changes);
        requireTriangles(change.scene);
        try {
            const plan = this.#mustPackAnew(change) ? null : this.#plan(change, progress);
            const rebuilt = plan && (await this.#follow(plan, ready, progress));
            if (!rebuilt) await this.#packAnew(change, ready, progress);
            const uploadedBytes = this.#device.counters.since(before).bytesUploaded;
            return { uploadedBytes, rebuilt: rebuilt ?? ['everything'] };
        } finally {
            // What was made since is freed too.
            if (this.#destroyed) this.destroy();
        }
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

    #mustPackAnew({ scene, moved, deformed, placed, materials, redrawn }: ChangedScene): boolean {
        if ((placed || materials) && !this.#hasAttributes(scene)) return true;
        const geometry = moved.size > 0 || deformed.size > 0 || placed;
        if (this.#buffers.splitBits > 0 && (geometry || materials || redrawn.size > 0)) return true;
        if (this.#parts.flattened) return geometry || !sameFlags(this.#scene, scene);
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

    async #packAnew(
        change: ChangedScene,
        ready: (next: KernelScene) => Promise<void>,
        progress?: Progress
    ): Promise<void> {
        const { scene, moved, deformed, placed } = change;
        // Once its geometry has changed, a scene will change again.
        const geometry = moved.size > 0 || deformed.size > 0 || placed;
        const dynamic = this.#options.dynamic === true || !this.#parts.flattened || geometry;
        const packed = await packSceneAside(scene, { ...this.#options, dynamic }, progress);
        await ready({ scene, layout: packed.layout, splitBits: this.#buffers.splitBitsOf(packed) });
        this.#check(progress);
        this.#put(scene, packed);
    }

    /** Null if all must be packed anew. */
    #plan(change: ChangedScene, progress?: Progress): ChangePlan | null {
        const [nodeCount, triangleCount] = [this.#nodeCount, this.#triangleCount];
        const held = { scene: this.#scene, parts: this.#parts, layout: this.#layout, nodeCount, triangleCount };
        return orNull(() => planChange(held, change, this.#options, progress));
    }

    /** Puts a plan into effect. Null if a buffer would have to be larger than can be: nothing has been done then. */
    async #follow(
        plan: ChangePlan,
        ready: (next: KernelScene) => Promise<void>,
        progress?: Progress
    ): Promise<readonly Rebuilt[] | null> {
        const { scene, layout, tables } = plan;
        const { sizeBytes } = this.#buffers.buffer('tables');
        const grownTables = tables && tables.byteLength > sizeBytes ? { tables } : {};
        await ready({ scene, layout, splitBits: this.splitBits });
        if (plan.deformed.length + plan.marked.length > 0) {
            await this.#refitter.prepare(plan.deformed, scene, this.#buffers.buffer('nodes'));
        }
        this.#check(progress);
        const commit = await orNull(() =>
            this.#buffers.prepare({ sizes: plan.sizes, replaced: { ...plan.replaced, ...grownTables } })
        );
        if (!commit) return null;
        commit();
        this.#check();
        await this.#write(plan, 'tables' in grownTables);
        return plan.rebuilt;
    }

    /** The last moment to cancel a change. */
    #check(progress?: Progress): void {
        throwIfAborted(progress, 'changing the scene');
        if (!this.#destroyed) return;
        throw new MixreelError('aborted', { what: 'the scene was destroyed', mend: 'Await its change first' });
    }

    /** From here on nothing fails but the device. */
    async #write(plan: ChangePlan, tablesWritten: boolean): Promise<void> {
        const { scene, layout, parts } = plan;
        const buffer = (name: SceneBuffer): GpuBuffer => this.#buffers.buffer(name);
        const moved = plan.tables ? [] : movedInstances(this.#scene, scene);
        for (const { buffer: name, data, atBytes } of [...plan.geometry, ...plan.texels]) {
            this.#device.upload(buffer(name), data, atBytes);
        }
        this.#scene = scene;
        this.#layout = layout;
        this.#parts = parts;
        this.#nodeCount = plan.nodeCount;
        this.#triangleCount = plan.triangleCount;
        if (plan.tables) this.#writeTables(plan.tables, tablesWritten);
        else this.#writeMoved(moved);
        this.#stats = this.#count(scene);
        const buffers = { nodes: buffer('nodes'), triangles: buffer('triangles'), shading: buffer('shading') };
        for (const { mesh, tree } of plan.deformed) {
            await this.#refitter.refit(mesh, scene.meshes[mesh]!, tree, buffers, layout.shadingRows);
        }
        for (const tree of plan.marked) await this.#refitter.mark(tree, buffers.triangles);
    }

    /** The rows of instances that moved and nothing else. */
    #writeMoved(moved: readonly number[]): void {
        const { trees } = this.#parts.geometry;
        for (const i of moved) {
            const instance = this.#scene.instances[i]!;
            const culled = cullsBacks(this.#scene.materials[instance.material]!);
            writeInstance(this.#tables, i, instance, trees.get(instance.mesh)!.nodeBase, i, culled);
        }
        for (const [first, end] of ranges(moved)) {
            const rows = this.#tables.subarray(first * INSTANCE_WORDS, end * INSTANCE_WORDS);
            this.#device.upload(this.#buffers.buffer('tables'), rows, first * INSTANCE_WORDS * 4);
        }
    }

    /** Uploads the rows that differ. */
    #writeTables(tables: Uint32Array, written: boolean): void {
        const before = this.#tables;
        this.#tables = tables;
        if (written) return;
        const buffer = this.#buffers.buffer('tables');
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

/** Whether triangles have the same flags: those of a flattened scene hold what is said of materials. */
function sameFlags(a: Scene, b: Scene): boolean {
    if (a.materials === b.materials) return true;
    const mark = (scene: Scene): string =>
        scene.materials
            .map((m) => (m.alphaMode === 'mask' || m.alphaMode === 'blend' ? 1 : 0) + (cullsBacks(m) ? 2 : 0))
            .join('');
    return mark(b).startsWith(mark(a));
}

/** What work gives; null where it would exceed a limit. */
function orNull<T>(work: () => Promise<T>): Promise<T | null>;
function orNull<T>(work: () => T): T | null;
function orNull(work: () => unknown): unknown {
    const caught = (error: unknown): null => {
        if (error instanceof MixreelError && error.code === 'limit-exceeded') return null;
        throw error;
    };
    try {
        const result = work();
        return result instanceof Promise ? result.catch(caught) : result;
    } catch (error) {
        return caught(error);
    }
}

/** Instances of another transform, in order. */
function movedInstances(before: Scene, after: Scene): number[] {
    return [...after.instances.keys()].filter((i) => after.instances[i] !== before.instances[i]);
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
