/** The engine's colours, which it keeps gamma-encoded, as the tracer's, and its factors brought into their range. */
import { Color } from 'playcanvas';
import type { Vec3 } from '../math/vector.ts';

const scratch = new Color();

/** Decoded as the engine decodes: by a power of 2.2. */
export function linear(color: Color): Vec3 {
    scratch.linear(color);
    return [scratch.r, scratch.g, scratch.b];
}

/** As {@link linear}, for reflectances: each channel from 0 to 1. */
export function linearReflectance(color: Color): Vec3 {
    const [r, g, b] = linear(color);
    return [clamp01(r), clamp01(g), clamp01(b)];
}

export function clamp01(value: number): number {
    return Math.min(1, Math.max(0, value));
}
