/**
 * Glass: microfacets that reflect and refract (Walter et al. 2007), thin sheets, a film on the outside, and dispersion. Twin of
 * `shaders/pathtracer/glass.wgsl`.
 *
 * Dispersion (KHR_materials_dispersion) gives red, green and blue an index each. One channel is drawn by its share of the path's
 * throughput ("hue"), and densities are summed over all three, so that multiple importance sampling stays right: a path that
 * has refracted through smooth glass once carries one channel, and draws that one from then on.
 */
import { add, dot, normalize, scale, type Vec3 } from '../math/vector.ts';
import type { Bsdf, BsdfSample, Hue } from './bsdf.ts';
import { fresnelDielectric } from './fresnel.ts';
import { facetD, facetPdf, facetV, isRough, sampleFacet } from './microfacet.ts';
import { thinFilm } from './thin-film.ts';

const NO_SAMPLE: BsdfSample = { wi: [0, 0, 0], pdf: 0, weight: [0, 0, 0] };

/** Index behind over index before, of one channel. */
function etaOf(b: Bsdf, channel: number): number {
    const ior = (b.inside ? 1 / b.eta : b.eta) + (channel - 1) * b.spread;
    return b.inside ? 1 / ior : ior;
}

/** Reflectance of one facet, each channel. */
export function glassReflectance(b: Bsdf, cosine: number): Vec3 {
    let out = [0, 1, 2].map((c) => fresnelDielectric(cosine, etaOf(b, c))) as unknown as Vec3;
    const normal = ((b.eta - 1) / (b.eta + 1)) ** 2;
    let f0: Vec3 = [normal, normal, normal];
    if (b.weighted) {
        // Along the true curve; total reflection stays total.
        const { f0: least, f90 } = b.weighted;
        out = out.map((r, i) => {
            const climb = (r - normal) / (1 - normal);
            return r >= 1 ? r : least[i]! + (f90 - least[i]!) * climb;
        }) as unknown as Vec3;
        f0 = least;
    }
    if (b.film && b.film.weight > 0) {
        // A stack without loss passes as much either way: from inside, look at it from the refracted direction outside.
        const sin2 = (1 - cosine * cosine) / (b.eta * b.eta);
        const outside = b.inside ? Math.sqrt(Math.max(0, 1 - sin2)) : cosine;
        const film = sin2 >= 1 ? ([1, 1, 1] as Vec3) : thinFilm(outside, b.film.ior, b.film.thicknessNm, f0);
        const w = b.film.weight;
        out = out.map((r, i) => r * (1 - w) + film[i]! * w) as unknown as Vec3;
    }
    // Between the two faces of a sheet: R + T R T + ... = 2R / (1 + R).
    return b.thin ? (out.map((r) => (2 * r) / (1 + r)) as unknown as Vec3) : out;
}

/** How likely a facet's reflection is chosen; colours are chosen by one number. */
function choice(b: Bsdf, reflectance: Vec3, hue: Hue): number {
    return b.spread > 0 ? dot(reflectance, hue) : dot(reflectance, [1 / 3, 1 / 3, 1 / 3]);
}

/** f |cos wi| and density of glass of weight 1, wi below the surface. */
export function evaluateGlassBelow(b: Bsdf, wo: Vec3, wi: Vec3, hue: Hue): { f: Vec3; pdf: number } {
    if (b.thin) {
        const mirrored: Vec3 = [wi[0], wi[1], -wi[2]];
        const h = normalize(add(wo, mirrored));
        const reflectance = glassReflectance(b, dot(wo, h));
        const lobe = facetD(b.facets, h) * facetV(b.facets, wo, mirrored) * mirrored[2];
        const f = b.tint.map((t, i) => t * (1 - reflectance[i]!) * lobe) as unknown as Vec3;
        const passed = 1 - choice(b, reflectance, hue);
        return { f, pdf: (passed * facetPdf(b.facets, wo, h)) / (4 * dot(wo, h)) };
    }
    if (b.spread === 0) {
        const one = refraction(b, wo, wi, b.eta);
        const reflectance = one.cosine > 0 ? glassReflectance(b, one.cosine) : ([1, 1, 1] as Vec3);
        const f = b.tint.map((t, i) => t * (1 - reflectance[i]!) * one.f) as unknown as Vec3;
        return { f, pdf: (1 - choice(b, reflectance, hue)) * one.pdf };
    }
    const f = [0, 0, 0];
    let pdf = 0;
    for (let c = 0; c < 3; c++) {
        const one = refraction(b, wo, wi, etaOf(b, c));
        if (!(one.cosine > 0)) continue;
        const passed = 1 - glassReflectance(b, one.cosine)[c]!;
        f[c] = b.tint[c]! * passed * one.f;
        pdf += hue[c]! * passed * one.pdf;
    }
    return { f: f as unknown as Vec3, pdf };
}

