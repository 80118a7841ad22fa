import type { Document } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import { linearFromSrgb } from '@mixreel/image';
import { decodeTextures, readMitsuba, readPbrt } from '@mixreel/importers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../placed.ts';

type Color = readonly [number, number, number];

/** Base colour of the document's first material at glTF coordinates, as a renderer that obeys its sampler finds it. */
function colorAt(document: Document, at: readonly [number, number]): number[] {
    const material = document.getRoot().listMaterials()[0]!;
    const info = material.getBaseColorTextureInfo()!;
    // Texels as squares, repeated.
    expect([info.getMagFilter(), info.getWrapS(), info.getWrapT()]).toEqual([9728, 10497, 10497]);
    const moved = info.getExtension<Transform>('KHR_texture_transform');
    const [scale, offset] = [moved?.getScale() ?? [1, 1], moved?.getOffset() ?? [0, 0]];
    const image = decodeTextures(document).get(material.getBaseColorTexture()!)!;
    expect([image.widthPx, image.heightPx]).toEqual([2, 2]);
    const [x, y] = [0, 1].map((k) => Math.floor(2 * (at[k]! * scale[k]! + offset[k]!)) & 1) as [number, number];
    return [0, 1, 2].map(
        (c) => material.getBaseColorFactor()[c]! * linearFromSrgb(image.data[4 * (2 * y + x) + c]! / 255)
    );
}

const number = fc.integer({ min: -40, max: 40 }).map((n) => n / 8);
const channel = fc.integer({ min: 0, max: 100 }).map((n) => n / 100);
const color = fc.tuple(channel, channel, channel);
const place = fc.integer({ min: -60, max: 60 }).map((n) => n / 7 + 1e-3);

/** Half a step of an 8-bit sRGB code is at most 0.0045 of linear light, at white. */
function expectColor(found: readonly number[], wanted: Color): void {
    for (const [c, value] of found.entries()) expect(Math.abs(value - wanted[c]!)).toBeLessThan(0.0045);
}

function onEdge(...values: readonly number[]): boolean {
    return values.some((value) => Math.abs(value - Math.round(value)) < 1e-6);
}

describe('a checkerboard', () => {
    it('of pbrt has its colours in its cells, wherever it is looked at', async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.tuple(color, color, number, number, number, number, place, place),
                async ([a, b, su, sv, du, dv, u, v]) => {
                    const [s, t] = [su * u + du, sv * v + dv];
                    fc.pre(!onEdge(s, t));
                    const { document, report } = await readPbrt(
                        text(`Camera "perspective"
                        WorldBegin
                        Texture "c" "spectrum" "checkerboard" "rgb tex1" [ ${a.join(' ')} ] "rgb tex2" [ ${b.join(' ')} ]
                          "float uscale" ${su} "float vscale" ${sv} "float udelta" ${du} "float vdelta" ${dv}
                        Material "matte" "texture Kd" "c"
                        Shape "trianglemesh" "integer indices" [ 0 1 2 ] "point P" [ 0 0 0  1 0 0  0 1 0 ]
                        WorldEnd`)
                    );
                    expect(report.approximated).toEqual([]);
                    // glTF's v runs down.
                    const even = (Math.floor(s) + Math.floor(t)) % 2 === 0;
                    expectColor(colorAt(document, [u, 1 - v]), even ? a : b);
                }
            ),
            { numRuns: 50 }
        );
    });

    it.each([
        ['0.5', ['<float name="uscale" value="', '"/><float name="vscale" value="', '"/>']],
        ['3.0.0', ['<transform name="to_uv"><scale x="', '" y="', '"/></transform>']]
    ])('of Mitsuba %s has them as well', async (version, [before, between, after]) => {
        await fc.assert(
            fc.asyncProperty(fc.tuple(color, color, number, number, place, place), async ([a, b, su, sv, u, v]) => {
                // Half a period is a cell.
                const [s, t] = [2 * su * u, 2 * sv * v];
                fc.pre(!onEdge(s, t) && su !== 0 && sv !== 0);
                const { document, report } = await readMitsuba(
                    text(`<scene version="${version}"><sensor type="perspective"/><shape type="rectangle">
                        <bsdf type="twosided"><bsdf type="diffuse"><texture name="reflectance" type="checkerboard">
                        <rgb name="color0" value="${a.join(' ')}"/><rgb name="color1" value="${b.join(' ')}"/>
                        ${before}${su}${between}${sv}${after}</texture></bsdf></bsdf></shape></scene>`)
                );
                expect(report).toEqual({ approximated: [], unsupported: [] });
                const even = (Math.floor(s) + Math.floor(t)) % 2 === 0;
                expectColor(colorAt(document, [u, v]), even ? a : b);
            }),
            { numRuns: 50 }
        );
    });

    it('is its mean where glTF has no picture for it, which the report says', async () => {
        const { document, report } = await readMitsuba(
            text(`<scene version="3.0.0"><sensor type="perspective"/><shape type="rectangle"><bsdf type="mask">
                <texture name="opacity" type="checkerboard"><rgb name="color0" value="1"/><rgb name="color1" value="0.5"/>
                </texture><bsdf type="twosided"><bsdf type="diffuse"/></bsdf></bsdf></shape></scene>`)
        );
        expect(document.getRoot().listMaterials()[0]!.getBaseColorFactor()[3]).toBeCloseTo(0.75, 9);
        expect(report.approximated.map(({ what }) => what)).toEqual([
            expect.stringContaining('checkerboard as a mask')
        ]);
    });
});
