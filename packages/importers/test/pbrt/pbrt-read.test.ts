import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
    Anisotropy,
    Clearcoat,
    DiffuseTransmission,
    EmissiveStrength,
    Light,
    Volume
} from '@gltf-transform/extensions';
import { decodeImage, linearFromSrgb, writePng } from '@mixreel/image';
import { readPbrt } from '@mixreel/importers';
import { readSceneFile } from '@mixreel/importers/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsPolitely, mutations } from '../models.ts';
import { placedTriangles, project, text } from '../placed.ts';

const SCENES = new URL('../../../../../shared/scenes/', import.meta.url);
const TRIANGLE = 'Shape "trianglemesh" "integer indices" [ 0 1 2 ] "point P" [ 0 0 0  1 0 0  0 1 0 ]';

const MAPPED = `${TRIANGLE} "float uv" [ 0 0 1 0 0 1 ]`;

/** A v3 scene around some directives, seen from z = -5 in pbrt's left-handed world. */
function scene(world: string, before = 'LookAt 0 0 -5  0 0 0  0 1 0'): Uint8Array {
    return text(`${before}\nCamera "perspective" "float fov" [ 60 ]\nWorldBegin\n${world}\nWorldEnd\n`);
}

describe('readPbrt', () => {
    it('shows left-handed scenes the right way round', async () => {
        const { document } = await readPbrt(scene(TRIANGLE));
        const points = placedTriangles(document)[0]!.corners.map((p) => project(document, p)!);
        // In pbrt, +x is to the right and +y up when looking along +z.
        expect(points[0]![0]).toBeCloseTo(0, 6);
        expect(points[1]![0]).toBeGreaterThan(0.1);
        expect(points[2]![1]).toBeGreaterThan(0.1);
    });

    it('keeps scenes right-handed whose camera already mirrors them', async () => {
        const before = 'Transform [ 1 0 0 0 0 1 0 0 0 0 -1 0 0 0 6.8 1 ]';
        const { document } = await readPbrt(scene(TRIANGLE, before));
        expect(document.getRoot().getDefaultScene()!.listChildren()[0]!.getScale()).toEqual([1, 1, 1]);
        expect(project(document, [1, 0, 0])![0]).toBeGreaterThan(0.1);
    });

    it('gives the field of view to the shorter side', async () => {
        const yfov = async (film: { widthPx: number; heightPx: number }) => {
            const { document } = await readPbrt(scene(TRIANGLE), { film });
            return (document.getRoot().listCameras()[0]!.getYFov() * 180) / Math.PI;
        };
        expect(await yfov({ widthPx: 200, heightPx: 100 })).toBeCloseTo(60, 6);
        // Twice as high as wide: tan(y / 2) = 2 tan(30 degrees).
        expect(await yfov({ widthPx: 100, heightPx: 200 })).toBeCloseTo(
            (2 * Math.atan(2 * Math.tan(Math.PI / 6)) * 180) / Math.PI,
            6
        );
    });

    it('walks the graphics state: transforms, attributes, objects and includes', async () => {
        const world = `
            Translate 1 2 3
            AttributeBegin
              Rotate 90 0 0 1
              Scale 2 2 2
              ${TRIANGLE}
            AttributeEnd
            TransformBegin
              Identity
              Include "more.pbrt"
            TransformEnd
            ObjectBegin "thing"
              Translate 10 0 0
              ${TRIANGLE}
            ObjectEnd
            ObjectInstance "thing"`;
        const resolve = () => text(TRIANGLE);
        const right = 'Transform [ 1 0 0 0 0 1 0 0 0 0 -1 0 0 0 9 1 ]';
        const { document } = await readPbrt(scene(world, right), { resolve });
        const corners = placedTriangles(document).map((t) =>
            t.corners.map((p) => p.map((v) => Math.round(v * 1e4) / 1e4))
        );
        expect(corners[0]).toEqual([
            [1, 2, 3],
            [1, 4, 3],
            [-1, 2, 3]
        ]);
        expect(corners[1]![1]).toEqual([1, 0, 0]);
        // The object was defined below one translation and placed below it again, as pbrt does.
        expect(corners[2]![0]).toEqual([12, 4, 6]);
    });

    it('maps materials to glTF and keeps what glTF cannot say', async () => {
        const world = `
            Material "matte" "rgb Kd" [ 0.1 0.2 0.3 ]
            ${TRIANGLE}
            MakeNamedMaterial "steel" "string type" [ "metal" ] "rgb eta" [ 1.65746 0.880369 0.521229 ]
              "rgb k" [ 9.22387 6.26952 4.837 ] "float roughness" [ 0.25 ] "bool remaproughness" [ "false" ]
            NamedMaterial "steel"
            ${TRIANGLE}
            Material "glass" "float index" [ 1.4 ]
            ${TRIANGLE}`;
        const { document, report } = await readPbrt(scene(world));
        const [matte, steel, glass] = document.getRoot().listMaterials();
        expect(matte!.getExtras()['mixreel']).toEqual({ bsdf: 'diffuse' });
        expect(matte!.getBaseColorFactor().slice(0, 3)).toEqual([0.1, 0.2, 0.3]);
        // Aluminium reflects 91 to 92 % at normal incidence.
        expect(
            steel!
                .getBaseColorFactor()
                .slice(0, 3)
                .map((v) => Math.round(v * 100) / 100)
        ).toEqual([0.93, 0.92, 0.92]);
        expect(steel!.getMetallicFactor()).toBe(1);
        expect(steel!.getRoughnessFactor()).toBeCloseTo(0.5, 6);
        expect(steel!.getExtras()['mixreel']).toMatchObject({
            bsdf: 'conductor',
            alpha: 0.25,
            k: [9.22387, 6.26952, 4.837]
        });
        expect(
            glass!
                .listExtensions()
                .map((e) => e.extensionName)
                .sort()
        ).toEqual(['KHR_materials_ior', 'KHR_materials_transmission', 'KHR_materials_volume']);
        expect(report).toEqual({ approximated: [], unsupported: [] });
    });

    it('lets matte light through and puts a coat over metal, as extensions of glTF', async () => {
        const world = `
            Material "diffusetransmission" "rgb reflectance" [ 0.25 0.125 0 ] "rgb transmittance" [ 0.5 0.75 0.25 ]
            ${TRIANGLE}
            Material "coatedconductor" "rgb conductor.eta" [ 1.5 1.5 1.5 ] "rgb conductor.k" [ 4 4 4 ]
              "float conductor.roughness" 0.25 "float interface.roughness" 0.0625
            ${TRIANGLE}`;
        const { document, report } = await readPbrt(scene(world));
        const [leaf, coated] = document.getRoot().listMaterials();
        const through = leaf!.getExtension<DiffuseTransmission>('KHR_materials_diffuse_transmission')!;
        // The products of share and colour are the scene's own.
        const share = through.getDiffuseTransmissionFactor();
        expect(share).toBeCloseTo(0.75, 12);
        expect(through.getDiffuseTransmissionColorFactor().map((c) => c * share)).toEqual([0.5, 0.75, 0.25]);
        expect(
            leaf!
                .getBaseColorFactor()
                .slice(0, 3)
                .map((c) => c * (1 - share))
        ).toEqual([0.25, 0.125, 0]);
        const coat = coated!.getExtension<Clearcoat>('KHR_materials_clearcoat')!;
        expect([coat.getClearcoatFactor(), coated!.getMetallicFactor()]).toEqual([1, 1]);
        // Alpha is the root of pbrt v4's roughness, glTF's roughness the root of alpha.
        expect(coat.getClearcoatRoughnessFactor()).toBeCloseTo(0.5, 12);
        expect(coated!.getRoughnessFactor()).toBeCloseTo(Math.sqrt(0.5), 12);
        expect(report.approximated.map(({ became }) => became)).toEqual(["glTF's clear coat over metal"]);
    });

    it('carries pictures of roughness over by what they mean, and says which of two it took', async () => {
        const data = Uint8Array.from([0, 64, 128, 255].flatMap((code) => [code, code, code, 255]));
        const png = writePng({ widthPx: 4, heightPx: 1, channels: 4, bitDepth: 8, data });
        const greens = async (version: 3 | 4, encoding: string, material: string): Promise<readonly number[]> => {
            const world = `Texture "r" "float" "imagemap" "string filename" "r.png" ${encoding}
                Texture "s" "float" "scale" "texture ${version === 4 ? 'tex' : 'tex1'}" "r" "float ${version === 4 ? 'scale' : 'tex2'}" 0.5
                Material ${material}\n${MAPPED}`;
            const given =
                version === 4
                    ? text(`LookAt 0 0 -5  0 0 0  0 1 0\nCamera "perspective"\nWorldBegin\n${world}\n`)
                    : scene(world);
            const { document, report } = await readPbrt(given, { resolve: async () => png });
            const [made] = document.getRoot().listMaterials();
            const said = [...report.unsupported, ...report.approximated].map(({ what }) => what);
            expect(said.filter((what) => /roughness|gamma|encoding/.test(what))).toEqual(
                /uroughness/.test(material) ? ['material "conductor": picture of roughness by direction'] : []
            );
            expect(made!.getRoughnessFactor()).toBe(1);
            const image = decodeImage(made!.getMetallicRoughnessTexture()!.getImage()!);
            return [0, 1, 2, 3].map((i) => image.data[4 * i + 1]! / 255);
        };
        const close = (found: readonly number[], expected: (x: number) => number, codes = [0, 64, 128, 255]) => {
            // Half a level of 8 bits.
            for (const [i, code] of codes.entries())
                expect(Math.abs(found[i]! - expected(code / 255))).toBeLessThan(0.0025);
        };
        const raw3 = '"bool gamma" "false"';
        const raw4 = '"string encoding" "linear"';
        const metal = '"texture roughness" "r" "bool remaproughness" "false"';
        close(await greens(3, raw3, `"metal" ${metal}`), (x) => Math.sqrt(x));
        // Unless they are said to be raw, bytes are sRGB.
        close(await greens(3, '', `"metal" ${metal}`), (x) => Math.sqrt(linearFromSrgb(x)));
        close(await greens(4, raw4, '"conductor" "texture roughness" "r"'), (x) => x ** 0.25);
        close(await greens(4, raw4, '"conductor" "texture uroughness" "s"'), (x) => (x / 2) ** 0.25);
        const v3 = (x: number): number => {
            const y = Math.log(Math.max(x, 1e-3));
            const alpha = 1.62142 + 0.819955 * y + 0.1734 * y ** 2 + 0.0171201 * y ** 3 + 0.000640711 * y ** 4;
            return x === 0 ? 0 : Math.sqrt(Math.min(1, alpha));
        };
        close(await greens(3, raw3, '"plastic" "texture roughness" "r"'), v3);
        close(await greens(3, raw3, '"disney" "texture roughness" "r"'), (x) => x);
    });

    it('names what it leaves of the integrator', async () => {
        const before =
            'LookAt 0 0 -5  0 0 0  0 1 0\nIntegrator "path" "integer maxdepth" 13 "string lightsamplestrategy" "power"';
        const { report } = await readPbrt(scene(TRIANGLE, before));
        expect(report.unsupported.map(({ what }) => what)).toEqual(['integrator "path": lightsamplestrategy']);
    });

    it('keeps the two roughnesses of facets along the texture coordinates, and says where there are none', async () => {
        const rough = (u: number, v: number) => `"bool remaproughness" "false"
            "float uroughness" ${u} "float vroughness" ${v}`;
        const world = `
            Material "metal" ${rough(0.25, 0.04)}
            ${MAPPED}
            Material "glass" ${rough(0.09, 0.25)}
            ${MAPPED}
            Material "metal" ${rough(0.04, 0.25)}
            ${TRIANGLE}`;
        const { document, report } = await readPbrt(scene(world));
        const [metal, glass, flat] = document.getRoot().listMaterials();
        for (const [material, least, most, turn] of [
            [metal!, 0.04, 0.25, 0],
            [glass!, 0.09, 0.25, Math.PI / 2]
        ] as const) {
            const stretch = material.getExtension<Anisotropy>('KHR_materials_anisotropy')!;
            expect(material.getRoughnessFactor() ** 2).toBeCloseTo(least, 12);
            // The extension's alpha along the tangent: mix(alpha, 1, strength^2).
            expect(least + (1 - least) * stretch.getAnisotropyStrength() ** 2).toBeCloseTo(most, 12);
            expect(stretch.getAnisotropyRotation()).toBe(turn);
            expect(material.getExtras()['mixreel']).toMatchObject({ alpha: least });
        }
        expect(flat!.getExtension('KHR_materials_anisotropy')).toBeNull();
        expect(flat!.getRoughnessFactor() ** 2).toBeCloseTo(0.1, 12);
        expect(report.approximated.map(({ what }) => what)).toEqual([
            'material "metal": anisotropic roughness on a mesh without texture coordinates'
        ]);
    });

    it("reads Disney's material as the glTF that descends from it", async () => {
        const world = `Material "disney" "rgb color" [ 0.8 0.4 0.2 ] "float roughness" 0.5 "float anisotropic" 0.5
            "float sheen" 0.5 "float clearcoat" 1 "float spectrans" 0.25 "float eta" 1.4 "float metallic" 0.1
            ${MAPPED}`;
        const { document, report } = await readPbrt(scene(world));
        const [material] = document.getRoot().listMaterials();
        expect(
            material!
                .listExtensions()
                .map((e) => e.extensionName.slice('KHR_materials_'.length))
                .sort()
        ).toEqual(['anisotropy', 'clearcoat', 'ior', 'sheen', 'transmission', 'volume']);
        // Burley: alpha = roughness^2 over and times the aspect sqrt(1 - 0.9 anisotropic).
        expect(material!.getRoughnessFactor() ** 2).toBeCloseTo(0.25 * Math.sqrt(0.55), 12);
        expect(material!.getExtension<Clearcoat>('KHR_materials_clearcoat')!.getClearcoatFactor()).toBe(0.25);
        expect(report.approximated.map(({ what }) => what.replace('material "disney": ', ''))).toEqual([
            "Disney's diffuse lobe",
            'sheen',
            'coat',
            'tint of what goes through'
        ]);
    });

    it('takes what reflects so much for a metal of index 1, as pbrt does', async () => {
        const { document } = await readPbrt(
            scene(`Material "conductor" "rgb reflectance" [ 0.5 0.2 0.9 ] ${TRIANGLE}`)
        );
        const [material] = document.getRoot().listMaterials();
        const f0 = material!.getBaseColorFactor();
        for (const [i, r] of [0.5, 0.2, 0.9].entries()) expect(f0[i]).toBeCloseTo(r, 12);
        expect(material!.getExtras()['mixreel']).toMatchObject({ eta: [1, 1, 1] });
    });

    it('fills solids with what absorbs, and says what else is in a medium', async () => {
        const world = `
            MakeNamedMedium "ink" "string type" "homogeneous" "rgb sigma_a" [ 4 2 0 ] "rgb sigma_s" [ 0 0 0 ]
            MakeNamedMedium "milk" "string type" "homogeneous"
            Material "glass"
            MediumInterface "ink" ""
            ${TRIANGLE}
            MediumInterface "milk" ""
            ${TRIANGLE}
            Material "matte"
            ${TRIANGLE}`;
        const { document, report } = await readPbrt(scene(world));
        const volume = document.getRoot().listMaterials()[0]!.getExtension<Volume>('KHR_materials_volume')!;
        const absorbs = volume.getAttenuationColor().map((c) => -Math.log(c) / volume.getAttenuationDistance());
        for (const [i, sigma] of [4, 2, 0].entries()) expect(absorbs[i]).toBeCloseTo(sigma, 12);
        expect(report.approximated.map(({ what }) => what)).toEqual(['medium "milk": scattering']);
        expect(report.unsupported.map(({ what }) => what)).toEqual([
            'material "matte": the medium inside, which no light enters'
        ]);
    });

    it('scales lights by their power', async () => {
        // The triangle's area is a half.
        const world = `AttributeBegin AreaLightSource "diffuse" "rgb L" [ 2 1 1 ] "float power" 10 ${TRIANGLE} AttributeEnd
            AttributeBegin AreaLightSource "diffuse" "bool twosided" "true" "float power" 10 ${TRIANGLE} AttributeEnd
            LightSource "point" "float power" 10
            LightSource "infinite" "float illuminance" 10`;
        const { document, environment } = await readPbrt(scene(world));
        const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        const [one, both] = document
            .getRoot()
            .listMaterials()
            .map((material) => {
                const strength = material.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')!;
                return luminance(material.getEmissiveFactor()) * strength.getEmissiveStrength();
            });
        // What is given is the power of a white light: the colour multiplies it.
        expect(one! * Math.PI * 0.5).toBeCloseTo(10 * luminance([2, 1, 1]), 6);
        expect(2 * both! * Math.PI * 0.5).toBeCloseTo(10, 6);
        const point = document
            .getRoot()
            .listNodes()
            .find((node) => node.getExtension('KHR_lights_punctual'))!;
        expect(point.getExtension<Light>('KHR_lights_punctual')!.getIntensity() * 4 * Math.PI).toBeCloseTo(10, 6);
        expect(luminance([...environment!.data]) * Math.PI).toBeCloseTo(10, 4);
    });

    it('scales spectra as each version does: v3 by what stands behind a temperature, v4 to a luminance of 1', async () => {
        const luminance = ([r, g, b]: readonly number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        const light = async (rest: string, version: 3 | 4, type = 'point') => {
            const world = `${TRIANGLE}\nLightSource "${type}" ${rest}`;
            const { document, report } = await readPbrt(
                version === 3 ? scene(world) : text(`Camera "perspective"\nWorldBegin\n${world}\n`)
            );
            const node = document
                .getRoot()
                .listNodes()
                .find((each) => each.getExtension('KHR_lights_punctual'))!;
            const found = node.getExtension<Light>('KHR_lights_punctual')!;
            expect(report.unsupported).toEqual([]);
            return found.getColor().map((c) => c * found.getIntensity());
        };
        const [once, twice] = [
            await light('"blackbody I" [ 3000 1 ]', 3),
            await light('"blackbody I" [ 3000 2.5 ]', 3)
        ];
        for (const [i, c] of twice.entries()) expect(c).toBeCloseTo(2.5 * once[i]!, 9);
        // Its strongest wavelength, 966 nm, is 1; what is seen of it, a tenth to a third as strong.
        expect(luminance(once)).toBeGreaterThan(0.25);
        expect(luminance(once)).toBeLessThan(0.45);
        const warm = await light('"blackbody I" [ 3000 ]', 4);
        expect(luminance(warm)).toBeCloseTo(1, 9);
        expect(warm[0]! / warm[2]!).toBeCloseTo(once[0]! / once[2]!, 6);
        expect(luminance(await light('"spectrum I" [ 300 7 800 7 ] "float scale" 3', 4))).toBeCloseTo(3, 9);
        expect(luminance(await light('"spectrum I" "stdillum-A" "float scale" 3', 4))).toBeCloseTo(3, 9);
        expect(luminance(await light('"spectrum L" "stdillum-D65" "float illuminance" 5', 4, 'distant'))).toBeCloseTo(
            5,
            9
        );
        // A power or an illuminance of -1, as pbrt writes them where none is given, changes nothing.
        expect(await light('"rgb I" [ 2 1 1 ] "float power" -1', 4)).toEqual(await light('"rgb I" [ 2 1 1 ]', 4));
        // Colours of three numbers are what they say, and the scale multiplies the power.
        const red = await light('"rgb I" [ 2 1 1 ] "float power" 10 "float scale" 3', 4);
        for (const [i, c] of [2, 1, 1].entries()) expect(red[i]).toBeCloseTo((c * 30) / (4 * Math.PI), 9);
    });

    it('reads spectra from files, and says which are not there or not spectra', async () => {
        const world = (file: string) => `Material "matte" "spectrum Kd" "${file}" ${TRIANGLE}`;
        const files: Readonly<Record<string, string>> = {
            'paint.spd': '# nm, share\n400 0.2\n500 0.2 # blue ends\n\n 600 0.6\n700 0.6',
            'words.spd': 'grey 1',
            'odd.spd': '400 0.2 500'
        };
        const resolve = (name: string) => {
            const found = files[name];
            if (found === undefined) throw new Error('no such file');
            return text(found);
        };
        const { document, report } = await readPbrt(scene(world('paint.spd')), { resolve });
        const [r, g, b] = document.getRoot().listMaterials()[0]!.getBaseColorFactor();
        // At 610, 550 and 465 nm.
        for (const [value, expected] of [
            [r, 0.6],
            [g, 0.4],
            [b, 0.2]
        ]) {
            expect(value).toBeCloseTo(expected!, 9);
        }
        expect(report.unsupported).toEqual([]);
        for (const [file, why] of [
            ['none.spd', 'no such file'],
            ['words.spd', 'not pairs of wavelength and value'],
            ['odd.spd', 'not pairs of wavelength and value']
        ]) {
            const bad = await readPbrt(scene(world(file!)), { resolve });
            expect(bad.report.unsupported[0]!.what).toBe(`spectrum "${file}": ${why}`);
        }
    });

    it('takes normal maps, and pictures of lights', async () => {
        const world = `AttributeBegin Material "diffuse" "string normalmap" "n.png" ${MAPPED} AttributeEnd
            AttributeBegin AreaLightSource "diffuse" "string filename" "n.png" "float scale" 3 ${MAPPED} AttributeEnd`;
        const png = writePng({ widthPx: 1, heightPx: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(9, 8, 7) });
        const { document, report } = await readPbrt(scene(world), { resolve: () => png });
        const [bumpy, lamp] = document.getRoot().listMaterials();
        expect(bumpy!.getNormalTexture()!.getImage()).toEqual(png);
        expect(lamp!.getEmissiveTexture()!.getImage()).toEqual(png);
        expect(lamp!.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')!.getEmissiveStrength()).toBe(3);
        expect(report.unsupported).toEqual([]);
    });

    it('shows a picture that is not there as grey, and says so', async () => {
        const world = `Texture "t" "spectrum" "imagemap" "string filename" "wood.tga"
            Material "matte" "texture Kd" "t" ${TRIANGLE}`;
        const resolve = () => {
            throw new Error('no such file');
        };
        const { document, report } = await readPbrt(scene(world), { resolve });
        const [material] = document.getRoot().listMaterials();
        expect([material!.getBaseColorFactor(), material!.getBaseColorTexture()]).toEqual([[0.5, 0.5, 0.5, 1], null]);
        expect(report.unsupported.map(({ what }) => what)).toEqual([
            'picture "wood.tga", which is not there (rename says what to read instead)'
        ]);
        expect(document.getRoot().listTextures()).toEqual([]);
    });

    it('lets light past shapes by their alpha, and past what only bounds a medium', async () => {
        const world = `Material "matte" ${TRIANGLE} "float alpha" 0.25
            Material "interface" ${TRIANGLE}`;
        const { document } = await readPbrt(scene(world));
        const seen = document
            .getRoot()
            .listMaterials()
            .map((material) => [material.getAlphaMode(), material.getAlpha()]);
        expect(seen).toEqual([
            ['BLEND', 0.25],
            ['BLEND', 0]
        ]);
    });

    it('lets area lights shine from the side of their normals, from one side only', async () => {
        const light = (rest: string) => `AttributeBegin
            AreaLightSource "diffuse" "rgb L" [ 17 12 4 ] ${rest}
            Shape "trianglemesh" "integer indices" [ 0 1 2 ] "point P" [ 0 0 0  1 0 0  0 1 0 ]
              "normal N" [ 0 0 -1  0 0 -1  0 0 -1 ]
            AttributeEnd`;
        const { document } = await readPbrt(scene(light('')));
        const [triangle] = placedTriangles(document);
        // The world is mirrored at z = 0, and so are its normals.
        expect(triangle!.normal[2]).toBeCloseTo(1, 6);
        expect(triangle!.material.getDoubleSided()).toBe(false);
        expect(triangle!.material.getEmissiveFactor()[0]).toBe(1);
        expect(triangle!.material.getEmissiveFactor()[1]).toBeCloseTo(12 / 17, 6);
        const both = await readPbrt(scene(light('"bool twosided" [ "true" ]')));
        expect(placedTriangles(both.document)[0]!.material.getDoubleSided()).toBe(true);
    });

    it('turns punctual lights where they shine, and takes the sky as environment', async () => {
        const world = `${TRIANGLE}
            LightSource "distant" "rgb L" [ 2 2 1 ] "point from" [ 0 5 0 ] "point to" [ 0 0 0 ]
            Translate 1 2 3
            LightSource "spot" "rgb I" [ 8 8 8 ] "point to" [ 0 0 1 ] "float coneangle" [ 40 ]
            LightSource "infinite" "rgb L" [ 0.5 1 2 ] "rgb scale" [ 2 2 2 ]`;
        const { document, environment } = await readPbrt(scene(world));
        const lights = document
            .getRoot()
            .listNodes()
            .filter((node) => node.getExtension('KHR_lights_punctual'));
        const shines = lights.map((node) =>
            [8, 9, 10].map((i) => Math.round(-node.getWorldMatrix()[i]! * 1e6) / 1e6 + 0)
        );
        // Down; and along +z of pbrt's world, which is -z of the mirrored one.
        expect(shines).toEqual([
            [0, -1, 0],
            [0, 0, -1]
        ]);
        expect(lights[1]!.getWorldTranslation()).toEqual([1, 2, -3]);
        expect([...environment!.data]).toEqual([1, 2, 4]);
    });

    it('reports what it approximates and leaves out', async () => {
        const world = `
            Material "hair"
            ${TRIANGLE}
            Shape "hyperboloid"
            LightSource "goniometric"
            Shape "sphere" "float radius" [ 2 ]
            MediumInterface "a" "b"
            Texture "c" "spectrum" "dots"`;
        const { report } = await readPbrt(scene(world));
        expect(report.unsupported.map((entry) => entry.what)).toEqual([
            'material "hair": hair',
            'shape "hyperboloid"',
            'light "goniometric"',
            'participating medium "b" outside',
            'participating medium "a", which is not defined'
        ]);
        expect(report.approximated.map((entry) => entry.what)).toEqual(['sphere', 'texture "c": dots']);
    });

    it('reads v4: roughness, patches and named metals', async () => {
        const bytes = text(`Camera "perspective"\nWorldBegin
            Material "conductor" "spectrum eta" "metal-Au-eta" "spectrum k" "metal-Au-k" "float roughness" 0.25
            Shape "bilinearmesh" "point3 P" [ 0 0 0  1 0 0  0 1 0  1 1 0 ]`);
        const { document } = await readPbrt(bytes);
        const [material] = document.getRoot().listMaterials();
        // v4: alpha = sqrt(roughness) = 0.5.
        expect(material!.getExtras()['mixreel']).toMatchObject({ alpha: 0.5, eta: [0.143119, 0.374957, 1.4424786] });
        expect(placedTriangles(document).length).toBe(2);
    });

    it('says which line is wrong', async () => {
        await expect(readPbrt(scene('Shape "trianglemesh" "point P" [ 0 0 0 ]'))).rejects.toThrow(
            /line 4.*3 numbers in P/
        );
        await expect(readPbrt(scene('AttributeEnd'))).rejects.toThrow(/line 4.*without a beginning/);
        await expect(readPbrt(scene('Shape "plymesh" "string filename" "a.ply"'))).rejects.toThrow(
            /needs the file|"a.ply"/
        );
        await expect(readPbrt(scene('Translate 1 2 "x"'))).rejects.toThrow(/line 4.*"x" \(expected a number\)/);
        await expect(readPbrt(scene('Texture "unclosed'))).rejects.toThrow(/quote is not closed/);
        await expect(readPbrt(text('\u0000'))).rejects.toThrow(/zero bytes/);
        await expect(readPbrt(scene('Include "a"'), { resolve: () => text('Include "a"') })).rejects.toThrow(
            /within itself/
        );
    });

    it('never fails with anything but a MixreelError on damaged text', async () => {
        const bytes = scene(`LightSource "infinite" "rgb L" [ 1 1 1 ]
            LightSource "spot" "point from" [ 0 1 0 ] AreaLightSource "diffuse" "rgb L" [ 1 2 3 ]
            Material "metal" "float roughness" 0.1 ${TRIANGLE} Shape "disk"`);
        await fc.assert(
            fc.asyncProperty(mutations(bytes), (damaged) => failsPolitely(() => readPbrt(damaged))),
            { numRuns: 500 }
        );
    });

    it.skipIf(!existsSync(SCENES))(
        'reads cornell-box with its light at the ceiling, shining down (skipped without ../shared)',
        async () => {
            const { document, report } = await readSceneFile(fileURLToPath(new URL('cornell-box/scene.pbrt', SCENES)));
            const triangles = placedTriangles(document);
            expect(triangles.length).toBe(36);
            const lights = triangles.filter((t) => t.material.getEmissiveFactor()[0] > 0);
            expect(lights.map((t) => t.normal.map((v) => Math.round(v)))).toEqual(
                [
                    [0, -1, 0],
                    [0, -1, 0]
                ].map((n) => n.map((v) => v + 0))
            );
            // The left wall of the picture is red.
            const red = triangles.find((t) => t.material.getName() === 'LeftWall')!;
            expect(project(document, red.corners[0])![0]).toBeLessThan(-0.5);
            expect(report).toEqual({ approximated: [], unsupported: [] });
        }
    );

    it.skipIf(!existsSync(SCENES))(
        'reads veach-ajar with every mesh where it is (skipped without ../shared)',
        async () => {
            const { document, report } = await readSceneFile(fileURLToPath(new URL('veach-ajar/scene.pbrt', SCENES)), {
                rename: { 'textures/landscape-with-a-lake.tga': 'textures/landscape-with-a-lake-full-res.jpg' }
            });
            // 17 PLY files of 130,592 triangles, some placed more than once, and the light.
            const unique = new Set(
                document
                    .getRoot()
                    .listMeshes()
                    .flatMap((mesh) => mesh.listPrimitives().map((p) => p.getIndices()!))
            );
            expect([...unique].reduce((sum, indices) => sum + indices.getCount() / 3, 0)).toBe(130592 + 2);
            expect(document.getRoot().listTextures().length).toBe(3);
            expect(report.approximated.length).toBe(2);
            expect(report.unsupported).toEqual([]);
        }
    );
});
