import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import type { Frame } from '@mixreel/image';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
    boxMesh,
    type CameraView,
    cornellBox,
    cornellView,
    createScene,
    orthographicProjection,
    PathTracer,
    perspectiveProjection,
    perspectiveView,
    quadMesh,
    renderStereo,
    type Scene,
    stereoViews,
    type TracerMode
} from '../../src/index.ts';
import { IDENTITY, type Mat4 } from '../../src/math/vector.ts';
import { renderReference } from '../../src/reference/reference-tracer.ts';

const OPTIONS = { maxBounces: 2, rouletteStart: 9, seed: 3, strategy: 'mis', sampler: 'sobol' } as const;
const SIZE = { widthPx: 16, heightPx: 16 };

let device: Device;
beforeAll(async () => {
    device = await createNodeDevice();
});
afterAll(() => device.destroy());

async function withTracer<T>(scene: Scene, mode: TracerMode, work: (tracer: PathTracer) => Promise<T>): Promise<T> {
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, mode });
    try {
        return await work(tracer);
    } finally {
        tracer.destroy();
    }
}

const front = cornellView(1);
const inside = perspectiveView({ position: [0, 0.55, 0.3], target: [0.3, 0.5, -1], fovYRad: 1, aspect: 1 });
const CAMERAS: [string, CameraView][] = [
    ['a thin lens', { ...front, lens: { radiusM: 0.1, focusM: 1.8 } }],
    ['a lens of five blades', { ...front, lens: { radiusM: 0.2, focusM: 2.5, blades: 5 } }],
    ['an orthographic camera', { ...front, projection: orthographicProjection(0.6, 0.6) }],
    [
        'an orthographic camera with a lens',
        { ...front, projection: orthographicProjection(0.6, 0.6), lens: { radiusM: 0.05, focusM: 2 } }
    ],
    ['a panorama', { ...inside, kind: 'equirectangular' }]
];

describe.each(CAMERAS)('%s', (_, view) => {
    it('shows what the reference tracer shows, in every mode', async () => {
        const scene = cornellBox();
        const reference = renderReference(scene, { ...OPTIONS, ...SIZE, view, spp: 2 });
        let first: Float32Array | null = null;
        for (const mode of ['streaming-soa', 'megakernel'] as const) {
            const [sum, frame] = await withTracer(scene, mode, async (tracer) => {
                tracer.setView(view, SIZE);
                await tracer.render({ spp: 2 });
                return [(await tracer.readMoments()).sum, await tracer.readFrame()] as const;
            });
            if (first) expect(sum).toEqual(first);
            first ??= sum;
            let [equal, same, deepest] = [0, 0, 0];
            for (let i = 0; i < 256; i++) {
                const differs = [0, 1, 2].some((c) => {
                    const [a, b] = [sum[c * 256 + i]!, reference.sum[i * 3 + c]!];
                    return Math.abs(a - b) > 2e-3 * Math.abs(b) + 1e-4;
                });
                if (!differs) equal++;
                if (frame.layer('instance')[i] !== reference.instance[i]) continue;
                same++;
                const depth = frame.layer('depth')[i]!;
                if (depth !== reference.depth[i]) deepest = Math.max(deepest, Math.abs(depth - reference.depth[i]!));
            }
            // float32 against double: where a path grazes an edge it goes elsewhere.
            expect(equal / 256).toBeGreaterThan(0.95);
            expect(same / 256).toBeGreaterThan(0.96);
            expect(deepest).toBeLessThan(1e-4);
        }
    });
});

