/** What every comparison of two frames checks and shares. */
import { badInput } from '@mixreel/core';
import type { Frame } from './frame.ts';
import { srgbFromLinear } from './srgb.ts';

/** Throws `bad-input` unless both frames have colour and the same size. */
export function checkPair(reference: Frame, test: Frame): void {
    if (reference.widthPx !== test.widthPx || reference.heightPx !== test.heightPx) {
        throw badInput(
            `the test frame is ${test.widthPx} x ${test.heightPx} pixels`,
            `${reference.widthPx} x ${reference.heightPx} as the reference`,
            'Render or resize both to one size'
        );
    }
    reference.layer('color');
    test.layer('color');
}

/** Throws `bad-input` if a sample is NaN: a metric would hide it or spread it. */
export function checkNoNaN(name: string, data: Float32Array): void {
    for (let i = 0; i < data.length; i++) {
        if (Number.isNaN(data[i]!)) throw badInput(`${name} has a NaN at sample ${i}`, 'numbers', 'Mend the renderer');
    }
}

/** Colour as sRGB codes, clamped to 0..1: what a viewer sees, and what PSNR and SSIM are defined on. */
export function codedColor(frame: Frame): Float32Array {
    const color = frame.layer('color');
    const out = new Float32Array(color.length);
    for (let i = 0; i < color.length; i++) {
        const value = color[i]!;
        out[i] = value > 0 ? (value < 1 ? srgbFromLinear(value) : 1) : 0;
    }
    return out;
}
