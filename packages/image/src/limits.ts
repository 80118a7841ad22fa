/**
 * What a picture from outside may cost. Sizes are checked against the header alone, before anything is allocated, so that a
 * hundred bytes claiming 60,000 x 60,000 pixels cost nothing.
 */
import { badInput, MixreelError } from '@mixreel/core';

/** Bounds of a decoder; every reader of this package takes them. */
export interface ImageLimits {
    /** Most pixels of one picture, 1 to 2^28. */
    readonly maxPixels: number;
    /** Longest side, pixels, 1 to 65536. */
    readonly maxSidePx: number;
}

/** 2^26 pixels (8192 x 8192; 256 MiB as RGBA8) and sides up to 16384, which is also what a Frame holds. */
export const IMAGE_LIMITS_DEFAULTS: ImageLimits = Object.freeze({ maxPixels: 2 ** 26, maxSidePx: 16384 });

/** Fills in defaults and checks them. */
export function resolveLimits(limits: Partial<ImageLimits> | undefined): ImageLimits {
    const { maxPixels, maxSidePx } = { ...IMAGE_LIMITS_DEFAULTS, ...limits };
    if (!Number.isInteger(maxPixels) || maxPixels < 1 || maxPixels > 2 ** 28) {
        throw badInput(`maxPixels is ${maxPixels}`, 'an integer from 1 to 2^28', 'Give a limit in that range');
    }
    if (!Number.isInteger(maxSidePx) || maxSidePx < 1 || maxSidePx > 65536) {
        throw badInput(`maxSidePx is ${maxSidePx}`, 'an integer from 1 to 65536', 'Give a limit in that range');
    }
    return { maxPixels, maxSidePx };
}

/** Throws `bad-input` for an empty picture and `limit-exceeded` for one beyond the limits. */
export function checkSize(format: string, widthPx: number, heightPx: number, limits: ImageLimits): void {
    if (!(widthPx >= 1 && heightPx >= 1)) {
        throw badInput(
            `${format}: the picture is ${widthPx} x ${heightPx} pixels`,
            'at least 1 x 1',
            'Export the picture again'
        );
    }
    const { maxPixels, maxSidePx } = limits;
    if (widthPx > maxSidePx || heightPx > maxSidePx || widthPx * heightPx > maxPixels) {
        throw new MixreelError('limit-exceeded', {
            what: `${format}: the picture is ${widthPx} x ${heightPx} pixels`,
            expected: `sides up to ${maxSidePx} and up to ${maxPixels} pixels in all`,
            mend: 'Scale the picture down, or pass larger limits if it is trusted'
        });
    }
}
