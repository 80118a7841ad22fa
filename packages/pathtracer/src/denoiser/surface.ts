/** What every pixel of a frame shows, as its layers tell: which pixels are of one smooth surface. Twin of `shaders/pathtracer/guide.wgsl`. */
import type { Frame } from '@mixreel/image';

/** Distance from the tangent plane at which a tap counts 1/e, as a share of the depth. */
const PLANE_SIGMA = 0.01;
/** Neighbours whose normals differ by more show an edge. */
const MIXED_COSINE = 0.7;

/** What every pixel shows, as far as the layers tell. */
export class Surface {
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

    /**
     * True where a pixel's samples may fall on several surfaces: one beside it shows another. What such a pixel has gathered is of
     * both, so others take nothing from it, and its spread says nothing of noise.
     */
    isMixed(i: number): boolean {
        const { widthPx, heightPx } = this;
        const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
        return (
            (x > 0 && this.#apart(i, i - 1)) ||
            (x < widthPx - 1 && this.#apart(i, i + 1)) ||
            (y > 0 && this.#apart(i, i - widthPx)) ||
            (y < heightPx - 1 && this.#apart(i, i + widthPx))
        );
    }

    #apart(a: number, b: number): boolean {
        const [cosine, distance] = this.#compare(a, b);
        const far = distance > 8 * PLANE_SIGMA * Math.max(1e-3, this.depth[a] as number);
        return this.instance[a] !== this.instance[b] || cosine < MIXED_COSINE || far;
    }

    /** Cosine of the normals, distance of b from the plane of a. */
    #compare(a: number, b: number): [number, number] {
        const { count, normal, position } = this;
        let cosine = 0;
        let distance = 0;
        for (let at = 0; at < 3 * count; at += count) {
            const n = normal[at + a] as number;
            cosine += n * (normal[at + b] as number);
            distance += n * ((position[at + b] as number) - (position[at + a] as number));
        }
        return [cosine, Math.abs(distance)];
    }

    /** 0 to 1: how far two pixels show one smooth surface. */
    likeness(a: number, b: number): number {
        if (this.instance[a] !== this.instance[b]) return 0;
        const [cosine, distance] = this.#compare(a, b);
        if (cosine <= 0) return 0;
        const plane = distance / (PLANE_SIGMA * Math.max(1e-3, this.depth[a] as number));
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
    const parallel = p[15] === 1;
    const out = new Float32Array(3 * count);
    for (let i = 0; i < count; i++) {
        const d = Number.isFinite(depth[i]) ? (depth[i] as number) : 0;
        const ndcX = (2 * ((i % widthPx) + 0.5)) / widthPx - 1;
        const ndcY = 1 - (2 * (Math.floor(i / widthPx) + 0.5)) / heightPx;
        // Rays of a parallel projection start beside each other.
        const cx = parallel
            ? (ndcX - (p[12] as number)) / (p[0] as number)
            : ((ndcX + (p[8] as number)) / (p[0] as number)) * d;
        const cy = parallel
            ? (ndcY - (p[13] as number)) / (p[5] as number)
            : ((ndcY + (p[9] as number)) / (p[5] as number)) * d;
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
