/**
 * The tracer's BSDF in TypeScript: the slow, plain twin of `shaders/pathtracer/bsdf.wgsl`, function for function, on which the
 * furnace, reciprocity and chi-square tests run. Local frame: z is the shading normal on the side of wo, so wo.z > 0; x is the
 * direction in which an anisotropic material is stretched.
 *
 * One base for every material, a mixture of a diffuse lobe (which may let light through), a microfacet reflection and glass,
 * with layers over it. Lobes: `microfacet.ts`, `glass.ts`, `layers.ts`; made from a material's values by `make-bsdf.ts`.
 */
import { add, dot, luminance, mul, normalize, scale, type Vec3 } from '../math/vector.ts';
import { ggxAlbedo, meanAlbedo } from './albedo.ts';
import { fresnelConductor, fresnelDielectric, schlick } from './fresnel.ts';
import { evaluateGlassAbove, evaluateGlassBelow, sampleGlass } from './glass.ts';
import { evaluateLayers, type Layers, layerTransmittance, sampleLayer } from './layers.ts';
import { type Facets, facetD, facetPdf, facetV, isRough, sampleFacet } from './microfacet.ts';
import { thinFilm } from './thin-film.ts';

/** A path's throughput over the sum of its channels: what dispersion chooses a channel by. */
export type Hue = Vec3;

/** A material at one point, ready to scatter. Fields as in the WGSL. */
export interface Bsdf {
    readonly facets: Facets;
    /** Reflectance and transmittance of the matte part. */
    readonly diffuse: Vec3;
    readonly through: Vec3;
    readonly f0: Vec3;
    readonly f90: number;
    /** Of the dielectric over the matte part; 0: bare. */
    readonly baseF0: number;
    readonly baseF90: number;
    /** Index of plastic's coat; 0: no plastic. */
    readonly coat: number;
    readonly tint: Vec3;
    readonly glass: number;
    readonly eta: number;
    /** True if wo is in the material. */
    readonly inside: boolean;
    /** Half of the difference of index between red and blue; 0: no dispersion. */
    readonly spread: number;
    /** Glass: what KHR_materials_specular makes of its reflectance; null: what the index says. */
    readonly weighted: { readonly f0: Vec3; readonly f90: number } | null;
    readonly specular: number;
    readonly conductor: { readonly eta: Vec3; readonly k: Vec3 } | null;
    readonly thin: boolean;
    readonly film: { readonly weight: number; readonly ior: number; readonly thicknessNm: number } | null;
    /** Reflectance of what scatters more than once between facets; black: not given back. */
    readonly multiple: Vec3;
    readonly layers: Layers | null;
}

/** A sampled direction; pdf 0: none, negative: a perfect mirror or glass. weight = f |cos| / pdf. */
export interface BsdfSample {
    readonly wi: Vec3;
    readonly pdf: number;
    readonly weight: Vec3;
}

const ZERO: Vec3 = [0, 0, 0];
const GREY: Hue = [1 / 3, 1 / 3, 1 / 3];
const NO_SAMPLE: BsdfSample = { wi: ZERO, pdf: 0, weight: ZERO };

/** Reflectance of a facet that does not let light through. */
export function specularFresnel(b: Bsdf, cosine: number): Vec3 {
    const { conductor: c } = b;
    if (c) return mul(b.f0, c.eta.map((eta, i) => fresnelConductor(cosine, eta, c.k[i]!)) as unknown as Vec3);
    if (b.coat > 0) return scale(b.f0, fresnelDielectric(cosine, b.coat));
    return filmed(b, schlick(b.f0, b.f90, cosine), cosine, b.f0);
}

function filmed(b: Bsdf, bare: Vec3, cosine: number, f0: Vec3): Vec3 {
    const w = b.film?.weight ?? 0;
    if (!b.film || w <= 0) return bare;
    const film = thinFilm(cosine, b.film.ior, b.film.thicknessNm, f0);
    return [0, 1, 2].map((i) => bare[i]! * (1 - w) + film[i]! * w) as unknown as Vec3;
}

/** E and B of the reflection from a direction, and their means. */
function albedoAt(b: Bsdf, cosine: number): readonly [number, number] {
    return isRough(b.facets) ? ggxAlbedo(cosine, tableRoughness(b.facets)) : [1, (1 - cosine) ** 5];
}

function meansOf(b: Bsdf): readonly [number, number] {
    return isRough(b.facets) ? meanAlbedo(tableRoughness(b.facets)) : [1, 1 / 21];
}

