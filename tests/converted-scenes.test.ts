/**
 * What the converters write, the path tracer loads: scenes of pbrt, Mitsuba and OBJ with any numbers in them, in range or not, read,
 * written as GLB and read again. And what they leave out, they name.
 */
import { WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { MixreelError } from '@mixreel/core';
import { type ImportedScene, readGltf, readMitsuba, readObj, readPbrt } from '@mixreel/importers';
import { sceneFromDocument } from '@mixreel/pathtracer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const io = new WebIO().registerExtensions(ALL_EXTENSIONS);

/** Numbers as scenes hold them, and as they hold them by mistake. */
const number = fc.oneof(
    fc.constantFrom(-1e12, -1, -0.25, 0, 1e-12, 0.2, 0.9997, 1, 1.5, 4, 4.01, 90, 180, 361, 1e12),
    fc.double({ min: -2, max: 5, noNaN: true })
);
const color = fc.tuple(number, number, number);

/** A directive's names, each given or not. */
function some(names: readonly string[], value: fc.Arbitrary<number | readonly number[]>) {
    return fc
        .subarray([...names])
        .chain((chosen) => fc.tuple(...chosen.map((name) => fc.tuple(fc.constant(name), value))));
}

async function loads(read: () => Promise<ImportedScene>): Promise<void> {
    let imported: ImportedScene;
    try {
        imported = await read();
    } catch (error) {
        // Refused with a reason: nothing was written.
        if (error instanceof MixreelError && error.code === 'bad-input') return;
        throw error;
    }
    const { document, environment } = imported;
    const given = environment ? { environment } : {};
    expect(sceneFromDocument(document, given).triangleCount).toBeGreaterThan(0);
    const again = await readGltf(await io.writeBinary(document));
    expect(sceneFromDocument(again, given).triangleCount).toBeGreaterThan(0);
}

const BSDFS =
    'diffuse roughplastic plastic roughconductor conductor dielectric thindielectric roughdielectric principled phong'
        .concat(' principledthin ward difftrans')
        .split(' ');
const mitsuba = fc
    .record({
        type: fc.constantFrom(...BSDFS),
        floats: some(
            'intIOR extIOR alpha alphaU alphaV eta roughness metallic anisotropic specular exponent clearcoat specTrans'.split(
                ' '
            ),
            number
        ),
        colors: some(
            'reflectance diffuseReflectance specularReflectance specularTransmittance eta k baseColor'.split(' '),
            color
        ),
        radiance: color,
        sigma: color,
        light: fc.constantFrom('point', 'spot', 'directional', 'constant'),
        lamp: some('cutoffAngle beamWidth'.split(' '), number),
        fov: number
    })
    .map(({ type, floats, colors, radiance, sigma, light, lamp, fov }) => {
        const given = (list: readonly (readonly [string, unknown])[], tag: string) =>
            list.map(([name, value]) => `<${tag} name="${name}" value="${value}"/>`).join('');
        return text(`<scene version="0.5.0"><sensor type="perspective"><float name="fov" value="${fov}"/></sensor>
            <shape type="rectangle"><bsdf type="${type}">${given(floats, 'float')}${given(colors, 'rgb')}</bsdf>
            <medium name="interior" type="homogeneous"><rgb name="sigmaA" value="${sigma}"/></medium></shape>
            <shape type="disk"><emitter type="area"><rgb name="radiance" value="${radiance}"/></emitter></shape>
            <emitter type="${light}">${given(lamp, 'float')}<rgb name="intensity" value="${radiance}"/>
            <rgb name="irradiance" value="${radiance}"/><rgb name="radiance" value="${radiance}"/></emitter></scene>`);
    });

const MATERIALS =
    'matte plastic metal glass uber substrate mirror translucent disney coateddiffuse coatedconductor dielectric'
        .concat(' thindielectric diffusetransmission conductor')
        .split(' ');
const pbrt = fc
    .record({
        type: fc.constantFrom(...MATERIALS),
        floats: some(
            'eta roughness uroughness vroughness metallic anisotropic spectrans sheen clearcoat flatness scale'.split(
                ' '
            ),
            number
        ),
        colors: some('Kd Ks Kr Kt reflectance transmittance color k opacity reflect transmit'.split(' '), color),
        radiance: color,
        sigma: color,
        light: fc.constantFrom('point', 'spot', 'distant', 'infinite'),
        lamp: some('coneangle conedeltaangle power illuminance scale'.split(' '), number),
        fov: number
    })
    .map(({ type, floats, colors, radiance, sigma, light, lamp, fov }) => {
        const given = (list: readonly (readonly [string, unknown])[], kind: string) =>
            list.map(([name, value]) => `"${kind} ${name}" [ ${String(value).replaceAll(',', ' ')} ]`).join(' ');
        const rgb = (name: string, value: readonly number[]) => given([[name, value]], 'rgb');
        return text(`LookAt 0 0 -5 0 0 0 0 1 0 Camera "perspective" "float fov" [ ${fov} ] WorldBegin
            MakeNamedMedium "ink" "string type" "homogeneous" ${rgb('sigma_a', sigma)} MediumInterface "ink" ""
            Material "${type}" ${given(floats, 'float')} ${given(colors, 'rgb')} Shape "disk"
            LightSource "${light}" ${given(lamp, 'float')} ${rgb('I', radiance)} ${rgb('L', radiance)}
            AreaLightSource "diffuse" ${rgb('L', radiance)} Shape "disk" WorldEnd`);
    });

describe('what the converters write', () => {
    it('the path tracer loads, of Mitsuba scenes with any numbers', async () => {
        await fc.assert(
            fc.asyncProperty(mitsuba, (bytes) => loads(() => readMitsuba(bytes))),
            { numRuns: 150 }
        );
    });

    it('the path tracer loads, of pbrt scenes with any numbers', async () => {
        await fc.assert(
            fc.asyncProperty(pbrt, (bytes) => loads(() => readPbrt(bytes))),
            { numRuns: 150 }
        );
    });

    it('the path tracer loads, of OBJ files with any materials', async () => {
        const names = 'Kd Ks Ke Ns Ni d Tr illum Pr Pm'.split(' ');
        await fc.assert(
            fc.asyncProperty(some(names, fc.oneof(number, color)), (fields) => {
                const library = [
                    'newmtl m',
                    ...fields.map(([key, value]) => `${key} ${String(value).replaceAll(',', ' ')}`)
                ];
                const files = { resolve: () => text(library.join('\n')) };
                return loads(() =>
                    readObj(text('mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n'), files)
                );
            }),
            { numRuns: 100 }
        );
    });

    it('is glass whose index lies below that of what surrounds it: a bubble, seen from its other side', async () => {
        const scene = (inside: number, outside: number) =>
            text(`<scene version="0.5.0"><sensor type="perspective"/><shape type="sphere"><bsdf type="dielectric">
                <float name="intIOR" value="${inside}"/><float name="extIOR" value="${outside}"/></bsdf></shape></scene>`);
        const [bubble, drop] = [await readMitsuba(scene(1, 1.25)), await readMitsuba(scene(1.25, 1))];
        const [a, b] = [bubble, drop].map(({ document }) => sceneFromDocument(document));
        expect(a!.materials[0]).toMatchObject({ kind: 'dielectric', ior: 1.25 });
        expect({ ...a!.materials[0], name: '' }).toEqual({ ...b!.materials[0], name: '' });
        const normals = (scene: typeof a) => [...scene!.meshes[0]!.normals!].map((value) => value + 0);
        expect(normals(a)).toEqual(normals(b).map((value) => -value + 0));
        expect(bubble.report.approximated).toContainEqual({
            what: 'material "dielectric": index of refraction 0.8',
            became: 'its inverse, with the sides swapped',
            count: 1
        });
    });
});

describe('what the converters leave out', () => {
    const named = ({ report }: ImportedScene) =>
        [...report.approximated, ...report.unsupported].map(({ what }) => what).join('\n');

    it('is named, whatever property a Mitsuba scene holds that nobody reads', async () => {
        const plugins = ['bsdf', 'shape', 'emitter', 'texture', 'medium', 'sensor'];
        await fc.assert(
            fc.asyncProperty(
                fc.constantFrom(...plugins),
                fc.constantFrom('float', 'rgb', 'string'),
                async (plugin, tag) => {
                    const strange = (where: string) => (where === plugin ? `<${tag} name="strange" value="1"/>` : '');
                    const scene = `<scene version="0.5.0"><sensor type="perspective">${strange('sensor')}</sensor>
                    <shape type="rectangle">${strange('shape')}<bsdf type="diffuse">${strange('bsdf')}
                    <texture name="reflectance" type="checkerboard">${strange('texture')}</texture></bsdf>
                    <medium name="interior" type="homogeneous"><rgb name="sigmaA" value="1"/>${strange('medium')}</medium>
                    <emitter type="area">${strange('emitter')}</emitter></shape></scene>`;
                    expect(named(await readMitsuba(text(scene)))).toMatch(new RegExp(`^${plugin}.* "strange"$`, 'm'));
                }
            ),
            { numRuns: 40 }
        );
    });

    it('is named, whatever parameter a pbrt scene holds that nobody reads', async () => {
        const directives = ['texture', 'material', 'shape', 'light', 'area light', 'medium', 'camera'];
        await fc.assert(
            fc.asyncProperty(fc.constantFrom(...directives), async (directive) => {
                const strange = (where: string) => (where === directive ? '"float strange" 1' : '');
                const scene = `Camera "perspective" ${strange('camera')} WorldBegin
                    Texture "t" "spectrum" "checkerboard" ${strange('texture')}
                    MakeNamedMedium "m" "string type" "homogeneous" ${strange('medium')}
                    Material "matte" "texture Kd" "t" ${strange('material')} LightSource "point" ${strange('light')}
                    AreaLightSource "diffuse" ${strange('area light')} Shape "disk" ${strange('shape')} WorldEnd`;
                expect(named(await readPbrt(text(scene)))).toMatch(new RegExp(`^${directive} ".*": strange$`, 'm'));
            }),
            { numRuns: 30 }
        );
    });

    it('is named: a statement of an MTL library that is not known', async () => {
        const files: Readonly<Record<string, string>> = {
            'a.mtl': 'newmtl m\nKd 1 1 1\nTf 0 1 0\nmap_Kd -o 1 1 b.png\n'
        };
        const resolve = (name: string) => {
            if (files[name] === undefined) throw new Error('no such file');
            return text(files[name]);
        };
        const obj = await readObj(text('mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n'), { resolve });
        expect(named(obj)).toContain('material "m": Tf');
        expect(named(obj)).toContain('material "m": options of map_Kd');
    });
});
