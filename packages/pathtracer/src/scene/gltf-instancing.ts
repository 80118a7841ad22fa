/**
 * EXT_mesh_gpu_instancing: a node shows its mesh many times over, each copy with a translation, rotation and scale below the
 * node's own transform. The extension is read by its getters, so that it need not be imported.
 */
import type { Accessor, Node } from '@gltf-transform/core';
import { fromRotationTranslation, type Mat4 } from '../math/vector.ts';
import { floats } from './gltf-primitive.ts';

/** Where the copies stand within their node; null if the node shows its mesh itself. */
export function copiesOf(node: Node): readonly Mat4[] | null {
    const batch = node.getExtension('EXT_mesh_gpu_instancing') as unknown as Batch | null;
    if (!batch) return null;
    const read = (name: string, width: number): Float32Array | null => {
        const accessor = batch.getAttribute(name);
        return accessor?.getArray() && accessor.getElementSize() === width ? floats(accessor, width) : null;
    };
    const [t, r, s] = [read('TRANSLATION', 3), read('ROTATION', 4), read('SCALE', 3)];
    // All attributes are as long as one another: the shortest counts where they are not.
    const lengths = [t && t.length / 3, r && r.length / 4, s && s.length / 3].filter((n) => n !== null);
    const count = lengths.length > 0 ? Math.min(...lengths) : 0;
    return Array.from({ length: count }, (_, i) => {
        const [x, y, z] = t ? t.subarray(i * 3) : [0, 0, 0];
        const [a, b, c, d] = r ? r.subarray(i * 4) : [0, 0, 0, 1];
        const m = fromRotationTranslation([a!, b!, c!, d!], [x!, y!, z!]);
        return s ? m.map((value, k) => (k < 12 ? value * s[i * 3 + (k >> 2)]! : value)) : m;
    });
}

/** What is used of the extension's property. */
interface Batch {
    getAttribute(name: string): Accessor | null;
}
