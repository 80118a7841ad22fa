/** Scenes that are made to do harm: every reader ends, within bounds, and with nothing but a MixreelError. */
import { writePng } from '@mixreel/image';
import { readMitsuba, readObj, readPbrt, readPly } from '@mixreel/importers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsPolitely, mutations, tokenMutations } from './models.ts';
import { text } from './placed.ts';

const OBJ = 'v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nvn 0 0 1\nf 1/1/1 2/2/1 3/3/1\n';
const PLY = `ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z
element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n`;
const PNG = writePng({
    widthPx: 2,
    heightPx: 2,
    channels: 4,
    bitDepth: 8,
    data: Uint8Array.from({ length: 16 }, (_, i) => i * 16)
});
const FILES: Readonly<Record<string, Uint8Array>> = { 'a.obj': text(OBJ), 'a.ply': text(PLY), 'a.png': PNG };

/** The files of a scene, one of them replaced. */
function files(replaced: Readonly<Record<string, Uint8Array>> = {}): (name: string) => Uint8Array {
    return (name) => {
        const found = { ...FILES, ...replaced }[name];
        if (found) return found;
        throw new Error('no such file');
    };
}

const TRIANGLE = 'Shape "trianglemesh" "integer indices" [ 0 1 2 ] "point P" [ 0 0 0 1 0 0 0 1 0 ]';
/** Something of everything that pbrt's reader reads. */
const PBRT = `LookAt 0 0 -5 0 0 0 0 1 0 Camera "perspective" "float fov" 60 Film "image" "integer xresolution" 64
WorldBegin
MakeNamedMedium "ink" "string type" "homogeneous" "rgb sigma_a" [ 4 2 0 ] "rgb sigma_s" [ 0 0 0 ]
Texture "t" "spectrum" "imagemap" "string filename" "a.png" "float uscale" 2
Texture "c" "spectrum" "checkerboard" "rgb tex1" [ 1 0 0 ] "texture tex2" "c"
Texture "p" "spectrum" "scale" "texture tex1" "t" "rgb tex2" [ 0.5 0.5 0.5 ]
MakeNamedMaterial "m" "string type" "disney" "rgb color" [ 0.8 0.4 0.2 ] "float roughness" 0.5 "float spectrans" 1
NamedMaterial "m" MediumInterface "ink" "" Shape "plymesh" "string filename" "a.ply"
Material "matte" "texture Kd" "p" ${TRIANGLE} "texture alpha" "t"
Material "metal" "float uroughness" 0.1 "float vroughness" 0.2 "spectrum eta" "metal-Au-eta" ${TRIANGLE}
Material "coatedconductor" "float conductor.roughness" 0.25 Shape "sphere" "float radius" 2
Material "diffusetransmission" Shape "bilinearmesh" "point3 P" [ 0 0 0 1 0 0 0 1 0 1 1 0 ]
AttributeBegin AreaLightSource "diffuse" "float power" 10 "bool twosided" "true" Rotate 30 0 1 0 ${TRIANGLE} AttributeEnd
ObjectBegin "o" Scale 1 2 3 ConcatTransform [ 1 0 0 0 1 1 0 0 0 0 1 0 0 0 0 1 ] ${TRIANGLE} ObjectEnd
ObjectInstance "o" LightSource "spot" "point to" [ 0 0 1 ] "float power" 3
LightSource "infinite" "string filename" "a.png" LightSource "distant" "float illuminance" 2
WorldEnd`;

