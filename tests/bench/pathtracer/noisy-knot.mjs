/** A mesh made in code for the benchmarks of hierarchies: a noisy tube around the (2, 3) torus knot, as published figures use. */
import { Rng } from '@mixreel/core';

/** Quads along the knot and around its tube that make 999,698 triangles. */
export const MILLION_SIDE = 707;

/** A point of the knot. */
function knot(t) {
    const r = 2 + Math.cos(3 * t);
    return [0.5 * r * Math.cos(2 * t), 0.5 * r * Math.sin(2 * t), 0.5 * Math.sin(3 * t)];
}

/** The frame around the tube is any that turns smoothly: from the curve's change and its own direction. */
export function noisyKnot(side = MILLION_SIDE) {
    const random = Rng.create('bvh').stream('noise');
    const positions = new Float32Array((side + 1) ** 2 * 3);
    const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    const unit = (v) => v.map((x) => x / Math.hypot(...v));
    for (let i = 0; i <= side; i++) {
        const t = (2 * Math.PI * i) / side;
        const [p, q] = [knot(t), knot(t + 0.01)];
        const along = unit(q.map((x, k) => x - p[k]));
        const sideways = unit(cross(along, p));
        const up = cross(sideways, along);
        for (let j = 0; j <= side; j++) {
            const a = (2 * Math.PI * j) / side;
            const [c, s] = [0.3 * Math.cos(a), 0.3 * Math.sin(a)];
            const at = p.map((x, k) => x + c * sideways[k] + s * up[k] + 0.01 * (random.float() - 0.5));
            positions.set(at, (i * (side + 1) + j) * 3);
        }
    }
    const indices = new Uint32Array(side * side * 6);
    for (let i = 0, o = 0; i < side; i++) {
        for (let j = 0; j < side; j++, o += 6) {
            const a = i * (side + 1) + j;
            const b = a + side + 1;
            indices.set([a, b, a + 1, a + 1, b, b + 1], o);
        }
    }
    return { positions, indices };
}
