/**
 * What lies over the base: cloth's fibres (KHR_materials_sheen), and over those a coat of varnish (KHR_materials_clearcoat,
 * index 1.5, with a normal of its own). Twin of `shaders/pathtracer/layers.wgsl`.
 *
 * glTF dims the base by what the coat reflects towards the viewer alone, which is not reciprocal. Here a direction's share that
 * passes a layer is T = 1 - weight * albedo, and what is under it is dimmed by the smaller T of the two directions: reciprocal,
 * exact for a mirror under a coat, and never a gain. Matte light, which spreads, is dimmed by T(o) T(i) / mean T under the coat:
 * exact for Lambert.
 */
import { cross, dot, normalize, scale, type Vec3 } from '../math/vector.ts';
import { ggxAlbedo, meanAlbedo, sheenAlbedo } from './albedo.ts';
import { schlick } from './fresnel.ts';
import { type Facets, facetD, facetPdf, facetV, isRough, sampleFacet } from './microfacet.ts';
import { evaluateSheen, SHEEN_MIN_ALPHA } from './sheen.ts';

/** Reflectance of varnish at normal incidence. */
const COAT_F0 = 0.04;

/** Layers at one point. */
export interface Layers {
    /** 0: no coat. */
    readonly coat: number;
    readonly coatAlpha: number;
    /** In the shading frame. */
    readonly coatNormal: Vec3;
    /** Black: no sheen. */
    readonly sheen: Vec3;
    readonly sheenAlpha: number;
    /** Probabilities of sampling the coat and the sheen. */
    readonly coatShare: number;
    readonly sheenShare: number;
}

const facets = (alpha: number): Facets => ({ alpha: [alpha, alpha], beckmann: false });

/** Albedo of the coat seen from a direction, without its weight. */
function coatAlbedo(l: Layers, cosine: number): number {
    const c = Math.max(cosine, 0);
    if (!isRough(facets(l.coatAlpha))) return schlick([COAT_F0, COAT_F0, COAT_F0], 1, c)[0];
    const [e, b] = ggxAlbedo(c, Math.sqrt(l.coatAlpha));
    return COAT_F0 * (e - b) + b;
}

function coatMean(l: Layers): number {
    const [e, b] = isRough(facets(l.coatAlpha)) ? meanAlbedo(Math.sqrt(l.coatAlpha)) : [1, 1 / 21];
    return COAT_F0 * (e - b) + b;
}

function sheenPass(l: Layers, cosine: number): number {
    return Math.max(0, 1 - Math.max(...l.sheen) * sheenAlbedo(Math.abs(cosine), Math.sqrt(l.sheenAlpha)));
}

/**
 * What is left of matte light, and of other light, that the base scatters between two directions on either side. Layers lie on
 * the outside of a solid, and on both faces of everything else.
 */
export function layerTransmittance(
    l: Layers,
    wo: Vec3,
    wi: Vec3,
    { inside, thin }: { readonly inside: boolean; readonly thin: boolean }
): { matte: number; other: number } {
    const above = wi[2] > 0;
    // Whether either direction is on a face that has the layers.
    const [meetsO, meetsI] = [!inside, above ? !inside : inside || thin];
    let [matte, other] = [1, 1];
    if (l.coat > 0) {
        const o = meetsO ? 1 - l.coat * coatAlbedo(l, dot(wo, l.coatNormal)) : 1;
        const i = meetsI ? 1 - l.coat * coatAlbedo(l, dot(scale(wi, above ? 1 : -1), l.coatNormal)) : 1;
        matte = meetsO && meetsI ? (o * i) / (1 - l.coat * coatMean(l)) : o * i;
        other = Math.min(o, i);
    }
    const sheen = Math.min(meetsO ? sheenPass(l, wo[2]) : 1, meetsI ? sheenPass(l, wi[2]) : 1);
    return { matte: matte * sheen, other: other * sheen };
}