describe('depth of field', () => {
    it('blurs a point of light to the circle of confusion, and no other light is lost or made', async () => {
        const size = { widthPx: 32, heightPx: 32 };
        const [depth, focusM, radiusM] = [4, 2, 0.25];
        const scene = createScene({
            meshes: [quadMesh([-0.06, -0.06, -depth], [0.12, 0, 0], [0, 0.12, 0])],
            instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
            materials: [{ kind: 'diffuse', baseColor: [0, 0, 0], emission: [1000, 1000, 1000], doubleSided: true }]
        });
        const view = perspectiveView({ position: [0, 0, 0], target: [0, 0, -1], fovYRad: 0.6, aspect: 1 });
        const spot = (lens: CameraView['lens']): Promise<{ total: number; rms: number }> =>
            withTracer(scene, 'streaming-soa', async (tracer) => {
                tracer.setView(lens ? { ...view, lens } : view, size);
                await tracer.render({ spp: 512 });
                const { sum } = await tracer.readMoments();
                let [total, square] = [0, 0];
                for (let i = 0; i < 1024; i++) {
                    total += sum[i]!;
                    square += sum[i]! * (((i % 32) - 15.5) ** 2 + (Math.floor(i / 32) - 15.5) ** 2);
                }
                return { total, rms: Math.sqrt(square / total) };
            });
        const [sharp, blurred] = [await spot(undefined), await spot({ radiusM, focusM })];
        // The focal length in pixels times R |z - f| / (f z); the RMS radius of a disk is its radius over the square root of 2.
        // To its square come those of the quad and of the pixels that it is counted by.
        const focalPx = 16 / Math.tan(0.3);
        const radiusPx = (focalPx * radiusM * (depth - focusM)) / (focusM * depth);
        const expected = Math.sqrt(radiusPx ** 2 / 2 + ((0.12 * focalPx) / depth) ** 2 / 6 + 1 / 6);
        // About 1,200 of the rays hit: 1 % on the RMS.
        expect(Math.abs(blurred.rms / expected - 1)).toBeLessThan(0.04);
        expect(Math.abs(blurred.total / sharp.total - 1)).toBeLessThan(0.1);
    });
});

describe('the layers', () => {
    const box = createScene({
        meshes: [boxMesh([0, 0, 0], [0.25, 0.25, 0.25])],
        instances: [{ mesh: 0, material: 0, transform: IDENTITY }],
        materials: [{ kind: 'diffuse', baseColor: [0.5, 0.5, 0.5] }]
    });
    const layers = (view: CameraView, previousView?: CameraView, widthPx = 64): Promise<Frame> =>
        withTracer(box, 'streaming-soa', (tracer) => {
            tracer.setView(view, { widthPx, heightPx: 32, ...(previousView ? { previousView } : {}) });
            return tracer.readFrame();
        });
    /** Mean column of what shows the box. */
    const column = (frame: Frame): number => {
        let [sum, count] = [0, 0];
        for (const [i, id] of frame.layer('instance').entries()) {
            if (id === 0) continue;
            sum += (i % frame.widthPx) + 0.5;
            count++;
        }
        return sum / count;
    };

    it('of two eyes differ by the disparity of the depth', async () => {
        const [left, right] = await (async () => {
            const asymmetric = (shift: number): number[] => {
                const projection = perspectiveProjection(0.8, 2);
                projection[8] = shift;
                return projection;
            };
            const projections = [asymmetric(-0.1), asymmetric(0.1)] as const;
            const pair = stereoViews({ position: [0, 0, 2], rotation: [0, 0, 0, 1], ipdM: 0.2, projections });
            return [await layers(pair[0]), await layers(pair[1])];
        })();
        const focalPx = 16 / Math.tan(0.4);
        // The front face stands at 1.75 m; 0.1 each way of half the picture's 64 pixels is the offset of the matrices.
        const expected = (0.2 * focalPx) / 1.75 + 0.1 * 64;
        // Edges of the mask: half a pixel each.
        expect(Math.abs(column(left!) - column(right!) - expected)).toBeLessThan(0.6);
    });

    it('say how far things moved in a panorama, the shorter way around, and in an orthographic picture', async () => {
        const at = (x: number, z: number, turned = 0): CameraView => ({
            ...perspectiveView({
                position: [x, 0, z],
                target: [x - Math.sin(turned), 0, z - Math.cos(turned)],
                fovYRad: 1,
                aspect: 2
            })
        });
        const panorama = await layers(
            { ...at(0, 2, 0.1), kind: 'equirectangular' },
            { ...at(0, 2), kind: 'equirectangular' }
        );
        // The camera turned 0.1 rad to the left: everything goes right, by 0.1 / 2 pi of the width, on the seam too. atan2 and acos
        // of WGSL are good to 4096 ulp: 0.005 pixels.
        for (const row of [10, 16, 20]) {
            for (const x of [0, 31, 63]) {
                expect(panorama.layer('motion')[row * 64 + x]).toBeCloseTo((0.1 / 2 / Math.PI) * 64, 2);
                expect(panorama.layer('motion')[2048 + row * 64 + x]).toBeCloseTo(0, 2);
            }
        }
        const projection = orthographicProjection(2, 1);
        const parallel = await layers({ ...at(0, 2), projection }, { ...at(0.25, 2), projection });
        // 0.25 m of 4 m over 64 pixels; the environment, infinitely far away, does not move.
        expect(parallel.layer('motion')[16 * 64 + 32]).toBeCloseTo(4, 4);
        expect(parallel.layer('motion')[0]).toBe(0);
        expect(parallel.layer('depth')[16 * 64 + 32]).toBeCloseTo(1.75, 5);
    });

    it('are refused between two kinds of cameras', async () => {
        const view = perspectiveView({ position: [0, 0, 2], target: [0, 0, 0], fovYRad: 1, aspect: 2 });
        await expect(layers(view, { ...view, kind: 'equirectangular' })).rejects.toThrow(/another kind of camera/);
    });
});

