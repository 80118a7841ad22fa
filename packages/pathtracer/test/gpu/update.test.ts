import { type MixreelError, type Progress, Rng } from '@mixreel/core';
import type { Device, GpuBuffer } from '@mixreel/gpu';
import { createNodeDevice } from '@mixreel/gpu/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { refitWideBvh } from '../../src/bvh/refit-bvh.ts';
import { NODE_WORDS } from '../../src/bvh/wide-bvh.ts';
import {
    constantEnvironment,
    createScene,
    type Mat4,
    type Mesh,
    PathTracer,
    type PathTracerOptions,
    type PunctualLight,
    perspectiveView,
    type Scene,
    type SceneChanges,
    type SceneInit,
    type Texture,
    type UpdateReport
} from '../../src/index.ts';
import { fromRotationTranslation, multiply } from '../../src/math/vector.ts';
import { DeviceScene } from '../../src/tracer/device-scene.ts';
import { packScene } from '../../src/tracer/pack-scene.ts';
import { TriangleWriter } from '../../src/tracer/pack-triangles.ts';
import { randomScene } from './random-scene.ts';

const SIZE = { widthPx: 16, heightPx: 16 };
const VIEW = perspectiveView({ position: [0.3, 0.8, 4], target: [0, 0, 0], fovYRad: 0.8, aspect: 1 });
const OPTIONS = { maxBounces: 2, seed: 5, dynamic: true } as const;

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

async function trace(scene: Scene, options: Partial<PathTracerOptions> = {}): Promise<PathTracer> {
    const tracer = await PathTracer.create(device, scene, { ...OPTIONS, ...options });
    open.push(tracer);
    tracer.setView(VIEW, SIZE);
    return tracer;
}

/** The scene that a tracer shows, as a description: to be checked anew, or changed. */
function description({ meshes, instances, materials, textures, lights, environment }: Scene): SceneInit {
    return { meshes, instances, materials, textures, lights, ...(environment ? { environment } : {}) };
}

const again = (scene: Scene): Scene => createScene(description(scene));

async function film(tracer: PathTracer): Promise<Float32Array> {
    await tracer.render({ spp: 2 });
    return (await tracer.readMoments()).sum;
}

/** Updates a tracer that has rendered before, and compares it with one made of the changed scene. */
async function expectSameAsAnew(scene: Scene, ...steps: SceneChanges[]): Promise<PathTracer> {
    const tracer = await trace(scene);
    const before = await film(tracer);
    for (const changes of steps) await tracer.update(changes);
    const after = await film(tracer);
    const anew = await trace(again(tracer.scene));
    expect(after).toEqual(await film(anew));
    expect(after).not.toEqual(before);
    const { lights, lightNodes, placedTriangles } = anew.stats;
    expect(tracer.stats).toMatchObject({ lights, lightNodes, placedTriangles });
    return tracer;
}

/** Changes a scene on the device, and compares its texels and tables with those of the changed scene packed. */
async function expectPackedAsAnew(
    scene: Scene,
    geometry: 'flattened' | 'instanced',
    changes: SceneChanges
): Promise<UpdateReport> {
    const content = await DeviceScene.create(device, scene, { geometry });
    const report = await content.update(changes);
    const packed = packScene(again(content.scene), { geometry });
    for (const name of ['texels', 'tables'] as const) {
        const buffer = new Uint32Array(await device.read(content.bindings[name] as GpuBuffer));
        expect(buffer.subarray(0, packed[name].length), name).toEqual(packed[name]);
    }
    content.destroy();
    return report;
}

const move = (x: number, y = 0, z = 0): Mat4 => fromRotationTranslation([0, 0, 0, 1], [x, y, z]);

