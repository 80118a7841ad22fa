/**
 * Integer DCT-II of 8, 16 and 32 points, forward and inverse, in 32-bit integers: what is transformed in Node comes out the
 * same in any browser.
 *
 * The matrix of N points is 64 sqrt(2) cos(pi (2 j + 1) k / 2 N), rounded, with 64 in row 0, so M M^T = 4096 N (1 + e) with |e| below
 * 1 %; as in HEVC (Budagavi et al., IEEE JSTSP 7(6), 2013) the smaller matrices are rows of the larger ones. The entries are rounded from
 * `Math.cos`; none is nearer than 0.003 to a rounding tie, so any engine with an error under 1e-9 makes the same table.
 * Even/odd butterflies cut the products to 342 for 32 points (1,024 plain); rows and columns that are zero are skipped on the way back.
 *
 * Scale: coefficients are 16 times those of the orthonormal DCT. Ranges: input at most 2^10 in magnitude; coefficients are clipped to 2^18,
 * the inverse's intermediate to 2^19; a row of the matrix sums to under 2^11.5, so no sum reaches 2^31.
 */

/** log2 of the smallest and the largest block. */
export const LOG2_SMALLEST = 3;
export const LOG2_LARGEST = 5;
/** Coefficients are this many times the orthonormal ones: log2. */
export const COEFFICIENT_SCALE_BITS = 4;
const LIMIT: number = 1 << 18;
const MIDDLE_LIMIT: number = 1 << 19;

/** Row k, column j of the N-point matrix, at [k * N + j]. */
export function dctMatrix(log2Size: number): Int32Array {
    const size = 1 << log2Size;
    return Int32Array.from({ length: size * size }, (_, i) => {
        const k = i >> log2Size;
        const j = i & (size - 1);
        return k === 0 ? 64 : Math.round(64 * Math.SQRT2 * Math.cos((Math.PI * (2 * j + 1) * k) / (2 * size)));
    });
}

/** For each size: the odd rows' left halves of the N-, N/2-, … 2-point matrices, laid out [k][j]. */
const ODD: ReadonlyMap<number, Int32Array> = new Map(
    [1, 2, 3, 4, 5].map((log2Size) => {
        const size = 1 << log2Size;
        const half = size >> 1;
        const matrix = dctMatrix(log2Size);
        return [
            size,
            Int32Array.from(
                { length: half * half },
                (_, i) => matrix[(2 * Math.floor(i / half) + 1) * size + (i % half)]!
            )
        ];
    })
);

/** Holds the scratch memory of one coder; not to be shared between threads. */
export class Dct {
    readonly #middle: Int32Array = new Int32Array(1024);
    readonly #line: Int32Array = new Int32Array(32);
    readonly #work: Int32Array = new Int32Array(64);

    /**
     * @param residual - N x N, row by row.
     * @param out - N x N coefficients, row = vertical frequency.
     */
    forward(residual: Int16Array, out: Int32Array, log2Size: number): void {
        const size = 1 << log2Size;
        const line = this.#line;
        const middle = this.#middle;
        const firstShift = log2Size + 1;
        const secondShift = 7;
        for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) line[x] = residual[y * size + x]!;
            this.#analyse(line, size);
            const round = 1 << (firstShift - 1);
            for (let x = 0; x < size; x++) middle[x * size + y] = (line[x]! + round) >> firstShift;
        }
        for (let x = 0; x < size; x++) {
            for (let y = 0; y < size; y++) line[y] = middle[x * size + y]!;
            this.#analyse(line, size);
            const round = 1 << (secondShift - 1);
            for (let y = 0; y < size; y++) out[y * size + x] = (line[y]! + round) >> secondShift;
        }
    }

    /**
     * @param coefficients - N x N; zero outside the first `rows` rows and `columns` columns.
     * @param out - N x N residual.
     */
    inverse(coefficients: Int32Array, out: Int16Array, log2Size: number, rows: number, columns: number): void {
        const size = 1 << log2Size;
        const line = this.#line;
        const middle = this.#middle;
        for (let x = 0; x < columns; x++) {
            for (let y = 0; y < size; y++) {
                const c = y < rows ? coefficients[y * size + x]! : 0;
                line[y] = c > LIMIT ? LIMIT : c < -LIMIT ? -LIMIT : c;
            }
            this.#synthesise(line, size, rows);
            for (let y = 0; y < size; y++) {
                const v = (line[y]! + 64) >> 7;
                middle[y * size + x] = v > MIDDLE_LIMIT ? MIDDLE_LIMIT : v < -MIDDLE_LIMIT ? -MIDDLE_LIMIT : v;
            }
        }
        const shift = 9 + log2Size;
        const round = 1 << (shift - 1);
        for (let y = 0; y < size; y++) {
            for (let x = 0; x < size; x++) line[x] = x < columns ? middle[y * size + x]! : 0;
            this.#synthesise(line, size, columns);
            for (let x = 0; x < size; x++) out[y * size + x] = (line[x]! + round) >> shift;
        }
    }

    /** line = M line, in place. */
    #analyse(line: Int32Array, size: number): void {
        const work = this.#work;
        let n = size;
        let step = 1;
        while (n > 1) {
            const half = n >> 1;
            const odd = ODD.get(n)!;
            for (let j = 0; j < half; j++) {
                work[32 + j] = line[j]! - line[n - 1 - j]!;
                line[j] = line[j]! + line[n - 1 - j]!;
            }
            for (let k = 0; k < half; k++) {
                let sum = 0;
                for (let j = 0; j < half; j++) sum += odd[k * half + j]! * work[32 + j]!;
                work[(2 * k + 1) * step] = sum;
            }
            n = half;
            step *= 2;
            // The odd results live at odd multiples of `step`, all below 32: `work[32..]` is free for the next level.
        }
        work[0] = 64 * line[0]!;
        for (let k = 0; k < size; k++) line[k] = work[k]!;
    }

    /** line = M^T line, in place; only the first `used` entries are not zero. */
    #synthesise(line: Int32Array, size: number, used: number): void {
        const work = this.#work;
        work[32] = 64 * line[0]!;
        let n = 2;
        while (n <= size) {
            const half = n >> 1;
            const step = size / n;
            const odd = ODD.get(n)!;
            const last = Math.min(half, Math.ceil((used / step - 1) / 2) + 1);
            for (let j = 0; j < half; j++) {
                let sum = 0;
                for (let k = 0; k < last; k++) sum += odd[k * half + j]! * line[(2 * k + 1) * step]!;
                work[j] = sum;
            }
            for (let j = half - 1; j >= 0; j--) {
                const even = work[32 + j]!;
                work[32 + n - 1 - j] = even - work[j]!;
                work[32 + j] = even + work[j]!;
            }
            n *= 2;
        }
        for (let j = 0; j < size; j++) line[j] = work[32 + j]!;
    }
}
