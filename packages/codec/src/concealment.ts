/**
 * What is shown where a unit did not come: the reference moved like the blocks around the hole, or the base picture where there is no
 * reference or it shows something else.
 */

import { markCells, store } from './texture/block-coder.ts';
import { MODE_BASE } from './texture/intra.ts';
import { MotionCompensator } from './texture/motion.ts';
import { CTU_SIZE, MODE_INTER, type TextureState } from './texture/texture-state.ts';

/** Mean difference, grey levels, from which reference and base are taken to show different things. */
const DIFFERENT = 40;

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
        }
    }
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
