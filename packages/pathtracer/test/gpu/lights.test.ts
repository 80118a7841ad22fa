import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    createScene,
    PathTracer,
    type PathTracerOptions,
    perspectiveView,
    quadMesh,
    type Scene
} from '../../src/index.ts';
import { IDENTITY } from '../../src/math/vector.ts';
import { renderReference } from '../../src/reference/reference-tracer.ts';
import { ANALYTIC_LIGHTS, POINT_VIEW } from '../lights/analytic-lights.ts';
import { manyLights } from '../lights/light-scenes.ts';

const OPTIONS = { maxBounces: 2, rouletteStart: 2, seed: 3, sampler: 'independent', strategy: 'mis' } as const;
const SIZE = { widthPx: 16, heightPx: 16 };
const VIEW = perspectiveView({ position: [0, 3, 7], target: [0, 0.5, 0], fovYRad: 0.9, aspect: 1 });

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

/** Sum of all samples, and mean and standard error of the picture. */
async function shoot(scene: Scene, spp: number, options: Partial<PathTracerOptions> = {}, view = VIEW) {
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, ...options });
    try {
        tracer.setView(view, SIZE);
        const counters = await tracer.render({ spp });
        const { sum, sumSquares } = await tracer.readMoments();
        let [total, variance] = [0, 0];
        for (let i = 0; i < sum.length; i++) {
            const m = sum[i]! / spp;
            total += m;
            variance += Math.max(0, sumSquares[i]! / spp - m * m) / (spp - 1);
        }
        // The three channels of a sample err together.
        return { counters, sum, mean: total / sum.length, error: Math.sqrt(3 * variance) / sum.length };
    } finally {
        tracer.destroy();
    }
}

describe('the light tree on the GPU', () => {
    const scene = manyLights({ triangles: 120, points: 10, spots: 10, seed: 9, environment: true });

    it('traces the same paths as its twin', async () => {
        const init = { ...OPTIONS, ...SIZE, view: VIEW, spp: 2, lightSampler: 'tree' } as const;
        const reference = renderReference(scene, init);
        const { sum, counters } = await shoot(scene, 2, { lightSampler: 'tree' });
        let equal = 0;
        for (let i = 0; i < 256; i++) {
            const same = [0, 1, 2].every((c) => {
                const b = reference.sum[i * 3 + c]!;
                return Math.abs(sum[c * 256 + i]! - b) <= 2e-3 * b + 1e-4;
            });
            if (same) equal++;
        }
        // float32 against double: on edges, and where a random number falls between two shares.
        expect(equal / 256).toBeGreaterThan(0.95);
        expect(counters.rejected).toBe(0);
    });

    it('gives the mean of power sampling with less noise, by every strategy', async () => {
        const spp = 48;
        const power = await shoot(scene, spp, { lightSampler: 'power', maxBounces: 1 });
        for (const strategy of ['mis', 'light', 'bsdf'] as const) {
            const tree = await shoot(scene, spp, { lightSampler: 'tree', strategy, maxBounces: 1 });
            // 4 standard errors of the difference; the seed is fixed.
            expect(Math.abs(tree.mean - power.mean), strategy).toBeLessThan(4 * Math.hypot(tree.error, power.error));
            if (strategy === 'mis') expect(tree.error).toBeLessThan(0.8 * power.error);
        }
    });
});

