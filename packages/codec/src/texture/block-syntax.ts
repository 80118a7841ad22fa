/**
 * A block's header as bits, the same function for writing and reading: split, skip, how it is predicted, with which motion. Contexts and
 * motion predictors come from the cells to the left, above and above right that the same unit has coded, so that a unit never needs another.
 */
import type { BitCoder } from '../entropy/binary-rans.ts';
import { codeSigned, codeTree } from '../entropy/numbers.ts';
import { INTER, MODE_TREE, MOTION, SAME_MODE, SKIP, SPLIT } from './contexts.ts';
import { INTRA_MODES, MODE_PLANAR } from './intra.ts';
import { LARGEST_MOTION } from './motion.ts';
import { MODE_INTER, MODE_SKIP, type TextureState } from './texture-state.ts';

/** One block's header; the encoder fills it before writing, the reader after reading. */
export interface BlockHeader {
    mode: number;
    motionX: number;
    motionY: number;
}

/** Index of the cell at sample (x, y), or -1 if it is outside or of another unit. */
function neighbour(s: TextureState, unit: number, x: number, y: number): number {
    if (x < 0 || y < 0 || x >= s.stride) return -1;
    const cell = (y >> 3) * s.cellStride + (x >> 3);
    return s.unitOf[cell] === unit ? cell : -1;
}

/** Whether the block at (x, y) is split into four. */
export function codeSplit(
    coder: BitCoder,
    s: TextureState,
    unit: number,
    x: number,
    y: number,
    log2Size: number,
    value: number
): number {
    const left = neighbour(s, unit, x - 1, y);
    const above = neighbour(s, unit, x, y - 1);
    const smaller =
        (left >= 0 && s.log2Size[left]! < log2Size ? 1 : 0) + (above >= 0 && s.log2Size[above]! < log2Size ? 1 : 0);
    return coder.bit(SPLIT + (log2Size - 4) * 3 + smaller, value);
}

/** The motion predicted for a block: the median of left, above and above right where they have motion. Written to `out`. */
export function predictMotion(
    s: TextureState,
    unit: number,
    x: number,
    y: number,
    size: number,
    out: BlockHeader
): void {
    const left = neighbour(s, unit, x - 1, y);
    const above = neighbour(s, unit, x, y - 1);
    const right = neighbour(s, unit, x + size, y - 1);
    let count = 0;
    let ax = 0;
    let ay = 0;
    let bx = 0;
    let by = 0;
    let cx = 0;
    let cy = 0;
    for (const cell of [left, above, right]) {
        if (cell < 0 || s.mode[cell]! < MODE_INTER) continue;
        const mx = s.motionX[cell]!;
        const my = s.motionY[cell]!;
        if (count === 0) {
            ax = mx;
            ay = my;
        } else if (count === 1) {
            bx = mx;
            by = my;
        } else {
            cx = mx;
            cy = my;
        }
        count++;
    }
    out.motionX = count === 3 ? median(ax, bx, cx) : ax;
    out.motionY = count === 3 ? median(ay, by, cy) : ay;
}

function median(a: number, b: number, c: number): number {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Header of one leaf. `predicted` must hold the result of {@link predictMotion}. */
export function codeHeader(
    coder: BitCoder,
    s: TextureState,
    unit: number,
    x: number,
    y: number,
    header: BlockHeader,
    predicted: BlockHeader
): void {
    const left = neighbour(s, unit, x - 1, y);
    const above = neighbour(s, unit, x, y - 1);
    const leftMode = left >= 0 ? s.mode[left]! : MODE_PLANAR;
    const aboveMode = above >= 0 ? s.mode[above]! : MODE_PLANAR;
    if (s.reference) {
        const skipped = (leftMode === MODE_SKIP ? 1 : 0) + (aboveMode === MODE_SKIP ? 1 : 0);
        if (coder.bit(SKIP + skipped, header.mode === MODE_SKIP ? 1 : 0)) {
            header.mode = MODE_SKIP;
            header.motionX = predicted.motionX;
            header.motionY = predicted.motionY;
            return;
        }
        const inter = (leftMode >= MODE_INTER ? 1 : 0) + (aboveMode >= MODE_INTER ? 1 : 0);
        if (coder.bit(INTER + inter, header.mode >= MODE_INTER ? 1 : 0)) {
            header.mode = MODE_INTER;
            const dx = codeSigned(coder, MOTION, 7, 1, header.motionX - predicted.motionX);
            const dy = codeSigned(coder, MOTION + 8, 7, 1, header.motionY - predicted.motionY);
            header.motionX = clampMotion(predicted.motionX + dx);
            header.motionY = clampMotion(predicted.motionY + dy);
            return;
        }
    }
    header.mode = codeIntraMode(coder, leftMode, aboveMode, header.mode);
    header.motionX = 0;
    header.motionY = 0;
}

function codeIntraMode(coder: BitCoder, leftMode: number, aboveMode: number, mode: number): number {
    const first = leftMode < MODE_INTER ? leftMode : MODE_PLANAR;
    if (coder.bit(SAME_MODE, mode === first ? 1 : 0)) return first;
    const second = aboveMode < MODE_INTER && aboveMode !== first ? aboveMode : first === MODE_PLANAR ? 0 : MODE_PLANAR;
    if (coder.bit(SAME_MODE + 1, mode === second ? 1 : 0)) return second;
    return Math.min(INTRA_MODES - 1, codeTree(coder, MODE_TREE, 4, mode));
}

function clampMotion(value: number): number {
    return Math.max(-LARGEST_MOTION, Math.min(LARGEST_MOTION, value));
}
