/**
 * Skinned and morphed meshes as they stand now. The engine deforms vertices in its shaders, so the same is done here in main
 * memory, in the order of the engine's vertex shader: morph targets by weight, then bones by weight, in the node's own space
 * (bone = inverse of the node * bone in the world * inverse bind pose), so that a figure that is carried about keeps its shape.
 * About 40 ns a vertex and bone; the tracer then refits its tree.
 */
import type { Device } from '@mixreel/gpu';
import { Mat4, type MeshInstance, type Morph, SEMANTIC_BLENDINDICES, SEMANTIC_BLENDWEIGHT } from 'playcanvas';
import type { Mesh } from '../scene/scene.ts';
import { readTexture } from './read-texture.ts';

/** Bones of a vertex. */
const BONES = 4;

/** Vertices in a pose; 3 floats each. */
export interface Pose {
    readonly positions: Float32Array;
    readonly normals?: Float32Array;
}

/** What a mesh instance's pose is made of, to notice a change. Compares equal if nothing moves by more than rounding. */
export class PoseSignature {
    #values = new Float64Array(0);

    /** True if the instance stands otherwise than at the last call. */
    changed(instance: MeshInstance): boolean {
        const { skinInstance, morphInstance, node } = instance;
        const bones = skinInstance?.bones ?? [];
        const targets = morphInstance?.morph.targets.length ?? 0;
        const size = bones.length * 16 + targets;
        let differs = this.#values.length !== size;
        if (differs) this.#values = new Float64Array(size);
        const values = this.#values;
        let o = 0;
        for (let t = 0; t < targets; t++, o++) {
            const weight = morphInstance!.getWeight(t);
            if (values[o] === weight) continue;
            values[o] = weight;
            differs = true;
        }
        if (bones.length === 0) return differs;
        const inverse = scratch.copy(node.getWorldTransform()).invert();
        const fresh = new Float64Array(size - targets);
        let moved = differs;
        for (const [i, bone] of bones.entries()) {
            const { data } = product.mulAffine2(inverse, bone.getWorldTransform());
            for (let k = 0; k < 16; k++) {
                const value = data[k]!;
                fresh[i * 16 + k] = value;
                // The engine keeps matrices in single precision: carrying a figure about moves these by its rounding.
                if (Math.abs(value - values[o + i * 16 + k]!) > 4e-6 * (1 + Math.abs(value))) moved = true;
            }
        }
        if (moved) values.set(fresh, o);
        return moved;
    }
}

const scratch = new Mat4();
const product = new Mat4();

/** Deltas of a morph's targets: 3 floats a vertex, null where a target has none. */
interface Targets {
    readonly positions: readonly (Float32Array | null)[];
    readonly normals: readonly (Float32Array | null)[];
}

/** The vertices of one mesh at rest, with what deforms them. Made by {@link RestMesh.create}. */
export class RestMesh {
    readonly mesh: Mesh;
    readonly #targets: Targets | null;
    readonly #bones: Uint16Array;
    readonly #weights: Float32Array;

    /** @param mesh - The instance's mesh as `meshOf` gives it. */
    static async create(instance: MeshInstance, mesh: Mesh, device: Device): Promise<RestMesh> {
        const morph = instance.morphInstance?.morph;
        return new RestMesh(instance, mesh, morph ? await targetsOf(morph, mesh, device) : null);
    }

    private constructor(instance: MeshInstance, mesh: Mesh, targets: Targets | null) {
        this.mesh = mesh;
        this.#targets = targets;
        const vertices = mesh.positions.length / 3;
        const indices: number[] = [];
        const weights: number[] = [];
        if (instance.skinInstance) {
            instance.mesh?.getVertexStream(SEMANTIC_BLENDINDICES, indices);
            instance.mesh?.getVertexStream(SEMANTIC_BLENDWEIGHT, weights);
        }
        this.#bones = Uint16Array.from(indices.slice(0, vertices * BONES));
        this.#weights = Float32Array.from(weights.slice(0, vertices * BONES));
        for (let v = 0; v < this.#weights.length; v += BONES) {
            let sum = 0;
            for (let b = 0; b < BONES; b++) sum += this.#weights[v + b]!;
            if (sum > 0) for (let b = 0; b < BONES; b++) this.#weights[v + b] = this.#weights[v + b]! / sum;
        }
    }

