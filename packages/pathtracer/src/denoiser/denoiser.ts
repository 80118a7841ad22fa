/**
 * Takes the noise out of a movement's frames, so that a few samples a pixel make pictures that a codec and a person can use.
 *
 * After SVGF (Schied et al., HPG 2017): light is divided by albedo, blended with the frame before along the motion layer where
 * that shows the same surface, then smoothed by five passes of an edge-avoiding wavelet (Dammertz et al., HPG 2010) that stops at
 * instances, normals and planes and, as far as the noise allows, at differences of light; last, the albedo comes back. It trades
 * noise for bias: figures of energy are to be taken from the tracer's own frames. About 25 us a pixel.
 */
import type { Frame } from '@mixreel/image';
import { Surface } from './surface.ts';
import { divided, luminanceAt, multiplied, smoothed } from './wavelet.ts';

/** Least weight of the new frame in the blend over time. */
const LEAST_NEW = 0.1;

/** What is kept from frame to frame. */
interface History {
    readonly light: Float32Array;
    /** First and second moment of the light's luminance. */
    readonly moments: Float32Array;
    /** Frames in the blend. */
    readonly length: Float32Array;
    readonly instance: Float32Array;
    readonly normal: Float32Array;
}

/** Denoises frames given in order. Needs the layers albedo, normal, depth, instance and, from the second on, motion. */
export class Denoiser {
    #history: History | null = null;

    /** The frame with its colour denoised; other layers are shared. */
    next(frame: Frame): Frame {
        const surface = new Surface(frame);
        const light = divided(frame);
        const history = this.#blend(frame, surface, light);
        this.#history = history;
        return multiplied(frame, smoothed(surface, history.light, history));
    }

    #blend(frame: Frame, surface: Surface, light: Float32Array): History {
        const { count } = surface;
        const before = this.#history;
        const motion = frame.has('motion') ? frame.layer('motion') : null;
        const moments = new Float32Array(2 * count);
        const length = new Float32Array(count);
        for (let i = 0; i < count; i++) {
            const luminance = luminanceAt(light, i, count);
            const from = before && motion ? source(surface, before, i, motion) : -1;
            length[i] = from < 0 || !before ? 1 : Math.min(255, (before.length[from] as number) + 1);
            moments[i] = luminance;
            moments[count + i] = luminance * luminance;
            if (from < 0 || !before) continue;
            const share = Math.max(LEAST_NEW, 1 / (length[i] as number));
            for (let c = 0; c < 3; c++) {
                light[c * count + i] = mix(
                    before.light[c * count + from] as number,
                    light[c * count + i] as number,
                    share
                );
            }
            for (let c = 0; c < 2; c++) {
                const at = c * count;
                moments[at + i] = mix(before.moments[at + from] as number, moments[at + i] as number, share);
            }
        }
        return { light, moments, length, instance: surface.instance, normal: surface.normal };
    }
}

/** The pixel of the frame before that shows the same surface, or -1. */
function source(surface: Surface, before: History, i: number, motion: Float32Array): number {
    const { widthPx, heightPx, count } = surface;
    const x = Math.round((i % widthPx) - (motion[i] as number));
    const y = Math.round(Math.floor(i / widthPx) - (motion[count + i] as number));
    if (!(x >= 0 && x < widthPx && y >= 0 && y < heightPx)) return -1;
    const from = y * widthPx + x;
    if (before.instance[from] !== surface.instance[i]) return -1;
    let cosine = 0;
    for (let at = 0; at < 3 * count; at += count) {
        cosine += (before.normal[at + from] as number) * (surface.normal[at + i] as number);
    }
    return cosine > 0.9 ? from : -1;
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
