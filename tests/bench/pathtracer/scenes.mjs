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
 * after scaling them by 20 and 80. pbrt's metal takes no factor, so the published file has one metal.
 */
function withCheckeredFloor(scene) {
    const cell = (share) => [share, share, share, 255];
    // 0.2 is a quarter of 0.8, which is 137 in sRGB.
    const data = Uint8Array.from([255, 137, 137, 255].flatMap(cell));
    const checkers = { name: 'checkers', widthPx: 2, heightPx: 2, data, srgb: true };
    const transform = { offset: [0, 0], rotationRad: 0, scale: [20, 80] };
    const texture = { texture: scene.textures.length, filter: 'nearest', transform };
    const materials = scene.materials.map((material) =>
        material.name === 'Floor'
            ? { ...material, specularColor: [0.8, 0.8, 0.8], textures: { specularColor: texture, baseColor: texture } }
            : material
    );
    return { ...scene, materials, textures: [...scene.textures, checkers] };
}

/** The inside of the glass, which the file holds in a comment: it absorbs 0.5, 0.2 and 0.4 a metre. */
function withGreenGlass(scene) {
    const attenuation = { color: [0.5, 0.2, 0.4].map((sigma) => Math.exp(-sigma)), distanceM: 1 };
    const materials = scene.materials.map((material) =>
        material.name === 'Glass' ? { ...material, attenuation } : material
    );
    return { ...scene, materials };
}

/** The room's metals that reflect everything in the file, as the reference's picture shows them: else they light the room too much. */
function withDullMirrors(scene) {
    // The file's paint and its other metal have 0.578596 too, which fits the picture; the second was read from it.
    const shares = { Mirror: 0.578596, FireplaceGlass: 0.08 };
    const materials = scene.materials.map((material) => {
        const share = shares[material.name];
        return share === undefined ? material : { ...material, specularColor: [share, share, share] };
    });
    return { ...scene, materials };
}

/**
 * Scenes with a reference picture. What their files cannot say stands in the README beside them. `mend`: makes of the scene what the
 * reference shows; `inexact`: materials that are not the reference's all the same, and why.
 */
export const REFERENCE_SCENES = {
    'cornell-box': { file: 'scene.pbrt', aspect: 1 },
    staircase2: { file: 'scene.xml', aspect: 1, mend: withGreenGlass },
    'living-room': {
        file: 'scene.xml',
        aspect: 16 / 9,
        mend: withDullMirrors,
        inexact: {
            Mirror: 'reflects everything in the file, 0.58 in the reference; put in by hand',
            FireplaceGlass: 'reflects everything in the file, 0.08 in the reference; put in by hand'
        }
    },
    'veach-ajar': {
        file: 'scene.pbrt',
        aspect: 16 / 9,
        rename: {
            'textures/landscape-with-a-lake.tga': 'textures/landscape-with-a-lake-full-res.jpg',
            'textures/Good Textures_005844.tga': 'textures/Good Textures_005844.jpg',
            'textures/cherry-wood-texture.tga': 'textures/cherry-wood-texture.jpg'
        },
        mend: withCheckeredFloor,
        inexact: {
            DoorHandle: 'Beckmann in the reference, GGX in the file',
            Floor: 'a checkerboard that the file cannot say, put in by hand',
            Door: 'its picture is a JPEG copy: blue, the darkest channel, is brighter in it'
        }
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
