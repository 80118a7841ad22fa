/**
 * Checks glTF JSON before anything is built from it: every index points at something, every view lies in its buffer, every
 * accessor in its view, the nodes are a forest, and the sizes are sane. What is refused here would otherwise be a TypeError,
 * an endless loop or gigabytes deep inside a library. Cost: one pass over the JSON.
 */
import { badInput, MixreelError } from '@mixreel/core';

/** Bounds on what a file may ask for. */
export interface GltfLimits {
    /** Most triangles in all meshes, 1 to 2^28. */
    readonly maxTriangles: number;
    /** Most bytes of all accessors and of all files read, 1 to 2^33. */
    readonly maxBytes: number;
}

type Definition = Readonly<Record<string, unknown>>;

const MEND = 'Export the model again, or look at it with gltf-validator';
const MAX_ENTRIES = 2 ** 20;
const MAX_DEPTH = 1000;
const COMPONENT_BYTES: Readonly<Record<number, number>> = {
    5120: 1,
    5121: 1,
    5122: 2,
    5123: 2,
    5124: 4,
    5125: 4,
    5126: 4,
    5130: 8,
    5131: 2
};
const COMPONENTS: Readonly<Record<string, number>> = {
    SCALAR: 1,
    VEC2: 2,
    VEC3: 3,
    VEC4: 4,
    MAT2: 4,
    MAT3: 9,
    MAT4: 16
};

/** A broken model: what is wrong, and what should be there. */
export function brokenModel(what: string, expected: string, cause?: unknown): MixreelError {
    return badInput(`the model is broken: ${what}`, expected, MEND, cause);
}

function isObject(value: unknown): value is Definition {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** glTF JSON whose top-level lists are known to be lists of objects. */
export class CheckedGltf {
    readonly json: Definition;

    constructor(json: unknown, supportedExtensions: ReadonlySet<string>) {
        if (!isObject(json)) throw brokenModel('its JSON is not an object', 'glTF 2.0');
        this.json = json;
        const version = isObject(json['asset']) ? json['asset']['version'] : undefined;
        if (typeof version !== 'string' || !version.startsWith('2.')) {
            throw badInput(`the model says glTF version ${JSON.stringify(version)}`, '"2.0"', 'Export it as glTF 2.0');
        }
        for (const [name, value] of Object.entries(json)) {
            if (name === 'asset' || name === 'scene' || name === 'extensions' || name === 'extras') continue;
            if (!Array.isArray(value) || value.length > MAX_ENTRIES) {
                throw brokenModel(`"${name}" is not a list of at most ${MAX_ENTRIES}`, 'a list');
            }
            if (!name.startsWith('extensions') && !value.every(isObject)) {
                throw brokenModel(`"${name}" holds something else than objects`, 'objects');
            }
        }
        for (const name of (json['extensionsRequired'] ?? []) as unknown[]) {
            if (typeof name === 'string' && supportedExtensions.has(name)) continue;
            throw badInput(
                `the model needs the extension ${JSON.stringify(name)}`,
                'extensions that this importer reads',
                'Export it without that extension'
            );
        }
    }

    list(name: string): readonly Definition[] {
        return (this.json[name] ?? []) as readonly Definition[];
    }
}

/** The integer `value` if it indexes `list`, otherwise a `bad-input` that names `where`. */
function reference(gltf: CheckedGltf, value: unknown, list: string, where: string): void {
    if (value === undefined) return;
    const length = gltf.list(list).length;
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < length) return;
    throw brokenModel(
        `${where} is ${JSON.stringify(value)}`,
        length ? `0 to ${length - 1}` : `${list}, of which there are none`
    );
}

