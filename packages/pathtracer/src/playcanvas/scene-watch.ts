/**
 * Notices when an instance of the engine's scene came, went or moved since it was taken. Compares 16 floats an instance, so it
 * can be asked every frame.
 */
import type { AppBase, CameraComponent, MeshInstance } from 'playcanvas';
import { visibleMeshInstances } from './scene-from-app.ts';

/** See the file comment. */
export class SceneWatch {
    readonly #app: AppBase;
    readonly #camera: CameraComponent;
    readonly #visible: readonly MeshInstance[];
    readonly #taken: readonly MeshInstance[];
    readonly #transforms: Float32Array;

    /** @param taken - The instances that the tracer's scene was made of. */
    constructor(app: AppBase, camera: CameraComponent, taken: readonly MeshInstance[]) {
        this.#app = app;
        this.#camera = camera;
        this.#taken = taken;
        this.#visible = visibleMeshInstances(app, camera);
        this.#transforms = new Float32Array(taken.length * 16);
        for (const [i, { node }] of taken.entries()) this.#transforms.set(node.getWorldTransform().data, i * 16);
    }

    /** True from the first change on. */
    changed(): boolean {
        const now = visibleMeshInstances(this.#app, this.#camera);
        if (now.length !== this.#visible.length || now.some((instance, i) => instance !== this.#visible[i]))
            return true;
        return this.#taken.some(({ node }, i) => {
            const data = node.getWorldTransform().data;
            for (let k = 0; k < 16; k++) if (data[k] !== this.#transforms[i * 16 + k]) return true;
            return false;
        });
    }
}
