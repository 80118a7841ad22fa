/** Where on a light the samples fall: as evenly as their density says, over the area of a triangle and over the disc of a sun. */
import { chiSquareTest, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { environmentTable } from '../../src/lights/environment-table.ts';
import { buildLightTable } from '../../src/lights/light-table.ts';
import { addScaled, cross, dot, length, normalize, sub, type Vec3 } from '../../src/math/vector.ts';
import { ReferenceAttributes } from '../../src/reference/reference-attributes.ts';
import { type ReferenceLightSample, ReferenceLights } from '../../src/reference/reference-lights.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { SceneInit } from '../../src/scene/scene.ts';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const CORNERS: readonly Vec3[] = [
    [-1, 2, 0.5],
    [1.5, 2.5, 0],
    [0, 3, 2]
];

function samples(init: Partial<SceneInit>, count: number): ReferenceLightSample[] {
    const scene = createScene({
        meshes: [{ positions: Float32Array.from(CORNERS.flat()), indices: Uint32Array.of(0, 2, 1) }],
        instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
        materials: [{ kind: 'diffuse' }],
        ...init
    });
    const table = buildLightTable(scene, { radius: 3 });
    const lights = new ReferenceLights(scene, new ReferenceAttributes(scene), table, environmentTable(null));
    const random = Rng.create(21).stream('points on lights');
    const draw = (): number => random.float();
    return Array.from({ length: count }, () => lights.sample(HERE, [0, 1, 0], [draw(), draw(), draw(), draw()]));
}

const HERE: Vec3 = [0.2, 0, 0.3];

describe('points on a light', () => {
    it('are spread evenly over a triangle, and their density is one over its area (chi-square)', () => {
        const lamp = { kind: 'diffuse', emission: [1, 1, 1], doubleSided: true } as const;
        const drawn = samples({ materials: [lamp] }, 40_000);
        const [a, b, c] = CORNERS as [Vec3, Vec3, Vec3];
        const [e1, e2] = [sub(b, a), sub(c, a)];
        const normal = cross(e1, e2);
        const area = length(normal) / 2;
        // A grid of 8 steps an edge cuts the triangle into 64 of the same size.
        const counts = new Float64Array(128);
        let worst = 0;
        for (const { direction, distance, pdf } of drawn) {
            const p = sub(addScaled(HERE, direction, distance), a);
            const u = Math.max(0, dot(cross(p, e2), normal) / dot(normal, normal));
            const v = Math.max(0, dot(cross(e1, p), normal) / dot(normal, normal));
            const [i, j] = [Math.floor(u * 8), Math.floor(v * 8)];
            counts[(i * 8 + j) * 2 + (u * 8 - i + v * 8 - j > 1 ? 1 : 0)]!++;
            const cosine = Math.abs(dot(normalize(normal), direction));
            worst = Math.max(worst, Math.abs((pdf * area * cosine) / distance ** 2 - 1));
        }
        // The table holds singles.
        expect(worst).toBeLessThan(1e-5);
        const within = [...counts.keys()].filter((k) => (k >> 4) + ((k >> 1) & 7) + (k & 1) < 8);
        expect(within).toHaveLength(64);
        expect(within.reduce((sum, k) => sum + counts[k]!, 0)).toBe(40_000);
        const expected = new Float64Array(64).fill(1);
        // One false alarm in ten thousand seeds, and the seed is fixed.
        expect(
            chiSquareTest(
                Float64Array.from(within, (k) => counts[k]!),
                expected
            ).p
        ).toBeGreaterThan(1e-4);
    });

    it.each([0.00465, 0.3])(
        'are spread evenly over the disc of a sun of %f rad, by solid angle (chi-square)',
        (radius) => {
            const toSun = normalize([0.4, 0.8, -0.3]);
            const direction = toSun.map((x) => -x) as unknown as Vec3;
            const light = { kind: 'directional', direction, irradiance: [1, 1, 1], angularRadiusRad: radius } as const;
            const drawn = samples({ lights: [light] }, 30_000);
            const right = normalize(cross(toSun, [0, 0, 1]));
            const up = cross(right, toSun);
            const counts = new Float64Array(8 * 12);
            // 1 - cos of small angles, without cancellation.
            const widest = 2 * Math.sin(radius / 2) ** 2;
            for (const { direction: d, pdf } of drawn) {
                const off = sub(d, toSun);
                const ring = Math.floor((8 * (dot(off, off) / 2)) / widest);
                const turn = Math.floor(12 * (Math.atan2(dot(d, right), dot(d, up)) / (2 * Math.PI) + 0.5));
                // Points on the rim may be rounded past it.
                counts[Math.min(7, ring) * 12 + Math.min(11, turn)]!++;
                expect(ring).toBeLessThanOrEqual(8);
                expect(pdf * 2 * Math.PI * widest).toBeCloseTo(1, 4);
            }
            expect(chiSquareTest(counts, new Float64Array(counts.length).fill(1)).p).toBeGreaterThan(1e-4);
        }
    );
});
