import { VirtualClock } from '@mixreel/core';
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developSoa } from '../../src/generated/index.ts';
import {
    cornellBox,
    cornellView,
    createScene,
    PathTracer,
    quadMesh,
    renderResilient,
    type Scene
} from '../../src/index.ts';
import { IDENTITY } from '../../src/math/vector.ts';

const OPTIONS = { maxBounces: 2, seed: 4 } as const;
const SIZE = { widthPx: 16, heightPx: 16 };

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

/** Puts a sample on each pixel of a film, as the kernel after the last bounce does. */
async function develop(
    samples: readonly (readonly number[])[],
    before: Float32Array = new Float32Array(8 * samples.length)
): Promise<{ film: Float32Array; totals: Uint32Array }> {
    const kernel = await device.createKernel({ label: 'develop', wgsl: developSoa });
    const capacity = samples.length;
    // Radiances as the state's fourth row has them, throughput and flags before it.
    const state = new Float32Array(8 * 4 * capacity);
    for (const [i, radiance] of samples.entries()) state.set(radiance, (3 * capacity + i) * 4);
    const view = kernel.view('params');
    view.set({ pixelCount: capacity, sampleCount: 1, capacity, maxBounces: 1, widthPx: capacity, heightPx: 1 });
    const buffers = {
        params: device.createBuffer({ label: 'params', data: new Uint8Array(view.arrayBuffer), usage: 'uniform' }),
        paths: device.createBuffer({ label: 'paths', data: state }),
        film: device.createBuffer({ label: 'film', data: before }),
        queues: device.createBuffer({ label: 'queues', sizeBytes: capacity * 32 }),
        counters: device.createBuffer({ label: 'counters', sizeBytes: 128 }),
        totals: device.createBuffer({ label: 'totals', sizeBytes: 128 })
    };
    await device.record('develop').dispatch(kernel, buffers, [1]).submit();
    const film = new Float32Array(await device.read(buffers.film));
    const totals = new Uint32Array(await device.read(buffers.totals));
    for (const buffer of Object.values(buffers)) buffer.destroy();
    return { film, totals };
}

describe('samples that are no light', () => {
    it('never reach the film, and are counted by reason', async () => {
        const samples = [
            [1, 2, 3],
            [NaN, 0, 0],
            [1, 1, Infinity],
            [0, -1e-20, 0],
            [-Infinity, 1, 1],
            [-0, 0, 0],
            [2 ** 51, 0, 0],
            [-1, NaN, 1],
            [2.25e15, 0, 1e-40]
        ];
        const { film, totals } = await develop(samples);
        expect(film.every(Number.isFinite)).toBe(true);
        const counts = samples.map((_, i) => film[i * 8 + 3]);
        expect(counts).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 1]);
        // Not a number twice, infinite or next to it three times, negative once.
        expect([...totals.subarray(1, 4)]).toEqual([2, 3, 1]);
    });

    it('are the only ones kept from it: of the brightest that are accepted no sum ever overflows', async () => {
        const brightest = Math.fround(2 ** 51 - 2 ** 27);
        // As after 2^24 of them, from where on the count cannot grow either.
        const full = Float32Array.of(2 ** 75, 0, 0, 2 ** 24, 2 ** 126, 0, 0, 2 ** 24);
        const { film, totals } = await develop([[brightest, 0, 0]], full);
        expect([...film]).toEqual([...full]);
        expect([...totals.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
        // One before they still grow.
        const growing = Float32Array.of(2 ** 74, 0, 0, 2 ** 23, 2 ** 125, 0, 0, 2 ** 23);
        const { film: grown } = await develop([[brightest, 0, 0]], growing);
        for (const i of [0, 3, 4]) expect(grown[i]).toBeGreaterThan(growing[i]!);
    });

    it('are told apart in every mode when a lamp is too bright for float32', async () => {
        const dim = createScene({
            meshes: [quadMesh([-5, 0, -5], [0, 0, 10], [10, 0, 0]), quadMesh([-0.5, 1, -0.5], [1, 0, 0], [0, 0, 1])],
            instances: [
                { mesh: 0, material: 0, transform: IDENTITY },
                { mesh: 1, material: 1, transform: IDENTITY }
            ],
            materials: [
                { kind: 'diffuse', baseColor: [0.8, 0.8, 0.8] },
                { kind: 'diffuse', baseColor: [0, 0, 0], emission: [1, 1, 1] }
            ]
        });
        // Past createScene, which refuses such lamps.
        const bright = { ...dim.materials[1]!, emission: [3e38, 3e38, 3e38] as const };
        const scene: Scene = { ...dim, materials: [dim.materials[0]!, bright] };
        const results = [];
        for (const mode of ['streaming-soa', 'megakernel'] as const) {
            const tracer = await PathTracer.create(device, scene, { ...OPTIONS, mode });
            tracer.setView(cornellView(1), SIZE);
            const { rejected, rejections, paths } = await tracer.render({ spp: 2 });
            const { sum, sumSquares, count } = await tracer.readMoments();
            tracer.destroy();
            expect(rejected).toBe(rejections.nan + rejections.infinite + rejections.negative);
            expect(rejections.infinite).toBeGreaterThan(0);
            expect([...sum, ...sumSquares].every(Number.isFinite)).toBe(true);
            expect(count.reduce((a, b) => a + b, 0) + rejected).toBe(paths);
            results.push(rejections);
        }
        expect(results[1]).toEqual(results[0]);
    });
});

