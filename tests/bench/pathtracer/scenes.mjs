/** The scenes that the path tracer's benchmarks render: one made in code, and those of ../shared where it is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeTextures } from '@mixreel/importers';
import { readSceneFile } from '@mixreel/importers/node';
import { sceneFromDocument } from '@mixreel/pathtracer';

const folder = fileURLToPath(new URL('../../../../shared/scenes/', import.meta.url));

/**
 * The floor of the reference: the file's metal, reflecting 0.8 and 0.2 of its light in turn, 2 x 2 cells a unit of the coordinates
 * after scaling them by 20 and 80. pbrt's metal takes no factor, so the published file has one metal. Here: glTF's metal of the same
 * reflectance at normal incidence, whose Fresnel term is Schlick's.
 */
function withCheckeredFloor(scene) {
    const byte = (value) => [value, value, value, 255];
    const [light, dark] = [0.8, 0.2].map((value) => byte(Math.round(value * 255)));
    const data = Uint8Array.from([light, dark, dark, light].flat());
    const checkers = { name: 'checkers', widthPx: 2, heightPx: 2, data, srgb: false };
    const transform = { offset: [0, 0], rotationRad: 0, scale: [20, 80] };
    const materials = scene.materials.map((material) => {
        if (material.name !== 'Floor') return material;
        const baseColor = material.eta.map((n, i) => {
            const k = material.k[i];
            return ((n - 1) ** 2 + k * k) / ((n + 1) ** 2 + k * k);
        });
        const texture = { texture: scene.textures.length, filter: 'nearest', transform };
        const { name, roughness, doubleSided } = material;
        return { name, kind: 'gltf', metallic: 1, roughness, doubleSided, baseColor, textures: { baseColor: texture } };
    });
    return { ...scene, materials, textures: [...scene.textures, checkers] };
}

/** Scenes with a reference picture. What their files cannot say stands in the README beside them. */
export const REFERENCE_SCENES = {
    'cornell-box': { file: 'scene.pbrt', aspect: 1 },
    staircase2: { file: 'scene.xml', aspect: 1, note: 'the reference has absorbing green glass, the file does not' },
    'living-room': { file: 'scene.xml', aspect: 16 / 9 },
    'veach-ajar': {
        file: 'scene.pbrt',
        aspect: 16 / 9,
        rename: {
            'textures/landscape-with-a-lake.tga': 'textures/landscape-with-a-lake-full-res.jpg',
            'textures/Good Textures_005844.tga': 'textures/Good Textures_005844.jpg',
            'textures/cherry-wood-texture.tga': 'textures/cherry-wood-texture.jpg'
        },
        mend: withCheckeredFloor,
        note: 'the floor is made the checkerboard of the reference, which the file cannot say'
    }
};

/** Path of a reference scene's file, or of its picture; null where it is not there. */
export function sharedFile(scene, name) {
    const path = join(folder, scene, name);
    return existsSync(path) ? path : null;
}

/** A reference scene as a glTF document, for a picture of the given height; null where it is not there. */
export async function importReferenceScene(name, heightPx, log) {
    const { file, rename, aspect } = REFERENCE_SCENES[name];
    const path = sharedFile(name, file);
    if (!path) {
        log(`${name}: ../shared/scenes is not there, left out`);
        return null;
    }
    const film = { widthPx: Math.round(heightPx * aspect), heightPx };
    const { document, environment } = await readSceneFile(path, { film, ...(rename ? { rename } : {}) });
    return { document, environment, film };
}

/** Reads a reference scene for a picture of the given height; null where it is not there. */
export async function readReferenceScene(name, heightPx, log) {
    const imported = await importReferenceScene(name, heightPx, log);
    if (!imported) return null;
    const { document, environment, film } = imported;
    const { mend = (scene) => scene } = REFERENCE_SCENES[name];
    const scene = sceneFromDocument(document, {
        decodedTextures: decodeTextures(document),
        aspect: film.widthPx / film.heightPx,
        ...(environment ? { environment } : {})
    });
    for (const { message, count } of scene.events) log(`${name}: ${message} (${count})`);
    return { scene: mend(scene), ...film };
}
