/**
 * Prediction of a block from its own picture: twelve modes over the samples to the left and above that the same unit has
 * already coded, with the base picture (regions' colours) taken off first. So a region that changes its colour takes its texture along, and
 * where nothing has been coded yet the prediction is the region's colour itself.
 *
 * Modes: 0 mean, 1 planar, 2 base alone, 3..11 nine directions every 22.5 degrees (45 degrees down-left to 45 degrees up-right), built
 * as in HEVC (Lainema et al., IEEE TCSVT 22(12), 2012) with displacements of 0, 13 and 32 in 32nds of a sample.
 */

/** Number of modes; a mode fits 4 bits. */
export const INTRA_MODES = 12;
export const MODE_MEAN = 0;
export const MODE_PLANAR = 1;
export const MODE_BASE = 2;

/** [from above or from the left, displacement a row or column] of modes 3 to 11. */
const DIRECTIONS: readonly (readonly [boolean, number])[] = [
    [false, 32],
    [false, 13],
    [false, 0],
    [false, -13],
    [true, -32],
    [true, -13],
    [true, 0],
    [true, 13],
    [true, 32]
];

/** References of one block: `above[0]` and `left[0]` are the corner, then 2 N samples each. */
export class IntraPredictor {
    readonly above: Int16Array = new Int16Array(65);
    readonly left: Int16Array = new Int16Array(65);
    readonly #line: Int16Array = new Int16Array(98);

    /**
     * Collects the references of the N x N block at (x, y).
     *
     * @param unitOf - Unit that coded each 8 x 8 cell; only cells of `unit` may be looked at.
     */
    gather(
        plane: Int16Array,
        base: Int16Array,
        stride: number,
        unitOf: Int32Array,
        cellStride: number,
        unit: number,
        x: number,
        y: number,
        size: number
    ): boolean {
        const { above, left } = this;
        const cellsX = cellStride;
        const cellsY = unitOf.length / cellStride;
        const cx = x >> 3;
        const cy = y >> 3;
        const cells = size >> 3;
        let found = false;
        let fill = 0;
        // From the lower left end up to the corner, then to the right end: a gap repeats the sample before it.
        let firstFilled = -1;
        for (let k = 2 * cells - 1; k >= 0; k--) {
            const has = cx > 0 && cy + k < cellsY && unitOf[(cy + k) * cellStride + cx - 1] === unit;
            for (let i = 7; i >= 0; i--) {
                const row = k * 8 + i;
                if (has) {
                    const at = (y + row) * stride + x - 1;
                    fill = plane[at]! - base[at]!;
                    if (!found) {
                        found = true;
                        firstFilled = row;
                    }
                }
                left[row + 1] = fill;
            }
        }
        if (found) for (let row = firstFilled + 1; row < 2 * size; row++) left[row + 1] = left[firstFilled + 1]!;
        const hadLeft = found;
        if (cx > 0 && cy > 0 && unitOf[(cy - 1) * cellStride + cx - 1] === unit) {
            const at = (y - 1) * stride + x - 1;
            fill = plane[at]! - base[at]!;
            if (!found) left.fill(fill, 1, 2 * size + 1);
            found = true;
        }
        left[0] = fill;
        above[0] = fill;
        let aboveFound = found;
        for (let k = 0; k < 2 * cells; k++) {
            const has = cy > 0 && cx + k < cellsX && unitOf[(cy - 1) * cellStride + cx + k] === unit;
            for (let i = 0; i < 8; i++) {
                const column = k * 8 + i;
                if (has) {
                    const at = (y - 1) * stride + x + column;
                    fill = plane[at]! - base[at]!;
                    if (!aboveFound) {
                        aboveFound = true;
                        left.fill(fill, 0, 2 * size + 1);
                        above.fill(fill, 0, column + 1);
                    }
                }
                above[column + 1] = fill;
            }
        }
        return hadLeft || aboveFound;
    }

    /** The N x N prediction of `mode` from the gathered references, without the base picture. */
    predict(mode: number, log2Size: number, out: Int16Array): void {
        const size = 1 << log2Size;
        if (mode === MODE_BASE) out.fill(0, 0, size * size);
        else if (mode === MODE_MEAN) this.#mean(size, log2Size, out);
        else if (mode === MODE_PLANAR) this.#planar(size, log2Size, out);
        else this.#direction(mode, size, out);
    }

    #mean(size: number, log2Size: number, out: Int16Array): void {
        let sum = size;
        for (let i = 1; i <= size; i++) sum += this.above[i]! + this.left[i]!;
        out.fill(sum >> (log2Size + 1), 0, size * size);
    }

    #planar(size: number, log2Size: number, out: Int16Array): void {
        const { above, left } = this;
        const right = above[size + 1]!;
        const below = left[size + 1]!;
        for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) {
                out[y * size + x] =
                    ((size - 1 - x) * left[y + 1]! +
                        (x + 1) * right +
                        (size - 1 - y) * above[x + 1]! +
                        (y + 1) * below +
                        size) >>
                    (log2Size + 1);
            }
        }
    }

    #direction(mode: number, size: number, out: Int16Array): void {
        const [fromAbove, shift] = DIRECTIONS[mode - 3]!;
        const main = fromAbove ? this.above : this.left;
        const side = fromAbove ? this.left : this.above;
        const line = this.#line;
        // line[32 + i] is main[i]; to its left the side's samples projected along the direction.
        for (let i = 0; i <= 2 * size; i++) line[32 + i] = main[i]!;
        if (shift < 0) {
            const inverse = Math.round(8192 / -shift);
            for (let i = 1; i <= (size * -shift) >> 5; i++)
                line[32 - i] = side[Math.min(2 * size, (i * inverse + 128) >> 8)]!;
        }
        for (let v = 0; v < size; v++) {
            const move = (v + 1) * shift;
            const whole = 33 + (move >> 5);
            const part = move & 31;
            for (let u = 0; u < size; u++) {
                const a = line[whole + u]!;
                const value = part === 0 ? a : ((32 - part) * a + part * line[whole + u + 1]! + 16) >> 5;
                out[fromAbove ? v * size + u : u * size + v] = value;
            }
        }
    }
}