describe('emitters that alpha hides in part', () => {
    const floor = quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8]);
    const uvs = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1);
    // Their other coordinates show other texels.
    const masked = { ...quadMesh([-2.2, 1.5, -1], [2, 0, 0], [0, 0.4, 2]), uvs: uvs.map((x) => x / 5), uvs1: uvs };
    const faded = { ...quadMesh([0.2, 1.5, -1], [2, 0, 0], [0, 0.2, 2]), uvs };
    const colors = Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 3 ? (i - 3) / 12 : 1));
    const texels = Uint8Array.from({ length: 64 }, (_, i) => (i % 4 < 3 ? 200 : (i >> 2) % 3 === 0 ? 255 : 60));
    const ref = { texture: 0, filter: 'nearest' } as const;
    const glow = { kind: 'diffuse', emission: [4, 3, 2], doubleSided: true } as const;
    const scene = createScene({
        meshes: [floor, masked, { ...faded, colors }],
        instances: [0, 1, 2].map((mesh) => ({ mesh, material: mesh, transform: IDENTITY })),
        materials: [
            { kind: 'diffuse', baseColor: [0.7, 0.7, 0.7] },
            { ...glow, alphaMode: 'mask', textures: { baseColor: { ...ref, uvSet: 1 }, emission: ref } },
            { ...glow, alphaMode: 'blend', opacity: 0.8, textures: { baseColor: ref } }
        ],
        textures: [{ widthPx: 4, heightPx: 4, data: texels, srgb: true }]
    });

    it('light as much as is seen of them, by every strategy', async () => {
        const shots = [];
        for (const strategy of ['mis', 'light', 'bsdf'] as const) {
            shots.push(await shoot(scene, 96, { strategy, maxBounces: 1 }));
        }
        for (const [i, other] of shots.entries()) {
            // 4 standard errors of the difference; the seed is fixed. Without alpha, light sampling finds 2.3 times as much.
            expect(Math.abs(shots[0]!.mean - other.mean), String(i)).toBeLessThan(
                4 * Math.hypot(shots[0]!.error, other.error)
            );
        }
    });

    it.each(['flattened', 'instanced'] as const)('light the same points as in the twin, %s', async (geometry) => {
        const options = { ...OPTIONS, strategy: 'light', maxBounces: 1 } as const;
        const reference = renderReference(scene, { ...options, ...SIZE, view: VIEW, spp: 4 });
        const { sum } = await shoot(scene, 4, { ...options, geometry });
        let equal = 0;
        for (let i = 0; i < 256; i++) {
            const same = [0, 1, 2].every((c) => {
                const b = reference.sum[i * 3 + c]!;
                return Math.abs(sum[c * 256 + i]! - b) <= 2e-3 * b + 1e-4;
            });
            if (same) equal++;
        }
        // As above, and on edges of texels.
        expect(equal / 256).toBeGreaterThan(0.95);
    });
});

describe('emitters under a coat of varnish', () => {
    // A wall of light that the floor before it sees at grazing angles, the coat on one half of it.
    const wall = quadMesh([-3, 0.05, -1], [6, 0, 0], [0, 2, 0]);
    const floor = quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -5]);
    const lamp = (clearcoat: number) =>
        ({ kind: 'gltf', baseColor: [0, 0, 0], specular: 0, emission: [4, 3, 2], clearcoat }) as const;
    const scene = (clearcoat: number, pictured = false): Scene =>
        createScene({
            meshes: [floor, { ...wall, uvs: Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1) }],
            instances: [0, 1].map((mesh) => ({ mesh, material: mesh, transform: IDENTITY })),
            materials: [
                { kind: 'diffuse', baseColor: [0.7, 0.7, 0.7] },
                {
                    ...lamp(clearcoat),
                    ...(pictured && { textures: { clearcoat: { texture: 0, filter: 'nearest' } as const } })
                }
            ],
            textures: pictured
                ? [{ widthPx: 2, heightPx: 1, data: Uint8Array.of(255, 0, 0, 255, 51, 0, 0, 255), srgb: false }]
                : []
        });

    it('are dimmed by what the coat reflects, seen straight and aslant', async () => {
        for (const angle of [0, 60, 80]) {
            const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
            const from = [30 * sin, 1.05, -1 + 30 * cos] as const;
            const view = perspectiveView({ position: from, target: [0, 1.05, -1], fovYRad: 0.004, aspect: 1 });
            const { mean } = await shoot(scene(0.8), 1, { maxBounces: 1 }, view);
            const fresnel = 0.04 + 0.96 * (1 - cos) ** 5;
            expect(mean / (3 * (1 - 0.8 * fresnel)), String(angle)).toBeCloseTo(1, 3);
        }
    });

    it('give the same light by every strategy, and as in the twin, with and without a picture of the coat', async () => {
        for (const pictured of [false, true]) {
            const coated = scene(1, pictured);
            const [mis, light, bsdf] = [
                await shoot(coated, 48, { strategy: 'mis', maxBounces: 1 }),
                await shoot(coated, 48, { strategy: 'light', maxBounces: 1 }),
                await shoot(coated, 48, { strategy: 'bsdf', maxBounces: 1 })
            ];
            for (const other of [light, bsdf]) {
                // 4 standard errors of the difference; the seed is fixed.
                expect(Math.abs(mis.mean - other.mean)).toBeLessThan(4 * Math.hypot(mis.error, other.error));
            }
            const options = { ...OPTIONS, strategy: 'mis', maxBounces: 1 } as const;
            const reference = renderReference(coated, { ...options, ...SIZE, view: VIEW, spp: 4 });
            const { sum } = await shoot(coated, 4, options);
            let equal = 0;
            for (let i = 0; i < 256; i++) {
                const b = reference.sum[i * 3]!;
                if (Math.abs(sum[i]! - b) <= 2e-3 * b + 1e-4) equal++;
            }
            // float32 against double, on edges.
            expect(equal / 256).toBeGreaterThan(0.95);
        }
    });
});

