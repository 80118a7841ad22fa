/**
 * A mesh in a pose: morph targets by weight, then joints by weight (glTF 2.0, 3.7.3 and 5.28: linear blend skinning). On the CPU:
 * a vertex costs about 100 ns, its upload 24 bytes, and one posed mesh serves the tree's refit, the lights and the bounds alike.
 */
import { badInput } from '@mixreel/core';
import type { Mesh } from './scene.ts';

/** What deforms a mesh. */
export interface MeshRig {
    /** Differences to the mesh's positions and normals, 3 floats a vertex. */
    readonly targets?: readonly { readonly positions?: Float32Array; readonly normals?: Float32Array }[];
    readonly skin?: {
        /** Joints that move each vertex: `perVertex` numbers a vertex. */
        readonly joints: ArrayLike<number>;
        /** Their weights, normalised here. */
        readonly weights: ArrayLike<number>;
        readonly perVertex: number;
    };
}

/** How a rig stands. */
export interface RigPose {
    /** Weight of each morph target; those left out are 0. */
    readonly weights?: readonly number[];
    /** 16 floats a joint, column-major: joint in the mesh's target space times its inverse bind matrix. */
    readonly jointMatrices?: ArrayLike<number>;
}

/**
 * Poses a mesh. Normals are bent with it (by the cofactor matrix, so uneven scales keep them upright) if it has any.
 *
 * @throws `bad-input` if a vertex names a joint that has no matrix.
 */
export function poseMesh(
    mesh: Mesh,
    rig: MeshRig,
    pose: RigPose
): { readonly positions: Float32Array; readonly normals?: Float32Array } {
    const positions = morph(mesh.positions, rig, pose, 'positions');
    const normals = mesh.normals ? morph(mesh.normals, rig, pose, 'normals') : null;
    if (rig.skin && pose.jointMatrices) bend(positions, normals, rig.skin, pose.jointMatrices);
    return normals ? { positions, normals } : { positions };
}

function morph(
    rest: Float32Array,
    { targets = [] }: MeshRig,
    { weights = [] }: RigPose,
    key: 'positions' | 'normals'
): Float32Array {
    const out = rest.slice();
    for (const [i, target] of targets.entries()) {
        const weight = weights[i] ?? 0;
        const delta = target[key];
        if (weight === 0 || !delta) continue;
        for (let k = 0; k < out.length; k++) out[k] = out[k]! + weight * delta[k]!;
    }
    return out;
}

function bend(
    positions: Float32Array,
    normals: Float32Array | null,
    { joints, weights, perVertex }: NonNullable<MeshRig['skin']>,
    matrices: ArrayLike<number>
): void {
    const m = new Float64Array(16);
    for (let v = 0; v < positions.length / 3; v++) {
        if (!blend(m, v, joints, weights, perVertex, matrices)) continue;
        const o = v * 3;
        const [x, y, z] = [positions[o]!, positions[o + 1]!, positions[o + 2]!];
        for (let k = 0; k < 3; k++) positions[o + k] = m[k]! * x + m[4 + k]! * y + m[8 + k]! * z + m[12 + k]!;
        if (normals) turnNormal(normals, o, m);
    }
}

/** The weighted mean of a vertex's joints; false if it has none, and stays where it is. */
function blend(
    m: Float64Array,
    vertex: number,
    joints: ArrayLike<number>,
    weights: ArrayLike<number>,
    perVertex: number,
    matrices: ArrayLike<number>
): boolean {
    m.fill(0);
    let sum = 0;
    for (let k = 0; k < perVertex; k++) {
        const weight = weights[vertex * perVertex + k]!;
        if (!(weight > 0)) continue;
        const joint = joints[vertex * perVertex + k]!;
        if (joint * 16 + 16 > matrices.length) {
            throw badInput(
                `vertex ${vertex} names joint ${joint}`,
                `one of ${matrices.length / 16} joints`,
                'Export the skin again: its vertices do not belong to its joints'
            );
        }
        sum += weight;
        for (let i = 0; i < 16; i++) m[i] = m[i]! + weight * matrices[joint * 16 + i]!;
    }
    if (!(sum > 0)) return false;
    for (let i = 0; i < 16; i++) m[i] = m[i]! / sum;
    return true;
}

/** The cofactor matrix is the inverse transpose but for a factor, and exists where the inverse does not. */
function turnNormal(normals: Float32Array, o: number, m: Float64Array): void {
    const [x, y, z] = [normals[o]!, normals[o + 1]!, normals[o + 2]!];
    const [a, b, c] = [m[0]!, m[1]!, m[2]!];
    const [d, e, f] = [m[4]!, m[5]!, m[6]!];
    const [g, h, i] = [m[8]!, m[9]!, m[10]!];
    const nx = (e * i - f * h) * x + (h * c - i * b) * y + (b * f - c * e) * z;
    const ny = (f * g - d * i) * x + (i * a - g * c) * y + (c * d - a * f) * z;
    const nz = (d * h - e * g) * x + (g * b - h * a) * y + (a * e - b * d) * z;
    const length = Math.hypot(nx, ny, nz);
    if (!(length > 0)) return;
    normals[o] = nx / length;
    normals[o + 1] = ny / length;
    normals[o + 2] = nz / length;
}
