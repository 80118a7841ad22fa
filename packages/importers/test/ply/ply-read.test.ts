import { readPly } from '@mixreel/importers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlyMesh } from '../../src/ply/ply-mesh.ts';
import { failsPolitely, mutations } from '../models.ts';
import { text } from '../placed.ts';

const HEADER =
    'element vertex 4\nproperty float x\nproperty float y\nproperty double z\nproperty float s\nproperty float t\n';
const FACES = 'element face 2\nproperty uchar tag\nproperty list uchar int vertex_indices\n';
const POINTS = [
    [0, 0, 0, 0, 0],
    [1, 0, 0, 1, 0],
    [1, 1, 0.5, 1, 1],
    [0, 1, 0, 0, 1]
];

function ascii(): Uint8Array {
    const body = [...POINTS.map((p) => p.join(' ')), '7 4 0 1 2 3', '9 3 0 1 2'].join('\n');
    return text(`ply\nformat ascii 1.0\ncomment made for a test\n${HEADER}${FACES}end_header\n${body}`);
}

function binary(little: boolean): Uint8Array {
    const head = text(`ply\r\nformat binary_${little ? 'little' : 'big'}_endian 1.0\n${HEADER}${FACES}end_header\n`);
    const view = new DataView(new ArrayBuffer(4 * 24 + 2 + 16 + 2 + 12));
    let at = 0;
    for (const p of POINTS) {
        p.forEach((value, i) => {
            if (i === 2) view.setFloat64(at, value, little);
            else view.setFloat32(at, value, little);
            at += i === 2 ? 8 : 4;
        });
    }
    for (const face of [
        [0, 1, 2, 3],
        [0, 1, 2]
    ]) {
        view.setUint8(at, 7);
        view.setUint8(at + 1, face.length);
        at += 2;
        for (const index of face) {
            view.setInt32(at, index, little);
            at += 4;
        }
    }
    const out = new Uint8Array(head.length + view.byteLength);
    out.set(head);
    out.set(new Uint8Array(view.buffer), head.length);
    return out;
}

describe('PLY', () => {
    it('names the properties that it passes over', async () => {
        const { report } = await readPly(ascii());
        expect(report.unsupported).toEqual([{ what: 'PLY: face tag', became: 'left out', count: 1 }]);
    });

    it('reads the same mesh from ASCII and from both byte orders', () => {
        const mesh = readPlyMesh(ascii(), true);
        expect([...mesh.positions]).toEqual(POINTS.flatMap((p) => p.slice(0, 3)));
        expect([...mesh.uvs!]).toEqual(POINTS.flatMap((p) => [p[3]!, 1 - p[4]!]));
        expect([...mesh.indices]).toEqual([0, 1, 2, 0, 2, 3, 0, 1, 2]);
        expect(readPlyMesh(binary(true), true)).toEqual(mesh);
        expect(readPlyMesh(binary(false), true)).toEqual(mesh);
    });

    it('becomes a document with one mesh', async () => {
        const { document, report } = await readPly(ascii());
        expect(document.getRoot().listMeshes().length).toBe(1);
        expect(report.approximated).toEqual([]);
    });

    it('says what is wrong', async () => {
        const changed = (from: string, to: string) =>
            readPly(text(new TextDecoder().decode(ascii()).replace(from, to)));
        await expect(readPly(text('obj'))).rejects.toThrow(/does not begin with "ply"/);
        await expect(changed('end_header', 'end')).rejects.toThrow(/header does not end/);
        await expect(changed('element vertex 4', 'element vertex 1000000000')).rejects.toThrow(/ends after \d+ bytes/);
        await expect(changed('9 3 0 1 2', '9 3 0 1 4')).rejects.toThrow(/vertex 4 \(expected less than 4\)/);
        await expect(changed('1 1 0.5', 'nan 1 0.5')).rejects.toThrow(/NaN in POSITION of vertex 2/);
        await expect(changed('1 1 0.5', 'one 1 0.5')).rejects.toThrow(/"one"/);
        await expect(changed('vertex_indices', 'corners')).rejects.toThrow(/no list of vertices/);
        await expect(readPly(binary(true).slice(0, -1))).rejects.toThrow(/ends after \d+ bytes/);
    });

    it('never fails with anything but a MixreelError on damaged bytes', async () => {
        for (const bytes of [ascii(), binary(true), binary(false)]) {
            await fc.assert(
                fc.asyncProperty(mutations(bytes), (damaged) => failsPolitely(() => readPly(damaged))),
                { numRuns: 300 }
            );
        }
    });
});
