/**
 * Moved vertices on the device: they are uploaded (12 bytes, with normals 24), and kernels write the mesh's triangles and refit
 * its tree. What that takes beside the scene stays from the first time on: 12 bytes a triangle for the indices, 24 a vertex, 36 a
 * node. The triangles could be written on the CPU instead, but then 96 bytes each would be uploaded.
 */
import type { Device, GpuBuffer, Kernel } from '@mixreel/gpu';
import { refitOrder } from '../bvh/refit-bvh.ts';
import { NODE_WORDS } from '../bvh/wide-bvh.ts';
import { deform, mark, refit } from '../generated/index.ts';
import type { Mesh, Scene } from '../scene/scene.ts';
import type { MeshTree } from './pack-geometry.ts';

/** The scene's buffers that change. */
export interface GeometryBuffers {
    readonly nodes: GpuBuffer;
    readonly triangles: GpuBuffer;
    readonly shading: GpuBuffer;
}

interface Kernels {
    readonly deform: Kernel;
    readonly refit: Kernel;
    readonly mark: Kernel;
}

/** What is kept of a mesh. */
interface Plan {
    readonly indices: GpuBuffer;
    readonly vertices: GpuBuffer;
    readonly bounds: GpuBuffer;
    readonly byHeight: GpuBuffer;
    /** Parameters of the dispatches, one in each {@link PARAMETER_STRIDE} bytes: deform, then refit by height. */
    readonly parameters: GpuBuffer;
    /** Nodes of each height. */
    readonly counts: readonly number[];
}

/** minUniformBufferOffsetAlignment. */
const PARAMETER_STRIDE = 256;
const PARAMETER_BYTES = 16;
const WORKGROUP = 64;
/** Compiled once for a device. */
const cache = new WeakMap<Device, Promise<Kernels>>();

/** See the file comment. */
export class MeshRefitter {
    readonly #device: Device;
    readonly #plans = new Map<number, Plan>();

    constructor(device: Device) {
        this.#device = device;
    }

    /** Makes what {@link refit} and {@link mark} need, of which nothing is seen yet: they are not to fail in the middle of a change. */
    async prepare(meshes: readonly { mesh: number; tree: MeshTree }[], scene: Scene, nodes: GpuBuffer): Promise<void> {
        await kernelsOf(this.#device);
        for (const { mesh, tree } of meshes) {
            if (this.#plans.has(mesh)) continue;
            this.#plans.set(mesh, await this.#plan(scene.meshes[mesh]!, tree, nodes));
        }
    }

    /**
     * Puts a mesh's vertices into its triangles and fits its tree. `index`: of a mesh that was prepared; `stride`: rows of a triangle
     * in `shading`.
     */
    async refit(index: number, mesh: Mesh, tree: MeshTree, buffers: GeometryBuffers, stride: number): Promise<void> {
        const kernels = await kernelsOf(this.#device);
        const plan = this.#plans.get(index)!;
        const { positions, normals } = mesh;
        this.#device.upload(plan.vertices, positions);
        if (normals) this.#device.upload(plan.vertices, normals, positions.byteLength);
        const first = Uint32Array.of(tree.triangleBase, tree.triangleCount, normals ? positions.length : 0, stride);
        this.#device.upload(plan.parameters, first);
        const recording = this.#device.record('refit');
        const { parameters } = plan;
        const at = (slot: number) => parameters.range(slot * PARAMETER_STRIDE, PARAMETER_BYTES);
        const { nodes, triangles, shading } = buffers;
        const { vertices, indices, bounds, byHeight } = plan;
        const groups = this.#workgroups(tree.triangleCount);
        recording.dispatch(kernels.deform, { deform: at(0), triangles, shading, vertices, indices }, groups);
        for (const [height, count] of plan.counts.entries()) {
            const bindings = { refit: at(1 + height), nodes, triangles, bounds, byHeight };
            recording.dispatch(kernels.refit, bindings, this.#workgroups(count));
        }
        await recording.submit();
    }

    /** Marks a mesh's triangles as maybe transparent or as opaque, as its tree says. */
    async mark(tree: MeshTree, triangles: GpuBuffer): Promise<void> {
        const kernels = await kernelsOf(this.#device);
        const data = Uint32Array.of(tree.triangleBase, tree.triangleCount, tree.transparent ? 1 : 0, 0);
        const parameters = this.#device.createBuffer({ label: 'pathtracer/mark', usage: 'uniform', data });
        try {
            const recording = this.#device.record('mark');
            recording.dispatch(kernels.mark, { mark: parameters, triangles }, this.#workgroups(tree.triangleCount));
            await recording.submit();
        } finally {
            parameters.destroy();
        }
    }

    /** Frees what is kept. */
    destroy(): void {
        for (const { counts: _, ...buffers } of this.#plans.values()) {
            for (const buffer of Object.values(buffers)) buffer.destroy();
        }
        this.#plans.clear();
    }

    async #plan(mesh: Mesh, tree: MeshTree, nodes: GpuBuffer): Promise<Plan> {
        const nodeBytes = NODE_WORDS * 4;
        const words = await this.#device.read(nodes, tree.nodeBase * nodeBytes, tree.nodeCount * nodeBytes);
        const { byHeight, starts } = refitOrder(new Uint32Array(words), tree.nodeBase);
        const counts = starts.slice(1).map((end, height) => end - starts[height]!);
        const parameters = new Uint32Array(((counts.length + 1) * PARAMETER_STRIDE) / 4);
        for (const [height, count] of counts.entries()) {
            parameters.set([tree.nodeBase, starts[height]!, count], ((height + 1) * PARAMETER_STRIDE) / 4);
        }
        const made: GpuBuffer[] = [];
        const make = (name: string, init: { sizeBytes?: number; data?: Uint32Array; usage?: 'uniform' }): GpuBuffer => {
            const buffer = this.#device.createBuffer({ label: `pathtracer/refit ${name}`, ...init });
            made.push(buffer);
            return buffer;
        };
        try {
            return {
                indices: make('indices', { data: mesh.indices }),
                vertices: make('vertices', { sizeBytes: mesh.positions.byteLength * 2 }),
                bounds: make('bounds', { sizeBytes: tree.nodeCount * 32 }),
                byHeight: make('order', { data: byHeight }),
                parameters: make('parameters', { data: parameters, usage: 'uniform' }),
                counts
            };
        } catch (error) {
            for (const buffer of made) buffer.destroy();
            throw error;
        }
    }

    #workgroups(count: number): [number, number] {
        const groups = Math.ceil(count / WORKGROUP);
        const wide = Math.min(groups, this.#device.limits.maxComputeWorkgroupsPerDimension);
        return [wide, Math.ceil(groups / Math.max(1, wide))];
    }
}

function kernelsOf(device: Device): Promise<Kernels> {
    let kernels = cache.get(device);
    if (!kernels) {
        kernels = compile(device);
        cache.set(device, kernels);
        // A failure (a lost device, say) must not be remembered.
        kernels.catch(() => cache.delete(device));
    }
    return kernels;
}

async function compile(device: Device): Promise<Kernels> {
    const [write, fit, flag] = await Promise.all([
        device.createKernel({ label: 'deform', wgsl: deform }),
        device.createKernel({ label: 'refit', wgsl: refit }),
        device.createKernel({ label: 'mark', wgsl: mark })
    ]);
    return { deform: write, refit: fit, mark: flag };
}
