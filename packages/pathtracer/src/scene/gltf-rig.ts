/** Skins and morph targets of a glTF document as rigs of the tracer's meshes, and the matrices of a skin's joints. */
import type { Accessor, Node, Primitive } from '@gltf-transform/core';
import { IDENTITY, multiply } from '../math/vector.ts';
import { floats } from './gltf-primitive.ts';
import type { MeshRig, RigPose } from './pose-mesh.ts';
import type { Mesh } from './scene.ts';

/** A mesh of a scene that a node deforms. */
export interface RiggedMesh {
    /** Index among the scene's meshes. */
    readonly mesh: number;
    readonly node: Node;
    /** The mesh as the file has it. */
    readonly rest: Mesh;
    readonly rig: MeshRig;
}

/** How nodes stand. */
export interface NodePose {
    /** World matrices. */
    readonly worlds: ReadonlyMap<Node, readonly number[]>;
    /** Morph weights of nodes that are animated; those of the others are in the document. */
    readonly weights: ReadonlyMap<Node, readonly number[]>;
}

/** The rig of a primitive under a node, or null if nothing deforms it. */
export function rigOf(primitive: Primitive, node: Node): MeshRig | null {
    const targets = primitive.listTargets().map((target) => {
        const [positions, normals] = [target.getAttribute('POSITION'), target.getAttribute('NORMAL')];
        return {
            ...(positions?.getArray() ? { positions: floats(positions, 3) } : {}),
            ...(normals?.getArray() ? { normals: floats(normals, 3) } : {})
        };
    });
    const skin = node.getSkin() ? skinOf(primitive) : null;
    if (targets.length === 0 && !skin) return null;
    return { ...(targets.length > 0 ? { targets } : {}), ...(skin ? { skin } : {}) };
}

/** All sets of joints and weights side by side. */
function skinOf(primitive: Primitive): MeshRig['skin'] | null {
    const sets: [Accessor, Accessor][] = [];
    for (;;) {
        const joints = primitive.getAttribute(`JOINTS_${sets.length}`);
        const weights = primitive.getAttribute(`WEIGHTS_${sets.length}`);
        if (!joints?.getArray() || !weights?.getArray()) break;
        sets.push([joints, weights]);
    }
    if (sets.length === 0) return null;
    const count = sets[0]![0].getCount();
    const perVertex = 4 * sets.length;
    const joints = new Uint32Array(count * perVertex);
    const weights = new Float32Array(count * perVertex);
    for (const [s, [jointSet, weightSet]] of sets.entries()) {
        const [j, w] = [floats(jointSet, 4), floats(weightSet, 4)];
        for (let v = 0; v < count; v++) {
            for (let k = 0; k < 4; k++) {
                joints[v * perVertex + s * 4 + k] = j[v * 4 + k]!;
                weights[v * perVertex + s * 4 + k] = w[v * 4 + k]!;
            }
        }
    }
    return { joints, weights, perVertex };
}

/** How a node's rig stands. Joints are in world space: a skinned mesh does not follow its node (glTF 2.0, 3.7.3.3). */
export function rigPose(node: Node, { worlds, weights }: NodePose): RigPose {
    const mesh = node.getMesh();
    const own = node.getWeights();
    const morphing = weights.get(node) ?? (own.length > 0 ? own : (mesh?.getWeights() ?? []));
    const skin = node.getSkin();
    if (!skin) return { weights: morphing };
    const joints = skin.listJoints();
    const jointMatrices = new Float32Array(joints.length * 16);
    const inverseBind = skin.getInverseBindMatrices();
    const bind: number[] = [];
    for (const [i, joint] of joints.entries()) {
        const world = worlds.get(joint) ?? IDENTITY;
        if (inverseBind?.getArray()) inverseBind.getElement(i, bind);
        jointMatrices.set(inverseBind ? multiply(world, bind) : world, i * 16);
    }
    return { weights: morphing, jointMatrices };
}
