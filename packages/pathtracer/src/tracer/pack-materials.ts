/**
 * Materials as the kernels read them.
 *
 * A material is 8 rows of 4 words: base colour, opacity | metallic, roughness, index of refraction, transmission | emission,
 * alpha cutoff | kind and flags, textures of base colour, metallic-roughness, normal | texture of emission, normal scale, first
 * row of its extensions (counted from the first material's), - | eta, - | k, - | specular colour, specular factor (plastic:
 * internal reflectance). A conductor's mean reflectance stands in the last words of the last three rows.
 *
 * Materials that use an extension have 10 rows more, after those of all materials: coat, its roughness, its normal's scale,
 * dispersion | sheen, its roughness | film, its index, least and greatest thickness | anisotropy, cosine and sine of its angle,
 * diffuse transmission | its colour, - | absorption, - | textures, in the order of EXTENSION_TEXTURES, 13 words.
 */
import { fresnelConductor, internalReflectance, meanReflectance } from '../bsdf/fresnel.ts';
import { NONE } from '../math/none.ts';
import type { Vec3 } from '../math/vector.ts';
import type { ExtensionTexture, Material, TextureRef, TextureTransform } from '../scene/scene.ts';

const KIND: Readonly<Record<Material['kind'], number>> = {
    gltf: 0,
    diffuse: 1,
    conductor: 2,
    dielectric: 3,
    plastic: 4
};

/** Bits from here on, two of them: the queue that hits wait in. See `MATERIAL_QUEUE` in `shaders/pathtracer/scene.wgsl`. */
const QUEUE_SHIFT = 20;

/** What is left out of a material. Roughness 1, metallic 0, ior 1.5: a matt, white, opaque surface. */
export const MATERIAL_DEFAULTS = Object.freeze({
    baseColor: [1, 1, 1],
    opacity: 1,
    alphaMode: 'opaque',
    alphaCutoff: 0.5,
    metallic: 0,
    roughness: 1,
    ior: 1.5,
    transmission: 0,
    thin: false,
    emission: [0, 0, 0],
    doubleSided: false,
    unlit: false,
    culled: false,
    /** Silver-like; a conductor ought to have its own. */
    eta: [0.155, 0.117, 0.138],
    k: [4.828, 3.122, 2.147],
    specularColor: [1, 1, 1],
    specular: 1,
    nonlinear: false,
    beckmann: false,
    singleScattering: false,
    normalScale: 1,
    clearcoat: 0,
    clearcoatRoughness: 0,
    clearcoatNormalScale: 1,
    sheenColor: [0, 0, 0],
    sheenRoughness: 0,
    iridescence: 0,
    iridescenceIor: 1.3,
    iridescenceThicknessNm: [100, 400],
    anisotropy: 0,
    anisotropyRotationRad: 0,
    diffuseTransmission: 0,
    diffuseTransmissionColor: [1, 1, 1],
    dispersion: 0
} as const satisfies Partial<Material>) as Readonly<
    Required<Omit<Material, 'name' | 'kind' | 'textures' | 'attenuation'>>
>;

const MATERIAL_WORDS = 32;
const EXTENSION_ROWS = 10;
/** In the order of their words. */
const EXTENSION_TEXTURES: readonly ExtensionTexture[] = [
    'clearcoat',
    'clearcoatRoughness',
    'clearcoatNormal',
    'sheenColor',
    'sheenRoughness',
    'iridescence',
    'iridescenceThickness',
    'anisotropy',
    'diffuseTransmission',
    'diffuseTransmissionColor',
    'transmission',
    'specular',
    'specularColor'
];

/**
 * Rows of all materials, then those of their extension blocks.
 *
 * @param textureIndex Row of a texture's header, counted from the first texture's.
 * @param queueOf Number of the queue that hits on a material wait in, 0 to 2.
 */
export function packMaterials(
    materials: readonly Material[],
    textureIndex: (ref: TextureRef) => number,
    queueOf: (material: Material) => number
): Uint32Array {
    const extended = materials.filter((material) => extensionFlags(material) !== 0).length;
    const words = new Uint32Array(materials.length * MATERIAL_WORDS + extended * EXTENSION_ROWS * 4);
    let extension = materials.length * MATERIAL_WORDS;
    for (const [i, material] of materials.entries()) {
        packMaterial(material, textureIndex, words, i * MATERIAL_WORDS);
        words[i * MATERIAL_WORDS + 12]! |= queueOf(material) << QUEUE_SHIFT;
        if (extensionFlags(material) === 0) continue;
        words[i * MATERIAL_WORDS + 18] = extension / 4;
        packExtension(material, textureIndex, words, extension);
        extension += EXTENSION_ROWS * 4;
    }
    return words;
}

