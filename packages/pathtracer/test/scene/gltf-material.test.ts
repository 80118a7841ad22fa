import { Document } from '@gltf-transform/core';
import {
    KHRMaterialsAnisotropy,
    KHRMaterialsClearcoat,
    KHRMaterialsDiffuseTransmission,
    KHRMaterialsDispersion,
    KHRMaterialsIOR,
    KHRMaterialsIridescence,
    KHRMaterialsSheen,
    KHRMaterialsSpecular,
    KHRMaterialsTransmission,
    KHRMaterialsUnlit,
    KHRMaterialsVolume,
    KHRTextureTransform
} from '@gltf-transform/extensions';
import { MixreelError } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { makeBsdf } from '../../src/bsdf/make-bsdf.ts';
import type { Vec3 } from '../../src/math/vector.ts';
import { cullsBacks } from '../../src/scene/culling.ts';
import { convertMaterial } from '../../src/scene/gltf-material.ts';
import type { Material } from '../../src/scene/scene.ts';
import { MATERIAL_DEFAULTS, uvMatrix } from '../../src/tracer/pack-materials.ts';

const notes: string[] = [];
const reader = {
    note: (_kind: string, message: string) => void notes.push(message),
    texture: () => 3
};

function withExtras(mixreel: unknown) {
    const material = new Document().createMaterial('stuff').setBaseColorFactor([0.5, 0.25, 1, 1]);
    return convertMaterial(material.setExtras({ mixreel }).setRoughnessFactor(0.9), reader);
}

