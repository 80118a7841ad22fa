/** A PLY file as a glTF document with one grey mesh. */
import { ImportContext } from '../convert/import-context.ts';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import { IDENTITY } from '../convert/mat4.ts';
import { readPlyMesh, unreadPly } from './ply-mesh.ts';

/** Reads ASCII and binary PLY meshes. Throws `bad-input` or `limit-exceeded`. */
export async function readPly(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedScene> {
    const context = new ImportContext(options);
    const mesh = readPlyMesh(bytes, true);
    for (const what of unreadPly(bytes)) context.report.unsupported(`PLY: ${what}`);
    const bsdf = { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } } as const;
    await context.builder.place('mesh', mesh, { name: 'grey', bsdf }, undefined, IDENTITY);
    return context.finish();
}
