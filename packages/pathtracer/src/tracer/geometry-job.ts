/**
 * Packing geometry as a job that can be sent to a worker: plain data in, plain data out, the same bytes wherever it runs.
 */
import { MixreelError, type Progress } from '@mixreel/core';
import { cullsBacks } from '../scene/culling.ts';
import type { Scene } from '../scene/scene.ts';
import {
    type GeometryScene,
    type PackedGeometry,
    packFlattened,
    packInstanced,
    type TreeOptions
} from './pack-geometry.ts';

/** See the file comment. */
export interface GeometryJob {
    readonly scene: GeometryScene;
    readonly flattened: boolean;
    readonly bvh: TreeOptions;
}

/** What a worker says. */
export type GeometryMessage =
    /** Its script runs. */
    | { readonly kind: 'started' }
    | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly label: string }
    | { readonly kind: 'done'; readonly geometry: PackedGeometry }
    | { readonly kind: 'failed'; readonly code: MixreelError['code']; readonly what: string; readonly mend: string };

/** The part of a scene that the job needs: textures stay where they are, meshes that nothing shows too. */
export function geometryJob(scene: Scene, flattened: boolean, bvh: TreeOptions): GeometryJob {
    const shown = new Set(scene.instances.map((instance) => instance.mesh));
    const none = { positions: new Float32Array(0), indices: new Uint32Array(0) };
    return {
        scene: {
            meshes: scene.meshes.map((mesh, i) => (shown.has(i) ? mesh : none)),
            instances: scene.instances.map(({ mesh, material, transform }) => ({ mesh, material, transform })),
            materials: scene.materials.map((material) => {
                const { kind, alphaMode = 'opaque', anisotropy = 0, textures = {} } = material;
                return { kind, alphaMode, anisotropy, textures, culled: cullsBacks(material) };
            }),
            triangleCount: scene.triangleCount
        },
        flattened,
        bvh
    };
}

/** Does the job here. */
export function runGeometryJob({ scene, flattened, bvh }: GeometryJob, progress?: Progress): PackedGeometry {
    return flattened ? packFlattened(scene, bvh, progress) : packInstanced(scene, bvh, progress);
}

/** Does the job for somebody else, telling how it goes. */
export function answerGeometryJob(
    job: GeometryJob,
    tell: (message: GeometryMessage, transfer: ArrayBuffer[]) => void
): void {
    try {
        const report = (done: number, total: number, label: string): void =>
            tell({ kind: 'progress', done, total, label }, []);
        const geometry = runGeometryJob(job, { report });
        const { nodes, triangles, shading } = geometry;
        tell({ kind: 'done', geometry }, [nodes.buffer, triangles.buffer, shading.buffer] as ArrayBuffer[]);
    } catch (error) {
        const known = error instanceof MixreelError;
        const mend = known ? error.mend : 'Report this with the scene';
        const text = error instanceof Error ? error.message : String(error);
        // The message ends with what to do, between ". " and ".".
        const what = known ? text.slice(0, -(mend.length + 3)) : `building the BVH failed: ${text}`;
        tell({ kind: 'failed', code: known ? error.code : 'internal', what, mend }, []);
    }
}
