/**
 * What the tracer looks through: a {@link View}, and what no projection matrix says. Perspective and orthographic cameras are told
 * apart by the projection (its element 15 is 0 or 1); a panorama has none. A thin lens (Potmesil and Chakravarty 1981) blurs what
 * is not at its focus distance.
 *
 * Layers beside the colour are seen through the centre of the lens, so they stay sharp. Twin of `shaders/pathtracer/camera.wgsl`.
 */
import { badInput } from '@mixreel/core';
import type { View } from '@mixreel/image';
import { add, addScaled, fromRotationTranslation, normalize, scale, type Vec3 } from '../math/vector.ts';
import { viewProjection } from './view.ts';

/** A thin lens in place of the pinhole. */
export interface Lens {
    /** Radius of the aperture, metres, 0 or more; 0 is a pinhole. An f-number N of focal length f has f / (2 N). */
    readonly radiusM: number;
    /** Distance of the plane that is sharp, along the camera's axis, metres, above 0. */
    readonly focusM: number;
    /** Blades of the aperture, 3 to 16: a regular polygon with a corner on the right. Default 0, a disk. */
    readonly blades?: number;
}

/** A view with a lens, or a panorama. */
export interface CameraView extends View {
    /**
     * `equirectangular`: every direction, longitude along x and latitude along y; the middle of the picture looks along the
     * camera's -z, its right quarter along +x. The projection is not used, and the depth layer holds distances from the camera.
     * Default `projection`.
     */
    readonly kind?: 'projection' | 'equirectangular';
    /** Not for panoramas. */
    readonly lens?: Lens;
}

/** Numbers of the kinds of cameras, in the kernels too. */
export const CAMERA_KIND: Readonly<Record<'perspective' | 'orthographic' | 'equirectangular', number>> = Object.freeze({
    perspective: 0,
    orthographic: 1,
    equirectangular: 2
});

/** What a ray generator needs of a camera. */
export interface CameraFrame {
    /** One of {@link CAMERA_KIND}. */
    readonly kind: number;
    readonly position: Vec3;
    /** World axes of the camera: right, up, back. */
    readonly right: Vec3;
    readonly up: Vec3;
    readonly back: Vec3;
    /**
     * `ndcX * scale[0] + offset[0]` is the camera-space x of a perspective ray's direction at z = -1, or of an orthographic ray's
     * origin; y likewise.
     */
    readonly scale: readonly [number, number];
    readonly offset: readonly [number, number];
    readonly lens: Required<Lens>;
}

/** A ray, its direction of length 1. */
export interface CameraRay {
    readonly origin: Vec3;
    readonly direction: Vec3;
}

const PINHOLE: Required<Lens> = Object.freeze({ radiusM: 0, focusM: 1, blades: 0 });

/** Takes a camera apart; refuses what cannot be seen through. */
export function cameraFrame(view: CameraView): CameraFrame {
    const p = view.projection;
    if (p.length !== 16 || ![...view.position, ...view.rotation, ...p].every(Number.isFinite)) {
        throw badInput('the view holds numbers that are not finite', '3 + 4 + 16 finite numbers', 'Mend the camera');
    }
    const turn = Math.hypot(...view.rotation);
    if (!(Math.abs(turn - 1) < 1e-3)) {
        const what = `the view has the rotation ${view.rotation.join(', ')}, of length ${turn}`;
        throw badInput(what, 'a unit quaternion x, y, z, w', 'Normalise it; no rotation is 0, 0, 0, 1');
    }
    const r = fromRotationTranslation(view.rotation, [0, 0, 0]);
    const axes = {
        position: view.position,
        right: [r[0]!, r[1]!, r[2]!] as const,
        up: [r[4]!, r[5]!, r[6]!] as const,
        back: [r[8]!, r[9]!, r[10]!] as const
    };
    const panorama = view.kind === 'equirectangular';
    const lens = settleLens(view.lens, panorama);
    if (panorama) return { ...axes, kind: CAMERA_KIND['equirectangular']!, scale: [1, 1], offset: [0, 0], lens };
    const size = { ...axes, scale: [1 / p[0]!, 1 / p[5]!] as const, lens };
    const is = (value: number, expected: number): boolean => Math.abs(value - expected) < 1e-6;
    if (p[0] !== 0 && p[5] !== 0 && is(p[11]!, -1) && is(p[15]!, 0)) {
        return { ...size, kind: CAMERA_KIND['perspective']!, offset: [p[8]! / p[0]!, p[9]! / p[5]!] };
    }
    if (p[0] !== 0 && p[5] !== 0 && is(p[11]!, 0) && is(p[15]!, 1)) {
        return { ...size, kind: CAMERA_KIND['orthographic']!, offset: [-p[12]! / p[0]!, -p[13]! / p[5]!] };
    }
    throw badInput(
        `the projection is neither perspective nor orthographic (elements 11 and 15 are ${p[11]} and ${p[15]})`,
        '-1 and 0, or 0 and 1',
        'Use perspectiveView, orthographicProjection, or the projection matrix of an XR view'
    );
}