describe('both eyes in one call', () => {
    it('see what each eye sees by itself, and how it moved since the frame before', async () => {
        // A wall 2 m ahead; its right half was half a metre lower in the frame before.
        const quad = quadMesh([-4, -4, 0], [4, 0, 0], [0, 8, 0]);
        const at = (x: number, y: number): Mat4 => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, 0, 1];
        const scene = createScene({
            meshes: [quad],
            instances: [
                { mesh: 0, material: 0, transform: at(0, 0) },
                { mesh: 0, material: 0, transform: at(4, 0), previousTransform: at(4, -0.5) }
            ],
            materials: [{ kind: 'diffuse', baseColor: [0.5, 0.6, 0.7] }]
        });
        const size = { widthPx: 16, heightPx: 16 };
        const fovYRad = 2 * Math.atan(0.5);
        const { projection } = perspectiveView({ position: [0, 0, 2], target: [0, 0, 0], fovYRad, aspect: 1 });
        // Off-centre, mirror images of each other.
        const shifted = (x: number) => projection.map((value, i) => (i === 8 ? x : value));
        const projections = [shifted(-0.1), shifted(0.1)] as const;
        const head = (x: number) => ({ position: [x, 0, 2] as const, rotation: [0, 0, 0, 1] as const, projections });
        const tracer = await PathTracer.create(device, scene, { maxBounces: 1, seed: 4 });
        try {
            const still = await renderStereo(tracer, head(0), { ...size, spp: 1, seed: 7 });
            const pair = await renderStereo(tracer, head(0), {
                ...size,
                spp: 1,
                seed: 7,
                previous: head(0.25),
                timeNs: 5
            });
            for (const [i, eye] of (['left', 'right'] as const).entries()) {
                const frame = pair[eye];
                expect([frame.view.eye, frame.timeNs]).toEqual([eye, 5]);
                tracer.setView(stereoViews(head(0))[i]!, size);
                await tracer.render({ spp: 1, seed: 7 });
                expect(frame.layer('color')).toEqual((await tracer.readFrame()).layer('color'));
                // The picture is 2 m wide there: the head's 0.25 m are 2 pixels of 16, the wall's 0.5 m are 4.
                const motion = frame.layer('motion');
                const row = 8 * 16;
                for (const pixel of [row, row + 15]) expect(motion[pixel]).toBeCloseTo(2, 4);
                expect(motion[256 + row]).toBeCloseTo(0, 4);
                expect(Math.abs(motion[256 + row + 15]!)).toBeCloseTo(4, 4);
                // Without the frame before the head is taken to have stood still; the wall moved nevertheless.
                const alone = still[eye].layer('motion');
                expect(alone[row + 15]).toBeCloseTo(0, 4);
                expect(alone[256 + row + 15]).toBe(motion[256 + row + 15]);
            }
            // Eyes are 63 mm apart: 0.504 pixels there, and the shifted projections 1.6 to each other.
            expect(pair.left.layer('instance')).not.toEqual(pair.right.layer('instance'));
        } finally {
            tracer.destroy();
        }
    });
});
