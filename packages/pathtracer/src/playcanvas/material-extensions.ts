/**
 * The parts of the engine's StandardMaterial that glTF has as extensions. The engine (2.23.3) reads them from glTF with a quarter
 * of the coat's strength, which is undone here; angles are degrees, roughness is gloss unless inverted, colours are
 * gamma-encoded. Its thickness map only guides its own refraction: rays measure the way themselves.
 */
import type { StandardMaterial } from 'playcanvas';
import type { ExtensionTexture, Material, MaterialExtensions, TextureRef } from '../scene/scene.ts';
import { clamp01, linear, linearReflectance } from './linear-color.ts';
import { mapOf } from './material-map.ts';
import { channelOf, type TextureTable } from './texture-data.ts';

/** Name in the tracer, map in the engine, the channel that the tracer takes (rgb: colour; xyz: data). */
const MAPS: readonly (readonly [ExtensionTexture, string, 'r' | 'g' | 'a' | 'rgb' | 'xyz'])[] = [
    ['transmission', 'refraction', 'r'],
    ['specular', 'specularityFactor', 'a'],
    ['specularColor', 'specular', 'rgb'],
    ['clearcoat', 'clearCoat', 'r'],
    ['clearcoatRoughness', 'clearCoatGloss', 'g'],
    ['clearcoatNormal', 'clearCoatNormal', 'xyz'],
    ['sheenColor', 'sheen', 'rgb'],
    ['sheenRoughness', 'sheenGloss', 'a'],
    ['iridescence', 'iridescence', 'r'],
    ['iridescenceThickness', 'iridescenceThickness', 'g'],
    ['anisotropy', 'anisotropy', 'xyz']
];

/** glTF's, which reflects 0.04 at normal incidence. */
const DEFAULT_IOR = 1.5;

/** Which maps count: those of features that are on. */
function usedMaps(m: StandardMaterial): ReadonlySet<string> {
    return new Set([
        ...(m.refraction > 0 ? ['refraction'] : []),
        ...(m.useMetalness ? (m.useMetalnessSpecularColor ? ['specularityFactor', 'specular'] : []) : ['specular']),
        ...(m.clearCoat > 0 ? ['clearCoat', 'clearCoatGloss', 'clearCoatNormal'] : []),
        ...(m.useSheen ? ['sheen', 'sheenGloss'] : []),
        ...(flag(m, 'useIridescence') ? ['iridescence', 'iridescenceThickness'] : []),
        ...(m.enableGGXSpecular ? ['anisotropy'] : [])
    ]);
}

/** A member that the engine's declarations (2.23.3) miss. */
function flag(m: StandardMaterial, name: 'useIridescence' | 'sheenGlossInvert'): boolean {
    return (m as unknown as Record<string, unknown>)[name] === true;
}

/** Gloss of a map that is to become roughness, or null if the map holds what the tracer takes. */
function glossOf(m: StandardMaterial, map: string): number | null {
    if (map === 'clearCoatGloss' && !m.clearCoatGlossInvert) return clamp01(m.clearCoatGloss);
    if (map === 'sheenGloss' && !flag(m, 'sheenGlossInvert')) return clamp01(m.sheenGloss);
    return null;
}

/** Maps of the extensions. What stands in another channel, or as gloss, is brought into glTF's form. */
export async function extensionTexturesOf(
    material: StandardMaterial,
    textures: TextureTable
): Promise<Partial<Record<ExtensionTexture, TextureRef>>> {
    const out: Partial<Record<ExtensionTexture, TextureRef>> = {};
    const used = usedMaps(material);
    for (const [name, engine, channel] of MAPS) {
        const map = used.has(engine) ? mapOf(material, engine) : null;
        if (!map) continue;
        const gloss = glossOf(material, engine);
        const whole = channel === 'rgb' || channel === 'xyz';
        const value = (v: number): number => (gloss === null ? v : 1 - gloss * v);
        const source = { map, channel: channelOf(map), value };
        const ref =
            gloss === null && (whole || source.channel === channel)
                ? await textures.reference(map, channel === 'rgb')
                : await textures.combined([source, source, source, source], false);
        if (ref) out[name] = ref;
    }
    return out;
}

/** The engine's refraction index is 1 / n. Without metalness it matters only to what is seen through the material. */
export function iorOf({ refractionIndex, refraction, useMetalness }: StandardMaterial): number {
    const index = refractionIndex > 0 && (useMetalness || refraction > 0) ? 1 / refractionIndex : DEFAULT_IOR;
    const ior = Math.min(4, Math.max(1, index));
    // Nothing is 1 but vacuum, which has no reflectance that a colour could scale.
    return useMetalness || ior > 1.001 ? ior : DEFAULT_IOR;
}

/**
 * Strength and colour of the reflection at normal incidence. Of the specular workflow (useMetalness off) the colour is that reflectance F0 itself, which
 * the tracer has as a factor of ((n - 1) / (n + 1))^2.
 */
function specularOf(m: StandardMaterial): Pick<Material, 'specular' | 'specularColor'> {
    if (m.useMetalness) {
        if (!m.useMetalnessSpecularColor) return {};
        return { specular: clamp01(m.specularityFactor), specularColor: linear(m.specular) };
    }
    const ior = iorOf(m);
    const [r, g, b] = linear(m.specular);
    const scale = ((ior + 1) / (ior - 1)) ** 2;
    return { specularColor: [r * scale, g * scale, b * scale] };
}

/** Factors of the extensions. */
export function extensionsOf(m: StandardMaterial): MaterialExtensions & Pick<Material, 'specular' | 'specularColor'> {
    // A gloss map holds the factor as well.
    const roughness = (name: string, gloss: number, invert: boolean): number =>
        invert ? clamp01(gloss) : mapOf(m, name) ? 1 : 1 - clamp01(gloss);
    const { attenuationDistance } = m;
    const solid = m.refraction > 0 && m.thickness > 0;
    return {
        ...specularOf(m),
        ...(m.clearCoat > 0 && {
            clearcoat: clamp01(m.clearCoat * 4),
            clearcoatRoughness: roughness('clearCoatGloss', m.clearCoatGloss, m.clearCoatGlossInvert),
            clearcoatNormalScale: m.clearCoatBumpiness
        }),
        ...(m.useSheen && {
            sheenColor: linearReflectance(m.sheen),
            sheenRoughness: roughness('sheenGloss', m.sheenGloss, flag(m, 'sheenGlossInvert'))
        }),
        ...(flag(m, 'useIridescence') && {
            iridescence: clamp01(m.iridescence),
            iridescenceIor: Math.min(4, Math.max(1, m.iridescenceRefractionIndex)),
            iridescenceThicknessNm: [
                Math.max(0, m.iridescenceThicknessMin),
                Math.max(0, m.iridescenceThicknessMax)
            ] as const
        }),
        ...(m.enableGGXSpecular && {
            anisotropy: clamp01(Math.abs(m.anisotropyIntensity)),
            anisotropyRotationRad: (m.anisotropyRotation * Math.PI) / 180
        }),
        ...(solid && m.dispersion > 0 && { dispersion: m.dispersion }),
        ...(solid &&
            attenuationDistance > 0 &&
            attenuationDistance < 1e12 && {
                attenuation: {
                    color: linearReflectance(m.attenuation),
                    distanceM: attenuationDistance
                }
            })
    };
}
