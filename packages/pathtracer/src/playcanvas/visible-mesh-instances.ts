/** Which of the engine's mesh instances are traced: what the camera's layers draw as triangles. */
import type { AppBase, CameraComponent, MeshInstance } from 'playcanvas';
import { determinant3, type Mat4 } from '../math/vector.ts';

/** The engine draws its sky as a mesh around the camera. */
const SKY_NODE = 'SkyMeshNode';

/** The mesh instances that the camera's layers draw, in the engine's order, each once. */
export function visibleMeshInstances(app: AppBase, camera: CameraComponent): MeshInstance[] {
    const found = new Set<MeshInstance>();
    for (const id of camera.layers) {
        const layer = app.scene.layers.getLayerById(id);
        if (!layer?.enabled) continue;
        for (const instance of layer.meshInstances) {
            const { visible, mesh, material, node } = instance;
            const splat = (instance as { gsplatInstance?: unknown }).gsplatInstance;
            if (visible && !splat && mesh && material && node.name !== SKY_NODE) found.add(instance);
        }
    }
    return [...found];
}

/** True for transforms that flatten what they place (the criterion of `createScene`): a thing scaled to nothing is hidden. */
export function isSingular(m: Mat4 | Float32Array): boolean {
    const size = Math.hypot(m[0]!, m[1]!, m[2]!) * Math.hypot(m[4]!, m[5]!, m[6]!) * Math.hypot(m[8]!, m[9]!, m[10]!);
    return !(Math.abs(determinant3(m as Mat4)) > 1e-9 * size);
}
