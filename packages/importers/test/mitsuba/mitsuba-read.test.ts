import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Anisotropy, EmissiveStrength, Specular, Volume } from '@gltf-transform/extensions';
import { decodeImage, Frame, linearFromSrgb, writeFrameExr, writePng } from '@mixreel/image';
import { decodeTextures, readMitsuba } from '@mixreel/importers';
import { readSceneFile } from '@mixreel/importers/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsPolitely, mutations } from '../models.ts';
import { placedTriangles, project, text } from '../placed.ts';

const SCENES = new URL('../../../../../shared/scenes/', import.meta.url);
const SENSOR = `<sensor type="perspective"><float name="fov" value="90"/>
    <transform name="toWorld"><lookat origin="0, 0, -5" target="0, 0, 0" up="0, 1, 0"/></transform>
    <film type="hdrfilm"><integer name="width" value="200"/><integer name="height" value="100"/></film></sensor>`;

function scene(body: string, version = '0.5.0'): Uint8Array {
    return text(`<?xml version="1.0"?>\n<scene version="${version}">${SENSOR}${body}</scene>`);
}

const rectangle = (inside: string, transform = '') =>
    `<shape type="rectangle"><transform name="toWorld">${transform}</transform>${inside}</shape>`;

describe('readMitsuba', () => {
    it('looks along +z with +x to the left, as Mitsuba does', async () => {
        const { document } = await readMitsuba(scene(rectangle('')));
        expect(project(document, [1, 0, 0])![0]).toBeLessThan(-0.05);
        expect(project(document, [0, 1, 0])![1]).toBeGreaterThan(0.05);
        // 90 degrees across 200 pixels: tan(y / 2) = tan(45) / 2.
        expect(Math.tan(document.getRoot().listCameras()[0]!.getYFov() / 2)).toBeCloseTo(0.5, 9);
    });

    it('applies the operations of a transform in their order, rows first', async () => {
        const transform = `<rotate z="1" angle="90"/><translate x="10"/><matrix value="2 0 0 0 0 2 0 0 0 0 2 1 0 0 0 1"/>`;
        const { document } = await readMitsuba(scene(rectangle('', transform)));
        const [{ corners, normal }] = placedTriangles(document) as [ReturnType<typeof placedTriangles>[0]];
        // (-1, -1, 0) turns to (1, -1, 0), moves to (11, -1, 0), doubles and moves up by 1 along z.
        expect(corners[0].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([22, -2, 1]);
        expect(normal[2]).toBeCloseTo(1, 6);
    });

    it('puts shears into the vertices, since a node cannot hold them', async () => {
        const shear = '<matrix value="1 1 0 0 0 1 0 0 0 0 1 0 0 0 0 1"/>';
        const { document } = await readMitsuba(scene(rectangle('', shear)));
        const corners = placedTriangles(document).flatMap((t) => t.corners);
        expect(corners.some(([x, y]) => Math.abs(x - 2) < 1e-6 && Math.abs(y - 1) < 1e-6)).toBe(true);
    });

    it('reads materials by the names of 0.5 and of 3 alike', async () => {
        const plastic = (a: string, b: string) => `<bsdf type="twosided"><bsdf type="roughplastic">
            <float name="alpha" value="0.25"/><string name="distribution" value="ggx"/>
            <float name="${a}" value="1.6"/><float name="${b}" value="1"/>
            <boolean name="nonlinear" value="true"/></bsdf></bsdf>`;
        for (const [a, b] of [
            ['intIOR', 'extIOR'],
            ['int_ior', 'ext_ior']
        ] as const) {
            const { document, report } = await readMitsuba(scene(rectangle(plastic(a, b))));
            const [material] = document.getRoot().listMaterials();
            expect(material!.getRoughnessFactor()).toBeCloseTo(0.5, 6);
            expect(material!.getExtras()['mixreel']).toMatchObject({
                bsdf: 'plastic',
                ior: 1.6,
                nonlinear: true,
                alpha: 0.25
            });
            expect(report).toEqual({ approximated: [], unsupported: [] });
        }
    });

    it('says that what is black from behind there is not here', async () => {
        const one = await readMitsuba(scene(rectangle('<bsdf type="diffuse" id="wall"/>')));
        expect(one.document.getRoot().listMaterials()[0]!.getDoubleSided()).toBe(true);
        expect(JSON.stringify(one.report.approximated)).toContain('material \\"wall\\": black from behind');
        const glass = await readMitsuba(scene(rectangle('<bsdf type="dielectric" id="pane"/>')));
        expect(glass.report.approximated).toEqual([]);
    });

    it('makes a mirror of the conductor "none" and gold of "Au"', async () => {
        const metal = (symbol: string) =>
            rectangle(`<bsdf type="conductor"><string name="material" value="${symbol}"/></bsdf>`);
        const { document } = await readMitsuba(scene(metal('none') + metal('Au')));
        const [mirror, gold] = document.getRoot().listMaterials();
        expect(mirror!.getBaseColorFactor()).toEqual([1, 1, 1, 1]);
        const [r, , b] = gold!.getBaseColorFactor();
        expect(r).toBeGreaterThan(0.9);
        expect(b).toBeLessThan(0.45);
    });

    it('cuts leaves out by the alpha of their picture', async () => {
        const leaf = writePng({
            widthPx: 2,
            heightPx: 1,
            channels: 4,
            bitDepth: 8,
            data: Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 255)
        });
        const texture = (name: string) =>
            `<texture name="${name}" type="bitmap"><string name="filename" value="leaf.png"/></texture>`;
        const body = rectangle(
            `<bsdf type="mask">${texture('opacity')}<bsdf type="diffuse">${texture('reflectance')}</bsdf></bsdf>`
        );
        const { document } = await readMitsuba(scene(body), { resolve: () => leaf });
        const [material] = document.getRoot().listMaterials();
        expect(material!.getAlphaMode()).toBe('BLEND');
        const [image] = [...decodeTextures(document).values()];
        expect([...image!.data]).toEqual([10, 20, 30, 0, 40, 50, 60, 255]);
    });

    it('turns the environment into the world without changing its texels', async () => {
        const color = Float32Array.from({ length: 3 * 8 * 4 }, (_, i) => i);
        const exr = writeFrameExr(new Frame({ widthPx: 8, heightPx: 4, layers: { color } }));
        const emitter = (transform: string) => `${rectangle('')}<emitter type="envmap">
            <transform name="toWorld">${transform}</transform><string name="filename" value="sky.exr"/></emitter>`;
        const { environment } = await readMitsuba(scene(emitter('')), { resolve: () => exr });
        // Mitsuba has -z at the left edge of its picture and +x at a quarter of it; ours has +z at three quarters, -z at one.
        for (let x = 0; x < 8; x++) {
            const theirs = (x - 2 + 8) % 8;
            expect(environment!.data[3 * (8 + x)]).toBe(color[8 + theirs]);
        }
        const turned = await readMitsuba(scene(emitter('<rotate y="1" angle="90"/>')), { resolve: () => exr });
        // A quarter turn about y takes +z to +x, which lies two of eight texels to the left.
        for (let x = 0; x < 8; x++) {
            expect(turned.environment!.data[3 * (8 + x)]).toBe(environment!.data[3 * (8 + ((x + 2) % 8))]);
        }
    });

    it('lets rectangles shine along +z', async () => {
        const light = '<emitter type="area"><rgb name="radiance" value="4, 2, 1"/></emitter>';
        const { document } = await readMitsuba(scene(rectangle(light, '<scale x="-1"/>')));
        for (const { normal, material } of placedTriangles(document)) {
            expect(normal[2]).toBeCloseTo(1, 6);
            expect(material.getEmissiveFactor()).toEqual([1, 0.5, 0.25]);
            expect(material.getDoubleSided()).toBe(false);
            expect(material.getExtras()['mixreel']).toMatchObject({ bsdf: 'diffuse', solid: true });
        }
    });

    it('reads spectra in every notation', async () => {
        const shine = async (radiance: string) => {
            const { document, report } = await readMitsuba(
                scene(rectangle(`<emitter type="area">${radiance}</emitter>`))
            );
            const [material] = document.getRoot().listMaterials();
            const strength = material!.getExtension<EmissiveStrength>('KHR_materials_emissive_strength');
            const scale = strength?.getEmissiveStrength() ?? 1;
            return { color: material!.getEmissiveFactor().map((c) => c * scale), report };
        };
        const nested = (type: string, inside: string) =>
            `<spectrum type="${type}" name="radiance">${inside}</spectrum>`;
        const value = (name: string, number: number) => `<float name="${name}" value="${number}"/>`;
        const string = (name: string, list: string) => `<string name="${name}" value="${list}"/>`;
        const exact: readonly (readonly [string, readonly number[]])[] = [
            [nested('d65', value('scale', 3)), [3, 3, 3]],
            [nested('d65', ''), [1, 1, 1]],
            [nested('uniform', value('value', 4)), [4, 4, 4]],
            [nested('srgb', '<rgb name="color" value="4 2 1"/>'), [4, 2, 1]],
            [nested('irregular', string('wavelengths', '400 700') + string('values', '5 5')), [5, 5, 5]],
            [nested('regular', value('wavelength_min', 400) + string('values', '6, 6, 6')), [6, 6, 6]],
            ['<spectrum name="radiance" value="7"/>', [7, 7, 7]]
        ];
        for (const [xml, color] of exact) {
            const { color: found } = await shine(xml);
            for (const [i, c] of color.entries()) expect(found[i], xml).toBeCloseTo(c, 6);
        }
        // Planck's law at 560 nm, the observer's middle: 1.191043e-16 W m^2 / (560 nm)^5 / (exp(14387769 nm K / (560 nm 5000 K)) - 1).
        // At 5000 K it is all but flat there: its mean over what the eye sees is within 2 %.
        const middle = (1.191043e-16 / 5.6e-7 ** 5 / (Math.exp(0.014387769 / (5.6e-7 * 5000)) - 1)) * 1e-9;
        const notations = [
            '<blackbody name="radiance" temperature="5000K" scale="0.001"/>',
            '<blackbody name="radiance" temperature="5000" scale="0.001"/>',
            nested('blackbody', value('temperature', 5000) + value('scale', 0.001))
        ];
        for (const xml of notations) {
            const { color, report } = await shine(xml);
            const luminance = 0.2126 * color[0]! + 0.7152 * color[1]! + 0.0722 * color[2]!;
            expect(Math.abs(luminance / (middle * 0.001) - 1), xml).toBeLessThan(0.02);
            expect(color[0]).toBeGreaterThan(color[2]!);
            expect(report.approximated.map(({ what }) => what)).toContain('blackbody spectrum');
        }
        const unknown = await shine(nested('discrete', ''));
        expect(unknown.report.unsupported.map(({ what }) => what)).toEqual(['spectrum "discrete"']);
        const file = await shine('<spectrum name="radiance" filename="lamp.spd"/>');
        expect(file.report.unsupported.map(({ what }) => what)).toEqual(['spectrum in the file "lamp.spd"']);
        await expect(shine('<blackbody name="radiance" temperature="warm"/>')).rejects.toThrow(/temperature "warm"/);
        await expect(shine(nested('irregular', string('wavelengths', '400')))).rejects.toThrow(
            /wavelength:value pairs/
        );
    });

    it('takes pictures of normals, roughness, metal and light', async () => {
        const bitmap = (name: string, raw = true) => `<texture type="bitmap" ${name === '' ? '' : `name="${name}"`}>
            <string name="filename" value="${name || 'n'}.png"/><boolean name="raw" value="${raw}"/></texture>`;
        const body = `${rectangle(`<bsdf type="normalmap">${bitmap('')}<bsdf type="principled">
                ${bitmap('roughness')}${bitmap('metallic')}</bsdf></bsdf>`)}
            ${rectangle(`<emitter type="area">${bitmap('radiance', false)}</emitter>`)}`;
        const png = (level: number) =>
            writePng({ widthPx: 1, heightPx: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(level, 2, 3) });
        const levels = new Map(['n', 'roughness', 'metallic', 'radiance'].map((name, i) => [`${name}.png`, 50 + i]));
        const { document, report } = await readMitsuba(scene(body, '3.0.0'), {
            resolve: (name) => png(levels.get(name)!)
        });
        const [bumpy, lamp] = document.getRoot().listMaterials();
        expect(bumpy!.getNormalTexture()!.getImage()).toEqual(png(50));
        expect([bumpy!.getRoughnessFactor(), bumpy!.getMetallicFactor()]).toEqual([1, 1]);
        expect([...decodeImage(bumpy!.getMetallicRoughnessTexture()!.getImage()!).data]).toEqual([255, 51, 52, 255]);
        expect(lamp!.getEmissiveTexture()!.getImage()).toEqual(png(53));
        expect(lamp!.getEmissiveFactor()).toEqual([1, 1, 1]);
        expect(report.unsupported).toEqual([]);
    });

    it('takes pictures of alpha for what they mean: the square of glTF roughness', async () => {
        const bitmap = (name: string, raw: boolean) => `<texture type="bitmap" name="${name}">
            <string name="filename" value="a.png"/><boolean name="raw" value="${raw}"/></texture>`;
        const png = writePng({ widthPx: 1, heightPx: 1, channels: 3, bitDepth: 8, data: Uint8Array.of(64, 2, 3) });
        const read = async (bsdf: string) => {
            const { document, report } = await readMitsuba(scene(rectangle(bsdf), '3.0.0'), { resolve: () => png });
            const [material] = document.getRoot().listMaterials();
            expect(material!.getRoughnessFactor()).toBe(1);
            const said = [...report.unsupported, ...report.approximated].map(({ what }) => what);
            const image = decodeImage(material!.getMetallicRoughnessTexture()!.getImage()!);
            return { roughness: image.data[1]! / 255, said: said.filter((what) => /alpha|picture|sRGB/.test(what)) };
        };
        const metal = (inner: string) =>
            `<bsdf type="roughconductor"><string name="distribution" value="ggx"/>${inner}</bsdf>`;
        const raw = await read(metal(bitmap('alpha', true)));
        // Half a level of 8 bits.
        expect(Math.abs(raw.roughness - Math.sqrt(64 / 255))).toBeLessThan(0.0025);
        expect(raw.said).toEqual([]);
        const srgb = await read(metal(bitmap('alpha', false)));
        expect(Math.abs(srgb.roughness - Math.sqrt(linearFromSrgb(64 / 255)))).toBeLessThan(0.0025);
        expect(srgb.said).toEqual([]);
        const scaled = `<texture type="scale" name="alpha"><float name="scale" value="0.5"/>${bitmap('', true)}</texture>`;
        expect(Math.abs((await read(metal(scaled))).roughness - Math.sqrt(32 / 255))).toBeLessThan(0.0025);
        const glass = await read(`<bsdf type="roughdielectric"><string name="distribution" value="ggx"/>
            ${bitmap('alpha_u', true)}${bitmap('alpha_v', true)}</bsdf>`);
        expect(glass.roughness).toBe(raw.roughness);
        expect(glass.said).toEqual([
            'bsdf "roughdielectric": texture "alpha_v"',
            'material "roughdielectric": picture of alpha by direction'
        ]);
    });

    it('reads defaults, includes, references and instances', async () => {
        const body = `<default name="file" value="more.xml"/><include filename="$file"/>
            <shape type="shapegroup" id="group"><shape type="rectangle"><ref id="red"/></shape></shape>
            <shape type="instance"><ref id="group"/><transform name="to_world"><translate value="5, 0, 0"/></transform></shape>
            <shape type="instance"><ref id="group"/></shape>`;
        const resolve = () =>
            text(
                '<scene version="3.0.0"><bsdf type="diffuse" id="red"><rgb name="reflectance" value="#ff0000"/></bsdf></scene>'
            );
        const { document } = await readMitsuba(scene(body, '3.0.0'), { resolve });
        expect(placedTriangles(document).length).toBe(4);
        const [material] = document.getRoot().listMaterials();
        expect(material!.getBaseColorFactor()).toEqual([1, 0, 0, 1]);
        expect(document.getRoot().listMeshes().length).toBe(1);
    });

    it('reads principled materials, brushed metals with a picture of what they reflect, and tinted glass', async () => {
        const body = `${rectangle(`<bsdf type="principled"><rgb name="base_color" value="0.8, 0.4, 0.2"/>
                <float name="roughness" value="0.6"/><float name="metallic" value="0.3"/>
                <float name="spec_tint" value="1"/></bsdf>`)}
            ${rectangle(`<bsdf type="roughconductor"><string name="distribution" value="ggx"/>
                <float name="alphaU" value="0.04"/><float name="alphaV" value="0.25"/>
                <texture type="checkerboard" name="specularReflectance">
                    <rgb name="color0" value="0.8"/><rgb name="color1" value="0.2"/></texture></bsdf>`)}
            ${rectangle(`<bsdf type="dielectric"/><medium name="interior" type="homogeneous">
                <rgb name="sigmaA" value="0.5, 0.2, 0.4"/><rgb name="sigmaS" value="0"/></medium>`)}`;
        const { document, report } = await readMitsuba(scene(body));
        const [painted, brushed, glass] = document.getRoot().listMaterials();
        expect([painted!.getRoughnessFactor(), painted!.getMetallicFactor()]).toEqual([0.6, 0.3]);
        const tint = painted!.getExtension<Specular>('KHR_materials_specular')!.getSpecularColorFactor();
        // The colour over its luminance.
        for (const [i, c] of [0.8, 0.4, 0.2].entries()) expect(tint[i]).toBeCloseTo(c / 0.4706, 3);
        expect(brushed!.getRoughnessFactor()).toBeCloseTo(0.2, 12);
        const stretch = brushed!.getExtension<Anisotropy>('KHR_materials_anisotropy')!;
        expect(0.04 + 0.96 * stretch.getAnisotropyStrength() ** 2).toBeCloseTo(0.25, 12);
        expect(stretch.getAnisotropyRotation()).toBe(Math.PI / 2);
        expect(brushed!.getBaseColorTexture()).not.toBeNull();
        expect(brushed!.getExtras()['mixreel']).toMatchObject({ bsdf: 'conductor', specular: [0.8, 0.8, 0.8] });
        const volume = glass!.getExtension<Volume>('KHR_materials_volume')!;
        for (const [i, sigma] of [0.5, 0.2, 0.4].entries()) {
            const absorbs = -Math.log(volume.getAttenuationColor()[i]!) / volume.getAttenuationDistance();
            expect(absorbs).toBeCloseTo(sigma, 12);
        }
        expect(report.unsupported).toEqual([]);
        expect(report.approximated.map(({ what }) => what)).toEqual([
            'material "principled": Disney\'s diffuse lobe',
            'material "roughconductor": black from behind'
        ]);
    });

    it('multiplies textures by the factors around them, wherever they are written', async () => {
        const scaled = (inside: string) =>
            rectangle(`<bsdf type="twosided"><bsdf type="diffuse"><texture name="reflectance" type="scale">
            ${inside}</texture></bsdf></bsdf>`);
        const cells = '<rgb name="color0" value="0.8"/><rgb name="color1" value="0.2"/>';
        const body = `<texture type="checkerboard" id="cells">${cells}</texture>
            <texture type="scale" id="half"><float name="scale" value="0.5"/><ref id="cells"/></texture>
            ${scaled('<rgb name="scale" value="0.5, 0.25, 1"/><ref id="half"/>')}
            ${scaled(`<float name="scale" value="0.5"/><texture type="checkerboard">${cells}</texture>`)}`;
        const { document, report } = await readMitsuba(scene(body));
        const colors = document
            .getRoot()
            .listMaterials()
            .map((material) => material.getBaseColorFactor());
        const rounded = colors.map((color) => color.map((value) => Math.round(value * 1e6) / 1e6));
        expect(rounded).toEqual([
            [0.2, 0.1, 0.4, 1],
            [0.4, 0.4, 0.4, 1]
        ]);
        expect(
            document
                .getRoot()
                .listMaterials()
                .every((material) => material.getBaseColorTexture())
        ).toBe(true);
        expect(report).toEqual({ approximated: [], unsupported: [] });
    });

    it('says what it makes of textures that hold each other, and of references to nothing', async () => {
        const body = `<texture type="scale" id="a"><ref id="b"/></texture><texture type="scale" id="b"><ref id="a"/></texture>
            ${rectangle('<bsdf type="diffuse"><ref name="reflectance" id="a"/></bsdf>')}${rectangle('<ref id="gone"/>')}`;
        const { report } = await readMitsuba(scene(body));
        expect(report.unsupported.map(({ what }) => what).sort()).toEqual([
            'reference to "gone", which is not defined',
            'texture "scale"'
        ]);
    });

    it('lets shapes shine by emitters that they refer to', async () => {
        const body = `<emitter type="area" id="lamp"><rgb name="radiance" value="4, 2, 1"/></emitter>
            <emitter type="spot" id="torch"/>${rectangle('<ref id="lamp"/>')}${rectangle('<ref id="torch"/>')}`;
        const { document, report } = await readMitsuba(scene(body));
        const emissive = document
            .getRoot()
            .listMaterials()
            .map((material) => material.getEmissiveFactor());
        expect(emissive).toEqual([
            [1, 0.5, 0.25],
            [0, 0, 0]
        ]);
        expect(report.unsupported.map(({ what }) => what)).toEqual(['emitter "spot" on a shape']);
    });

    it('reports what it approximates and leaves out', async () => {
        const body = `${rectangle('<bsdf type="roughconductor"/>')}<shape type="hair"/><emitter type="sunsky"/>
            ${rectangle('<bsdf type="hk"/>')}`;
        const { report } = await readMitsuba(scene(body));
        expect(report.approximated.map((entry) => entry.what)).toEqual([
            'material "roughconductor": black from behind',
            'material "roughconductor": Beckmann distribution'
        ]);
        expect(report.unsupported.map((entry) => entry.what)).toEqual([
            'shape "hair"',
            'emitter "sunsky"',
            'material "hk": hk'
        ]);
    });

    it('says which line is wrong', async () => {
        await expect(readMitsuba(text('<scene>\n<shape></scene>'))).rejects.toThrow(/line 2/);
        await expect(readMitsuba(text('<graph/>'))).rejects.toThrow(/begins with <graph>/);
        await expect(readMitsuba(text('<!DOCTYPE a [<!ENTITY b "c">]><scene/>'))).rejects.toThrow(/document type/);
        await expect(readMitsuba(scene(rectangle('', '<matrix value="1 2 3"/>')))).rejects.toThrow(
            /matrix has 3 numbers/
        );
        await expect(readMitsuba(scene('<shape type="obj"/>'))).rejects.toThrow(/needs the file/);
        await expect(readMitsuba(scene(''))).rejects.toThrow(/no triangles/);
        const deep = `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`;
        await expect(readMitsuba(scene(deep))).rejects.toThrow(/nested/);
    });

    it('never fails with anything but a MixreelError on damaged text', async () => {
        const bytes =
            scene(`${rectangle('<bsdf type="mask"><float name="opacity" value="0.5"/><bsdf type="plastic"/></bsdf>')}
            <emitter type="point"><point name="position" x="1" y="2" z="3"/></emitter><shape type="cylinder"/>`);
        await fc.assert(
            fc.asyncProperty(mutations(bytes), (damaged) => failsPolitely(() => readMitsuba(damaged))),
            { numRuns: 500 }
        );
    });

    it.skipIf(!existsSync(SCENES))(
        'reads staircase2 and living-room whole (skipped without ../shared)',
        async () => {
            const stairs = await readSceneFile(fileURLToPath(new URL('staircase2/scene.xml', SCENES)), {
                film: { widthPx: 1024, heightPx: 1024 }
            });
            // 30,911 of the OBJ files, 8 rectangles, 5 disks of 64 quads.
            expect(placedTriangles(stairs.document).length).toBe(30911 + 8 * 2 + 5 * 128);
            expect(stairs.document.getRoot().listCameras()[0]!.getYFov()).toBeCloseTo((70 * Math.PI) / 180, 6);
            const room = await readSceneFile(fileURLToPath(new URL('living-room/scene.xml', SCENES)));
            expect(placedTriangles(room.document).length).toBe(143163);
            expect(room.environment!.widthPx).toBe(2048);
            expect(room.report).toEqual({ approximated: [], unsupported: [] });
        },
        120_000
    );
});
