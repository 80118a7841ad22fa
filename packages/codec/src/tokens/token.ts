/**
 * One token of the fixed-length mode: what a block looks like in 32 bits, whatever the block. Mean colour, the slopes of its light and how rough
 * it is; finite scalars on fixed steps, so that every bit pattern is a token and no model is needed to read it.
 *
 *     bits 31..26 mean Y / 4     25..22 mean Co (16 steps)   21..18 mean Cg (16 steps)
 *     17..14 slope across        13..10 slope down           9..6 saddle     5..3 roughness, fine     2..0 roughness, coarse
 *
 * Slopes and saddle are signed codes -7..7 (8 is read as 0) of {@link SLOPES}; roughness is a code of `ROUGHNESS_LEVELS`.
 */

/** A block's look, in grey levels. */
export interface Token {
    readonly color: readonly [number, number, number];
    /** Difference of luma between the middle and the right (lower) edge. */
    readonly across: number;
    readonly down: number;
    /** Difference of luma between the middle and the lower right corner that the slopes do not explain. */
    readonly saddle: number;
    /** Codes 0 to 7 at 2 and at 8 pixels. */
    readonly fine: number;
    readonly coarse: number;
}

/** Grey levels of slope codes 0 to 7. */
const SLOPES: readonly number[] = [0, 4, 9, 16, 26, 40, 60, 90];
/** Chroma of codes 0 to 15: finer near grey, odd about 0. */
const CHROMA: readonly number[] = [-150, -104, -72, -49, -32, -20, -11, -4, 4, 11, 20, 32, 49, 72, 104, 150];

/** The token as an unsigned 32-bit number. */
export function packToken(token: Token): number {
    const [y, co, cg] = token.color;
    const luma = Math.max(0, Math.min(63, Math.round((y - 2) / 4)));
    const slopes = (slopeCode(token.across) << 14) | (slopeCode(token.down) << 10) | (slopeCode(token.saddle) << 6);
    const chroma = (nearest(CHROMA, co) << 22) | (nearest(CHROMA, cg) << 18);
    return ((luma << 26) | chroma | slopes | (token.fine << 3) | token.coarse) >>> 0;
}

/** Reads any 32 bits. */
export function unpackToken(bits: number): Token {
    return {
        color: [(bits >>> 26) * 4 + 2, CHROMA[(bits >>> 22) & 15]!, CHROMA[(bits >>> 18) & 15]!],
        across: slopeOf((bits >>> 14) & 15),
        down: slopeOf((bits >>> 10) & 15),
        saddle: slopeOf((bits >>> 6) & 15),
        fine: (bits >>> 3) & 7,
        coarse: bits & 7
    };
}

/** Sign and magnitude: 0 to 7 positive, 9 to 15 negative. */
function slopeCode(value: number): number {
    const code = nearest(SLOPES, Math.abs(value));
    return value < 0 && code > 0 ? 8 | code : code;
}

function slopeOf(code: number): number {
    const value = SLOPES[code & 7]!;
    return code > 8 ? -value : value;
}

function nearest(levels: readonly number[], value: number): number {
    let best = 0;
    for (let i = 1; i < levels.length; i++) {
        if (Math.abs(levels[i]! - value) < Math.abs(levels[best]! - value)) best = i;
    }
    return best;
}
