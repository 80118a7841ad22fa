/**
 * KHR_materials_pbrSpecularGlossiness (archived) as glTF's own metallic-roughness, in place: by the conversion that the extension's
 * appendix gives. How metallic a point is follows from how bright its diffuse and specular colours are, for a dielectric that
 * reflects 0.04; the base colour is what gives both colours back. Exact for dielectrics of 0.04 and for pure metals; a coloured
 * dielectric reflection is lost, which glTF's base model has not.
 *
 * Pictures are converted texel by texel, in the size of the diffuse one; the result is 8-bit PNG.
 */
import type { Document, ExtensionProperty, Material, Texture, TextureInfo } from '@gltf-transform/core';
import { decodeImage, linearFromSrgb, type Rgba8Image, srgbFromLinear, writePng } from '@mixreel/image';

const NAME = 'KHR_materials_pbrSpecularGlossiness';
/** Reflectance of a dielectric at normal incidence. */
const DIELECTRIC = 0.04;

type Color = readonly [number, number, number];

/** The extension's properties, by @gltf-transform/extensions. */
interface SpecularGlossiness extends ExtensionProperty {
    getDiffuseFactor(): [number, number, number, number];
    getSpecularFactor(): [number, number, number];
    getGlossinessFactor(): number;
    getDiffuseTexture(): Texture | null;
    getDiffuseTextureInfo(): TextureInfo | null;
    getSpecularGlossinessTexture(): Texture | null;
}

/** A point of metallic-roughness. */
export interface MetallicRoughness {
    readonly baseColor: Color;
    readonly metallic: number;
}

/** Converts every material that has the extension and gives their names. @throws `bad-input` for pictures that cannot be read. */
export function convertSpecularGlossiness(document: Document): readonly string[] {
    const extension = document
        .getRoot()
        .listExtensionsUsed()
        .find(({ extensionName }) => extensionName === NAME);
    const names: string[] = [];
    if (!extension) return names;
    for (const material of document.getRoot().listMaterials()) {
        const given = material.getExtension(NAME) as SpecularGlossiness | null;
        if (!given) continue;
        convert(document, material, given);
        material.setExtension(NAME, null);
        names.push(material.getName());
    }
    extension.dispose();
    return names;
}

function convert(document: Document, material: Material, given: SpecularGlossiness): void {
    const [r, g, b, opacity] = given.getDiffuseFactor();
    const specular = given.getSpecularFactor();
    const gloss = given.getGlossinessFactor();
    const paint = given.getDiffuseTexture();
    const shine = given.getSpecularGlossinessTexture();
    if (!paint && !shine) {
        const { baseColor, metallic } = metallicRoughness([r, g, b], specular);
        material.setBaseColorFactor([...baseColor, opacity]);
        material.setMetallicFactor(metallic).setRoughnessFactor(1 - gloss);
        return;
    }
    const diffuse = paint ? picture(paint) : null;
    const other = shine ? picture(shine) : null;
    const { widthPx, heightPx } = (diffuse ?? other)!;
    const base = new Uint8Array(widthPx * heightPx * 4);
    const surface = new Uint8Array(widthPx * heightPx * 4);
    for (let i = 0; i < widthPx * heightPx; i++) {
        const d = texel(diffuse, i, widthPx, heightPx);
        const s = texel(other, i, widthPx, heightPx);
        const point = metallicRoughness(
            [d[0]! * r, d[1]! * g, d[2]! * b],
            [s[0]! * specular[0], s[1]! * specular[1], s[2]! * specular[2]]
        );
        base.set([...point.baseColor.map((c) => Math.round(255 * srgbFromLinear(c))), Math.round(255 * d[3]!)], i * 4);
        surface.set([0, Math.round(255 * (1 - gloss * s[3]!)), Math.round(255 * point.metallic), 255], i * 4);
    }
    const make = (name: string, data: Uint8Array): Texture =>
        document
            .createTexture(name)
            .setImage(writePng({ widthPx, heightPx, data, channels: 4, bitDepth: 8 }) as never)
            .setMimeType('image/png');
    material.setBaseColorTexture(make(`${material.getName()} base colour`, base));
    material.setMetallicRoughnessTexture(make(`${material.getName()} metallic, roughness`, surface));
    material.setBaseColorFactor([1, 1, 1, opacity]).setMetallicFactor(1).setRoughnessFactor(1);
    const place = given.getDiffuseTextureInfo();
    for (const info of [material.getBaseColorTextureInfo(), material.getMetallicRoughnessTextureInfo()]) {
        if (paint && place && info) info.copy(place);
    }
}

/** The appendix' conversion of a point; linear colours. */
export function metallicRoughness(diffuse: Color, specular: Color): MetallicRoughness {
    const strength = Math.max(...specular);
    const metallic = solveMetallic(brightness(diffuse), brightness(specular), 1 - strength);
    const baseColor = diffuse.map((d, i) => {
        const fromDiffuse = (d * (1 - strength)) / (1 - DIELECTRIC) / Math.max(1 - metallic, 1e-6);
        const fromSpecular = (specular[i]! - DIELECTRIC * (1 - metallic)) / Math.max(metallic, 1e-6);
        const share = metallic * metallic;
        return Math.min(1, Math.max(0, fromDiffuse + (fromSpecular - fromDiffuse) * share));
    });
    return { baseColor: baseColor as unknown as Color, metallic };
}

function brightness([r, g, b]: Color): number {
    return Math.sqrt(0.299 * r * r + 0.587 * g * g + 0.114 * b * b);
}

/** The root of the quadratic that puts both brightnesses right. */
function solveMetallic(diffuse: number, specular: number, rest: number): number {
    // A black dielectric has a second root, a metal as dark as its reflection.
    if (specular <= DIELECTRIC * (1 + 1e-6)) return 0;
    const b = (diffuse * rest) / (1 - DIELECTRIC) + specular - 2 * DIELECTRIC;
    const c = DIELECTRIC - specular;
    const root = Math.sqrt(Math.max(0, b * b - 4 * DIELECTRIC * c));
    return Math.min(1, Math.max(0, (-b + root) / (2 * DIELECTRIC)));
}

/** Both pictures hold sRGB colours; alpha (opacity, glossiness) is linear. */
function picture(texture: Texture): Rgba8Image {
    return decodeImage(texture.getImage() ?? new Uint8Array(0), texture.getMimeType());
}

/** The nearest texel of a picture for texel i of one of another size; ones if there is none. */
function texel(image: Rgba8Image | null, i: number, widthPx: number, heightPx: number): number[] {
    if (!image) return [1, 1, 1, 1];
    const x = Math.floor((((i % widthPx) + 0.5) * image.widthPx) / widthPx);
    const y = Math.floor(((Math.floor(i / widthPx) + 0.5) * image.heightPx) / heightPx);
    const o = (y * image.widthPx + x) * 4;
    return [0, 1, 2, 3].map((c) => {
        const value = image.data[o + c]! / 255;
        return c < 3 ? linearFromSrgb(value) : value;
    });
}