describe('an updated scene looks to the last bit like one made anew', () => {
    it('where an instance moved, and only the top tree and its row are uploaded', async () => {
        const scene = randomScene(4);
        const tracer = await trace(scene);
        await film(tracer);
        const instance = scene.instances.findIndex(({ material }) => !scene.materials[material]!.emission);
        const transform = multiply(move(0.01), scene.instances[instance]!.transform);
        // Lights would follow the radius of the scene; without punctual ones there is none to follow.
        await tracer.update({ lights: [] });
        const report = await tracer.update({ transforms: [{ instance, transform }] });
        expect(tracer.samples).toBe(0);
        expect(report.rebuilt).toEqual(['top-tree']);
        const packed = packScene(tracer.scene, { geometry: 'instanced' });
        const topBytes = packed.nodes.byteLength - packed.layout.rootNode * NODE_WORDS * 4;
        expect(report.uploadedBytes).toBe(topBytes + 160);
        const anew = await trace(again(tracer.scene));
        expect(await film(tracer)).toEqual(await film(anew));
    });

    it('where lamps moved, were bent, put out and lit', async () => {
        const base = randomScene(4);
        const lamp = base.materials.length;
        const scene = createScene({
            ...description(base),
            lights: [{ kind: 'directional', direction: [0, -1, 0], irradiance: [1, 1, 1] }],
            environment: constantEnvironment([0.1, 0.1, 0.2]),
            materials: [...base.materials, { kind: 'diffuse', emission: [3, 2, 1] }],
            instances: [...base.instances, { mesh: 0, material: lamp, transform: move(0.5, 0.5) }]
        });
        const instance = scene.instances.length - 1;
        await expectSameAsAnew(scene, { transforms: [{ instance, transform: move(-1, 1) }] });
        await expectSameAsAnew(scene, { materials: [{ material: lamp, value: { kind: 'diffuse' } }] });
        await expectSameAsAnew(scene, {
            materials: [{ material: 0, value: { kind: 'diffuse', emission: [1, 0, 1] } }]
        });
        await expectSameAsAnew(scene, { lights: [{ kind: 'point', position: [0, 2, 0], intensity: [9, 9, 9] }] });
        // The sphere around the scene grows, and with it the power of the light from far away.
        await expectSameAsAnew(scene, { transforms: [{ instance: 0, transform: move(0, -3) }] });
    });

    it('where lights came and went past the number from which a tree chooses, and a sun beside them', async () => {
        const spots = (count: number): PunctualLight[] =>
            Array.from({ length: count }, (_, i) => ({
                kind: 'spot',
                position: [Math.cos(i), 1.5, Math.sin(i)],
                direction: [0, -1, 0],
                intensity: [1 + i, 2, 3],
                innerConeRad: 0.2,
                outerConeRad: 0.9,
                rangeM: 6
            }));
        const sun: PunctualLight = {
            kind: 'directional',
            direction: [0.6, -0.8, 0],
            irradiance: [2, 2, 1],
            angularRadiusRad: 0.05
        };
        const base = randomScene(6);
        const scene = createScene({ ...description(base), lights: spots(1) });
        expect((await trace(scene)).stats.lightNodes).toBe(0);
        const nodes = async (...steps: PunctualLight[][]): Promise<number> =>
            (await expectSameAsAnew(scene, ...steps.map((lights) => ({ lights })))).stats.lightNodes;
        expect(await nodes(spots(20))).toBeGreaterThan(20);
        expect(await nodes(spots(20), [...spots(20), sun])).toBeGreaterThan(20);
        expect(await nodes(spots(20), [...spots(3), sun], [sun])).toBe(0);
        expect(await nodes([sun], [...spots(12), sun], spots(30))).toBeGreaterThan(30);
    });

    it('where materials and their textures changed, transparent ones too', async () => {
        const scene = randomScene(7);
        const mask = { kind: 'diffuse', alphaMode: 'mask', textures: { baseColor: { texture: 0 } } } as const;
        const picture = { widthPx: 2, heightPx: 1, data: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255), srgb: true };
        const painted = { kind: 'diffuse', textures: { baseColor: { texture: scene.textures.length } } } as const;
        await expectSameAsAnew(
            scene,
            { materials: [{ material: 0, value: mask }] },
            { materials: [{ material: 1, value: { kind: 'conductor', roughness: 0.3 } }] },
            { add: { textures: [picture] }, materials: [{ material: 2, value: painted }] }
        );
        await expectSameAsAnew(scene, { assign: scene.instances.map((_, instance) => ({ instance, material: 1 })) });
    });

    it('where textures were drawn anew, and only their texels are uploaded if they keep their size', async () => {
        const noise = (widthPx: number, heightPx: number, seed: number): Texture => {
            const random = Rng.create(seed).stream('texels');
            const data = Uint8Array.from({ length: 4 * widthPx * heightPx }, () => random.integer(256));
            return { widthPx, heightPx, data, srgb: true };
        };
        const base = randomScene(7);
        const [picture, cut, shine] = [base.textures.length, base.textures.length + 1, base.textures.length + 2];
        const scene = createScene({
            ...description(base),
            textures: [...base.textures, noise(5, 3, 1), noise(8, 4, 2), noise(4, 4, 3), noise(64, 64, 4)],
            materials: [
                { kind: 'diffuse', textures: { baseColor: { texture: picture } } },
                { kind: 'diffuse', alphaMode: 'mask', textures: { baseColor: { texture: cut, wrapU: 'mirror' } } },
                { kind: 'diffuse', emission: [2, 2, 2], textures: { emission: { texture: shine } } },
                ...base.materials.slice(3)
            ],
            instances: base.instances.map((each, i) => ({ ...each, material: i % base.materials.length }))
        });
        for (const geometry of ['instanced', 'flattened'] as const) {
            for (const texture of [picture, cut, shine]) {
                const { widthPx, heightPx } = scene.textures[texture]!;
                await expectPackedAsAnew(scene, geometry, {
                    textures: [{ texture, value: noise(widthPx, heightPx, 9) }]
                });
                await expectPackedAsAnew(scene, geometry, { textures: [{ texture, value: noise(7, 6, 9) }] });
            }
        }
        const drawn = { textures: [{ texture: picture, value: noise(5, 3, 9) }] };
        // 5 x 3, 2 x 1 and 1 x 1 texels.
        const texels = { uploadedBytes: 4 * (15 + 2 + 1), rebuilt: ['textures'] };
        expect(await expectPackedAsAnew(scene, 'instanced', drawn)).toEqual(texels);
        const unseen = { textures: [{ texture: shine + 1, value: noise(64, 64, 9) }] };
        expect(await expectPackedAsAnew(scene, 'instanced', unseen)).toEqual({ uploadedBytes: 0, rebuilt: [] });
        // A lamp whose picture changes is as bright as its picture.
        const lit = { textures: [{ texture: shine, value: noise(4, 4, 9) }] };
        expect((await expectPackedAsAnew(scene, 'instanced', lit)).rebuilt).toEqual(['lights', 'textures']);
        await expectSameAsAnew(randomScene(7), { textures: [{ texture: 0, value: noise(4, 4, 9) }] });
    });

    it('where a texture began to cut its material out, so that its pyramid is weighted by alpha', async () => {
        const data = Uint8Array.from({ length: 256 * 4 }, (_, i) => (i * 37) % 256);
        const textures = [{ widthPx: 16, heightPx: 16, data, srgb: true }];
        const painted = { kind: 'diffuse', textures: { baseColor: { texture: 0 } } } as const;
        const scene = randomScene(7);
        const instances = scene.instances.map((each) => ({ ...each, material: 0 }));
        const opaque = createScene({ ...description(scene), textures, materials: [painted], instances });
        const cut = { materials: [{ material: 0, value: { ...painted, alphaMode: 'mask' as const } }] };
        expect((await expectPackedAsAnew(opaque, 'instanced', cut)).rebuilt).toContain('textures');
    });

    it('where the environment changed, went, and came back as the default', async () => {
        const scene = createScene({ ...description(randomScene(3)), lights: [] });
        const sky = { widthPx: 2, heightPx: 2, data: new Float32Array(12).map((_, i) => i / 4) };
        const dark = scene.materials.map(
            (value, material) => ({ material, value: { ...value, emission: [0, 0, 0] } }) as const
        );
        await expectSameAsAnew(scene, { environment: sky });
        const tracer = await expectSameAsAnew(scene, { materials: dark, environment: null });
        expect(tracer.scene.environment).toEqual({ widthPx: 1, heightPx: 1, data: Float32Array.of(1, 1, 1) });
    });

    it('where instances and meshes came and went', async () => {
        const scene = randomScene(5);
        const many = Array.from({ length: 20 }, (_, i) => ({
            mesh: i % 3,
            material: 0,
            transform: move(i / 9 - 1, 0.3)
        }));
        const pyramid: Mesh = {
            positions: Float32Array.of(0, 0.5, 0, -0.3, 0, -0.3, 0.3, 0, -0.3, 0, 0, 0.4),
            indices: Uint32Array.of(0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3)
        };
        const tracer = await expectSameAsAnew(
            scene,
            { remove: [1, 3] },
            { add: { meshes: [pyramid], instances: many } },
            { transforms: [{ instance: 7, transform: move(0, 1) }], remove: [0] }
        );
        expect(tracer.scene.instances).toHaveLength(scene.instances.length + 17);
    });

    it('where any of it happened, in any order', async () => {
        for (const seed of [1, 2, 3]) await expectSameAsAnew(randomScene(seed), ...randomChanges(seed));
    });

    it('where the scene was flattened, which is packed anew once and changes cheaply from then on', async () => {
        const scene = randomScene(4);
        const tracer = await trace(scene, { dynamic: false });
        const still = await tracer.update({ materials: [{ material: 0, value: { kind: 'diffuse', culled: true } }] });
        expect(still.rebuilt).toEqual(['materials']);
        const first = await tracer.update({ transforms: [{ instance: 1, transform: move(0.2) }] });
        expect(first.rebuilt).toEqual(['everything']);
        const second = await tracer.update({ transforms: [{ instance: 1, transform: move(0.3) }] });
        expect(second.rebuilt).toContain('top-tree');
        expect(second.uploadedBytes).toBeLessThan(first.uploadedBytes / 2);
        expect(await film(tracer)).toEqual(await film(await trace(again(tracer.scene))));
    });
});

