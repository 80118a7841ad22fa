import { describe, expect, it } from 'vitest';
import type { Material } from '../../src/scene/scene.ts';
import { MATERIAL_CLASSES, type MaterialClass, materialClass, packMaterials } from '../../src/tracer/pack-materials.ts';

const texture = { texture: 0 };
const CASES: readonly [MaterialClass, Material][] = [
    ['matte', { kind: 'diffuse' }],
    ['matte', { kind: 'diffuse', emission: [1, 1, 1], alphaMode: 'mask' }],
    ['core', { kind: 'diffuse', textures: { baseColor: texture } }],
    ['core', { kind: 'gltf', metallic: 1, roughness: 0.2, textures: { normal: texture } }],
    ['core', { kind: 'gltf', specular: 0.5 }],
    ['full', { kind: 'gltf', transmission: 0.1 }],
    ['full', { kind: 'gltf', clearcoat: 0.1 }],
    ['full', { kind: 'gltf', textures: { sheenColor: texture } }],
    ['full', { kind: 'gltf', beckmann: true }],
    ['full', { kind: 'conductor' }],
    ['full', { kind: 'dielectric' }],
    ['full', { kind: 'plastic' }]
];

describe('the class of a material', () => {
    it.each(CASES)('is %s for %j', (name, material) => {
        expect(materialClass(material)).toBe(name);
        // Two bits of the flags, from bit 20 on: MATERIAL_CLASS in shaders/pathtracer/scene.wgsl.
        const flags = packMaterials([material], () => 0)[12]!;
        expect((flags >>> 20) & 3).toBe(MATERIAL_CLASSES.indexOf(name));
    });
});
