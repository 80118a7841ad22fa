/** Every view lies in its buffer, every accessor in its view, and all of them within the limits. */
import {
    brokenModel,
    type CheckedGltf,
    type Definition,
    fields,
    type GltfLimits,
    reference,
    size,
    tooLarge
} from './checked-gltf.ts';

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

/** Throws `bad-input` or `limit-exceeded`. */
export function checkAccessors(gltf: CheckedGltf, limits: GltfLimits): void {
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
