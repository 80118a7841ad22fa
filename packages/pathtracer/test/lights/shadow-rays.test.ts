/** Where shadow rays end and what their light does to a sample, by the twin; on the GPU: `../gpu/lights.test.ts`. */
import { describe, expect, it } from 'vitest';
import { createScene, perspectiveView, quadMesh } from '../../src/index.ts';
import { IDENTITY } from '../../src/math/vector.ts';
import { renderReference } from '../../src/reference/reference-tracer.ts';
import type { SceneInit } from '../../src/scene/scene.ts';

const OPTIONS = {
    widthPx: 8,
    heightPx: 8,
    spp: 2,
    maxBounces: 1,
    rouletteStart: 4,
    seed: 3,
    sampler: 'independent',
    strategy: 'light',
    view: perspectiveView({ position: [0, 3, 7], target: [0, 0.5, 0], fovYRad: 0.9, aspect: 1 })
} as const;
const FLOOR = quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8]);

function sumOf(parts: Pick<SceneInit, 'meshes'> & Partial<SceneInit>): { sum: number; rejected: number } {
    const scene = createScene({
        instances: parts.meshes.map((_, mesh) => ({ mesh, material: mesh === 1 ? 1 : 0, transform: IDENTITY })),
        materials: [
            { kind: 'diffuse' },
            { kind: 'diffuse', baseColor: [0, 0, 0], emission: [1e3, 1e3, 1e3], doubleSided: true }
        ],
        ...parts
    });
    const { sum, rejected } = renderReference(scene, OPTIONS);
    return { sum: sum.reduce((a, b) => a + b, 0), rejected };
}

describe('a shadow ray', () => {
    it.each([
        [1e4, 500, 1],
        [3, 1, 1e-3]
    ])('towards a lamp %d m away meets what stands before it, and not the lamp', (lampM, half, gapM) => {
        const lamp = quadMesh([-half, lampM, -half], [2 * half, 0, 0], [0, 0, 2 * half]);
        const plate = quadMesh([-2 * half, lampM - gapM, -2 * half], [4 * half, 0, 0], [0, 0, 4 * half]);
        expect(sumOf({ meshes: [FLOOR, lamp] }).sum).toBeGreaterThan(0);
        expect(sumOf({ meshes: [FLOOR, lamp, plate] })).toEqual({ sum: 0, rejected: 0 });
    });

    it('towards a needle meets what stands half way', () => {
        const needle = quadMesh([-1, 10, 0], [2, 0, 0], [0, 0, 1e-6]);
        const plate = quadMesh([-8, 5, -8], [16, 0, 0], [0, 0, 16]);
        expect(sumOf({ meshes: [FLOOR, needle] }).sum).toBeGreaterThan(0);
        expect(sumOf({ meshes: [FLOOR, needle, plate] })).toEqual({ sum: 0, rejected: 0 });
    });

    it('whose light is no number that the film takes has its sample rejected, and counted', () => {
        const { sum, rejected } = sumOf({
            meshes: [FLOOR],
            lights: [{ kind: 'point', position: [0, 0.01, 0], intensity: [3e37, 3e37, 3e37] }]
        });
        expect(sum).toBe(0);
        // The camera rays that meet the floor: the rest see nothing.
        expect(rejected).toBeGreaterThan(60);
    });
});
