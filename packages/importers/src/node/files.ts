/** Reading models and scenes from files, in Node. The only part of this package that touches the file system. */
import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import { type GltfOptions, type Resolver, readGltf } from '../gltf-read.ts';
import { readGltfScene } from '../gltf-scene.ts';
import { readMitsuba } from '../mitsuba/mitsuba-read.ts';
import { readObj } from '../obj/obj-read.ts';
import { readPbrt } from '../pbrt/pbrt-read.ts';
import { readPly } from '../ply/ply-read.ts';

/** Resolves relative names against a folder; refuses absolute paths and web addresses. */
export function fileResolver(folder: string): Resolver {
    return async (uri) => {
        if (isAbsolute(uri) || /^[a-z][a-z0-9+.-]+:/i.test(uri)) {
            throw badInput(
                `"${uri}" is not a relative name`,
                'a file beside the scene',
                'Make the scene self-contained'
            );
        }
        return readFile(join(folder, uri));
    };
}

/** The bytes of a file that a person named; throws `bad-input` when it cannot be read. */
async function readInput(path: string): Promise<Uint8Array> {
    try {
        return await readFile(path);
    } catch (cause) {
        throw badInput(`the file "${path}" cannot be read`, 'a file', 'Check the name and its permissions', cause);
    }
}

/** Reads a .glb or .gltf with everything beside it. See {@link readGltf}. */
export async function readGltfFile(path: string, options: Omit<GltfOptions, 'resolve'> = {}): Promise<Document> {
    return readGltf(await readInput(path), { ...options, resolve: fileResolver(dirname(path)) });
}

/** Endings that {@link readSceneFile} knows. */
export const SCENE_ENDINGS: readonly string[] = Object.freeze(['.glb', '.gltf', '.obj', '.ply', '.pbrt', '.xml']);

/** Reads any scene by the ending of its name: glTF, OBJ, PLY, pbrt or Mitsuba, with everything beside it. */
export async function readSceneFile(
    path: string,
    options: Omit<ImportOptions, 'resolve'> = {}
): Promise<ImportedScene> {
    const ending = extname(path).toLowerCase();
    const all: ImportOptions = { ...options, resolve: fileResolver(dirname(path)) };
    switch (ending) {
        case '.glb':
        case '.gltf':
            return readGltfScene(await readInput(path), all);
        case '.obj':
            return readObj(await readInput(path), all);
        case '.ply':
            return readPly(await readInput(path), all);
        case '.pbrt':
            return readPbrt(await readInput(path), all);
        case '.xml':
            return readMitsuba(await readInput(path), all);
        default:
            throw badInput(
                `"${path}" ends with "${ending}"`,
                SCENE_ENDINGS.join(', '),
                'Name a scene of one of these kinds'
            );
    }
}
