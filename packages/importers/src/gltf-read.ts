/**
 * glTF 2.0 (.glb or .gltf) to a @gltf-transform document. The JSON is checked before the library sees it and the meshes
 * after, so that every way a file can be wrong ends in one `MixreelError` that says which part and what to do. Nothing in the
 * document is repaired or left out.
 */
import { type Document, Logger, WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { badInput, MixreelError, type Progress, throwIfAborted } from '@mixreel/core';
import { brokenModel, CheckedGltf, type GltfLimits, tooLarge } from './checked-gltf.ts';
import { checkDocument } from './document-check.ts';
import { parseContainer } from './glb.ts';
import { checkStructure } from './gltf-check.ts';

/** Gives the bytes of a file that a scene names, by the (decoded) relative URI; throws or rejects when there is none. */
export type Resolver = (uri: string) => Uint8Array | Promise<Uint8Array>;

/** Options of {@link readGltf}. */
export interface GltfOptions extends Partial<GltfLimits> {
    /** Needed for .gltf with external buffers or textures. */
    readonly resolve?: Resolver;
    /** An initialised Draco decoder module, where `draco3dgltf` cannot be imported (a browser without a bundler). */
    readonly draco?: unknown;
    readonly progress?: Progress;
}

/** 2^26 triangles and 4 GiB. */
export const GLTF_LIMITS_DEFAULTS: GltfLimits = Object.freeze({ maxTriangles: 2 ** 26, maxBytes: 2 ** 32 });

const DRACO = 'KHR_draco_mesh_compression';
const MESHOPT = 'EXT_meshopt_compression';
const SUPPORTED: ReadonlySet<string> = new Set(ALL_EXTENSIONS.map((extension) => extension.EXTENSION_NAME));

/** Fills in defaults and checks them. */
export function resolveGltfLimits(options: Partial<GltfLimits>): GltfLimits {
    const maxTriangles = options.maxTriangles ?? GLTF_LIMITS_DEFAULTS.maxTriangles;
    const maxBytes = options.maxBytes ?? GLTF_LIMITS_DEFAULTS.maxBytes;
    for (const [name, value, top] of [
        ['maxTriangles', maxTriangles, 2 ** 28],
        ['maxBytes', maxBytes, 2 ** 33]
    ] as const) {
        if (Number.isInteger(value) && value >= 1 && value <= top) continue;
        throw badInput(`${name} is ${value}`, `an integer from 1 to ${top}`, 'Give a limit in that range');
    }
    return { maxTriangles, maxBytes };
}

/**
 * Reads a model. Throws `bad-input` for anything wrong with it or missing, `limit-exceeded` beyond the limits, and `aborted`.
 */
export async function readGltf(bytes: Uint8Array, options: GltfOptions = {}): Promise<Document> {
    const limits = resolveGltfLimits(options);
    const { json, binary } = parseContainer(bytes);
    const gltf = new CheckedGltf(json, SUPPORTED);
    checkStructure(gltf, limits);
    const resources = await loadResources(gltf, binary, options, limits);
    throwIfAborted(options.progress, 'reading the model');
    const io = new WebIO().registerExtensions(ALL_EXTENSIONS).setLogger(new Logger(Logger.Verbosity.SILENT));
    io.registerDependencies(await loadDecoders(gltf, options));
    let document: Document;
    try {
        document = await io.readJSON({ json: gltf.json as never, resources });
    } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw brokenModel(`it cannot be understood: ${why.slice(0, 200)}`, 'valid glTF 2.0', cause);
    }
    checkDocument(document, limits);
    return document;
}

