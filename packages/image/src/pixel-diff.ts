/**
 * pixelmatch 7.2 on RGBA bytes: which pixels differ to the eye, antialiased edges excepted. Pinned, because its colour
 * threshold changed between major versions and baselines depend on it.
 */
import { badInput } from '@mixreel/core';
import pixelmatch from 'pixelmatch';
import type { Rgba8Image } from './srgb.ts';

/** Options of {@link pixelDiff}. */
export interface PixelDiffOptions {
    /** Colour distance from which a pixel differs, 0 to 1. */
    readonly threshold?: number;
    /** Counts antialiased pixels as different, too. */
    readonly includeAntialiasing?: boolean;
    /** Draws the picture of the differences; costs as much again. */
    readonly draw?: boolean;
}

export const PIXEL_DIFF_DEFAULTS: Required<PixelDiffOptions> = Object.freeze({
    threshold: 0.1,
    includeAntialiasing: false,
    draw: true
});

/** What {@link pixelDiff} found. */
export interface PixelDiffResult {
    readonly differentPixels: number;
    /** Of all pixels, 0 to 1. */
    readonly share: number;
    /** Differences in red over the faded reference, antialiased ones in yellow; only if drawn. */
    readonly picture?: Rgba8Image;
}

/** Compares two pictures of one size. Throws `bad-input` when sizes differ. */
export function pixelDiff(reference: Rgba8Image, test: Rgba8Image, options: PixelDiffOptions = {}): PixelDiffResult {
    const { threshold, includeAntialiasing, draw } = { ...PIXEL_DIFF_DEFAULTS, ...options };
    const { widthPx, heightPx } = reference;
    if (!(threshold >= 0 && threshold <= 1)) {
        throw badInput(`threshold is ${threshold}`, 'a number from 0 to 1', 'Leave it out for 0.1');
    }
    if (test.widthPx !== widthPx || test.heightPx !== heightPx) {
        throw badInput(
            `the test picture is ${test.widthPx} x ${test.heightPx} pixels`,
            `${widthPx} x ${heightPx} as the reference`,
            'Render or resize both to one size'
        );
    }
    const sizeBytes = 4 * widthPx * heightPx;
    for (const { data } of [reference, test]) {
        if (data.length !== sizeBytes) {
            throw badInput(`a picture has ${data.length} bytes`, `${sizeBytes}`, 'Pass interleaved RGBA');
        }
    }
    const data = draw ? new Uint8Array(sizeBytes) : undefined;
    const differentPixels = pixelmatch(reference.data, test.data, data, widthPx, heightPx, {
        threshold,
        includeAA: includeAntialiasing
    });
    return {
        differentPixels,
        share: differentPixels / (widthPx * heightPx),
        ...(data ? { picture: { widthPx, heightPx, data } } : {})
    };
}
