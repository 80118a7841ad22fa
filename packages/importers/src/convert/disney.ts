/**
 * Disney's "principled" material (Burley 2012, "Physically-based shading at Disney"; 2015 for transmission), as pbrt v3's `disney` and
 * Mitsuba's `principled` write it, in glTF's model, which descends from it. Alike are base colour, metallic, roughness (alpha its
 * square), anisotropy, the index of refraction. Named in the report are: sheen (Burley's Schlick lobe becomes KHR_materials_sheen),
 * the coat (a quarter of its strength, GTR of power 1 becomes GGX of the same alpha), flatness, and that Burley tints transmission by
 * the root of the colour.
 */
import type { Alpha, ColorInput, PrincipledBsdf } from './bsdf.ts';
import { flatColor } from './checkers.ts';
import type { Vec3 } from './mat4.ts';
import type { ReportBuilder } from './report.ts';

/** Parameters in Burley's terms; those that are left out are 0. */
export interface DisneyInit {
    readonly color: ColorInput;
    readonly metallic: number;
    readonly roughness: number;
    readonly ior: number;
    readonly anisotropic?: number;
    readonly specularTint?: number;
    readonly sheen?: number;
    readonly sheenTint?: number;
    readonly clearcoat?: number;
    readonly clearcoatGloss?: number;
    readonly transmission?: number;
    readonly flatness?: number;
    /** 0 to 2: 1 lets half of the matte light through. */
    readonly diffuseTransmission?: number;
    readonly thin?: boolean;
}

/** Burley's lobe rises with the fifth power towards grazing angles; of glTF's, this roughness comes near. */
const SHEEN_ROUGHNESS = 0.5;

/** The glTF model's values; what differs goes to the report under `where`. */
export function disneyBsdf(init: DisneyInit, where: string, report: ReportBuilder): PrincipledBsdf {
    const { color, metallic, ior, thin = false } = init;
    const flat = flatColor(color);
    const approximate = (value: number | undefined, what: string, became: string) => {
        if (value !== undefined && value > 0) report.approximate(`${where}: ${what}`, became);
        return value ?? 0;
    };
    report.approximate(`${where}: Disney's diffuse lobe`, 'Lambert');
    approximate(init.flatness, 'flatness', 'none');
    const sheen = approximate(init.sheen, 'sheen', "glTF's, of the same colour");
    const coat = approximate(init.clearcoat, 'coat', "glTF's, a quarter as strong, of the same alpha");
    const transmission = approximate(init.transmission, 'tint of what goes through', 'that of the surface');
    const tinted = (share: number): Vec3 => flatTint(flat).map((c) => 1 + (c - 1) * share) as unknown as Vec3;
    const gloss = init.clearcoatGloss ?? 1;
    return {
        kind: 'principled',
        color,
        metallic,
        alpha: stretchedAlpha(init.roughness ** 2, init.anisotropic ?? 0),
        ior,
        transmission,
        thin,
        ...(init.specularTint ? { specular: tinted(init.specularTint) } : {}),
        ...(coat > 0 ? { clearcoat: { factor: coat / 4, roughness: Math.sqrt(0.1 + (0.001 - 0.1) * gloss) } } : {}),
        ...(sheen > 0
            ? {
                  sheen: {
                      color: tinted(init.sheenTint ?? 0).map((c) => c * sheen) as unknown as Vec3,
                      roughness: SHEEN_ROUGHNESS
                  }
              }
            : {}),
        ...(init.diffuseTransmission ? { through: Math.min(1, init.diffuseTransmission / 2) } : {})
    };
}

/** Burley's aspect: the root of 1 - 0.9 anisotropic, along u the larger. */
function stretchedAlpha(alpha: number, anisotropic: number): Alpha {
    const aspect = Math.sqrt(1 - 0.9 * Math.min(1, Math.max(0, anisotropic)));
    return [Math.min(1, alpha / aspect), alpha * aspect];
}

/** Hue and saturation alone: the colour over its luminance. */
function flatTint(color: Vec3): Vec3 {
    const luminance = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2];
    return luminance > 0 ? (color.map((c) => c / luminance) as unknown as Vec3) : [1, 1, 1];
}
