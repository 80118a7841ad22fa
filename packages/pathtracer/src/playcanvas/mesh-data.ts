/** Triangles of the engine's meshes, from the copies that its vertex and index buffers keep in main memory. */
import { type Mesh as EngineMesh, PRIMITIVE_TRIANGLES, PRIMITIVE_TRISTRIP } from 'playcanvas';
import type { Mesh } from '../scene/scene.ts';
import { type VertexColorUse, vertexColorsOf } from './vertex-colors.ts';

/**
 * A mesh as the tracer takes it, or null if it has no triangles that can be read.
 *
 * @param use - How colours of its vertices are taken.
 */
export function meshOf(mesh: EngineMesh, name: string, use: VertexColorUse = null): Mesh | null {
    const primitive = mesh.primitive[0];
    if (!primitive || (primitive.type !== PRIMITIVE_TRIANGLES && primitive.type !== PRIMITIVE_TRISTRIP)) return null;
    const positions: number[] = [];
    const vertices = mesh.getPositions(positions);
    if (vertices === 0) return null;
    const normals: number[] = [];
    const uvs: number[] = [];
    const hasNormals = mesh.getNormals(normals) === vertices && normals.length >= vertices * 3;
    const hasUvs = mesh.getUvs(0, uvs) === vertices && uvs.length >= vertices * 2;
    const uvs1: number[] = [];
    const hasUvs1 = mesh.getUvs(1, uvs1) === vertices && uvs1.length >= vertices * 2;
    const colors = vertexColorsOf(mesh, vertices, use);
    let order: number[] = [];
    if (primitive.indexed) mesh.getIndices(order);
    else order = Array.from({ length: vertices }, (_, index) => index);
    const used = order.slice(primitive.base, primitive.base + primitive.count);
    const indices = primitive.type === PRIMITIVE_TRISTRIP ? trianglesOfStrip(used) : used;
    return {
        name,
        positions: new Float32Array(positions.slice(0, vertices * 3)),
        indices: new Uint32Array(indices),
        ...(hasNormals ? { normals: unitVectors(normals, vertices) } : {}),
        ...(hasUvs ? { uvs: new Float32Array(uvs.slice(0, vertices * 2)) } : {}),
        ...(hasUvs1 ? { uvs1: new Float32Array(uvs1.slice(0, vertices * 2)) } : {}),
        ...(colors ? { colors } : {})
    };
}

/** Counted up by the engine when a mesh's `update()` works the box of its vertices out. */
export function boxVersion(mesh: EngineMesh | null): number {
    return (mesh as unknown as { _aabbVer?: number } | null)?._aabbVer ?? 0;
}

/** Every vertex after the second closes a triangle with the two before it; every other one is turned. */
function trianglesOfStrip(strip: readonly number[]): number[] {
    const triangles: number[] = [];
    for (let i = 2; i < strip.length; i++) {
        const [a, b] = i % 2 === 0 ? [strip[i - 2]!, strip[i - 1]!] : [strip[i - 1]!, strip[i - 2]!];
        triangles.push(a, b, strip[i]!);
    }
    return triangles;
}

/** Quantised normals are not of unit length; a zero normal points up. Float data that is unit already keeps its bits. */
function unitVectors(data: readonly number[], count: number): Float32Array {
    const result = new Float32Array(data.slice(0, count * 3));
    for (let i = 0; i < result.length; i += 3) {
        const length = Math.hypot(result[i]!, result[i + 1]!, result[i + 2]!);
        if (Math.abs(length - 1) < 1e-4) continue;
        if (length === 0) result[i + 1] = 1;
        else for (let k = 0; k < 3; k++) result[i + k] = result[i + k]! / length;
    }
    return result;
}
