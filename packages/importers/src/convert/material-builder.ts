/** Materials of a converted scene: one for each pair of surface and emission, with their pictures. */
import { type Document, type Material, type Texture, TextureInfo } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength, KHRTextureTransform } from '@gltf-transform/extensions';
import { type ColorInput, colorPicture, type DataPicture, type SurfaceMaterial, withFlatColor } from './bsdf.ts';
import { applyAbsorption, applyBsdf, extend } from './bsdf-to-gltf.ts';
import type { Vec3 } from './mat4.ts';
import { renderableLight } from './material-range.ts';
import type { Pictures } from './pictures.ts';
import type { ReportBuilder } from './report.ts';

/** Radiance that a surface emits, from its front or from both sides. */
export interface Emission {
    /** Multiplies the picture if there is one. */
    readonly radiance: Vec3;
    readonly twoSided: boolean;
    readonly picture?: Pick<ColorInput, 'picture' | 'uv'>;
}

export class MaterialBuilder {
    readonly #document: Document;
    readonly #report: ReportBuilder;
    readonly #pictures: Pictures;
    readonly #materials = new Map<string, Material>();

    constructor(document: Document, report: ReportBuilder, pictures: Pictures) {
        this.#document = document;
        this.#report = report;
        this.#pictures = pictures;
    }

    async material(surface: SurfaceMaterial, emission: Emission | undefined): Promise<Material> {
        const key = JSON.stringify([surface, emission]);
        const known = this.#materials.get(key);
        if (known) return known;
        const material = this.#document.createMaterial(surface.name);
        this.#materials.set(key, material);
        applyBsdf(this.#document, material, surface.bsdf);
        // Offline renderers scatter on both sides of a surface; a light that shines from its front only says so to glTF by
        // being single-sided, and to renderers that know more that its back is there nevertheless.
        material.setDoubleSided(emission ? emission.twoSided : true);
        if (!material.getDoubleSided()) extend(material, { solid: true });
        if (surface.absorption && !applyAbsorption(this.#document, material, surface.absorption)) {
            this.#report.unsupported(`material "${surface.name}": the medium inside, which no light enters`);
        }
        if (emission) await this.#emit(material, emission);
        if ('distribution' in surface.bsdf && surface.bsdf.distribution === 'beckmann') {
            this.#report.approximate(`material "${surface.name}": Beckmann distribution`, 'GGX with the same alpha');
        }
        await this.#paint(material, surface);
        await this.#detail(material, surface);
        return material;
    }

    async #emit(material: Material, emission: Emission): Promise<void> {
        const where = `material "${material.getName()}"`;
        const radiance = renderableLight(emission.radiance, where, this.#report);
        const peak = Math.max(...radiance);
        if (!(peak > 0)) return;
        material.setEmissiveFactor(radiance.map((value) => value / peak) as never);
        const extension = this.#document.createExtension(KHRMaterialsEmissiveStrength);
        material.setExtension(
            'KHR_materials_emissive_strength',
            extension.createEmissiveStrength().setEmissiveStrength(peak)
        );
        const { picture: name, uv } = emission.picture ?? {};
        if (name === undefined) return;
        const texture =
            typeof name === 'object'
                ? this.#pictures.checkers(this.#document, name)
                : await this.#pictures.texture(this.#document, name, undefined);
        // Without it, nothing is known of the light but its factor.
        if (!texture) return;
        material.setEmissiveTexture(texture);
        this.#move(material.getEmissiveTextureInfo()!, uv);
    }

    /** Pictures of normals, roughness and metal. */
    async #detail(material: Material, surface: SurfaceMaterial): Promise<void> {
        const { normals, roughnessPicture, metallicPicture } = surface;
        if (normals) {
            const texture = await this.#pictures.texture(this.#document, normals.picture, undefined);
            if (texture) {
                material.setNormalTexture(texture).setNormalScale(normals.scale ?? 1);
                this.#move(material.getNormalTextureInfo()!, normals.uv);
            }
        }
        const one = roughnessPicture ?? metallicPicture;
        if (!one) return;
        if (metallicPicture && JSON.stringify(metallicPicture.uv) !== JSON.stringify(one.uv)) {
            this.#report.approximate(
                `material "${surface.name}": pictures of roughness and metal that lie differently`,
                'both as that of roughness'
            );
        }
        const texture = await this.#pictures.roughnessAndMetal(
            this.#document,
            roughnessPicture,
            metallicPicture?.picture
        );
        if (!texture) return;
        material.setMetallicRoughnessTexture(texture);
        this.#move(material.getMetallicRoughnessTextureInfo()!, one.uv);
    }

    #move(info: TextureInfo, uv: DataPicture['uv']): void {
        if (!uv) return;
        const transform = this.#document.createExtension(KHRTextureTransform).createTransform();
        info.setExtension('KHR_texture_transform', transform.setScale([...uv.scale]).setOffset([...uv.offset]));
    }

    async #paint(material: Material, surface: SurfaceMaterial): Promise<void> {
        const input = colorPicture(surface.bsdf);
        const { opacity } = surface;
        const cutout = opacity && 'picture' in opacity ? opacity.picture : undefined;
        if (input?.picture !== undefined || cutout !== undefined) {
            const texture = await this.#texture(material, surface, cutout);
            if (texture) {
                material.setBaseColorTexture(texture);
                const info = material.getBaseColorTextureInfo()!;
                if (typeof input?.picture === 'object' && cutout === undefined) {
                    // Squares from near; from afar, where renderers filter, their mean.
                    info.setMagFilter(TextureInfo.MagFilter.NEAREST!);
                    info.setMinFilter(TextureInfo.MinFilter.NEAREST_MIPMAP_LINEAR!);
                }
                this.#move(info, input?.uv);
            } else if (input?.picture !== undefined) {
                // The factor of a picture that is not there is white.
                const [r, g, b, a] = material.getBaseColorFactor();
                material.setBaseColorFactor([r / 2, g / 2, b / 2, a]);
            }
        }
        if (cutout !== undefined && material.getBaseColorTexture()) material.setAlphaMode('BLEND');
        else if (opacity && 'value' in opacity && opacity.value < 1) {
            const [r, g, b] = material.getBaseColorFactor();
            material.setAlphaMode('BLEND').setBaseColorFactor([r, g, b, Math.max(0, opacity.value)]);
        }
    }

    #texture(material: Material, surface: SurfaceMaterial, cutout: string | undefined): Promise<Texture | undefined> {
        const picture = colorPicture(surface.bsdf)?.picture;
        if (typeof picture !== 'object') return this.#pictures.texture(this.#document, picture, cutout);
        if (cutout === undefined) return Promise.resolve(this.#pictures.checkers(this.#document, picture));
        this.#report.approximate(`material "${surface.name}": checkerboard with a cut-out`, 'the mean of its colours');
        applyBsdf(this.#document, material, withFlatColor(surface.bsdf));
        return this.#pictures.texture(this.#document, undefined, cutout);
    }
}
