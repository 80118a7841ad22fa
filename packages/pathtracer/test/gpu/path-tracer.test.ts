import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    boxMesh,
    constantEnvironment,
    cornellBox,
    cornellView,
    createScene,
    PathTracer,
    type PathTracerOptions,
    perspectiveView,
    quadMesh,
    type Scene,
    type TracerMode
} from '../../src/index.ts';
import { IDENTITY, type Mat4 } from '../../src/math/vector.ts';
import { type ReferencePicture, renderReference } from '../../src/reference/reference-tracer.ts';
import { manyLights } from '../lights/light-scenes.ts';
import { arbitraryScene, arbitraryView } from './arbitrary-scene.ts';
import { EXTENSION_MATERIALS, extensionScene, withoutExtensions } from './extension-scene.ts';
import { randomScene } from './random-scene.ts';

const MODES: readonly TracerMode[] = ['streaming-soa', 'streaming-aos', 'megakernel'];
const OPTIONS = { maxBounces: 4, rouletteStart: 2, seed: 5, strategy: 'mis', sampler: 'sobol' } as const;
const BY_CLASS = { maxBounces: 6, lightSampler: 'power' } as const;
const SIZE = { widthPx: 16, heightPx: 16 };
const VIEW = perspectiveView({ position: [0.3, 0.8, 4], target: [0, 0, 0], fovYRad: 0.8, aspect: 1 });

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

async function film(
    scene: Scene,
    spp: number,
    options: Partial<PathTracerOptions> = {},
    view = cornellView(1),
    size = SIZE
) {
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, ...options });
    try {
        tracer.setView(view, size);
        const counters = await tracer.render({ spp });
        return { counters, moments: await tracer.readMoments(), frame: await tracer.readFrame() };
    } finally {
        tracer.destroy();
    }
}

/** Share of pixels whose sums agree to 0.2 %, and the ratio of the whole pictures. */
function agreement(sum: Float32Array, reference: ReferencePicture): { share: number; ratio: number } {
    const n = sum.length / 3;
    let equal = 0;
    let [ours, theirs] = [0, 0];
    for (let i = 0; i < n; i++) {
        let ok = true;
        for (let c = 0; c < 3; c++) {
            const a = sum[c * n + i]!;
            const b = reference.sum[i * 3 + c]!;
            if (Math.abs(a - b) > 2e-3 * Math.abs(b) + 1e-4) ok = false;
            ours += a;
            theirs += b;
        }
        if (ok) equal++;
    }
    return { share: equal / n, ratio: ours / theirs };
}

function mean(data: Float32Array): number {
    let sum = 0;
    for (const x of data) sum += x;
    return sum / data.length;
}