const MITSUBA = `<scene version="3.0.0"><default name="x" value="0.3"/>
<sensor type="thinlens"><float name="fov" value="40"/><string name="fov_axis" value="larger"/>
<transform name="to_world"><lookat origin="0, 0, -5" target="0, 0, 0" up="0, 1, 0"/></transform>
<film type="hdrfilm"><integer name="width" value="64"/></film></sensor>
<bsdf type="principled" id="m"><rgb name="base_color" value="0.8, 0.4, 0.2"/><float name="roughness" value="$x"/></bsdf>
<bsdf type="twosided" id="n"><bsdf type="roughconductor"><float name="alpha_u" value="0.1"/><float name="alpha_v" value="0.2"/>
<texture type="checkerboard" name="specular_reflectance"><transform name="to_uv"><scale x="4" y="2"/></transform></texture></bsdf></bsdf>
<bsdf type="mask" id="o"><texture name="opacity" type="bitmap"><string name="filename" value="a.png"/></texture>
<bsdf type="roughplastic"><string name="int_ior" value="water"/><boolean name="nonlinear" value="true"/></bsdf></bsdf>
<medium type="homogeneous" id="ink"><rgb name="sigma_t" value="1, 2, 3"/><rgb name="albedo" value="0"/></medium>
<shape type="obj"><string name="filename" value="a.obj"/><ref id="m"/></shape>
<shape type="ply"><string name="filename" value="a.ply"/><ref id="n"/><transform name="to_world">
<rotate y="1" angle="30"/><matrix value="1 1 0 0 0 1 0 0 0 0 1 0 0 0 0 1"/></transform></shape>
<shape type="sphere"><point name="center" x="1" y="2" z="3"/><bsdf type="dielectric"/><ref name="interior" id="ink"/></shape>
<shape type="shapegroup" id="g"><shape type="cylinder"><ref id="o"/></shape></shape>
<shape type="instance"><ref id="g"/></shape>
<shape type="rectangle"><emitter type="area"><rgb name="radiance" value="#ff8000"/></emitter></shape>
<emitter type="spot"><spectrum name="intensity" value="400:1, 700:2"/></emitter>
<emitter type="envmap"><string name="filename" value="a.png"/></emitter></scene>`;

describe('hostile scenes', () => {
    it.each([
        ['pbrt', PBRT, readPbrt, 400],
        ['Mitsuba', MITSUBA, readMitsuba, 400],
        ['OBJ', OBJ, readObj, 300],
        ['PLY', PLY, readPly, 300]
    ] as const)(
        'in %s never fail with anything but a MixreelError, whichever words are changed',
        async (_, whole, read, numRuns) => {
            const resolve = files();
            // The undamaged one is read, so that damage is what fails.
            await read(text(whole), { resolve });
            await fc.assert(
                fc.asyncProperty(tokenMutations(whole), (bytes) => failsPolitely(() => read(bytes, { resolve }))),
                { numRuns }
            );
        }
    );

    it.each(Object.keys(FILES))('never fail so for a damaged %s that they name', async (name) => {
        const read = name === 'a.obj' ? readMitsuba : readPbrt;
        const whole = text(name === 'a.obj' ? MITSUBA : PBRT);
        await fc.assert(
            fc.asyncProperty(mutations(FILES[name]!), (bytes) =>
                failsPolitely(() => read(whole, { resolve: files({ [name]: bytes }) }))
            ),
            { numRuns: 150 }
        );
    });

    it('that include two files which include two each end before they have doubled often', async () => {
        const next = (name: string) => String(Number(name) + 1);
        const pbrt = readPbrt(text('Include "1" Include "1"'), {
            resolve: (name) => text(`Include "${next(name)}" Include "${next(name)}"`)
        });
        await expect(pbrt).rejects.toThrow(/over 1000 files|within itself/);
        const include = (name: string) => `<include filename="${name}"/>`;
        const mitsuba = readMitsuba(text(`<scene>${include('1')}${include('1')}</scene>`), {
            resolve: (name) => text(`<scene>${include(next(name)).repeat(10)}</scene>`)
        });
        await expect(mitsuba).rejects.toThrow(/over 1000 files|within itself/);
    });

    it('whose values are made of values end before they have grown', async () => {
        const lines = Array.from(
            { length: 40 },
            (_, i) => `<default name="v${i + 1}" value="${`$v${i}`.repeat(10)}"/>`
        ).join('');
        const bomb = text(`<scene><default name="v0" value="xxxxxxxxxx"/>${lines}</scene>`);
        await expect(readMitsuba(bomb)).rejects.toThrow(/value of \d+ characters/);
    });

    it('that ask for more triangles than are allowed end before they are all made', async () => {
        const sheared = 'ConcatTransform [ 1 0 0 0 1 1 0 0 0 0 1 0 0 0 0 1 ]';
        const world = `ObjectBegin "o" ${sheared} Shape "sphere" ObjectEnd\n${'ObjectInstance "o"\n'.repeat(2000)}`;
        const scene = text(`Camera "perspective"\nWorldBegin\n${world}`);
        await expect(readPbrt(scene, { maxTriangles: 20_000 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    });
});
