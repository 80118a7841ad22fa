/**
 * One block from header and levels to samples: prediction, dequantisation, inverse transform, clipping. Encoder and decoder both go
 * through here, so that what the encoder believes and what the decoder shows cannot differ.
 */

import type { BlockHeader } from './block-syntax.ts';
import { CoefficientCoder, type Extent } from './coefficients.ts';
import { Dct } from './dct.ts';
import { IntraPredictor } from './intra.ts';
import { MotionCompensator } from './motion.ts';
import { planeQp, stepOfQp } from './quantiser.ts';
import { MODE_INTER, PLANE_LEAST, type TextureState } from './texture-state.ts';

/** Holds the scratch memory of one coder. */
export class BlockCoder {
    readonly dct: Dct = new Dct();
    readonly intra: IntraPredictor = new IntraPredictor();
    readonly motion: MotionCompensator = new MotionCompensator();
    readonly coefficients: CoefficientCoder = new CoefficientCoder();
    readonly extent: Extent = { rows: 0, columns: 0 };
    readonly residual: Int16Array = new Int16Array(1024);
    readonly #dequantised: Int32Array = new Int32Array(1024);

    /** Prediction of plane `p` of a block, before clipping. */
    predict(
        s: TextureState,
        unit: number,
        p: number,
        x: number,
        y: number,
        log2Size: number,
        header: BlockHeader,
        out: Int16Array
    ): void {
        const size = 1 << log2Size;
        if (header.mode >= MODE_INTER) {
            this.motion.predict(s.reference![p]!, s.stride, s.rows, x, y, header.motionX, header.motionY, size, out);
            return;
        }
        this.intra.gather(s.planes[p]!, s.base[p]!, s.stride, s.unitOf, s.cellStride, unit, x, y, size);
        this.intra.predict(header.mode, log2Size, out);
        addBase(s, p, x, y, size, out);
    }

    /**
     * Residual of a block from its levels into `residual`.
     *
     * @param extent - Where the levels are not zero.
     */
    dequantise(p: number, log2Size: number, qp: number, levels: Int16Array, extent: Extent): void {
        const size = 1 << log2Size;
        const step = stepOfQp(planeQp(qp, p));
        const out = this.#dequantised;
        const { rows, columns } = extent;
        for (let y = 0; y < rows; y++) {
            for (let x = 0; x < columns; x++) out[y * size + x] = levels[y * size + x]! * step;
        }
        this.dct.inverse(out, this.residual, log2Size, rows, columns);
    }
}

/** Adds the base picture to a prediction made without it. */
export function addBase(s: TextureState, p: number, x: number, y: number, size: number, out: Int16Array): void {
    const base = s.base[p]!;
    for (let v = 0; v < size; v++) {
        const row = (y + v) * s.stride + x;
        for (let u = 0; u < size; u++) out[v * size + u] = out[v * size + u]! + base[row + u]!;
    }
}

/** Clips prediction (plus residual, if any) into a plane-sized or block-sized buffer. */
export function store(
    p: number,
    size: number,
    prediction: Int16Array,
    residual: Int16Array | null,
    out: Int16Array,
    offset: number,
    stride: number
): void {
    const least = PLANE_LEAST[p]!;
    for (let v = 0; v < size; v++) {
        for (let u = 0; u < size; u++) {
            const at = v * size + u;
            const value = residual ? prediction[at]! + residual[at]! : prediction[at]!;
            out[offset + v * stride + u] = value < least ? least : value > 255 ? 255 : value;
        }
    }
}

/** Marks the cells of a block as coded by `unit`. */
export function markCells(
    s: TextureState,
    unit: number,
    x: number,
    y: number,
    log2Size: number,
    header: BlockHeader,
    coded: number
): void {
    const cells = 1 << (log2Size - 3);
    for (let v = 0; v < cells; v++) {
        const from = ((y >> 3) + v) * s.cellStride + (x >> 3);
        for (let cell = from; cell < from + cells; cell++) {
            s.unitOf[cell] = unit;
            s.mode[cell] = header.mode;
            s.log2Size[cell] = log2Size;
            s.coded[cell] = coded;
            s.motionX[cell] = header.motionX;
            s.motionY[cell] = header.motionY;
        }
    }
}

/** Forgets who coded the cells of a square. */
export function clearCells(s: TextureState, x: number, y: number, log2Size: number): void {
    const cells = 1 << (log2Size - 3);
    for (let v = 0; v < cells; v++) {
        const from = ((y >> 3) + v) * s.cellStride + (x >> 3);
        s.unitOf.fill(0, from, from + cells);
    }
}

/** Context of the "has a residual" flag of plane `p`, given the flags of the planes before it. */
export function codedContext(p: number, log2Size: number, before: number): number {
    const hint = p === 1 || p === 3 ? before & 1 : p === 2 ? (before >> 1) & 1 : 0;
    return (p * 3 + log2Size - 3) * 2 + hint;
}
