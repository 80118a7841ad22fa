/** Twin of `shaders/pathtracer/cone.wgsl`, where ray cones are explained, and the cone that a camera ray starts with. */
import { CAMERA_KIND, type CameraFrame } from '../scene/camera.ts';

/** A bundle of rays: its width, metres, and how much it grows a metre. */
export interface RayCone {
    readonly width: number;
    readonly spread: number;
}

/** Part of a pixel that a camera ray's cone covers: its samples filter it once more. */
const PIXEL_SHARE = 0.5;
const SPREAD_OF_DENSITY = 0.25;
const WIDEST_SPREAD = 2;
const WIDEST = 60000;

/** The cone of a camera ray through a picture so many pixels high. A lens is left to the samples. */
export function cameraCone({ kind, scale }: CameraFrame, heightPx: number): RayCone {
    if (kind === CAMERA_KIND.equirectangular) return { width: 0, spread: (PIXEL_SHARE * Math.PI) / heightPx };
    const pixel = (2 * Math.abs(scale[1])) / heightPx;
    return kind === CAMERA_KIND.orthographic
        ? { width: PIXEL_SHARE * pixel, spread: 0 }
        : { width: 0, spread: PIXEL_SHARE * pixel };
}

/** The cone at distance t. */
export function coneAt({ width, spread }: RayCone, t: number): RayCone {
    const w = width + spread * t;
    return w < 0 ? { width: -w, spread: -spread } : { width: w, spread };
}

/** The cone after scattering; parameters as in the kernel. */
export function coneAfter(here: RayCone, curvature: number, eta: number, pdf: number): RayCone {
    const bend = curvature * here.width;
    let spread = eta > 0 ? here.spread / eta - (1 - 1 / eta) * bend : here.spread + 2 * bend;
    if (pdf > 0) spread = Math.abs(spread) + SPREAD_OF_DENSITY / Math.sqrt(pdf);
    return {
        width: Math.min(here.width, WIDEST),
        spread: Math.min(WIDEST_SPREAD, Math.max(-WIDEST_SPREAD, spread))
    };
}