describe('a glTF material with extras.mixreel', () => {
    it('is the BSDF that the scene was written for', () => {
        expect(withExtras({ bsdf: 'diffuse' })).toMatchObject({ kind: 'diffuse', baseColor: [0.5, 0.25, 1] });
        const conductor = { bsdf: 'conductor', eta: [1, 2, 3], k: [4, 5, 6], specular: [1, 0.5, 1], alpha: 0.25 };
        expect(withExtras(conductor)).toMatchObject({
            kind: 'conductor',
            eta: [1, 2, 3],
            k: [4, 5, 6],
            specularColor: [1, 0.5, 1],
            roughness: 0.5
        });
        expect(withExtras({ bsdf: 'plastic', ior: 1.9, alpha: 0, nonlinear: true, specular: [1, 1, 1] })).toMatchObject(
            {
                kind: 'plastic',
                ior: 1.9,
                roughness: 0,
                nonlinear: true
            }
        );
        expect(withExtras({ bsdf: 'dielectric', ior: 1.3 })).toMatchObject({
            kind: 'dielectric',
            thin: false,
            ior: 1.3
        });
        expect(withExtras({ bsdf: 'thindielectric', ior: 1.3 })).toMatchObject({ kind: 'dielectric', thin: true });
    });

    it('reflects as much of a metal as its picture says, and is stretched as glTF says', () => {
        const document = new Document();
        const stretch = document.createExtension(KHRMaterialsAnisotropy).createAnisotropy().setAnisotropyStrength(0.7);
        const material = document
            .createMaterial()
            .setBaseColorTexture(document.createTexture())
            .setExtension('KHR_materials_anisotropy', stretch)
            .setExtras({ mixreel: { bsdf: 'conductor', eta: [1, 1, 1], k: [4, 4, 4] } });
        const made = convertMaterial(material, reader);
        expect(made).toMatchObject({ kind: 'conductor', anisotropy: 0.7 });
        expect(made.textures!.specularColor).toEqual(made.textures!.baseColor);
    });

    it('reflects its specular colour where the index is 0, as the specular workflow means it', () => {
        const document = new Document();
        const made = (color?: [number, number, number]) => {
            const material = document.createMaterial();
            const ior = document.createExtension(KHRMaterialsIOR).createIOR().setIOR(0);
            material.setExtension('KHR_materials_ior', ior).setMetallicFactor(0);
            if (color) {
                const specular = document.createExtension(KHRMaterialsSpecular).createSpecular();
                material.setExtension('KHR_materials_specular', specular.setSpecularColorFactor(color));
            }
            return convertMaterial(material, reader);
        };
        const wo: Vec3 = [0, 0, 1];
        const reflected = (material: Material): Vec3 =>
            makeBsdf({ ...MATERIAL_DEFAULTS, ...material, iridescenceThicknessNm: 0, coatNormal: wo }, true, wo).f0;
        for (const [i, c] of [0.9, 0.5, 0.1].entries()) {
            expect(reflected(made([0.9, 0.5, 0.1]))[i]).toBeCloseTo(c, 12);
        }
        expect(reflected(made())).toEqual([1, 1, 1]);
    });

    it('is read as glTF if the extras say nothing of it', () => {
        for (const extras of [undefined, null, 7, {}, { note: 'hello' }]) {
            expect(withExtras(extras)).toMatchObject({ kind: 'gltf', roughness: 0.9 });
        }
    });

    it('keeps the distribution of microfacets, and that their light is scattered once', () => {
        const conductor = { bsdf: 'conductor', eta: [1, 1, 1], k: [1, 1, 1] };
        expect(withExtras({ ...conductor, distribution: 'beckmann' })).toMatchObject({
            beckmann: true,
            singleScattering: true
        });
        expect(withExtras({ ...conductor, distribution: 'ggx' })).toMatchObject({ beckmann: false });
    });

    it('is there from behind, which glTF says of what is double-sided alone, or lets light through', () => {
        const document = new Document();
        const read = (change: (m: ReturnType<Document['createMaterial']>) => unknown = () => {}) => {
            const material = document.createMaterial();
            change(material);
            return cullsBacks(convertMaterial(material, reader));
        };
        const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
        const leaf = document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
        expect(read()).toBe(true);
        expect(cullsBacks(convertMaterial(null, reader))).toBe(true);
        expect(read((m) => m.setAlphaMode('BLEND'))).toBe(true);
        expect(read((m) => m.setDoubleSided(true))).toBe(false);
        transmission.setTransmissionFactor(0.5);
        expect(read((m) => m.setExtension('KHR_materials_transmission', transmission))).toBe(false);
        leaf.setDiffuseTransmissionFactor(0.5);
        expect(read((m) => m.setExtension('KHR_materials_diffuse_transmission', leaf))).toBe(false);
        // Unlit surfaces shine from the sides that they have.
        const unlit = document.createExtension(KHRMaterialsUnlit).createUnlit();
        expect(read((m) => m.setExtension('KHR_materials_unlit', unlit))).toBe(true);
        expect(read((m) => m.setExtension('KHR_materials_unlit', unlit).setDoubleSided(true))).toBe(false);
        // Those of other renderers' scenes are solid.
        for (const mixreel of [{ bsdf: 'diffuse' }, { bsdf: 'glass' }, { solid: true }]) {
            expect(read((m) => m.setExtras({ mixreel }))).toBe(false);
        }
        expect(read((m) => m.setExtras({ mixreel: { cdf: [0.5] } }))).toBe(true);
    });

    it('says what it does not know', () => {
        notes.length = 0;
        expect(withExtras({ bsdf: 'velvet' }).kind).toBe('gltf');
        expect(notes).toEqual(['extras.mixreel.bsdf "velvet" is not known: rendered as glTF says']);
    });

    it.each([
        [{ bsdf: 'conductor', k: [1, 1, 1] }, /extras.mixreel.eta/],
        [{ bsdf: 'conductor', eta: [1, 1, -1], k: [1, 1, 1] }, /eta \[1,1,-1\]/],
        [{ bsdf: 'conductor', eta: [1, 1, 1], k: 'gold' }, /extras.mixreel.k "gold"/],
        [{ bsdf: 'plastic', ior: 0.5 }, /ior 0.5/],
        [{ bsdf: 'dielectric', alpha: '0' }, /alpha "0"/]
    ])('is refused where the extras are malformed: %j', (extras, message) => {
        expect(() => withExtras(extras)).toThrow(MixreelError);
        expect(() => withExtras(extras)).toThrow(message);
    });
});

