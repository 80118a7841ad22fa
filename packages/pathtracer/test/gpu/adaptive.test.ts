import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdaptiveSampling, cornellBox, cornellView, type FilmMoments, PathTracer } from '../../src/index.ts';
import type { PathTracerOptions } from '../../src/tracer/options.ts';

const SIZE = { widthPx: 16, heightPx: 16 };
const N = 256;
const ADAPTIVE = { threshold: 0.08, minSpp: 16 };
const SPP = 96;
const WEIGHTS = [0.2126, 0.7152, 0.0722];

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

async function film(spp: number, adaptive: AdaptiveSampling | null, options: Partial<PathTracerOptions> = {}) {
    const tracer = await PathTracer.create(device, cornellBox(), { maxBounces: 2, sampler: 'independent', ...options });
    try {
        tracer.setView(cornellView(1), SIZE);
        const counters = await tracer.render({ spp, ...(adaptive ? { adaptive } : {}) });
        return { counters, moments: await tracer.readMoments(), samples: tracer.samples };
    } finally {
        tracer.destroy();
    }
}

/** Mean and standard error of a pixel's luminance, as `film.wgsl` has them. */
function luminance({ sum, sumSquares, count }: FilmMoments, pixel: number): { mean: number; error: number } {
    const n = count[pixel]!;
    const out = { mean: 0, error: 0 };
    for (const [c, weight] of WEIGHTS.entries()) {
        const mean = sum[c * N + pixel]! / n;
        out.mean += weight * mean;
        out.error += weight * Math.sqrt(Math.max(0, sumSquares[c * N + pixel]! / n - mean ** 2) / (n - 1));
    }
    return out;
}

describe('adaptive sampling', () => {
    it('gives noisy pixels more samples and the others none, to the same picture within its error', async () => {
        const adaptive = await film(SPP, ADAPTIVE);
        const plain = await film(SPP, null, { seed: 77 });
        const { count } = adaptive.moments;
        let [total, early, difference, variance] = [0, 0, 0, 0];
        for (let pixel = 0; pixel < N; pixel++) {
            const here = luminance(adaptive.moments, pixel);
            const there = luminance(plain.moments, pixel);
            total += count[pixel]!;
            difference += here.mean - there.mean;
            variance += here.error ** 2 + there.error ** 2;
            expect(count[pixel]).toBeGreaterThanOrEqual(16);
            // Chosen at 16, 24, 32 … samples.
            expect(count[pixel]! % 8).toBe(0);
            if (count[pixel]! >= SPP) continue;
            early++;
            // float32 beside double: the moments' difference loses digits.
            expect(here.error).toBeLessThanOrEqual(0.08 * Math.max(here.mean, 0.01) * 1.01);
        }
        expect(early).toBeGreaterThan(N / 4);
        expect(early).toBeLessThan(N);
        expect(adaptive.counters.paths).toBe(total);
        expect(adaptive.counters.rays).toBeLessThan(0.8 * plain.counters.rays);
        expect(adaptive.samples).toBe(SPP);
        // Four standard errors of the difference of the means; the bias of stopping early is far below at 16 samples.
        expect(Math.abs(difference)).toBeLessThan(4 * Math.sqrt(variance));
    });

    it('is the same in every mode and size of wave', async () => {
        const first = await film(48, ADAPTIVE);
        for (const options of [{ mode: 'streaming-aos' }, { mode: 'megakernel' }, { pathsPerWave: 300 }] as const) {
            const other = await film(48, ADAPTIVE, options);
            expect(other.moments, JSON.stringify(options)).toEqual(first.moments);
            expect(other.counters.rays).toBe(first.counters.rays);
        }
    });

    it('ends when no pixel is noisy, or at its most samples', async () => {
        const done = await film(64, { threshold: 1, minSpp: 8 });
        expect(done.samples).toBeLessThan(64);
        expect((await film(64, { threshold: 1e-3, minSpp: 4, maxSpp: 7 })).samples).toBe(7);
        await expect(film(4, { threshold: 0 })).rejects.toThrow(/threshold is 0/);
        await expect(film(4, { threshold: 0.1, minSpp: 1 })).rejects.toThrow(/minSpp/);
    });
});