describe('a flattened scene', () => {
    it('shows its new materials, and lamps that were none, without being packed anew', async () => {
        const lights = [{ kind: 'point', position: [0, 2, 2], intensity: [9, 9, 9] }] as const;
        const scene = createScene({ ...description(sheetScene(sheet(4, 0, true))), lights });
        const tracer = await trace(scene, { dynamic: false });
        const before = await film(tracer);
        const painted = { kind: 'diffuse', baseColor: [0.9, 0.2, 0.1], doubleSided: true } as const;
        const { rebuilt } = await tracer.update({ materials: [{ material: 0, value: painted }] });
        expect(rebuilt).toEqual(['materials']);
        const after = await film(tracer);
        expect(after).toEqual(await film(await trace(again(tracer.scene), { dynamic: false })));
        expect(after).not.toEqual(before);
        const lamp = { kind: 'diffuse', emission: [0.5, 1, 0] } as const;
        expect((await tracer.update({ materials: [{ material: 0, value: lamp }] })).rebuilt).toEqual([
            'lights',
            'materials'
        ]);
        expect(await film(tracer)).toEqual(await film(await trace(again(tracer.scene), { dynamic: false })));
    });
});

describe('a back', () => {
    it.each([
        ['in a flattened scene', false, 'everything'],
        ['of an instance', true, 'materials']
    ] as const)('comes and goes with its material: %s', async (_, dynamic, rebuilt) => {
        const lights = [{ kind: 'point', position: [0, -2, 2], intensity: [9, 9, 9] }] as const;
        const scene = createScene({ ...description(sheetScene(sheet(4, 0, true))), lights });
        const tracer = await trace(scene, { dynamic });
        const solid = await film(tracer);
        const [first] = scene.materials;
        for (const culled of [true, false]) {
            const report = await tracer.update({
                materials: [{ material: 0, value: { ...first!, doubleSided: false, culled } }]
            });
            expect(report.rebuilt).toContain(rebuilt);
            const after = await film(tracer);
            expect(after).toEqual(await film(await trace(again(tracer.scene), { dynamic })));
            if (culled) expect(after).not.toEqual(solid);
            else expect(after).toEqual(solid);
        }
    });
});

