/**
 * glTF materials of a style, made when first used: one per slot and colour, textures shared between them. The colours of the
 * palette are sRGB; factors are linear. Emissive strength above 1 goes through KHR_materials_emissive_strength, glass through
 * KHR_materials_transmission without a volume: thin walls, as bottles have.
 */
import type { Document, Material, Texture } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength, KHRMaterialsTransmission } from '@gltf-transform/extensions';
import { badInput } from '@mixreel/core';
import { linearFromSrgb } from '@mixreel/image';
import { type StyleMaterial, styleNamed, type TextureName } from '../style/style.ts';
import { texturePng } from '../style/textures.ts';

/** Named colours that requests may use besides `#rrggbb`. */
export const COLOR_NAMES: Readonly<Record<string, string>> = Object.freeze({
    white: '#f2f0eb',
    black: '#1c1c1e',
    grey: '#8b8d8f',
    gray: '#8b8d8f',
    red: '#b23a33',
    orange: '#d07a32',
    yellow: '#dcb23c',
    green: '#4f7d4a',
    blue: '#39618c',
    purple: '#6b4a80',
    pink: '#d493a0',
    brown: '#7a5233',
    beige: '#d8c8aa',
    cream: '#efe6d2',
    turquoise: '#3f9a98',
    navy: '#26364f',
    gold: '#c9a557',
    silver: '#c4c6c8'
});

/** See the file comment. */
export class MaterialLibrary {
    readonly #document: Document;
    readonly #strength: KHRMaterialsEmissiveStrength;
    readonly #materials = new Map<string, Material>();
    readonly #textures = new Map<TextureName, Texture>();

    constructor(document: Document) {
        this.#document = document;
        this.#strength = document.createExtension(KHRMaterialsEmissiveStrength);
    }

    /** The material of a slot in a style. `variant` picks one of the slot's colours; `color` overrides them. */
    material(style: string, slot: string, variant: number, color?: string): Material {
        const spec = styleNamed(style).slots[slot];
        if (!spec)
            throw badInput(
                `material slot "${slot}" is unknown`,
                Object.keys(styleNamed(style).slots).join(', '),
                'Use one of these'
            );
        const chosen = color ? colorOf(color) : spec.color[variant % spec.color.length]!;
        const key = `${style}/${slot}/${chosen}`;
        let material = this.#materials.get(key);
        if (!material) {
            material = this.#create(`${style} ${slot} ${chosen}`, spec, chosen);
            this.#materials.set(key, material);
        }
        return material;
    }

    #create(name: string, spec: StyleMaterial, color: string): Material {
        const rgb = linearColor(color);
        const material = this.#document.createMaterial(name);
        material
            .setRoughnessFactor(spec.roughness)
            .setMetallicFactor(spec.metallic ?? 0)
            .setDoubleSided(spec.doubleSided ?? false);
        const texture = spec.texture ? this.#texture(spec.texture) : null;
        if (spec.emissive !== undefined) {
            material.setBaseColorFactor([rgb[0] * 0.8, rgb[1] * 0.8, rgb[2] * 0.8, 1]).setEmissiveFactor(rgb);
            if (texture) material.setEmissiveTexture(texture).setBaseColorFactor([0.02, 0.02, 0.02, 1]);
            material.setExtension(
                'KHR_materials_emissive_strength',
                this.#strength.createEmissiveStrength().setEmissiveStrength(spec.emissive)
            );
            return material;
        }
        material.setBaseColorFactor([...rgb, 1]);
        if (texture) material.setBaseColorTexture(texture);
        if (spec.transmission !== undefined) {
            // Made when it is first used: a scene without glass does not name it.
            const glass = this.#document.createExtension(KHRMaterialsTransmission);
            material.setExtension(
                'KHR_materials_transmission',
                glass.createTransmission().setTransmissionFactor(spec.transmission)
            );
        }
        return material;
    }

    #texture(name: TextureName): Texture {
        let texture = this.#textures.get(name);
        if (!texture) {
            texture = this.#document.createTexture(name).setImage(texturePng(name)).setMimeType('image/png');
            this.#textures.set(name, texture);
        }
        return texture;
    }
}

/** `#rrggbb` of a colour name or `#rrggbb`. */
export function colorOf(color: string): string {
    const named = COLOR_NAMES[color] ?? color;
    if (/^#[0-9a-f]{6}$/i.test(named)) return named.toLowerCase();
    throw badInput(
        `colour "${color}" is unknown`,
        `#rrggbb or one of ${Object.keys(COLOR_NAMES).join(', ')}`,
        'Use one of these'
    );
}

/** Linear Rec.709 of `#rrggbb`. */
export function linearColor(hex: string): [number, number, number] {
    const channel = (at: number): number =>
        Math.round(linearFromSrgb(Number.parseInt(hex.slice(at, at + 2), 16) / 255) * 1e6) / 1e6;
    return [channel(1), channel(3), channel(5)];
}
