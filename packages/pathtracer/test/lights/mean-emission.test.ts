import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLightTable } from '../../src/lights/light-table.ts';
import { MeanEmission } from '../../src/lights/mean-emission.ts';
import { IDENTITY } from '../../src/math/vector.ts';
import { quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Texture, TextureRef } from '../../src/scene/scene.ts';

/** Black, but for the quarter of least u and v. */
const QUARTER: Texture = {
    widthPx: 32,
    heightPx: 32,
    data: Uint8Array.from({ length: 32 * 32 * 4 }, (_, i) => {
        const texel = Math.floor(i / 4);
        return texel % 32 < 16 && texel < 16 * 32 ? 255 : 0;
    }),
    srgb: true
};

const REF: TextureRef = { texture: 0 };
const sceneWith = (texture: Texture, emission: TextureRef = REF) =>
    createScene({
        meshes: [quadMesh([0, 0, 0], [1, 0, 0], [0, 1, 0])],
        instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
        materials: [{ kind: 'diffuse', emission: [1, 1, 1], textures: { emission } }],
        textures: [texture]
    });

describe('the mean of an emission texture over a triangle', () => {
    it('is that of what the triangle shows', () => {
        const mean = new MeanEmission(sceneWith(QUARTER), REF);
        expect(mean.over(Float32Array.of(0, 0, 0.5, 0, 0, 0.5))).toBeCloseTo(1, 10);
        // The diagonal's far side of the lit quarter: half of what the whole square has, exactly a quarter of the triangle.
        expect(Math.abs(mean.over(Float32Array.of(0, 0, 1, 0, 0, 1)) - 0.5)).toBeLessThan(0.03);
        expect(Math.abs(mean.over(Float32Array.of(0, 0, 1, 1, 0, 1)) - 0.25)).toBeLessThan(0.03);
    });

    it('is never 0 where the picture is not black, so that every light can be chosen', () => {
        const mean = new MeanEmission(sceneWith(QUARTER), REF);
        expect(mean.over(Float32Array.of(0.6, 0.6, 0.9, 0.6, 0.6, 0.9))).toBeCloseTo(0.25 / 1000, 10);
    });

    it('follows wrapping and transforms as the lookup does', () => {
        const moved = { ...REF, transform: { offset: [0.5, 0.5], rotationRad: 0, scale: [0.5, 0.5] } } as const;
        const mean = new MeanEmission(sceneWith(QUARTER, moved), moved);
        // (0.5, 0.5) to (1, 1): the black quarter; twice as far it begins again.
        expect(mean.over(Float32Array.of(0, 0, 1, 0, 0, 1))).toBeLessThan(0.01);
        expect(mean.over(Float32Array.of(1, 1, 1.9, 1, 1, 1.9))).toBeCloseTo(1, 10);
        const clamped = new MeanEmission(sceneWith(QUARTER), { ...REF, wrapU: 'clamp', wrapV: 'clamp' });
        expect(clamped.over(Float32Array.of(-3, -3, -2, -3, -3, -2))).toBeCloseTo(1, 10);
    });

    it('is positive and at most 1 for any coordinates', () => {
        const mean = new MeanEmission(sceneWith(QUARTER), REF);
        const coordinate = fc.float({ min: -100, max: 100, noNaN: true });
        fc.assert(
            fc.property(fc.array(coordinate, { minLength: 6, maxLength: 6 }), (uvs) => {
                const value = mean.over(Float32Array.from(uvs));
                expect(value).toBeGreaterThan(0);
                expect(value).toBeLessThanOrEqual(1);
            })
        );
    });

    it('sets how often each triangle is chosen: the one that shows the lit quarter', () => {
        const { alias } = buildLightTable(sceneWith(QUARTER), { radius: 1, sampler: 'power' });
        // Corners (0,1) (1,1) (1,0) and (0,1) (1,0) (0,0): only the second holds the quarter u, v < 1/2.
        expect(alias.pmf[1]).toBeGreaterThan(0.99);
        const black = { ...QUARTER, data: new Uint8Array(QUARTER.data.length) };
        expect(buildLightTable(sceneWith(black), { radius: 1 }).choices).toBe(0);
    });
});
