/** The scenes that the path tracer's benchmarks render: one made in code, and those of ../shared where it is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeTextures } from '@mixreel/importers';
import { readSceneFile } from '@mixreel/importers/node';
import { sceneFromDocument } from '@mixreel/pathtracer';

const folder = fileURLToPath(new URL('../../../../shared/scenes/', import.meta.url));

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
        note: 'the floor is a checkerboard of two reflectances in the reference, one metal in the file'
    }
};

/** Path of a reference scene's file, or of its picture; null where it is not there. */
export function sharedFile(scene, name) {
    const path = join(folder, scene, name);
    return existsSync(path) ? path : null;
}

/** Reads a reference scene for a picture of the given height; null where it is not there. */
export async function readReferenceScene(name, heightPx, log) {
    const { file, rename, aspect } = REFERENCE_SCENES[name];
    const path = sharedFile(name, file);
    if (!path) {
        log(`${name}: ../shared/scenes is not there, left out`);
        return null;
    }
    const film = { widthPx: Math.round(heightPx * aspect), heightPx };
    const { document, environment } = await readSceneFile(path, { film, ...(rename ? { rename } : {}) });
    const scene = sceneFromDocument(document, {
        decodedTextures: decodeTextures(document),
        aspect: film.widthPx / film.heightPx,
        ...(environment ? { environment } : {})
    });
    for (const { message, count } of scene.events) log(`${name}: ${message} (${count})`);
    return { scene, ...film };
}
