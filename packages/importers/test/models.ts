/** Small models made in code, and ways to damage bytes. */
import { Document, WebIO } from '@gltf-transform/core';
import { MixreelError } from '@mixreel/core';
import { writePng } from '@mixreel/image';
import fc from 'fast-check';

/** A textured quad with a camera, as a document. */
export function quadDocument(): Document {
    const document = new Document();
    const buffer = document.createBuffer();
    const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', data: Float32Array | Uint16Array) =>
        document.createAccessor().setType(type).setArray(data).setBuffer(buffer);
    const png = writePng({
        widthPx: 2,
        heightPx: 2,
        channels: 3,
        bitDepth: 8,
        data: Uint8Array.from({ length: 12 }, (_, i) => i * 20)
    });
    const texture = document.createTexture('checks').setImage(png).setMimeType('image/png');
    const material = document.createMaterial('paint').setBaseColorTexture(texture);
    const primitive = document
        .createPrimitive()
        .setAttribute('POSITION', accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0)))
        .setAttribute('TEXCOORD_0', accessor('VEC2', Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1)))
        .setIndices(accessor('SCALAR', Uint16Array.of(0, 1, 2, 0, 2, 3)))
        .setMaterial(material);
    const node = document.createNode('quad').setMesh(document.createMesh('quad').addPrimitive(primitive));
    const camera = document.createCamera('view').setType('perspective').setYFov(1);
    const eye = document.createNode('eye').setCamera(camera).setTranslation([0.5, 0.5, 2]);
    document.createScene('scene').addChild(node).addChild(eye);
    return document;
}

export async function quadGlb(): Promise<Uint8Array> {
    return new WebIO().writeBinary(quadDocument());
}

/** JSON and binary chunk of a GLB. */
export function splitGlb(glb: Uint8Array): { json: Record<string, never>; binary: Uint8Array } {
    const view = new DataView(glb.buffer, glb.byteOffset);
    const jsonBytes = view.getUint32(12, true);
    return {
        json: JSON.parse(new TextDecoder().decode(glb.subarray(20, 20 + jsonBytes))),
        binary: glb.subarray(28 + jsonBytes)
    };
}

export function joinGlb(json: unknown, binary: Uint8Array): Uint8Array {
    const text = new TextEncoder().encode(JSON.stringify(json));
    const padded = Math.ceil(text.length / 4) * 4;
    const out = new Uint8Array(28 + padded + binary.length).fill(0x20, 20, 20 + padded);
    const view = new DataView(out.buffer);
    view.setUint32(0, 0x46546c67, true);
    view.setUint32(4, 2, true);
    view.setUint32(8, out.length, true);
    view.setUint32(12, padded, true);
    view.setUint32(16, 0x4e4f534a, true);
    out.set(text, 20);
    view.setUint32(20 + padded, binary.length, true);
    view.setUint32(24 + padded, 0x004e4942, true);
    out.set(binary, 28 + padded);
    return out;
}

/** Flips, overwrites and cuts bytes of a valid file. */
export function mutations(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
    const position = fc.integer({ min: 0, max: bytes.length - 1 });
    const overwrite = fc
        .array(fc.tuple(position, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 })
        .map((edits) => {
            const copy = bytes.slice();
            for (const [at, value] of edits) copy[at] = value;
            return copy;
        });
    return fc.oneof(
        overwrite,
        position.map((end) => bytes.slice(0, end))
    );
}

const ODD_TOKENS = [
    ...['0', '-1', '1', '2', '3', '1e308', '-1e308', '1e-320', '4294967296', '0.5', 'nan', 'inf', '""', '"', '[', ']'],
    ...['true', '<', '/>', '$x', '#', '%', 'AttributeBegin', 'AttributeEnd', 'ObjectInstance', 'Include']
];

/** Replaces, repeats, swaps and drops words and numbers of a text, so that what is left can still be read a good way. */
export function tokenMutations(text: string): fc.Arbitrary<Uint8Array> {
    const tokens = text.match(/[\w.$-]+|\s+|[^\w\s]/g) ?? [];
    const at = fc.nat({ max: tokens.length - 1 });
    const edit = fc.tuple(at, fc.oneof(fc.constantFrom(...ODD_TOKENS), fc.constant('')), at, fc.nat({ max: 2 }));
    return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) => {
        const copy = [...tokens];
        for (const [i, odd, j, kind] of edits) {
            if (kind === 0) copy[i] = odd;
            else if (kind === 1) copy[i] = copy[j]!;
            else [copy[i], copy[j]] = [copy[j]!, copy[i]!];
        }
        return new TextEncoder().encode(copy.join(''));
    });
}

/** Replaces one value somewhere in JSON by something else. */
export function jsonMutations(json: unknown): fc.Arbitrary<unknown> {
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
        if (path.length > 0) paths.push(path);
        if (typeof value === 'object' && value !== null) {
            for (const [key, child] of Object.entries(value))
                walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
        }
    };
    walk(json, []);
    const value = fc.oneof(
        fc.constantFrom(
            undefined,
            null,
            -1,
            0,
            1,
            2,
            7,
            0.5,
            1e9,
            2 ** 31,
            2 ** 53,
            '',
            'x',
            'SCALAR',
            true,
            [],
            {},
            [0],
            [[0]]
        ),
        fc.jsonValue()
    );
    return fc.tuple(fc.constantFrom(...paths), value).map(([path, replacement]) => {
        const copy = structuredClone(json);
        let at = copy as Record<string | number, never>;
        for (const key of path.slice(0, -1)) at = at[key]!;
        at[path.at(-1)!] = replacement as never;
        return copy;
    });
}

/** Resolves unless a reader fails with something else than a MixreelError of the user's kind. */
export async function failsPolitely(read: () => unknown): Promise<boolean> {
    try {
        await read();
        return true;
    } catch (error) {
        if (error instanceof MixreelError && (error.code === 'bad-input' || error.code === 'limit-exceeded'))
            return true;
        throw error;
    }
}