describe('the kernels against the reference tracer', () => {
    it.each(['flattened', 'instanced'] as const)(
        'trace the same paths through a Cornell box (%s)',
        async (geometry) => {
            const scene = cornellBox({
                tallBox: { kind: 'conductor', roughness: 0.3 },
                shortBox: { kind: 'dielectric' }
            });
            const reference = renderReference(scene, { ...OPTIONS, ...SIZE, view: cornellView(1), spp: 4 });
            const { moments, counters, frame } = await film(scene, 4, { geometry });
            const { share, ratio } = agreement(moments.sum, reference);
            // float32 against double: where a path grazes an edge, or a mirror magnifies the difference, it goes elsewhere.
            expect(share).toBeGreaterThan(0.97);
            expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
            expect(Math.abs(counters.rays / (reference.rays - 256) - 1)).toBeLessThan(0.01);
            expect(counters.rejected).toBe(0);
            const instance = frame.layer('instance');
            const same = instance.filter((id, i) => id === reference.instance[i]).length;
            // Rays through the centres of pixels run exactly along some of the box's edges: 4 % at most.
            expect(same / 256).toBeGreaterThan(0.96);
            let deepest = 0;
            let tilted = 0;
            for (let i = 0; i < 256; i++) {
                if (instance[i] !== reference.instance[i]) continue;
                const depth = frame.layer('depth')[i]!;
                if (depth !== reference.depth[i]) deepest = Math.max(deepest, Math.abs(depth - reference.depth[i]!));
                for (let c = 0; c < 3; c++) {
                    const difference = Math.abs(frame.layer('normal')[c * 256 + i]! - reference.normal[i * 3 + c]!);
                    // An edge of one box: either face may win.
                    if (difference < 0.5) tilted = Math.max(tilted, difference);
                }
            }
            expect(deepest).toBeLessThan(1e-5);
            // Octahedral normals of 16 bits: 1e-4.
            expect(tilted).toBeLessThan(1e-4);
        }
    );

    it('trace the same paths under a sky and a sun, whichever way their light is found', async () => {
        // Few texels, each of another light: a density that is wrong by a row shows.
        const data = Float32Array.from({ length: 8 * 4 * 3 }, (_, i) => 0.2 + ((i * 7) % 11) / 4);
        const scene = createScene({
            meshes: [quadMesh([-3, -0.5, 3], [6, 0, 0], [0, 0, -6]), boxMesh([0, 0, 0], [0.4, 0.5, 0.4], 0.4)],
            instances: [0, 1].map((i) => ({ mesh: i, material: 0, transform: IDENTITY })),
            materials: [{ kind: 'diffuse', baseColor: [0.7, 0.6, 0.5] }],
            lights: [
                { kind: 'directional', direction: [0.6, -0.8, 0], irradiance: [3, 2.5, 2], angularRadiusRad: 0.3 }
            ],
            environment: { widthPx: 8, heightPx: 4, data, rotationRad: 0.7 }
        });
        for (const strategy of ['mis', 'light', 'bsdf'] as const) {
            const options = { ...OPTIONS, strategy, maxBounces: 2 };
            const reference = renderReference(scene, { ...options, ...SIZE, view: VIEW, spp: 4 });
            const { share, ratio } = agreement((await film(scene, 4, options, VIEW)).moments.sum, reference);
            // Measured 1 and 5e-6. Another device may round the other way at edges of the box: some pixels of 256.
            expect(share, strategy).toBeGreaterThan(0.97);
            expect(Math.abs(ratio - 1), strategy).toBeLessThan(0.001);
        }
    });

    it('agree on any small scene, seen through any camera, in either geometry, for each sampler and strategy', async () => {
        const any = fc.record({
            scene: arbitraryScene,
            view: arbitraryView,
            sampler: fc.constantFrom('sobol' as const, 'independent' as const),
            strategy: fc.constantFrom('mis' as const, 'mis' as const, 'light' as const, 'bsdf' as const),
            geometry: fc.constantFrom('flattened' as const, 'instanced' as const),
            seed: fc.nat()
        });
        const size = { widthPx: 12, heightPx: 12 };
        await fc.assert(
            fc.asyncProperty(any, async ({ scene, view, ...drawn }) => {
                const options = { ...OPTIONS, ...drawn };
                const reference = renderReference(scene, { ...options, ...size, view, spp: 2 });
                const { moments, counters } = await film(scene, 2, options, view, size);
                const { share, ratio } = agreement(moments.sum, reference);
                // As above; bent normals and light through rough glass magnify more.
                expect(share).toBeGreaterThan(0.85);
                expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
                expect(counters.rejected).toBe(0);
            }),
            // One geometry a scene: kernels are compiled for each, 4 s on a CPU. That both find the same hits is tested in traversal.
            { numRuns: 6 }
        );
    });
});

