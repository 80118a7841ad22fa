/**
 * A user's own furniture: a folder of glTF models and a manifest that says which class each is, where its front is and how
 * large it really is. Models are flattened when read: node transforms applied, the origin put at the centre of the underside,
 * the front turned to +z, so that the exporter only scales them to a node's box. Files are read through the caller's `load`,
 * which never sees a path outside the folder.
 */

import { type Document, type Material, type Node, type Texture, WebIO } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { asBadInput, describe } from '../capture/spatial-entity.ts';
import { hypot } from '../geometry/hypot.ts';
import type { Dimensions, SceneNode } from '../graph/scene-graph.ts';
import { furnitureClass } from './catalogue.ts';

/** One entry of the manifest. */
export interface CatalogueEntry {
    /** Within the folder, with `/`. */
    readonly file: string;
    /** A class of the catalogue. */
    readonly class: string;
    /** Which of the model's directions is its front; `+z` if absent. */
    readonly front?: '+z' | '-z' | '+x' | '-x';
    /** Real size in metres, x to the right seen from the front, for models that are not to scale; the model's own if absent. */
    readonly size?: Dimensions;
}

/** `catalogue.json`. */
export interface CatalogueManifest {
    readonly format: 'mixreel-catalogue';
    readonly version: 1;
    /** Shown to whoever asks what the models may be used for. */
    readonly licence: string;
    readonly models: readonly CatalogueEntry[];
}

/** An encoded picture. */
export interface ModelImage {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly mimeType: string;
}

/** What is taken of a model's materials. */
export interface ModelMaterial {
    readonly name: string;
    readonly baseColor: readonly [number, number, number, number];
    readonly metallic: number;
    readonly roughness: number;
    readonly emissive: readonly [number, number, number];
    readonly alphaMode: 'OPAQUE' | 'MASK' | 'BLEND';
    readonly doubleSided: boolean;
    readonly baseColorImage: ModelImage | null;
    readonly normalImage: ModelImage | null;
    readonly metallicRoughnessImage: ModelImage | null;
}

/** Triangles of one material, in the model's frame scaled to a box of one metre a side. */
export interface ModelPart {
    readonly positions: Float32Array<ArrayBuffer>;
    readonly normals: Float32Array<ArrayBuffer> | null;
    readonly uvs: Float32Array<ArrayBuffer> | null;
    readonly indices: Uint32Array<ArrayBuffer>;
    readonly material: ModelMaterial;
}

/** A model of the user's catalogue. */
export interface UserModel {
    readonly file: string;
    readonly class: string;
    readonly size: Dimensions;
    readonly triangles: number;
    readonly parts: readonly ModelPart[];
}

/** Bounds of what is read. */
export const CATALOGUE_LIMITS: Readonly<{ models: number; fileBytes: number; triangles: number }> = Object.freeze({
    models: 4096,
    fileBytes: 256 * 2 ** 20,
    triangles: 2_000_000
});

/** See the file comment. */
export class UserCatalogue {
    readonly licence: string;
    readonly models: readonly UserModel[];

    constructor(licence: string, models: readonly UserModel[]) {
        this.licence = licence;
        this.models = models;
    }

    /** The model for a node: of its class, with the nearest proportions; the variant decides among those as near. */
    modelFor(node: Pick<SceneNode, 'class' | 'dims' | 'variant'>): UserModel | null {
        const own = this.models.filter((m) => m.class === node.class);
        if (own.length === 0) return null;
        const ratio = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);
        const strain = own.map(({ size }) => {
            const s = ['width', 'height', 'depth'].map((k) => node.dims[k as 'width'] / size[k as 'width']);
            return Math.max(ratio(s[0]!, s[1]!), ratio(s[1]!, s[2]!), ratio(s[0]!, s[2]!));
        });
        // Within a sixth of the best a stretch is not seen: those take turns.
        const best = Math.min(...strain);
        const near = own.filter((_, i) => strain[i]! <= best * 1.17);
        return near[node.variant % near.length]!;
    }
}

/**
 * Reads a catalogue.
 *
 * @param manifest - The parsed `catalogue.json`, or its text.
 * @param load - Bytes of a file of the folder.
 * @throws MixreelError `bad-input` naming the entry that is wrong.
 */
export async function readCatalogue(
    manifest: unknown,
    load: (file: string) => Promise<Uint8Array> | Uint8Array
): Promise<UserCatalogue> {
    const checked = checkManifest(manifest);
    const models: UserModel[] = [];
    for (const entry of checked.models) {
        try {
            models.push(flattened(await documentOf(entry.file, load), entry));
        } catch (error) {
            throw asBadInput(error, `the model ${entry.file} cannot be read`);
        }
    }
    return new UserCatalogue(checked.licence, models);
}

