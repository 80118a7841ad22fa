import { describe, expect, it } from 'vitest';
import { IDENTITY } from '../../src/math/vector.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Material } from '../../src/scene/scene.ts';
import { geometryJob } from '../../src/tracer/geometry-job.ts';
import { shadingAttributes } from '../../src/tracer/shading-attributes.ts';

const TRIANGLE = {
    positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0),
    uvs: Float32Array.of(0, 0, 1, 0, 0, 1),
    indices: Uint32Array.of(0, 1, 2)
};

/** Tangents as the job that builds the geometry finds them, in a worker or here. */
function tangents(material: Omit<Material, 'kind'>): Float32Array | null {
    const init = { meshes: [TRIANGLE], instances: [{ mesh: 0, material: 0, transform: IDENTITY }] };
    const scene = createScene({ ...init, materials: [{ kind: 'gltf', ...material }] });
    return shadingAttributes(geometryJob(scene, true, {}).scene).tangentsOf(0);
}

describe('tangents', () => {
    it('are there for a stretched highlight without a picture', () => {
        expect([...tangents({ anisotropy: 0.5 })!.subarray(0, 3)]).toEqual([1, 0, 0]);
    });

    it('are left out where no material has a direction', () => {
        expect(tangents({ roughness: 0.2 })).toBeNull();
        expect(tangents({ anisotropy: 0 })).toBeNull();
    });
});
