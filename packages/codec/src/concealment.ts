/**
 * What is shown where a unit did not come: the reference moved like the blocks around the hole, or the base picture where there is no
 * reference or it shows something else.
 */

import { markCells, store } from './texture/block-coder.ts';
import { MODE_BASE } from './texture/intra.ts';
import { MotionCompensator } from './texture/motion.ts';
import { CTU_SIZE, MODE_INTER, PLANE_LEAST, type TextureState } from './texture/texture-state.ts';

/** Mean difference, grey levels, from which reference and base are taken to show different things. */
const DIFFERENT = 40;
/** Part of a hole's height, as 1 / FADE, in which the texture of one side is faded into that of the other. */
const FADE = 4;
/** Rows into a hole from which nothing is grown any more. */
const REACH = 3 * CTU_SIZE;

/** Holds the scratch memory of one decoder. */
export class Concealer {
    readonly #motion: MotionCompensator = new MotionCompensator();
    readonly #block: Int16Array = new Int16Array(1024);

    /**
     * Fills the CTUs that `have` marks 0.
     *
     * @param reference - The picture before, or null.
     * @param hasBase - True if the state's base planes show this frame.
     */
    conceal(s: TextureState, have: Uint8Array, reference: readonly Int16Array[] | null, hasBase: boolean): void {
        for (let ctu = 0; ctu < s.ctuCount; ctu++) {
            if (have[ctu]) continue;
            const x = (ctu % s.ctuColumns) * CTU_SIZE;
            const y = Math.floor(ctu / s.ctuColumns) * CTU_SIZE;
            const fromReference = reference !== null && !(hasBase && differs(s, reference, x, y));
            const header = { mode: fromReference ? MODE_INTER : MODE_BASE, motionX: 0, motionY: 0 };
            if (fromReference) neighbourMotion(s, have, ctu, header);
            for (let p = 0; p < s.planeCount; p++) {
                if (fromReference) {
                    const { motionX, motionY } = header;
                    this.#motion.predict(
                        reference[p]!,
                        s.stride,
                        s.rows,
                        x,
                        y,
                        motionX,
                        motionY,
                        CTU_SIZE,
                        this.#block
                    );
                } else {
                    const base = s.base[p]!;
                    for (let v = 0; v < CTU_SIZE; v++) {
                        const from = (y + v) * s.stride + x;
                        for (let u = 0; u < CTU_SIZE; u++) this.#block[v * CTU_SIZE + u] = base[from + u]!;
                    }
                }
                store(p, CTU_SIZE, this.#block, null, s.planes[p]!, y * s.stride + x, s.stride);
            }
            markCells(s, 0, x, y, 5, header, 0);
            if (!fromReference) for (let p = 0; p < s.planeCount; p++) growTexture(s, have, ctu, p);
        }
    }
}

/**
 * Texture of a hole over its base: that of the nearest CTUs above and below that came, mirrored at their edge, each for its half and faded into one
 * another in the middle, weaker the deeper in the hole; where neither came, those to the left and right.
 */