/** Adds the layers' own light, wi above the surface: f |cos wi|, and the density of the layers' samples with their shares. */
export function evaluateLayers(l: Layers, wo: Vec3, wi: Vec3): { f: Vec3; pdf: number } {
    let f: Vec3 = [0, 0, 0];
    let pdf = 0;
    let through = 1;
    if (l.coat > 0) {
        const frame = coatFrame(l.coatNormal);
        const [o, i] = [toCoat(frame, wo), toCoat(frame, wi)];
        // The albedo rises towards grazing angles, so that the smaller share passes there.
        through = 1 - l.coat * coatAlbedo(l, Math.min(o[2], i[2]));
        if (o[2] > 0 && i[2] > 0 && isRough(facets(l.coatAlpha))) {
            const h = normalize([o[0] + i[0], o[1] + i[1], o[2] + i[2]]);
            const cosine = dot(o, h);
            const g = facets(l.coatAlpha);
            const value = schlick([COAT_F0, COAT_F0, COAT_F0], 1, cosine)[0] * facetD(g, h) * facetV(g, o, i) * i[2];
            f = [l.coat * value, l.coat * value, l.coat * value];
            pdf += (l.coatShare * facetPdf(g, o, h)) / (4 * cosine);
        }
    }
    if (Math.max(...l.sheen) > 0) {
        const value = through * evaluateSheen(wo, wi, l.sheenAlpha);
        f = [f[0] + l.sheen[0] * value, f[1] + l.sheen[1] * value, f[2] + l.sheen[2] * value];
        pdf += l.sheenShare / (2 * Math.PI);
    }
    return { f, pdf };
}

/** A direction of the coat (weight set if it is a perfect mirror), or of the sheen. */
export function sampleLayer(
    l: Layers,
    wo: Vec3,
    coat: boolean,
    r1: number,
    r2: number
): { wi: Vec3; mirror: number | null } | null {
    if (!coat) {
        const phi = 2 * Math.PI * r2;
        const s = Math.sqrt(Math.max(0, 1 - r1 * r1));
        return { wi: [s * Math.cos(phi), s * Math.sin(phi), r1], mirror: null };
    }
    const frame = coatFrame(l.coatNormal);
    const o = toCoat(frame, wo);
    if (o[2] <= 0) return null;
    const rough = isRough(facets(l.coatAlpha));
    const h: Vec3 = rough ? sampleFacet(facets(l.coatAlpha), o, r1, r2) : [0, 0, 1];
    const c = 2 * dot(o, h);
    const i: Vec3 = [c * h[0] - o[0], c * h[1] - o[1], c * h[2] - o[2]];
    if (i[2] <= 0) return null;
    const wi = [0, 1, 2].map((k) => frame.t[k]! * i[0] + frame.b[k]! * i[1] + frame.n[k]! * i[2]);
    const mirror = rough ? null : (l.coat * schlick([COAT_F0, COAT_F0, COAT_F0], 1, o[2])[0]) / l.coatShare;
    return { wi: wi as unknown as Vec3, mirror };
}

/** Settles with which probabilities the layers are sampled. `base`: luminance that the base reflects, about. */
export function makeLayers(
    init: Pick<Layers, 'coat' | 'coatAlpha' | 'coatNormal' | 'sheen' | 'sheenAlpha'>,
    wo: Vec3,
    base: number,
    inside: boolean
): Layers {
    const sheenAlpha = Math.max(init.sheenAlpha, SHEEN_MIN_ALPHA);
    const l: Layers = { ...init, sheenAlpha, coatShare: 0, sheenShare: 0 };
    if (inside) return l;
    const coat = l.coat > 0 ? l.coat * coatAlbedo(l, dot(wo, l.coatNormal)) : 0;
    const sheen = (1 - coat) * (1 - sheenPass(l, wo[2]));
    const total = coat + sheen + Math.max((1 - coat) * Math.min(1, base), 0.1);
    return { ...l, coatShare: coat / total, sheenShare: sheen / total };
}

interface Frame {
    readonly t: Vec3;
    readonly b: Vec3;
    readonly n: Vec3;
}

/** Around the coat's normal; the coat is isotropic, so any will do. */
function coatFrame(n: Vec3): Frame {
    const t = normalize([n[2], 0, -n[0]]);
    return { t, b: cross(n, t), n };
}

function toCoat({ t, b, n }: Frame, v: Vec3): Vec3 {
    return scale([dot(t, v), dot(b, v), dot(n, v)], 1);
}
