/** From a model's file, whatever its format, to a glTF document, and from there to a scene of the path tracer. */
import { dirname } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { badInput, type Progress } from '@mixreel/core';
import {
    decodeTexturesWith,
    type ImportedScene,
    type ImportOptions,
    readGltfScene,
    readMitsuba,
    readObj,
    readPbrt,
    readPly
} from '@mixreel/importers';
import { decodeWebp, fileResolver } from '@mixreel/importers/node';
import { type Environment, type PunctualLight, type Scene, sceneFromDocument } from '@mixreel/pathtracer';
import { extensionOf, readInput } from '../files.ts';

/** A model that was read, and what could not be carried over as it was. */
export interface ReadModel {
    readonly document: Document;
    readonly environment: Environment | null;
    readonly notes: readonly string[];
}

/** A scene, and what was left out or changed on the way. */
export interface ReadScene {
    readonly scene: Scene;
    readonly notes: readonly string[];
}

type Reader = (bytes: Uint8Array, options: ImportOptions) => Promise<ImportedScene>;

/** Formats by the ending of the file's name. */
const READERS: Readonly<Record<string, Reader>> = {
    glb: readGltfScene,
    gltf: readGltfScene,
    obj: readObj,
    ply: readPly,
    pbrt: readPbrt,
    xml: readMitsuba
};

/** Endings that {@link readModel} reads. */
export const MODEL_ENDINGS: readonly string[] = Object.keys(READERS);

/** Reads a model; buffers, materials and textures are looked for beside it. */
export async function readModel(
    path: string,
    progress: Progress,
    rename: Readonly<Record<string, string>> = {}
): Promise<ReadModel> {
    const reader = READERS[extensionOf(path, MODEL_ENDINGS, 'the model')] as Reader;
    const bytes = await readInput(path, 'the model');
    const { document, report, environment } = await reader(bytes, {
        resolve: fileResolver(dirname(path)),
        progress,
        rename
    });
    const notes = [
        ...report.approximated.map(({ what, became, count }) => `${what} became ${became} (${count} times)`),
        ...report.unsupported.map(({ what, count }) => `${what} was left out (${count} times)`)
    ];
    return { document, environment: environment ?? null, notes };
}

/** Light beside the document's own. */
export interface LightFromOutside {
    readonly environment?: Environment | null;
    readonly lights?: readonly PunctualLight[];
}

/** The scene of a document, its textures decoded. Throws `bad-input` if there is nothing to see. */
export async function sceneOf(
    document: Document,
    { environment, lights = [] }: LightFromOutside = {},
    progress: Progress = {}
): Promise<ReadScene> {
    const leftOut: string[] = [];
    const unreadable = (message: string): unknown => leftOut.push(message);
    const decodedTextures = await decodeTexturesWith(document, { webp: decodeWebp }, { progress, unreadable });
    const scene = sceneFromDocument(document, {
        decodedTextures,
        lights,
        ...(environment ? { environment } : {})
    });
    if (scene.triangleCount === 0) {
        const mend = 'Add a mesh with triangles; points and lines are not rendered';
        throw badInput('the scene has 0 triangles', 'at least 1', mend);
    }
    return { scene, notes: [...leftOut, ...scene.events.map((event) => event.message)] };
}
