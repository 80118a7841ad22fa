import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebIO } from '@gltf-transform/core';
import { decodeTextures, readGltf } from '@mixreel/importers';
import { readGltfFile } from '@mixreel/importers/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failsPolitely, joinGlb, jsonMutations, mutations, quadDocument, quadGlb, splitGlb } from './models.ts';

const MODELS = new URL('../../../../shared/scenes/gltf/', import.meta.url);
const glb = await quadGlb();
const { json, binary } = splitGlb(glb);

/** Reads the quad with its JSON changed by `edit`. */
function edited(edit: (json: any) => void): Promise<unknown> {
    const copy = structuredClone(json);
    edit(copy);
    return readGltf(joinGlb(copy, binary));
}

describe('readGltf', () => {
    it('gives a document with everything that is in the file', async () => {
        const document = await readGltf(glb);
        const root = document.getRoot();
        expect(root.listNodes().map((node) => node.getName())).toEqual(['quad', 'eye']);
        const [primitive] = root.listMeshes()[0]!.listPrimitives();
        expect([...primitive!.getIndices()!.getArray()!]).toEqual([0, 1, 2, 0, 2, 3]);
        expect(root.listCameras()[0]!.getYFov()).toBe(1);
        expect(await new WebIO().writeBinary(document)).toEqual(glb);
    });

    it('reads .gltf with a resolver, decoding names, and with data URIs', async () => {
        const { json: loose, resources } = await new WebIO().writeJSON(quadDocument(), { basename: 'a b' });
        loose.buffers![0]!.uri = 'a%20b.bin';
        const data = Object.entries(resources).find(([name]) => name.endsWith('.bin'))![1];
        const image = Object.entries(resources).find(([name]) => name.endsWith('.png'))![1];
        const asked: string[] = [];
        const bytes = new TextEncoder().encode(JSON.stringify(loose));
        await readGltf(bytes, {
            resolve: (uri) => {
                asked.push(uri);
                return uri.endsWith('.bin') ? data : image;
            }
        });
        expect(asked).toContain('a b.bin');
        const base64 = (type: string, part: Uint8Array) =>
            `data:${type};base64,${Buffer.from(part).toString('base64')}`;
        loose.buffers![0]!.uri = base64('application/octet-stream', data);
        loose.images![0]!.uri = base64('image/png', image);
        const document = await readGltf(new TextEncoder().encode(JSON.stringify(loose)));
        expect(decodeTextures(document).size).toBe(1);
    });

    it('says what is missing when a buffer or a texture is', async () => {
        const { json: loose, resources } = await new WebIO().writeJSON(quadDocument());
        const bytes = new TextEncoder().encode(JSON.stringify(loose));
        await expect(readGltf(bytes)).rejects.toThrow(/needs the file "\S+".*options\.resolve/);
        const resolve = (uri: string) => {
            if (uri.endsWith('.png')) throw new Error('ENOENT');
            return resources[uri]!;
        };
        await expect(readGltf(bytes, { resolve })).rejects.toThrow(
            /\.png" that the model needs \(images\[0\]\) cannot be read/
        );
        const short = (uri: string) => resources[uri]!.slice(0, 10);
        await expect(readGltf(bytes, { resolve: short })).rejects.toThrow(/has 10 bytes \(expected \d+\)/);
    });

    it('refuses truncated and foreign files', async () => {
        await expect(readGltf(glb.slice(0, 100))).rejects.toThrow(/ends at byte 100 \(expected \d+ bytes\)/);
        await expect(readGltf(glb.slice(0, 10))).rejects.toThrow(/10 bytes \(expected at least 20\)/);
        await expect(readGltf(new TextEncoder().encode('solid cube'))).rejects.toThrow(/neither a GLB nor glTF JSON/);
        await expect(edited((j) => (j.asset.version = '1.0'))).rejects.toThrow(/version "1.0".*glTF 2.0/);
        await expect(edited((j) => (j.extensionsRequired = ['X_new']))).rejects.toThrow(/needs the extension "X_new"/);
    });

    it('refuses vertices that are not numbers, naming the vertex', async () => {
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
            const document = quadDocument();
            document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!.getArray()![7] = value;
            const bytes = await new WebIO().writeBinary(document);
            await expect(readGltf(bytes)).rejects.toThrow(/(NaN|Infinity) in POSITION of vertex 2/);
        }
    });

    it('refuses indices that point nowhere, in meshes and in JSON', async () => {
        const document = quadDocument();
        document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getIndices()!.getArray()![4] = 9;
        const bytes = await new WebIO().writeBinary(document);
        await expect(readGltf(bytes)).rejects.toThrow(/index 9 at 4 \(expected less than 4/);
        await expect(edited((j) => (j.nodes[0].mesh = 3))).rejects.toThrow(/nodes\[0\]\.mesh is 3 \(expected 0 to 0\)/);
        await expect(edited((j) => (j.meshes[0].primitives[0].indices = 99))).rejects.toThrow(
            /meshes\[0\]\.indices is 99/
        );
        await expect(edited((j) => (j.textures[0].source = 5))).rejects.toThrow(/textures\[0\]\.source is 5/);
    });

    it('refuses nodes that are their own ancestors, have two parents or transforms that are not numbers', async () => {
        await expect(edited((j) => (j.nodes[0].children = [0]))).rejects.toThrow(/own ancestor/);
        await expect(
            edited((j) => {
                j.nodes[0].children = [1];
                j.nodes[1].children = [0];
            })
        ).rejects.toThrow(/own ancestor/);
        await expect(
            edited((j) => {
                j.nodes.push({ children: [0] }, { children: [0] });
            })
        ).rejects.toThrow(/nodes\[0\] has two parents/);
        await expect(edited((j) => (j.nodes[0].scale = [1, null, 1]))).rejects.toThrow(/scale is not 3 finite numbers/);
    });

    it('refuses a model without triangles, and one with absurd sizes before it allocates them', async () => {
        await expect(edited((j) => (j.meshes[0].primitives[0].mode = 0))).rejects.toThrow(/no triangles/);
        await expect(edited((j) => (j.accessors[0].count = 2 ** 31))).rejects.toThrow(
            /takes? over \d+ bytes.*Simplify/
        );
        await expect(edited((j) => (j.accessors[0].count = 5))).rejects.toThrow(/accessors\[0\] ends at byte/);
        await expect(edited((j) => (j.bufferViews[0].byteLength = 9999))).rejects.toThrow(
            /bufferViews\[0\] ends at byte/
        );
        await expect(readGltf(glb, { maxTriangles: 1 })).rejects.toThrow(/over 2 triangles/);
        await expect(readGltf(glb, { maxTriangles: 0 })).rejects.toThrow(/maxTriangles is 0/);
    });

    it('never fails with anything but a MixreelError on damaged bytes', async () => {
        await fc.assert(
            fc.asyncProperty(mutations(glb), (bytes) => failsPolitely(() => readGltf(bytes))),
            { numRuns: 400 }
        );
    });

    it('never fails with anything but a MixreelError on damaged JSON', async () => {
        await fc.assert(
            fc.asyncProperty(jsonMutations(json), (value) => failsPolitely(() => readGltf(joinGlb(value, binary)))),
            { numRuns: 800 }
        );
    });

    it('stops when asked to', async () => {
        await expect(readGltf(glb, { progress: { signal: AbortSignal.abort() } })).rejects.toThrow(/cancelled/);
    });

    it.skipIf(!existsSync(MODELS))(
        'reads the test models, Draco and meshopt included (skipped without ../shared)',
        async () => {
            const expected = { 'chess-board': 178848, 'japanese-bridge-garden': 21883, SunglassesKhronos: 13396 };
            for (const [name, triangles] of Object.entries(expected)) {
                const document = await readGltfFile(fileURLToPath(new URL(`${name}.glb`, MODELS)));
                const counted = document
                    .getRoot()
                    .listMeshes()
                    .flatMap((mesh) => mesh.listPrimitives())
                    .reduce((sum, primitive) => sum + primitive.getIndices()!.getCount() / 3, 0);
                expect(counted, name).toBe(triangles);
            }
        }
    );
});