describe("glTF's material extensions", () => {
    it('trace the same paths as the reference tracer, each with its textures, in every mode', async () => {
        const scene = extensionScene();
        const size = { widthPx: 32, heightPx: 32 };
        const reference = renderReference(scene, { ...OPTIONS, ...size, view: VIEW, spp: 2 });
        const first = await film(scene, 2, {}, VIEW, size);
        const { share, ratio } = agreement(first.moments.sum, reference);
        // As above; a coat's or a film's direction magnifies a difference as rough glass does.
        expect(share).toBeGreaterThan(0.9);
        expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
        expect(first.counters.rejected).toBe(0);
        // Each by itself: the twin's paths in its own pixels, which are not those of the same box without its extension.
        const plain = renderReference(withoutExtensions(scene), { ...OPTIONS, ...size, view: VIEW, spp: 2 });
        const names = Object.keys(EXTENSION_MATERIALS);
        const failed: object[] = [];
        const pixels = reference.instance.length;
        for (const [k, name] of names.entries()) {
            const own = [...reference.instance.keys()].filter((i) => reference.instance[i] === k + 2);
            expect(own.length, name).toBeGreaterThan(5);
            const channels = [0, 1, 2];
            const ours = Float32Array.from(channels.flatMap((c) => own.map((i) => first.moments.sum[c * pixels + i]!)));
            const inBox = (picture: ReferencePicture): ReferencePicture => {
                const sum = own.flatMap((i) => channels.map((c) => picture.sum[i * 3 + c]!));
                return { ...picture, sum: Float64Array.from(sum) };
            };
            const twin = agreement(ours, inBox(reference));
            const core = agreement(ours, inBox(plain));
            // A path that goes elsewhere is one of two samples in one of 10 to 30 pixels.
            const like = twin.share > 0.7 && Math.abs(twin.ratio - 1) < 0.25;
            if (!like || core.share > 0.5) failed.push({ name, twin, core });
        }
        expect(failed).toEqual([]);
        for (const mode of MODES) {
            // Where paths are regenerated, their bounce lies beside the flag for the medium.
            const regenerate = mode === 'streaming-aos';
            expect((await film(scene, 2, { mode, regenerate }, VIEW, size)).moments, mode).toEqual(first.moments);
        }
    });
});

describe('the picture', () => {
    it('is the same to the last bit in all modes, wave sizes and repetitions', async () => {
        const scene = randomScene(3);
        const first = await film(scene, 3, {}, VIEW);
        for (const mode of MODES) {
            for (const pathsPerWave of [64, 300, 'auto'] as const) {
                const again = await film(scene, 3, { mode, pathsPerWave }, VIEW);
                expect(again.moments, `${mode} ${pathsPerWave}`).toEqual(first.moments);
                expect(again.counters.rays).toBe(first.counters.rays);
                expect(again.counters.bounces).toEqual(first.counters.bounces);
            }
        }
    });

    it('is the same in all modes where the light tree chooses', async () => {
        const scene = manyLights({ triangles: 60, points: 10, spots: 10, seed: 6, environment: true });
        const view = perspectiveView({ position: [0, 3, 7], target: [0, 0.5, 0], fovYRad: 0.9, aspect: 1 });
        const first = await film(scene, 2, {}, view);
        for (const mode of MODES) expect((await film(scene, 2, { mode }, view)).moments, mode).toEqual(first.moments);
    });

    it('has the same mean whether light is found by light sampling, BSDF sampling or both', async () => {
        const scene = cornellBox({
            tallBox: { kind: 'gltf', roughness: 0.4, baseColor: [0.9, 0.6, 0.2], metallic: 1 }
        });
        const spp = 96;
        const results = [];
        for (const strategy of ['mis', 'light', 'bsdf'] as const) {
            const { moments } = await film(scene, spp, { strategy, maxBounces: 2 });
            let variance = 0;
            for (let i = 0; i < moments.sum.length; i++) {
                const m = moments.sum[i]! / spp;
                variance += Math.max(0, moments.sumSquares[i]! / spp - m * m) / spp;
            }
            const n = moments.sum.length;
            // The three channels of a sample err together.
            results.push({ mean: mean(moments.sum) / spp, error: Math.sqrt(3 * variance) / n });
        }
        const [mis, light, bsdf] = results as [{ mean: number; error: number }, ...{ mean: number; error: number }[]];
        for (const other of [light!, bsdf!]) {
            // 4 standard errors of the difference; the seed is fixed.
            expect(Math.abs(mis.mean - other.mean)).toBeLessThan(4 * Math.hypot(mis.error, other.error));
        }
        // What MIS is for. Noise that no strategy removes (edges of the light within a pixel) is more than half of what is left.
        expect(mis.error).toBeLessThan(0.8 * bsdf!.error);
    });

    it('shows a white box in a white world as white (furnace)', async () => {
        const scene = createScene({
            meshes: [boxMesh([0, 0, 0], [0.5, 0.5, 0.5], 0.4)],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse', baseColor: [1, 1, 1] }],
            environment: constantEnvironment([1, 1, 1])
        });
        const { moments } = await film(scene, 32, {}, VIEW);
        // Radiance 1 everywhere; MIS of two strategies leaves a standard deviation of about 0.3 a sample, 0.002 over the picture.
        expect(Math.abs(mean(moments.sum) / 32 - 1)).toBeLessThan(0.006);
    });

    it('is finite where triangles, normals and texture coordinates are degenerate', async () => {
        const box = boxMesh([0, 0, 0], [0.5, 0.5, 0.5]);
        const broken = { ...box, normals: new Float32Array(box.positions.length), uvs: new Float32Array(48) };
        broken.positions.set(broken.positions.subarray(0, 3), 3);
        const picture = { widthPx: 1, heightPx: 1, data: Uint8Array.of(128, 128, 255, 255), srgb: false };
        const scene = createScene({
            meshes: [broken],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'gltf', roughness: 0, metallic: 0.5, textures: { normal: { texture: 0 } } }],
            textures: [picture]
        });
        expect(scene.events.map((event) => event.kind)).toEqual(['degenerate-triangles', 'default-environment']);
        const { moments, counters } = await film(scene, 4, {}, VIEW);
        expect(moments.sum.every(Number.isFinite)).toBe(true);
        expect(counters.rejected).toBe(0);
    });
});

