/** An OBJ file with its material libraries as a glTF document. */
import { throwIfAborted } from '@mixreel/core';
import { decodeText, ImportContext } from '../convert/import-context.ts';
import type { ImportedScene, ImportOptions } from '../convert/imported-scene.ts';
import { IDENTITY } from '../convert/mat4.ts';
import { type MtlMaterial, readMtl } from './mtl.ts';
import { readObjText } from './obj-mesh.ts';

const GREY: MtlMaterial = {
    surface: { name: 'grey', bsdf: { kind: 'diffuse', reflectance: { color: [0.5, 0.5, 0.5] } } }
};

/** Reads an OBJ file and the .mtl files and pictures it names. Throws `bad-input` or `limit-exceeded`. */
export async function readObj(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedScene> {
    const context = new ImportContext(options);
    const { report } = context;
    const file = readObjText(decodeText(bytes, 'OBJ'));
    for (const keyword of file.ignored) report.unsupported(`statement "${keyword}"`);
    const materials = new Map<string, MtlMaterial>();
    for (const library of file.libraries) {
        throwIfAborted(options.progress, 'reading the mesh');
        const text = decodeText(await context.files.file(library), 'MTL');
        for (const [name, material] of readMtl(text, report)) materials.set(name, material);
    }
    for (const { material, mesh } of file.parts) {
        const found = materials.get(material);
        if (!found && material !== '') report.approximate(`material "${material}", which no library has`, 'grey');
        const { surface, emission } = found ?? GREY;
        await context.builder.place(material || 'mesh', mesh, surface, emission, IDENTITY);
    }
    return context.finish();
}