describe('the end of a shadow ray', () => {
    const floor = quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8]);
    const materials = [
        { kind: 'diffuse', baseColor: [0.7, 0.7, 0.7] },
        { kind: 'diffuse', baseColor: [0, 0, 0], emission: [1e3, 1e3, 1e3], doubleSided: true }
    ] as const;
    /** A plate between the floor and a lamp above it; `up` is where all of it is. */
    const behindPlate = (lampM: number, half: number, gapM: number, up: number): Scene =>
        createScene({
            meshes: [
                floor,
                quadMesh([-half, lampM, -half], [2 * half, 0, 0], [0, 0, 2 * half]),
                quadMesh([-2 * half, lampM - gapM, -2 * half], [4 * half, 0, 0], [0, 0, 4 * half])
            ],
            instances: [0, 1, 2].map((mesh) => ({
                mesh,
                material: mesh & 1,
                transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, up, 0, 1]
            })),
            materials
        });
    const plates = {
        'a lamp 10 km away': [1e4, 500, 1, 0],
        '10 km from the origin': [20, 10, 1, 1e4],
        'a millimetre': [3, 1, 1e-3, 0]
    } as const;

    it.each(Object.entries(plates))('meets a plate close to the lamp: %s', async (_, [lampM, half, gapM, up]) => {
        const view = { ...VIEW, position: [0, 3 + up, 7] as const };
        for (const geometry of ['flattened', 'instanced'] as const) {
            const { sum, counters } = await shoot(
                behindPlate(lampM, half, gapM, up),
                4,
                { strategy: 'light', maxBounces: 1, geometry },
                view
            );
            expect(counters.bounces[0]!.shadowRays).toBeGreaterThan(500);
            expect(counters.bounces[0]!.lit).toBe(0);
            expect(Math.max(...sum)).toBe(0);
        }
    });

    it.each([0.2, 5, 1e4])(
        'does not meet the lamp: a dome of %f m that lights the floor from all sides',
        async (radius) => {
            // Seen from within, nothing of a convex thing hides another. Down to the horizon, where light grazes.
            const [rings, around] = [6, 12];
            const positions: number[] = [];
            const indices: number[] = [];
            for (let i = 0; i <= rings; i++) {
                for (let j = 0; j < around; j++) {
                    const [a, b] = [(i / rings) * 1.5, (j / around) * 2 * Math.PI];
                    const [s, c] = [Math.sin(a + 0.01), Math.cos(a + 0.01)];
                    positions.push(radius * s * Math.cos(b), radius * c, radius * s * Math.sin(b));
                    const [at, next] = [i * around + j, i * around + ((j + 1) % around)];
                    if (i < rings) indices.push(at, next, at + around, next, next + around, at + around);
                }
            }
            const scene = createScene({
                meshes: [
                    quadMesh([-0.1, 0, 0.1], [0.2, 0, 0], [0, 0, -0.2]),
                    { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) }
                ],
                instances: [0, 1].map((mesh) => ({ mesh, material: mesh, transform: IDENTITY })),
                materials
            });
            const view = perspectiveView({ position: [0, 0.15, 0.02], target: [0, 0, 0], fovYRad: 0.6, aspect: 1 });
            for (const geometry of ['flattened', 'instanced'] as const) {
                const { counters } = await shoot(scene, 16, { strategy: 'light', maxBounces: 1, geometry }, view);
                expect(counters.bounces[0]!.shadowRays).toBe(16 * 256);
                expect(counters.bounces[0]!.lit).toBe(16 * 256);
            }
        }
    );
});

