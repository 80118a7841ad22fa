/**
 * Checks glTF JSON before anything is built from it: every index points at something, every view lies in its buffer, every
 * accessor in its view, the nodes are a forest, and the sizes are sane. What is refused here would otherwise be a TypeError,
 * an endless loop or gigabytes deep inside a library. Cost: one pass over the JSON.
 */
import {
    brokenModel,
    type CheckedGltf,
    type Definition,
    fields,
    type GltfLimits,
    isObject,
    reference,
    values
} from './checked-gltf.ts';
import { checkAccessors } from './gltf-accessor-check.ts';

const MAX_DEPTH = 1000;

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
