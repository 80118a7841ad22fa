/** Small models made in code: one triangle under a camera, and ways to break it. */

/** glTF JSON, loosely typed: tests put wrong things into it. */
export type Gltf = any;

/** Positions of a triangle that faces +z. */
export const TRIANGLE: readonly number[] = [-1, -1, 0, 1, -1, 0, 0, 1, 0];

/** A triangle 3 m before a camera, as glTF JSON with its buffer inside. */
export function triangleGltf(positions: readonly number[] = TRIANGLE, indices: readonly number[] = [0, 1, 2]): Gltf {
    const bytes = Buffer.concat([
        Buffer.from(Float32Array.from(positions).buffer),
        Buffer.from(Uint32Array.from(indices).buffer)
    ]);
    const positionBytes = positions.length * 4;
    return {
        asset: { version: '2.0' },
        scene: 0,
        scenes: [{ nodes: [0, 1] }],
        nodes: [{ mesh: 0 }, { camera: 0, translation: [0, 0, 3] }],
        cameras: [{ type: 'perspective', perspective: { yfov: 0.8, znear: 0.1, aspectRatio: 1 } }],
        meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
        accessors: [
            {
                bufferView: 0,
                componentType: 5126,
                count: positions.length / 3,
                type: 'VEC3',
                min: [-1, -1, 0],
                max: [1, 1, 0]
            },
            { bufferView: 1, componentType: 5125, count: indices.length, type: 'SCALAR' }
        ],
        bufferViews: [
            { buffer: 0, byteOffset: 0, byteLength: positionBytes },
            { buffer: 0, byteOffset: positionBytes, byteLength: indices.length * 4 }
        ],
        buffers: [
            {
                byteLength: bytes.length,
                uri: `data:application/octet-stream;base64,${bytes.toString('base64')}`
            }
        ]
    };
}
