/** A row of boxes for each of glTF's material extensions, with textures on all of them, for comparison with the twin. */
import { Rng } from '@mixreel/core';
import { boxMesh, quadMesh } from '../../src/scene/cornell-box.ts';
import { createScene } from '../../src/scene/create-scene.ts';
import type { Instance, Material, Scene, Texture } from '../../src/scene/scene.ts';

const gltf = (material: Omit<Material, 'kind'>): Material => ({ kind: 'gltf', roughness: 0.5, ...material });
const picture = { texture: 0 };
const bumps = { texture: 1 };

/** One material for each extension, and some of several. */
export const EXTENSION_MATERIALS: Readonly<Record<string, Material>> = {
    clearcoat: gltf({ clearcoat: 1, clearcoatRoughness: 0.6, baseColor: [0.6, 0.3, 0.1] }),
    'clearcoat with maps': gltf({
        clearcoat: 0.9,
        clearcoatRoughness: 0.9,
        clearcoatNormalScale: 0.7,
        textures: { clearcoat: picture, clearcoatRoughness: picture, clearcoatNormal: bumps, normal: bumps }
    }),
    sheen: gltf({ sheenColor: [0.9, 0.4, 0.6], sheenRoughness: 0.4, specular: 0 }),
    'sheen with maps': gltf({
        sheenColor: [1, 1, 1],
        sheenRoughness: 0.9,
        textures: { sheenColor: picture, sheenRoughness: picture }
    }),
    iridescence: gltf({
        iridescence: 1,
        iridescenceThicknessNm: [100, 700],
        textures: { iridescenceThickness: picture }
    }),
    'iridescent metal': gltf({
        iridescence: 0.8,
        metallic: 1,
        // On a mirror of white metal a film would not show: all comes back anyway.
        baseColor: [0.8, 0.5, 0.3],
        textures: { iridescence: picture }
    }),
    anisotropy: gltf({ anisotropy: 0.7, anisotropyRotationRad: 0.6, metallic: 1 }),
    'anisotropy with maps': gltf({ anisotropy: 0.9, metallic: 1, textures: { anisotropy: bumps, normal: bumps } }),
    'diffuse transmission': gltf({ diffuseTransmission: 0.6, diffuseTransmissionColor: [0.3, 0.9, 0.2], thin: true }),
    'diffuse transmission with maps': gltf({
        diffuseTransmission: 1,
        thin: true,
        textures: { diffuseTransmission: picture, diffuseTransmissionColor: picture }
    }),
    volume: gltf({
        transmission: 1,
        roughness: 0.4,
        thin: false,
        attenuation: { color: [0.2, 0.6, 0.9], distanceM: 0.3 }
    }),
    wax: gltf({ diffuseTransmission: 0.8, thin: false, attenuation: { color: [0.9, 0.6, 0.3], distanceM: 0.2 } }),
    'transmission map': gltf({ transmission: 1, thin: true, textures: { transmission: picture } }),
    'transmission with coloured specular': gltf({
        transmission: 0.8,
        roughness: 0.4,
        specular: 0.7,
        specularColor: [8, 2, 0]
    }),
    'specular maps': gltf({ specular: 0.9, textures: { specular: picture, specularColor: picture } }),
    prism: gltf({ transmission: 1, roughness: 0.45, thin: false, dispersion: 6, ior: 1.7 }),
    'everything at once': gltf({
        clearcoat: 0.5,
        clearcoatRoughness: 0.5,
        sheenColor: [0.2, 0.3, 0.2],
        sheenRoughness: 0.6,
        iridescence: 0.5,
        anisotropy: 0.4,
        metallic: 0.3,
        transmission: 0.5,
        thin: false,
        dispersion: 2,
        diffuseTransmission: 0.3
    }),
    Beckmann: { kind: 'conductor', roughness: 0.6, beckmann: true },
    'brushed conductor with a map': {
        kind: 'conductor',
        roughness: 0.5,
        anisotropy: 0.7,
        anisotropyRotationRad: 0.5,
        textures: { specularColor: picture }
    },
    'brushed glass': { kind: 'dielectric', roughness: 0.5, anisotropy: 0.6 },
    'brushed coat with a map': {
        kind: 'plastic',
        baseColor: [0.2, 0.4, 0.6],
        roughness: 0.5,
        anisotropy: 0.6,
        textures: { specularColor: picture }
    },
    'single scattering': { kind: 'conductor', roughness: 0.9, singleScattering: true }
};

/** Boxes in rows, seen from +z. */
export function extensionScene(): Scene {
    const random = Rng.create(9).stream('extension scene');
    const noise = (low: number, high: number, srgb: boolean): Texture => ({
        widthPx: 4,
        heightPx: 4,
        data: Uint8Array.from({ length: 64 }, (_, i) =>
            i % 4 === 2 && !srgb ? 220 : low + random.integer(high - low)
        ),
        srgb
    });
    const materials: Material[] = [{ kind: 'diffuse', baseColor: [0.6, 0.6, 0.6] }];
    const instances: Instance[] = [
        { mesh: 1, material: 0, transform: [6, 0, 0, 0, 0, 1, 0, 0, 0, 0, 6, 0, 0, -1.4, 0, 1] }
    ];
    for (const [i, material] of Object.values(EXTENSION_MATERIALS).entries()) {
        const [x, y] = [(i % 5) * 0.62 - 1.25, Math.floor(i / 5) * 0.66 - 1.0];
        instances.push({
            mesh: 0,
            material: materials.push(material) - 1,
            transform: [0.8, 0, -0.6, 0, 0, 1, 0, 0, 0.6, 0, 0.8, 0, x, y, 0, 1]
        });
    }
    // The whole picture on each side: without coordinates maps would be of one texel, and nothing would be stretched.
    const uvs = Float32Array.from({ length: 48 }, (_, i) => [0, 0, 1, 0, 1, 1, 0, 1][i % 8]!);
    const data = Float32Array.from({ length: 8 * 4 * 3 }, () => 2 * random.float() ** 3);
    return createScene({
        meshes: [{ ...boxMesh([0, 0, 0], [0.2, 0.22, 0.2]), uvs }, quadMesh([-0.5, 0, 0.5], [1, 0, 0], [0, 0, -1])],
        instances,
        materials,
        textures: [noise(30, 255, true), noise(80, 176, false)],
        lights: [{ kind: 'point', position: [0.5, 2, 2.5], intensity: [6, 5, 4] }],
        environment: { widthPx: 8, heightPx: 4, data, intensity: 0.7 }
    });
}

/** The same scene of the materials' core alone: base colour, metal, roughness, transmission and their maps; or smooth facets. */
export function withoutExtensions(scene: Scene): Scene {
    const materials = scene.materials.map(({ kind, baseColor, metallic, roughness, ...others }, i): Material => {
        if (i === 0) return scene.materials[0]!;
        if (kind !== 'gltf') return { kind: 'diffuse', baseColor: baseColor ?? [0.5, 0.5, 0.5] };
        const { normal } = others.textures ?? {};
        return {
            kind,
            ...(baseColor ? { baseColor } : {}),
            ...(metallic === undefined ? {} : { metallic }),
            ...(roughness === undefined ? {} : { roughness }),
            ...(normal ? { textures: { normal } } : {})
        };
    });
    return { ...scene, materials };
}
