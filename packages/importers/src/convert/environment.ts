/**
 * Environment maps of other renderers, turned into the world of the document. Resampling is bilinear; a map that is only
 * shifted by whole texels keeps its values to the last bit of a float.
 */
import { badInput } from '@mixreel/core';
import type { Frame } from '@mixreel/image';
import type { EnvironmentMap } from './imported-scene.ts';
import { invert, type Mat4, transformVector, type Vec3 } from './mat4.ts';

/** Where a direction of the map's own space lies in the picture: u and v in 0..1. */
export type Mapping = (d: Vec3) => readonly [number, number];

const TURN = 2 * Math.PI;
const polar = (cosine: number) => Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;

/** Mitsuba: -z in the middle of the left edge, y up. */
export const mitsubaMapping: Mapping = ([x, y, z]) => [Math.atan2(x, -z) / TURN, polar(y)];

/** pbrt v3 and v4's latitude-longitude maps: z up, +x on the left edge. */
export const pbrtMapping: Mapping = ([x, y, z]) => [Math.atan2(y, x) / TURN, polar(z)];

/** A map of one colour. */
export function constantEnvironment(color: Vec3): EnvironmentMap {
    return { widthPx: 1, heightPx: 1, data: Float32Array.from(color) };
}

/** Looks every texel of the result up in `picture` through `toWorld` (map to world). */
export function turnEnvironment(picture: Frame, mapping: Mapping, toWorld: Mat4, scale: Vec3): EnvironmentMap {
    const { widthPx, heightPx } = picture;
    if (widthPx > 8192 || heightPx > 8192) {
        throw badInput(`the environment is ${widthPx} x ${heightPx} pixels`, 'sides up to 8192', 'Scale it down');
    }
    const color = picture.layer('color');
    const toLocal = invert(toWorld);
    const data = new Float32Array(3 * widthPx * heightPx);
    for (let y = 0; y < heightPx; y++) {
        const theta = (Math.PI * (y + 0.5)) / heightPx;
        for (let x = 0; x < widthPx; x++) {
            const phi = ((x + 0.5) / widthPx - 0.5) * TURN;
            const world: Vec3 = [Math.sin(theta) * Math.cos(phi), Math.cos(theta), Math.sin(theta) * Math.sin(phi)];
            const local = transformVector(toLocal, world);
            const length = Math.hypot(...local);
            const [u, v] = mapping([local[0] / length, local[1] / length, local[2] / length]);
            bilinear(color, widthPx, heightPx, u, v, scale, data, 3 * (y * widthPx + x));
        }
    }
    return { widthPx, heightPx, data };
}

function bilinear(
    color: Float32Array,
    widthPx: number,
    heightPx: number,
    u: number,
    v: number,
    scale: Vec3,
    out: Float32Array,
    at: number
): void {
    // Rounding of the angles must not smear texels that fall on texels.
    const snap = (value: number) => (Math.abs(value - Math.round(value)) < 1e-4 ? Math.round(value) : value);
    const x = snap((u - Math.floor(u)) * widthPx - 0.5);
    const y = snap(Math.min(heightPx - 1, Math.max(0, v * heightPx - 0.5)));
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - x0, y - y0];
    const column = (i: number) => ((i % widthPx) + widthPx) % widthPx;
    const [left, right] = [column(x0), column(x0 + 1)];
    const [top, bottom] = [y0 * widthPx, Math.min(y0 + 1, heightPx - 1) * widthPx];
    for (let c = 0; c < 3; c++) {
        const plane = c * widthPx * heightPx;
        const pick = (i: number) => color[plane + i]!;
        const upper = pick(top + left) * (1 - fx) + pick(top + right) * fx;
        const lower = pick(bottom + left) * (1 - fx) + pick(bottom + right) * fx;
        out[at + c] = (upper * (1 - fy) + lower * fy) * scale[c]!;
    }
}
