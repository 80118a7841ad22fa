import { describe, expect, it } from 'vitest';
import type { Material } from '../../src/scene/scene.ts';
import { type MaterialClass, materialClass, materialQueues, queuedAs } from '../../src/tracer/material-queues.ts';

const texture = { texture: 0 };
const CASES: readonly [MaterialClass, Material][] = [
    ['matte', { kind: 'diffuse' }],
    ['matte', { kind: 'diffuse', emission: [1, 1, 1], alphaMode: 'mask' }],
    ['textured', { kind: 'diffuse', textures: { baseColor: texture } }],
    ['textured', { kind: 'gltf', metallic: 1, roughness: 0.2, textures: { normal: texture } }],
    ['plain', { kind: 'gltf' }],
    ['plain', { kind: 'gltf', specular: 0.5, textures: {} }],
    ['full', { kind: 'gltf', transmission: 0.1 }],
    ['full', { kind: 'gltf', clearcoat: 0.1 }],
    ['full', { kind: 'gltf', textures: { sheenColor: texture } }],
    ['full', { kind: 'gltf', beckmann: true }],
    ['full', { kind: 'conductor' }],
    ['full', { kind: 'dielectric' }],
    ['full', { kind: 'plastic' }]
];
const of = (...names: MaterialClass[]): Material[] =>
    names.map((wanted) => CASES.find(([name]) => name === wanted)![1]);

describe('the class of a material', () => {
    it.each(CASES)('is %s for %j', (name, material) => {
        expect(materialClass(material)).toBe(name);
    });
});

describe('the queues of a scene', () => {
    it('are those of the classes it has, always in one order', () => {
        expect(materialQueues(of('full', 'plain', 'full'))).toEqual(['plain', 'full']);
        expect(materialQueues(of('full', 'textured', 'matte'))).toEqual(['matte', 'textured', 'full']);
        expect(materialQueues(of('plain'))).toEqual(['plain']);
    });

    it('are three for four classes: matte hits wait with the plain ones', () => {
        const queues = materialQueues(of('matte', 'full', 'textured', 'plain'));
        expect(queues).toEqual(['plain', 'textured', 'full']);
        expect(of('matte', 'plain', 'textured', 'full').map((material) => queuedAs(material, queues))).toEqual([
            'plain',
            'plain',
            'textured',
            'full'
        ]);
    });
});
