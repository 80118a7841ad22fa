import { decodeImage, writePng } from '@mixreel/image';
import { readObj } from '@mixreel/importers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readObjText } from '../../src/obj/obj-mesh.ts';
import { failsPolitely, mutations } from '../models.ts';
import { placedTriangles, text } from '../placed.ts';

const OBJ = `# two faces
mtllib a b.mtl
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0.25
vt 1 0.25
vn 0 0 1
usemtl paint
f 1/1/1 2/2/1 3/2/1 \\
 4/1/1
usemtl lamp
f -4 -3 -2
l 1 2
`;
const MTL = `newmtl paint
Kd 0.1 0.2 0.3
map_Kd -s 1 1 1 wood.png
newmtl lamp
Ke 4 2 1
Kd 0 0 0
newmtl glass
Ks 1 1 1
illum 7
d 0.25
Ni 1.4
map_Bump b.png
`;
const png = writePng({ widthPx: 1, heightPx: 1, channels: 1, bitDepth: 8, data: Uint8Array.of(9) });
const files: Record<string, Uint8Array> = { 'a b.mtl': text(MTL), 'wood.png': png };
const resolve = (name: string) => {
    if (files[name]) return files[name];
    throw new Error('no such file');
};

describe('OBJ', () => {
    it('cuts polygons into fans, takes indices from both ends and turns v around', () => {
        const { parts, libraries, ignored } = readObjText(OBJ);
        expect(parts.map((part) => part.material)).toEqual(['paint', 'lamp']);
        expect([...parts[0]!.mesh.indices]).toEqual([0, 1, 2, 0, 2, 3]);
        expect([...parts[0]!.mesh.uvs!]).toEqual([0, 0.75, 1, 0.75, 1, 0.75, 0, 0.75]);
        expect([...parts[0]!.mesh.normals!.subarray(0, 3)]).toEqual([0, 0, 1]);
        expect([...parts[1]!.mesh.positions]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0]);
        expect(parts[1]!.mesh.normals).toBeUndefined();
        expect([libraries, ignored]).toEqual([['a b.mtl'], ['l']]);
    });

    it('becomes a document with the materials of its library and a report of what was left out', async () => {
        const { document, report } = await readObj(text(OBJ), { resolve });
        const [paint, lamp] = document.getRoot().listMaterials();
        expect(paint!.getBaseColorTexture()!.getImage()).toEqual(png);
        expect(lamp!.getEmissiveFactor()).toEqual([1, 0.5, 0.25]);
        expect(placedTriangles(document).length).toBe(3);
        expect(report.unsupported.map((entry) => entry.what)).toEqual([
            'statement "l"',
            'material "paint": options of map_Kd',
            'material "glass": map_Bump'
        ]);
    });

    it('takes the pictures of the physically based extension, and multiplies colours by theirs', async () => {
        const mtl = `newmtl paint\nKd 0.5 0.25 1\nmap_Kd wood.png\nmap_Ke glow.png\nKe 2 2 2\nnorm n.png
            map_Pr rough.png\nmap_Pm metal.png\nPr 0.5\nnewmtl lamp\nmap_Kd wood.png\nmap_Ke glow.png\n`;
        const grey = (level: number) =>
            writePng({ widthPx: 1, heightPx: 1, channels: 1, bitDepth: 8, data: Uint8Array.of(level) });
        const pictures: Record<string, Uint8Array> = {
            'a b.mtl': text(mtl),
            'wood.png': png,
            'glow.png': grey(1),
            'n.png': grey(2),
            'rough.png': grey(3),
            'metal.png': grey(4)
        };
        const { document, report } = await readObj(text(OBJ), { resolve: (name) => pictures[name]! });
        const [paint, lamp] = document.getRoot().listMaterials();
        expect(paint!.getBaseColorTexture()!.getImage()).toEqual(png);
        expect(paint!.getBaseColorFactor()).toEqual([0.5, 0.25, 1, 1]);
        expect(paint!.getEmissiveTexture()!.getImage()).toEqual(pictures['glow.png']);
        expect(paint!.getEmissiveFactor()).toEqual([1, 1, 1]);
        expect(paint!.getNormalTexture()!.getImage()).toEqual(pictures['n.png']);
        expect([paint!.getRoughnessFactor(), paint!.getMetallicFactor()]).toEqual([0.5, 1]);
        expect([...decodeImage(paint!.getMetallicRoughnessTexture()!.getImage()!).data]).toEqual([255, 3, 4, 255]);
        // Without numbers, the pictures alone.
        expect(lamp!.getBaseColorFactor()).toEqual([1, 1, 1, 1]);
        expect(lamp!.getEmissiveFactor()).toEqual([1, 1, 1]);
        expect(report.unsupported.map((entry) => entry.what)).toEqual(['statement "l"']);
    });

    it('says which line, file or material is wrong', async () => {
        await expect(readObj(text('v 0 0\n'))).rejects.toThrow(/line 1 .*"v 0 0" \(expected 3 numbers\)/);
        await expect(readObj(text('v 0 0 0\nf 1 2 3\n'))).rejects.toThrow(
            /line 2.*corner "2" \(expected numbers from 1 to 1\)/
        );
        await expect(readObj(text('v 0 0 0\nf 1 1\n'))).rejects.toThrow(/face of 2 corners/);
        await expect(readObj(text(OBJ))).rejects.toThrow(/needs the file "a b.mtl"/);
        await expect(readObj(text('v 0 0 0\n'))).rejects.toThrow(/no triangles/);
        await expect(readObj(Uint8Array.of(118, 0, 0))).rejects.toThrow(/zero bytes/);
        const { report } = await readObj(text('v 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl x\nf 1 2 3'));
        expect(report.approximated[0]!.what).toContain('"x", which no library has');
    });

    it('never fails with anything but a MixreelError on damaged text', async () => {
        await fc.assert(
            fc.asyncProperty(mutations(text(OBJ)), (bytes) => failsPolitely(() => readObj(bytes, { resolve }))),
            { numRuns: 300 }
        );
        await fc.assert(
            fc.asyncProperty(mutations(text(MTL)), (bytes) =>
                failsPolitely(() =>
                    readObj(text(OBJ), { resolve: (name) => (name === 'a b.mtl' ? bytes : resolve(name)) })
                )
            ),
            { numRuns: 200 }
        );
    });
});
