import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PathTracer, type PathTracerOptions, perspectiveView, type Scene } from '../../src/index.ts';
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