/**
 * Where a lobe stands in the table: of stretched ones, the isotropic lobe of mean alpha. White metal of strength 0.8 then
 * reflects 0.93 to 1.00 (0.84 to 0.97 with the lobe of the same area).
 */
export function tableRoughness(f: Facets): number {
    return Math.sqrt(0.5 * (f.alpha[0] + f.alpha[1]));
}

/**
 * What the dielectric over a matte base leaves of it, in and out (Kelemen and Szirmay-Kalos 2001), by albedos of the rough
 * surface: reciprocal, and together with the reflection conserves energy. glTF's own mix by 1 - F(h) gains up to 4 %.
 */
function coupling(b: Bsdf, co: number, ci: number): Vec3 {
    const grey = (x: number): Vec3 => [x, x, x];
    if (b.coat > 0) return grey((1 - fresnelDielectric(co, b.coat)) * (1 - fresnelDielectric(ci, b.coat)));
    if (b.baseF0 <= 0) return grey(1);
    if (b.film && b.film.weight > 0) return filmCoupling(b, co, ci);
    const means = meansOf(b);
    const facet = b.baseF0 + (b.baseF90 - b.baseF0) / 21;
    const again = (facet * facet * means[0]) / (1 - facet * (1 - means[0]));
    const pass = ([e, s]: readonly [number, number]): number =>
        1 - (b.baseF0 * (e - s) + b.baseF90 * s + again * (1 - e));
    return grey((pass(albedoAt(b, co)) * pass(albedoAt(b, ci))) / pass(means));
}

/** The same under a film, as if smooth: its mean by four points of Gauss and Legendre over the squared cosine. */
function filmCoupling(b: Bsdf, co: number, ci: number): Vec3 {
    const f0: Vec3 = [b.baseF0, b.baseF0, b.baseF0];
    const pass = (c: number): Vec3 => filmed(b, schlick(f0, b.baseF90, c), c, f0).map((f) => 1 - f) as unknown as Vec3;
    let mean: Vec3 = ZERO;
    for (const [x, w] of FILM_NODES) mean = add(mean, scale(pass(Math.sqrt(x)), w));
    const [o, i] = [pass(co), pass(ci)];
    return [0, 1, 2].map((k) => (o[k]! * i[k]!) / Math.max(mean[k]!, 1e-4)) as unknown as Vec3;
}

const FILM_NODES = [
    [0.0694318, 0.1739274],
    [0.3300095, 0.3260726],
    [0.6699905, 0.3260726],
    [0.9305682, 0.1739274]
] as const;

/** f |cos wi| and the density of wi, without the perfect lobes. */
export function evaluateBsdf(b: Bsdf, wo: Vec3, wi: Vec3, hue: Hue = GREY): { f: Vec3; pdf: number } {
    if (wi[2] === 0) return { f: ZERO, pdf: 0 };
    const keep = b.layers ? layerTransmittance(b.layers, wo, wi, b) : { matte: 1, other: 1 };
    const base = wi[2] > 0 ? evaluateAbove(b, wo, wi, hue, keep) : evaluateBelow(b, wo, wi, hue, keep);
    if (!b.layers) return base;
    const share = 1 - b.layers.coatShare - b.layers.sheenShare;
    if (wi[2] < 0 || b.inside) return { f: base.f, pdf: share * base.pdf };
    const over = evaluateLayers(b.layers, wo, wi);
    return { f: add(over.f, base.f), pdf: over.pdf + share * base.pdf };
}

type Kept = { readonly matte: number; readonly other: number };

/** Share of the matte samples that go through. */
function throughShare(b: Bsdf): number {
    const t = luminance(b.through);
    return t > 0 ? t / (t + luminance(b.diffuse)) : 0;
}

function evaluateBelow(b: Bsdf, wo: Vec3, wi: Vec3, hue: Hue, keep: Kept): { f: Vec3; pdf: number } {
    let f: Vec3 = ZERO;
    let pdf = 0;
    const cosine = -wi[2];
    if (b.glass < 1 && luminance(b.through) > 0) {
        const matte = mul(b.through, coupling(b, wo[2], cosine));
        f = scale(matte, ((1 - b.glass) * keep.matte * cosine) / Math.PI);
        pdf = ((1 - b.glass) * (1 - b.specular) * throughShare(b) * cosine) / Math.PI;
    }
    if (b.glass > 0 && isRough(b.facets)) {
        const glass = evaluateGlassBelow(b, wo, wi, hue);
        f = add(f, scale(glass.f, b.glass * keep.other));
        pdf += b.glass * glass.pdf;
    }
    return { f, pdf };
}

