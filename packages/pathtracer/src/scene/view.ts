/**
 * Pinholes and parallel projections as {@link View}: where a camera stands and how it projects. Symmetric or not: the off-centre
 * matrices of XR eyes work as they are. What a matrix cannot say (a lens, a panorama) is in `camera.ts`.
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

/** Column-major parallel projection to WebGPU clip space of what lies within so many metres of the axis, each way. */
export function orthographicProjection(halfWidthM: number, halfHeightM: number, near = 0.05, far = 1000): number[] {
    if (!(halfWidthM > 0 && halfHeightM > 0 && Number.isFinite(halfWidthM + halfHeightM))) {
        const what = `the orthographic picture is ${2 * halfWidthM} x ${2 * halfHeightM} m`;
        throw badInput(what, 'positive, finite sizes', 'Mend the camera');
    }
    const depth = 1 / (near - far);
    return [1 / halfWidthM, 0, 0, 0, 0, 1 / halfHeightM, 0, 0, 0, 0, depth, 0, 0, 0, near * depth, 1];
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
