/**
 * Integer DCT-II of 8, 16 and 32 points, forward and inverse, in 32-bit integers: what is transformed in Node comes out the
 * same in any browser.
 *
 * The matrix is HEVC's (ITU-T H.265 8.6.4.2; Budagavi et al., IEEE JSTSP 7(6), 2013): 64 sqrt(2) cos(pi (2 j + 1) k / 2 N), with entries moved by
 * one here and there so that rows are more nearly orthogonal than rounding makes them (rounded: norms off by 1.1 %, here by 0.1 %).
 * Even/odd butterflies cut the products to 342 for 32 points (1,024 plain); rows and columns that are zero are skipped on the way back.
 *
 * Scale: coefficients are 16 times those of the orthonormal DCT. Ranges: input at most 2^10 in magnitude; coefficients are clipped to 2^18,
 * the inverse's intermediate to 2^19; a row of the matrix sums to under 2^11.5, so no sum reaches 2^31.
 */

/** Coefficients are this many times the orthonormal ones: log2. */
export const COEFFICIENT_SCALE_BITS = 4;
const LIMIT: number = 1 << 18;
const MIDDLE_LIMIT: number = 1 << 19;

/** About 64 sqrt(2) cos(pi k / 64) for k from 1 to 31; 64 at 0, which is row 0. */
const COSINES: readonly number[] = [
    64, 90, 90, 90, 89, 88, 87, 85, 83, 82, 80, 78, 75, 73, 70, 67, 64, 61, 57, 54, 50, 46, 43, 38, 36, 31, 25, 22, 18,
    13, 9, 4
];

/** Row k, column j of the N-point matrix, at [k * N + j]. */
export function dctMatrix(log2Size: number): Int32Array {
    const size = 1 << log2Size;
    return Int32Array.from({ length: size * size }, (_, i) => {
        const turn = ((2 * (i & (size - 1)) + 1) * (i >> log2Size) * (32 >> log2Size)) & 127;
        const half = turn > 64 ? 128 - turn : turn;
        return half > 32 ? -COSINES[64 - half]! : COSINES[half]!;
    });
}

/** The odd rows' left halves of the 16- and 32-point matrices, laid out [k][j]. */
const ODD_16: Int32Array = oddRows(4);
const ODD_32: Int32Array = oddRows(5);

function oddRows(log2Size: number): Int32Array {
    const half = 1 << (log2Size - 1);
    const matrix = dctMatrix(log2Size);
    return Int32Array.from({ length: half * half }, (_, i) => {
        const k = 2 * Math.floor(i / half) + 1;
        return matrix[k * 2 * half + (i % half)]!;
    });
}

// Entries of the 8-point matrix: 64 sqrt(2) cos(pi k / 16).
const [C1, C2, C3, C5, C6, C7] = [1, 2, 3, 5, 6, 7].map((k) => dctMatrix(3)[k * 8]!) as [
    number,
    number,
    number,
    number,
    number,
    number
];

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
        if (size === 8) {
            analyse8(line, line, 1);
            return;
        }
        const work = this.#work;
        if (size === 32) {
            foldHalves(line, work, 16);
            multiplyOdd(ODD_32, work, 16, 2);
            foldSecond(line, work);
            return;
        }
        foldHalves(line, work, 8);
        multiplyOdd(ODD_16, work, 8, 2);
        analyse8(line, work, 2);
        for (let k = 0; k < 16; k++) line[k] = work[k]!;
    }

    /** line = M^T line, in place; only the first `used` entries are not zero. */
    #synthesise(line: Int32Array, size: number, used: number): void {
        const work = this.#work;
        const step = size >> 3;
        synthesise8(line, step, work);
        if (size >= 16) widen(ODD_16, line, size >> 4, 8, used, work);
        if (size === 32) widen(ODD_32, line, 1, 16, used, work);
        for (let j = 0; j < size; j++) line[j] = work[32 + j]!;
    }
}

