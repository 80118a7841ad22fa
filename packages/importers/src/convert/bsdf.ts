/**
 * Materials as offline renderers describe them. What becomes of them in glTF stands in `material-builder.ts`.
 */
import type { Checkers } from './checkers.ts';
import { flatColor } from './checkers.ts';
import type { Vec3 } from './mat4.ts';

/** Distribution of microfacet normals. */
export type Distribution = 'ggx' | 'beckmann';

/** Alpha of the microfacets along u and along v of the texture coordinates, 0 to 1; 0 is smooth. */
export type Alpha = readonly [number, number];

/** A colour or a picture. */
export interface ColorInput {
    /** Linear; multiplies the picture if there is one. */
    readonly color: Vec3;
    /** Name of a picture, as the scene gives it, or one that is made. */
    readonly picture?: string | Checkers;
    /** u, v scale and offset of the picture in glTF's coordinates. */
    readonly uv?: { readonly scale: readonly [number, number]; readonly offset: readonly [number, number] };
}

/** glTF's own model, for Disney's and principled materials. */
export interface PrincipledBsdf {
    readonly kind: 'principled';
    readonly color: ColorInput;
    readonly metallic: number;
    readonly alpha: Alpha;
    readonly ior: number;
    readonly transmission: number;
    /** A sheet of no thickness instead of a solid. */
    readonly thin?: boolean;
    /** Colour of the reflection of what is not metal, as a factor. */
    readonly specular?: Vec3;
    /** Strength of a coat of varnish and its roughness (glTF's). */
    readonly clearcoat?: { readonly factor: number; readonly roughness: number };
    readonly sheen?: { readonly color: Vec3; readonly roughness: number };
    /** Share of the matte light that goes through. */
    readonly through?: number;
}

/** What a surface does with light, in the terms of pbrt and Mitsuba. */
export type Bsdf =
    | { readonly kind: 'diffuse'; readonly reflectance: ColorInput }
    | {
          readonly kind: 'plastic';
          readonly diffuse: ColorInput;
          readonly specular: Vec3;
          readonly ior: number;
          readonly alpha: Alpha;
          readonly distribution: Distribution;
          /** Light that the coat throws back down changes colour again. */
          readonly nonlinear: boolean;
      }
    | {
          readonly kind: 'conductor';
          readonly eta: Vec3;
          readonly k: Vec3;
          /** Factor on the reflection. */
          readonly specular: ColorInput;
          readonly alpha: Alpha;
          readonly distribution: Distribution;
      }
    | {
          readonly kind: 'dielectric';
          readonly ior: number;
          readonly alpha: Alpha;
          readonly distribution: Distribution;
          readonly transmittance: Vec3;
          readonly thin: boolean;
      }
    | PrincipledBsdf
    | {
          /** Matte on both sides: what it throws back and what it lets through. */
          readonly kind: 'translucent';
          readonly reflectance: ColorInput;
          readonly transmittance: Vec3;
      };

/** A picture of data, with where it lies. */
export interface DataPicture {
    readonly picture: string;
    readonly uv?: ColorInput['uv'];
}

/** What the numbers of a picture of roughness mean: glTF's roughness, alpha, or what pbrt makes alpha of. */
export type RoughnessScale = 'roughness' | 'alpha' | 'pbrt-3' | 'pbrt-4';

/** A picture of roughness, in whichever scale. */
export interface RoughnessPicture extends DataPicture {
    /** Default: glTF's. */
    readonly scale?: RoughnessScale;
    /** Factor on its values before the scale is applied, default 1. */
    readonly factor?: number;
    /** True if its bytes are sRGB; else they are as they are. */
    readonly srgb?: boolean;
}

/** A BSDF with what surrounds it. */
export interface SurfaceMaterial {
    readonly name: string;
    readonly bsdf: Bsdf;
    /** Coverage: a number, or a picture whose alpha (or grey) it is. */
    readonly opacity?: { readonly value: number } | { readonly picture: string };
    /** Tangent-space normals, as glTF has them; scale: factor on x and y, default 1. */
    readonly normals?: DataPicture & { readonly scale?: number };
    /** Pictures of roughness and of metal, factors on the numbers of the BSDF. */
    readonly roughnessPicture?: RoughnessPicture;
    readonly metallicPicture?: DataPicture;
    /** What the inside absorbs, in 1 over the scene's unit of length. */
    readonly absorption?: Vec3;
}

/** Fresnel reflectance of a conductor at normal incidence. */
export function conductorF0(eta: number, k: number): number {
    return ((eta - 1) ** 2 + k * k) / ((eta + 1) ** 2 + k * k);
}

/** glTF's roughness is the square root of the distribution's alpha. */
export function roughnessFromAlpha(alpha: number): number {
    return Math.sqrt(Math.min(1, Math.max(0, alpha)));
}

/** Alpha that pbrt makes of a roughness where it remaps; above 1 from 0.55 on in version 3. */
export function alphaFromPbrt(roughness: number, version: 3 | 4): number {
    if (roughness === 0) return 0;
    if (version === 4) return Math.sqrt(roughness);
    const x = Math.log(Math.max(roughness, 1e-3));
    return 1.62142 + 0.819955 * x + 0.1734 * x ** 2 + 0.0171201 * x ** 3 + 0.000640711 * x ** 4;
}

/** glTF's roughness of a number of a picture. */
export function roughnessFromPicture(value: number, scale: RoughnessScale): number {
    if (scale === 'roughness') return Math.min(1, Math.max(0, value));
    if (scale === 'alpha') return roughnessFromAlpha(value);
    return roughnessFromAlpha(alphaFromPbrt(Math.max(0, value), scale === 'pbrt-3' ? 3 : 4));
}

/** True if the facets have a direction. */
export function isStretched(bsdf: Bsdf): boolean {
    return 'alpha' in bsdf && bsdf.alpha[0] !== bsdf.alpha[1];
}

/** The surface with facets of no direction, as rough on the whole. */
export function unstretched(surface: SurfaceMaterial): SurfaceMaterial {
    const { bsdf } = surface;
    if (!('alpha' in bsdf)) return surface;
    const alpha = Math.sqrt(bsdf.alpha[0] * bsdf.alpha[1]);
    return { ...surface, bsdf: { ...bsdf, alpha: [alpha, alpha] } };
}

/** The picture that colours a BSDF, if one does. */
export function colorPicture(bsdf: Bsdf): ColorInput | undefined {
    const input = inputOf(bsdf);
    return input?.picture === undefined ? undefined : input;
}

function inputOf(bsdf: Bsdf): ColorInput | undefined {
    switch (bsdf.kind) {
        case 'diffuse':
        case 'translucent':
            return bsdf.reflectance;
        case 'plastic':
            return bsdf.diffuse;
        case 'conductor':
            return bsdf.specular;
        case 'principled':
            return bsdf.color;
        default:
            return undefined;
    }
}

/** The same BSDF with the mean of its checkerboard instead. */
export function withFlatColor(bsdf: Bsdf): Bsdf {
    const flat = { color: flatColor(inputOf(bsdf) ?? { color: [1, 1, 1] }) };
    switch (bsdf.kind) {
        case 'diffuse':
        case 'translucent':
            return { ...bsdf, reflectance: flat };
        case 'plastic':
            return { ...bsdf, diffuse: flat };
        case 'conductor':
            return { ...bsdf, specular: flat };
        case 'principled':
            return { ...bsdf, color: flat };
        default:
            return bsdf;
    }
}
