/** From a model's file, or a document, to a scene of the path tracer. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Document } from '@gltf-transform/core';
import type { Progress } from '@mixreel/core';
import { decodeTextures, readGltf } from '@mixreel/importers';
import { type Scene, sceneFromDocument } from '@mixreel/pathtracer';
import { extensionOf, readInput } from '../files.ts';

/** A scene, and what was left out or changed on the way. */
export interface ReadScene {
    readonly scene: Scene;
    readonly notes: readonly string[];
}

/** Reads a .glb or .gltf; buffers and textures are looked for beside it. */
export async function readModel(path: string, progress: Progress): Promise<Document> {
    extensionOf(path, ['glb', 'gltf'], 'the model');
    const bytes = await readInput(path, 'the model');
    const folder = dirname(path);
    return readGltf(bytes, { resolve: async (uri) => new Uint8Array(await readFile(resolve(folder, uri))), progress });
}

/** The scene of a document, its textures decoded. */
export function sceneOf(document: Document, progress: Progress = {}): ReadScene {
    const scene = sceneFromDocument(document, { decodedTextures: decodeTextures(document, { progress }) });
    return { scene, notes: scene.events.map((event) => event.message) };
}
