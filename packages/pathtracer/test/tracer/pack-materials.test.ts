import { expect, it } from 'vitest';
import { packMaterials } from '../../src/tracer/pack-materials.ts';

it('tells the kernels which queue the hits on a material wait in', () => {
    const words = packMaterials(
        [{ kind: 'diffuse' }, { kind: 'gltf', clearcoat: 1 }, { kind: 'gltf' }],
        () => 0,
        ({ kind }) => (kind === 'gltf' ? 2 : 1)
    );
    // Two bits of the flags, from bit 20 on: MATERIAL_QUEUE in shaders/pathtracer/scene.wgsl.
    expect([0, 1, 2].map((i) => (words[32 * i + 12]! >>> 20) & 3)).toEqual([1, 2, 2]);
});
