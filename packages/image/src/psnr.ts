/**
 * Peak signal-to-noise ratio over all three channels, in dB: 10 log10(1 / MSE). On sRGB codes by default, as codecs report
 * it; on linear colour with a given peak where light is compared.
 */
import { badInput } from '@mixreel/core';
import type { Frame } from './frame.ts';
import { checkPair, codedColor } from './metric-input.ts';

/** Options of {@link psnr}. */
export interface PsnrOptions {
    /** `srgb`: clamped sRGB codes with peak 1; `linear`: colour as it is. */
    readonly on?: 'srgb' | 'linear';
    /** Peak value for `linear`, above 0. */
    readonly peak?: number;
}

export const PSNR_DEFAULTS: Required<PsnrOptions> = Object.freeze({ on: 'srgb', peak: 1 });

/** dB; Infinity for equal pictures. */
export function psnr(reference: Frame, test: Frame, options: PsnrOptions = {}): number {
    checkPair(reference, test);
    const { on, peak } = { ...PSNR_DEFAULTS, ...options };
    if (!(peak > 0 && Number.isFinite(peak))) {
        throw badInput(`peak is ${peak}`, 'a number above 0', 'Leave it out for 1');
    }
    const [a, b] =
        on === 'srgb' ? [codedColor(reference), codedColor(test)] : [reference.layer('color'), test.layer('color')];
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    const top = on === 'srgb' ? 1 : peak;
    return 10 * Math.log10((top * top * a.length) / sum);
}
