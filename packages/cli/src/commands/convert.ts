/** `mixreel convert`: models of other formats to glTF. */
import { type Document, WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { MODEL_ENDINGS, readModel } from '../chain/scene-file.ts';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

/** Compressions that a reader undoes and a writer would need an encoder for. */
const COMPRESSIONS = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression'];

export const convert: Command = defineCommand({
    operands: 'MODEL',
    operandCount: [1, 1],
    description:
        `Reads ${MODEL_ENDINGS.map((ending) => `.${ending}`).join(', ')} with everything beside it and writes one binary glTF. ` +
        'What glTF cannot say is listed.',
    options: { out: textOr('FILE', 'out.glb', 'the glTF', 'o') },
    examples: [
        ['mixreel convert bunny.ply -o bunny.glb', 'a mesh'],
        ['mixreel convert model.gltf -o model.glb', 'many files to one']
    ],
    async run([path = ''], options, context) {
        extensionOf(options.out, ['glb'], 'the glTF');
        const { document, notes } = await readModel(path, context.progress);
        for (const note of notes) context.log(note);
        const bytes = await writeGlb(document);
        await writeAtomically(options.out, bytes);
        const meshes = document.getRoot().listMeshes().length;
        return {
            text: `${options.out}: ${count(meshes, 'mesh', 'meshes')}, ${formatBytes(bytes.length)}`,
            json: { out: options.out, bytes: bytes.length, meshes, notes }
        };
    }
});

async function writeGlb(document: Document): Promise<Uint8Array> {
    for (const extension of document.getRoot().listExtensionsUsed()) {
        if (COMPRESSIONS.includes(extension.extensionName)) extension.dispose();
    }
    return new WebIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document);
}
