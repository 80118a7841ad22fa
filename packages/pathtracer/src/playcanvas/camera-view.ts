/** The engine's camera as a {@link View}. Both look along their local -z in a right-handed world with y up. */
import { badInput } from '@mixreel/core';
import type { View } from '@mixreel/image';
import { type CameraComponent, PROJECTION_PERSPECTIVE } from 'playcanvas';
import { perspectiveProjection } from '../scene/view.ts';

/**
 * @param aspect - Width over height of the picture to render.
 * @throws `bad-input` for an orthographic camera.
 */
export function viewOfCamera(camera: CameraComponent, aspect: number): View {
    if (camera.projection !== PROJECTION_PERSPECTIVE) {
        throw badInput(
            `the camera "${camera.entity.name}" is orthographic`,
            'a perspective camera',
            'Set its projection to PROJECTION_PERSPECTIVE'
        );
    }
    const fovRad = (camera.fov * Math.PI) / 180;
    const fovYRad = camera.horizontalFov ? 2 * Math.atan(Math.tan(fovRad / 2) / aspect) : fovRad;
    const projection = perspectiveProjection(fovYRad, aspect, camera.nearClip, camera.farClip);
    // The engine's offset is in halves of the picture, as the third column of a projection is.
    const { x: offsetX, y: offsetY } = camera.projectionOffset ?? { x: 0, y: 0 };
    projection[8] = projection[8]! + offsetX;
    projection[9] = projection[9]! + offsetY;
    const position = camera.entity.getPosition();
    const rotation = camera.entity.getRotation();
    return {
        eye: 'mono',
        position: [position.x, position.y, position.z],
        rotation: [rotation.x, rotation.y, rotation.z, rotation.w],
        projection
    };
}

/** True if two views see the same. */
export function sameView(a: View, b: View): boolean {
    const numbers = (view: View): readonly number[] => [...view.position, ...view.rotation, ...view.projection];
    const ofB = numbers(b);
    return numbers(a).every((value, index) => value === ofB[index]);
}
