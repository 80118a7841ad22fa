/**
 * Finite scalar quantisation (Mentzer et al. 2024, arXiv 2309.15505): every dimension of a learned code is one of a few levels between -1 and 1, so there is no code book to store
 * or to learn, and every combination is a code. Which dimensions there are is part of the format.
 */

/** Levels of each dimension of a texture token, on a grid of 16 x 16 pixels. */
export const TOKEN_LEVELS: readonly number[] = [8, 5, 5, 5];
/** Of a finer one, on a grid of 8 x 8. */
export const FINE_LEVELS: readonly number[] = [5, 5, 5];
/** Of a region's style. */
export const STYLE_LEVELS: readonly number[] = [5, 5, 5, 5, 5, 5];

/** log2 of a token's side in pixels. */
export const LOG2_CONCEPT = 4;

/** Level of an unbounded feature. Division and rounding only: the same on every machine. */
export function levelOf(feature: number, count: number): number {
    const bound = Math.max(-1, Math.min(1, (1.25 * feature) / (1 + Math.abs(feature))));
    return Math.floor(((bound + 1) / 2) * (count - 1) + 0.5);
}

/** What a level stands for, -1 to 1. */
export function valueOfLevel(level: number, count: number): number {
    return (2 * level) / (count - 1) - 1;
}

/** Levels of a grid of codes, code after code. */
export class LevelGrid {
    readonly columns: number;
    readonly rows: number;
    readonly counts: readonly number[];
    readonly levels: Uint8Array;
    /** 1 where a code is known. */
    readonly known: Uint8Array;

    constructor(columns: number, rows: number, counts: readonly number[]) {
        this.columns = columns;
        this.rows = rows;
        this.counts = counts;
        this.levels = new Uint8Array(columns * rows * counts.length);
        this.known = new Uint8Array(columns * rows);
    }

    /** Places of one colour of the checkerboard, in reading order: those with (column + row) % 2 = `parity`. */
    places(parity: number): number[] {
        return Array.from(this.known.keys()).filter(
            (i) => ((i % this.columns) + Math.floor(i / this.columns)) % 2 === parity
        );
    }
}