function checkManifest(manifest: unknown): CatalogueManifest {
    let value = manifest;
    if (typeof manifest === 'string') {
        try {
            value = JSON.parse(manifest);
        } catch (cause) {
            throw badInput('the manifest is not JSON', 'catalogue.json', 'Correct the file', cause);
        }
    }
    const m = value as Partial<CatalogueManifest> | null;
    if (
        m?.format !== 'mixreel-catalogue' ||
        m.version !== 1 ||
        typeof m.licence !== 'string' ||
        !Array.isArray(m.models)
    )
        throw badInput(
            `the manifest has format ${describe(m?.format)}, version ${describe(m?.version)}`,
            '{ format: "mixreel-catalogue", version: 1, licence, models }',
            'Add these fields'
        );
    if (m.models.length > CATALOGUE_LIMITS.models)
        throw badInput(`the manifest has ${m.models.length} models`, `at most ${CATALOGUE_LIMITS.models}`, 'Split it');
    for (const [i, entry] of m.models.entries()) checkEntry(entry, `models[${i}]`);
    return m as CatalogueManifest;
}

function checkEntry(entry: CatalogueEntry, where: string): void {
    if (typeof entry?.file !== 'string' || !safe(entry.file))
        throw badInput(
            `${where}.file is ${describe(entry?.file)}`,
            'a path within the folder',
            'Move the model into it'
        );
    furnitureClass(entry.class);
    if (entry.front !== undefined && !['+z', '-z', '+x', '-x'].includes(entry.front))
        throw badInput(`${where}.front is ${describe(entry.front)}`, '+z, -z, +x or -x', 'Use one of these');
    const size = entry.size;
    if (size && ![size.width, size.height, size.depth].every((v) => v > 0.01 && v < 50))
        throw badInput(
            `${where}.size is ${JSON.stringify(size)}`,
            'width, height and depth of 0.01 to 50 m',
            'Correct it'
        );
}

/** Nothing absolute, nothing remote, nothing above the folder. */
const safe = (path: string): boolean =>
    path.length > 0 &&
    path.length < 500 &&
    !/^([a-z][a-z0-9+.-]*:|[\\/])/i.test(path) &&
    !path.split(/[\\/]/).includes('..');

async function documentOf(file: string, load: (file: string) => Promise<Uint8Array> | Uint8Array): Promise<Document> {
    const bytes = checkSize(await load(file), file);
    const io = new WebIO();
    if (bytes[0] === 0x67 && bytes[1] === 0x6c) return io.readBinary(Uint8Array.from(bytes));
    const json = JSON.parse(new TextDecoder().decode(bytes)) as Parameters<WebIO['readJSON']>[0]['json'];
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
    const resources: Record<string, Uint8Array<ArrayBuffer>> = {};
    for (const { uri } of [...(json.buffers ?? []), ...(json.images ?? [])]) {
        if (!uri || uri.startsWith('data:') || resources[uri]) continue;
        const path = decodeURIComponent(uri);
        if (!safe(path))
            throw badInput(
                `${file} refers to "${path.slice(0, 80)}"`,
                'files beside it',
                'Export it with its own files'
            );
        resources[uri] = Uint8Array.from(checkSize(await load(folder + path), path));
    }
    return io.readJSON({ json, resources });
}

function checkSize(bytes: Uint8Array, file: string): Uint8Array {
    if (bytes.length > 0 && bytes.length <= CATALOGUE_LIMITS.fileBytes) return bytes;
    throw badInput(`${file} has ${bytes.length} bytes`, `1 to ${CATALOGUE_LIMITS.fileBytes}`, 'Reduce the model');
}

/** Quarter turns about y that take a front to +z. */
const TURNS: Readonly<Record<string, readonly [s: number, c: number]>> = {
    '+z': [0, 1],
    '-z': [0, -1],
    '+x': [-1, 0],
    '-x': [1, 0]
};

function flattened(document: Document, entry: CatalogueEntry): UserModel {
    const scene = document.getRoot().getDefaultScene() ?? document.getRoot().listScenes()[0];
    if (!scene) throw badInput(`${entry.file} has no scene`, 'a glTF with one', 'Export it again');
    const parts: { -readonly [K in keyof ModelPart]: ModelPart[K] }[] = [];
    const turn = TURNS[entry.front ?? '+z']!;
    scene.traverse((node) => {
        const mesh = node.getMesh();
        if (!mesh) return;
        for (const primitive of mesh.listPrimitives()) {
            const position = primitive.getAttribute('POSITION');
            if (!position || primitive.getMode() !== 4) continue;
            parts.push(partOf(node, primitive, turn));
        }
    });
    const triangles = parts.reduce((sum, p) => sum + p.indices.length / 3, 0);
    if (triangles === 0 || triangles > CATALOGUE_LIMITS.triangles)
        throw badInput(
            `${entry.file} has ${triangles} triangles`,
            `1 to ${CATALOGUE_LIMITS.triangles}`,
            'Export triangles, or reduce it'
        );
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (const { positions } of parts) {
        for (let i = 0; i < positions.length; i++) {
            low[i % 3] = Math.min(low[i % 3]!, positions[i]!);
            high[i % 3] = Math.max(high[i % 3]!, positions[i]!);
        }
    }
    const extent = [0, 1, 2].map((k) => Math.max(high[k]! - low[k]!, 1e-6));
    if (!extent.every(Number.isFinite))
        throw badInput(`${entry.file} has positions that are not finite`, 'finite metres', 'Export it again');
    const origin = [(low[0]! + high[0]!) / 2, low[1]!, (low[2]! + high[2]!) / 2];
    for (const { positions, normals } of parts) {
        for (let i = 0; i < positions.length; i++) positions[i] = (positions[i]! - origin[i % 3]!) / extent[i % 3]!;
        // Into a unit box normals go by the inverse: they come out right when a node scales it back.
        if (normals) for (let i = 0; i < normals.length; i += 3) renormalised(normals, i, extent);
    }
    const size = entry.size ?? { width: extent[0]!, height: extent[1]!, depth: extent[2]! };
    return { file: entry.file, class: entry.class, size, triangles, parts };
}

