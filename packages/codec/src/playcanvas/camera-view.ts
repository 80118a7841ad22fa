/** The engine's camera as a {@link View} and back. Both look along their local -z in a right-handed world with y up. */
import type { View } from '@mixreel/image';
import { type CameraComponent, PROJECTION_ORTHOGRAPHIC, PROJECTION_PERSPECTIVE } from 'playcanvas';

/** Where a camera stands and how it projects, in the clip space of {@link View}: z 0 to 1, the engine's is -1 to 1. */
export function viewOfCamera(camera: CameraComponent): View {
    const { entity } = camera;
    const position = entity.getPosition();
    const rotation = entity.getRotation();
    const projection = Array.from(camera.projectionMatrix.data);
    for (let column = 0; column < 16; column += 4) {
        projection[column + 2] = (projection[column + 2]! + projection[column + 3]!) / 2;
    }
    return {
        eye: 'mono',
        position: [position.x, position.y, position.z],
        rotation: [rotation.x, rotation.y, rotation.z, rotation.w],
        projection
    };
}

/** Puts a camera where a view was seen from, with its field of view. */
export function takeView(camera: CameraComponent, view: View): void {
    const { entity } = camera;
    entity.setPosition(...view.position);
    entity.setRotation(...view.rotation);
    const scale = view.projection[5]!;
    if (!(scale > 0)) return;
    if (view.projection[11] === 0) {
        camera.projection = PROJECTION_ORTHOGRAPHIC;
        camera.orthoHeight = 1 / scale;
        return;
    }
    camera.projection = PROJECTION_PERSPECTIVE;
    camera.horizontalFov = false;
    camera.fov = (2 * Math.atan(1 / scale) * 180) / Math.PI;
}
