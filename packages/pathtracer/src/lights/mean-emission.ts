/**
 * How bright a triangle's emission texture is on average: what its power is reckoned from. The triangle is sampled on a grid about as
 * fine as its texels, at most {@link FINEST} steps an edge; never less than a thousandth of the whole picture's mean, so that
 * what falls between the steps can still be chosen. A millisecond for a picture of 512 x 512, once; microseconds a triangle.
 */
import type { Scene, Texture, TextureRef } from '../scene/scene.ts';
import { uvMatrix } from '../tracer/pack-materials.ts';

const FINEST = 48;

/** sRGB decoding (IEC 61966-2-1). */
export function toLinear(c: number, srgb: boolean): number {
    if (!srgb) return c;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** Mean luminance of a texture over triangles. */
export class MeanEmission {
    readonly #texture: Texture;
    readonly #ref: TextureRef;
    readonly #matrix: readonly number[];
    readonly #linear: Float64Array;
    readonly #floor: number;

    constructor(scene: Scene, ref: TextureRef) {
        this.#texture = scene.textures[ref.texture]!;
        this.#ref = ref;
        this.#matrix = uvMatrix(ref.transform) ?? [1, 0, 0, 0, 1, 0];
        this.#linear = Float64Array.from({ length: 256 }, (_, byte) => toLinear(byte / 255, this.#texture.srgb));
        const { widthPx, heightPx } = this.#texture;
        let sum = 0;
        for (let i = 0; i < widthPx * heightPx; i++) sum += this.#luminance(i);
        this.#floor = sum / (widthPx * heightPx) / 1000;
    }

    /** Of the triangle whose corners have these coordinates (u, v each, before the texture's transform). */
    over(uvs: Float32Array): number {
        const { widthPx, heightPx } = this.#texture;
        const [ax, ay] = this.#texel(uvs[0]!, uvs[1]!);
        const [bx, by] = this.#texel(uvs[2]!, uvs[3]!);
        const [cx, cy] = this.#texel(uvs[4]!, uvs[5]!);
        const longest = Math.max(
            Math.hypot(bx - ax, by - ay),
            Math.hypot(cx - ax, cy - ay),
            Math.hypot(cx - bx, cy - by)
        );
        const steps = Math.min(FINEST, Math.max(1, Math.ceil(longest)));
        let sum = 0;
        let count = 0;
        // Centres of the small triangles that a grid of `steps` cuts the triangle into, upright ones and those between.
        for (let i = 0; i < steps; i++) {
            for (let j = 0; j < steps - i; j++) {
                for (let between = 0; between < (j < steps - i - 1 ? 2 : 1); between++) {
                    const b = (i + (between + 1) / 3) / steps;
                    const c = (j + (between + 1) / 3) / steps;
                    const x = ax + (bx - ax) * b + (cx - ax) * c;
                    const y = ay + (by - ay) * b + (cy - ay) * c;
                    const column = wrapTexel(Math.floor(x), widthPx, this.#ref.wrapU);
                    const row = wrapTexel(Math.floor(y), heightPx, this.#ref.wrapV);
                    sum += this.#luminance(row * widthPx + column);
                    count++;
                }
            }
        }
        return Math.max(sum / count, this.#floor);
    }

    #texel(u: number, v: number): [number, number] {
        const m = this.#matrix;
        const { widthPx, heightPx } = this.#texture;
        return [(m[0]! * u + m[1]! * v + m[2]!) * widthPx, (m[3]! * u + m[4]! * v + m[5]!) * heightPx];
    }

    #luminance(i: number): number {
        const { data } = this.#texture;
        const l = this.#linear;
        return 0.2126 * l[data[i * 4]!]! + 0.7152 * l[data[i * 4 + 1]!]! + 0.0722 * l[data[i * 4 + 2]!]!;
    }
}

/** Index of a texel outside of the picture. */
export function wrapTexel(i: number, size: number, mode: TextureRef['wrapU']): number {
    if (mode === 'clamp') return Math.min(size - 1, Math.max(0, i));
    if (mode === 'mirror') {
        const m = ((i % (2 * size)) + 2 * size) % (2 * size);
        return m >= size ? 2 * size - 1 - m : m;
    }
    return ((i % size) + size) % size;
}
