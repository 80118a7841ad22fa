/**
 * Quantised coefficients of one block as bits: the position of the last one, then significance, "above 1", "above 2" and the rest in
 * reverse diagonal order. Every flag's context comes from the five neighbours already coded (right, two right, below, two below,
 * diagonal), as in VVC (Schwarz et al., IEEE TCSVT 31(10), 2021, "Quantization and entropy coding in VVC").
 */
import type { BitCoder } from '../entropy/binary-rans.ts';
import { codeExpGolomb } from '../entropy/numbers.ts';
import { COEFFICIENTS, LAST_PREFIX, LEVEL_REST } from './contexts.ts';

/** Largest magnitude of a level. */
export const LARGEST_LEVEL = 32767;
const STRIDE = 34;

interface Scan {
    readonly x: Uint8Array;
    readonly y: Uint8Array;
    /** Index in the scan of position y * size + x. */
    readonly indexOf: Uint16Array;
}

function diagonalScan(log2Size: number): Scan {
    const size = 1 << log2Size;
    const x = new Uint8Array(size * size);
    const y = new Uint8Array(size * size);
    const indexOf = new Uint16Array(size * size);
    let at = 0;
    for (let d = 0; d < 2 * size - 1; d++) {
        for (let row = Math.min(d, size - 1); row >= Math.max(0, d - size + 1); row--) {
            x[at] = d - row;
            y[at] = row;
            indexOf[row * size + d - row] = at++;
        }
    }
    return { x, y, indexOf };
}

const SCANS: readonly Scan[] = [3, 4, 5].map(diagonalScan);
/** Group of a last-position coordinate, first value of each group, and its suffix bits. */
const GROUP_FIRST: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24];
const GROUP_BITS: readonly number[] = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3];
const GROUP_OF: Uint8Array = Uint8Array.from({ length: 32 }, (_, v) =>
    GROUP_FIRST.findLastIndex((first) => first <= v)
);
/** Class of the diagonal x + y: 0, 1-2, 3-6, 7 and more. */
const DIAGONAL_CLASS: Uint8Array = Uint8Array.from({ length: 64 }, (_, d) => (d === 0 ? 0 : d < 3 ? 1 : d < 7 ? 2 : 3));

/** Where the non-zero levels of a block are. */
export interface Extent {
    /** One more than the last row with a non-zero level. */
    rows: number;
    columns: number;
}

/** Holds the scratch memory of one coder. */
export class CoefficientCoder {
    /** Magnitudes with a margin of two zeros to the right and below. */
    readonly #magnitudes: Uint16Array = new Uint16Array(STRIDE * STRIDE);

    /**
     * @param kind - 0 for Y and alpha, 1 for Co and Cg.
     * @param levels - Levels at `offset + y * stride + x`; read or written. When reading, the block must be all zero before.
     * @returns Nothing; `extent` is filled in.
     */
    code(
        coder: BitCoder,
        kind: number,
        log2Size: number,
        levels: Int16Array,
        offset: number,
        stride: number,
        extent: Extent
    ): void {
        const scan = SCANS[log2Size - 3]!;
        let last = coder.decoding ? 0 : lastInScan(scan, log2Size, levels, offset, stride);
        const lastX = codeLast(coder, kind, log2Size, 0, scan.x[last]!);
        const lastY = codeLast(coder, kind, log2Size, 1, scan.y[last]!);
        last = scan.indexOf[(lastY << log2Size) + lastX]!;
        const magnitudes = this.#magnitudes;
        const small = log2Size === 3 ? 0 : 1;
        const base = COEFFICIENTS + (kind * 2 + small) * 60;
        let rows = 0;
        let columns = 0;
        for (let i = last; i >= 0; i--) {
            const x = scan.x[i]!;
            const y = scan.y[i]!;
            const at = y * STRIDE + x;
            const a = magnitudes[at + 1]!;
            const b = magnitudes[at + 2]!;
            const c = magnitudes[at + STRIDE]!;
            const d = magnitudes[at + 2 * STRIDE]!;
            const e = magnitudes[at + STRIDE + 1]!;
            const sum = a + b + c + d + e;
            const where = DIAGONAL_CLASS[x + y]!;
            const level = levels[offset + y * stride + x]!;
            let magnitude = level < 0 ? -level : level;
            if (i !== last) {
                const context = base + where * 5 + Math.min(4, (sum + 1) >> 1);
                if (!coder.bit(context, magnitude ? 1 : 0)) continue;
            }
            const above = sum - ((a ? 1 : 0) + (b ? 1 : 0) + (c ? 1 : 0) + (d ? 1 : 0) + (e ? 1 : 0));
            const flags = base + 20 + where * 5 + Math.min(4, above);
            if (coder.bit(flags, magnitude > 1 ? 1 : 0)) {
                if (coder.bit(flags + 20, magnitude > 2 ? 1 : 0)) {
                    const order = sum < 12 ? 0 : sum < 30 ? 1 : sum < 60 ? 2 : sum < 120 ? 3 : sum < 240 ? 4 : 5;
                    magnitude = 3 + codeExpGolomb(coder, LEVEL_REST + kind * 8, 8, order, magnitude - 3);
                } else magnitude = 2;
            } else magnitude = 1;
            const negative = coder.bits(1, level < 0 ? 1 : 0);
            magnitudes[at] = magnitude;
            if (coder.decoding) {
                if (magnitude > LARGEST_LEVEL) magnitude = LARGEST_LEVEL;
                levels[offset + y * stride + x] = negative ? -magnitude : magnitude;
            }
            if (x >= columns) columns = x + 1;
            if (y >= rows) rows = y + 1;
        }
        for (let y = 0; y < rows; y++) magnitudes.fill(0, y * STRIDE, y * STRIDE + columns);
        extent.rows = rows;
        extent.columns = columns;
    }
}

function lastInScan(scan: Scan, log2Size: number, levels: Int16Array, offset: number, stride: number): number {
    let i = (1 << (2 * log2Size)) - 1;
    while (i > 0 && levels[offset + scan.y[i]! * stride + scan.x[i]!] === 0) i--;
    return i;
}

function codeLast(coder: BitCoder, kind: number, log2Size: number, axis: number, value: number): number {
    const groups = GROUP_OF[(1 << log2Size) - 1]!;
    const contexts = LAST_PREFIX + ((kind * 3 + log2Size - 3) * 2 + axis) * 9;
    const group = GROUP_OF[value]!;
    let g = 0;
    while (g < groups && coder.bit(contexts + g, group > g ? 1 : 0)) g++;
    return GROUP_FIRST[g]! + coder.bits(GROUP_BITS[g]!, value - GROUP_FIRST[g]!);
}
