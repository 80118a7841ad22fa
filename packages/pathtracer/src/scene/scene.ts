/**
 * The scene as the tracer takes it, independent of any engine: triangle meshes, instances of them, materials, textures, lights
 * and an environment. Right-handed, y up, metres, linear Rec.709 radiance (W/(m^2 sr)), colours linear unless a texture says
 * sRGB. `createScene` checks everything at the border, so that nothing behind it has to.
 */
import type { NodeSemantics, SceneSemantics } from '@mixreel/core';
import type { View } from '@mixreel/image';
import type { Mat4, Vec3 } from '../math/vector.ts';

/** A triangle mesh in its own space. */
export interface Mesh {
    readonly name?: string;
    /** 3 floats a vertex, metres. */
    readonly positions: Float32Array;
    /** 3 floats a vertex, unit; without them triangles are flat. */
    readonly normals?: Float32Array;
    /** 2 floats a vertex, v down as in glTF. */
    readonly uvs?: Float32Array;
    /** A second set of texture coordinates, likewise. */
    readonly uvs1?: Float32Array;
    /** 4 floats a vertex: unit direction of +u, then 1 or -1, which cross(normal, tangent) times gives the direction of -v. */
    readonly tangents?: Float32Array;
    /** 4 floats a vertex, linear RGBA from 0 to 1, factors on base colour and opacity. */
    readonly colors?: Float32Array;
    /** 3 indices a triangle; counter-clockwise is the front. */
    readonly indices: Uint32Array;
}

/** A mesh placed in the world. */
export interface Instance {
    /** Index into {@link SceneInit.meshes}. */
    readonly mesh: number;
    /** Index into {@link SceneInit.materials}. */
    readonly material: number;
    /** Object to world, column-major, affine, invertible. */
    readonly transform: Mat4;
    /** Where it was in the frame before, for the motion layer; absent if it has not moved. Such scenes are not flattened. */
    readonly previousTransform?: Mat4;
    readonly name?: string;
    /** What it is, for the semantic layer. */
    readonly semantics?: NodeSemantics;
}

/** How a texture is looked up. */
export interface TextureRef {
    /** Index into {@link SceneInit.textures}. */
    readonly texture: number;
    readonly wrapU?: Wrap;
    readonly wrapV?: Wrap;
    /** Which texture coordinates of the mesh: `uvs` (0, the default) or `uvs1`. */
    readonly uvSet?: 0 | 1;
    /** What a magnified texture shows; default `linear`. A minified one is always filtered. */
    readonly filter?: 'linear' | 'nearest';
    /** Applied to the coordinates first; KHR_texture_transform. */
    readonly transform?: TextureTransform;
}

/** Scales texture coordinates, turns them counter-clockwise in a picture (v down), then moves them. */
export interface TextureTransform {
    readonly offset: readonly [number, number];
    readonly rotationRad: number;
    readonly scale: readonly [number, number];
}

export type Wrap = 'repeat' | 'clamp' | 'mirror';

/** 8-bit RGBA picture. */
export interface Texture {
    readonly name?: string;
    /** 1 to 16384. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** 4 bytes a texel, rows top to bottom, RGB not premultiplied. */
    readonly data: Uint8Array;
    /** True if RGB is sRGB-encoded (base colour, emission), false for data (normals, roughness). */
    readonly srgb: boolean;
}

/**
 * What a surface does with light.
 *
 * `gltf`: glTF 2.0 metallic-roughness with every KHR_materials extension; `diffuse`: Lambert of baseColor; `conductor`:
 * microfacets with the complex index eta + i k; `dielectric`: smooth or rough glass of index ior, tinted by baseColor on
 * transmission; `plastic`: a smooth or rough dielectric of index ior over Lambert of baseColor. Below an alpha (roughness
 * squared) of 0.001 a specular lobe is a perfect mirror or glass. Fields say where only one kind has them.
 */
