/** Scenes whose buffers are larger than the device binds. The limits are pretended: real ones take gigabytes to reach. */
import type { Device } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
    constantEnvironment,
    createScene,
    type Mat4,
    type Mesh,
    PathTracer,
    type Scene,
    type SceneChanges,
    type TracerMode
} from '../../src/index.ts';
import { cornellBox, cornellView } from '../../src/scene/cornell-box.ts';

const SIZE = { widthPx: 16, heightPx: 16 };
const OPTIONS = { maxBounces: 2, seed: 3, geometry: 'instanced' } as const;

let device: Device;
let open: PathTracer[] = [];
beforeAll(async () => {
    device = await createNodeDevice();
});
afterEach(() => {
    for (const tracer of open) tracer.destroy();
    open = [];
    expect(device.live.list()).toEqual([]);
});
afterAll(() => device.destroy());

/** Runs some work on a device that says it has other limits. */
async function pretending<T>(
    limits: Partial<Record<keyof GPUSupportedLimits, number>>,
    work: () => Promise<T>
): Promise<T> {
    const real = device.limits;
    const pretended = new Proxy(real, {
        get: (target, name) => limits[name as keyof GPUSupportedLimits] ?? Reflect.get(target, name, target)
    });
    Object.assign(device, { limits: pretended });
    try {
        return await work();
    } finally {
        Object.assign(device, { limits: real });
    }
}

/** No buffer of the scene below fits, and each of its textures has several layers of 8 x 8. */
const SMALL = { maxStorageBufferBindingSize: 12_000, maxTextureDimension2D: 8 };

/** A wavy cloth of 2 n^2 triangles with both sets of coordinates, and colours. */
function cloth(n: number): Mesh {
    const across = Array.from(
        { length: (n + 1) ** 2 },
        (_, i) => [(i % (n + 1)) / n, Math.floor(i / (n + 1)) / n] as const
    );
    const indices = Array.from({ length: n * n }, (_, i) => {
        const a = i + Math.floor(i / n);
        return [a, a + 1, a + n + 1, a + 1, a + n + 2, a + n + 1];
    });
    return {
        positions: Float32Array.from(
            across.flatMap(([u, v]) => [u - 0.5, 0.6 + 0.1 * Math.sin(9 * u) * Math.cos(7 * v), v - 0.5])
        ),
        uvs: Float32Array.from(across.flatMap(([u, v]) => [3 * u, 2 * v])),
        uvs1: Float32Array.from(across.flatMap(([u, v]) => [v, u])),
        colors: Float32Array.from(across.flatMap(([u, v]) => [1, u, v, 1])),
        indices: Uint32Array.from(indices.flat())
    };
}

/** A Cornell box with a masked, painted, bumpy cloth in it, under a sky. */
function boxWithCloth(texturePx = 32): Scene {
    const { meshes, instances, materials } = cornellBox();
    const data = Uint8Array.from({ length: texturePx ** 2 * 4 }, (_, i) => (i * 97 + (i >> 5) * 31) & 255);
    const transform: Mat4 = [0.9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.9, 0, 0, 0, 0, 1];
    const textures = {
        baseColor: { texture: 0 },
        normal: { texture: 1, uvSet: 1 }
    } as const;
    return createScene({
        meshes: [...meshes, cloth(16)],
        instances: [...instances, { mesh: meshes.length, material: materials.length, transform }],
        materials: [...materials, { kind: 'gltf', alphaMode: 'mask', alphaCutoff: 0.3, doubleSided: true, textures }],
        textures: [
            { widthPx: texturePx, heightPx: texturePx, data, srgb: true },
            { widthPx: texturePx, heightPx: texturePx, data: data.map((x) => 128 + (x >> 3)), srgb: false }
        ],
        environment: constantEnvironment([0.2, 0.3, 0.5])
    });
}

async function create(scene: Scene, mode: TracerMode): Promise<PathTracer> {
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, mode });
    open.push(tracer);
    tracer.setView(cornellView(1), SIZE);
    return tracer;
}

