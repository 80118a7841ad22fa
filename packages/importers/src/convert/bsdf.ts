/**
 * Materials as offline renderers describe them, and the nearest glTF for each. What glTF cannot say is kept beside it in
 * `material.extras.mixreel` (the README documents the contract), so that a renderer that knows more can use it and everyone
 * else still gets the glTF approximation.
 */
import type { Material } from '@gltf-transform/core';
import type { Checkers } from './checkers.ts';
import type { Vec3 } from './mat4.ts';

/** Distribution of microfacet normals. */
export type Distribution = 'ggx' | 'beckmann';

/** A colour or a picture. */
export interface ColorInput {
    /** Linear; multiplies the picture if there is one. */
    readonly color: Vec3;
    /** Name of a picture, as the scene gives it, or one that is made. */
    readonly picture?: string | Checkers;
    /** u, v scale and offset of the picture in glTF's coordinates. */
    readonly uv?: { readonly scale: readonly [number, number]; readonly offset: readonly [number, number] };
}

/** What a surface does with light, in the terms of pbrt and Mitsuba. Roughness is the distribution's alpha, 0 smooth. */
export type Bsdf =
    | { readonly kind: 'diffuse'; readonly reflectance: ColorInput }
    | {
          readonly kind: 'plastic';
          readonly diffuse: ColorInput;
          readonly specular: Vec3;
          readonly ior: number;
          readonly alpha: number;
          readonly distribution: Distribution;
          /** Light that the coat throws back down changes colour again. */
          readonly nonlinear: boolean;
      }
    | {
          readonly kind: 'conductor';
          readonly eta: Vec3;
          readonly k: Vec3;
          readonly specular: Vec3;
          readonly alpha: number;
          readonly distribution: Distribution;
      }
    | {
          readonly kind: 'dielectric';
          readonly ior: number;
          readonly alpha: number;
          readonly distribution: Distribution;
          readonly transmittance: Vec3;
          readonly thin: boolean;
      }
    | {
          /** glTF's own model (Disney and principled materials). */
          readonly kind: 'principled';
          readonly color: ColorInput;
          readonly metallic: number;
          readonly roughness: number;
          readonly ior: number;
          readonly transmission: number;
          /** Strength of a coat of varnish and its roughness. */
          readonly clearcoat?: { readonly factor: number; readonly roughness: number };
      }
    | {
          /** Matte on both sides: what it throws back and what it lets through. */
          readonly kind: 'translucent';
          readonly reflectance: ColorInput;
          readonly transmittance: Vec3;
      };

/** A BSDF with what surrounds it. */
export interface SurfaceMaterial {
    readonly name: string;
    readonly bsdf: Bsdf;
    /** Coverage: a number, or a picture whose alpha (or grey) it is. */
    readonly opacity?: { readonly value: number } | { readonly picture: string };
}

/** Fresnel reflectance of a conductor at normal incidence. */
export function conductorF0(eta: number, k: number): number {
    return ((eta - 1) ** 2 + k * k) / ((eta + 1) ** 2 + k * k);
}

/** glTF's roughness is the square root of the distribution's alpha. */
export function roughnessFromAlpha(alpha: number): number {
    return Math.sqrt(Math.min(1, Math.max(0, alpha)));
}

/** What a {@link Bsdf} needs of the extensions; made by the builder, on demand. */
export interface MaterialExtensions {
    ior(material: Material, ior: number): void;
    specular(material: Material, factor: number, color: Vec3): void;
    transmission(material: Material, factor: number): void;
    clearcoat(material: Material, factor: number, roughness: number): void;
    /** Share of matte light that goes through, and its colour. */
    diffuseTransmission(material: Material, factor: number, color: Vec3): void;
    /** Marks the material as the boundary of a solid. */
    volume(material: Material): void;
}

