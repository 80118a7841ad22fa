/** Small random scenes that use everything the tracer renders, for comparison with the reference tracer. */
import { Rng } from '@mixreel/core';
import { boxMesh, quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Instance, Material, Mesh, PunctualLight, Scene, Texture } from '../../src/scene/scene.ts';

type Color = [number, number, number];

export function randomScene(seed: number): Scene {
    const random = Rng.create(seed).stream('scene');
    const u = (a: number, b: number): number => a + (b - a) * random.float();
    const color = (a = 0.1, b = 0.9): Color => [u(a, b), u(a, b), u(a, b)];
    const textures = [texture(random, true), texture(random, false), flatNormals(random)];
    const rich = seed % 2 === 0;
    const transform = { offset: [u(-1, 1), u(-1, 1)], rotationRad: u(0, 6), scale: [u(0.5, 3), u(-2, 2)] } as const;
    const kinds: (() => Material)[] = [
        () => ({ kind: 'diffuse', baseColor: color() }),
        () => ({ kind: 'conductor', roughness: u(0.2, 0.8), eta: color(0.1, 1.5), k: color(2, 4) }),
        () => ({
            kind: 'dielectric',
            roughness: random.integer(2) * u(0.3, 0.7),
            ior: u(1.2, 1.8),
            baseColor: color(0.7, 1)
        }),
        () => ({ kind: 'gltf', baseColor: color(), metallic: u(0, 1), roughness: u(0.2, 1), culled: true }),
        () => ({ kind: 'gltf', baseColor: color(), roughness: 0.4, specular: u(0, 1), specularColor: color(0, 2) }),
        () => ({
            kind: 'plastic',
            baseColor: color(),
            roughness: random.integer(2) * u(0.3, 0.7),
            ior: u(1.2, 1.9),
            nonlinear: random.integer(2) === 0,
            specularColor: color(0.5, 1)
        }),
        () => ({
            kind: 'gltf',
            roughness: 1,
            metallic: 0.5,
            doubleSided: true,
            textures: {
                baseColor: { texture: 0, wrapU: 'mirror' },
                metallicRoughness: { texture: 1 },
                normal: { texture: 2, wrapV: 'clamp' }
            }
        }),
        () => ({
            kind: 'gltf',
            transmission: u(0.3, 1),
            thin: random.integer(2) === 0,
            roughness: u(0.3, 0.6),
            ior: 1.4
        }),
        () => ({ kind: 'diffuse', alphaMode: 'mask', textures: { baseColor: { texture: 0 } } }),
        () => ({ kind: 'diffuse', textures: { baseColor: { texture: 0, transform, ...(rich ? { uvSet: 1 } : {}) } } }),
        () => ({ kind: 'diffuse', textures: { baseColor: { texture: 0, filter: 'nearest' } } }),
        () => ({ kind: 'diffuse', emission: color(0.5, 4), doubleSided: random.integer(2) === 0, culled: rich }),
        () => ({ kind: 'diffuse', emission: color(0.5, 4), textures: { emission: { texture: 0 } } })
    ];
    const quad = quadMesh([-0.5, 0, 0.5], [1, 0, 0], [0, 0.1, -1]);
    const box = boxMesh([0, 0, 0], [0.3, 0.4, 0.35], 0.3);
    const wrapped = (scale: number): Float32Array => Float32Array.from({ length: 48 }, () => scale * random.float());
    const meshes: Mesh[] = [
        rich
            ? { ...box, uvs: wrapped(3), uvs1: wrapped(2), colors: Float32Array.from({ length: 96 }, () => u(0.5, 1)) }
            : box,
        quad
    ];
    // A back that is culled in every scene: so all need the same kernels.
    const materials: Material[] = [{ kind: 'diffuse', baseColor: color(0.4, 0.8), culled: true }];
    const instances: Instance[] = [
        { mesh: 1, material: 0, transform: [6, 0, 0, 0, 0, 1, 0, 0, 0, 0, 6, 0, 0, -1, 0, 1] }
    ];
    for (let i = 0; i < 6; i++) {
        const material = materials.push(kinds[random.integer(kinds.length)]!()) - 1;
        const [a, s] = [u(0, 6), u(0.5, 1.5)];
        const mirror = random.integer(3) === 0 ? -s : s;
        const at = [u(-1.2, 1.2), u(-0.7, 0.7), u(-1.2, 1.2)];
        const turned = [
            mirror * Math.cos(a),
            0,
            -mirror * Math.sin(a),
            0,
            0,
            s,
            0,
            0,
            s * Math.sin(a),
            0,
            s * Math.cos(a),
            0
        ];
        instances.push({ mesh: random.integer(2), material, transform: [...turned, at[0]!, at[1]!, at[2]!, 1] });
    }
    const lights: PunctualLight[] = [
        { kind: 'point', position: [u(-1, 1), 1.5, u(-1, 1)], intensity: color(0.5, 2) },
        {
            kind: 'spot',
            position: [0, 2, 1],
            direction: [0, -1, 0],
            intensity: color(1, 5),
            innerConeRad: 0.3,
            outerConeRad: 0.7
        },
        { kind: 'directional', direction: [0.6, -0.8, 0], irradiance: color(0.1, 1) }
    ];
    const data = Float32Array.from({ length: 8 * 4 * 3 }, () => 2 * random.float() ** 4);
    return createScene({
        meshes,
        instances,
        materials,
        textures,
        lights: lights.filter(() => random.integer(2) === 0),
        environment: { widthPx: 8, heightPx: 4, data, rotationRad: u(0, 6), intensity: 0.7 }
    });
}

function texture(random: { integer(n: number): number }, srgb: boolean): Texture {
    const data = Uint8Array.from({ length: 5 * 4 * 4 }, () => random.integer(256));
    return { widthPx: 5, heightPx: 4, data, srgb };
}

function flatNormals(random: { integer(n: number): number }): Texture {
    const data = new Uint8Array(4 * 4 * 4);
    for (let i = 0; i < data.length; i += 4)
        data.set([100 + random.integer(56), 100 + random.integer(56), 240, 255], i);
    return { widthPx: 4, heightPx: 4, data, srgb: false };
}
