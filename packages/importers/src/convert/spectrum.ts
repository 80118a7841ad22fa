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

/** Lobes of a colour matching function: height, middle, and widths below and above it, nm. */
type Lobe = readonly [height: number, middle: number, below: number, above: number];

/** The CIE 1931 observer, fitted by Wyman, Sloan and Shirley (JCGT 2013, table 1): within 0.02 of the peak. */
const OBSERVER: readonly (readonly Lobe[])[] = [
    [
        [1.056, 599.8, 37.9, 31],
        [0.362, 442, 16, 26.7],
        [-0.065, 501.1, 20.4, 26.2]
    ],
    [
        [0.821, 568.8, 46.9, 40.5],
        [0.286, 530.9, 16.3, 31.1]
    ],
    [
        [1.217, 437, 11.8, 36],
        [0.681, 459, 26, 13.8]
    ]
];

/**
 * What a spectrum of light looks like: linear sRGB, in which a spectrum of 1 at every wavelength has a luminance of 1 (as pbrt v3's
 * and Mitsuba 0.5's conversions have it). Colours outside sRGB are clipped at 0.
 *
 * @param radiance - At a wavelength in nm.
 */
export function colorOfLight(radiance: (nm: number) => number): Vec3 {
    const xyz = [0, 0, 0];
    let whole = 0;
    for (let nm = 360; nm <= 830; nm += 5) {
        const value = radiance(nm);
        for (let i = 0; i < 3; i++) {
            const seen = OBSERVER[i]!.reduce(
                (sum, [height, middle, below, above]) =>
                    sum + height * Math.exp(-0.5 * ((nm - middle) / (nm < middle ? below : above)) ** 2),
                0
            );
            xyz[i]! += value * seen;
            if (i === 1) whole += seen;
        }
    }
    return linearSrgb(xyz[0]! / whole, xyz[1]! / whole, xyz[2]! / whole).map((c) => Math.max(0, c)) as unknown as Vec3;
}

/** CIE XYZ as linear sRGB (IEC 61966-2-1). */
export const linearSrgb = (x: number, y: number, z: number): Vec3 => [
    3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
    -0.969266 * x + 1.8760108 * y + 0.041556 * z,
    0.0556434 * x - 0.2040259 * y + 1.0572252 * z
];

/** Planck's law, W/(m^2 sr nm). */
function planck(kelvin: number, nm: number): number {
    const metres = nm * 1e-9;
    return (1e-9 * 1.191042972e-16 * metres ** -5) / (Math.exp(0.014387769 / (metres * kelvin)) - 1);
}

/** The colour of a black body's radiance, W/(m^2 sr nm), times `scale`: what Mitsuba's emitters of a temperature send out. */
export const blackbodyRadiance = (kelvin: number, scale: number): Vec3 =>
    colorOfLight((nm) => scale * planck(kelvin, nm));

/** The colour with that luminance; black stays black. */
export function withLuminance(color: Vec3, luminance: number): Vec3 {
    const own = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2];
    return own > 0 ? (color.map((c) => (c * luminance) / own) as unknown as Vec3) : color;
}

/** The colour of a black body whose strongest wavelength has `scale` (Wien's law says which), as pbrt v3 scales them. */
export function blackbody(kelvin: number, scale: number): Vec3 {
    const warm = Math.max(500, kelvin);
    const peak = planck(warm, 2.8977721e6 / warm);
    return colorOfLight((nm) => (scale * planck(warm, nm)) / peak);
}
