/** The BSDF of a material's values at one point. Twin of `shaders/pathtracer/make_bsdf.wgsl`. */
import { luminance, scale, type Vec3 } from '../math/vector.ts';
import type { Material } from '../scene/scene.ts';
import { ggxAlbedo, meanAlbedo, multipleScattering } from './albedo.ts';
import { type Bsdf, specularFresnel, tableRoughness } from './bsdf.ts';
import { fresnelConductor, internalReflectance, meanReflectance } from './fresnel.ts';
import { makeLayers } from './layers.ts';
import { isRough } from './microfacet.ts';

/** What {@link makeBsdf} takes: a material's values after its textures. Fields as in {@link Material}. */
export type BsdfInit = Required<
    Pick<
        Material,
        | 'kind'
        | 'baseColor'
        | 'metallic'
        | 'roughness'
        | 'ior'
        | 'transmission'
        | 'thin'
        | 'eta'
        | 'k'
        | 'specularColor'
        | 'specular'
        | 'nonlinear'
        | 'beckmann'
        | 'singleScattering'
        | 'clearcoat'
        | 'clearcoatRoughness'
        | 'sheenColor'
        | 'sheenRoughness'
        | 'iridescence'
        | 'iridescenceIor'
        | 'anisotropy'
        | 'diffuseTransmission'
        | 'diffuseTransmissionColor'
        | 'dispersion'
    >
> & {
    /** At this point. */
    readonly iridescenceThicknessNm: number;
    /** The coat's normal in the shading frame. */
    readonly coatNormal: Vec3;
};

const ZERO: Vec3 = [0, 0, 0];

/** Twin of makeBsdf. `front`: wo is on the side that the surface faces. */
export function makeBsdf(init: BsdfInit, front: boolean, wo: Vec3): Bsdf {
    const base = makeBase(init, front);
    if (init.kind === 'diffuse' || init.kind === 'dielectric') return base;
    const bsdf = { ...base, specular: specularShare(base, wo[2]) };
    if (init.kind !== 'gltf' || !(init.clearcoat > 0 || Math.max(...init.sheenColor) > 0)) return bsdf;
    const glow =
        base.glass + (1 - base.glass) * (luminance(base.diffuse) + luminance(base.through) + luminance(base.f0));
    const layers = makeLayers(
        {
            coat: init.clearcoat,
            coatAlpha: init.clearcoatRoughness ** 2,
            coatNormal: init.coatNormal,
            sheen: init.sheenColor,
            sheenAlpha: init.sheenRoughness ** 2
        },
        wo,
        glow,
        base.inside
    );
    return { ...bsdf, layers };
}

function makeBase(init: BsdfInit, front: boolean): Bsdf {
    const facets = { alpha: alphasOf(init), beckmann: init.beckmann };
    const inside = !front && !init.thin;
    const b: Bsdf = {
        facets,
        diffuse: ZERO,
        through: ZERO,
        f0: init.specularColor,
        f90: 1,
        baseF0: 0,
        baseF90: 1,
        coat: 0,
        tint: init.baseColor,
        glass: 0,
        eta: inside ? 1 / init.ior : init.ior,
        inside,
        spread: 0,
        weighted: null,
        specular: 0,
        conductor: null,
        thin: init.thin,
        film: null,
        multiple: ZERO,
        layers: null
    };
    if (init.kind === 'diffuse') return { ...b, diffuse: init.baseColor, facets: { alpha: [0, 0], beckmann: false } };
    if (init.kind === 'dielectric') return { ...b, glass: 1 };
    if (init.kind === 'conductor') {
        const { eta, k } = init;
        const mean = eta.map((n, i) => init.specularColor[i]! * meanReflectance((c) => fresnelConductor(c, n, k[i]!)));
        const metal = { ...b, conductor: { eta, k } };
        return { ...metal, multiple: multipleOf(metal, mean as unknown as Vec3, init.singleScattering) };
    }
    if (init.kind === 'plastic') {
        // Light that the coat throws back down meets the base again: a geometric series, of the base's colour if nonlinear.
        const inner = internalReflectance(init.ior);
        const diffuse = init.baseColor.map(
            (c) => c / ((1 - (init.nonlinear ? c : 1) * inner) * init.ior * init.ior)
        ) as unknown as Vec3;
        return { ...b, diffuse, coat: init.ior };
    }
    return makeGltf(b, init);
}

