/**
 * sRGB (IEC 61966-2-1) transfer and 8-bit pictures of frames. Quantisation rounds to nearest; decoding a code and coding it
 * again gives the same code for all 256. Cost: a table look-up per sample on the way in, one power per sample on the way out.
 */
import { badInput } from '@mixreel/core';
import { Frame } from './frame.ts';

/** An 8-bit picture: interleaved RGBA, sRGB-coded, straight alpha, rows top to bottom. */
export interface Rgba8Image {
    readonly widthPx: number;
    readonly heightPx: number;
    /** `4 * widthPx * heightPx` bytes. */
    readonly data: Uint8Array;
}

/** sRGB code 0..1 to linear 0..1; continues as a power above 1 and mirrors below 0. */
export function linearFromSrgb(code: number): number {
    const c = Math.abs(code);
    const linear = c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return code < 0 ? -linear : linear;
}

/** Linear 0..1 to sRGB code 0..1; continues as a power above 1 and mirrors below 0. */
export function srgbFromLinear(linear: number): number {
    const c = Math.abs(linear);
    const code = c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055;
    return linear < 0 ? -code : code;
}

let table: Float32Array | undefined;

/** Linear values of the 256 codes. */
export function srgbTable(): Float32Array {
    return (table ??= Float32Array.from({ length: 256 }, (_, code) => linearFromSrgb(code / 255)));
}

/** 0..1 to 0..255, rounded to nearest and clamped; NaN becomes 0. */
export function quantize8(value: number): number {
    return value > 0 ? (value < 1 ? Math.floor(value * 255 + 0.5) : 255) : 0;
}

/**
 * The colour (and alpha) of a frame as sRGB bytes. No tone mapping: values above 1 clip; see `toneMap` for that.
 */
export function rgba8FromFrame(frame: Frame): Rgba8Image {
    const { widthPx, heightPx } = frame;
    const pixels = widthPx * heightPx;
    const color = frame.layer('color');
    const alpha = frame.layers.get('alpha');
    const data = new Uint8Array(4 * pixels);
    for (let i = 0; i < pixels; i++) {
        data[4 * i] = quantize8(srgbFromLinear(color[i]!));
        data[4 * i + 1] = quantize8(srgbFromLinear(color[pixels + i]!));
        data[4 * i + 2] = quantize8(srgbFromLinear(color[2 * pixels + i]!));
        data[4 * i + 3] = alpha ? quantize8(alpha[i]!) : 255;
    }
    return { widthPx, heightPx, data };
}

/** sRGB bytes as a frame with the layers color and, if any pixel is not opaque, alpha. */
export function frameFromRgba8(image: Rgba8Image): Frame {
    const { widthPx, heightPx, data } = image;
    const pixels = widthPx * heightPx;
    if (data.length !== 4 * pixels) {
        throw badInput(`the picture has ${data.length} bytes`, `4 x ${widthPx} x ${heightPx}`, 'Pass interleaved RGBA');
    }
    const linear = srgbTable();
    const color = new Float32Array(3 * pixels);
    const alpha = new Float32Array(pixels);
    let opaque = true;
    for (let i = 0; i < pixels; i++) {
        for (let c = 0; c < 3; c++) color[c * pixels + i] = linear[data[4 * i + c]!]!;
        const a = data[4 * i + 3]!;
        if (a !== 255) opaque = false;
        alpha[i] = a / 255;
    }
    return new Frame({ widthPx, heightPx, layers: opaque ? { color } : { color, alpha } });
}
