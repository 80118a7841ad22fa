/**
 * The nearest glTF material for each {@link Bsdf}: its factors and extensions. What glTF cannot say is kept beside it in
 * `material.extras.mixreel` (the README documents the contract), so that a renderer that knows more can use it and everyone else
 * still gets the glTF approximation.
 *
 * Facets of two alphas become KHR_materials_anisotropy exactly: alpha across is the material's, alpha along is
 * mix(alpha, 1, strength^2), the direction that of the larger alpha.
 */
import type { Document, Material } from '@gltf-transform/core';
import {
    KHRMaterialsAnisotropy,
    KHRMaterialsClearcoat,
    KHRMaterialsDiffuseTransmission,
    KHRMaterialsIOR,
    KHRMaterialsSheen,
    KHRMaterialsSpecular,
    KHRMaterialsTransmission,
    KHRMaterialsVolume
} from '@gltf-transform/extensions';
import { type Alpha, type Bsdf, conductorF0, type PrincipledBsdf, roughnessFromAlpha } from './bsdf.ts';
import type { Vec3 } from './mat4.ts';

/** Sets the factors of a glTF material (not its textures), its extensions, and the extras for renderers that know more. */
export function applyBsdf(document: Document, material: Material, bsdf: Bsdf): void {
    const to = new Extensions(document, material);
    switch (bsdf.kind) {
        case 'diffuse':
            setBase(material, bsdf.reflectance.color, 0, 1);
            to.specular(0, [1, 1, 1]);
            extend(material, { bsdf: 'diffuse' });
            return;
        case 'plastic':
            setBase(material, bsdf.diffuse.color, 0, to.facets(bsdf.alpha));
            if (bsdf.ior !== 1.5) to.ior(bsdf.ior);
            if (bsdf.specular.some((value) => value !== 1)) to.specular(1, bsdf.specular);
            extend(material, {
                bsdf: 'plastic',
                ior: bsdf.ior,
                alpha: Math.min(...bsdf.alpha),
                distribution: bsdf.distribution,
                nonlinear: bsdf.nonlinear,
                specular: bsdf.specular
            });
            return;
        case 'conductor': {
            const specular = bsdf.specular.color;
            const f0 = bsdf.eta.map((eta, i) => Math.min(1, conductorF0(eta, bsdf.k[i]!) * specular[i]!));
            const roughness = to.facets(bsdf.alpha);
            setBase(material, f0 as unknown as Vec3, 1, roughness);
            extend(material, {
                bsdf: 'conductor',
                eta: bsdf.eta,
                k: bsdf.k,
                specular,
                alpha: Math.min(...bsdf.alpha),
                roughness,
                distribution: bsdf.distribution
            });
            return;
        }
        case 'dielectric':
            setBase(material, bsdf.transmittance, 0, to.facets(bsdf.alpha));
            to.ior(bsdf.ior);
            to.transmission(1);
            if (!bsdf.thin) to.volume();
            extend(material, {
                bsdf: bsdf.thin ? 'thindielectric' : 'dielectric',
                ior: bsdf.ior,
                alpha: Math.min(...bsdf.alpha),
                distribution: bsdf.distribution
            });
            return;
        case 'principled':
            applyPrincipled(material, bsdf, to);
            return;
        case 'translucent':
            applyTranslucent(material, bsdf, to);
    }
}

/**
 * What the inside of a solid absorbs, as the colour that is left after the distance over which the strongest channel falls to 1/e.
 * False if light does not enter the material.
 */
export function applyAbsorption(document: Document, material: Material, absorption: Vec3): boolean {
    const volume = material.getExtension<ReturnType<KHRMaterialsVolume['createVolume']>>('KHR_materials_volume');
    const most = Math.max(...absorption);
    // Less than that over the way to the sun is nothing.
    if (!volume || !(most > 1e-9)) return volume !== null;
    document.createExtension(KHRMaterialsVolume);
    volume.setAttenuationDistance(1 / most);
    volume.setAttenuationColor(absorption.map((sigma) => Math.exp(-sigma / most)) as [number, number, number]);
    return true;
}

function applyPrincipled(material: Material, bsdf: PrincipledBsdf, to: Extensions): void {
    setBase(material, bsdf.color.color, bsdf.metallic, to.facets(bsdf.alpha));
    if (bsdf.ior !== 1.5) to.ior(bsdf.ior);
    if (bsdf.specular?.some((value) => value !== 1)) to.specular(1, bsdf.specular);
    const through = bsdf.through ?? 0;
    if (bsdf.transmission > 0) to.transmission(bsdf.transmission);
    if (through > 0) to.diffuseTransmission(through, bsdf.color.color);
    if (bsdf.transmission > 0 && !bsdf.thin) to.volume();
    if (bsdf.clearcoat && bsdf.clearcoat.factor > 0) to.clearcoat(bsdf.clearcoat.factor, bsdf.clearcoat.roughness);
    if (bsdf.sheen && Math.max(...bsdf.sheen.color) > 0) to.sheen(bsdf.sheen.color, bsdf.sheen.roughness);
}