/** Refraction by facets that let everything through: f |cos wi|, density, and the facet's cosine to wo (0: impossible). */
function refraction(b: Bsdf, wo: Vec3, wi: Vec3, eta: number): { f: number; pdf: number; cosine: number } {
    let h = normalize(add(scale(wi, eta), wo));
    if (h[2] < 0) h = scale(h, -1);
    const oh = dot(wo, h);
    const ih = dot(wi, h);
    if (!(oh > 0 && ih < 0)) return { f: 0, pdf: 0, cosine: 0 };
    const root = ih + oh / eta;
    const jacobian = Math.abs(ih) / (root * root);
    // facetV holds 1 / (4 wo.z wi.z); the cosine of wi cancels with f * |cos|. 1 / eta^2: radiance, not power.
    const g = 4 * facetV(b.facets, wo, wi) * Math.abs(wi[2]);
    return {
        f: (facetD(b.facets, h) * g * oh * jacobian) / (eta * eta),
        pdf: facetPdf(b.facets, wo, h) * jacobian,
        cosine: oh
    };
}

/** f |cos wi| and density of the reflection by glass, given the bare lobe's. */
export function evaluateGlassAbove(
    b: Bsdf,
    cosine: number,
    lobe: number,
    lobePdf: number,
    hue: Hue
): { f: Vec3; pdf: number } {
    const reflectance = glassReflectance(b, cosine);
    return { f: scale(reflectance, lobe), pdf: choice(b, reflectance, hue) * lobePdf };
}

/** The direction alone (pdf 1) of rough glass, or the whole sample of smooth glass. u is in [0, 1). */
export function sampleGlass(b: Bsdf, wo: Vec3, u: number, r1: number, r2: number, hue: Hue): BsdfSample {
    const rough = isRough(b.facets);
    const h: Vec3 = rough ? sampleFacet(b.facets, wo, r1, r2) : [0, 0, 1];
    const cosine = dot(wo, h);
    if (cosine <= 0) return NO_SAMPLE;
    const reflectance = glassReflectance(b, cosine);
    // The channel that refracts, and what is left of u.
    let [channel, left] = [1, u];
    if (b.spread > 0) {
        channel = u < hue[0] ? 0 : u < hue[0] + hue[1] ? 1 : 2;
        const before = channel === 0 ? 0 : channel === 1 ? hue[0] : hue[0] + hue[1];
        left = (u - before) / Math.max(hue[channel]!, 1e-6);
    }
    const mean = b.spread > 0 ? reflectance[channel]! : choice(b, reflectance, hue);
    const reflected = left < mean;
    let wi: Vec3;
    if (reflected || b.thin) {
        wi = add(scale(h, 2 * cosine), scale(wo, -1));
        if (wi[2] <= 0) return NO_SAMPLE;
        if (!reflected) wi = [wi[0], wi[1], -wi[2]];
    } else {
        const eta = etaOf(b, channel);
        const sin2 = (1 - cosine * cosine) / (eta * eta);
        if (sin2 >= 1) return NO_SAMPLE;
        wi = add(scale(wo, -1 / eta), scale(h, cosine / eta - Math.sqrt(1 - sin2)));
        if (wi[2] >= 0) return NO_SAMPLE;
    }
    if (rough) return { wi, pdf: 1, weight: [1, 1, 1] };
    const all = choice(b, reflectance, hue);
    if (reflected) return { wi, pdf: -1, weight: scale(reflectance, 1 / all) };
    if (b.spread > 0) {
        // This direction is this channel's alone.
        const weight = [0, 0, 0];
        weight[channel] = b.tint[channel]! / (hue[channel]! * etaOf(b, channel) ** 2);
        return { wi, pdf: -1, weight: weight as unknown as Vec3 };
    }
    const bend = b.thin ? 1 : 1 / (b.eta * b.eta);
    const weight = b.tint.map((t, i) => (t * bend * (1 - reflectance[i]!)) / (1 - all)) as unknown as Vec3;
    return { wi, pdf: -1, weight };
}
