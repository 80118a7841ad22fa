/**
 * Where a block came from: candidates (neighbours, the renderer's motion layer, the block around it), a small diamond on whole samples,
 * then half and quarter samples around the best. Cost is SAD of Y plus the price of the vector.
 */

import { LARGEST_MOTION, type MotionCompensator } from './motion.ts';
import { MODE_INTER, type TextureState } from './texture-state.ts';

/** A displacement and what it costs. */
export interface MotionMatch {
    motionX: number;
    motionY: number;
    cost: number;
}

const DIAMOND: readonly (readonly [number, number])[] = [
    [0, -1],
    [-1, 0],
    [1, 0],
    [0, 1]
];
const RING: readonly (readonly [number, number])[] = [...DIAMOND, [-1, -1], [1, -1], [-1, 1], [1, 1]];
const LONGEST_WALK = 24;

/** Holds the scratch memory of one encoder. */
export class MotionSearch {
    readonly #block: Int16Array = new Int16Array(1024);
    readonly #compensator: MotionCompensator;

    constructor(compensator: MotionCompensator) {
        this.#compensator = compensator;
    }

    /**
     * @param candidates - x, y, x, y … in quarter samples; `count` numbers are valid.
     * @param predictedX - What the vector will be coded against.
     * @param bitPrice - SAD that one bit is worth.
     * @param step - The quantiser's step, grey levels.
     */
    find(
        s: TextureState,
        source: Int16Array,
        x: number,
        y: number,
        size: number,
        candidates: Int32Array,
        count: number,
        predictedX: number,
        predictedY: number,
        bitPrice: number,
        step: number,
        out: MotionMatch
    ): void {
        out.cost = Number.POSITIVE_INFINITY;
        const attempt = (mx: number, my: number): boolean => {
            if (Math.abs(mx) > LARGEST_MOTION || Math.abs(my) > LARGEST_MOTION) return false;
            const price = bitPrice * (vectorBits(mx - predictedX) + vectorBits(my - predictedY));
            if (price >= out.cost) return false;
            const cost = price + this.#sad(s, source, x, y, size, mx, my, out.cost - price);
            if (cost >= out.cost) return false;
            out.cost = cost;
            out.motionX = mx;
            out.motionY = my;
            return true;
        };
        for (let i = 0; i < count; i += 2) attempt(candidates[i]!, candidates[i + 1]!);
        // A copy that is already good to a small part of the step a sample is not improved by looking around.
        const good = size * size * Math.max(1, step / 8);
        if (out.cost < good) return;
        for (let walk = 0; walk < LONGEST_WALK; walk++) {
            const fromX = out.motionX & ~3;
            const fromY = out.motionY & ~3;
            let moved = false;
            for (const [dx, dy] of DIAMOND) moved = attempt(fromX + 4 * dx, fromY + 4 * dy) || moved;
            if (!moved) break;
        }
        for (const step of [2, 1]) {
            if (out.cost < good) return;
            const fromX = out.motionX;
            const fromY = out.motionY;
            for (const [dx, dy] of RING) attempt(fromX + step * dx, fromY + step * dy);
        }
    }

    #sad(
        s: TextureState,
        source: Int16Array,
        x: number,
        y: number,
        size: number,
        mx: number,
        my: number,
        most: number
    ): number {
        const reference = s.reference![0]!;
        const left = x + (mx >> 2);
        const top = y + (my >> 2);
        let sum = 0;
        if (((mx | my) & 3) === 0 && left >= 0 && top >= 0 && left + size <= s.stride && top + size <= s.rows) {
            for (let v = 0; v < size; v++) {
                const a = (y + v) * s.stride + x;
                const b = (top + v) * s.stride + left;
                for (let u = 0; u < size; u++) sum += Math.abs(source[a + u]! - reference[b + u]!);
                if (sum >= most) return sum;
            }
            return sum;
        }
        this.#compensator.predict(reference, s.stride, s.rows, x, y, mx, my, size, this.#block);
        for (let v = 0; v < size; v++) {
            const a = (y + v) * s.stride + x;
            for (let u = 0; u < size; u++) sum += Math.abs(source[a + u]! - this.#block[v * size + u]!);
            if (sum >= most) return sum;
        }
        return sum;
    }
}

/** Length of a vector component's difference in the code of `codeSigned`, about. */
function vectorBits(difference: number): number {
    if (difference === 0) return 0.5;
    return 4 + 2 * (31 - Math.clz32((Math.abs(difference) + 1) >> 1));
}

/** Adds the motion of an already coded cell to the candidates. */
export function addCellMotion(
    s: TextureState,
    unit: number,
    x: number,
    y: number,
    candidates: Int32Array,
    count: number
): number {
    if (x < 0 || y < 0 || x >= s.stride || y >= s.rows) return count;
    const cell = (y >> 3) * s.cellStride + (x >> 3);
    if (s.unitOf[cell] !== unit || s.mode[cell]! < MODE_INTER) return count;
    candidates[count] = s.motionX[cell]!;
    candidates[count + 1] = s.motionY[cell]!;
    return count + 2;
}
