/**
 * The codec's own picture: 8-bit sRGB (IEC 61966-2-1) with alpha if there is any, and the way from and to a linear {@link Frame}.
 *
 * Linear light is clipped to 0..1 and rounded to the nearest of 256 sRGB codes by comparison with the 255 thresholds between them, so no
 * power function runs per sample. Back, each code is its exact linear value in float32.
 */
import { badInput } from '@mixreel/core';
import { Frame, type View } from '@mixreel/image';

/** Rows top to bottom, planar; `rgb` is all of R, then G, then B. */
export interface Picture {
    /** 1 to 8192. */
    readonly widthPx: number;
    /** 1 to 8192. */
    readonly heightPx: number;
    readonly rgb: Uint8Array;
    /** Coverage 0..255, or null: opaque. */
    readonly alpha: Uint8Array | null;
}

/** Longest side that the format can hold. */
export const LARGEST_SIDE_PX = 8192;

/** Linear value of each sRGB code. */
const LINEAR_OF_CODE: Float32Array = Float32Array.from({ length: 256 }, (_, code) => linearOfSrgb(code / 255));
/** LINEAR_THRESHOLDS[c]: the linear value from which code c + 1 is nearer than c. */
const THRESHOLDS: Float64Array = Float64Array.from({ length: 256 }, (_, code) =>
    code === 255 ? Number.POSITIVE_INFINITY : linearOfSrgb((code + 0.5) / 255)
);
/** First guess of the code by the linear value in 1/4096. */
const GUESS: Uint8Array = Uint8Array.from({ length: 4097 }, (_, i) => {
    let code = 0;
    while (i / 4096 >= THRESHOLDS[code]!) code++;
    return code;
});

function linearOfSrgb(value: number): number {
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** The nearest sRGB code 0..255 of a linear value; NaN becomes 0. */
export function codeOfLinear(linear: number): number {
    if (!(linear > 0)) return 0;
    if (linear >= 1) return 255;
    let code = GUESS[Math.floor(linear * 4096)]!;
    while (linear >= THRESHOLDS[code]!) code++;
    return code;
}

/**
 * Colour and alpha of a frame as sRGB bytes. Light above 1 is clipped: expose or tone-map before if the frame has any.
 *
 * @returns The picture, and the share of samples (0 to 1) that were clipped.
 */
export function pictureFromFrame(frame: Frame): { picture: Picture; clippedShare: number } {
    const { widthPx, heightPx } = frame;
    if (Math.max(widthPx, heightPx) > LARGEST_SIDE_PX) {
        throw badInput(
            `the frame is ${widthPx} x ${heightPx} pixels`,
            `at most ${LARGEST_SIDE_PX} a side`,
            'Scale it down or cut it into parts before encoding'
        );
    }
    const color = frame.layer('color');
    const rgb = new Uint8Array(color.length);
    let clipped = 0;
    for (let i = 0; i < color.length; i++) {
        const value = color[i]!;
        // One code above white is rounding, not clipping.
        if (value > 1.005) clipped++;
        rgb[i] = codeOfLinear(value);
    }
    const alpha = frame.has('alpha') ? alphaBytes(frame.layer('alpha')) : null;
    return { picture: { widthPx, heightPx, rgb, alpha }, clippedShare: clipped / color.length };
}

/** Null if every sample is opaque. */
function alphaBytes(layer: Float32Array): Uint8Array | null {
    const bytes = Uint8Array.from(layer, (a) => (a > 0 ? Math.round(Math.min(1, a) * 255) : 0));
    return bytes.every((a) => a === 255) ? null : bytes;
}

/** A frame with the layers `color` (linear) and, if the picture has it, `alpha`. */
export function frameFromPicture(picture: Picture, view: View, timeNs: number): Frame {
    const color = new Float32Array(picture.rgb.length);
    for (let i = 0; i < color.length; i++) color[i] = LINEAR_OF_CODE[picture.rgb[i]!]!;
    const alpha = picture.alpha ? Float32Array.from(picture.alpha, (a) => a / 255) : null;
    return new Frame({
        widthPx: picture.widthPx,
        heightPx: picture.heightPx,
        layers: alpha ? { color, alpha } : { color },
        view,
        timeNs
    });
}
