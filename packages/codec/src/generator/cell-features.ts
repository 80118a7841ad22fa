/**
 * What the decoder knows of each 8 x 8 cell beside its samples, as bytes: the colour that structure and style give it, how coarse the quantiser was, how
 * large the block and whether it has a residual. It tells the generator where detail was left out.
 */
import { LOG2_CTU, type TextureState } from '../texture/texture-state.ts';
import { CELL_FEATURES } from './network-file.ts';

/** Planes of one byte a cell: base Y, (Co + 255) / 2, (Cg + 255) / 2, 4 QP, block size (0 for 8, 127, 254 for 32), 255 where coded. */
export interface CellFeatures {
    readonly columns: number;
    readonly rows: number;
    readonly data: Uint8Array;
}

/** Features of every cell of the picture. */
export function cellFeatures(s: TextureState): CellFeatures {
    const columns = (s.widthPx + 7) >> 3;
    const rows = (s.heightPx + 7) >> 3;
    const count = columns * rows;
    const data = new Uint8Array(CELL_FEATURES * count);
    for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
            const sample = (8 * y + 4) * s.stride + 8 * x + 4;
            const cell = y * s.cellStride + x;
            const ctu = (y >> 2) * s.ctuColumns + (x >> 2);
            const values = [
                s.base[0]![sample]!,
                (s.base[1]![sample]! + 255) >> 1,
                (s.base[2]![sample]! + 255) >> 1,
                4 * s.qp[ctu]!,
                127 * (Math.max(3, Math.min(LOG2_CTU, s.log2Size[cell]!)) - 3),
                s.coded[cell] ? 255 : 0
            ];
            for (const [f, value] of values.entries()) data[f * count + y * columns + x] = value;
        }
    }
    return { columns, rows, data };
}
