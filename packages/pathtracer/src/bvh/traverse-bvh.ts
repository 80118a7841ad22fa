/**
 * Ray against packed scene on the CPU: twin of `shaders/pathtracer/traverse.wgsl`, node by node, in double precision (the boxes
 * and triangles are the float32 ones). The oracle of the tree is a third way: trying every triangle.
 */
import type { Vec3 } from '../math/vector.ts';
import type { PackedScene } from '../tracer/pack-scene.ts';
import { TRIANGLE_CULLED } from '../tracer/pack-triangles.ts';
import { INSTANCE_CULLED, INSTANCE_WORDS } from '../tracer/top-tree.ts';
import { LEAF_BIT, NODE_WORDS } from './wide-bvh.ts';

/** The nearest hit; triangle is its position in leaf order, -1 for none. */
export interface TraversalHit {
    readonly t: number;
    readonly triangle: number;
    readonly instance: number;
    /** Nodes that were opened and triangles that were tried. */
    readonly nodes: number;
    readonly triangles: number;
}

/** Nearest hit in (0, tMax). Transparency is left to the caller: every triangle counts. */
export function traverseBvh(scene: PackedScene, origin: Vec3, direction: Vec3, tMax: number = Infinity): TraversalHit {
    const { nodes, layout } = scene;
    const floats = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
    const tables = new Float32Array(scene.tables.buffer);
    const best = { t: tMax, triangle: -1, instance: 0, nodes: 0, triangles: 0 };
    const stack: { ref: number; near: number; world: boolean }[] = [
        { ref: layout.rootNode, near: 0, world: !layout.flattened }
    ];
    let instance = 0;
    let local = { o: origin, d: direction };
    while (stack.length > 0) {
        const { ref, near, world } = stack.pop()!;
        if (near > best.t) continue;
        const ray = world ? { o: origin, d: direction } : local;
        if (ref < LEAF_BIT) {
            best.nodes++;
            for (const child of openNode(nodes, floats, ref, ray.o, ray.d, best.t)) stack.push({ ...child, world });
            continue;
        }
        const first = ref & 0x07ffffff;
        if (world) {
            instance = first;
            const o = layout.instanceBase * 4 + instance * INSTANCE_WORDS;
            const row = (k: number, v: Vec3, w: number): number =>
                tables[o + k]! * v[0] + tables[o + k + 1]! * v[1] + tables[o + k + 2]! * v[2] + tables[o + k + 3]! * w;
            local = {
                o: [row(0, origin, 1), row(4, origin, 1), row(8, origin, 1)],
                d: [row(0, direction, 0), row(4, direction, 0), row(8, direction, 0)]
            };
            stack.push({ ref: scene.tables[o + 24]!, near, world: false });
            continue;
        }
        const count = (ref >>> 27) & 15;
        for (let i = first; i < first + count; i++) {
            best.triangles++;
            const t = hitTriangle(scene.triangles, i, ray.o, ray.d, hasBack(scene, i, instance));
            if (t > 0 && t < best.t) Object.assign(best, { t, triangle: i, instance });
        }
    }
    return best;
}

/** The children that the ray meets, farthest first. */
function openNode(
    nodes: Uint32Array,
    floats: Float32Array,
    node: number,
    o: Vec3,
    d: Vec3,
    tMax: number
): { ref: number; near: number }[] {
    const w = node * NODE_WORDS;
    const found: { ref: number; near: number }[] = [];
    for (let k = 0; k < 4; k++) {
        let near = 0;
        let far = tMax;
        let present = true;
        for (let axis = 0; axis < 3; axis++) {
            const scale = 2 ** (((nodes[w + 3]! >>> (8 * axis)) & 255) - 127);
            const low = (nodes[w + 4 + axis]! >>> (8 * k)) & 255;
            const high = (nodes[w + 7 + axis]! >>> (8 * k)) & 255;
            if (low > high) present = false;
            const inverse = 1 / (Math.abs(d[axis]!) < 1e-20 ? (d[axis]! >= 0 ? 1e-20 : -1e-20) : d[axis]!);
            const a = (floats[w + axis]! + low * scale - o[axis]!) * inverse;
            const b = (floats[w + axis]! + high * scale - o[axis]!) * inverse;
            near = Math.max(near, Math.min(a, b));
            far = Math.min(far, Math.max(a, b));
        }
        if (present && near <= far * 1.0000005) found.push({ ref: nodes[w + 10 + k]!, near });
    }
    return found.sort((a, b) => b.near - a.near);
}

/** True if a triangle is there for a ray that meets its back. */
function hasBack({ triangles, tables, layout }: PackedScene, index: number, instance: number): boolean {
    if (layout.flattened) return (triangles[index * 12 + 3]! & TRIANGLE_CULLED) === 0;
    return (tables[layout.instanceBase * 4 + instance * INSTANCE_WORDS + 26]! & INSTANCE_CULLED) === 0;
}

/**
 * Distance along the ray to a packed triangle, or a number that is not positive. Moeller and Trumbore 1997. back: it is there from
 * behind.
 */
export function hitTriangle(triangles: Uint32Array, index: number, o: Vec3, d: Vec3, back = true): number {
    const f = new Float32Array(triangles.buffer, triangles.byteOffset + index * 48, 12);
    const [v0x, v0y, v0z, , ax, ay, az, , bx, by, bz] = f;
    const px = d[1] * bz! - d[2] * by!;
    const py = d[2] * bx! - d[0] * bz!;
    const pz = d[0] * by! - d[1] * bx!;
    const det = ax! * px + ay! * py + az! * pz;
    if (det === 0 || (det < 0 && !back)) return -1;
    const sx = o[0] - v0x!;
    const sy = o[1] - v0y!;
    const sz = o[2] - v0z!;
    const u = (sx * px + sy * py + sz * pz) / det;
    const qx = sy * az! - sz * ay!;
    const qy = sz * ax! - sx * az!;
    const qz = sx * ay! - sy * ax!;
    const v = (d[0] * qx + d[1] * qy + d[2] * qz) / det;
    const edge = 1e-6;
    if (!(Math.min(u, v) >= -edge && u + v <= 1 + edge)) return -1;
    return (bx! * qx + by! * qy + bz! * qz) / det;
}
