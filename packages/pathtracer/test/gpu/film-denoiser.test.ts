/** The denoiser's kernels against its twin, and against what it is for. */
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import type { Frame } from '@mixreel/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denoiseMoments, FilmDenoiser } from '../../src/denoiser/film-denoiser.ts';
import { Surface } from '../../src/denoiser/surface.ts';
import { type CameraView, PathTracer, type Scene } from '../../src/index.ts';
import { cornellBox, cornellView } from '../../src/scene/cornell-box.ts';
import { orthographicProjection } from '../../src/scene/view.ts';

const SIZE = { widthPx: 48, heightPx: 32 };
const PIXELS = 48 * 32;
const VIEW = cornellView(1.5);

let device: Device;
let tracer: PathTracer;
let denoiser: FilmDenoiser;

beforeAll(async () => {
    device = await createNodeDevice();
    const scene: Scene = cornellBox();
    tracer = await PathTracer.create(device, scene, { maxBounces: 3, seed: 5, sampler: 'independent' });
    denoiser = await FilmDenoiser.create(device, SIZE, false);
});

afterAll(() => {
    tracer.destroy();
    denoiser.destroy();
    expect(device.live.list()).toEqual([]);
    device.destroy();
});

/** Traces, denoises on the GPU and by the twin. Colours are planar. */
async function shoot(
    view: CameraView,
    spp: number,
    seed = 5
): Promise<{ noisy: Frame; gpu: Float32Array; twin: Float32Array }> {
    tracer.setView(view, SIZE);
    await tracer.render({ spp, seed });
    const noisy = await tracer.readFrame();
    const recording = device.record('denoise');
    const { film, layers } = tracer;
    const buffer = denoiser.record(recording, view, { film, layers, shown: null }, null);
    await recording.submit();
    const light = new Float32Array(await device.read(buffer));
    const albedo = noisy.layer('albedo');
    const gpu = Float32Array.from({ length: 3 * PIXELS }, (_, k) => {
        const [c, i] = [Math.floor(k / PIXELS), k % PIXELS];
        return light[i * 4 + c]! * Math.max(0.02, albedo[k]!);
    });
    return { noisy, gpu, twin: denoiseMoments(noisy, await tracer.readMoments()).layer('color') };
}

function rootMeanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return Math.sqrt(sum / a.length);
}

describe('the denoiser of a progressive picture', () => {
    it.each<[string, number, CameraView]>([
        ['one sample, whose spread only the neighbours tell', 1, VIEW],
        ['more samples, whose own spread counts', 33, VIEW],
        ['a parallel projection', 2, { ...VIEW, projection: orthographicProjection(1.2, 0.8) }]
    ])('filters as its twin does: %s', async (_, spp, view) => {
        const { gpu, twin, noisy } = await shoot(view, spp);
        // It does something, by far more than the two differ.
        expect(rootMeanSquare(gpu, noisy.layer('color'))).toBeGreaterThan(1e-3);
        // Float32 against doubles: exponentials of five passes, where the spread of the light is small.
        for (const [i, value] of gpu.entries())
            expect(Math.abs(value - twin[i]!)).toBeLessThan(1e-3 * (twin[i]! + 0.1));
    });

    it('takes most of the noise of surfaces, and less and less of the picture as samples gather', async () => {
        const { noisy: reference } = await shoot(VIEW, 128, 6);
        const surface = new Surface(reference);
        const inside = Array.from({ length: 3 * PIXELS }, (_, k) => !surface.isMixed(k % PIXELS));
        const shown = (color: Float32Array): Float32Array =>
            color.filter((_, k) => inside[k]).map((x) => Math.min(1, x));
        const truth = shown(reference.layer('color'));
        const errors = [];
        for (const spp of [1, 4, 32]) {
            const { noisy, gpu } = await shoot(VIEW, spp);
            const before = rootMeanSquare(shown(noisy.layer('color')), truth);
            errors.push({ before, after: rootMeanSquare(shown(gpu), truth) });
        }
        expect(errors[0]!.after).toBeLessThan(0.6 * errors[0]!.before);
        expect(errors[1]!.after).toBeLessThan(0.75 * errors[1]!.before);
        expect(errors[1]!.after).toBeLessThan(errors[0]!.after);
        expect(errors[2]!.after).toBeLessThan(errors[1]!.after);
    });
});