function values(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

function fields(value: unknown): Definition {
    return isObject(value) ? value : {};
}

/** Everything that can be said before the buffers are there. */
export function checkStructure(gltf: CheckedGltf, limits: GltfLimits): void {
    checkReferences(gltf);
    checkAccessors(gltf, limits);
    checkNodes(gltf);
}

function checkReferences(gltf: CheckedGltf): void {
    const each = (list: string, check: (entry: Definition, where: string) => void) => {
        gltf.list(list).forEach((entry, i) => {
            check(entry, `${list}[${i}]`);
        });
    };
    const ref = (value: unknown, list: string, where: string) => reference(gltf, value, list, where);
    const all = (value: unknown, list: string, where: string) => {
        for (const item of values(value)) ref(item ?? -1, list, where);
    };
    ref(gltf.json['scene'], 'scenes', 'scene');
    each('scenes', (scene, at) => all(scene['nodes'], 'nodes', `${at}.nodes`));
    each('bufferViews', (view, at) => ref(view['buffer'] ?? -1, 'buffers', `${at}.buffer`));
    each('images', (image, at) => {
        if (image['uri'] === undefined && image['bufferView'] === undefined)
            throw brokenModel(`${at} has no data`, 'a file');
        ref(image['bufferView'], 'bufferViews', `${at}.bufferView`);
    });
    each('textures', (texture, at) => {
        ref(texture['source'], 'images', `${at}.source`);
        ref(texture['sampler'], 'samplers', `${at}.sampler`);
        const sources = Object.values(fields(texture['extensions'])).map((e) => fields(e)['source']);
        for (const source of sources) ref(source, 'images', `${at}.extensions.source`);
        if ([texture['source'], ...sources].every((s) => s === undefined))
            throw brokenModel(`${at} has no image`, 'one');
    });
    each('materials', (material, at) => checkTextureInfos(gltf, material, at, 0));
    each('meshes', (mesh, at) => {
        const primitives = values(mesh['primitives']);
        if (primitives.length === 0 || !primitives.every(isObject))
            throw brokenModel(`${at} has no primitives`, 'some');
        for (const primitive of primitives as Definition[]) {
            ref(primitive['indices'], 'accessors', `${at}.indices`);
            ref(primitive['material'], 'materials', `${at}.material`);
            const targets = values(primitive['targets']).map(fields);
            for (const attributes of [fields(primitive['attributes']), ...targets]) {
                for (const [name, value] of Object.entries(attributes)) ref(value, 'accessors', `${at}.${name}`);
            }
        }
    });
    each('skins', (skin, at) => {
        all(skin['joints'], 'nodes', `${at}.joints`);
        ref(skin['skeleton'], 'nodes', `${at}.skeleton`);
        ref(skin['inverseBindMatrices'], 'accessors', `${at}.inverseBindMatrices`);
    });
    each('animations', (animation, at) => {
        const samplers = values(animation['samplers']).map(fields);
        for (const sampler of samplers) {
            ref(sampler['input'] ?? -1, 'accessors', `${at}.input`);
            ref(sampler['output'] ?? -1, 'accessors', `${at}.output`);
        }
        for (const channel of values(animation['channels']).map(fields)) {
            if (!samplers[channel['sampler'] as number]) throw brokenModel(`${at}.channels has no sampler`, 'one');
            ref(fields(channel['target'])['node'], 'nodes', `${at}.node`);
        }
    });
}

/** Every `…Texture: { index }` inside a material, its extensions included. */
function checkTextureInfos(gltf: CheckedGltf, value: Definition, at: string, depth: number): void {
    if (depth > 8) return;
    for (const [name, child] of Object.entries(value)) {
        if (name === 'extras' || !isObject(child)) continue;
        if (name.endsWith('Texture')) reference(gltf, child['index'] ?? -1, 'textures', `${at}.${name}`);
        checkTextureInfos(gltf, child, `${at}.${name}`, depth + 1);
    }
}

function size(value: unknown, where: string, least: number): number {
    const number = value ?? 0;
    if (Number.isInteger(number) && (number as number) >= least && (number as number) <= 2 ** 40)
        return number as number;
    throw brokenModel(`${where} is ${JSON.stringify(value)}`, `an integer from ${least}`);
}

function checkAccessors(gltf: CheckedGltf, limits: GltfLimits): void {
    gltf.list('buffers').forEach((buffer, i) => {
        size(buffer['byteLength'], `buffers[${i}].byteLength`, 1);
    });
    gltf.list('bufferViews').forEach((view, i) => {
        const buffer = gltf.list('buffers')[view['buffer'] as number]!;
        const end =
            size(view['byteOffset'], `bufferViews[${i}].byteOffset`, 0) +
            size(view['byteLength'], `bufferViews[${i}].byteLength`, 1);
        if (end > (buffer['byteLength'] as number)) {
            throw brokenModel(`bufferViews[${i}] ends at byte ${end}`, `at most ${buffer['byteLength']}`);
        }
    });
    let total = 0;
    gltf.list('accessors').forEach((accessor, i) => {
        const where = `accessors[${i}]`;
        const component = COMPONENT_BYTES[accessor['componentType'] as number];
        const components = COMPONENTS[accessor['type'] as string];
        if (!component || !components) throw brokenModel(`${where} has an unknown type`, 'a type of glTF 2.0');
        const count = size(accessor['count'], `${where}.count`, 1);
        total += count * component * components;
        if (total > limits.maxBytes) throw tooLarge(`its accessors take over ${total} bytes`, limits.maxBytes, 'bytes');
        checkView(gltf, accessor, where, count, component, components);
        checkSparse(gltf, accessor, where, count, component * components);
    });
}

export function tooLarge(what: string, limit: number, unit: string): MixreelError {
    return new MixreelError('limit-exceeded', {
        what: `the model is too large: ${what}`,
        expected: `at most ${limit} ${unit}`,
        mend: 'Simplify it, or pass larger limits if it is trusted'
    });
}

function checkView(
    gltf: CheckedGltf,
    accessor: Definition,
    where: string,
    count: number,
    component: number,
    components: number
): void {
    reference(gltf, accessor['bufferView'], 'bufferViews', `${where}.bufferView`);
    if (accessor['bufferView'] === undefined) return;
    const view = gltf.list('bufferViews')[accessor['bufferView'] as number]!;
    // Matrix columns begin on multiples of 4 bytes (section 3.6.2.4).
    const rows = Math.sqrt(components);
    const matrix = String(accessor['type']).startsWith('MAT');
    const element = matrix ? rows * Math.ceil((rows * component) / 4) * 4 : component * components;
    const stride = view['byteStride'] === undefined ? element : size(view['byteStride'], `${where}.byteStride`, 1);
    const end = size(accessor['byteOffset'], `${where}.byteOffset`, 0) + stride * (count - 1) + component * components;
    if (end > (view['byteLength'] as number) || stride < component * components) {
        throw brokenModel(`${where} ends at byte ${end} of its view`, `at most ${view['byteLength']}`);
    }
}

function checkSparse(
    gltf: CheckedGltf,
    accessor: Definition,
    where: string,
    count: number,
    elementBytes: number
): void {
    if (accessor['sparse'] === undefined) return;
    const sparse = fields(accessor['sparse']);
    const changed = size(sparse['count'], `${where}.sparse.count`, 1);
    if (changed > count) throw brokenModel(`${where}.sparse.count is ${changed}`, `at most ${count}`);
    const indices = fields(sparse['indices']);
    const indexBytes = COMPONENT_BYTES[indices['componentType'] as number] ?? 0;
    for (const [part, bytes] of [
        [indices, indexBytes],
        [fields(sparse['values']), elementBytes]
    ] as const) {
        reference(gltf, part['bufferView'] ?? -1, 'bufferViews', `${where}.sparse`);
        const view = gltf.list('bufferViews')[part['bufferView'] as number]!;
        const end = size(part['byteOffset'], `${where}.sparse.byteOffset`, 0) + changed * bytes;
        if (bytes === 0 || end > (view['byteLength'] as number)) {
            throw brokenModel(`${where}.sparse ends at byte ${end} of its view`, `at most ${view['byteLength']}`);
        }
    }
}

/** Children exist, nobody has two parents or is his own ancestor, and transforms are finite. */
function checkNodes(gltf: CheckedGltf): void {
    const nodes = gltf.list('nodes');
    const parent = new Int32Array(nodes.length).fill(-1);
    nodes.forEach((node, i) => {
        const where = `nodes[${i}]`;
        reference(gltf, node['mesh'], 'meshes', `${where}.mesh`);
        reference(gltf, node['camera'], 'cameras', `${where}.camera`);
        reference(gltf, node['skin'], 'skins', `${where}.skin`);
        for (const [name, length] of Object.entries({ matrix: 16, translation: 3, rotation: 4, scale: 3 })) {
            const value = node[name];
            if (value === undefined) continue;
            if (!Array.isArray(value) || value.length !== length || !value.every((n) => Number.isFinite(n))) {
                throw brokenModel(`${where}.${name} is not ${length} finite numbers`, 'a transform');
            }
        }
        for (const child of values(node['children'])) {
            reference(gltf, child ?? -1, 'nodes', `${where}.children`);
            if (parent[child as number] !== -1) throw brokenModel(`nodes[${child}] has two parents`, 'one');
            parent[child as number] = i;
        }
    });
    const depth = new Int32Array(nodes.length);
    nodes.forEach((_, i) => {
        let levels = 0;
        for (let at = i; at !== -1; at = parent[at]!) {
            if (depth[at]! > 0) {
                levels += depth[at]!;
                break;
            }
            if (++levels > nodes.length) throw brokenModel(`nodes[${i}] is its own ancestor`, 'a tree of nodes');
        }
        if (levels > MAX_DEPTH) throw brokenModel(`nodes[${i}] is ${levels} levels deep`, `at most ${MAX_DEPTH}`);
        depth[i] = levels;
    });
}