/** 8 points of `line` into out[0], out[step], … */
function analyse8(line: Int32Array, out: Int32Array, step: number): void {
    const [x0, x1, x2, x3] = [line[0]!, line[1]!, line[2]!, line[3]!];
    const [x4, x5, x6, x7] = [line[4]!, line[5]!, line[6]!, line[7]!];
    const o0 = x0 - x7;
    const o1 = x1 - x6;
    const o2 = x2 - x5;
    const o3 = x3 - x4;
    const e0 = x0 + x7;
    const e1 = x1 + x6;
    const e2 = x2 + x5;
    const e3 = x3 + x4;
    out[0] = 64 * (e0 + e1 + e2 + e3);
    out[4 * step] = 64 * (e0 - e1 - e2 + e3);
    out[2 * step] = C2 * (e0 - e3) + C6 * (e1 - e2);
    out[6 * step] = C6 * (e0 - e3) - C2 * (e1 - e2);
    out[step] = C1 * o0 + C3 * o1 + C5 * o2 + C7 * o3;
    out[3 * step] = C3 * o0 - C7 * o1 - C1 * o2 - C5 * o3;
    out[5 * step] = C5 * o0 - C1 * o1 + C7 * o2 + C3 * o3;
    out[7 * step] = C7 * o0 - C5 * o1 + C3 * o2 - C1 * o3;
}

/** work[32 + j] = difference, line[j] = sum of the mirrored entries j and 2 half - 1 - j. */
function foldHalves(line: Int32Array, work: Int32Array, half: number): void {
    for (let j = 0; j < half; j++) {
        const a = line[j]!;
        const b = line[2 * half - 1 - j]!;
        work[32 + j] = a - b;
        line[j] = a + b;
    }
}

/** work[odd k * step / 2] = odd rows times work[32…]. */
function multiplyOdd(odd: Int32Array, work: Int32Array, half: number, step: number): void {
    for (let k = 0; k < half; k++) {
        let sum = 0;
        const row = k * half;
        for (let j = 0; j < half; j += 4) {
            sum +=
                odd[row + j]! * work[32 + j]! +
                odd[row + j + 1]! * work[33 + j]! +
                odd[row + j + 2]! * work[34 + j]! +
                odd[row + j + 3]! * work[35 + j]!;
        }
        work[step * k + (step >> 1)] = sum;
    }
}

/** The even half of a 32-point analysis: `line` holds 16 sums, `work` the odd results already. */
function foldSecond(line: Int32Array, work: Int32Array): void {
    foldHalves(line, work, 8);
    for (let k = 0; k < 8; k++) {
        let sum = 0;
        for (let j = 0; j < 8; j++) sum += ODD_16[k * 8 + j]! * work[32 + j]!;
        work[4 * k + 2] = sum;
    }
    analyse8(line, work, 4);
    for (let k = 0; k < 32; k++) line[k] = work[k]!;
}

/** 8 points from line[0], line[step], … into work[32…]. */
function synthesise8(line: Int32Array, step: number, work: Int32Array): void {
    const [y0, y1, y2, y3] = [line[0]!, line[step]!, line[2 * step]!, line[3 * step]!];
    const [y4, y5, y6, y7] = [line[4 * step]!, line[5 * step]!, line[6 * step]!, line[7 * step]!];
    const a = 64 * (y0 + y4);
    const b = 64 * (y0 - y4);
    const c = C2 * y2 + C6 * y6;
    const d = C6 * y2 - C2 * y6;
    const e0 = a + c;
    const e1 = b + d;
    const e2 = b - d;
    const e3 = a - c;
    const o0 = C1 * y1 + C3 * y3 + C5 * y5 + C7 * y7;
    const o1 = C3 * y1 - C7 * y3 - C1 * y5 - C5 * y7;
    const o2 = C5 * y1 - C1 * y3 + C7 * y5 + C3 * y7;
    const o3 = C7 * y1 - C5 * y3 + C3 * y5 - C1 * y7;
    work[32] = e0 + o0;
    work[33] = e1 + o1;
    work[34] = e2 + o2;
    work[35] = e3 + o3;
    work[36] = e3 - o3;
    work[37] = e2 - o2;
    work[38] = e1 - o1;
    work[39] = e0 - o0;
}

/** From `half` points in work[32…] to 2 half: adds the odd rows, mirrored with the other sign. */
function widen(odd: Int32Array, line: Int32Array, step: number, half: number, used: number, work: Int32Array): void {
    // Entries (2 k + 1) step below `used` are not zero.
    const last = Math.min(half, (Math.ceil(used / step) + 1) >> 1);
    work.fill(0, 0, half);
    for (let k = 0; k < last; k++) {
        const value = line[(2 * k + 1) * step]!;
        if (value === 0) continue;
        const row = k * half;
        for (let j = 0; j < half; j++) work[j] = work[j]! + odd[row + j]! * value;
    }
    for (let j = half - 1; j >= 0; j--) {
        const even = work[32 + j]!;
        const part = work[j]!;
        work[32 + 2 * half - 1 - j] = even - part;
        work[32 + j] = even + part;
    }
}