function evaluateAbove(b: Bsdf, wo: Vec3, wi: Vec3, hue: Hue, keep: Kept): { f: Vec3; pdf: number } {
    const rough = isRough(b.facets);
    const h = normalize(add(wo, wi));
    const cosine = dot(wo, h);
    const lobe = rough ? facetD(b.facets, h) * facetV(b.facets, wo, wi) * wi[2] : 0;
    const lobePdf = rough ? facetPdf(b.facets, wo, h) / (4 * cosine) : 0;
    let f: Vec3 = ZERO;
    let pdf = 0;
    if (b.glass < 1) {
        const lambert = wi[2] / Math.PI;
        const matte = scale(mul(b.diffuse, coupling(b, wo[2], wi[2])), keep.matte * lambert);
        const gloss = scale(specularFresnel(b, cosine), keep.other * lobe);
        f = scale(add(add(matte, gloss), scale(repeated(b, wo, wi), keep.other * lambert)), 1 - b.glass);
        const diffusePdf = (1 - b.specular) * (1 - throughShare(b)) * lambert;
        pdf = (1 - b.glass) * (diffusePdf + b.specular * lobePdf);
    }
    if (b.glass > 0 && rough) {
        const glass = evaluateGlassAbove(b, cosine, lobe, lobePdf, hue);
        f = add(f, scale(glass.f, b.glass * keep.other));
        pdf += b.glass * glass.pdf;
    }
    return { f, pdf };
}

/** Light that left the facets after two reflections and more, times pi. */
function repeated(b: Bsdf, wo: Vec3, wi: Vec3): Vec3 {
    if (!(Math.max(...b.multiple) > 0)) return ZERO;
    const [o] = albedoAt(b, wo[2]);
    const [i] = albedoAt(b, wi[2]);
    return scale(b.multiple, ((1 - o) * (1 - i)) / Math.max(1 - meansOf(b)[0], 1e-4));
}

/** Samples a direction: r0 chooses the lobe, r1 and r2 the direction. */
export function sampleBsdf(b: Bsdf, wo: Vec3, r0: number, r1: number, r2: number, hue: Hue = GREY): BsdfSample {
    const coat = b.layers?.coatShare ?? 0;
    const over = coat + (b.layers?.sheenShare ?? 0);
    let wi: Vec3;
    if (b.layers && r0 < over) {
        const layer = sampleLayer(b.layers, wo, r0 < coat, r1, r2);
        if (!layer || layer.wi[2] <= 0) return NO_SAMPLE;
        if (layer.mirror !== null) return { wi: layer.wi, pdf: -1, weight: [layer.mirror, layer.mirror, layer.mirror] };
        wi = layer.wi;
    } else {
        const base = sampleBase(b, wo, (r0 - over) / (1 - over), r1, r2, hue);
        if (base.pdf === 0) return NO_SAMPLE;
        if (base.pdf < 0) {
            if (!b.layers) return base;
            const keep = layerTransmittance(b.layers, wo, base.wi, b).other;
            return { ...base, weight: scale(base.weight, keep / (1 - over)) };
        }
        wi = base.wi;
    }
    wi = normalize(wi);
    const { f, pdf } = evaluateBsdf(b, wo, wi, hue);
    return pdf > 0 ? { wi, pdf, weight: scale(f, 1 / pdf) } : NO_SAMPLE;
}

/** The direction alone (pdf 1) of a rough lobe, or the whole sample of a perfect one. */
function sampleBase(b: Bsdf, wo: Vec3, r0: number, r1: number, r2: number, hue: Hue): BsdfSample {
    if (r0 < b.glass) return sampleGlass(b, wo, r0 / b.glass, r1, r2, hue);
    const choice = (r0 - b.glass) / (1 - b.glass);
    if (choice < b.specular) {
        if (!isRough(b.facets)) {
            return { wi: [-wo[0], -wo[1], wo[2]], pdf: -1, weight: scale(specularFresnel(b, wo[2]), 1 / b.specular) };
        }
        const h = sampleFacet(b.facets, wo, r1, r2);
        const wi = add(scale(h, 2 * dot(wo, h)), scale(wo, -1));
        return wi[2] > 0 ? { wi, pdf: 1, weight: ZERO } : NO_SAMPLE;
    }
    const radius = Math.sqrt(r1);
    const phi = 2 * Math.PI * r2;
    const z = Math.sqrt(Math.max(1 - r1, 0));
    const below = (choice - b.specular) / (1 - b.specular) < throughShare(b);
    return { wi: [radius * Math.cos(phi), radius * Math.sin(phi), below ? -z : z], pdf: 1, weight: ZERO };
}
