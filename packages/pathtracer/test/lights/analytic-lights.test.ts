import { describe, expect, it } from 'vitest';
import { renderReference } from '../../src/reference/reference-tracer.ts';
import { ANALYTIC_LIGHTS, POINT_VIEW } from './analytic-lights.ts';

const SIZE = { widthPx: 4, heightPx: 4 };

describe.each(ANALYTIC_LIGHTS)('the irradiance under a light: $name', ({ scene, irradiance, bias, hittable }) => {
    // The sphere of 2,048 triangles is tried one by one.
    const spp = scene.triangleCount > 100 ? 12 : 400;
    it.each(hittable ? (['mis', 'light', 'bsdf'] as const) : (['mis'] as const))(
        'is what a formula gives, by %s',
        (strategy) => {
            const init = {
                ...SIZE,
                view: POINT_VIEW,
                spp,
                maxBounces: 1,
                rouletteStart: 4,
                seed: 1,
                strategy
            } as const;
            const { sum, sumSquares } = renderReference(scene, { ...init, sampler: 'independent' });
            const n = 16 * spp;
            let [total, squares] = [0, 0];
            for (let i = 0; i < sum.length; i += 3) {
                total += sum[i]!;
                squares += sumSquares[i]!;
            }
            const mean = total / n;
            const error = Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
            // White: radiance is irradiance over pi. 4 standard errors, the seed is fixed.
            expect(Math.abs(mean - irradiance / Math.PI)).toBeLessThan(4 * error + (bias + 1e-5) * irradiance + 1e-9);
        }
    );
});