/** Cancelled when it is asked for the k-th time. */
function cancelledAt(k: number): { readonly progress: Progress; readonly asked: () => number } {
    let asked = 0;
    const signal = {
        get aborted(): boolean {
            return ++asked >= k;
        },
        reason: 'enough',
        addEventListener: () => {},
        removeEventListener: () => {}
    };
    return { progress: { signal: signal as unknown as AbortSignal }, asked: () => asked };
}

describe('an update that is cancelled', () => {
    const base = randomScene(7);
    const picture = { widthPx: 2, heightPx: 1, data: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255), srgb: true };
    const bent = base.instances[1]!.mesh;
    const positions = base.meshes[bent]!.positions.map((x, i) => x + (i % 3 === 0 ? 0.3 : 0));
    const changes: SceneChanges = {
        meshes: [{ mesh: bent, positions }],
        transforms: [{ instance: 0, transform: move(0.4, 0.2) }],
        materials: [{ material: 0, value: { kind: 'diffuse', alphaMode: 'mask', opacity: 0.4 } }],
        lights: [{ kind: 'directional', direction: [0, -1, 0], irradiance: [3, 2, 1] }],
        environment: constantEnvironment([0.1, 0.5, 0.2]),
        add: {
            meshes: [sheet(3, 1, false)],
            textures: [picture],
            materials: [{ kind: 'diffuse', textures: { baseColor: { texture: base.textures.length } } }],
            instances: [{ mesh: base.meshes.length, material: base.materials.length, transform: move(0, -0.5) }]
        }
    };

    it.each([
        ['followed', true],
        ['packed anew', false]
    ])('wherever that is, leaves the scene and its film as they were: %s', async (_, dynamic) => {
        const tracer = await trace(base, { dynamic });
        const before = await film(tracer);
        const shown = tracer.scene;
        let k = 1;
        for (; ; k++) {
            const { progress, asked } = cancelledAt(k);
            const failed = await tracer.update(changes, progress).then(
                () => null,
                (error: MixreelError) => error.code
            );
            if (failed === null) {
                // All places have been tried.
                expect(asked()).toBeLessThan(k);
                break;
            }
            expect(failed).toBe('aborted');
            expect(tracer.scene).toBe(shown);
            expect(tracer.samples).toBe(2);
            expect((await tracer.readMoments()).sum).toEqual(before);
            tracer.reset();
            expect(await film(tracer), `cancelled at ${k}`).toEqual(before);
        }
        expect(k).toBeGreaterThan(4);
        const anew = await trace(again(tracer.scene), { dynamic: true });
        expect(await film(tracer)).toEqual(await film(anew));
        expect(tracer.scene.instances).toHaveLength(base.instances.length + 1);
    });

    it('by destroying its tracer leaves nothing on the device', async () => {
        for (const dynamic of [true, false]) {
            const tracer = await trace(base, { dynamic });
            const updating = tracer.update(changes);
            tracer.destroy();
            await expect(updating).rejects.toMatchObject({ code: 'aborted' });
        }
    });
});

