/** The two eyes of a head-mounted display as views, from a head's pose or from what WebXR gives. */
import { badInput } from '@mixreel/core';
import type { View } from '@mixreel/image';
import { addScaled, fromRotationTranslation, type Vec3 } from '../math/vector.ts';
import { cameraFrame } from './camera.ts';

/** What is used of WebXR's XRView. */
export interface XrViewLike {
    readonly eye: 'left' | 'right' | 'none';
    /** Column-major; its depth range does not matter here. */
    readonly projectionMatrix: ArrayLike<number>;
    readonly transform: {
        readonly position: { readonly x: number; readonly y: number; readonly z: number };
        readonly orientation: { readonly x: number; readonly y: number; readonly z: number; readonly w: number };
    };
}

/** A head and its display, for pairs without an XR session. */
export interface HeadInit {
    /** Between the eyes, metres. */
    readonly position: Vec3;
    /** Unit quaternion x, y, z, w. */
    readonly rotation: View['rotation'];
    /** Distance of the eyes, metres, 0 to 1. Default 0.063, the mean of adults. */
    readonly ipdM?: number;
    /** Column-major projections of the left and of the right eye; usually off-centre, mirror images of each other. */
    readonly projections: readonly [ArrayLike<number>, ArrayLike<number>];
}

/**
 * Views of the left and of the right eye.
 *
 * @param from - The `views` of an XRViewerPose, or a head.
 * @throws MixreelError `bad-input` if there are not two eyes, or a projection is not one.
 */
export function stereoViews(from: HeadInit | readonly XrViewLike[]): [left: View, right: View] {
    const pair = 'projections' in from ? viewsOfHead(from) : viewsOfXr(from);
    for (const view of pair) cameraFrame(view);
    return pair;
}

function viewsOfXr(views: readonly XrViewLike[]): [View, View] {
    const of = (eye: 'left' | 'right'): View => {
        const view = views.find((candidate) => candidate.eye === eye);
        if (!view) {
            const what = `of ${views.length} XR views none is the ${eye} eye's`;
            throw badInput(what, 'a left and a right one', 'Ask an immersive session for its viewer pose');
        }
        const { position: p, orientation: q } = view.transform;
        const projection = Array.from(view.projectionMatrix);
        return { eye, position: [p.x, p.y, p.z], rotation: [q.x, q.y, q.z, q.w], projection };
    };
    return [of('left'), of('right')];
}

function viewsOfHead({ position, rotation, ipdM = 0.063, projections }: HeadInit): [View, View] {
    if (!(ipdM >= 0 && ipdM <= 1)) throw badInput(`ipdM is ${ipdM}`, '0 to 1 metres', 'Give the distance of the eyes');
    const r = fromRotationTranslation(rotation, [0, 0, 0]);
    const right: Vec3 = [r[0]!, r[1]!, r[2]!];
    const at = (eye: 'left' | 'right', side: number, projection: ArrayLike<number>): View => ({
        eye,
        position: addScaled(position, right, (side * ipdM) / 2),
        rotation,
        projection: Array.from(projection)
    });
    return [at('left', -1, projections[0]), at('right', 1, projections[1])];
}
