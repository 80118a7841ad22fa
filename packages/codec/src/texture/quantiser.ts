/**
 * Steps of the uniform quantiser: 64 of them, six to the octave, from 0.5 (QP 0: no visible loss) to about 700 grey levels.
 *
 * Chroma of YCoCg counts less in RGB: an error e in Y, Co, Cg adds 3, 1/2, 3/4 times e^2 over the three channels. The steps that minimise the RGB error
 * at a given rate are then sqrt(6) and 2 times that of Y: 8 and 6 more in QP.
 */
import { COEFFICIENT_SCALE_BITS } from './dct.ts';

/** Largest QP; the smallest is 0. */
export const LARGEST_QP = 63;
/** Added to the luma QP for Y, Co, Cg, alpha. */
export const PLANE_QP_OFFSET: readonly number[] = Object.freeze([0, 8, 6, 0]);
/** Weight of a squared error in Y, Co, Cg, alpha against one in Y, in 1/12. */
export const PLANE_WEIGHT: readonly number[] = Object.freeze([12, 2, 3, 12]);
const OCTAVE: readonly number[] = [8, 9, 10, 11, 13, 14];

/** Step in units of 1/16 grey level: 8 at QP 0, doubling every 6. */
export function stepOfQp(qp: number): number {
    return OCTAVE[qp % 6]! << Math.floor(qp / 6);
}

/** QP of one plane. */
export function planeQp(qp: number, plane: number): number {
    return Math.min(LARGEST_QP, qp + PLANE_QP_OFFSET[plane]!);
}

/** Quality 0 (smallest) to 100 (no visible loss) as QP. */
export function qpOfQuality(quality: number): number {
    return Math.round(LARGEST_QP * (1 - quality / 100));
}

/** Rate-distortion trade: squared grey levels of Y that one bit is worth. 0.11 step^2, near the high-rate optimum ln(2)/6 step^2 = 0.1155 step^2. */
export function lambdaOfQp(qp: number): number {
    const step = stepOfQp(qp) / (1 << COEFFICIENT_SCALE_BITS);
    return 0.11 * step * step;
}