export interface Material extends MaterialExtensions {
    readonly name?: string;
    readonly kind: 'gltf' | 'diffuse' | 'conductor' | 'dielectric' | 'plastic';
    /** Linear reflectance 0 to 1. */
    readonly baseColor?: Vec3;
    /** 0 to 1. */
    readonly opacity?: number;
    readonly alphaMode?: 'opaque' | 'mask' | 'blend';
    /** 0 to 1, for alphaMode `mask`. */
    readonly alphaCutoff?: number;
    /** 0 to 1. */
    readonly metallic?: number;
    /** Perceptual, 0 to 1; GGX alpha is its square. */
    readonly roughness?: number;
    /** Index of refraction, 1 to 4. */
    readonly ior?: number;
    /** 0 to 1. */
    readonly transmission?: number;
    /** True: a sheet of no thickness, light goes straight through; false: the surface of a solid. */
    readonly thin?: boolean;
    /** Radiance emitted by the front, or by both sides if doubleSided. */
    readonly emission?: Vec3;
    /**
     * The emission takes the vertices' colours (glTF: KHR_materials_unlit). Where there are some, rays that meet the surface find its
     * light, and light sampling does not ask it.
     */
    readonly unlit?: boolean;
    readonly doubleSided?: boolean;
    /**
     * Rays pass through its back, as glTF says of what is not double-sided; default false: solid from behind. Without effect on
     * what is double-sided or lets light through.
     */
    readonly culled?: boolean;
    /** Factor on the reflection of a conductor or of a coat, times its texture; glTF: KHR_materials_specular's colour. At least 0. */
    readonly specularColor?: Vec3;
    /** glTF: strength of the reflection of what is not metal, 0 to 1. */
    readonly specular?: number;
    /** Plastic: light that the coat throws back takes on the base's colour again. */
    readonly nonlinear?: boolean;
    /** Conductor: real part of the index of refraction, RGB. */
    readonly eta?: Vec3;
    /** Conductor: imaginary part, RGB. */
    readonly k?: Vec3;
    /** Microfacets after Beckmann instead of GGX, as other renderers' materials may have. */
    readonly beckmann?: boolean;
    /** Light that facets scatter more than once is lost, as in renderers that do not give it back. glTF and conductors. */
    readonly singleScattering?: boolean;
    readonly normalScale?: number;
    readonly textures?: {
        readonly baseColor?: TextureRef;
        /** Roughness in green, metallic in blue. */
        readonly metallicRoughness?: TextureRef;
        readonly normal?: TextureRef;
        readonly emission?: TextureRef;
    } & { readonly [name in ExtensionTexture]?: TextureRef };
}

/** Textures of {@link MaterialExtensions}, with the channels that glTF gives them. */
export type ExtensionTexture =
    | 'transmission'
    | 'specular'
    | 'specularColor'
    | 'clearcoat'
    | 'clearcoatRoughness'
    | 'clearcoatNormal'
    | 'sheenColor'
    | 'sheenRoughness'
    | 'iridescence'
    | 'iridescenceThickness'
    | 'anisotropy'
    | 'diffuseTransmission'
    | 'diffuseTransmissionColor';

/**
 * glTF's KHR_materials extensions that most materials do without; kind `gltf` alone, but for `attenuation` (kind `dielectric` too)
 * and `anisotropy` (all kinds but `diffuse`).
 */
export interface MaterialExtensions {
    /** Strength of a coat of varnish, 0 to 1, and its perceptual roughness. KHR_materials_clearcoat. */
    readonly clearcoat?: number;
    readonly clearcoatRoughness?: number;
    readonly clearcoatNormalScale?: number;
    /** Cloth's fibres: colour 0 to 1, perceptual roughness (at least 0.14 is used). KHR_materials_sheen. */
    readonly sheenColor?: Vec3;
    readonly sheenRoughness?: number;
    /** A thin film: strength 0 to 1, index 1 to 4, thickness where the texture is 0 and 1. KHR_materials_iridescence. */
    readonly iridescence?: number;
    readonly iridescenceIor?: number;
    readonly iridescenceThicknessNm?: readonly [number, number];
    /** Stretches highlights: strength 0 to 1, angle from the tangent counter-clockwise. KHR_materials_anisotropy. */
    readonly anisotropy?: number;
    readonly anisotropyRotationRad?: number;
    /** Matte light that goes through, 0 to 1, and its colour. KHR_materials_diffuse_transmission. */
    readonly diffuseTransmission?: number;
    readonly diffuseTransmissionColor?: Vec3;
    /** 20 over the Abbe number; needs a solid that transmits. KHR_materials_dispersion. */
    readonly dispersion?: number;
    /** What is left of white after a distance inside, Beer and Lambert. KHR_materials_volume. */
    readonly attenuation?: { readonly color: Vec3; readonly distanceM: number };
}