/** Sets the factors of a glTF material (not its textures) and the extras for renderers that know more. */
export function applyBsdf(material: Material, bsdf: Bsdf, extensions: MaterialExtensions): void {
    switch (bsdf.kind) {
        case 'diffuse':
            setBase(material, bsdf.reflectance.color, 0, 1);
            extensions.specular(material, 0, [1, 1, 1]);
            extend(material, { bsdf: 'diffuse' });
            return;
        case 'plastic':
            setBase(material, bsdf.diffuse.color, 0, roughnessFromAlpha(bsdf.alpha));
            if (bsdf.ior !== 1.5) extensions.ior(material, bsdf.ior);
            if (bsdf.specular.some((value) => value !== 1)) extensions.specular(material, 1, bsdf.specular);
            extend(material, {
                bsdf: 'plastic',
                ior: bsdf.ior,
                alpha: bsdf.alpha,
                distribution: bsdf.distribution,
                nonlinear: bsdf.nonlinear,
                specular: bsdf.specular
            });
            return;
        case 'conductor': {
            const f0 = bsdf.eta.map((eta, i) => Math.min(1, conductorF0(eta, bsdf.k[i]!) * bsdf.specular[i]!));
            setBase(material, f0 as unknown as Vec3, 1, roughnessFromAlpha(bsdf.alpha));
            extend(material, {
                bsdf: 'conductor',
                eta: bsdf.eta,
                k: bsdf.k,
                specular: bsdf.specular,
                alpha: bsdf.alpha,
                roughness: roughnessFromAlpha(bsdf.alpha),
                distribution: bsdf.distribution
            });
            return;
        }
        case 'dielectric':
            setBase(material, bsdf.transmittance, 0, roughnessFromAlpha(bsdf.alpha));
            extensions.ior(material, bsdf.ior);
            extensions.transmission(material, 1);
            if (!bsdf.thin) extensions.volume(material);
            extend(material, {
                bsdf: bsdf.thin ? 'thindielectric' : 'dielectric',
                ior: bsdf.ior,
                alpha: bsdf.alpha,
                distribution: bsdf.distribution
            });
            return;
        case 'principled':
            setBase(material, bsdf.color.color, bsdf.metallic, bsdf.roughness);
            if (bsdf.ior !== 1.5) extensions.ior(material, bsdf.ior);
            if (bsdf.transmission > 0) {
                extensions.transmission(material, bsdf.transmission);
                extensions.volume(material);
            }
            if (bsdf.clearcoat) extensions.clearcoat(material, bsdf.clearcoat.factor, bsdf.clearcoat.roughness);
            return;
        case 'translucent':
            applyTranslucent(material, bsdf, extensions);
    }
}

/** glTF mixes reflection and transmission by one factor: the colours are divided by their shares, so that the products stay. */
function applyTranslucent(
    material: Material,
    { reflectance, transmittance }: Extract<Bsdf, { kind: 'translucent' }>,
    extensions: MaterialExtensions
): void {
    const [up, down] = [Math.max(...reflectance.color), Math.max(...transmittance)];
    const factor = down > 0 ? down / (up + down) : 0;
    const over = (color: Vec3, share: number): Vec3 =>
        color.map((value) => (share > 0 ? Math.min(1, value / share) : 0)) as unknown as Vec3;
    setBase(material, over(reflectance.color, 1 - factor), 0, 1);
    extensions.specular(material, 0, [1, 1, 1]);
    extensions.diffuseTransmission(material, factor, over(transmittance, factor));
}

function setBase(material: Material, color: Vec3, metallic: number, roughness: number): void {
    material.setBaseColorFactor([...color.map((v) => Math.min(1, Math.max(0, v))), 1] as never);
    material.setMetallicFactor(Math.min(1, Math.max(0, metallic)));
    material.setRoughnessFactor(Math.min(1, Math.max(0, roughness)));
}

function extend(material: Material, fields: Readonly<Record<string, unknown>>): void {
    material.setExtras({ ...material.getExtras(), mixreel: fields });
}

/** The picture that colours a BSDF, if one does. */
export function colorPicture(bsdf: Bsdf): ColorInput | undefined {
    const input =
        bsdf.kind === 'diffuse' || bsdf.kind === 'translucent'
            ? bsdf.reflectance
            : bsdf.kind === 'plastic'
              ? bsdf.diffuse
              : bsdf.kind === 'principled'
                ? bsdf.color
                : undefined;
    return input?.picture === undefined ? undefined : input;
}