    /** The vertices as the instance stands now. */
    pose(instance: MeshInstance): Pose {
        const positions = this.mesh.positions.slice();
        const normals = this.mesh.normals?.slice();
        const { morphInstance, skinInstance } = instance;
        if (morphInstance && this.#targets) {
            for (const [t, deltas] of this.#targets.positions.entries()) {
                addScaled(positions, deltas, morphInstance.getWeight(t));
                if (normals) addScaled(normals, this.#targets.normals[t]!, morphInstance.getWeight(t));
            }
        }
        if (skinInstance && this.#weights.length > 0) {
            const inverse = scratch.copy(instance.node.getWorldTransform()).invert();
            const matrices = skinInstance.bones.map((bone, i) =>
                Float64Array.from(
                    product
                        .mulAffine2(inverse, bone.getWorldTransform())
                        .mulAffine2(product, skinInstance.skin.inverseBindPose[i]!).data
                )
            );
            this.#skin(positions, normals, matrices);
        }
        if (!normals) return { positions };
        unit(normals);
        return { positions, normals };
    }

    #skin(positions: Float32Array, normals: Float32Array | undefined, matrices: readonly Float64Array[]): void {
        const blended = new Float64Array(12);
        for (let v = 0; v * 3 < positions.length; v++) {
            blended.fill(0);
            for (let b = 0; b < BONES; b++) {
                const weight = this.#weights[v * BONES + b]!;
                const m = matrices[this.#bones[v * BONES + b]!];
                if (!(weight > 0) || !m) continue;
                for (let column = 0; column < 4; column++) {
                    for (let row = 0; row < 3; row++) {
                        blended[column * 3 + row] = blended[column * 3 + row]! + weight * m[column * 4 + row]!;
                    }
                }
            }
            transform(blended, positions, v * 3, 1);
            if (normals) transform(blended, normals, v * 3, 0);
        }
    }
}

function transform(m: Float64Array, data: Float32Array, o: number, w: number): void {
    const [x, y, z] = [data[o]!, data[o + 1]!, data[o + 2]!];
    for (let row = 0; row < 3; row++) {
        data[o + row] = m[row]! * x + m[3 + row]! * y + m[6 + row]! * z + w * m[9 + row]!;
    }
}

function addScaled(data: Float32Array, deltas: Float32Array | null, weight: number): void {
    if (!deltas || weight === 0) return;
    for (let i = 0; i < data.length; i++) data[i] = data[i]! + weight * deltas[i]!;
}

function unit(normals: Float32Array): void {
    for (let i = 0; i < normals.length; i += 3) {
        const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
        if (length > 0) for (let k = 0; k < 3; k++) normals[i + k] = normals[i + k]! / length;
        else normals[i + 1] = 1;
    }
}

/**
 * Positions are kept by the targets; normals only lie in a texture, a layer for each target that has them, at the place that an
 * id for each vertex names (0: the vertex does not move).
 */
async function targetsOf(morph: Morph, mesh: Mesh, device: Device): Promise<Targets> {
    const vertices = mesh.positions.length / 3;
    const positions = morph.targets.map(
        (target) => (target as unknown as { deltaPositions?: ArrayLike<number> }).deltaPositions
    );
    const none = morph.targets.map(() => null);
    const whole = positions.map((deltas) => (deltas ? Float32Array.from(deltas).subarray(0, vertices * 3) : null));
    const texture = mesh.normals ? morph.targetsTextureNormals : null;
    if (!texture) return { positions: whole, normals: none };
    const texels = await readTexture(device, texture, 'floats');
    const ids = new Uint32Array(morph.vertexBufferIds.lock() as ArrayBuffer);
    const layerSize = texture.width * texture.height * 4;
    let layer = 0;
    const normals = morph.targets.map((target) => {
        if (!(target as unknown as { morphNormals: boolean }).morphNormals) return null;
        const base = layerSize * layer++;
        const deltas = new Float32Array(vertices * 3);
        for (let v = 0; v < vertices; v++) {
            for (let k = 0; k < 3; k++) deltas[v * 3 + k] = texels[base + ids[v]! * 4 + k]!;
        }
        return deltas;
    });
    return { positions: whole, normals };
}