function packMaterial(
    material: Material,
    textureIndex: (ref: TextureRef) => number,
    words: Uint32Array,
    offset: number
): void {
    const m = { ...MATERIAL_DEFAULTS, ...material };
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    const { textures } = material;
    const index = (ref: TextureRef | undefined): number => (ref ? textureIndex(ref) : NONE);
    floats.set([...m.baseColor, m.opacity], offset);
    floats.set([m.metallic, m.roughness, m.ior, m.transmission], offset + 4);
    floats.set([...m.emission, m.alphaCutoff], offset + 8);
    words[offset + 12] = KIND[m.kind] | flagsOf(m) | extensionFlags(material);
    words[offset + 13] = index(textures?.baseColor);
    words[offset + 14] = index(textures?.metallicRoughness);
    words[offset + 15] = index(textures?.normal);
    words[offset + 16] = index(textures?.emission);
    floats[offset + 17] = m.normalScale;
    const mean = m.kind === 'conductor' ? conductorMean(m) : [0, 0, m.specular];
    floats.set([...m.eta, mean[0]!], offset + 20);
    floats.set([...m.k, mean[1]!], offset + 24);
    const last = m.kind === 'plastic' ? internalReflectance(m.ior) : mean[2]!;
    floats.set([...m.specularColor, last], offset + 28);
}

/** Mean reflectance of a conductor's facets, as multiple scattering needs it. */
function conductorMean({ eta, k, specularColor }: Required<Pick<Material, 'eta' | 'k' | 'specularColor'>>): number[] {
    return eta.map((n, i) => specularColor[i]! * meanReflectance((cosine) => fresnelConductor(cosine, n, k[i]!)));
}

function flagsOf(m: typeof MATERIAL_DEFAULTS & Material): number {
    const { textures } = m;
    const specular =
        m.specular !== 1 || m.specularColor.some((c) => c !== 1) || textures?.specular || textures?.specularColor;
    return (
        (m.doubleSided ? 16 : 0) |
        (m.alphaMode === 'mask' ? 32 : 0) |
        (m.alphaMode === 'blend' ? 64 : 0) |
        (m.thin ? 128 : 0) |
        (m.nonlinear ? 256 : 0) |
        (specular ? 512 : 0) |
        (m.beckmann ? 1024 : 0) |
        (m.singleScattering ? 2048 : 0) |
        (m.unlit ? 4194304 : 0)
    );
}

/** Which of the extensions with rows of their own a material uses; 0: none. */
function extensionFlags(material: Material): number {
    const m = { ...MATERIAL_DEFAULTS, ...material };
    const { textures } = material;
    const attenuated = m.attenuation && !m.thin && m.attenuation.color.some((c) => c < 1) ? 262144 : 0;
    const stretched = m.anisotropy > 0 && m.kind !== 'diffuse' ? 32768 : 0;
    if (m.kind === 'diffuse') return 0;
    if (m.kind === 'dielectric') return attenuated | stretched;
    if (m.kind !== 'gltf') return stretched | (textures?.specularColor ? 524288 : 0);
    return (
        attenuated |
        stretched |
        (m.clearcoat > 0 ? 4096 : 0) |
        (Math.max(...m.sheenColor) > 0 ? 8192 : 0) |
        (m.iridescence > 0 ? 16384 : 0) |
        (m.diffuseTransmission > 0 ? 65536 : 0) |
        (m.dispersion > 0 ? 131072 : 0) |
        (EXTENSION_TEXTURES.some((name) => textures?.[name]) ? 524288 : 0)
    );
}

/** True if kernels need more than the core of glTF's materials for it. */
export function isExtended(material: Material): boolean {
    return material.beckmann === true || extensionFlags(material) !== 0;
}

function packExtension(
    material: Material,
    textureIndex: (ref: TextureRef) => number,
    words: Uint32Array,
    offset: number
): void {
    const m = { ...MATERIAL_DEFAULTS, ...material };
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    floats.set([m.clearcoat, m.clearcoatRoughness, m.clearcoatNormalScale, m.dispersion], offset);
    floats.set([...m.sheenColor, m.sheenRoughness], offset + 4);
    floats.set([m.iridescence, m.iridescenceIor, ...m.iridescenceThicknessNm], offset + 8);
    const angle = m.anisotropyRotationRad;
    floats.set([m.anisotropy, Math.cos(angle), Math.sin(angle), m.diffuseTransmission], offset + 12);
    floats.set([...m.diffuseTransmissionColor, 0], offset + 16);
    floats.set([...absorption(material), 0], offset + 20);
    words.fill(NONE, offset + 24, offset + 40);
    for (const [i, name] of EXTENSION_TEXTURES.entries()) {
        const ref = material.textures?.[name];
        if (ref) words[offset + 24 + i] = textureIndex(ref);
    }
}

/** Absorption coefficient of a material's inside, 1/m. Black keeps a millionth over its distance. */
export function absorption({ attenuation }: Material): Vec3 {
    if (!attenuation) return [0, 0, 0];
    const { color, distanceM } = attenuation;
    return color.map((c) => -Math.log(Math.max(c, 1e-6)) / Math.max(distanceM, 1e-9)) as unknown as Vec3;
}

/** Rows of the 2 x 3 matrix of a transform, or null if it changes nothing. T R S, with v down. */
export function uvMatrix(transform: TextureTransform | undefined): readonly number[] | null {
    if (!transform) return null;
    const { offset, rotationRad, scale } = transform;
    const c = Math.cos(rotationRad);
    const s = Math.sin(rotationRad);
    const matrix = [c * scale[0], s * scale[1], offset[0], -s * scale[0], c * scale[1], offset[1]];
    return matrix.every((value, i) => value === (i === 0 || i === 4 ? 1 : 0)) ? null : matrix;
}