describe('a saved film', () => {
    it('goes on where it was, on another tracer, to the same picture', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        tracer.setView(cornellView(1), SIZE);
        await tracer.render({ spp: 2 });
        const saved = await tracer.saveFilm();
        await tracer.render({ spp: 3 });
        const whole = await tracer.readMoments();
        tracer.destroy();
        const other = await PathTracer.create(device, cornellBox(), OPTIONS);
        other.setView(cornellView(1), { widthPx: 8, heightPx: 8 });
        expect(() => other.restoreFilm(saved)).toThrow(/film is 16 x 16/);
        other.setView(cornellView(1), SIZE);
        other.restoreFilm(saved);
        expect(other.samples).toBe(2);
        await other.render({ spp: 3 });
        expect(await other.readMoments()).toEqual(whole);
        other.destroy();
    });
});

describe('a resilient render', () => {
    it('makes the same picture, to the last bit, when its device is destroyed in its middle', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        tracer.setView(cornellView(1), SIZE);
        await tracer.render({ spp: 8 });
        const undisturbed = await tracer.readMoments();
        tracer.destroy();
        const made: Device[] = [];
        const seen: number[] = [];
        const lost: string[] = [];
        const { moments, frame, losses } = await renderResilient(
            async () => {
                made.push(await createNodeDevice());
                return made.at(-1)!;
            },
            cornellBox(),
            {
                view: cornellView(1),
                size: SIZE,
                spp: 8,
                options: { ...OPTIONS, pathsPerWave: 256 },
                checkpoint: { spp: 2, seconds: 0 },
                clock: new VirtualClock(),
                onLost: ({ code }) => lost.push(code),
                progress: {
                    report: (done, total) => {
                        if (total !== 8) return;
                        seen.push(done);
                        // After the fifth sample: the last film has four.
                        if (made.length === 1 && done === 5) made[0]!.gpu.destroy();
                    }
                }
            }
        );
        expect(moments).toEqual(undisturbed);
        expect(frame.layer('depth').some(Number.isFinite)).toBe(true);
        expect({ losses, lost, devices: made.length }).toEqual({ losses: 1, lost: ['device-lost'], devices: 2 });
        expect(seen.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
        expect(seen.slice(-4)).toEqual([5, 6, 7, 8]);
        expect(made.every(({ isLost }) => isLost)).toBe(true);
        // The seven kernels, the two between them and the layers': the megakernel is compiled only for those who choose it.
        expect(made.map(({ counters }) => counters.values.pipelinesCompiled)).toEqual([10, 10]);
    });
});

describe('a tracer that is rendering', () => {
    it('refuses to be pointed, cleared or restored, and its film stays whole', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        tracer.setView(cornellView(1), SIZE);
        await tracer.render({ spp: 1 });
        const saved = await tracer.saveFilm();
        const rendering = tracer.render({ spp: 4 });
        for (const call of [
            () => tracer.setView(cornellView(1), SIZE),
            () => tracer.setView(cornellView(1), { widthPx: 8, heightPx: 8 }),
            () => tracer.reset(),
            () => tracer.restoreFilm(saved)
        ]) {
            expect(call).toThrow(/is called while another call is running \(expected one at a time\)/);
        }
        await rendering;
        expect(tracer.samples).toBe(5);
        expect((await tracer.readMoments()).count.every((count) => count === 5)).toBe(true);
        tracer.destroy();
    });

    it('that is destroyed ends its call with aborted, and leaves the device in order', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), { ...OPTIONS, pathsPerWave: 256 });
        tracer.setView(cornellView(1), SIZE);
        const rendering = tracer.render({ spp: 64 });
        const ended = expect(rendering).rejects.toMatchObject({ name: 'MixreelError', code: 'aborted' });
        tracer.destroy();
        await ended;
        const other = await PathTracer.create(device, cornellBox(), OPTIONS);
        other.setView(cornellView(1), SIZE);
        expect((await other.render({ spp: 1 })).paths).toBe(256);
        other.destroy();
    });
});
