/**
 * Iridescence: reflectance of a dielectric film on a dielectric or metal. Twin of `shaders/pathtracer/thin_film.wgsl`.
 *
 * Belcour and Barla 2017, "A practical extension to microfacet theory for the modeling of varying iridescence", in the form of
 * KHR_materials_iridescence: Schlick's Fresnel at both interfaces, the spectral integral by Gaussians in Fourier space, two
 * orders of interference. Clamped to 1, which the projection to Rec.709 can pass.
 */
import type { Vec3 } from '../math/vector.ts';

const SENSITIVITY = [5.4856e-13, 4.4201e-13, 5.2481e-13] as const;
const POSITION = [1.681e6, 1.7953e6, 2.2084e6] as const;
const VARIANCE = [4.3278e9, 9.3046e9, 6.6121e9] as const;

/** Linear Rec.709 response to an optical path difference, nm. */
function sensitivity(pathDifferenceNm: number, shift: Vec3): Vec3 {
    const phase = 2 * Math.PI * pathDifferenceNm * 1e-9;
    const wave = (value: number, position: number, variance: number, s: number): number =>
        value *
        Math.sqrt(2 * Math.PI * variance) *
        Math.cos(position * phase + s) *
        Math.exp(-phase * phase * variance);
    const [x, y, z] = [0, 1, 2].map((i) => wave(SENSITIVITY[i]!, POSITION[i]!, VARIANCE[i]!, shift[i]!)) as [
        number,
        number,
        number
    ];
    const red = (x + wave(9.747e-14, 2.2399e6, 4.5282e9, shift[0])) / 1.0685e-7;
    const [g, b] = [y / 1.0685e-7, z / 1.0685e-7];
    return [
        3.2404542 * red - 1.5371385 * g - 0.4985314 * b,
        -0.969266 * red + 1.8760108 * g + 0.041556 * b,
        0.0556434 * red - 0.2040259 * g + 1.0572252 * b
    ];
}

function f0Of(behind: number, before: number): number {
    return ((behind - before) / (behind + before)) ** 2;
}

/** Reflectance of the film from air. `f0`: of the base under it, without the film; thickness in nm. */
export function thinFilm(cosine: number, filmIor: number, thicknessNm: number, f0: Vec3): Vec3 {
    const t = Math.min(1, Math.max(0, thicknessNm / 0.03));
    // No film, no change: the index fades to that of air.
    const ior = 1 + (filmIor - 1) * t * t * (3 - 2 * t);
    const cos2 = 1 - (1 - cosine * cosine) / (ior * ior);
    if (cos2 < 0) return [1, 1, 1];
    const inside = Math.sqrt(cos2);
    const schlick = (r: number, c: number): number => r + (1 - r) * Math.min(1, Math.max(0, 1 - c)) ** 5;
    const r12 = schlick(f0Of(ior, 1), cosine);
    const t121 = 1 - r12;
    const phase21 = ior < 1 ? 0 : Math.PI;
    const base = f0.map((f) => {
        const root = Math.sqrt(Math.min(0.9999, Math.max(0, f)));
        return (1 + root) / (1 - root);
    });
    const r23 = base.map((n) => schlick(f0Of(n, ior), inside));
    const phase = base.map((n) => phase21 + (n < ior ? Math.PI : 0));
    const r123 = r23.map((r) => Math.min(0.9999, Math.max(1e-5, r12 * r)));
    const rs = r23.map((r, i) => (t121 * t121 * r) / (1 - r123[i]!));
    const out = rs.map((r) => r12 + r);
    for (let m = 1; m <= 2; m++) {
        const s = sensitivity(m * 2 * ior * thicknessNm * inside, phase.map((p) => m * p) as unknown as Vec3);
        for (let i = 0; i < 3; i++) out[i]! += (rs[i]! - t121) * Math.sqrt(r123[i]!) ** m * 2 * s[i]!;
    }
    return out.map((v) => Math.min(1, Math.max(0, v))) as unknown as Vec3;
}