type Primitive = ReturnType<NonNullable<ReturnType<Node['getMesh']>>['listPrimitives']>[number];

/** World positions and normals of a primitive, turned. */
function partOf(node: Node, primitive: Primitive, [s, c]: readonly [number, number]): ModelPart {
    const m = node.getWorldMatrix();
    const position = primitive.getAttribute('POSITION')!;
    const normal = primitive.getAttribute('NORMAL');
    const uv = primitive.getAttribute('TEXCOORD_0');
    const count = position.getCount();
    const positions = new Float32Array(3 * count);
    const normals = normal ? new Float32Array(3 * count) : null;
    const uvs = uv ? new Float32Array(2 * count) : null;
    const cross = (a: number, b: number): number[] => [
        m[a + 1]! * m[b + 2]! - m[a + 2]! * m[b + 1]!,
        m[a + 2]! * m[b]! - m[a]! * m[b + 2]!,
        m[a]! * m[b + 1]! - m[a + 1]! * m[b]!
    ];
    // Normals go by the cofactors of the matrix: its columns' cross products.
    const [nx, ny, nz] = [cross(4, 8), cross(8, 0), cross(0, 4)] as [number[], number[], number[]];
    const mirrored = m[0] * nx[0]! + m[1] * nx[1]! + m[2] * nx[2]! < 0;
    const p = [0, 0, 0];
    for (let i = 0; i < count; i++) {
        position.getElement(i, p);
        const w = [0, 1, 2].map((k) => m[k]! * p[0]! + m[4 + k]! * p[1]! + m[8 + k]! * p[2]! + m[12 + k]!);
        positions.set([w[0]! * c + w[2]! * s, w[1]!, -w[0]! * s + w[2]! * c], 3 * i);
        if (normal && normals) {
            normal.getElement(i, p);
            const sign = mirrored ? -1 : 1;
            const n = [0, 1, 2].map((k) => sign * (nx[k]! * p[0]! + ny[k]! * p[1]! + nz[k]! * p[2]!));
            normals.set([n[0]! * c + n[2]! * s, n[1]!, -n[0]! * s + n[2]! * c], 3 * i);
        }
        if (uv && uvs) {
            uv.getElement(i, p);
            uvs.set([p[0]!, p[1]!], 2 * i);
        }
    }
    const given = primitive.getIndices();
    const indices = Uint32Array.from({ length: given?.getCount() ?? count }, (_, i) => given?.getScalar(i) ?? i);
    if (mirrored)
        for (let i = 0; i + 2 < indices.length; i += 3)
            [indices[i + 1], indices[i + 2]] = [indices[i + 2]!, indices[i + 1]!];
    return { positions, normals, uvs, indices, material: materialOf(primitive.getMaterial()) };
}

function renormalised(normals: Float32Array, i: number, extent: readonly number[]): void {
    const n = [0, 1, 2].map((k) => normals[i + k]! * extent[k]!);
    const length = hypot(n[0]!, n[1]!, n[2]!) || 1;
    for (let k = 0; k < 3; k++) normals[i + k] = n[k]! / length;
}

function materialOf(material: Material | null): ModelMaterial {
    const image = (texture: Texture | null | undefined): ModelImage | null => {
        const bytes = texture?.getImage();
        return bytes ? { bytes: Uint8Array.from(bytes), mimeType: texture!.getMimeType() } : null;
    };
    return {
        name: material?.getName() ?? 'plain',
        baseColor: material?.getBaseColorFactor() ?? [0.8, 0.8, 0.8, 1],
        metallic: material?.getMetallicFactor() ?? 0,
        roughness: material?.getRoughnessFactor() ?? 0.8,
        emissive: material?.getEmissiveFactor() ?? [0, 0, 0],
        alphaMode: material?.getAlphaMode() ?? 'OPAQUE',
        doubleSided: material?.getDoubleSided() ?? false,
        baseColorImage: image(material?.getBaseColorTexture()),
        normalImage: image(material?.getNormalTexture()),
        metallicRoughnessImage: image(material?.getMetallicRoughnessTexture())
    };
}
