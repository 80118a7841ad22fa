/** The scene graph back from a glTF document, checked as any other outside data. */
import type { Document } from '@gltf-transform/core';
import { badInput } from '@mixreel/core';
import { asBadInput } from '../capture/spatial-entity.ts';
import { readGraph } from '../graph/read-graph.ts';
import type { SceneGraph } from '../graph/scene-graph.ts';
import { sceneIo } from './document-from-graph.ts';

/** Reads the graph that {@link documentFromGraph} stored; throws `bad-input` if the file has none or a broken one. */
export function graphFromDocument(document: Document): SceneGraph {
    const root = document.getRoot();
    const scene = root.getDefaultScene() ?? root.listScenes()[0];
    const extras = scene?.getExtras() as Record<string, unknown> | undefined;
    if (extras?.['mixreelGraph'] === undefined) {
        throw badInput(
            'the glTF scene has no mixreelGraph in its extras',
            'a file written by mixreel generate',
            'Generate the scene again'
        );
    }
    return readGraph(extras['mixreelGraph']);
}

/** The same from the bytes of a GLB file. */
export async function graphFromGlb(bytes: Uint8Array): Promise<SceneGraph> {
    let document: Document;
    try {
        document = await sceneIo().readBinary(bytes as Uint8Array<ArrayBuffer>);
    } catch (error) {
        throw asBadInput(error, 'the GLB file cannot be read');
    }
    return graphFromDocument(document);
}
