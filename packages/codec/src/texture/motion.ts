/**
 * Motion compensation in quarter samples: the four-tap filters of HEVC's chroma (ITU-T H.265 table 8-13, every second
 * phase), which cost half of eight taps and lose little on rendered pictures. Integers only; samples outside the picture repeat its edge.
 */
const TAPS: readonly (readonly [number, number, number, number])[] = [
    [0, 64, 0, 0],
    [-4, 54, 16, -2],
    [-4, 36, 36, -4],
    [-2, 16, 54, -4]
];

/** Largest displacement, quarter samples. */
export const LARGEST_MOTION: number = 1 << 12;

/** Holds the scratch memory of one coder. */
export class MotionCompensator {
    readonly #middle: Int32Array = new Int32Array(35 * 32);
    readonly #patch: Int16Array = new Int16Array(35 * 35);

    /**
     * The N x N block at (x, y) displaced by (mvX, mvY) quarter samples, from a plane of `stride` columns and `rows` rows.
     */
    predict(
        plane: Int16Array,
        stride: number,
        rows: number,
        x: number,
        y: number,
        mvX: number,
        mvY: number,
        size: number,
        out: Int16Array
    ): void {
        const left = x + (mvX >> 2);
        const top = y + (mvY >> 2);
        const phaseX = mvX & 3;
        const phaseY = mvY & 3;
        if (left >= 1 && top >= 1 && left + size + 2 <= stride && top + size + 2 <= rows) {
            this.#filter(plane, (top - 1) * stride + left - 1, stride, phaseX, phaseY, size, out);
            return;
        }
        const patch = this.#patch;
        for (let v = 0; v < size + 3; v++) {
            const row = Math.max(0, Math.min(rows - 1, top - 1 + v)) * stride;
            for (let u = 0; u < size + 3; u++) {
                patch[v * 35 + u] = plane[row + Math.max(0, Math.min(stride - 1, left - 1 + u))]!;
            }
        }
        this.#filter(patch, 0, 35, phaseX, phaseY, size, out);
    }

    /** `from` is the sample one up and one left of the block. */
    #filter(
        plane: Int16Array,
        from: number,
        stride: number,
        phaseX: number,
        phaseY: number,
        size: number,
        out: Int16Array
    ): void {
        if (phaseX === 0 && phaseY === 0) {
            for (let v = 0; v < size; v++) {
                const row = from + (v + 1) * stride + 1;
                for (let u = 0; u < size; u++) out[v * size + u] = plane[row + u]!;
            }
            return;
        }
        if (phaseX === 0 || phaseY === 0) {
            // One direction only: what the two passes below would give, since 64 is their unit.
            const step = phaseX === 0 ? stride : 1;
            const [a, b, c, d] = TAPS[phaseX | phaseY]!;
            for (let v = 0; v < size; v++) {
                const row = from + (v + 1) * stride + 1 - step;
                for (let u = 0; u < size; u++) {
                    const at = row + u;
                    out[v * size + u] =
                        (a * plane[at]! +
                            b * plane[at + step]! +
                            c * plane[at + 2 * step]! +
                            d * plane[at + 3 * step]! +
                            32) >>
                        6;
                }
            }
            return;
        }
        const middle = this.#middle;
        const [a, b, c, d] = TAPS[phaseX]!;
        for (let v = 0; v < size + 3; v++) {
            const row = from + v * stride;
            for (let u = 0; u < size; u++) {
                const at = row + u;
                middle[v * size + u] = a * plane[at]! + b * plane[at + 1]! + c * plane[at + 2]! + d * plane[at + 3]!;
            }
        }
        const [e, f, g, h] = TAPS[phaseY]!;
        for (let v = 0; v < size; v++) {
            for (let u = 0; u < size; u++) {
                const at = v * size + u;
                out[at] =
                    (e * middle[at]! +
                        f * middle[at + size]! +
                        g * middle[at + 2 * size]! +
                        h * middle[at + 3 * size]! +
                        2048) >>
                    12;
            }
        }
    }
}
