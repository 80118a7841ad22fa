/**
 * The spatial half of the denoisers: an edge-avoiding wavelet (Dammertz et al., HPG 2010, "Edge-avoiding a-trous wavelet transform for
 * fast global illumination filtering") that stops at instances, normals and planes and, as far as the noise allows, at differences of
 * light. Twin of `shaders/pathtracer/denoise_spread.wgsl` and `denoise.wgsl`.
 */
import { Frame } from '@mixreel/image';
import type { Surface } from './surface.ts';

/** Passes; the last has a reach of 2 * 2^4 = 32 pixels. */
export const PASSES = 5;
/** B3 spline taps at distances 0, 1, 2. */
const TAPS = [3 / 8, 1 / 4, 1 / 16] as const;
/** Standard deviations of noise that light may differ by. */
const LIGHT_SIGMA = 4;
/** Samples from which their own variance is trusted: a few dark samples of a lit pixel look like no noise at all. */
const ENOUGH = 32;
/** Albedo below this is not divided by: black stays black. */
export const LEAST_ALBEDO = 0.02;

/** First and second moment of the light's luminance, planar, and how many samples they are of. */
export interface LightMoments {
    readonly moments: Float32Array;
    readonly length: Float32Array;
    /** 1 for pixels that others take nothing from; see `Surface.isMixed`. */
    readonly mixed?: Uint8Array;
}

/** Variance of the blended luminance: over time where there is enough of it, else over a neighbourhood of the same surface. */
function spread(surface: Surface, { moments, length, mixed }: LightMoments): Float32Array {
    const { widthPx, heightPx, count } = surface;
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
        let sum = 0;
        let first = 0;
        let second = 0;
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        const reach = (length[i] as number) >= ENOUGH && !mixed?.[i] ? 0 : 3;
        for (let v = Math.max(0, y - reach); v <= Math.min(heightPx - 1, y + reach); v++) {
            for (let u = Math.max(0, x - reach); u <= Math.min(widthPx - 1, x + reach); u++) {
                const j = v * widthPx + u;
                if (mixed?.[j]) continue;
                const weight = j === i ? 1 : surface.likeness(i, j);
                sum += weight;
                first += weight * (moments[j] as number);
                second += weight * (moments[count + j] as number);
            }
        }
        // A mixed pixel with no other of its surface near stays as it is.
        const mean = sum > 0 ? first / sum : 0;
        out[i] = Math.max(0, (sum > 0 ? second / sum : 0) - mean * mean) / (length[i] as number);
    }
    return out;
}

/** One pass: 5 x 5 taps, `step` pixels apart. The variance shrinks with the square of the weights. */
function wavelet(
    surface: Surface,
    light: Float32Array,
    variance: Float32Array,
    step: number,
    mixed?: Uint8Array
): { light: Float32Array; variance: Float32Array } {
    const { widthPx, heightPx, count } = surface;
    const out = new Float32Array(3 * count);
    const outVariance = new Float32Array(count);
    for (let i = 0; i < count; i++) {
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        const own = luminanceAt(light, i, count);
        const reach = LIGHT_SIGMA * Math.sqrt(variance[i] as number) + 1e-6;
        let [sum, r, g, b, spreadSum] = [0, 0, 0, 0, 0];
        for (let dy = -2; dy <= 2; dy++) {
            const v = y + dy * step;
            if (v < 0 || v >= heightPx) continue;
            for (let dx = -2; dx <= 2; dx++) {
                const u = x + dx * step;
                if (u < 0 || u >= widthPx) continue;
                const j = v * widthPx + u;
                let weight = (TAPS[Math.abs(dx)] as number) * (TAPS[Math.abs(dy)] as number);
                if (j !== i) {
                    if (mixed?.[j]) continue;
                    const like = surface.likeness(i, j);
                    if (like === 0) continue;
                    weight *= like * Math.exp(-Math.abs(luminanceAt(light, j, count) - own) / reach);
                }
                sum += weight;
                r += weight * (light[j] as number);
                g += weight * (light[count + j] as number);
                b += weight * (light[2 * count + j] as number);
                spreadSum += weight * weight * (variance[j] as number);
            }
        }
        out[i] = r / sum;
        out[count + i] = g / sum;
        out[2 * count + i] = b / sum;
        outVariance[i] = spreadSum / (sum * sum);
    }
    return { light: out, variance: outVariance };
}

/** All passes. */
export function smoothed(surface: Surface, light: Float32Array, of: LightMoments): Float32Array {
    let smooth = light;
    let variance = spread(surface, of);
    for (let pass = 0; pass < PASSES; pass++) {
        const next = wavelet(surface, smooth, variance, 1 << pass, of.mixed);
        smooth = next.light;
        variance = next.variance;
    }
    return smooth;
}

export const luminanceAt = (light: Float32Array, i: number, count: number): number =>
    0.2126 * (light[i] as number) + 0.7152 * (light[count + i] as number) + 0.0722 * (light[2 * count + i] as number);

/** Light without the colour of what it falls on. */
export function divided(frame: Frame): Float32Array {
    const albedo = frame.layer('albedo');
    return frame.layer('color').map((value, i) => value / Math.max(LEAST_ALBEDO, albedo[i] as number));
}

/** The frame with that light in place of its own. */
export function multiplied(frame: Frame, light: Float32Array): Frame {
    const albedo = frame.layer('albedo');
    const color = light.map((value, i) => value * Math.max(LEAST_ALBEDO, albedo[i] as number));
    const { widthPx, heightPx, view, timeNs } = frame;
    return new Frame({ widthPx, heightPx, layers: { ...Object.fromEntries(frame.layers), color }, view, timeNs });
}
