/** Which of the engine's mesh instances are traced: what the camera's layers draw as triangles. */
import type { AppBase, CameraComponent, MeshInstance } from 'playcanvas';
import type { EventLog } from './events.ts';

/** The engine draws its sky as a mesh around the camera. */
const SKY_NODE = 'SkyMeshNode';

/** The mesh instances that the camera's layers draw, in the engine's order, each once. */
export function visibleMeshInstances(app: AppBase, camera: CameraComponent, log: EventLog): MeshInstance[] {
    const found = new Set<MeshInstance>();
    for (const id of camera.layers) {
        const layer = app.scene.layers.getLayerById(id);
        if (!layer?.enabled) continue;
        for (const instance of layer.meshInstances) {
            const { visible, mesh, material, node } = instance;
            const splat = (instance as { gsplatInstance?: unknown }).gsplatInstance;
            if (!visible || !mesh || !material || node.name === SKY_NODE) continue;
            if (splat) log.add('unsupported', `"${node.name}" is made of splats: left out`);
            else if ((instance as { screenSpace?: boolean }).screenSpace) {
                log.add('unsupported', `"${node.name}" lies on the screen: left out, give it a camera of its own`);
            } else found.add(instance);
        }
    }
    return [...found];
}
