/**
 * Where each syntax element of the texture layer has its contexts, and what they start from in every unit.
 */
import { INITIAL_PROBABILITIES } from './initial-probabilities.ts';

let next = 0;
function contexts(count: number): number {
    const first = next;
    next += count;
    return first;
}

/** Split flag: [log2Size - 4][neighbours that are smaller: 0..2]. */
export const SPLIT: number = contexts(6);
/** Skip flag: [neighbours that are skipped: 0..2]. */
export const SKIP: number = contexts(3);
/** Predicted from the reference or from inside the picture: [neighbours predicted from the reference: 0..2]. */
export const INTER: number = contexts(3);
/** Same mode as the left neighbour, as the upper one; the tree of 4 bits. */
export const SAME_MODE: number = contexts(2);
export const MODE_TREE: number = contexts(15);
/** Motion vector difference, x and y: zero flag and 7 prefix steps each. */
export const MOTION: number = contexts(16);
/** Coded block flag: [plane 0..3][log2Size - 3][luma coded (planes 1, 2)]. */
export const CODED: number = contexts(24);
/** Rest of a level: [kind][8]. */
export const LEVEL_REST: number = contexts(16);
/** Last position: [kind][log2Size - 3][axis][9]. */
export const LAST_PREFIX: number = contexts(108);
/** Flags of levels: [kind][size 8 or larger]{significance [4][5], above 1 [4][5], above 2 [4][5]}. */
export const COEFFICIENTS: number = contexts(240);
/** Number of contexts. */
export const CONTEXT_COUNT: number = next;

/** P(bit = 1) of each context at the start of a unit, in 1/32768. */
export function initialContexts(): Uint16Array {
    return INITIAL_PROBABILITIES.slice();
}
