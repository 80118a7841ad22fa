/** Attributes of vertices and samplers of textures, through the bytes of a GLB and back. */
import { type Accessor, Document, type TextureInfo, WebIO } from '@gltf-transform/core';
import { KHRMaterialsUnlit, KHRMeshQuantization } from '@gltf-transform/extensions';
import { describe, expect, it, test } from 'vitest';
import { sceneFromDocument } from '../../src/index.ts';
import type { Scene } from '../../src/scene/scene.ts';

type Numbers = Float32Array | Uint8Array | Int8Array | Uint16Array | Int16Array;

/** A triangle whose base colour texture is set up by `edit`, as it comes out of a GLB. */
async function through(
    attributes: Readonly<Record<string, readonly ['VEC2' | 'VEC3' | 'VEC4', Numbers, boolean?]>>,
    edit: (info: TextureInfo) => unknown = () => {},
    tweak: (accessor: Accessor, name: string) => unknown = () => {}
): Promise<Scene> {
    const document = new Document();
    document.createExtension(KHRMeshQuantization).setRequired(true);
    const buffer = document.createBuffer();
    const texture = document.createTexture('t').setImage(new Uint8Array(4)).setMimeType('image/png');
    const material = document.createMaterial('m').setBaseColorTexture(texture);
    edit(material.getBaseColorTextureInfo()!);
    const primitive = document.createPrimitive().setMaterial(material);
    for (const [name, [type, data, normalized]] of Object.entries(attributes)) {
        const accessor = document
            .createAccessor(name)
            .setType(type)
            .setArray(data as never)
            .setBuffer(buffer);
        tweak(accessor.setNormalized(normalized ?? false), name);
        primitive.setAttribute(name, accessor);
    }
    const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive));
    document.createScene().addChild(node);
    const io = new WebIO().registerExtensions([KHRMeshQuantization]);
    const read = await io.readBinary(await io.writeBinary(document));
    const picture = { widthPx: 1, heightPx: 1, data: new Uint8Array(4) };
    return sceneFromDocument(read, {
        decodedTextures: new Map(
            read
                .getRoot()
                .listTextures()
                .map((t) => [t, picture])
        )
    });
}

