/**
 * Takes the noise out of a movement's frames, so that a few samples a pixel make pictures that a codec and a person can use.
 *
 * After SVGF (Schied et al., HPG 2017): light is divided by albedo, blended with the frame before along the motion layer where
 * that shows the same surface, then smoothed by five passes of an edge-avoiding wavelet (Dammertz et al., HPG 2010) that stops at
 * instances, normals and planes and, as far as the noise allows, at differences of light; last, the albedo comes back. It trades
 * noise for bias: figures of energy are to be taken from the tracer's own frames. About 25 us a pixel.
 */
import { Frame } from '@mixreel/image';

/** Passes of the wavelet; the last has a reach of 2 * 2^4 = 32 pixels. */
const PASSES = 5;
/** B3 spline taps at distances 0, 1, 2. */
const TAPS = [3 / 8, 1 / 4, 1 / 16] as const;
/** Standard deviations of noise that light may differ by. */
const LIGHT_SIGMA = 4;
/** Distance from the tangent plane at which a tap counts 1/e, as a share of the depth. */
const PLANE_SIGMA = 0.01;
/** Frames from which the variance over time is trusted: a few dark samples of a lit pixel look like no noise at all. */
const ENOUGH_FRAMES = 32;
/** Least weight of the new frame in the blend over time. */
const LEAST_NEW = 0.1;
/** Albedo below this is not divided by: black stays black. */
const LEAST_ALBEDO = 0.02;

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
        let variance = spread(surface, history);
        let smooth = history.light;
        for (let pass = 0; pass < PASSES; pass++) {
            const next = wavelet(surface, smooth, variance, 1 << pass);
            smooth = next.light;
            variance = next.variance;
        }
        return multiplied(frame, smooth);
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

/** What every pixel shows, as far as the layers tell. */
class Surface {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly count: number;
    readonly instance: Float32Array;
    readonly normal: Float32Array;
    /** World positions, planar. */
    readonly position: Float32Array;
    readonly depth: Float32Array;

    constructor(frame: Frame) {
        this.widthPx = frame.widthPx;
        this.heightPx = frame.heightPx;
        this.count = frame.widthPx * frame.heightPx;
        this.instance = frame.layer('instance');
        this.normal = frame.layer('normal');
        this.depth = frame.layer('depth');
        this.position = positions(frame);
    }

    /** 0 to 1: how far two pixels show one smooth surface. */
    likeness(a: number, b: number): number {
        if (this.instance[a] !== this.instance[b]) return 0;
        const { count, normal, position } = this;
        let cosine = 0;
        let distance = 0;
        for (let at = 0; at < 3 * count; at += count) {
            const n = normal[at + a] as number;
            cosine += n * (normal[at + b] as number);
            distance += n * ((position[at + b] as number) - (position[at + a] as number));
        }
        if (cosine <= 0) return 0;
        const plane = Math.abs(distance) / (PLANE_SIGMA * Math.max(1e-3, this.depth[a] as number));
        // cosine^32 by five squarings.
        let sharp = cosine;
        for (let i = 0; i < 5; i++) sharp *= sharp;
        return plane > 8 ? 0 : sharp * Math.exp(-plane);
    }
}

function positions(frame: Frame): Float32Array {
    const { widthPx, heightPx, view } = frame;
    const count = widthPx * heightPx;
    const depth = frame.layer('depth');
    const [x, y, z, w] = view.rotation;
    const p = view.projection;
    const out = new Float32Array(3 * count);
    for (let i = 0; i < count; i++) {
        const d = Number.isFinite(depth[i]) ? (depth[i] as number) : 0;
        const ndcX = (2 * ((i % widthPx) + 0.5)) / widthPx - 1;
        const ndcY = 1 - (2 * (Math.floor(i / widthPx) + 0.5)) / heightPx;
        const cx = ((ndcX + (p[8] as number)) / (p[0] as number)) * d;
        const cy = ((ndcY + (p[9] as number)) / (p[5] as number)) * d;
        const cz = -d;
        // v + 2 q x (q x v + w v)
        const tx = 2 * (y * cz - z * cy);
        const ty = 2 * (z * cx - x * cz);
        const tz = 2 * (x * cy - y * cx);
        out[i] = cx + w * tx + y * tz - z * ty + view.position[0];
        out[count + i] = cy + w * ty + z * tx - x * tz + view.position[1];
        out[2 * count + i] = cz + w * tz + x * ty - y * tx + view.position[2];
    }
    return out;
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

/** Variance of the blended luminance: over time where there is enough of it, else over a neighbourhood of the same surface. */
function spread(surface: Surface, { moments, length }: History): Float32Array {
    const { widthPx, heightPx, count } = surface;
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
        let sum = 0;
        let first = 0;
        let second = 0;
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        const reach = (length[i] as number) >= ENOUGH_FRAMES ? 0 : 3;
        for (let v = Math.max(0, y - reach); v <= Math.min(heightPx - 1, y + reach); v++) {
            for (let u = Math.max(0, x - reach); u <= Math.min(widthPx - 1, x + reach); u++) {
                const j = v * widthPx + u;
                const weight = j === i ? 1 : surface.likeness(i, j);
                sum += weight;
                first += weight * (moments[j] as number);
                second += weight * (moments[count + j] as number);
            }
        }
        const mean = first / sum;
        out[i] = Math.max(0, second / sum - mean * mean) / (length[i] as number);
    }
    return out;
}

/** One pass: 5 x 5 taps, `step` pixels apart. The variance shrinks with the square of the weights. */
function wavelet(
    surface: Surface,
    light: Float32Array,
    variance: Float32Array,
    step: number
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

const luminanceAt = (light: Float32Array, i: number, count: number): number =>
    0.2126 * (light[i] as number) + 0.7152 * (light[count + i] as number) + 0.0722 * (light[2 * count + i] as number);

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

function divided(frame: Frame): Float32Array {
    const albedo = frame.layer('albedo');
    return frame.layer('color').map((value, i) => value / Math.max(LEAST_ALBEDO, albedo[i] as number));
}

function multiplied(frame: Frame, light: Float32Array): Frame {
    const albedo = frame.layer('albedo');
    const color = light.map((value, i) => value * Math.max(LEAST_ALBEDO, albedo[i] as number));
    const { widthPx, heightPx, view, timeNs } = frame;
    return new Frame({ widthPx, heightPx, layers: { ...Object.fromEntries(frame.layers), color }, view, timeNs });
}
