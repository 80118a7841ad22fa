/**
 * Cameras as {@link View}: where they stand and how they project. Perspective only, symmetric or not (the off-centre matrices of
 * XR eyes work as they are).
 */
import { badInput } from '@mixreel/core';
import type { View } from '@mixreel/image';
import {
    cross,
    fromRotationTranslation,
    length,
    multiply,
    normalize,
    quaternionFromAxes,
    sub,
    type Vec3
} from '../math/vector.ts';

/** Parameters of {@link perspectiveView}. */
export interface PerspectiveViewInit {
    /** Metres. */
    readonly position: Vec3;
    /** The point looked at, metres. */
    readonly target: Vec3;
    /** Default +y. */
    readonly up?: Vec3;
    /** Vertical field of view, radians, above 0 and below pi. */
    readonly fovYRad: number;
    /** Width over height. */
    readonly aspect: number;
    /** Metres, default 0.05 and 1000. Only for the projection matrix; the tracer clips nothing. */
    readonly near?: number;
    readonly far?: number;
    readonly eye?: View['eye'];
}

/** Column-major projection to WebGPU clip space (z 0 to 1). */
export function perspectiveProjection(fovYRad: number, aspect: number, near = 0.05, far = 1000): number[] {
    if (!(fovYRad > 0 && fovYRad < Math.PI) || !(aspect > 0)) {
        throw badInput(`fovYRad is ${fovYRad}, aspect ${aspect}`, '0 < fovYRad < pi, aspect > 0', 'Mend the camera');
    }
    const f = 1 / Math.tan(fovYRad / 2);
    const depth = far / (near - far);
    return [f / aspect, 0, 0, 0, 0, f, 0, 0, 0, 0, depth, -1, 0, 0, near * depth, 0];
}

/** A perspective camera at a position, looking at a target. */
export function perspectiveView(init: PerspectiveViewInit): View {
    const back = sub(init.position, init.target);
    if (!(length(back) > 0)) {
        throw badInput('the camera stands at its target', 'two different points', 'Move one of them');
    }
    const z = normalize(back);
    let side = cross(init.up ?? [0, 1, 0], z);
    if (!(length(side) > 1e-6)) side = cross([0, 0, 1], z);
    if (!(length(side) > 1e-6)) side = cross([1, 0, 0], z);
    const x = normalize(side);
    return {
        eye: init.eye ?? 'mono',
        position: init.position,
        rotation: quaternionFromAxes(x, cross(z, x), z),
        projection: perspectiveProjection(init.fovYRad, init.aspect, init.near, init.far)
    };
}

/** World to clip space, column-major. */
export function viewProjection(view: View): number[] {
    const toWorld = fromRotationTranslation(view.rotation, [0, 0, 0]);
    const r = toWorld;
    const [x, y, z] = view.position;
    // The inverse of a rotation is its transpose.
    const toCamera = [
        r[0]!,
        r[4]!,
        r[8]!,
        0,
        r[1]!,
        r[5]!,
        r[9]!,
        0,
        r[2]!,
        r[6]!,
        r[10]!,
        0,
        -(r[0]! * x + r[1]! * y + r[2]! * z),
        -(r[4]! * x + r[5]! * y + r[6]! * z),
        -(r[8]! * x + r[9]! * y + r[10]! * z),
        1
    ];
    return multiply(view.projection, toCamera);
}

/** What a ray generator needs of a view. */
export interface CameraFrame {
    readonly position: Vec3;
    /** World axes of the camera: right, up, back. */
    readonly right: Vec3;
    readonly up: Vec3;
    readonly back: Vec3;
    /** Camera-space x of the direction at z = -1 is `ndcX * scale[0] + offset[0]`; y likewise. */
    readonly scale: readonly [number, number];
    readonly offset: readonly [number, number];
}

/** Takes a view apart; refuses projections that are not perspective. */
export function cameraFrame(view: View): CameraFrame {
    const p = view.projection;
    const values = [...view.position, ...view.rotation, ...p];
    if (p.length !== 16 || !values.every(Number.isFinite)) {
        throw badInput('the view holds numbers that are not finite', '3 + 4 + 16 finite numbers', 'Mend the camera');
    }
    if (!(Math.abs(p[11]! + 1) < 1e-6) || !(Math.abs(p[15]!) < 1e-6) || p[0] === 0 || p[5] === 0) {
        throw badInput(
            `the projection is not perspective (elements 11 and 15 are ${p[11]} and ${p[15]})`,
            '-1 and 0',
            'Use perspectiveView, or the projection matrix of an XR view'
        );
    }
    const r = fromRotationTranslation(view.rotation, [0, 0, 0]);
    return {
        position: view.position,
        right: [r[0]!, r[1]!, r[2]!],
        up: [r[4]!, r[5]!, r[6]!],
        back: [r[8]!, r[9]!, r[10]!],
        scale: [1 / p[0]!, 1 / p[5]!],
        offset: [p[8]! / p[0]!, p[9]! / p[5]!]
    };
}