const POSITION = ['VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0)] as const;

describe('a glTF primitive', () => {
    it('brings its second texture coordinates, and says which set a texture uses', async () => {
        const TEXCOORD_1 = ['VEC2', Float32Array.of(0, 0, 0.5, 0, 0, 0.25)] as const;
        const scene = await through({ POSITION, TEXCOORD_1 }, (info) => info.setTexCoord(1));
        expect([...scene.meshes[0]!.uvs1!]).toEqual([0, 0, 0.5, 0, 0, 0.25]);
        expect(scene.materials[0]!.textures!.baseColor!.uvSet).toBe(1);
        const third = await through({ POSITION }, (info) => info.setTexCoord(2));
        expect(third.events.map((event) => event.message)).toContain(
            'textures with a third set of coordinates use the first'
        );
    });

    it('brings colours of three or four numbers, bytes as fractions of 255, and leaves white out', async () => {
        const bytes = Uint8Array.of(255, 0, 51, 255, 102, 255, 255, 0, 255, 255, 255, 255);
        const four = await through({ POSITION, COLOR_0: ['VEC4', bytes, true] });
        for (const [i, x] of [1, 0, 0.2, 1, 0.4].entries()) expect(four.meshes[0]!.colors![i]).toBeCloseTo(x, 6);
        const three = await through({ POSITION, COLOR_0: ['VEC3', Float32Array.of(0.5, 0, 1, 1, 1, 1, 0, 0, 0)] });
        expect([...three.meshes[0]!.colors!]).toEqual([0.5, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1]);
        const white = await through({ POSITION, COLOR_0: ['VEC3', new Float32Array(9).fill(1)] });
        expect(white.meshes[0]!.colors).toBeUndefined();
    });

    it('leaves it to the kernels to tint what is unlit, once', () => {
        const document = new Document();
        const material = document.createMaterial().setBaseColorFactor([0.5, 1, 1, 1]);
        material.setExtension('KHR_materials_unlit', document.createExtension(KHRMaterialsUnlit).createUnlit());
        const accessor = (data: Float32Array) => document.createAccessor().setType('VEC3').setArray(data);
        const primitive = document.createPrimitive().setMaterial(material);
        primitive.setAttribute('POSITION', accessor(POSITION[1]));
        primitive.setAttribute('COLOR_0', accessor(new Float32Array(9).fill(0.5)));
        document.createScene().addChild(document.createNode().setMesh(document.createMesh().addPrimitive(primitive)));
        const { materials, meshes } = sceneFromDocument(document);
        expect(materials.map(({ unlit, emission }) => [unlit, emission])).toEqual([[true, [0.5, 1, 1]]]);
        expect(meshes[0]!.colors![0]).toBe(0.5);
    });

    it('brings its own tangents if it has the normals that they belong to', async () => {
        const TANGENT = ['VEC4', Float32Array.of(1, 0, 0, -1, 1, 0, 0, -1, 1, 0, 0, -1)] as const;
        const NORMAL = ['VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1)] as const;
        expect([...(await through({ POSITION, NORMAL, TANGENT })).meshes[0]!.tangents!]).toEqual([...TANGENT[1]]);
        expect((await through({ POSITION, TANGENT })).meshes[0]!.tangents).toBeUndefined();
    });

    it('is the same quantised (KHR_mesh_quantization) and sparse', async () => {
        const small = await through({
            POSITION: ['VEC3', Int8Array.of(0, 0, 0, 127, 0, 0, 0, 127, 0), true],
            NORMAL: ['VEC3', Int8Array.of(0, 0, 127, 0, 0, 127, 0, 0, 127), true]
        });
        expect([...small.meshes[0]!.positions]).toEqual([...POSITION[1]]);
        expect([...small.meshes[0]!.normals!.subarray(0, 3)]).toEqual([0, 0, 1]);
        const sparse = await through({ POSITION }, undefined, (accessor) => accessor.setSparse(true));
        expect([...sparse.meshes[0]!.positions]).toEqual([...POSITION[1]]);
    });
});

describe('a glTF sampler', () => {
    it.each([
        [10497, 'repeat'],
        [33071, 'clamp'],
        [33648, 'mirror']
    ] as const)('wraps by its mode %i: %s', async (mode, wrap) => {
        const scene = await through({ POSITION }, (info) => info.setWrapS(mode).setWrapT(10497));
        expect(scene.materials[0]!.textures!.baseColor).toMatchObject({ wrapU: wrap, wrapV: 'repeat' });
    });

    it('shows texels as squares where it magnifies by the nearest', async () => {
        const nearest = await through({ POSITION }, (info) => info.setMagFilter(9728));
        expect(nearest.materials[0]!.textures!.baseColor!.filter).toBe('nearest');
        const linear = await through({ POSITION }, (info) => info.setMagFilter(9729).setMinFilter(9728));
        expect(linear.materials[0]!.textures!.baseColor!.filter).toBeUndefined();
    });
});

test('a node scaled to nothing is hidden, with an event, and the rest is shown', async () => {
    const document = new Document();
    const position = document.createAccessor().setType('VEC3').setArray(POSITION[1]);
    const mesh = document.createMesh().addPrimitive(document.createPrimitive().setAttribute('POSITION', position));
    const scene = document.createScene();
    scene.addChild(document.createNode('seen').setMesh(mesh));
    scene.addChild(document.createNode('hidden').setMesh(mesh).setScale([0, 0, 0]));
    const { instances, events } = await sceneFromDocument(document);
    expect(instances.map(({ name }) => name)).toEqual(['seen']);
    expect(events).toContainEqual({ kind: 'skipped', message: 'nodes scaled to nothing are not rendered', count: 1 });
});
