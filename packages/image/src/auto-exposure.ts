/**
 * The exposure that a photographer would start with: the log-average luminance of what was seen goes to middle grey (Reinhard
 * et al. 2002, equations 1 and 2, key 0.18). The darkest and brightest twentieth do not count, so that neither a lamp in the
 * picture nor a black corner decides; pixels without light (a void behind the scene) do not count at all.
 *
 * It is a choice for looking, not for measuring: figures are taken from linear frames. One sort of the luminances, about
 * 0.1 us a pixel.
 */
import type { Frame } from './frame.ts';

/** Luminance that the log-average goes to: middle grey. */
const KEY = 0.18;
/** Share of the lit pixels that is left out at either end. */
const TRIM = 0.05;

/**
 * A factor for `toneMap`'s `exposure`, above 0; 1 for a picture without any light.
 *
 * @param frame - With the layer `color`; samples that are not finite do not count.
 */
export function autoExposure(frame: Frame): number {
    const color = frame.layer('color');
    const count = frame.widthPx * frame.heightPx;
    const lit = new Float32Array(count);
    let used = 0;
    for (let i = 0; i < count; i++) {
        const [r, g, b] = [color[i]!, color[count + i]!, color[2 * count + i]!];
        const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        if (luminance > 0 && luminance < Number.POSITIVE_INFINITY) lit[used++] = luminance;
    }
    const sorted = lit.subarray(0, used).sort();
    const trim = Math.floor(TRIM * used);
    let sum = 0;
    for (let i = trim; i < used - trim; i++) sum += Math.log(sorted[i]!);
    return used === 0 ? 1 : KEY / Math.exp(sum / (used - 2 * trim));
}
