/**
 * Microfacet distributions, isotropic or stretched along the axes of the frame. Twin of `shaders/pathtracer/microfacet.wgsl`.
 *
 * GGX: Walter et al. 2007; stretched and height-correlated: Heitz 2014; visible normals by spherical caps: Dupuy and Benyoub
 * 2023. Beckmann, for materials of other renderers: masking by Walter's rational approximation; normals are drawn by D, not by
 * visibility (the inverse would take an error function's), so that weights are larger at grazing angles.
 */
import { add, dot, normalize, type Vec3 } from '../math/vector.ts';

/** Roughness of a lobe. */
export interface Facets {
    /** Along x and y, 0 to 1. */
    readonly alpha: readonly [number, number];
    readonly beckmann: boolean;
}

/** Below this alpha a specular lobe is perfect. */
export const DELTA_ALPHA = 0.001;

export function isRough(f: Facets): boolean {
    return Math.max(f.alpha[0], f.alpha[1]) >= DELTA_ALPHA;
}

/** Density of normals: its integral over the hemisphere times the cosine is 1. */
export function facetD(f: Facets, h: Vec3): number {
    const [ax, ay] = f.alpha;
    if (f.beckmann) {
        const c2 = Math.max(h[2] * h[2], 1e-8);
        const slope = ((h[0] / ax) ** 2 + (h[1] / ay) ** 2) / c2;
        return Math.exp(-slope) / (Math.PI * ax * ay * c2 * c2);
    }
    const d = (h[0] / ax) ** 2 + (h[1] / ay) ** 2 + h[2] * h[2];
    return 1 / (Math.PI * ax * ay * d * d);
}

function stretchedLength(f: Facets, v: Vec3): number {
    return Math.sqrt((f.alpha[0] * v[0]) ** 2 + (f.alpha[1] * v[1]) ** 2 + v[2] * v[2]);
}

/** Smith's lambda of Beckmann, Walter et al. 2007. */
function beckmannLambda(f: Facets, v: Vec3): number {
    const a = Math.abs(v[2]) / Math.max(Math.hypot(f.alpha[0] * v[0], f.alpha[1] * v[1]), 1e-9);
    return a < 1.6 ? (1 - 1.259 * a + 0.396 * a * a) / (3.535 * a + 2.181 * a * a) : 0;
}

/** Height-correlated masking and shadowing over 4 |o.z| |i.z|. */
export function facetV(f: Facets, o: Vec3, i: Vec3): number {
    const [co, ci] = [Math.abs(o[2]), Math.abs(i[2])];
    if (f.beckmann) return 0.25 / (co * ci * (1 + beckmannLambda(f, o) + beckmannLambda(f, i)));
    return 0.5 / (ci * stretchedLength(f, o) + co * stretchedLength(f, i));
}

/** Density of h by {@link sampleFacet}. */
export function facetPdf(f: Facets, wo: Vec3, h: Vec3): number {
    if (f.beckmann) return facetD(f, h) * h[2];
    return (facetD(f, h) * Math.max(0, dot(wo, h)) * 2) / (wo[2] + stretchedLength(f, wo));
}

/** A microfacet normal to reflect or refract at. */
export function sampleFacet(f: Facets, wo: Vec3, r0: number, r1: number): Vec3 {
    const phi = 2 * Math.PI * r0;
    const [ax, ay] = f.alpha;
    if (f.beckmann) {
        const radius = Math.sqrt(-Math.log(1 - r1));
        return normalize([-ax * radius * Math.cos(phi), -ay * radius * Math.sin(phi), 1]);
    }
    const w = normalize([wo[0] * ax, wo[1] * ay, wo[2]]);
    const z = (1 - r1) * (1 + w[2]) - w[2];
    const s = Math.sqrt(Math.min(1, Math.max(0, 1 - z * z)));
    const h = add([s * Math.cos(phi), s * Math.sin(phi), z], w);
    return normalize([h[0] * ax, h[1] * ay, Math.max(h[2], 1e-7)]);
}
