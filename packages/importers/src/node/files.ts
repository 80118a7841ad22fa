/** Reading models from files, in Node. The only part of this package that touches the file system. */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { type GltfOptions, type Resolver, readGltf } from '../gltf-read.ts';

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
export async function readInput(path: string): Promise<Uint8Array> {
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
