/**
 * The engine's StandardMaterial as glTF metallic-roughness, the model it was loaded from in the first place. The engine keeps
 * colours gamma-encoded and roughness as gloss; both are undone here. A material of the specular workflow (useMetalness off)
 * becomes a dielectric whose reflectance at normal incidence is its specular colour, by KHR_materials_specular's colour factor.
 */
import {
    BLEND_NONE,
    CULLFACE_BACK,
    CULLFACE_NONE,
    DITHER_NONE,
    type Material as EngineMaterial,
    StandardMaterial
} from 'playcanvas';
import type { Material } from '../scene/scene.ts';
import type { EventLog } from './events.ts';
import { noteIgnored } from './ignored-settings.ts';
import { clamp01, linear, linearReflectance } from './linear-color.ts';
import { extensionsOf, extensionTexturesOf, iorOf } from './material-extensions.ts';
import { mapOf } from './material-map.ts';
import { channelOf, type TextureTable } from './texture-data.ts';

const GREY: Material = { kind: 'gltf', baseColor: [0.5, 0.5, 0.5], metallic: 0, roughness: 1 };

/** A material as the tracer takes it. */
export async function materialOf(material: EngineMaterial, textures: TextureTable, log: EventLog): Promise<Material> {
    if (!(material instanceof StandardMaterial)) {
        log.add('unsupported', `material "${material.name}" is not a StandardMaterial: rendered grey`);
        return { ...GREY, name: material.name };
    }
    noteIgnored(material, log);
    const transmission = clamp01(material.refraction);
    const alpha = alphaOf(material, transmission);
    const [color, opacity] = [mapOf(material, 'diffuse'), mapOf(material, 'opacity')];
    // Without an opacity map the engine does not look at the diffuse map's alpha.
    const baseColor = await (alpha.alphaMode === 'opaque'
        ? textures.reference(color, true)
        : textures.withOpacity(color, opacity));
    const normal = await textures.reference(mapOf(material, 'normal'), false);
    const emission = await textures.reference(mapOf(material, 'emissive'), true);
    const { metallicRoughness, ...surface } = await surfaceOf(material, textures);
    const emissive = linear(material.emissive);
    const strength = material.emissiveIntensity;
    // Unlit: only what it emits is seen.
    const unlit = !material.useLighting && !material.useSkybox;
    return {
        kind: unlit ? 'diffuse' : 'gltf',
        name: material.name,
        baseColor: unlit ? [0, 0, 0] : linearReflectance(material.diffuse),
        opacity: clamp01(material.opacity),
        ...alpha,
        ...surface,
        ...(transmission > 0 ? { transmission, thin: material.thickness === 0 } : {}),
        ...extensionsOf(material),
        emission: [emissive[0] * strength, emissive[1] * strength, emissive[2] * strength],
        doubleSided: material.cull === CULLFACE_NONE,
        culled: material.cull === CULLFACE_BACK,
        normalScale: material.bumpiness,
        textures: {
            ...(baseColor ? { baseColor } : {}),
            ...(metallicRoughness ? { metallicRoughness } : {}),
            ...(normal ? { normal } : {}),
            ...(emission ? { emission } : {}),
            ...(await extensionTexturesOf(material, textures))
        }
    };
}

type Surface = Pick<Material, 'metallic' | 'roughness' | 'ior'> & {
    metallicRoughness?: NonNullable<Material['textures']>['metallicRoughness'];
};

async function surfaceOf(material: StandardMaterial, textures: TextureTable): Promise<Surface> {
    const { glossInvert } = material;
    const gloss = clamp01(material.gloss);
    const metallic = material.useMetalness ? clamp01(material.metalness) : 0;
    const ior = iorOf(material);
    const glossMap = mapOf(material, 'gloss');
    const metalMap = material.useMetalness ? mapOf(material, 'metalness') : null;
    if (!glossMap && !metalMap) return { ior, metallic, roughness: glossInvert ? gloss : 1 - gloss };
    const packed =
        glossMap?.texture === metalMap?.texture && channelOf(glossMap) === 'g' && channelOf(metalMap) === 'b';
    if (packed && glossInvert) {
        const metallicRoughness = await textures.reference(glossMap, false);
        return { ior, metallic, roughness: gloss, ...(metallicRoughness ? { metallicRoughness } : {}) };
    }
    const roughnessFrom = (value: number): number => (glossInvert ? gloss * value : 1 - gloss * value);
    const metallicRoughness = await textures.metallicRoughness(
        { map: glossMap, channel: channelOf(glossMap), value: roughnessFrom },
        { map: metalMap, channel: channelOf(metalMap), value: (value) => metallic * value }
    );
    if (!metallicRoughness) return { ior, metallic, roughness: roughnessFrom(1) };
    return { ior, metallic: 1, roughness: 1, metallicRoughness };
}

function alphaOf(
    material: StandardMaterial,
    transmission: number
): Required<Pick<Material, 'alphaMode'>> & Pick<Material, 'alphaCutoff'> {
    if (material.alphaTest > 0) return { alphaMode: 'mask', alphaCutoff: clamp01(material.alphaTest) };
    // Dithering and coverage show as much of what is behind as blending does.
    const { blendType, opacityDither, alphaToCoverage } = material;
    const seenThrough = blendType !== BLEND_NONE || opacityDither !== DITHER_NONE || alphaToCoverage;
    // The engine blends what transmits light; the tracer refracts it.
    return { alphaMode: seenThrough && transmission === 0 ? 'blend' : 'opaque' };
}