/** KHR_materials_anisotropy: the tangent's alpha goes to 1 with the square of the strength. */
function alphasOf({ roughness, anisotropy }: BsdfInit): readonly [number, number] {
    const alpha = roughness * roughness;
    if (!(anisotropy > 0)) return [alpha, alpha];
    return [Math.max(alpha + (1 - alpha) * anisotropy * anisotropy, 0.001), Math.max(alpha, 0.001)];
}

function makeGltf(b: Bsdf, init: BsdfInit): Bsdf {
    const { metallic, iridescence, diffuseTransmission: through } = init;
    const normal = ((init.ior - 1) / (init.ior + 1)) ** 2;
    const dielectric = init.specularColor.map((c) => Math.min(1, normal * c) * init.specular);
    const plain = init.specular === 1 && init.specularColor.every((c) => c === 1);
    const made: Bsdf = {
        ...b,
        weighted: plain ? null : { f0: dielectric as unknown as Vec3, f90: init.specular },
        baseF0: Math.max(...dielectric),
        baseF90: init.specular,
        f0: init.baseColor.map((c, i) => dielectric[i]! * (1 - metallic) + c * metallic) as unknown as Vec3,
        f90: init.specular * (1 - metallic) + metallic,
        diffuse: scale(init.baseColor, (1 - metallic) * (1 - through)),
        through: scale(init.diffuseTransmissionColor, (1 - metallic) * through),
        glass: init.transmission * (1 - metallic),
        spread: init.thin ? 0 : (init.ior - 1) * 0.025 * init.dispersion,
        film:
            iridescence > 0
                ? { weight: iridescence, ior: init.iridescenceIor, thicknessNm: init.iridescenceThicknessNm }
                : null
    };
    const again = (f0: number, f90: number): Vec3 => {
        const f = f0 + (f90 - f0) / 21;
        return multipleOf(made, [f, f, f], init.singleScattering);
    };
    // Each for itself: the mixture is of two surfaces, not of one that is half metal.
    const multiple = init.baseColor.map(
        (c, i) => again(dielectric[i]!, init.specular)[i]! * (1 - metallic) + again(c, 1)[i]! * metallic
    ) as unknown as Vec3;
    return { ...made, multiple };
}

function multipleOf(b: Bsdf, mean: Vec3, single: boolean): Vec3 {
    if (single || b.facets.beckmann || !isRough(b.facets)) return ZERO;
    return multipleScattering(mean, meanAlbedo(tableRoughness(b.facets))[0]);
}

/** Probability of the specular lobe among the opaque ones: its share of the albedo seen from wo. */
function specularShare(b: Bsdf, cosine: number): number {
    // A choice only: the film is left out.
    const s = luminance(specularFresnel({ ...b, film: null }, cosine));
    const matte = (luminance(b.diffuse) + luminance(b.through)) * (b.baseF0 > 0 || b.coat > 0 ? 1 - s : 1);
    const lost = luminance(b.multiple) > 0 ? 1 - ggxAlbedo(cosine, tableRoughness(b.facets))[0] : 0;
    const d = matte + luminance(b.multiple) * lost;
    // What little is scattered twice by nearly smooth metal, the lobe itself finds.
    if (matte <= 0 && d <= 0.01 * s) return 1;
    if (s <= 0) return 0;
    return Math.min(0.95, Math.max(0.05, s / (s + d)));
}
