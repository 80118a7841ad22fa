/**
 * The factors and textures of glTF's KHR_materials extensions, read by the getters of @gltf-transform/extensions, so that none
 * need be imported. Dispersion and diffuse transmission are read whatever the document's reader calls them, if it knows them.
 *
 * A volume's thickness texture only says where a rasteriser should see how much of it; rays measure the way themselves. Its
 * factor says whether there is a volume at all.
 */
import type { Material as GltfMaterial, Texture as GltfTexture, TextureInfo } from '@gltf-transform/core';
import { clamp01, extension, type GltfReader, ref } from './gltf-reader.ts';
import type { ExtensionTexture, Material, MaterialExtensions, TextureRef } from './scene.ts';

type Vec3 = readonly [number, number, number];

export const DIFFUSE_TRANSMISSION = 'KHR_materials_diffuse_transmission';

/** Name in the tracer, extension, what its getters are called, and whether it is a colour. */
const TEXTURES: readonly (readonly [ExtensionTexture, string, string, boolean])[] = [
    ['transmission', 'KHR_materials_transmission', 'Transmission', false],
    ['specular', 'KHR_materials_specular', 'Specular', false],
    ['specularColor', 'KHR_materials_specular', 'SpecularColor', true],
    ['clearcoat', 'KHR_materials_clearcoat', 'Clearcoat', false],
    ['clearcoatRoughness', 'KHR_materials_clearcoat', 'ClearcoatRoughness', false],
    ['clearcoatNormal', 'KHR_materials_clearcoat', 'ClearcoatNormal', false],
    ['sheenColor', 'KHR_materials_sheen', 'SheenColor', true],
    ['sheenRoughness', 'KHR_materials_sheen', 'SheenRoughness', false],
    ['iridescence', 'KHR_materials_iridescence', 'Iridescence', false],
    ['iridescenceThickness', 'KHR_materials_iridescence', 'IridescenceThickness', false],
    ['anisotropy', 'KHR_materials_anisotropy', 'Anisotropy', false],
    ['diffuseTransmission', DIFFUSE_TRANSMISSION, 'DiffuseTransmission', false],
    ['diffuseTransmissionColor', DIFFUSE_TRANSMISSION, 'DiffuseTransmissionColor', true]
];

/** Textures of all extensions; those that cannot be read are noted by the reader. */
export function readExtensionTextures(
    material: GltfMaterial,
    reader: GltfReader
): Partial<Record<ExtensionTexture, TextureRef>> {
    const out: Partial<Record<ExtensionTexture, TextureRef>> = {};
    for (const [name, from, getter, color] of TEXTURES) {
        const texture = extension<GltfTexture | null>(material, from, `get${getter}Texture`) ?? null;
        const info = extension<TextureInfo | null>(material, from, `get${getter}TextureInfo`) ?? null;
        const found = ref(reader, texture, info, color);
        if (found) out[name] = found;
    }
    return out;
}

/** Factors of all extensions that the material has. */
export function readMaterialExtensions(
    material: GltfMaterial,
    reader: GltfReader
): MaterialExtensions & Pick<Material, 'specular' | 'specularColor'> {
    const number = (name: string, getter: string, otherwise: number): number =>
        extension<number>(material, name, getter) ?? otherwise;
    const color = (name: string, getter: string): Vec3 =>
        (extension<number[]>(material, name, getter) ?? [1, 1, 1]).map((c) => Math.max(0, c)) as unknown as Vec3;
    const has = (name: string): boolean => material.getExtension(name) !== null;
    const [coat, sheen, film] = ['clearcoat', 'sheen', 'iridescence'].map((name) => `KHR_materials_${name}`) as [
        string,
        string,
        string
    ];
    const stretch = 'KHR_materials_anisotropy';
    return {
        ...(has('KHR_materials_specular') && {
            specular: clamp01(number('KHR_materials_specular', 'getSpecularFactor', 1)),
            specularColor: color('KHR_materials_specular', 'getSpecularColorFactor')
        }),
        ...(has(coat) && {
            clearcoat: clamp01(number(coat, 'getClearcoatFactor', 0)),
            clearcoatRoughness: clamp01(number(coat, 'getClearcoatRoughnessFactor', 0)),
            clearcoatNormalScale: number(coat, 'getClearcoatNormalScale', 1)
        }),
        ...(has(sheen) && {
            sheenColor: color(sheen, 'getSheenColorFactor').map(clamp01) as unknown as Vec3,
            sheenRoughness: clamp01(number(sheen, 'getSheenRoughnessFactor', 0))
        }),
        ...(has(film) && {
            iridescence: clamp01(number(film, 'getIridescenceFactor', 0)),
            iridescenceIor: Math.min(4, Math.max(1, number(film, 'getIridescenceIOR', 1.3))),
            iridescenceThicknessNm: [
                Math.max(0, number(film, 'getIridescenceThicknessMinimum', 100)),
                Math.max(0, number(film, 'getIridescenceThicknessMaximum', 400))
            ] as const
        }),
        ...(has(stretch) && {
            anisotropy: clamp01(number(stretch, 'getAnisotropyStrength', 0)),
            anisotropyRotationRad: number(stretch, 'getAnisotropyRotation', 0)
        }),
        ...(has(DIFFUSE_TRANSMISSION) && {
            diffuseTransmission: clamp01(number(DIFFUSE_TRANSMISSION, 'getDiffuseTransmissionFactor', 0)),
            diffuseTransmissionColor: color(DIFFUSE_TRANSMISSION, 'getDiffuseTransmissionColorFactor').map(
                clamp01
            ) as unknown as Vec3
        }),
        ...(has('KHR_materials_dispersion') && {
            dispersion: Math.max(0, number('KHR_materials_dispersion', 'getDispersion', 0))
        }),
        ...readAttenuation(material, reader)
    };
}

/** Needs a volume of some thickness, and a way for light into it. */
function readAttenuation(material: GltfMaterial, reader: GltfReader): Pick<MaterialExtensions, 'attenuation'> {
    const name = 'KHR_materials_volume';
    const thickness = extension<number>(material, name, 'getThicknessFactor') ?? 0;
    const distanceM = extension<number>(material, name, 'getAttenuationDistance') ?? 0;
    const color = extension<number[]>(material, name, 'getAttenuationColor');
    if (!(thickness > 0) || !color || !(distanceM > 0 && distanceM < Infinity)) return {};
    const enters = ['KHR_materials_transmission', DIFFUSE_TRANSMISSION].some((way) => material.getExtension(way));
    if (!enters) {
        reader.note('unsupported', 'a volume that light cannot enter has no effect');
        return {};
    }
    return { attenuation: { color: color.map(clamp01) as unknown as Vec3, distanceM } };
}
