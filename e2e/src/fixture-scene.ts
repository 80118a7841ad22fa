/**
 * A small room as GLB bytes, made in code: textured floor, red and green walls, a rotated metal block, a glossy ball stand-in,
 * an emissive lamp and a camera. Every number in it is exactly representable, so that both ways into the tracer start from
 * the same bits.
 */
import { type Accessor, Document, type Material, type Node, NodeIO, type Primitive } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import { writePng } from '@mixreel/image';

/** Corner of a quad and its two edges; the normal is u x v. */
type Quad = readonly [corner: readonly number[], u: readonly number[], v: readonly number[]];

const ROOM: Readonly<Record<string, Quad>> = {
    floor: [
        [-1, 0, 1],
        [2, 0, 0],
        [0, 0, -2]
    ],
    ceiling: [
        [-1, 2, -1],
        [2, 0, 0],
        [0, 0, 2]
    ],
    back: [
        [-1, 0, -1],
        [2, 0, 0],
        [0, 2, 0]
    ],
    left: [
        [-1, 0, 1],
        [0, 0, -2],
        [0, 2, 0]
    ],
    right: [
        [1, 0, -1],
        [0, 0, 2],
        [0, 2, 0]
    ],
    lamp: [
        [-0.375, 1.984375, -0.375],
        [0.75, 0, 0],
        [0, 0, 0.75]
    ]
};

/** The GLB of the room. */
export async function roomGlb(): Promise<Uint8Array> {
    const document = new Document();
    const buffer = document.createBuffer();
    const scene = document.createScene('room');
    const accessor = (data: Float32Array | Uint16Array, type: 'VEC3' | 'VEC2' | 'SCALAR'): Accessor =>
        document.createAccessor().setType(type).setArray(data).setBuffer(buffer);
    const primitive = (quads: readonly Quad[], material: Material): Primitive => {
        const { positions, normals, uvs, indices } = triangles(quads);
        return document
            .createPrimitive()
            .setAttribute('POSITION', accessor(positions, 'VEC3'))
            .setAttribute('NORMAL', accessor(normals, 'VEC3'))
            .setAttribute('TEXCOORD_0', accessor(uvs, 'VEC2'))
            .setIndices(accessor(indices, 'SCALAR'))
            .setMaterial(material);
    };
    const node = (name: string, quads: readonly Quad[], material: Material): Node => {
        const mesh = document.createMesh(name).addPrimitive(primitive(quads, material));
        const made = document.createNode(name).setMesh(mesh);
        scene.addChild(made);
        return made;
    };
    const matte = (name: string, r: number, g: number, b: number): Material =>
        document.createMaterial(name).setBaseColorFactor([r, g, b, 1]).setMetallicFactor(0).setRoughnessFactor(1);

    const white = matte('white', 0.75, 0.75, 0.75);
    const checker = document.createTexture('checker').setImage(checkerPng()).setMimeType('image/png');
    node('floor', [ROOM['floor']!], matte('tiles', 1, 1, 1).setBaseColorTexture(checker));
    node('ceiling', [ROOM['ceiling']!], white);
    node('back', [ROOM['back']!], white);
    node('left', [ROOM['left']!], matte('red', 0.625, 0.0625, 0.0625));
    node('right', [ROOM['right']!], matte('green', 0.125, 0.5, 0.125));
    const strength = document.createExtension(KHRMaterialsEmissiveStrength);
    const glow = matte('glow', 0, 0, 0)
        .setEmissiveFactor([1, 0.875, 0.75])
        .setExtension('KHR_materials_emissive_strength', strength.createEmissiveStrength().setEmissiveStrength(12));
    node('lamp', [ROOM['lamp']!], glow);
    const metal = document
        .createMaterial('metal')
        .setBaseColorFactor([0.875, 0.75, 0.5, 1])
        .setMetallicFactor(1)
        .setRoughnessFactor(0.25);
    node('block', boxQuads(0.25, 0.5, 0.25), metal)
        .setTranslation([-0.375, 0.5, -0.375])
        .setRotation([0, Math.sin(0.2), 0, Math.cos(0.2)]);
    const glossy = matte('glossy', 0.125, 0.25, 0.625).setRoughnessFactor(0.375);
    node('cube', boxQuads(0.25, 0.25, 0.25), glossy).setTranslation([0.4375, 0.25, 0.25]);

    const camera = document.createCamera('camera').setType('perspective').setYFov(0.75).setZNear(0.0625).setZFar(100);
    scene.addChild(document.createNode('camera').setCamera(camera).setTranslation([0, 1, 3.5]));
    return new NodeIO().registerExtensions([KHRMaterialsEmissiveStrength]).writeBinary(document);
}

function triangles(quads: readonly Quad[]): {
    positions: Float32Array;
    normals: Float32Array;
    uvs: Float32Array;
    indices: Uint16Array;
} {
    const positions: number[] = [];
    const normals: number[] = [];
    const uvs: number[] = [];
    const indices: number[] = [];
    for (const [corner, u, v] of quads) {
        const first = positions.length / 3;
        const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
        const length = Math.hypot(...n);
        for (const [s, t] of [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1]
        ] as const) {
            positions.push(...corner.map((value, axis) => value + s * u[axis]! + t * v[axis]!));
            normals.push(...n.map((value) => value / length));
            uvs.push(s, 1 - t);
        }
        indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
    }
    return {
        positions: new Float32Array(positions),
        normals: new Float32Array(normals),
        uvs: new Float32Array(uvs),
        indices: new Uint16Array(indices)
    };
}

/** The six sides of a box about its centre, by half lengths. */
function boxQuads(x: number, y: number, z: number): Quad[] {
    return [
        [
            [-x, -y, z],
            [2 * x, 0, 0],
            [0, 2 * y, 0]
        ],
        [
            [x, -y, -z],
            [-2 * x, 0, 0],
            [0, 2 * y, 0]
        ],
        [
            [x, -y, z],
            [0, 0, -2 * z],
            [0, 2 * y, 0]
        ],
        [
            [-x, -y, -z],
            [0, 0, 2 * z],
            [0, 2 * y, 0]
        ],
        [
            [-x, y, z],
            [2 * x, 0, 0],
            [0, 0, -2 * z]
        ],
        [
            [-x, -y, -z],
            [2 * x, 0, 0],
            [0, 0, 2 * z]
        ]
    ];
}

/** 8 x 8 tiles of two greys that are not the same in any channel, one of them marked, so that a flipped texture shows. */
function checkerPng(): Uint8Array {
    const data = new Uint8Array(8 * 8 * 4);
    for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 8; x++) {
            const marked = x === 0 && y === 0;
            data.set(
                marked ? [230, 120, 20, 255] : (x + y) % 2 === 0 ? [220, 215, 205, 255] : [90, 95, 110, 255],
                (y * 8 + x) * 4
            );
        }
    }
    return writePng({ widthPx: 8, heightPx: 8, channels: 4, bitDepth: 8, data });
}
