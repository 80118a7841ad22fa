/** `mixreel convert`: models of other formats to glTF. */
import { type Document, WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { badInput } from '@mixreel/core';
import { MODEL_ENDINGS, readModel } from '../chain/scene-file.ts';
import { type Command, defineCommand } from '../command.ts';
import { extensionOf, writeAtomically } from '../files.ts';
import { text, textOr } from '../option.ts';
import { count, formatBytes } from '../table.ts';

/** Compressions that a reader undoes and a writer would need an encoder for. */
const COMPRESSIONS = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression'];

export const convert: Command = defineCommand({
    operands: 'MODEL',
    operandCount: [1, 1],
    description:
        `Reads ${MODEL_ENDINGS.map((ending) => `.${ending}`).join(', ')} with everything beside it and writes one binary glTF. ` +
        'What glTF cannot say is listed.',
    options: {
        out: textOr('FILE', 'out.glb', 'the glTF', 'o'),
        rename: text('FROM=TO,…', 'files to read instead of those that the model names')
    },
    examples: [
        ['mixreel convert bunny.ply -o bunny.glb', 'a mesh'],
        ['mixreel convert model.gltf -o model.glb', 'many files to one'],
        ['mixreel convert scene.pbrt --rename wood.tga=wood.jpg', 'a picture that lies there in another format']
    ],
    async run([path = ''], options, context) {
        extensionOf(options.out, ['glb'], 'the glTF');
        const { document, notes } = await readModel(path, context.progress, renames(options.rename));
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

/** `FROM=TO` pairs, with commas between them. */
function renames(given: string | undefined): Record<string, string> {
    const pairs = (given ?? '').split(',').filter((pair) => pair !== '');
    return Object.fromEntries(
        pairs.map((pair) => {
            const [from, to, ...rest] = pair.split('=');
            if (from && to && rest.length === 0) return [from, to];
            const mend = 'Pass --rename wood.tga=wood.jpg,stone.tga=stone.jpg';
            throw badInput(`--rename holds "${pair}"`, 'FROM=TO', mend);
        })
    );
}

async function writeGlb(document: Document): Promise<Uint8Array> {
    for (const extension of document.getRoot().listExtensionsUsed()) {
        if (COMPRESSIONS.includes(extension.extensionName)) extension.dispose();
    }
    return new WebIO().registerExtensions(ALL_EXTENSIONS).writeBinary(document);
}