describe('readGltfFile', () => {
    it('finds the files beside the model and refuses names that leave the disk', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'mixreel-gltf-'));
        try {
            const { json: loose, resources } = await new WebIO().writeJSON(quadDocument());
            for (const [name, data] of Object.entries(resources)) await writeFile(join(folder, name), data);
            const path = join(folder, 'model.gltf');
            await writeFile(path, JSON.stringify(loose));
            expect((await readGltfFile(path)).getRoot().listMeshes().length).toBe(1);
            loose.images![0]!.uri = 'https://example.com/a.png';
            await writeFile(path, JSON.stringify(loose));
            await expect(readGltfFile(path)).rejects.toThrow(/example\.com.*cannot be read/);
            await expect(readGltfFile(join(folder, 'no.glb'))).rejects.toThrow(/no\.glb" cannot be read/);
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});

describe('decodeTextures', () => {
    it('decodes each texture once, and names the one it cannot', async () => {
        const document = await readGltf(glb);
        const [[texture, image] = expect.unreachable('no texture')] = [...decodeTextures(document)];
        expect(texture).toBe(document.getRoot().listTextures()[0]);
        expect([...image.data.subarray(0, 8)]).toEqual([0, 20, 40, 255, 60, 80, 100, 255]);
        document.getRoot().listTextures()[0]!.setImage(new TextEncoder().encode('RIFF....WEBPVP8 '));
        expect(() => decodeTextures(document)).toThrow(
            /^texture "checks": a WEBP picture.*\)\. Convert it to PNG: gltf-transform png.*$/
        );
        document.getRoot().listTextures()[0]!.setImage(new Uint8Array(0));
        expect(() => decodeTextures(document)).toThrow(/texture "checks"/);
    });
});