async function look(tracer: PathTracer): Promise<readonly Float32Array[]> {
    await tracer.render({ spp: 2 });
    const frame = await tracer.readFrame();
    const names = ['albedo', 'normal', 'depth'] as const;
    return [(await tracer.readMoments()).sum, ...names.map((name) => Float32Array.from(frame.layer(name)))];
}

/** Bytes of the textures that the path tracer holds on the device: its split buffers. */
const splitLabels = (): string[] =>
    device.live
        .list()
        .filter(({ kind, label }) => kind === 'texture' && label.startsWith('pathtracer/'))
        .map(({ label }) => label)
        .sort();

const SPLIT = ['pathtracer/nodes', 'pathtracer/shading', 'pathtracer/texels', 'pathtracer/triangles'];

/** The last instance and its mesh move, a material and the sky change. */
function changes({ instances, meshes }: Scene): SceneChanges[] {
    const mesh = meshes.length - 1;
    const positions = meshes[mesh]!.positions.map((x, i) => (i % 3 === 1 ? x + 0.05 : x));
    return [
        {
            transforms: [
                { instance: instances.length - 1, transform: [0.8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.8, 0, 0.1, 0.1, 0, 1] }
            ]
        },
        { meshes: [{ mesh, positions }] },
        { materials: [{ material: 0, value: { kind: 'diffuse', baseColor: [0.2, 0.9, 0.4] } }] },
        { environment: constantEnvironment([0.9, 0.3, 0.1]) }
    ];
}

describe('a scene with buffers larger than the device binds', () => {
    it.each(['streaming-soa', 'megakernel'] as const)(
        'is the same to the last bit in mode %s, when it changed too',
        async (mode) => {
            const scene = boxWithCloth();
            const whole = await create(scene, mode);
            expect(splitLabels()).toEqual([]);
            const split = await pretending(SMALL, () => create(scene, mode));
            expect(splitLabels()).toEqual(SPLIT);
            const before = await look(split);
            expect(before).toEqual(await look(whole));
            const rebuilt: string[] = [];
            for (const change of changes(scene)) {
                await whole.update(change);
                const report = await pretending(SMALL, () => split.update(change));
                rebuilt.push(report.rebuilt.at(-1)!);
            }
            // What lies in buffers still is written in place.
            expect(rebuilt).toEqual(['everything', 'everything', 'everything', 'environment']);
            const after = await look(split);
            expect(after).toEqual(await look(whole));
            expect(after).not.toEqual(before);
        }
    );

    it('is split when it grows beyond a buffer', async () => {
        const box = cornellBox();
        const tracer = await pretending(SMALL, () => create(box, 'megakernel'));
        expect(splitLabels()).toEqual([]);
        const { positions, indices } = cloth(16);
        const mesh = box.meshes.length;
        const transform: Mat4 = [0.9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0.9, 0, 0, 0, 0, 1];
        const add = { meshes: [{ positions, indices }], instances: [{ mesh, material: 0, transform }] };
        const { rebuilt } = await pretending(SMALL, () => tracer.update({ add }));
        expect(rebuilt).toEqual(['everything']);
        expect(splitLabels()).toEqual(SPLIT);
        expect(await look(tracer)).toEqual(await look(await create(tracer.scene, 'megakernel')));
    });

    it('is refused with the figures if its textures would have too many layers', async () => {
        const little = { ...SMALL, maxTextureArrayLayers: 20 };
        await expect(pretending(little, () => create(boxWithCloth(), 'megakernel'))).rejects.toThrow(
            'the scene has 548 unique triangles, 52608 bytes in one buffer (expected at most 213 triangles, 20480 bytes, on this device)'
        );
        await expect(
            pretending({ ...little, maxTextureArrayLayers: 64 }, () => create(boxWithCloth(64), 'megakernel'))
        ).rejects.toThrow(
            "the scene's texels are 43688 bytes (expected at most 12000 in a buffer or 16384 in a texture of 64 layers on this device)"
        );
    });
});