/** A wavy sheet of 2 n^2 triangles. */
function sheet(n: number, phase: number, withNormals: boolean): Mesh {
    const positions = new Float32Array((n + 1) ** 2 * 3);
    const normals = new Float32Array(positions.length);
    const indices: number[] = [];
    for (let i = 0; i <= n; i++) {
        for (let j = 0; j <= n; j++) {
            const [x, z] = [(2 * i) / n - 1, (2 * j) / n - 1];
            const at = (i * (n + 1) + j) * 3;
            positions.set([x, 0.4 * Math.sin(4 * x + phase) * Math.cos(3 * z - phase), z], at);
            normals.set([-Math.cos(4 * x + phase), 1, Math.sin(3 * z - phase)], at);
            const a = i * (n + 1) + j;
            if (i < n && j < n) indices.push(a, a + 1, a + n + 1, a + 1, a + n + 2, a + n + 1);
        }
    }
    return { positions, indices: Uint32Array.from(indices), ...(withNormals ? { normals } : {}) };
}

function sheetScene(mesh: Mesh): Scene {
    return createScene({
        meshes: [mesh, sheet(3, 2, true)],
        instances: [
            { mesh: 1, material: 0, transform: move(0, -1) },
            { mesh: 0, material: 0, transform: move(0.1) },
            { mesh: 0, material: 1, transform: multiply(move(0, 1), [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]) }
        ],
        materials: [
            { kind: 'diffuse', doubleSided: true },
            { kind: 'diffuse', emission: [1, 1, 2] }
        ]
    });
}