describe('the path tracer', () => {
    it('counts every path of every bounce once', async () => {
        const { counters } = await film(cornellBox(), 2);
        expect(counters.paths).toBe(512);
        for (const [i, bounce] of counters.bounces.entries()) {
            expect(bounce.hits + bounce.misses).toBe(bounce.rays);
            expect(bounce.lit).toBeLessThanOrEqual(bounce.shadowRays);
            const next = counters.bounces[i + 1];
            if (!next) continue;
            expect(bounce.shadowRays + bounce.unlit).toBe(bounce.hits);
            expect(next.rays).toBe(bounce.hits - bounce.dropped - bounce.roulette);
        }
    });

    it('shades each hit by the kernel of its material, in a queue for each class, inside glass that absorbs too', async () => {
        // Of all four classes, so that matte hits wait with the plain ones: glass is full, the lamp in it matte, the box beside the
        // lamp plain, the floor textured. Lights are chosen by power, not by the tree: so the megakernel is that of the scene of
        // extensions, which took as long to compile as all the rest here.
        const scene = createScene({
            meshes: [
                boxMesh([0, 0, 0], [1, 1, 1]),
                quadMesh([-0.6, 0.5, -0.3], [0.8, 0, 0], [0, 0, 0.8]),
                boxMesh([0.3, -0.4, 0], [0.3, 0.4, 0.3]),
                quadMesh([-2, -1.2, 2], [4, 0, 0], [0, 0, -4])
            ],
            materials: [
                { kind: 'dielectric', ior: 1.1, attenuation: { color: [0.2, 0.5, 0.8], distanceM: 1 } },
                { kind: 'diffuse', emission: [4, 4, 4], doubleSided: true },
                { kind: 'gltf', roughness: 0.5, emission: [0.1, 0.1, 0.1] },
                { kind: 'gltf', textures: { baseColor: { texture: 0 } } }
            ],
            textures: [{ widthPx: 1, heightPx: 1, data: Uint8Array.of(90, 160, 210, 255), srgb: false }],
            instances: [0, 1, 2, 3].map((i) => ({ mesh: i, material: i, transform: IDENTITY })),
            environment: constantEnvironment([0.5, 0.5, 0.5])
        });
        const [streaming, mega] = [
            await film(scene, 4, BY_CLASS, VIEW),
            await film(scene, 4, { ...BY_CLASS, mode: 'megakernel' }, VIEW)
        ];
        expect(streaming.moments).toEqual(mega.moments);
        // The megakernel counts hits by itself.
        expect(streaming.counters.bounces).toEqual(mega.counters.bounces);
        const queues = streaming.counters.hitsByClass!;
        for (const name of ['plain', 'textured', 'full'] as const) {
            expect(Math.max(...queues.map((hits) => hits[name]!))).toBeGreaterThan(0);
        }
        expect(mega.counters.hitsByClass).toBeNull();
        // Slots for a quarter of the pixels, and for more than there are: classes share the lists of hits and misses.
        for (const pathsPerWave of [64, 300]) {
            const options = { ...BY_CLASS, regenerate: true, pathsPerWave };
            const { moments, counters } = await film(scene, 4, options, VIEW);
            expect(moments, `${pathsPerWave} slots`).toEqual(mega.moments);
            expect(counters.bounces).toEqual(mega.counters.bounces);
            expect(counters.hitsByClass).toEqual(queues);
        }
    });

    it('shows a surface from both sides, which glows on its front alone unless it is double-sided', async () => {
        const seen = async (doubleSided: boolean, side: 1 | -1, culled = false): Promise<[number, number]> => {
            const scene = createScene({
                meshes: [quadMesh([-1, -1, 0], [2, 0, 0], [0, 2, 0])],
                // The other one is for the kernels: those of scenes with culled backs, in every case.
                materials: [
                    { kind: 'diffuse', emission: [0.5, 0.5, 0.5], doubleSided, culled },
                    { kind: 'diffuse', culled: true }
                ],
                instances: [{ mesh: 0, material: 0, transform: IDENTITY }]
            });
            const view = perspectiveView({ position: [0, 0, 2 * side], target: [0, 0, 0], fovYRad: 0.5, aspect: 1 });
            const { frame } = await film(scene, 1, {}, view, { widthPx: 4, heightPx: 4 });
            return [frame.layer('color')[5]!, frame.layer('depth')[5]!];
        };
        expect(await seen(false, 1)).toEqual([0.5, 2]);
        expect(await seen(false, -1)).toEqual([0, 2]);
        expect(await seen(true, 1)).toEqual([0.5, 2]);
        expect(await seen(true, -1)).toEqual([0.5, 2]);
        expect(await seen(false, 1, true)).toEqual([0.5, 2]);
        expect(await seen(false, -1, true)).toEqual([0, Infinity]);
        expect(await seen(true, -1, true)).toEqual([0.5, 2]);
    });

    it('sees, lights and shadows nothing with the back of what is culled', async () => {
        // A sheet over a floor; its front looks up, then down.
        const light = async (culled: boolean, up: boolean, options: Partial<PathTracerOptions>): Promise<number> => {
            const sheet = up
                ? quadMesh([-1, 0.5, 1], [2, 0, 0], [0, 0, -2])
                : quadMesh([-1, 0.5, -1], [2, 0, 0], [0, 0, 2]);
            const scene = createScene({
                meshes: [quadMesh([-1, 0, 1], [2, 0, 0], [0, 0, -2]), sheet],
                materials: [
                    { kind: 'diffuse', baseColor: [0.5, 0.5, 0.5], culled: true },
                    { kind: 'diffuse', baseColor: [0, 0, 0], culled }
                ],
                instances: [0, 1].map((i) => ({ mesh: i, material: i, transform: IDENTITY })),
                lights: [{ kind: 'directional', direction: [0, -1, 0], irradiance: [2, 2, 2] }]
            });
            const view = perspectiveView({ position: [0, 0.25, 2], target: [0, 0, 0], fovYRad: 0.1, aspect: 1 });
            const { frame } = await film(scene, 1, options, view, { widthPx: 4, heightPx: 4 });
            return frame.layer('color')[5]!;
        };
        for (const geometry of ['flattened', 'instanced'] as const) {
            // The floor's radiance is 0.5 * 2 / pi. Shadow rays meet the back of a sheet that looks up.
            expect(await light(true, true, { geometry, maxBounces: 1 })).toBeCloseTo(1 / Math.PI, 5);
            expect(await light(true, false, { geometry, maxBounces: 1 })).toBe(0);
            expect(await light(false, true, { geometry, maxBounces: 1 })).toBe(0);
        }
    });

    it('says where a pixel was in the view before', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        const previousView = perspectiveView({
            position: [0.1, 0.5, 1.94],
            target: [0.1, 0.5, 0],
            fovYRad: 0.69,
            aspect: 1
        });
        tracer.setView(cornellView(1), { ...SIZE, previousView });
        const frame = await tracer.readFrame();
        tracer.destroy();
        const centre = 8 * 16 + 8;
        // The camera moved 0.1 m to the left: things move right by 0.1 * focal length / depth.
        const focal = 16 / 2 / Math.tan(0.69 / 2);
        expect(frame.layer('motion')[centre]).toBeCloseTo((0.1 * focal) / frame.layer('depth')[centre]!, 3);
        expect(frame.layer('motion')[256 + centre]).toBeCloseTo(0, 4);
        expect(frame.layer('semantic')[centre]).toBe(frame.layer('instance')[centre]);
    });

    it('says where a moving thing was, the camera standing still, until it has come to rest', async () => {
        const quad = quadMesh([-1, -1, 0], [2, 0, 0], [0, 2, 0]);
        const at = (x: number): Mat4 => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, 0, 0, 1];
        const scene = createScene({
            meshes: [quad],
            instances: [{ mesh: 0, material: 0, transform: at(0.25), previousTransform: at(0) }],
            materials: [{ kind: 'diffuse' }]
        });
        const tracer = await PathTracer.create(device, scene, OPTIONS);
        const fovYRad = 2 * Math.atan(0.5);
        tracer.setView(perspectiveView({ position: [0, 0, 2], target: [0, 0, 0], fovYRad, aspect: 1 }), SIZE);
        const centre = 8 * 16 + 8;
        // The picture is 2 m wide at that distance: 0.25 m to the right are 2 pixels of 16.
        const moving = (await tracer.readFrame()).layer('motion');
        expect(moving[centre]).toBeCloseTo(2, 4);
        expect(moving[256 + centre]).toBeCloseTo(0, 4);
        await tracer.update({ transforms: [{ instance: 0, transform: at(0.25) }] });
        expect((await tracer.readFrame()).layer('motion')[centre]).toBe(0);
        await tracer.update({ transforms: [{ instance: 0, transform: at(0.5), previousTransform: at(0.25) }] });
        expect((await tracer.readFrame()).layer('motion')[centre]).toBeCloseTo(2, 4);
        tracer.destroy();
    });

    it('keeps whole samples when it is cancelled, and goes on from there', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), { ...OPTIONS, pathsPerWave: 256 });
        tracer.setView(cornellView(1), SIZE);
        const controller = new AbortController();
        const progress = { signal: controller.signal, report: (done: number) => done === 2 && controller.abort() };
        await expect(tracer.render({ spp: 5, progress: progress as never })).rejects.toMatchObject({ code: 'aborted' });
        expect(tracer.samples).toBe(2);
        expect(new Set((await tracer.readMoments()).count)).toEqual(new Set([2]));
        await tracer.render({ spp: 3 });
        const resumed = await tracer.readMoments();
        tracer.destroy();
        expect(resumed).toEqual((await film(cornellBox(), 5)).moments);
    });

    it('draws other noise for another seed, and the same for the same, on one tracer', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        const sums: Float32Array[] = [];
        for (const seed of [5, 6, 5]) {
            tracer.setView(cornellView(1), SIZE);
            await tracer.render({ spp: 2, seed });
            sums.push((await tracer.readMoments()).sum);
        }
        await expect(tracer.render({ spp: 1, seed: -1 })).rejects.toThrow(/seed is -1/);
        tracer.destroy();
        expect(sums[1]).not.toEqual(sums[0]);
        expect(sums[2]).toEqual(sums[0]);
        expect(sums[0]).toEqual((await film(cornellBox(), 2)).moments.sum);
    });

    it('refuses to render without a view, twice at once, or after it was destroyed, saying what to do', async () => {
        const tracer = await PathTracer.create(device, cornellBox(), OPTIONS);
        await expect(tracer.render({ spp: 1 })).rejects.toThrow(/Call setView/);
        tracer.setView(cornellView(1), SIZE);
        const running = tracer.render({ spp: 1 });
        await expect(tracer.render({ spp: 1 })).rejects.toThrow(/Await the first/);
        await running;
        await expect(tracer.render({ spp: 0 })).rejects.toThrow(/integer from 1/);
        tracer.destroy();
        await expect(tracer.render({ spp: 1 })).rejects.toThrow(/destroyed/);
    });

    it('leaves nothing on the device', () => {
        // Every test above destroyed its tracers.
        expect(device.live.list()).toEqual([]);
    });

    it('fails with device-lost when the device is lost in mid-render', async () => {
        const doomed = await createNodeDevice();
        const tracer = await PathTracer.create(doomed, cornellBox(), { ...OPTIONS, pathsPerWave: 256 });
        tracer.setView(cornellView(1), SIZE);
        const progress = { report: (done: number) => done === 2 && doomed.gpu.destroy() };
        await expect(tracer.render({ spp: 50, progress: progress as never })).rejects.toMatchObject({
            code: 'device-lost'
        });
        tracer.destroy();
        doomed.destroy();
    });
});
