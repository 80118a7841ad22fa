/** Fresnel reflectances. Twin of `shaders/pathtracer/fresnel.wgsl`. Cosines are those of the microfacet. */
import type { Vec3 } from '../math/vector.ts';

/** Schlick 1994. */
export function schlick(f0: Vec3, f90: number, cosine: number): Vec3 {
    const m = Math.min(1, Math.max(0, 1 - cosine)) ** 5;
    return [f0[0] + (f90 - f0[0]) * m, f0[1] + (f90 - f0[1]) * m, f0[2] + (f90 - f0[2]) * m];
}

/** Fresnel reflectance of a dielectric; eta: index behind over index before. */
export function fresnelDielectric(cosine: number, eta: number): number {
    const sin2 = (1 - cosine * cosine) / (eta * eta);
    if (sin2 >= 1) return 1;
    const c = Math.sqrt(1 - sin2);
    const parallel = (eta * cosine - c) / (eta * cosine + c);
    const perpendicular = (cosine - eta * c) / (cosine + eta * c);
    return 0.5 * (parallel * parallel + perpendicular * perpendicular);
}

/** Fresnel reflectance of a conductor, one wavelength. */
export function fresnelConductor(cosine: number, eta: number, k: number): number {
    const c2 = cosine * cosine;
    const s2 = 1 - c2;
    const t0 = eta * eta - k * k - s2;
    const a2b2 = Math.sqrt(t0 * t0 + 4 * eta * eta * k * k);
    const t1 = a2b2 + c2;
    const a = Math.sqrt(Math.max(0.5 * (a2b2 + t0), 0));
    const t2 = 2 * cosine * a;
    const rs = (t1 - t2) / (t1 + t2);
    const t3 = c2 * a2b2 + s2 * s2;
    const t4 = t2 * s2;
    return 0.5 * (rs + (rs * (t3 - t4)) / (t3 + t4));
}

/** Mean of a reflectance over the hemisphere, weighted by the cosine: midpoint rule over the squared cosine, below 1e-4 off. */
export function meanReflectance(reflectance: (cosine: number) => number): number {
    const steps = 256;
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += reflectance(Math.sqrt((i + 0.5) / steps));
    return sum / steps;
}

/**
 * Mean Fresnel reflectance of a dielectric for diffuse light from inside, 0 to 1. The outside mean is integrated, the inside one
 * follows from it by conservation of etendue.
 */
export function internalReflectance(ior: number): number {
    return 1 - (1 - meanReflectance((cosine) => fresnelDielectric(cosine, ior))) / (ior * ior);
}
