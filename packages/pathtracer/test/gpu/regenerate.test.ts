import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdaptiveSampling, cornellBox, cornellView, PathTracer, type PathTracerOptions } from '../../src/index.ts';

const BASE = { maxBounces: 4, rouletteStart: 2, seed: 5 };

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

interface Job {
    readonly spp?: number;
    readonly options?: Partial<PathTracerOptions>;
    readonly adaptive?: AdaptiveSampling;
}

async function film({ spp = 5, options = {}, adaptive }: Job) {
    const tracer = await PathTracer.create(device, cornellBox(), { ...BASE, ...options });
    try {
        tracer.setView(cornellView(1), { widthPx: 20, heightPx: 16 });
        const parts = [
            await tracer.render({ spp: 1 }),
            await tracer.render({ spp, ...(adaptive ? { adaptive } : {}) })
        ];
        const counted = parts.map(({ dispatches: _, ...counters }) => counters);
        return { counted, moments: await tracer.readMoments() };
    } finally {
        tracer.destroy();
    }
}

/** Fewer slots than pixels, a few more, and a slot for every sample. */
const POOLS = [64, 500, 4096];

describe('regenerated paths', () => {
    it('make the same film, bit by bit, and the same counters as waves, whatever the pool', async () => {
        const waves = await film({});
        expect(waves.counted[1]!.bounces.length).toBe(5);
        for (const pathsPerWave of POOLS) {
            for (const mode of ['streaming-soa', 'streaming-aos'] as const) {
                const other = await film({ options: { regenerate: true, pathsPerWave, mode } });
                expect(other, `${mode}, ${pathsPerWave} slots`).toEqual(waves);
            }
        }
    });

    it('do so where paths are long and Russian roulette ends them at any bounce', async () => {
        const options = { maxBounces: 16, rouletteStart: 3 };
        const waves = await film({ options });
        expect(waves.counted[1]!.bounces.length).toBeGreaterThan(10);
        for (const pathsPerWave of POOLS) {
            expect(await film({ options: { ...options, regenerate: true, pathsPerWave } })).toEqual(waves);
        }
    });

    it('do so under adaptive sampling', async () => {
        const job = { spp: 40, adaptive: { threshold: 0.2, minSpp: 8 } };
        const waves = await film(job);
        expect(new Set(waves.moments.count).size).toBeGreaterThan(2);
        for (const pathsPerWave of POOLS) {
            expect(await film({ ...job, options: { regenerate: true, pathsPerWave } })).toEqual(waves);
        }
    });

    it('are refused to the megakernel, which has no slots', async () => {
        const options = { mode: 'megakernel', regenerate: true } as const;
        await expect(PathTracer.create(device, cornellBox(), options)).rejects.toThrow('regenerate is true');
    });
});
