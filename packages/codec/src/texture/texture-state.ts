/**
 * What encoder and decoder both hold of one frame while its texture is being coded: sample planes (Y, Co, Cg and perhaps alpha), the
 * base picture under them, the reference, and on a grid of 8 x 8 cells how every block was coded. Planes are padded to whole coding tree
 * units of 32 x 32, the grid is one entry a cell.
 */

/** Side of a coding tree unit (CTU). */
export const CTU_SIZE = 32;
export const LOG2_CTU = 5;
/** Value of `mode` of cells predicted from the reference; below are the intra modes. */
export const MODE_INTER = 16;
/** As MODE_INTER, with the predicted motion and no residual. */
export const MODE_SKIP = 17;

/** Y, Co, Cg, alpha: smallest value, largest value, value where nothing is known. */
export const PLANE_LEAST: readonly number[] = [0, -255, -255, 0];
export const PLANE_NEUTRAL: readonly number[] = [128, 0, 0, 255];

/** See the file comment. */
export class TextureState {
    readonly widthPx: number;
    readonly heightPx: number;
    /** 3, or 4 with alpha. */
    readonly planeCount: number;
    /** Columns and rows of the planes: multiples of 32. */
    readonly stride: number;
    readonly rows: number;
    readonly ctuColumns: number;
    readonly ctuRows: number;
    /** Cells in a row of the grid. */
    readonly cellStride: number;
    readonly planes: readonly Int16Array[];
    readonly base: readonly Int16Array[];
    reference: readonly Int16Array[] | null = null;
    /** True if the base shows the frame itself, not just its regions' colours: worth trying for every block. */
    strongBase = false;
    /** Unit that coded the cell, from 1; 0 = none yet. */
    readonly unitOf: Int32Array;
    readonly mode: Uint8Array;
    readonly log2Size: Uint8Array;
    /** 1 if any plane of the block has a residual. */
    readonly coded: Uint8Array;
    /** Motion in quarter samples. */
    readonly motionX: Int16Array;
    readonly motionY: Int16Array;
    /** QP of each CTU. */
    readonly qp: Uint8Array;

    constructor(widthPx: number, heightPx: number, planeCount: number) {
        this.widthPx = widthPx;
        this.heightPx = heightPx;
        this.planeCount = planeCount;
        this.ctuColumns = Math.ceil(widthPx / CTU_SIZE);
        this.ctuRows = Math.ceil(heightPx / CTU_SIZE);
        this.stride = this.ctuColumns * CTU_SIZE;
        this.rows = this.ctuRows * CTU_SIZE;
        this.cellStride = this.stride >> 3;
        const samples = this.stride * this.rows;
        const cells = samples >> 6;
        this.planes = planesOf(samples, planeCount);
        this.base = planesOf(samples, planeCount);
        this.unitOf = new Int32Array(cells);
        this.mode = new Uint8Array(cells);
        this.log2Size = new Uint8Array(cells).fill(LOG2_CTU);
        this.coded = new Uint8Array(cells);
        this.motionX = new Int16Array(cells);
        this.motionY = new Int16Array(cells);
        this.qp = new Uint8Array(this.ctuColumns * this.ctuRows);
    }

    get ctuCount(): number {
        return this.ctuColumns * this.ctuRows;
    }
}

function planesOf(samples: number, planeCount: number): Int16Array[] {
    return Array.from({ length: planeCount }, (_, p) => new Int16Array(samples).fill(PLANE_NEUTRAL[p]!));
}
