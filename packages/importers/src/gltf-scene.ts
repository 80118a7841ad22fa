/**
 * glTF as the scene importers give it: the document with what has gone out of use turned into what glTF says now, and a report
 * of it. `readGltf` alone gives the document as it is.
 */
import type { ImportedScene, ImportOptions } from './convert/imported-scene.ts';
import { ReportBuilder } from './convert/report.ts';
import { readGltf } from './gltf-read.ts';
import { convertSpecularGlossiness } from './gltf-spec-gloss.ts';

/** Reads a .glb or .gltf. @throws as {@link readGltf}, and `bad-input` for pictures that must be converted and cannot be read. */
export async function readGltfScene(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportedScene> {
    const report = new ReportBuilder();
    const document = await readGltf(bytes, options);
    for (const name of convertSpecularGlossiness(document)) {
        report.approximate(`material "${name}": KHR_materials_pbrSpecularGlossiness`, 'metallic-roughness');
    }
    return { document, report: report.build() };
}