/** Buffers and images by the URI that the JSON uses; a GLB's own chunk under the name that @gltf-transform gives it. */
async function loadResources(
    gltf: CheckedGltf,
    binary: Uint8Array<ArrayBuffer> | undefined,
    options: GltfOptions,
    limits: GltfLimits
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
    const resources: Record<string, Uint8Array<ArrayBuffer>> = binary ? { '@glb.bin': binary } : {};
    const entries = [
        ...gltf.list('buffers').map((entry, i) => ({ entry, name: `buffers[${i}]` })),
        ...gltf.list('images').map((entry, i) => ({ entry, name: `images[${i}]` }))
    ];
    let total = 0;
    for (const { entry, name } of entries) {
        throwIfAborted(options.progress, 'reading the model');
        const uri = entry['uri'];
        if (uri === undefined) {
            if (name.startsWith('buffers')) checkOwnBuffer(entry, name, binary);
            continue;
        }
        if (typeof uri !== 'string') throw brokenModel(`${name}.uri is not text`, 'a URI');
        const data = uri.startsWith('data:') ? decodeDataUri(uri, name) : await resolveUri(uri, name, options.resolve);
        total += data.length;
        if (total > limits.maxBytes) throw tooLarge(`its files take over ${total} bytes`, limits.maxBytes, 'bytes');
        const wanted = Number(entry['byteLength'] ?? 0);
        if (data.length < wanted)
            throw brokenModel(`${name} ("${uri.slice(0, 80)}") has ${data.length} bytes`, `${wanted}`);
        resources[uri] = data as Uint8Array<ArrayBuffer>;
    }
    return resources;
}

function checkOwnBuffer(entry: Readonly<Record<string, unknown>>, name: string, binary: Uint8Array | undefined): void {
    const extensions = entry['extensions'] as Record<string, { fallback?: boolean }> | undefined;
    if (extensions?.[MESHOPT]?.fallback) return;
    if (name !== 'buffers[0]' || !binary)
        throw brokenModel(`${name} has no data`, 'a URI or the binary chunk of a GLB');
    if (binary.length < Number(entry['byteLength'])) {
        throw brokenModel(`the binary chunk has ${binary.length} bytes`, `${entry['byteLength']} for ${name}`);
    }
}

function decodeDataUri(uri: string, name: string): Uint8Array {
    const match = /^data:[^,]*?(;base64)?,/.exec(uri);
    if (!match) throw brokenModel(`${name} is a data URI without data`, 'a comma before the data');
    const body = uri.slice(match[0].length);
    try {
        if (!match[1]) return new TextEncoder().encode(decodeURIComponent(body));
        const text = atob(body);
        return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    } catch (cause) {
        throw brokenModel(`the data URI of ${name} cannot be decoded`, 'base64', cause);
    }
}

async function resolveUri(uri: string, name: string, resolve: Resolver | undefined): Promise<Uint8Array> {
    if (!resolve) {
        throw badInput(
            `the model needs the file "${uri.slice(0, 200)}" (${name})`,
            'a resolver that gives it',
            'Pass options.resolve, use readGltfFile in Node, or export one .glb'
        );
    }
    try {
        return await resolve(decodeURIComponent(uri));
    } catch (cause) {
        if (cause instanceof MixreelError && cause.code === 'aborted') throw cause;
        throw badInput(
            `the file "${uri.slice(0, 200)}" that the model needs (${name}) cannot be read`,
            'a file beside the model',
            'Put it where the model says, or export one .glb',
            cause
        );
    }
}

/** Decoders are large: they are only loaded for files that use them. */
async function loadDecoders(gltf: CheckedGltf, options: GltfOptions): Promise<Record<string, unknown>> {
    const used = new Set((gltf.json['extensionsUsed'] ?? []) as unknown[]);
    const decoders: Record<string, unknown> = {};
    if (used.has(MESHOPT)) {
        const { MeshoptDecoder } = await import('meshoptimizer/decoder');
        await MeshoptDecoder.ready;
        decoders['meshopt.decoder'] = MeshoptDecoder;
    }
    if (used.has(DRACO)) decoders['draco3d.decoder'] = options.draco ?? (await loadDraco());
    return decoders;
}

async function loadDraco(): Promise<unknown> {
    try {
        const { default: draco } = await import('draco3dgltf');
        return await draco.createDecoderModule();
    } catch (cause) {
        throw new MixreelError('environment', {
            what: 'the Draco decoder cannot be loaded',
            mend: 'Install draco3dgltf, or pass an initialised decoder as options.draco',
            cause
        });
    }
}
