/**
 * The tracer's BSDF in TypeScript: the slow, plain twin of `shaders/pathtracer/bsdf.wgsl`, function for function, on which the
 * furnace, reciprocity and chi-square tests run. Local frame: z is the shading normal on the side of wo, so wo.z > 0.
 *
 * Walter et al. 2007 (rough glass), Heitz 2014 (masking), Dupuy and Benyoub 2023 (visible normals by spherical caps).
 */
import { add, dot, luminance, mul, normalize, scale, type Vec3 } from '../math/vector.ts';
import type { Material } from '../scene/scene.ts';

/** A material at one point, ready to scatter. Fields as in the WGSL. */
export interface Bsdf {
    readonly diffuse: Vec3;
    readonly alpha: number;
    readonly f0: Vec3;
    readonly f90: number;
    readonly baseF0: number;
    readonly baseF90: number;
    readonly coat: number;
    readonly tint: Vec3;
    readonly glass: number;
    readonly eta: number;
    readonly specular: number;
    readonly conductor: { readonly eta: Vec3; readonly k: Vec3 } | null;
    readonly thin: boolean;
}

/** A sampled direction; pdf 0: none, negative: a perfect mirror or glass. weight = f |cos| / pdf. */
export interface BsdfSample {
    readonly wi: Vec3;
    readonly pdf: number;
    readonly weight: Vec3;
}

/** Below this GGX alpha a specular lobe is perfect. */
export const DELTA_ALPHA = 0.001;

const ZERO: Vec3 = [0, 0, 0];
const ONE: Vec3 = [1, 1, 1];
const NO_SAMPLE: BsdfSample = { wi: ZERO, pdf: 0, weight: ZERO };

/** What {@link makeBsdf} takes: a material's values after its textures. */
export interface BsdfInit {
    readonly kind: Material['kind'];
    readonly baseColor: Vec3;
    readonly metallic: number;
    readonly roughness: number;
    readonly ior: number;
    readonly transmission: number;
    readonly thin: boolean;
    readonly eta: Vec3;
    readonly k: Vec3;
    readonly specularColor: Vec3;
    readonly specular: number;
    readonly nonlinear: boolean;
}

/** Twin of makeBsdf. `front`: wo is on the side that the surface faces; `cosine`: wo.z. */
export function makeBsdf(init: BsdfInit, front: boolean, cosine: number): Bsdf {
    const b = {
        diffuse: ZERO,
        alpha: init.roughness * init.roughness,
        f0: init.specularColor,
        f90: 1,
        baseF0: 0,
        baseF90: 1,
        coat: 0,
        tint: init.baseColor,
        glass: 0,
        eta: front || init.thin ? init.ior : 1 / init.ior,
        specular: 0,
        conductor: null,
        thin: init.thin
    };
    if (init.kind === 'diffuse') return { ...b, diffuse: init.baseColor, alpha: 0 };
    if (init.kind === 'dielectric') return { ...b, glass: 1, specular: 1 };
    if (init.kind === 'conductor') return { ...b, conductor: { eta: init.eta, k: init.k }, specular: 1 };
    if (init.kind === 'plastic') {
        // Light that the coat throws back down meets the base again: a geometric series, of the base's colour if nonlinear.
        const inside = internalReflectance(init.ior);
        const diffuse = init.baseColor.map(
            (c) => c / ((1 - (init.nonlinear ? c : 1) * inside) * init.ior * init.ior)
        ) as unknown as Vec3;
        const coated = { ...b, diffuse, coat: init.ior };
        return { ...coated, specular: specularShare(coated, cosine) };
    }
    const normal = ((init.ior - 1) / (init.ior + 1)) ** 2;
    const dielectric = init.specularColor.map((c) => Math.min(1, normal * c) * init.specular);
    const { metallic } = init;
    const mixed = {
        ...b,
        baseF0: Math.max(...dielectric),
        baseF90: init.specular,
        f0: init.baseColor.map((c, i) => dielectric[i]! * (1 - metallic) + c * metallic) as unknown as Vec3,
        f90: init.specular * (1 - metallic) + metallic,
        diffuse: scale(init.baseColor, 1 - metallic),
        glass: init.transmission * (1 - metallic)
    };
    return { ...mixed, specular: specularShare(mixed, cosine) };
}

function schlick(f0: Vec3, f90: number, cosine: number): Vec3 {
    const m = Math.min(1, Math.max(0, 1 - cosine)) ** 5;
    return [f0[0] + (f90 - f0[0]) * m, f0[1] + (f90 - f0[1]) * m, f0[2] + (f90 - f0[2]) * m];
}