describe('vertices that move', () => {
    it('are written and refitted by the kernels as by their twins, bit for bit', async () => {
        for (const withNormals of [true, false]) {
            const scene = sheetScene(sheet(20, 0, withNormals));
            const bent = sheet(20, 1.5, withNormals);
            const content = await DeviceScene.create(device, scene, { geometry: 'instanced' });
            const report = await content.update({ meshes: [{ mesh: 0, ...bent }] });
            expect(report.rebuilt).toEqual(['refit', 'top-tree', 'lights']);
            const read = async (name: string): Promise<Uint32Array> =>
                new Uint32Array(await device.read(content.bindings[name] as GpuBuffer));
            const before = packScene(scene, { geometry: 'instanced' });
            const { nodeBase, nodeCount, triangleBase, triangleCount } = before.parts.geometry.trees.get(0)!;
            const writer = new TriangleWriter(triangleCount, 3);
            const identity = move(0);
            const place = {
                transform: identity,
                inverse: identity,
                mirrored: false,
                source: 0,
                transparent: false,
                culled: false,
                tangents: null
            };
            for (let k = 0; k < triangleCount; k++) {
                writer.write(k, bent, before.shading[(triangleBase + k) * 12 + 10]!, place);
            }
            before.triangles.set(writer.triangles, triangleBase * 12);
            const part = before.nodes.subarray(nodeBase * NODE_WORDS, (nodeBase + nodeCount) * NODE_WORDS);
            refitWideBvh(part, nodeBase, before.triangles);
            expect(await read('triangles')).toEqual(before.triangles);
            const meshNodes = before.layout.rootNode * NODE_WORDS;
            expect((await read('nodes')).subarray(0, meshNodes)).toEqual(before.nodes.subarray(0, meshNodes));
            // Division is not exact on a GPU, so a normal may be rounded to the neighbouring of 32,767 steps.
            const normals = new Int16Array((await read('shading')).buffer, triangleBase * 48);
            const expected = new Int16Array(writer.shading.buffer);
            expect(expected.every((x, i) => Math.abs(x - normals[i]!) <= 1)).toBe(true);
            content.destroy();
        }
    });

    it('are hit where a scene made anew is hit, and light as it does, again and again', async () => {
        const tracer = await trace(sheetScene(sheet(20, 0, true)));
        for (const phase of [1, 2.5]) {
            const report = await tracer.update({ meshes: [{ mesh: 0, ...sheet(20, phase, true) }] });
            expect(report.uploadedBytes).toBeLessThan(packScene(tracer.scene).stats.triangleBytes * 2);
            const anew = await trace(again(tracer.scene));
            const [ours, theirs] = [await film(tracer), await film(anew)];
            const [frame, expected] = [await tracer.readFrame(), await anew.readFrame()];
            expect(frame.layer('depth')).toEqual(expected.layer('depth'));
            expect(frame.layer('instance')).toEqual(expected.layer('instance'));
            // Normals differ by up to a 32,767th: pictures by little, but for a path whose next hit is another.
            const far = ours.filter((x, i) => Math.abs(x - theirs[i]!) > 1e-3 * (1 + theirs[i]!)).length;
            expect(far / ours.length).toBeLessThan(0.02);
        }
    });

    it('carry the tangents of a normal map along, as they are for the turned mesh', async () => {
        const flat = sheet(3, 0, true);
        const uvs = flat.positions.filter((_, i) => i % 3 !== 1);
        const bumpy = { widthPx: 1, heightPx: 1, data: Uint8Array.of(190, 150, 220, 255), srgb: false };
        const scene = createScene({
            meshes: [{ ...flat, uvs }],
            textures: [bumpy],
            instances: [{ mesh: 0, material: 0, transform: move(0) }],
            materials: [{ kind: 'diffuse', textures: { normal: { texture: 0 } } }]
        });
        const turn = fromRotationTranslation([0.6, 0, 0, 0.8], [0, 0, 0]);
        const turned = (data: Float32Array): Float32Array => {
            const [a, b] = [turn[5]!, turn[6]!];
            return data.map((x, i) =>
                i % 3 === 0 ? x : i % 3 === 1 ? a * x - b * data[i + 1]! : b * data[i - 1]! + a * x
            );
        };
        const content = await DeviceScene.create(device, scene, { geometry: 'instanced' });
        const deformed = { positions: turned(flat.positions), normals: turned(flat.normals!) };
        const report = await content.update({ meshes: [{ mesh: 0, ...deformed }] });
        expect(report.rebuilt).toContain('refit');
        const anew = packScene(again(content.scene), { geometry: 'instanced' });
        /** Tangents by triangle of the mesh: three words each. */
        const tangents = (triangles: Uint32Array, shading: Uint32Array): Map<number, number[]> =>
            new Map(
                Array.from({ length: 18 }, (_, k) => [
                    shading[k * 12 + 10]!,
                    [triangles[k * 12 + 7]!, triangles[k * 12 + 11]!, shading[k * 12 + 11]!]
                ])
            );
        const read = async (name: string): Promise<Uint32Array> =>
            new Uint32Array(await device.read(content.bindings[name] as GpuBuffer));
        const [ours, theirs] = [
            tangents(await read('triangles'), await read('shading')),
            tangents(anew.triangles, anew.shading)
        ];
        for (const [triangle, words] of ours) {
            for (const [k, word] of words.entries()) {
                const expected = theirs.get(triangle)![k]!;
                expect(expected).not.toBe(0);
                expect(word & 0x10000).toBe(expected & 0x10000);
                const steps = (w: number): number[] => [(w << 16) >> 16, (w & ~0x10000) >> 16];
                for (const axis of [0, 1]) {
                    // Of 32,767: rounded before and after, one of the two to even numbers, and float32 over a bent sheet.
                    expect(Math.abs(steps(word)[axis]! - steps(expected)[axis]!)).toBeLessThan(20);
                }
            }
        }
        content.destroy();
    });

    it('upload positions, normals and what the top tree needs, and the indices only once', async () => {
        const tracer = await trace(sheetScene(sheet(20, 0, true)));
        const reports: UpdateReport[] = [];
        for (const phase of [1, 2, 3])
            reports.push(await tracer.update({ meshes: [{ mesh: 0, ...sheet(20, phase, true) }] }));
        expect(reports[2]!.uploadedBytes).toBe(reports[1]!.uploadedBytes);
        expect(reports[0]!.uploadedBytes - reports[1]!.uploadedBytes).toBeGreaterThan(20 * 20 * 6 * 4);
    });

    it('must be as many as before and finite, or nothing changes', async () => {
        const tracer = await trace(sheetScene(sheet(4, 0, true)));
        const before = await film(tracer);
        const nan = sheet(4, 1, true);
        nan.positions[3] = Number.NaN;
        const moved = { transforms: [{ instance: 1, transform: move(1) }] };
        await expect(tracer.update({ ...moved, meshes: [{ mesh: 0, ...sheet(5, 0, true) }] })).rejects.toThrow(
            /as before/
        );
        await expect(tracer.update({ ...moved, meshes: [{ mesh: 0, ...nan }] })).rejects.toThrow(/vertex 1 .* NaN/);
        await expect(tracer.update({ ...moved, remove: [3] })).rejects.toThrow(/below 3/);
        await expect(tracer.update({ remove: [0, 1, 2] })).rejects.toThrow(/0 triangles/);
        tracer.reset();
        expect(await film(tracer)).toEqual(before);
    });
});

/** A few changes of everything but vertices. */
function randomChanges(seed: number): SceneChanges[] {
    const random = Rng.create(seed).stream('changes');
    const u = (): number => random.float() * 2 - 1;
    const transform = (): Mat4 => move(u(), u(), u());
    return Array.from({ length: 4 }, (): SceneChanges => {
        const of: SceneChanges[] = [
            { transforms: [0, 2].map((instance) => ({ instance, transform: transform() })) },
            { assign: [{ instance: random.integer(3), material: random.integer(4) }] },
            { remove: [random.integer(2)], add: { instances: [{ mesh: 0, material: 0, transform: transform() }] } },
            { materials: [{ material: random.integer(3), value: { kind: 'gltf', baseColor: [0.2, 0.5, 0.8] } }] },
            { lights: [{ kind: 'point', position: [u(), 1, u()], intensity: [2, 2, 2] }] },
            { environment: constantEnvironment([0.5, 0.4, random.float()]) }
        ];
        return { ...of[random.integer(6)]!, ...of[random.integer(6)]! };
    });
}