function growTexture(s: TextureState, have: Uint8Array, ctu: number, p: number): void {
    const column = ctu % s.ctuColumns;
    const row = Math.floor(ctu / s.ctuColumns);
    const upright = nearest(have, ctu, s.ctuColumns, row, s.ctuRows - 1 - row);
    const [before, after] = upright ?? nearest(have, ctu, 1, column, s.ctuColumns - 1 - column) ?? [0, 0];
    if (before === 0 && after === 0) return;
    const along = upright ? s.stride : 1;
    const across = upright ? 1 : s.stride;
    const from = row * CTU_SIZE * s.stride + column * CTU_SIZE;
    const [plane, base] = [s.planes[p]!, s.base[p]!];
    const least = PLANE_LEAST[p]!;
    // Rows of samples from the hole's first (last) row to the first one that came.
    const up = (before - 1) * CTU_SIZE + 1;
    const down = (after - 1) * CTU_SIZE + 1;
    for (let v = 0; v < CTU_SIZE; v++) {
        const above = up + v;
        const below = down + CTU_SIZE - 1 - v;
        // 0: the one above, 256: the one below.
        let share = before === 0 ? 256 : 0;
        if (before > 0 && after > 0) {
            share = Math.max(0, Math.min(256, Math.round((above / (above + below) - 0.5) * FADE * 256) + 128));
        }
        const leftGain = Math.round((256 - share) * strength(above));
        const rightGain = Math.round(share * strength(below));
        const first = from - up * along - mirrored(above - 1) * along;
        const second = from + (CTU_SIZE - 1 + down) * along + mirrored(below - 1) * along;
        for (let u = 0; u < CTU_SIZE; u++) {
            const at = from + v * along + u * across;
            const [a, b] = [first + u * across, second + u * across];
            const left = leftGain > 0 ? plane[a]! - base[a]! : 0;
            const right = rightGain > 0 ? plane[b]! - base[b]! : 0;
            const value = base[at]! + ((leftGain * left + rightGain * right + 128) >> 8);
            plane[at] = Math.max(least, Math.min(255, value));
        }
    }
}

/** Distances in CTUs to the nearest that came in both directions, 0 where there is none; null if there is none at all. */
function nearest(have: Uint8Array, ctu: number, step: number, before: number, after: number): [number, number] | null {
    let first = 1;
    while (first <= before && have[ctu - first * step] !== 1) first++;
    let second = 1;
    while (second <= after && have[ctu + second * step] !== 1) second++;
    if (first > before && second > after) return null;
    return [first > before ? 0 : first, second > after ? 0 : second];
}

/** How much of the texture is left so many rows into a hole: all of it a CTU deep, then less, down to none. What is farther would be things mirrored, not texture. */
function strength(rows: number): number {
    return Math.max(0, Math.min(1, (REACH - rows) / (REACH - CTU_SIZE)));
}

/** A CTU's 32 rows to and fro. */
function mirrored(distance: number): number {
    const place = distance % (2 * CTU_SIZE);
    return place < CTU_SIZE ? place : 2 * CTU_SIZE - 1 - place;
}

function differs(s: TextureState, reference: readonly Int16Array[], x: number, y: number): boolean {
    let difference = 0;
    for (let v = 0; v < CTU_SIZE; v++) {
        const from = (y + v) * s.stride + x;
        for (let u = 0; u < CTU_SIZE; u++) difference += reference[0]![from + u]! - s.base[0]![from + u]!;
    }
    return Math.abs(difference) > DIFFERENT * CTU_SIZE * CTU_SIZE;
}

/** Mean motion of the received blocks that touch the hole. */
function neighbourMotion(
    s: TextureState,
    have: Uint8Array,
    ctu: number,
    out: { motionX: number; motionY: number }
): void {
    const column = ctu % s.ctuColumns;
    const row = Math.floor(ctu / s.ctuColumns);
    let count = 0;
    let sumX = 0;
    let sumY = 0;
    const look = (cellX: number, cellY: number): void => {
        const cell = cellY * s.cellStride + cellX;
        if (s.mode[cell]! < MODE_INTER) return;
        sumX += s.motionX[cell]!;
        sumY += s.motionY[cell]!;
        count++;
    };
    for (let i = 0; i < 4; i++) {
        if (row > 0 && have[ctu - s.ctuColumns]) look(column * 4 + i, row * 4 - 1);
        if (row + 1 < s.ctuRows && have[ctu + s.ctuColumns]) look(column * 4 + i, row * 4 + 4);
        if (column > 0 && have[ctu - 1]) look(column * 4 - 1, row * 4 + i);
        if (column + 1 < s.ctuColumns && have[ctu + 1]) look(column * 4 + 4, row * 4 + i);
    }
    if (count === 0) return;
    out.motionX = Math.round(sumX / count);
    out.motionY = Math.round(sumY / count);
}
