/** Samples that come in parts: whatever the parts are, the film must end with the bits of whole samples. */
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilmState, PathTracer, type PathTracerOptions } from '../../src/index.ts';
import { cornellBox, cornellView } from '../../src/scene/cornell-box.ts';

const SIZE = { widthPx: 12, heightPx: 10 };
const PIXELS = 120;
const SPP = 3;

let device: Device;
const tracers: PathTracer[] = [];

beforeAll(async () => {
    device = await createNodeDevice();
});

afterAll(() => {
    for (const tracer of tracers) tracer.destroy();
    expect(device.live.list().length).toBe(0);
    device.destroy();
});

async function tracerOf(options: Partial<PathTracerOptions>): Promise<PathTracer> {
    const tracer = await PathTracer.create(device, cornellBox(), { maxBounces: 2, seed: 3, ...options });
    tracers.push(tracer);
    tracer.setView(cornellView(SIZE.widthPx / SIZE.heightPx), SIZE);
    return tracer;
}

async function bits(tracer: PathTracer): Promise<Uint32Array> {
    return new Uint32Array((await tracer.saveFilm()).data.buffer);
}

describe('a sample in parts', () => {
    it.each<Partial<PathTracerOptions>>([
        { mode: 'streaming-soa' },
        { mode: 'streaming-soa', pathsPerWave: 64 },
        { mode: 'streaming-soa', regenerate: true },
        { mode: 'streaming-aos', pathsPerWave: 64 },
        { mode: 'megakernel' },
        { mode: 'megakernel', pathsPerWave: 64 }
    ])('gives the same bits as samples that are whole: %o', async (options) => {
        const tracer = await tracerOf(options);
        await tracer.render({ spp: SPP });
        const whole = await bits(tracer);
        const frame = await tracer.readFrame();
        await fc.assert(
            fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 2 * PIXELS }), { maxLength: 4 }), async (parts) => {
                tracer.reset();
                let left = SPP * PIXELS;
                for (const wanted of [...parts, SPP * PIXELS]) {
                    const paths = Math.min(wanted, left);
                    if (paths === 0) break;
                    // Counted exactly, no path more.
                    expect((await tracer.renderPart({ paths })).paths).toBe(paths);
                    left -= paths;
                    expect(tracer.samples * PIXELS + tracer.pixelsAhead).toBe(SPP * PIXELS - left);
                }
                expect(await bits(tracer)).toEqual(whole);
                const again = await tracer.readFrame();
                for (const name of ['albedo', 'normal', 'depth'] as const) {
                    expect(again.layer(name)).toEqual(frame.layer(name));
                }
            }),
            { numRuns: 3 }
        );
    });

    it('is finished first by whole samples that follow, and goes on from a film that was saved in its middle', async () => {
        const tracer = await tracerOf({});
        await tracer.render({ spp: SPP });
        const whole = await bits(tracer);
        tracer.reset();
        await tracer.renderPart({ paths: 70 });
        const saved: FilmState = await tracer.saveFilm();
        expect(saved).toMatchObject({ samples: 0, pixelsAhead: 70 });
        const { paths } = await tracer.render({ spp: SPP - 1 });
        expect(paths).toBe(SPP * PIXELS - 70);
        expect(await bits(tracer)).toEqual(whole);
        tracer.restoreFilm(saved);
        expect([tracer.samples, tracer.pixelsAhead]).toEqual([0, 70]);
        await tracer.renderPart({ paths: SPP * PIXELS - 70 });
        expect(await bits(tracer)).toEqual(whole);
    });

    it('starts over when the view does, and refuses numbers of paths that are none', async () => {
        const tracer = await tracerOf({});
        await tracer.renderPart({ paths: 10 });
        tracer.setView(cornellView(1.2), SIZE);
        expect(tracer.pixelsAhead).toBe(0);
        for (const paths of [0, 1.5, Number.NaN]) {
            await expect(tracer.renderPart({ paths })).rejects.toThrow(/paths is .* an integer from 1/s);
        }
    });
});
