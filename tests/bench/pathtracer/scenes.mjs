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

/**
 * 8-bit pictures as the reference's renderer reads them (Tungsten's `ImageIO.cpp`): by an exponent of 2.2 instead of sRGB's curve, rounded down to
 * eight bits. Bright colours become up to 2 % brighter, the plastic over them more; dark ones lose a tenth and more.
 */
function withTungstensPictures(scene) {
    const table = Uint8Array.from({ length: 256 }, (_, code) => Math.floor(255 * (code / 255) ** 2.2));
    const textures = scene.textures.map((texture) =>
        texture.srgb && texture.data instanceof Uint8Array
            ? { ...texture, srgb: false, data: texture.data.map((code, i) => (i % 4 === 3 ? code : table[code])) }
            : texture
    );
    return { ...scene, textures };
}

/**
 * Pictures under plastic as the reference's renderer has them: it never filters a picture that is shown smaller, so what light does under the coat,
 * c / (1 - F c) of the texel's colour c, is computed of each texel and then averaged by the samples. Ours filters the colour first, which is darker,
 * 1 to 2 % for these tiles and boards. Here the texels are put through the series before.
 */
function withSeriesOfTexels(scene) {
    // What a coat of index 1.5 throws back of diffuse light from below.
    const inner = 0.5964;
    const textures = [...scene.textures];
    const materials = scene.materials.map((material) => {
        const use = material.textures?.baseColor;
        if (material.kind !== 'plastic' || !material.nonlinear || !use) return material;
        const texture = textures[use.texture];
        if (texture.srgb || material.ior !== 1.5 || material.baseColor.some((factor) => factor !== 1))
            throw new Error(`${material.name}: the series of its texels is not known`);
        const series = (code) => Math.round((code * (1 - inner)) / (1 - (inner * code) / 255));
        const data = texture.data.map((code, i) => (i % 4 === 3 ? code : series(code)));
        textures.push({ ...texture, data });
        const baseColor = { ...use, texture: textures.length - 1 };
        return { ...material, nonlinear: false, textures: { ...material.textures, baseColor } };
    });
    return { ...scene, materials, textures };
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
 * reference shows; `maxBounces`: the reference's, if light is left then; `inexact`: materials that are not the reference's all the same, and why.
 */
export const REFERENCE_SCENES = {
    'cornell-box': { file: 'scene.pbrt', aspect: 1 },
    staircase2: {
        file: 'scene.xml',
        aspect: 1,
        mend: (scene) => withGreenGlass(withSeriesOfTexels(withTungstensPictures(scene)))
    },
    'living-room': {
        file: 'scene.xml',
        aspect: 16 / 9,
        mend: (scene) => withDullMirrors(withSeriesOfTexels(withTungstensPictures(scene))),
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
        mend: (scene) => withCheckeredFloor(withTungstensPictures(scene)),
        // The file's depth of 13 is one more than the reference's `max_bounces`, as 65 is in the other files where that is 64 by default,
        // and Tungsten (`TraceBase.cpp`, `PathTracer.cpp`) scatters once less than that.
        maxBounces: 11,
        inexact: {
            DoorHandle: 'Beckmann in the reference, GGX in the file',
            Floor: 'a checkerboard that the file cannot say, put in by hand',
            Door: 'its picture is a JPEG copy of the file that the scene names'
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
