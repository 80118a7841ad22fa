/** EXT_mesh_gpu_instancing, through the bytes of a GLB and back. */
import { type Accessor, Document, WebIO } from '@gltf-transform/core';
import { EXTMeshGPUInstancing, KHRMeshQuantization } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { transformPoint, type Vec3 } from '../../src/math/vector.ts';
import { animatedSceneFromDocument } from '../../src/scene/animated-scene.ts';
import { sceneFromDocument } from '../../src/scene/scene-from-document.ts';

const EXTENSIONS = [EXTMeshGPUInstancing, KHRMeshQuantization];
type Attributes = Readonly<Record<string, readonly ['VEC3' | 'VEC4', Float32Array | Int8Array]>>;

/** A node 10 m up, twice as large, which an animation lifts by 1 m, with copies of a triangle. */
async function batch(attributes: Attributes): Promise<Document> {
    const document = new Document();
    document.createExtension(KHRMeshQuantization).setRequired(true);
    const buffer = document.createBuffer();
    const accessor = (type: 'SCALAR' | 'VEC3' | 'VEC4', array: Float32Array | Int8Array): Accessor =>
        document
            .createAccessor()
            .setType(type)
            .setArray(array as Float32Array<ArrayBuffer>)
            .setNormalized(array instanceof Int8Array)
            .setBuffer(buffer);
    const copies = document.createExtension(EXTMeshGPUInstancing).setRequired(true).createInstancedMesh();
    for (const [name, [type, array]] of Object.entries(attributes)) copies.setAttribute(name, accessor(type, array));
    const triangle = accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0));
    const mesh = document.createMesh().addPrimitive(document.createPrimitive().setAttribute('POSITION', triangle));
    const node = document.createNode('many').setMesh(mesh).setTranslation([0, 10, 0]).setScale([2, 2, 2]);
    document.createScene().addChild(node.setExtension('EXT_mesh_gpu_instancing', copies));
    const sampler = document
        .createAnimationSampler()
        .setInput(accessor('SCALAR', Float32Array.of(0, 1)))
        .setOutput(accessor('VEC3', Float32Array.of(0, 10, 0, 0, 11, 0)));
    const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath('translation');
    document.createAnimation().addSampler(sampler).addChannel(channel.setSampler(sampler));
    const io = new WebIO().registerExtensions(EXTENSIONS);
    return io.readBinary(await io.writeBinary(document));
}

const near = (found: readonly number[], expected: Vec3): void => {
    for (const [i, x] of expected.entries()) expect(found[i]).toBeCloseTo(x, 5);
};

describe('a mesh that a node shows many times over', () => {
    it('is one mesh with an instance for each copy, moved, turned and scaled below the node', async () => {
        // Turns as bytes, which are fractions of 127.
        const scene = sceneFromDocument(
            await batch({
                TRANSLATION: ['VEC3', Float32Array.of(0, 0, 0, 3, 0, 0, 0, 0, -4)],
                ROTATION: ['VEC4', Int8Array.of(0, 0, 0, 127, 0, 0, 127, 0, 0, 0, 0, 127)],
                SCALE: ['VEC3', Float32Array.of(1, 1, 1, 1, 2, 1, -1, 1, 1)]
            })
        );
        expect(scene.meshes).toHaveLength(1);
        expect(scene.instances.map(({ name, mesh }) => [name, mesh])).toEqual(Array(3).fill(['many', 0]));
        const corner = (instance: number, p: Vec3): Vec3 => transformPoint(scene.instances[instance]!.transform, p);
        near(corner(0, [1, 0, 0]), [2, 10, 0]);
        // Half a turn about z.
        near(corner(1, [1, 0, 0]), [4, 10, 0]);
        near(corner(1, [0, 1, 0]), [6, 6, 0]);
        near(corner(2, [1, 0, 0]), [-2, 10, -8]);
        expect(scene.events.map(({ message }) => message)).toEqual([
            'animations are not played: animatedSceneFromDocument does',
            expect.stringContaining('no light')
        ]);
    });

    it('moves with its node', async () => {
        const document = await batch({ TRANSLATION: ['VEC3', Float32Array.of(1, 0, 0, 2, 0, 0)] });
        const { changesAt } = animatedSceneFromDocument(document);
        const { transforms } = changesAt(1);
        expect(transforms!.map(({ instance }) => instance)).toEqual([0, 1]);
        near(transformPoint(transforms![1]!.transform, [0, 0, 0]), [4, 11, 0]);
    });

    it('is not there at all if there is no copy', async () => {
        expect(sceneFromDocument(await batch({})).instances).toEqual([]);
    });
});
