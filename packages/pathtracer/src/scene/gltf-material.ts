/** One glTF material as a material of the tracer. Extensions are read by their getters, so that none need be imported. */
import type { Material as GltfMaterial } from '@gltf-transform/core';
import type { Vec3 } from '../math/vector.ts';
import { isSolid, readExtras } from './gltf-extras.ts';
import { DIFFUSE_TRANSMISSION, readExtensionTextures, readMaterialExtensions } from './gltf-material-extensions.ts';
import { clamp01, extension, type GltfReader, ref } from './gltf-reader.ts';
import type { Material } from './scene.ts';

/** Extensions that change the look and are not rendered. */
const UNSUPPORTED = ['KHR_materials_pbrSpecularGlossiness'];

/** Reflectance at normal incidence of the index 1.5. */
const F0_OF_GLASS = 0.04;

function scaled([r, g, b]: Vec3, factor: number): Vec3 {
    return [r * factor, g * factor, b * factor];
}

/** Converts a material; null is glTF's default material. */
export function convertMaterial(material: GltfMaterial | null, reader: GltfReader): Material {
    if (!material) return { kind: 'gltf', baseColor: [1, 1, 1], metallic: 1, roughness: 1, culled: true };
    for (const name of UNSUPPORTED) {
        if (material.getExtension(name)) reader.note('unsupported', `${name} is not rendered`);
    }
    const [r, g, b, opacity] = material.getBaseColorFactor();
    const strength = extension(material, 'KHR_materials_emissive_strength', 'getEmissiveStrength') ?? 1;
    const [er, eg, eb] = material.getEmissiveFactor();
    const transmission = extension(material, 'KHR_materials_transmission', 'getTransmissionFactor') ?? 0;
    const through = extension(material, DIFFUSE_TRANSMISSION, 'getDiffuseTransmissionFactor') ?? 0;
    const solid = (extension(material, 'KHR_materials_volume', 'getThicknessFactor') ?? 0) > 0;
    const ior = extension(material, 'KHR_materials_ior', 'getIOR') ?? 1.5;
    const baseColor = ref(reader, material.getBaseColorTexture(), material.getBaseColorTextureInfo(), true);
    const shared = {
        name: material.getName(),
        alphaMode: material.getAlphaMode().toLowerCase() as 'opaque' | 'mask' | 'blend',
        alphaCutoff: clamp01(material.getAlphaCutoff()),
        opacity: clamp01(opacity),
        doubleSided: material.getDoubleSided(),
        culled: !(material.getDoubleSided() || isSolid(material))
    };
    if (material.getExtension('KHR_materials_unlit')) {
        // Shines with its own colour, from each side that is there, and reflects nothing.
        const textures = baseColor ? { textures: { baseColor, emission: baseColor } } : {};
        return {
            ...shared,
            kind: 'diffuse',
            baseColor: [0, 0, 0],
            emission: [r, g, b],
            unlit: true,
            ...textures
        };
    }
    const metallicRoughness = ref(
        reader,
        material.getMetallicRoughnessTexture(),
        material.getMetallicRoughnessTextureInfo(),
        false
    );
    const normal = ref(reader, material.getNormalTexture(), material.getNormalTextureInfo(), false);
    const emission = ref(reader, material.getEmissiveTexture(), material.getEmissiveTextureInfo(), true);
    const beyond = readExtras(material, reader);
    const extensions = readMaterialExtensions(material, reader);
    return {
        ...shared,
        kind: 'gltf',
        baseColor: [clamp01(r), clamp01(g), clamp01(b)],
        metallic: clamp01(material.getMetallicFactor()),
        roughness: clamp01(material.getRoughnessFactor()),
        ior: ior >= 1 && ior <= 4 ? ior : 1.5,
        transmission: clamp01(transmission),
        thin: (transmission > 0 || through > 0) && !solid,
        emission: [er * strength, eg * strength, eb * strength],
        normalScale: material.getNormalScale(),
        ...extensions,
        // KHR_materials_ior: with an index of 0, for the specular workflow, the specular colour is what is reflected.
        ...(ior === 0 ? { specularColor: scaled(extensions.specularColor ?? [1, 1, 1], 1 / F0_OF_GLASS) } : {}),
        textures: {
            ...(baseColor ? { baseColor } : {}),
            ...(metallicRoughness ? { metallicRoughness } : {}),
            ...(normal ? { normal } : {}),
            ...(emission ? { emission } : {}),
            ...readExtensionTextures(material, reader),
            // glTF's picture of a metal multiplies what it reflects, and so it does here.
            ...(beyond.kind === 'conductor' && baseColor ? { specularColor: baseColor } : {})
        },
        ...beyond
    };
}
