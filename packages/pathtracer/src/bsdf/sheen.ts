/**
 * Sheen of cloth: Estevez and Kulla 2017, "Production friendly microfacet sheen BRDF", as KHR_materials_sheen has it. Twin of
 * `shaders/pathtracer/sheen.wgsl`. Directions are drawn evenly from the hemisphere: the lobe is broad and has its peak at
 * grazing angles.
 */
import { normalize, type Vec3 } from '../math/vector.ts';

/** Below this the fit of lambda has no meaning and the lobe reflects more than arrives. */
export const SHEEN_MIN_ALPHA = 0.02;

function curve(x: number, alpha: number): number {
    const t = (1 - alpha) ** 2;
    const mix = (smooth: number, rough: number): number => rough + (smooth - rough) * t;
    const a = mix(25.3245, 21.5473);
    const b = mix(3.32435, 3.82987);
    const c = mix(0.16801, 0.19823);
    const d = mix(-1.27393, -1.9776);
    const e = mix(-4.85967, -4.32054);
    return a / (1 + b * x ** c) + d * x + e;
}

function lambda(cosine: number, alpha: number): number {
    const c = Math.abs(cosine);
    return c < 0.5 ? Math.exp(curve(c, alpha)) : Math.exp(2 * curve(0.5, alpha) - curve(Math.max(1 - c, 1e-6), alpha));
}

/** D V |cos wi| of unit colour; both directions on the upper side. */
export function evaluateSheen(wo: Vec3, wi: Vec3, alpha: number): number {
    const h = normalize([wo[0] + wi[0], wo[1] + wi[1], wo[2] + wi[2]]);
    const sin2 = Math.min(1, Math.max(1 - h[2] * h[2], 1e-12));
    const d = ((2 + 1 / alpha) * sin2 ** (0.5 / alpha)) / (2 * Math.PI);
    return d / ((1 + lambda(wo[2], alpha) + lambda(wi[2], alpha)) * 4 * Math.max(wo[2], 1e-6));
}