function settleLens(given: Lens | undefined, panorama: boolean): Required<Lens> {
    if (!given || given.radiusM === 0) return PINHOLE;
    if (panorama) throw badInput('a panorama has a lens', 'none', 'Leave lens out of the view');
    const lens = { ...PINHOLE, ...given };
    const { radiusM, focusM, blades } = lens;
    const bladed = blades === 0 || (Number.isInteger(blades) && blades >= 3 && blades <= 16);
    if (radiusM > 0 && focusM > 0 && Number.isFinite(radiusM + focusM) && bladed) return lens;
    throw badInput(
        `the lens has radiusM ${radiusM}, focusM ${focusM}, blades ${blades}`,
        'a radius from 0, a focus distance above 0, and no blades or 3 to 16',
        'Mend the lens'
    );
}

/** A point of the aperture, in lens radii, from two numbers in [0, 1). */
export function apertureSample(blades: number, u: number, v: number): [number, number] {
    const radius = Math.sqrt(v);
    if (blades === 0) return [radius * Math.cos(2 * Math.PI * u), radius * Math.sin(2 * Math.PI * u)];
    // A triangle between the centre and two corners: the square root is the height, what is left of u goes along the side.
    const blade = Math.floor(u * blades);
    const along = u * blades - blade;
    const [a, b] = [(2 * Math.PI * blade) / blades, (2 * Math.PI * (blade + 1)) / blades];
    return [
        radius * (Math.cos(a) * (1 - along) + Math.cos(b) * along),
        radius * (Math.sin(a) * (1 - along) + Math.sin(b) * along)
    ];
}

/**
 * The ray through a point of the picture.
 *
 * @param x - 0 at the left edge, 1 at the right.
 * @param y - 0 at the top, 1 at the bottom.
 * @param aperture - Point of the aperture, in lens radii; the middle by default.
 */
export function cameraRay(
    camera: CameraFrame,
    x: number,
    y: number,
    aperture: readonly [number, number] = [0, 0]
): CameraRay {
    const { position, right, up, back } = camera;
    const world = (a: number, b: number, c: number): Vec3 => addScaled(add(scale(right, a), scale(up, b)), back, c);
    if (camera.kind === CAMERA_KIND['equirectangular']) {
        const longitude = (x - 0.5) * 2 * Math.PI;
        const [s, c] = [Math.sin(y * Math.PI), Math.cos(y * Math.PI)];
        return { origin: position, direction: world(s * Math.sin(longitude), c, -s * Math.cos(longitude)) };
    }
    const dx = (x * 2 - 1) * camera.scale[0] + camera.offset[0];
    const dy = (1 - y * 2) * camera.scale[1] + camera.offset[1];
    const { radiusM, focusM } = camera.lens;
    const [lx, ly] = [aperture[0] * radiusM, aperture[1] * radiusM];
    if (camera.kind === CAMERA_KIND['orthographic']) {
        const origin = add(position, world(dx + lx, dy + ly, 0));
        return { origin, direction: normalize(world(-lx, -ly, -focusM)) };
    }
    // Through the lens at l and the point d * focus of the plane in focus.
    const origin = add(position, world(lx, ly, 0));
    return { origin, direction: normalize(world(dx - lx / focusM, dy - ly / focusM, -1)) };
}

/** What the kernels project points with to where they were in a picture: world to clip space, or to the camera for panoramas. */
export function motionMatrix(view: CameraView): number[] {
    if (view.kind !== 'equirectangular') return viewProjection(view);
    return viewProjection({ ...view, projection: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] });
}
