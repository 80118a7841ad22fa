/** Scenes of many lights, for the tests of the light tree here and on the GPU. */
import { Rng } from '@mixreel/core';
import { IDENTITY } from '../../src/math/vector.ts';
import { boxMesh, quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Material, Mesh, PunctualLight, Scene } from '../../src/scene/scene.ts';

/** What {@link manyLights} is made of. */
export interface ManyLightsInit {
    readonly triangles: number;
    readonly points: number;
    readonly spots: number;
    readonly seed: number;
    readonly environment?: boolean;
}

/** A floor of 8 x 8 m and a box, below small lights of every kind and of very different brightness. */
export function manyLights({ triangles, points, spots, seed, environment }: ManyLightsInit): Scene {
    const random = Rng.create(seed).stream('lights');
    const u = (a: number, b: number): number => a + (b - a) * random.float();
    const shine = (): [number, number, number] => [u(0.2, 1), u(0.2, 1), u(0.2, 1)];
    const materials: Material[] = [
        { kind: 'diffuse', baseColor: [0.7, 0.7, 0.7] },
        { kind: 'diffuse', baseColor: [0, 0, 0], emission: [60, 40, 20] },
        { kind: 'diffuse', baseColor: [0, 0, 0], emission: [3, 6, 9], doubleSided: true },
        { kind: 'diffuse', baseColor: [0, 0, 0], emission: [900, 900, 900] }
    ];
    const lamps = [1, 2, 3].map((_, m) => sprinkle(random, Math.ceil((triangles * [0.6, 0.38, 0.02][m]!) / 1)));
    const meshes: Mesh[] = [quadMesh([-4, 0, 4], [8, 0, 0], [0, 0, -8]), boxMesh([0.4, 0.4, 0], [0.4, 0.4, 0.4], 0.5)];
    const lights: PunctualLight[] = [];
    for (let i = 0; i < points; i++) {
        lights.push({ kind: 'point', position: [u(-4, 4), u(0.3, 2), u(-4, 4)], intensity: shine() });
    }
    for (let i = 0; i < spots; i++) {
        const inner = u(0, 0.4);
        lights.push({
            kind: 'spot',
            position: [u(-4, 4), u(1, 3), u(-4, 4)],
            direction: [0.6, -0.8, 0],
            intensity: shine(),
            innerConeRad: inner,
            outerConeRad: inner + u(0.05, 0.5)
        });
    }
    return createScene({
        meshes: [...meshes, ...lamps],
        instances: [
            { mesh: 0, material: 0, transform: IDENTITY },
            { mesh: 1, material: 0, transform: IDENTITY },
            ...lamps.map((_, i) => ({ mesh: 2 + i, material: 1 + i, transform: IDENTITY }))
        ],
        materials,
        lights,
        ...(environment ? { environment: { widthPx: 1, heightPx: 1, data: Float32Array.of(0.05, 0.1, 0.2) } } : {})
    });
}

/** Small triangles of any orientation over the floor. */
function sprinkle(random: { float(): number }, count: number): Mesh {
    const positions = new Float32Array(count * 9);
    for (let t = 0; t < count; t++) {
        const at = [8 * random.float() - 4, 0.3 + 1.7 * random.float(), 8 * random.float() - 4];
        for (let k = 0; k < 9; k++) positions[t * 9 + k] = at[k % 3]! + 0.06 * (random.float() - 0.5);
    }
    return { positions, indices: Uint32Array.from({ length: count * 3 }, (_, i) => i) };
}
