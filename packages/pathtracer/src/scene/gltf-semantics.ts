/** What things of a document are: `extras.mixreel` of nodes and scenes, as scenegen writes it. */
import type { Scene as GltfScene, Node } from '@gltf-transform/core';
import { badInput, type NodeSemantics, type SceneSemantics } from '@mixreel/core';

/** Throws `bad-input` where they are malformed; undefined if the node has none. */
export function readSemantics(node: Node): NodeSemantics | undefined {
    const extras = node.getExtras()['mixreel'] as Partial<NodeSemantics> | undefined;
    if (!extras || typeof extras !== 'object') return undefined;
    const { semanticId } = extras;
    if (typeof semanticId !== 'number' || !Number.isInteger(semanticId) || semanticId < 0 || semanticId > 65535) {
        throw badInput(
            `node "${node.getName()}" has extras.mixreel.semanticId ${semanticId}`,
            'an integer from 0 to 65535',
            'Generate the scene again, or remove extras.mixreel'
        );
    }
    const proxy = extras.emissionProxy === true ? { emissionProxy: true } : {};
    return { id: String(extras.id), class: String(extras.class), semanticId, real: extras.real === true, ...proxy };
}

export function readSceneSemantics(scene: GltfScene): SceneSemantics | undefined {
    const extras = scene.getExtras()['mixreel'] as Partial<SceneSemantics> | undefined;
    return extras && Array.isArray(extras.classes) ? { version: 1, classes: extras.classes.map(String) } : undefined;
}