/** Twin of coupling: what a coat leaves of the base under it, in and out. */
function coupling(b: Bsdf, co: number, ci: number): number {
    if (b.coat > 0) return (1 - fresnelDielectric(co, b.coat)) * (1 - fresnelDielectric(ci, b.coat));
    if (b.baseF0 <= 0) return 1;
    const f0: Vec3 = [b.baseF0, b.baseF0, b.baseF0];
    const through = (1 - schlick(f0, b.baseF90, co)[0]) * (1 - schlick(f0, b.baseF90, ci)[0]);
    return through / (1 - (b.baseF0 + (b.baseF90 - b.baseF0) / 21));
}

/**
 * Mean Fresnel reflectance of a dielectric for diffuse light from inside, 0 to 1. The outside mean is integrated (midpoint rule
 * over the squared cosine, below 1e-4 off), the inside one follows from it by conservation of etendue.
 */
export function internalReflectance(ior: number): number {
    const steps = 256;
    let outside = 0;
    for (let i = 0; i < steps; i++) outside += fresnelDielectric(Math.sqrt((i + 0.5) / steps), ior);
    return 1 - (1 - outside / steps) / (ior * ior);
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

function specularFresnel(b: Bsdf, cosine: number): Vec3 {
    const { conductor: c } = b;
    if (c) return mul(b.f0, c.eta.map((eta, i) => fresnelConductor(cosine, eta, c.k[i]!)) as unknown as Vec3);
    return b.coat > 0 ? scale(b.f0, fresnelDielectric(cosine, b.coat)) : schlick(b.f0, b.f90, cosine);
}

function glassFresnel(b: Bsdf, cosine: number): number {
    const r = fresnelDielectric(cosine, b.eta);
    return b.thin ? (2 * r) / (1 + r) : r;
}

export function ggxD(cosine: number, alpha: number): number {
    const a2 = alpha * alpha;
    const d = cosine * cosine * (a2 - 1) + 1;
    return a2 / (Math.PI * d * d);
}

export function ggxG1(cosine: number, alpha: number): number {
    const a2 = alpha * alpha;
    const c = Math.abs(cosine);
    return (2 * c) / (c + Math.sqrt(a2 + (1 - a2) * c * c));
}

function ggxV(co: number, ci: number, alpha: number): number {
    const a2 = alpha * alpha;
    const o = Math.abs(co);
    const i = Math.abs(ci);
    return 0.5 / (i * Math.sqrt(o * o * (1 - a2) + a2) + o * Math.sqrt(i * i * (1 - a2) + a2));
}

/** A visible microfacet normal. */
export function sampleVisibleNormal(wo: Vec3, alpha: number, r0: number, r1: number): Vec3 {
    const w = normalize([wo[0] * alpha, wo[1] * alpha, wo[2]]);
    const phi = 2 * Math.PI * r0;
    const z = (1 - r1) * (1 + w[2]) - w[2];
    const s = Math.sqrt(Math.min(1, Math.max(0, 1 - z * z)));
    const h = add([s * Math.cos(phi), s * Math.sin(phi), z], w);
    return normalize([h[0] * alpha, h[1] * alpha, Math.max(h[2], 1e-7)]);
}

function reflectionPdf(wo: Vec3, h: Vec3, alpha: number): number {
    return (ggxG1(wo[2], alpha) * ggxD(h[2], alpha)) / (4 * wo[2]);
}

/** f |cos wi| and the density of wi, without the perfect lobes. */
export function evaluateBsdf(b: Bsdf, wo: Vec3, wi: Vec3): { f: Vec3; pdf: number } {
    const rough = b.alpha >= DELTA_ALPHA;
    if (wi[2] > 0) return evaluateReflection(b, wo, wi, rough);
    if (!(wi[2] < 0 && b.glass > 0 && rough)) return { f: ZERO, pdf: 0 };
    if (b.thin) {
        const mirrored: Vec3 = [wi[0], wi[1], -wi[2]];
        const h = normalize(add(wo, mirrored));
        const passed = 1 - glassFresnel(b, dot(wo, h));
        const lobe = ggxD(h[2], b.alpha) * ggxV(wo[2], mirrored[2], b.alpha) * mirrored[2];
        return { f: scale(b.tint, b.glass * passed * lobe), pdf: b.glass * passed * reflectionPdf(wo, h, b.alpha) };
    }
    let h = normalize(add(scale(wi, b.eta), wo));
    if (h[2] < 0) h = scale(h, -1);
    const oh = dot(wo, h);
    const ih = dot(wi, h);
    if (!(oh > 0 && ih < 0)) return { f: ZERO, pdf: 0 };
    const passed = 1 - fresnelDielectric(oh, b.eta);
    const root = ih + oh / b.eta;
    const jacobian = Math.abs(ih) / (root * root);
    const d = ggxD(h[2], b.alpha);
    const g = 4 * ggxV(wo[2], wi[2], b.alpha) * Math.abs(wi[2]);
    return {
        f: scale(b.tint, (b.glass * passed * d * g * oh * jacobian) / (b.eta * b.eta)),
        pdf: ((b.glass * passed * ggxG1(wo[2], b.alpha) * d * oh) / wo[2]) * jacobian
    };
}

function evaluateReflection(b: Bsdf, wo: Vec3, wi: Vec3, rough: boolean): { f: Vec3; pdf: number } {
    const h = normalize(add(wo, wi));
    const cosine = dot(wo, h);
    const lobe = rough ? ggxD(h[2], b.alpha) * ggxV(wo[2], wi[2], b.alpha) * wi[2] : 0;
    const lobePdf = rough ? reflectionPdf(wo, h, b.alpha) : 0;
    let f: Vec3 = ZERO;
    let pdf = 0;
    if (b.glass < 1) {
        const diffuse = scale(b.diffuse, (coupling(b, wo[2], wi[2]) * wi[2]) / Math.PI);
        f = scale(add(diffuse, scale(specularFresnel(b, cosine), lobe)), 1 - b.glass);
        pdf = (1 - b.glass) * (((1 - b.specular) * wi[2]) / Math.PI + b.specular * lobePdf);
    }
    if (b.glass > 0 && rough) {
        const reflectance = glassFresnel(b, cosine);
        f = add(f, scale(ONE, b.glass * reflectance * lobe));
        pdf += b.glass * reflectance * lobePdf;
    }
    return { f, pdf };
}

/** Samples a direction: r0 chooses the lobe, r1 and r2 the direction. */
export function sampleBsdf(b: Bsdf, wo: Vec3, r0: number, r1: number, r2: number): BsdfSample {
    const rough = b.alpha >= DELTA_ALPHA;
    let wi: Vec3;
    if (r0 < b.glass) {
        const glass = sampleGlass(b, wo, r0 / b.glass, r1, r2, rough);
        if (glass.pdf <= 0) return glass;
        wi = glass.wi;
    } else {
        const choice = (r0 - b.glass) / (1 - b.glass);
        if (choice < b.specular) {
            if (!rough) {
                const weight = scale(specularFresnel(b, wo[2]), 1 / b.specular);
                return { wi: [-wo[0], -wo[1], wo[2]], pdf: -1, weight };
            }
            const h = sampleVisibleNormal(wo, b.alpha, r1, r2);
            wi = add(scale(h, 2 * dot(wo, h)), scale(wo, -1));
        } else {
            const radius = Math.sqrt(r1);
            const phi = 2 * Math.PI * r2;
            wi = [radius * Math.cos(phi), radius * Math.sin(phi), Math.sqrt(Math.max(1 - r1, 0))];
        }
        if (wi[2] <= 0) return NO_SAMPLE;
    }
    wi = normalize(wi);
    const { f, pdf } = evaluateBsdf(b, wo, wi);
    return pdf > 0 ? { wi, pdf, weight: scale(f, 1 / pdf) } : NO_SAMPLE;
}

/** The direction alone (pdf 1) of rough glass, or the whole sample of smooth glass. */
function sampleGlass(b: Bsdf, wo: Vec3, choice: number, r1: number, r2: number, rough: boolean): BsdfSample {
    const h: Vec3 = rough ? sampleVisibleNormal(wo, b.alpha, r1, r2) : [0, 0, 1];
    const cosine = dot(wo, h);
    if (cosine <= 0) return NO_SAMPLE;
    const reflected = choice < glassFresnel(b, cosine);
    let wi: Vec3;
    if (reflected || b.thin) {
        wi = add(scale(h, 2 * cosine), scale(wo, -1));
        if (wi[2] <= 0) return NO_SAMPLE;
        if (!reflected) wi = [wi[0], wi[1], -wi[2]];
    } else {
        const sin2 = (1 - cosine * cosine) / (b.eta * b.eta);
        if (sin2 >= 1) return NO_SAMPLE;
        wi = add(scale(wo, -1 / b.eta), scale(h, cosine / b.eta - Math.sqrt(1 - sin2)));
        if (wi[2] >= 0) return NO_SAMPLE;
    }
    if (rough) return { wi, pdf: 1, weight: ONE };
    const passed = b.thin ? b.tint : scale(b.tint, 1 / (b.eta * b.eta));
    return { wi, pdf: -1, weight: reflected ? ONE : passed };
}

/** Probability of the specular lobe among the opaque ones: its share of the albedo seen from wo. */
function specularShare(b: Bsdf, cosine: number): number {
    const s = luminance(specularFresnel(b, cosine));
    const d = luminance(b.diffuse) * (b.baseF0 > 0 || b.coat > 0 ? 1 - s : 1);
    if (d <= 0) return 1;
    if (s <= 0) return 0;
    return Math.min(0.95, Math.max(0.05, s / (s + d)));
}
