import { Document, WebIO } from '@gltf-transform/core';
import { KHRMaterialsPBRSpecularGlossiness } from '@gltf-transform/extensions';
import { decodeImage, writePng } from '@mixreel/image';
import { decodeTextures, readGltfScene } from '@mixreel/importers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metallicRoughness } from '../src/gltf-spec-gloss.ts';
import { quadDocument } from './models.ts';

type Color = [number, number, number];
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const colors = fc.tuple(unit, unit, unit);

/** What a point of metallic-roughness reflects at normal incidence, by glTF's appendix B. */
function reflected(baseColor: readonly number[], metallic: number): { specular: number[] } {
    return {
        specular: baseColor.map((c) => 0.04 * (1 - metallic) + c * metallic)
    };
}

describe('metallicRoughness', () => {
    it('gives dielectrics of 0.04 back as they were', () => {
        fc.assert(
            fc.property(colors, (color: Color) => {
                const { baseColor, metallic } = metallicRoughness(color, [0.04, 0.04, 0.04]);
                expect(metallic).toBe(0);
                for (const [i, c] of baseColor.entries()) expect(c).toBeCloseTo(color[i]!, 6);
            })
        );
    });

    it('makes metals of what reflects much and scatters nothing', () => {
        const bright = fc.double({ min: 0.3, max: 1, noNaN: true });
        fc.assert(
            fc.property(fc.tuple(bright, bright, bright), (color: Color) => {
                const { baseColor, metallic } = metallicRoughness([0, 0, 0], color);
                expect(metallic).toBeGreaterThan(0.9);
                const { specular } = reflected(baseColor, metallic);
                // Base colours end at 1, and the root is of brightnesses, not of channels.
                for (const [i, x] of specular.entries()) expect(Math.abs(x - color[i]!)).toBeLessThan(0.12);
            })
        );
    });

    it('stays within 0 and 1 for any colours', () => {
        fc.assert(
            fc.property(colors, colors, (diffuse, specular) => {
                const { baseColor, metallic } = metallicRoughness(diffuse, specular);
                for (const x of [...baseColor, metallic]) expect(x >= 0 && x <= 1).toBe(true);
            })
        );
    });
});

async function specularGlossiness(withPictures: boolean): Promise<Uint8Array> {
    const document = quadDocument();
    const extension = document.createExtension(KHRMaterialsPBRSpecularGlossiness);
    const given = extension.createPBRSpecularGlossiness().setDiffuseFactor([0.5, 0.25, 0.125, 0.75]);
    given.setSpecularFactor([0.04, 0.04, 0.04]).setGlossinessFactor(0.25);
    if (withPictures) {
        const data = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0);
        const png = writePng({ widthPx: 2, heightPx: 1, channels: 4, bitDepth: 8, data });
        const texture = document.createTexture('shine').setImage(png).setMimeType('image/png');
        given.setSpecularGlossinessTexture(texture);
    }
    document.getRoot().listMaterials()[0]!.setBaseColorTexture(null).setExtension(extension.extensionName, given);
    return new WebIO().registerExtensions([KHRMaterialsPBRSpecularGlossiness]).writeBinary(document);
}

describe('readGltfScene', () => {
    it('turns specular-glossiness into metallic-roughness and says so', async () => {
        const { document, report } = await readGltfScene(await specularGlossiness(false));
        const material = document.getRoot().listMaterials()[0]!;
        expect(material.listExtensions()).toEqual([]);
        expect(document.getRoot().listExtensionsUsed()).toEqual([]);
        [0.5, 0.25, 0.125, 0.75].forEach((x, i) => void expect(material.getBaseColorFactor()[i]).toBeCloseTo(x, 6));
        expect(material.getMetallicFactor()).toBeCloseTo(0, 6);
        expect(material.getRoughnessFactor()).toBeCloseTo(0.75, 6);
        expect(report.approximated.map(({ what }) => what)).toEqual([
            'material "paint": KHR_materials_pbrSpecularGlossiness'
        ]);
    });

    it('converts its pictures texel by texel: glossiness in alpha becomes roughness in green', async () => {
        const { document } = await readGltfScene(await specularGlossiness(true));
        const material = document.getRoot().listMaterials()[0]!;
        const surface = decodeImage(material.getMetallicRoughnessTexture()!.getImage()!);
        expect([surface.data[1], surface.data[5]]).toEqual([Math.round(255 * 0.75), 255]);
        expect(material.getBaseColorFactor()).toEqual([1, 1, 1, 0.75]);
    });

    it('leaves a model without the extension as it is, with an empty report', async () => {
        const { document, report } = await readGltfScene(await new WebIO().writeBinary(quadDocument()));
        expect(document.getRoot().listMaterials().length).toBe(1);
        expect(report).toEqual({ approximated: [], unsupported: [] });
    });
});

describe('decodeTextures', () => {
    it.each([
        ['webp', 'RIFF....WEBPVP8 ', /WEBP.*gltf-transform png/],
        ['ktx2', '\u00abKTX 20', /KTX2.*gltf-transform ktxdecompress/]
    ])('leaves %s out with what to do about it, if the caller listens', (_name, head, message) => {
        const document = new Document();
        const bytes = Uint8Array.from(head, (char) => char.charCodeAt(0));
        document.createTexture('t').setImage(bytes).setMimeType('image/png');
        const heard: string[] = [];
        expect(decodeTextures(document, { unreadable: (text) => heard.push(text) }).size).toBe(0);
        expect(heard).toEqual([expect.stringMatching(message)]);
        expect(() => decodeTextures(document)).toThrow(message);
    });

    it('refuses a damaged picture all the same, naming it', () => {
        const document = quadDocument();
        const texture = document.getRoot().listTextures()[0]!;
        texture.setImage(texture.getImage()!.slice(0, 40));
        expect(() => decodeTextures(document, { unreadable: () => {} })).toThrow(/^texture "checks"/);
    });
});
