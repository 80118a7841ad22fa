import { chiSquareTest, Rng } from '@mixreel/core';
import { describe, expect, it } from 'vitest';
import { environmentTable, texelSolidAngle } from '../../src/lights/environment-table.ts';
import { buildLightTable } from '../../src/lights/light-table.ts';
import { length, type Vec3 } from '../../src/math/vector.ts';
import { ReferenceAttributes } from '../../src/reference/reference-attributes.ts';
import { ReferenceLights } from '../../src/reference/reference-lights.ts';
import { cornellBox } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Environment } from '../../src/scene/scene.ts';

const WIDTH = 16;
const HEIGHT = 8;
const UP: Vec3 = [0, 1, 0];

/** A Cornell box whose lamp is out, under this sky. */
function lightsOf(environment: Environment): ReferenceLights {
    const { meshes, instances, materials } = cornellBox();
    const scene = createScene({
        meshes,
        instances,
        materials: materials.map((material) => ({ ...material, emission: [0, 0, 0] })),
        environment
    });
    return new ReferenceLights(
        scene,
        new ReferenceAttributes(scene),
        buildLightTable(scene, { radius: 1 }),
        environmentTable(environment)
    );
}

function sky(fill: (x: number, y: number) => number, rotationRad = 0): Environment {
    const data = Float32Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) =>
        fill(Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH))
    );
    return { widthPx: WIDTH, heightPx: HEIGHT, data, rotationRad };
}

const random = Rng.create(8).stream('sky');
const values = Array.from({ length: WIDTH * HEIGHT }, () => random.float() ** 6 * 50);
const varied = sky((x, y) => values[y * WIDTH + x]!, 2.1);

/** Texel that a direction falls into before the turn, by the definition in `Environment`. */
function texelOf([x, y, z]: Vec3, { rotationRad = 0 }: Environment): number {
    const c = Math.cos(rotationRad);
    const s = Math.sin(rotationRad);
    const u = Math.atan2(s * x + c * z, c * x - s * z) / (2 * Math.PI) + 0.5;
    const column = Math.min(WIDTH - 1, Math.floor(u * WIDTH));
    return Math.min(HEIGHT - 1, Math.floor((Math.acos(y) / Math.PI) * HEIGHT)) * WIDTH + column;
}

describe('sampling of the environment', () => {
    it('draws every texel as often as its density says (chi-square), each direction with that density', () => {
        const lights = lightsOf(varied);
        const draws = Rng.create(9).stream('draws');
        const counts = new Float64Array(WIDTH * HEIGHT);
        const expected = new Float64Array(WIDTH * HEIGHT);
        for (let i = 0; i < 50_000; i++) {
            const r = [draws.float(), draws.float(), draws.float(), draws.float()] as const;
            const s = lights.sample([0, 0, 0], UP, r);
            expect(length(s.direction)).toBeCloseTo(1, 9);
            const texel = texelOf(s.direction, varied);
            counts[texel]!++;
            // The density on the way back is that of the way there, but for directions on an edge of two texels.
            if (i < 2000) expect(Math.abs(lights.environmentPdf(s.direction) / s.pdf - 1)).toBeLessThan(1e-6);
            expected[texel] = s.pdf * texelSolidAngle(Math.floor(texel / WIDTH), WIDTH, HEIGHT);
        }
        expect(chiSquareTest(counts, expected).p).toBeGreaterThan(1e-4);
    });

    it('has a density that integrates to 1 over the sphere, whatever the turn', () => {
        for (const rotationRad of [0, 1, 4.5]) {
            const lights = lightsOf({ ...varied, rotationRad });
            const draws = Rng.create(10).stream('sphere');
            let sum = 0;
            const n = 100_000;
            for (let i = 0; i < n; i++) {
                // Stratified over the height.
                const y = 1 - (2 * (i + draws.float())) / n;
                const phi = 2 * Math.PI * draws.float();
                const s = Math.sqrt(1 - y * y);
                sum += lights.environmentPdf([s * Math.cos(phi), y, s * Math.sin(phi)]);
            }
            // The density's standard deviation is 1.7 times its mean: 4 standard errors.
            expect(Math.abs((sum * 4 * Math.PI) / n - 1)).toBeLessThan(0.02);
        }
    });

    it('is finite at the poles, where a row of texels meets in a point', () => {
        const lights = lightsOf(sky((_, y) => (y === 0 || y === HEIGHT - 1 ? 1 : 0)));
        for (const pole of [
            [0, 1, 0],
            [0, -1, 0]
        ] as const) {
            expect(lights.environmentRadiance(pole).every((x) => x === 1)).toBe(true);
            expect(lights.environmentPdf(pole)).toBeGreaterThan(0);
            expect(lights.environmentPdf(pole)).toBeLessThan(10);
        }
        for (const r2 of [0, 0.5, 1 - 2 ** -24]) {
            for (const r0 of [0, 0.3, 1 - 2 ** -24]) {
                const s = lights.sample([0, 0, 0], UP, [r0, r2, r2, r2]);
                expect(s.pdf).toBeGreaterThan(0);
                expect(s.direction.every(Number.isFinite)).toBe(true);
            }
        }
    });

    it('goes to a single bright texel and its neighbours alone, which share its light', () => {
        const lights = lightsOf(sky((x, y) => (x === 0 && y === 3 ? 1000 : 0)));
        const draws = Rng.create(11).stream('bright');
        for (let i = 0; i < 2000; i++) {
            const r = [draws.float(), draws.float(), draws.float(), draws.float()] as const;
            const texel = texelOf(lights.sample([0, 0, 0], UP, r).direction, { ...varied, rotationRad: 0 });
            expect([0, 1, WIDTH - 1]).toContain(texel % WIDTH);
            expect([2, 3, 4]).toContain(Math.floor(texel / WIDTH));
        }
    });

    it('leaves a black sky alone, so that no sample of a lamp is lost to it', () => {
        const black = sky(() => 0);
        const dark = createScene({ ...withoutView(), environment: black });
        expect(buildLightTable(dark, { radius: 1 }).environmentPmf).toBe(0);
        const lit = createScene({ ...withoutView(), environment: { ...varied, intensity: 0 } });
        expect(buildLightTable(lit, { radius: 1 }).environmentPmf).toBe(0);
        expect(lightsOf(black).sample([0, 0, 0], UP, [0.5, 0.5, 0.5, 0.5]).pdf).toBe(0);
    });
});

function withoutView() {
    const { meshes, instances, materials } = cornellBox();
    return { meshes, instances, materials };
}
