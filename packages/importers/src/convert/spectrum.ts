/** Spectra as three numbers, for scenes that give no colours. Coarse by design: every use goes to the report. */
import type { Vec3 } from './mat4.ts';

/** Linear interpolation in pairs of wavelength and value. */
export function sampled(pairs: ArrayLike<number>, nm: number): number {
    const n = pairs.length / 2;
    if (nm <= pairs[0]!) return pairs[1]!;
    for (let i = 1; i < n; i++) {
        const [x0, y0, x1, y1] = [pairs[2 * i - 2]!, pairs[2 * i - 1]!, pairs[2 * i]!, pairs[2 * i + 1]!];
        if (nm <= x1) return x1 > x0 ? y0 + ((y1 - y0) * (nm - x0)) / (x1 - x0) : y1;
    }
    return pairs[2 * n - 1]!;
}

const WAVELENGTHS_NM = [610, 550, 465] as const;

/** Planck's law, W/(m^2 sr nm): what Mitsuba's emitters of a temperature send out. */
export function blackbodyRadiance(kelvin: number, scale: number): Vec3 {
    const at = (nm: number) => {
        const metres = nm * 1e-9;
        return (scale * 1e-9 * 1.191042972e-16 * metres ** -5) / (Math.exp(0.014387769 / (metres * kelvin)) - 1);
    };
    return WAVELENGTHS_NM.map(at) as unknown as Vec3;
}

/** The colour with that luminance; black stays black. */
export function withLuminance(color: Vec3, luminance: number): Vec3 {
    const own = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2];
    return own > 0 ? (color.map((c) => (c * luminance) / own) as unknown as Vec3) : color;
}

/** Planck's law at 610, 550 and 465 nm, scaled so that the largest is `scale`. */
export function blackbody(kelvin: number, scale: number): Vec3 {
    const at = (nm: number) => (nm * 1e-9) ** -5 / (Math.exp(0.014387769 / (nm * 1e-9 * Math.max(500, kelvin))) - 1);
    const rgb = WAVELENGTHS_NM.map(at);
    const peak = Math.max(...rgb);
    return rgb.map((value) => (scale * value) / peak) as unknown as Vec3;
}