/** Light from infinitely far away, all around. */
export interface Environment {
    /** Equirectangular: u = atan2(z, x) / 2 pi + 1/2, v = 0 at +y. 1 to 8192. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** 3 floats a pixel, linear radiance, rows top to bottom. */
    readonly data: Float32Array;
    /** Turns the picture about +y, radians. */
    readonly rotationRad?: number;
    /** Factor on the radiance. */
    readonly intensity?: number;
}

/** Light from a direction. */
export interface DirectionalLight {
    readonly kind: 'directional';
    /** Where it shines to, unit. */
    readonly direction: Vec3;
    /** Irradiance on a surface facing it, W/m^2. */
    readonly irradiance: Vec3;
    /** Half the angle that it fills in the sky, 0 (default) to 0.5: a disc that is seen, 0.00465 for the sun. */
    readonly angularRadiusRad?: number;
}

/**
 * How light weakens with the distance d. `physical`: 1 / d^2, KHR_lights_punctual's window if there is a range, its ramp at the edge
 * of a cone. The others are what rasterising engines do, for pictures beside theirs; they need a range, and edge cones by a
 * smoothstep. `soft`: 1 / (d^2 + 1 m^2) times the window's square; `linear`: 1 - d / range, of an intensity in W/m^2.
 */
export type LightFalloff = 'physical' | 'soft' | 'linear';

/** Light from a point. */
export interface PointLight {
    readonly kind: 'point';
    readonly position: Vec3;
    /** Radiant intensity, W/sr. */
    readonly intensity: Vec3;
    /** From here on there is no light, metres: KHR_lights_punctual's window. Default: no end. */
    readonly rangeM?: number;
    /** Default `physical`. */
    readonly falloff?: LightFalloff;
}

/** Light from a point into a cone. */
export interface SpotLight {
    readonly kind: 'spot';
    readonly position: Vec3;
    /** Where it shines to, unit. */
    readonly direction: Vec3;
    /** Radiant intensity on the axis, W/sr. */
    readonly intensity: Vec3;
    /** Full up to here, 0 to the outer cone. */
    readonly innerConeRad: number;
    /** Nothing beyond, up to pi / 2. */
    readonly outerConeRad: number;
    /** As of a point light. */
    readonly rangeM?: number;
    readonly falloff?: LightFalloff;
}

/** A light that is no mesh. */
export type PunctualLight = PointLight | SpotLight | DirectionalLight;

/** What {@link createScene} takes. */
export interface SceneInit {
    readonly meshes: readonly Mesh[];
    readonly instances: readonly Instance[];
    readonly materials: readonly Material[];
    readonly textures?: readonly Texture[];
    readonly lights?: readonly PunctualLight[];
    readonly environment?: Environment;
    /** A view to start from. */
    readonly view?: View;
    readonly semantics?: SceneSemantics;
}

/** Something that was changed or left out, so that the caller can say so. */
export interface SceneEvent {
    readonly kind:
        | 'default-environment'
        | 'degenerate-triangles'
        | 'empty-mesh'
        | 'unsupported'
        | 'missing-texture'
        | 'skipped';
    readonly message: string;
    /** How many things it concerns. */
    readonly count: number;
}

/** A checked scene; made by {@link createScene}. */
export interface Scene extends Required<Omit<SceneInit, 'environment' | 'view' | 'semantics'>> {
    readonly environment: Environment | null;
    readonly view: View | null;
    readonly semantics: SceneSemantics | null;
    /** Triangles over all instances. */
    readonly triangleCount: number;
    readonly events: readonly SceneEvent[];
}