describe('lights that are hard to sample', () => {
    it.each(['power', 'tree'] as const)('leave the film finite and are counted, chosen by %s', async (lightSampler) => {
        const thin = quadMesh([-1e-7, 0.3, 0], [2e-7, 0, 0], [0, 0, -2e-7]);
        const line = quadMesh([-1, 0.4, 0], [2, 0, 0], [2, 0, 0]);
        const scene = createScene({
            meshes: [quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8]), thin, line],
            instances: [0, 1, 2].map((mesh) => ({ mesh, material: Math.min(mesh, 1), transform: IDENTITY })),
            materials: [
                { kind: 'gltf', roughness: 0.05, metallic: 0.5 },
                { kind: 'diffuse', baseColor: [0, 0, 0], emission: [1e9, 1e9, 1e9], doubleSided: true }
            ],
            lights: [
                // On the floor itself, in it, and so strong that the square of it is not a float.
                { kind: 'point', position: [0, 0, 0], intensity: [1, 1, 1] },
                { kind: 'point', position: [0.5, -1e-7, 0.5], intensity: [1e30, 1e30, 1e30] },
                { kind: 'point', position: [0, 1, 0], intensity: [1e-38, 0, 0] },
                { kind: 'point', position: [0, 1, 0], intensity: [0, 0, 0] },
                // A cone without a ramp, one of no width, one wider than a half space.
                { ...SPOT, innerConeRad: 0.4, outerConeRad: 0.4 },
                { ...SPOT, innerConeRad: 0, outerConeRad: 0 },
                { ...SPOT, innerConeRad: 0, outerConeRad: 3 },
                { kind: 'directional', direction: [0, -1, 0], irradiance: [1, 1, 1], angularRadiusRad: 1e-6 }
            ]
        });
        const { sum, counters } = await shoot(scene, 16, { lightSampler });
        expect(sum.every((x) => Number.isFinite(x) && x >= 0)).toBe(true);
        expect(counters.rejected).toBe(0);
        for (const bounce of counters.bounces.slice(0, -1)) {
            expect(bounce.shadowRays + bounce.unlit).toBe(bounce.hits);
        }
        expect(counters.bounces[0]!.unlit).toBeGreaterThan(0);
    });

    it('do not pass for darkness where their light is too bright for a float: the samples are rejected and counted', async () => {
        const scene = createScene({
            meshes: [quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8])],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse' }],
            lights: [{ kind: 'point', position: [0, 0.01, 0], intensity: [3e37, 3e37, 3e37] }]
        });
        for (const mode of ['streaming-soa', 'megakernel'] as const) {
            const { sum, counters } = await shoot(scene, 2, { mode, maxBounces: 1 });
            // All camera rays that meet the floor.
            expect(counters.rejections).toEqual({ nan: 0, infinite: counters.bounces[0]!.hits, negative: 0 });
            expect(counters.rejected).toBeGreaterThan(200);
            expect(Math.max(...sum)).toBe(0);
        }
    });

    it('are five thousand tiny ones, of which the tree finds those that light a point', async () => {
        // From below the lamps: no noise of lamps within pixels.
        const below = perspectiveView({ position: [0, 0.25, 3], target: [0, 0, 1], fovYRad: 0.3, aspect: 1 });
        const scene = manyLights({ triangles: 5000, points: 0, spots: 0, seed: 2 });
        const [power, tree] = [
            await shoot(scene, 16, { lightSampler: 'power', maxBounces: 1 }, below),
            await shoot(scene, 16, { lightSampler: 'auto', maxBounces: 1 }, below)
        ];
        expect(Math.abs(tree.mean - power.mean)).toBeLessThan(4 * Math.hypot(tree.error, power.error));
        expect(tree.error).toBeLessThan(0.7 * power.error);
    });
});

const SPOT = { kind: 'spot', position: [0, 1, 0], direction: [0, -1, 0], intensity: [2, 2, 2] } as const;

describe('the irradiance under a light, on the GPU', () => {
    it.each(ANALYTIC_LIGHTS)('is what a formula gives: $name', async ({ scene, irradiance, bias, hittable }) => {
        for (const strategy of hittable ? (['mis', 'light', 'bsdf'] as const) : (['mis'] as const)) {
            const { mean, error, counters } = await shoot(scene, 32, { strategy, maxBounces: 1 }, POINT_VIEW);
            // As for the twin; float32 sums of 32 samples add 2e-6.
            const tolerance = 4 * error + (bias + 1e-5) * irradiance + 1e-9;
            expect(Math.abs(mean - irradiance / Math.PI), strategy).toBeLessThan(tolerance);
            expect(counters.rejected).toBe(0);
        }
    });
});