/** glTF mixes reflection and transmission by one factor: the colours are divided by their shares, so that the products stay. */
function applyTranslucent(
    material: Material,
    { reflectance, transmittance }: Extract<Bsdf, { kind: 'translucent' }>,
    to: Extensions
): void {
    const [up, down] = [Math.max(...reflectance.color), Math.max(...transmittance)];
    const factor = down > 0 ? down / (up + down) : 0;
    const over = (color: Vec3, share: number): Vec3 =>
        color.map((value) => (share > 0 ? Math.min(1, value / share) : 0)) as unknown as Vec3;
    setBase(material, over(reflectance.color, 1 - factor), 0, 1);
    to.specular(0, [1, 1, 1]);
    to.diffuseTransmission(factor, over(transmittance, factor));
}

function clamp01(value: number): number {
    return Math.min(1, Math.max(0, value));
}

function setBase(material: Material, color: Vec3, metallic: number, roughness: number): void {
    const [r, g, b] = color.map(clamp01) as [number, number, number];
    material.setBaseColorFactor([r, g, b, 1]);
    material.setMetallicFactor(clamp01(metallic));
    material.setRoughnessFactor(clamp01(roughness));
}

/** Adds to `material.extras.mixreel`. */
export function extend(material: Material, fields: Readonly<Record<string, unknown>>): void {
    const { mixreel, ...extras } = material.getExtras();
    material.setExtras({ ...extras, mixreel: { ...(mixreel as object | undefined), ...fields } });
}

/** Adds extensions to one material. */
class Extensions {
    readonly #document: Document;
    readonly #material: Material;

    constructor(document: Document, material: Material) {
        this.#document = document;
        this.#material = material;
    }

    /** The roughness of facets; those with a direction get it. */
    facets([u, v]: Alpha): number {
        const alpha = clamp01(Math.min(u, v));
        const along = clamp01(Math.max(u, v));
        if (along > alpha) {
            const extension = this.#document.createExtension(KHRMaterialsAnisotropy).createAnisotropy();
            extension.setAnisotropyStrength(Math.sqrt((along - alpha) / (1 - alpha)));
            if (v > u) extension.setAnisotropyRotation(Math.PI / 2);
            this.#material.setExtension('KHR_materials_anisotropy', extension);
        }
        return roughnessFromAlpha(alpha);
    }

    ior(ior: number): void {
        const extension = this.#document.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior);
        this.#material.setExtension('KHR_materials_ior', extension);
    }

    specular(factor: number, color: Vec3): void {
        const extension = this.#document.createExtension(KHRMaterialsSpecular).createSpecular();
        extension.setSpecularFactor(factor).setSpecularColorFactor([...color]);
        this.#material.setExtension('KHR_materials_specular', extension);
    }

    transmission(factor: number): void {
        const extension = this.#document.createExtension(KHRMaterialsTransmission).createTransmission();
        this.#material.setExtension('KHR_materials_transmission', extension.setTransmissionFactor(clamp01(factor)));
    }

    clearcoat(factor: number, roughness: number): void {
        const extension = this.#document.createExtension(KHRMaterialsClearcoat).createClearcoat();
        extension.setClearcoatFactor(clamp01(factor)).setClearcoatRoughnessFactor(clamp01(roughness));
        this.#material.setExtension('KHR_materials_clearcoat', extension);
    }

    sheen(color: Vec3, roughness: number): void {
        const extension = this.#document.createExtension(KHRMaterialsSheen).createSheen();
        const [r, g, b] = color.map(clamp01) as [number, number, number];
        extension.setSheenColorFactor([r, g, b]).setSheenRoughnessFactor(roughness);
        this.#material.setExtension('KHR_materials_sheen', extension);
    }

    /** Share of matte light that goes through, and its colour. */
    diffuseTransmission(factor: number, color: Vec3): void {
        const extension = this.#document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
        extension.setDiffuseTransmissionFactor(clamp01(factor)).setDiffuseTransmissionColorFactor([...color]);
        this.#material.setExtension('KHR_materials_diffuse_transmission', extension);
    }

    /** Marks the material as the boundary of a solid. */
    volume(): void {
        const extension = this.#document.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1);
        this.#material.setExtension('KHR_materials_volume', extension);
    }
}
