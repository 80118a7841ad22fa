/** The engine's camera as a {@link View}. Both look along their local -z in a right-handed world with y up. */
import type { View } from '@mixreel/image';
import { type CameraComponent, PROJECTION_PERSPECTIVE } from 'playcanvas';
import { orthographicProjection, perspectiveProjection } from '../scene/view.ts';

/** A part of a picture, pixels, from its lower left corner. */
export interface PixelRect {
    readonly x: number;
    readonly y: number;
    readonly widthPx: number;
    readonly heightPx: number;
}

/** Where on a target of this size a camera renders, as the engine rounds it; null: everywhere. */
export function rectOfCamera(camera: CameraComponent, width: number, height: number): PixelRect | null {
    const { x, y, z, w } = camera.rect;
    if (x === 0 && y === 0 && z === 1 && w === 1) return null;
    return {
        x: Math.floor(x * width),
        y: Math.floor(y * height),
        widthPx: Math.floor(z * width),
        heightPx: Math.floor(w * height)
    };
}

/** @param aspect - Width over height of the picture to render. */
export function viewOfCamera(camera: CameraComponent, aspect: number): View {
    const projection = projectionOf(camera, aspect);
    // The engine's offset is in halves of the picture, as the third column of a projection is.
    const { x: offsetX, y: offsetY } = camera.projectionOffset ?? { x: 0, y: 0 };
    const column = camera.projection === PROJECTION_PERSPECTIVE ? 8 : 12;
    const sign = column === 8 ? 1 : -1;
    projection[column] = projection[column]! + sign * offsetX;
    projection[column + 1] = projection[column + 1]! + sign * offsetY;
    const position = camera.entity.getPosition();
    const rotation = camera.entity.getRotation();
    return {
        eye: 'mono',
        position: [position.x, position.y, position.z],
        rotation: [rotation.x, rotation.y, rotation.z, rotation.w],
        projection
    };
}

function projectionOf(camera: CameraComponent, aspect: number): number[] {
    const { nearClip, farClip, orthoHeight } = camera;
    if (camera.projection !== PROJECTION_PERSPECTIVE) {
        return orthographicProjection(orthoHeight * aspect, orthoHeight, nearClip, farClip);
    }
    const fovRad = (camera.fov * Math.PI) / 180;
    const fovYRad = camera.horizontalFov ? 2 * Math.atan(Math.tan(fovRad / 2) / aspect) : fovRad;
    return perspectiveProjection(fovYRad, aspect, nearClip, farClip);
}

/** True if two views see the same. */
export function sameView(a: View, b: View): boolean {
    const numbers = (view: View): readonly number[] => [...view.position, ...view.rotation, ...view.projection];
    const ofB = numbers(b);
    return numbers(a).every((value, index) => value === ofB[index]);
}