describe('a glTF material', () => {
    it('takes strength and colour of KHR_materials_specular', () => {
        const document = new Document();
        const extension = document.createExtension(KHRMaterialsSpecular);
        const specular = extension.createSpecular().setSpecularFactor(0.5).setSpecularColorFactor([1, 2, 0]);
        const material = document.createMaterial().setExtension('KHR_materials_specular', specular);
        expect(convertMaterial(material, reader)).toMatchObject({ specular: 0.5, specularColor: [1, 2, 0] });
    });

    it('takes factors and textures of every other extension', () => {
        const document = new Document();
        const picture = () => document.createTexture();
        const material = document.createMaterial();
        const coat = document.createExtension(KHRMaterialsClearcoat).createClearcoat();
        coat.setClearcoatFactor(0.5).setClearcoatRoughnessFactor(0.25).setClearcoatNormalScale(2);
        coat.setClearcoatTexture(picture())
            .setClearcoatRoughnessTexture(picture())
            .setClearcoatNormalTexture(picture());
        material.setExtension('KHR_materials_clearcoat', coat);
        const sheen = document.createExtension(KHRMaterialsSheen).createSheen();
        sheen.setSheenColorFactor([0.1, 0.2, 0.3]).setSheenRoughnessFactor(0.4).setSheenColorTexture(picture());
        material.setExtension('KHR_materials_sheen', sheen.setSheenRoughnessTexture(picture()));
        const film = document.createExtension(KHRMaterialsIridescence).createIridescence().setIridescenceFactor(0.6);
        film.setIridescenceIOR(1.4).setIridescenceThicknessMinimum(200).setIridescenceThicknessMaximum(500);
        material.setExtension('KHR_materials_iridescence', film.setIridescenceThicknessTexture(picture()));
        const stretch = document.createExtension(KHRMaterialsAnisotropy).createAnisotropy().setAnisotropyStrength(0.7);
        material.setExtension(
            'KHR_materials_anisotropy',
            stretch.setAnisotropyRotation(1).setAnisotropyTexture(picture())
        );
        const through = document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
        through.setDiffuseTransmissionFactor(0.8).setDiffuseTransmissionColorFactor([0.9, 1, 0.5]);
        material.setExtension('KHR_materials_diffuse_transmission', through);
        const dispersion = document.createExtension(KHRMaterialsDispersion).createDispersion().setDispersion(0.3);
        material.setExtension('KHR_materials_dispersion', dispersion);
        const volume = document.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1);
        volume.setAttenuationColor([0.5, 0.6, 0.7]).setAttenuationDistance(2);
        material.setExtension('KHR_materials_volume', volume);
        const glass = document.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(1);
        material.setExtension('KHR_materials_transmission', glass.setTransmissionTexture(picture()));
        const made = convertMaterial(material, reader);
        expect(made).toMatchObject({
            clearcoat: 0.5,
            clearcoatRoughness: 0.25,
            clearcoatNormalScale: 2,
            sheenColor: [0.1, 0.2, 0.3],
            sheenRoughness: 0.4,
            iridescence: 0.6,
            iridescenceIor: 1.4,
            iridescenceThicknessNm: [200, 500],
            anisotropy: 0.7,
            anisotropyRotationRad: 1,
            diffuseTransmission: 0.8,
            diffuseTransmissionColor: [0.9, 1, 0.5],
            dispersion: 0.3,
            attenuation: { color: [0.5, 0.6, 0.7], distanceM: 2 },
            transmission: 1,
            thin: false
        });
        expect(Object.keys(made.textures!).sort()).toEqual([
            'anisotropy',
            'clearcoat',
            'clearcoatNormal',
            'clearcoatRoughness',
            'iridescenceThickness',
            'sheenColor',
            'sheenRoughness',
            'transmission'
        ]);
    });

    it('has no volume without thickness, and one that nothing enters is noted', () => {
        const document = new Document();
        const volume = document.createExtension(KHRMaterialsVolume).createVolume().setAttenuationDistance(1);
        const material = document.createMaterial().setExtension('KHR_materials_volume', volume);
        expect(convertMaterial(material, reader).attenuation).toBeUndefined();
        notes.length = 0;
        volume.setThicknessFactor(1);
        expect(convertMaterial(material, reader).attenuation).toBeUndefined();
        expect(notes).toEqual(['a volume that light cannot enter has no effect']);
    });

    it('takes the transform of a texture, which scales, then turns, then moves', () => {
        const document = new Document();
        const transform = document
            .createExtension(KHRTextureTransform)
            .createTransform()
            .setOffset([0.5, 0.25])
            .setRotation(Math.PI / 2)
            .setScale([2, 3]);
        const material = document.createMaterial().setBaseColorTexture(document.createTexture());
        material.getBaseColorTextureInfo()!.setExtension('KHR_texture_transform', transform);
        const ref = convertMaterial(material, reader).textures!.baseColor!;
        expect(ref).toMatchObject({ texture: 3, transform: { offset: [0.5, 0.25], scale: [2, 3] } });
        const [a, b, c, d, e, f] = uvMatrix(ref.transform)!;
        // (1, 0) is scaled to (2, 0) and turned counter-clockwise, which is up the picture: towards -v.
        expect(a! + c!).toBeCloseTo(0.5, 12);
        expect(d! + f!).toBeCloseTo(-2 + 0.25, 12);
        expect(b! + c!).toBeCloseTo(3.5, 12);
        expect(e! + f!).toBeCloseTo(0.25, 12);
        expect(uvMatrix({ offset: [0, 0], rotationRad: 0, scale: [1, 1] })).toBeNull();
    });
});
